"""The restore drill: a clinic at work, a machine that is gone, and another that takes its place; on both databases.

`make drill` says how long each step took; RESTORED=… makes the clinic larger.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from followupbot.domain.facts.alerts import AlertTaken
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.ids import AlertId, PatientId
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys
from followupbot.storage.marks import QUARANTINE, Marks
from followupbot.upkeep.backup import back_up
from followupbot.upkeep.restore import erased_patients, restore
from followupbot.upkeep.verify import verify
from tests.databases import (
    MASTER_KEY,
    Postgres,
    copied_postgres,
    database,
    engine_name,
    migrated_postgres,
    migrated_sqlite,
    postgres,
)
from tests.storage.people import DR_ITO, NOON, Site, asked, message, raised

__all__ = ["copied_postgres", "database", "engine_name", "migrated_postgres", "migrated_sqlite", "postgres"]

pytestmark = pytest.mark.long

PATIENTS = int(os.environ.get("PATIENTS", "200"))
KEY = bytes(range(32, 64))


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"  {what}: {time.monotonic() - began:.2f} s")


@contextmanager
def at_work(site: Site) -> Iterator[None]:
    """Somebody answers all the time."""
    over = Event()

    def work() -> None:
        other = Site(site.database, site.keys, holder="busy")
        while not over.is_set():
            other.decide(facts=[NoteReceived(NOON, f"n{other.causes}")], patient=patient(0))

    working = Thread(target=work)
    working.start()
    try:
        yield
    finally:
        over.set()
        working.join()


def patient(number: int) -> PatientId:
    return PatientId(f"D{number:04d}")


def test_drill(database: Database, tmp_path: Path, engine_name: str, request: pytest.FixtureRequest) -> None:
    """0 messages leave; every patient is readable but the erased one; the record is whole, by the seal outside."""
    print(f"\n{engine_name}, {PATIENTS} patients")
    database.close()
    database = Database(database.url)  # with the program's own patience: two write all the time
    keys = Keys.open(database, MASTER_KEY)
    site = Site(database, keys)
    version = site.found()
    with timed("made up"):
        for number in range(PATIENTS):
            site.enrol(patient(number), 10_000 + number)
            site.decide(
                message(f"m{number}", params={"name": "x"}),
                facts=[asked(NOON, 1, version), raised(NOON), AlertTaken(NOON, AlertId(1), DR_ITO, None)],
                patient=patient(number),
            )
    folder = tmp_path / "backups"
    with at_work(site), timed("backed up while at work"):
        backup = back_up(database, keys, KEY, folder, {}, NOON)
    gone = patient(PATIENTS - 1)
    copy = keys.wrapped()  # from before the erasure, as a copy that nobody has destroyed
    assert site.charts.erase(gone, "asked", "0f", site.cause(), lambda _: True)
    (folder / "erased.txt").write_text(f"{gone}\n")

    if engine_name == "sqlite":
        (tmp_path / "new").mkdir()
        other = Database(f"sqlite:///{tmp_path / 'new' / 'followupbot.db'}")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        other = Database(server.new_database())
    assert Keys.put_back(other, copy)
    theirs = Keys.open(other, MASTER_KEY, new=False)
    with timed("restored"):
        restored = restore(other, theirs, KEY, backup.path, erased_patients(theirs, [folder]), NOON)
    assert restored.erased == (gone,)
    with timed("verified"):
        report = verify(other, theirs, outside=[(backup.manifest.chains, backup.manifest.digest)])
    assert (report.findings, report.erased, report.chains) == ((), 1, PATIENTS + 1)
    after = Site(other, theirs, holder="new")
    for number in range(PATIENTS - 1):
        chart = after.charts.chart(patient(number))
        assert chart is not None
        assert chart.alert_count == 1
    assert after.charts.chart(gone) is None
    assert Marks(other).get(QUARANTINE) is not None
    if other.sqlite:
        with other.read() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    for opened in (theirs, other, keys, database):
        opened.close()
