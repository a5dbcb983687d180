"""The databases: how a connection is set up, how a unit of work begins, and what "can't be reached" means."""

import asyncio
import itertools
import math
import os
import secrets
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import PriorityQueue
from threading import Thread
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from followupbot.domain.decision import StorageUnavailable as Unavailable

T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for another's lock, and PostgreSQL for a row's: whoever writes beside us is short."""

STATEMENT_TIMEOUT_MS = 30_000
"""Nothing we run takes so long; a PostgreSQL that does is not answering."""

CONNECT_TIMEOUT_S = 5
CONNECTIONS_MAX = 10

TRIES_MAX = 5
"""How often a unit runs where another writer keeps coming between."""

GIVES_WAY_FOR = 0.2
"""Seconds by which the rounds of the clock give way to whoever else writes. Not for ever: alerts climb in rounds."""

HOST_CHARS_MAX = 24
"""PostgreSQL cuts a connection's name off at 63 bytes, and the process's number and what is drawn for it follow."""

_DRAWN = secrets.token_hex(4)

UNITS_WAITING_MAX = 10_000
"""Units that wait for the writer; more are refused at once, as when the database can't be reached."""

_SQLITE_UNAVAILABLE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_NOTADB,
    }
)
_POSTGRES_UNAVAILABLE: Final = ("08", "25006", "28", "3D", "53", "55P03", "57", "58", "XX")
"""Connection, read-only, log-in, no such database, resources, lock time-out, operator, system, internal."""

_POSTGRES_CONFLICT: Final = ("40001", "40P01")
"""Serialisation failure and deadlock: the same unit may succeed when it runs again."""


class Conflict(Exception):
    """Another writer came between; the unit is to run again on what is there now."""


