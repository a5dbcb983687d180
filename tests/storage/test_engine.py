"""The engine: a database that is locked, full, read-only or away is `Unavailable`, and nothing half is left behind."""

import asyncio
import os
import signal
import warnings
from functools import partial
from pathlib import Path
from threading import Event

import psycopg
import pytest
import sqlalchemy as sa

from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.decision import StorageUnavailable as Unavailable
from followupbot.domain.facts.notes import NoteReceived
from followupbot.storage.engine import UNITS_WAITING_MAX, Database, WriterThread
from followupbot.storage.keys import Keys
from followupbot.storage.tables import facts, notes
from tests.databases import BUSY_TIMEOUT_MS, Postgres
from tests.storage.people import DR_ITO, NOON, PATIENT, Site, message, page


def only(engine_name: str, wanted: str) -> None:
    """Skip on the other database."""
    if engine_name != wanted:
        pytest.skip(f"this is about {wanted}")


def test_sqlite_is_set_up_to_keep_what_it_acknowledged(database: Database, engine_name: str) -> None:
    """And to overwrite what is deleted."""
    only(engine_name, "sqlite")
    with database.write() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": BUSY_TIMEOUT_MS,
    }


def test_postgres_waits_for_nobody_for_ever(database: Database, engine_name: str) -> None:
    """Neither for a lock nor for a statement."""
    only(engine_name, "postgresql")
    with database.read() as connection:
        limits = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("lock_timeout", "TimeZone")}
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "30s"
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
    assert limits == {"lock_timeout": f"{BUSY_TIMEOUT_MS}ms", "TimeZone": "UTC"}


def test_no_value_is_shown_in_an_error(database: Database) -> None:
    """Errors reach logs; values are patients' words."""
    insert = notes.insert().values(patient="CANARY-CODE", note="CANARY-NOTE", body_enc=b"CANARY-BODY")
    with database.write() as connection:
        connection.execute(insert)
    with pytest.raises(sa.exc.IntegrityError) as caught, database.write() as connection:
        connection.execute(insert)
    assert "BODY" not in str(caught.value)
    # PostgreSQL itself names the key that is there twice: keys are codes and counters, never words.
    assert "CANARY" not in str(caught.value).split("DETAIL")[0]


def test_a_mistake_of_ours_is_not_taken_for_an_outage(database: Database) -> None:
    """Else a wrong statement would be tried for ever."""
    with pytest.raises(sa.exc.DBAPIError), database.write() as connection:
        connection.execute(sa.text("SELECT nonsense FROM nowhere"))


def test_a_locked_database_is_unavailable_and_loses_nothing(site: Site) -> None:
    """The same cause decides when the lock is gone."""
    cause = site.cause()
    decision = Decision((NoteReceived(NOON, "n1"),), (page("p1", DR_ITO),), texts=(FreeText("n1", "words"),))
    with site.database.write() as connection:
        lock = "SELECT 1" if site.database.sqlite else "LOCK TABLE charts, causes IN ACCESS EXCLUSIVE MODE"
        connection.execute(sa.text(lock))
        with pytest.raises(Unavailable):
            site.charts.transact(PATIENT, cause, lambda _: decision)
    assert site.charts.transact(PATIENT, cause, lambda _: decision) == decision
    assert site.claim_one().key == "p1"
    assert site.charts.note(PATIENT, "n1") == "words"


def test_readers_do_not_wait_for_the_writer(site: Site) -> None:
    """A page is shown while a long unit runs; it shows what was there before."""
    with site.database.write() as connection:
        connection.execute(facts.delete())
        chart = site.charts.chart(PATIENT)
        connection.rollback()
    assert chart is not None


def test_a_full_disk_is_unavailable_and_loses_nothing(site: Site, engine_name: str) -> None:
    """Each decision is either all there or can be taken again when there is room."""
    only(engine_name, "sqlite")
    with site.database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    sa.event.listen(site.database.engine, "begin", lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={pages + 4}"))
    kept = 0
    refused = None
    for number in range(200):
        cause = site.cause()
        text = FreeText(f"n{number}", "x" * 500)
        decision = Decision(
            (NoteReceived(NOON, text.note),), (message(f"k{number}", subject=text.note),), texts=(text,)
        )
        try:
            site.charts.transact(PATIENT, cause, lambda _, decision=decision: decision)  # type: ignore[misc]
        except Unavailable as error:
            refused = (cause, decision, str(error))
            break
        kept += 1
    assert refused is not None
    assert "full" in refused[2]
    chart = site.charts.chart(PATIENT)
    assert chart is not None
    assert chart.notes == kept
    assert site.charts.note(PATIENT, f"n{kept}") is None
    sa.event.listen(site.database.engine, "begin", lambda c: c.exec_driver_sql("PRAGMA max_page_count=1000000"))
    assert site.charts.transact(PATIENT, refused[0], lambda _: refused[1]) == refused[1]
    assert len(site.outbox.claim(NOON, site.machine_now, 500)) == kept + 1


def test_a_file_that_is_not_ours_or_not_there_is_unavailable(tmp_path: Path) -> None:
    """A damaged file, a missing folder, a folder in its place."""
    (tmp_path / "damaged.db").write_bytes(b"this is no database" * 100)
    (tmp_path / "folder.db").mkdir()
    for path in (tmp_path / "damaged.db", tmp_path / "missing" / "x.db", tmp_path / "folder.db"):
        database = Database(f"sqlite:///{path}")
        with pytest.raises(Unavailable), database.read() as connection:
            connection.execute(sa.text("SELECT 1 FROM sqlite_master"))
        database.close()


def test_a_database_that_was_damaged_while_open_is_unavailable(site: Site, engine_name: str) -> None:
    """It is never taken for a patient's mistake."""
    only(engine_name, "sqlite")
    path = site.database.path
    assert path is not None
    site.database.engine.dispose()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))
    with pytest.raises(Unavailable):
        site.charts.chart(PATIENT)


