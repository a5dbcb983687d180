"""Who may do what only one may: a lease in the database, and on SQLite a lock on the folder besides."""

import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.storage.engine import Database
from followupbot.storage.tables import leases

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@dataclass(frozen=True)
class Lease:
    """Held until then. `epoch` is higher than any earlier holder's: whoever finds a higher one has lost it."""

    name: str
    holder: str
    epoch: int
    until_machine_ms: int


class Leases:
    """Named leases, by the machine's clock."""

    def __init__(self, database: Database, holder: str) -> None:
        """`holder` names this process, and no other one before or beside it."""
        self._database = database
        self._holder = holder

    def acquire(self, name: str, machine_now: int, for_ms: int) -> Lease | None:
        """The lease, where nobody else has it; None where somebody does."""
        return self._database.unit(lambda connection: self._acquire(connection, name, machine_now, for_ms))

    def renew(self, lease: Lease, machine_now: int, for_ms: int) -> Lease | None:
        """The same lease for longer; None where it was lost in the meantime, even if it would be free again."""

        def work(connection: Connection) -> Lease | None:
            until = machine_now + for_ms
            renewed = leases.update().where(*self._ours(lease)).values(until_machine_ms=until)
            if connection.execute(renewed).rowcount != 1:
                return None
            return Lease(lease.name, lease.holder, lease.epoch, until)

        return self._database.unit(work)

    def release(self, lease: Lease) -> None:
        """Anybody may have it now. Nothing happens where it was lost in the meantime."""
        released = leases.update().where(*self._ours(lease)).values(holder=None, until_machine_ms=0)
        self._database.unit(lambda connection: connection.execute(released))

    def _acquire(self, connection: Connection, name: str, machine_now: int, for_ms: int) -> Lease | None:
        until = machine_now + for_ms
        first = {"name": name, "holder": self._holder, "epoch": 1, "until_machine_ms": until}
        mine = leases.c.holder == self._holder
        acquire = (
            self._database.insert(leases)
            .values(first)
            .on_conflict_do_update(
                index_elements=["name"],
                set_={
                    "holder": self._holder,
                    "epoch": sa.case((mine, leases.c.epoch), else_=leases.c.epoch + 1),
                    "until_machine_ms": until,
                },
                where=sa.or_(leases.c.until_machine_ms <= machine_now, mine),
            )
            .returning(leases.c.epoch)
        )
        row = connection.execute(acquire).one_or_none()
        return None if row is None else Lease(name, self._holder, row.epoch, until)

    def _ours(self, lease: Lease) -> tuple[sa.ColumnElement[bool], ...]:
        return (leases.c.name == lease.name, leases.c.holder == lease.holder, leases.c.epoch == lease.epoch)


def is_newest(connection: Connection, lease: Lease) -> bool:
    """Whether nobody has had it since. Nobody gets it before this transaction ends."""
    query = sa.select(leases.c.epoch).where(leases.c.name == lease.name, leases.c.holder == lease.holder)
    return connection.scalar(query.with_for_update(read=True)) == lease.epoch


class RoleTaken(Exception):
    """Another process has the folder: it takes in, sends, keeps the time and shows the pages."""


class RoleLock:
    """One process at a time has the data folder. The system frees it when the process ends, however it ends."""

    def __init__(self, folder: Path, name: str = "followupbot.lock") -> None:
        """Nothing is locked yet. `name` is of the file that is locked."""
        self._path = folder / name
        self._file: IO[bytes] | None = None

    def __enter__(self) -> "RoleLock":
        """The folder is this process's. `RoleTaken` where it is another's."""
        file = self._path.open("ab")
        try:
            if sys.platform == "win32":
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise RoleTaken(f"another followupbot runs with {self._path.parent}") from error
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The folder is free."""
        if self._file is not None:
            self._file.close()
            self._file = None