class Database:
    """One database. `write` and `read` are the only ways in; both turn "can't be reached" into `Unavailable`."""

    def __init__(self, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        """Opens nothing yet. `url` is `sqlite:////path/to/file.db` or `postgresql://...`."""
        address = make_url(url)
        self.sqlite = address.get_backend_name() == "sqlite"
        self.url = url
        self._busy_timeout_ms = busy_timeout_ms
        self._insert_unless_there: dict[str, sqlite.Insert | postgresql.Insert] = {}
        self._upsert: dict[str, sqlite.Insert | postgresql.Insert] = {}
        if self.sqlite:
            assert address.database, "a database in memory has no second connection; put the file into a RAM disk"
            self.path: Path | None = Path(address.database)
            self.engine = sa.create_engine(address, hide_parameters=True, pool_size=CONNECTIONS_MAX)
            event.listen(self.engine, "connect", self._set_up_sqlite)
        else:
            self.path = None
            self.engine = _postgres_engine(address, busy_timeout_ms)

    def beside(self, name: str) -> "Database":
        """Another SQLite file in the same folder."""
        assert self.path is not None, "only files lie beside each other"
        return Database(f"sqlite:///{self.path.with_name(name)}", busy_timeout_ms=self._busy_timeout_ms)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write: all of it is committed at the end, or nothing.

        Raises `Unavailable` where the database can't be reached, also at the commit; `Conflict` where another writer
        came between. On SQLite it takes the write lock at once: a transaction that reads first and writes later fails
        without waiting when somebody wrote in between.
        """
        with _translated(), self.engine.connect() as connection, connection.begin():
            self._begin_sqlite(connection, "IMMEDIATE")
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database throughout, and holds up no writer."""
        with _translated(), self.engine.connect() as connection:
            if not self.sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                self._begin_sqlite(connection, "DEFERRED")
                yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction that may change the schema, on a connection of its own.

        On SQLite foreign keys are off in it, as rebuilding a table drops it for a moment; SQLite ignores the switch
        inside a transaction, so it is thrown before, and back after.
        """
        with _translated(), self.engine.connect() as connection:
            if self.sqlite:
                _driver(connection).execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    self._begin_sqlite(connection, "IMMEDIATE")
                    yield connection
            finally:
                if self.sqlite and not connection.invalidated:
                    _driver(connection).execute("PRAGMA foreign_keys=ON")

    def unit(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction of its own, again from the start where another writer came between.

        This is the seam for group commit: `work` begins, commits and retries nothing itself, so that several can run
        in savepoints of one transaction.
        """
        for _ in range(TRIES_MAX):
            try:
                with self.write() as connection:
                    return work(connection)
            except Conflict:
                continue
        raise Unavailable(f"other writers came between {TRIES_MAX} times")

    def insert(self, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT that knows ON CONFLICT, in this database's own form."""
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)

    def insert_unless_there(self, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT that leaves a row as it is that is there already; made once for each table."""
        if table.name not in self._insert_unless_there:
            self._insert_unless_there[table.name] = self.insert(table).on_conflict_do_nothing()
        return self._insert_unless_there[table.name]

    def upsert(self, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
        """An INSERT of a whole row that takes the place of the one with its primary key; made once for each table."""
        if table.name not in self._upsert:
            insert = self.insert(table)
            self._upsert[table.name] = insert.on_conflict_do_update(
                index_elements=list(table.primary_key.columns),
                set_={column.name: insert.excluded[column.name] for column in table.columns},
            )
        return self._upsert[table.name]

    def used_by(self) -> tuple[str, ...]:
        """Other processes that are connected, by name. SQLite's, which the role lock tells of, are not known here."""
        if self.sqlite:
            return ()
        others = sa.text(
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE 'followupbot %' AND application_name <> :ours"
        )
        with self.read() as connection:
            found = connection.scalars(others, {"ours": process_name()}).all()
        return tuple(sorted(name.partition(" (")[0] for name in found))

    def forget_remnants(self) -> None:
        """What was deleted or overwritten before now stands in no file of the database any more.

        SQLite's log is emptied, as far as no reader holds it; PostgreSQL's log is kept by its own rules.
        """
        if self.sqlite:
            with _translated(), self.engine.connect() as connection:
                _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """No connection is open any more."""
        self.engine.dispose()

    def _begin_sqlite(self, connection: Connection, how: str) -> None:
        """SQLite has begun, too; by itself the driver would begin at the first write only."""
        if self.sqlite:
            _driver(connection).execute(f"BEGIN {how}")

    def _set_up_sqlite(self, connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; `_begin_sqlite` does
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={self._busy_timeout_ms}")
        mode = cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        if mode != "wal":
            raise Unavailable(f"{self.path} does not take WAL mode; is it on a network file system?")
        cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, in the file too
        cursor.close()


def _postgres_engine(address: sa.URL, lock_timeout_ms: int) -> Engine:
    options = {
        "lock_timeout": lock_timeout_ms,
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": STATEMENT_TIMEOUT_MS,
        "timezone": "UTC",
    }
    return sa.create_engine(
        address.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_size=CONNECTIONS_MAX,
        pool_pre_ping=True,  # a server that restarted costs nobody a decision
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": process_name(),
        },
    )


def process_name() -> str:
    """What the server calls us: each process otherwise, also where all are number 1 of a container on one host."""
    host = socket.gethostname()[:HOST_CHARS_MAX].encode("ascii", "replace").decode()
    return f"followupbot {os.getpid()} on {host} ({_DRAWN})"


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection), "only SQLite needs what SQLAlchemy has no word for"
    return driver


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("every connection is in use") from error
    except DBAPIError as error:
        if _conflict(error):
            raise Conflict from error
        if _unavailable(error):
            raise Unavailable(str(error.orig)) from error
        raise
    except sqlite3.DatabaseError as error:  # from setting a connection up, which SQLAlchemy does not wrap
        raise Unavailable(str(error)) from error


def _conflict(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _POSTGRES_CONFLICT


def _unavailable(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return code & 0xFF in _SQLITE_UNAVAILABLE  # the low byte; the rest says more exactly what
    if isinstance(error, IntegrityError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # psycopg gives none where there was no server to give one
        return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
    return isinstance(state, str) and state.startswith(_POSTGRES_UNAVAILABLE)


@dataclass(order=True)
class _Waiting:
    """A unit that waits, ordered by when it is to have its turn; None closes the thread."""

    turn: float
    number: int
    unit: Callable[[], Any] | None = field(compare=False)
    future: Future[Any] = field(compare=False)


class WriterThread:
    """One thread that runs units in the order in which they were handed in; what can wait gives way for a moment.

    One writer, because several SQLite connections that write back off from each other: 100 ms instead of 3.
    """

    def __init__(self) -> None:
        self._queue: PriorityQueue[_Waiting] = PriorityQueue()
        self._numbers = itertools.count()
        self._closed = False
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    async def __call__(self, unit: Callable[[], T], *, later: bool = False) -> T:
        """Run the unit after those handed in before it, and give back what it gives back.

        `later`: it lets those pass that are handed in within the next fifth of a second, but no others.
        """
        if self._queue.unfinished_tasks >= UNITS_WAITING_MAX:
            raise Unavailable(f"{UNITS_WAITING_MAX} units wait already")
        assert not self._closed, "nothing is handed in after the close"
        future: Future[T] = Future()
        turn = time.monotonic() + (GIVES_WAY_FOR if later else 0.0)
        self._queue.put(_Waiting(turn, next(self._numbers), unit, future))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Everything that was handed in has run, and nothing more is taken."""
        self._closed = True
        self._queue.put(_Waiting(math.inf, next(self._numbers), None, Future()))
        self._thread.join()

    def _run(self) -> None:
        while (waiting := self._queue.get()).unit is not None:
            self._carry_out(waiting.unit, waiting.future)
            del waiting
            self._queue.task_done()

    def _carry_out(self, unit: Callable[[], Any], future: Future[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(unit())
        except BaseException as error:  # whoever handed it in has to see to it
            future.set_exception(error)