def test_a_server_that_is_away_is_unavailable(postgres: Postgres) -> None:
    """Nobody listens there; or there is no such database."""
    for url in ("postgresql://nobody@127.0.0.1:1/none", postgres.url.replace("/postgres?", "/missing?")):
        database = Database(url)
        with pytest.raises(Unavailable), database.write():
            pass
        database.close()


def test_a_connection_that_breaks_in_the_middle_is_unavailable(
    site: Site, postgres: Postgres, engine_name: str
) -> None:
    """And the next decision goes on a new one."""
    only(engine_name, "postgresql")

    def kill_others() -> None:
        name = site.database.engine.url.database
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    def decide(_: object) -> Decision:
        kill_others()
        return Decision((NoteReceived(NOON, "n1"),))

    cause = site.cause()
    with pytest.raises(Unavailable):
        site.charts.transact(PATIENT, cause, decide)
    site.database.close()
    assert site.charts.chart(PATIENT) is not None
    kill_others()  # an idle connection that broke is noticed before it is used
    assert site.charts.transact(PATIENT, cause, lambda _: Decision((NoteReceived(NOON, "n1"),))).facts


def test_a_read_only_database_is_unavailable(site: Site, engine_name: str) -> None:
    """A standby that was promoted late, a disk that was mounted read-only."""
    switch = "PRAGMA query_only=ON" if engine_name == "sqlite" else "SET TRANSACTION READ ONLY"
    sa.event.listen(site.database.engine, "begin", lambda c: c.exec_driver_sql(switch))
    with pytest.raises(Unavailable):
        site.decide(message("k1"))


async def test_the_writer_runs_units_in_order_in_one_thread() -> None:
    """What a unit gives back or raises comes back; a storage's outage as such."""
    from threading import get_ident

    writer = WriterThread()
    ran: list[int] = []

    def unit(number: int) -> int:
        ran.append(number)
        return get_ident()

    threads = await asyncio.gather(*(writer(lambda number=number: unit(number)) for number in range(50)))  # type: ignore[misc]
    assert ran == list(range(50))
    assert len(set(threads)) == 1

    def away() -> None:
        raise Unavailable("away")

    with pytest.raises(Unavailable):
        await writer(away)
    with pytest.raises(ZeroDivisionError):
        await writer(lambda: 1 // 0)
    assert await writer(lambda: 7) == 7
    writer.close()


async def test_what_can_wait_gives_way_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A round of the clock lets a press pass, and after a fifth of a second none."""
    now = [0.0]
    monkeypatch.setattr("followupbot.storage.engine.time.monotonic", lambda: now[0])
    writer, go, ran = WriterThread(), Event(), list[str]()
    tasks: list[asyncio.Task[object]] = [asyncio.create_task(writer(lambda: go.wait(10)))]
    for name, later, at in [("round", True, 0.0), ("press", False, 0.19), ("late press", False, 0.21)]:
        now[0] = at
        tasks.append(asyncio.create_task(writer(partial(ran.append, name), later=later)))
        await asyncio.sleep(0)
    go.set()
    await asyncio.gather(*tasks)
    assert ran == ["press", "round", "late press"]
    writer.close()


async def test_more_units_than_can_wait_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """At once; what was taken is done."""
    assert UNITS_WAITING_MAX == 10_000
    monkeypatch.setattr("followupbot.storage.engine.UNITS_WAITING_MAX", 3)
    writer, go = WriterThread(), Event()
    waiting = [asyncio.create_task(writer(lambda: go.wait(10))) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await writer(lambda: None)
    go.set()
    assert await asyncio.gather(*waiting) == [True, True, True]
    assert await writer(lambda: 1) == 1
    writer.close()


def test_a_process_that_dies_in_the_middle_leaves_nothing_half(site: Site, keys: Keys, engine_name: str) -> None:
    """kill -9 between the facts and the commit."""
    only(engine_name, "sqlite")
    before = site.charts.chart(PATIENT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child uses none of this process's threads
        child = os.fork()
    if child == 0:
        mine = Site(Database(site.database.url), keys, holder="child")

        def die(*_: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        mine.charts._commits._post = die  # type: ignore[method-assign,assignment]
        mine.decide(message("k1"), facts=[NoteReceived(NOON, "n1")])
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert site.charts.chart(PATIENT) == before
    site.decide(message("k1"), facts=[NoteReceived(NOON, "n1")])
    assert site.claim_one().key == "k1"
