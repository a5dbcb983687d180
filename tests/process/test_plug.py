"""Kill -9 in the middle of what changes keys, patients, the schema or the whole database: nothing is half done.

KILLS=… pulls the plug more often.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from followupbot.storage import migrations
from followupbot.storage.engine import Database
from tests.process.harness import FOLLOWUPBOT, Clinic

pytestmark = [pytest.mark.fault, pytest.mark.long]


KILLS = int(os.environ.get("KILLS", "6"))


def kills(clinic: Clinic, seed: int) -> Iterator[float]:
    """Seconds after which somebody pulls the plug: late in a command, where it does its work."""
    began = time.monotonic()
    assert clinic.cli("verify").returncode == 0
    takes = time.monotonic() - began
    chance = random.Random(seed)
    for _ in range(KILLS):
        yield takes * chance.uniform(0.5, 1.3)


def started(clinic: Clinic, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(FOLLOWUPBOT), *words],
        env=clinic.env(),
        cwd=clinic.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_kill_9_in_the_middle_of_a_rotation_leaves_everything_readable(sqlite_clinic: Clinic) -> None:
    """At any moment; done again it is done."""
    before = (sqlite_clinic.data / "master.key").read_bytes()
    for seconds in kills(sqlite_clinic, 1):
        process = started(sqlite_clinic, "keys", "rotate")
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        done = sqlite_clinic.cli("verify")
        assert done.returncode == 0, done.stderr
    assert sqlite_clinic.cli("keys", "rotate").returncode == 0
    assert sqlite_clinic.cli("verify").returncode == 0
    assert (sqlite_clinic.data / "master.key").read_bytes() != before
    assert not (sqlite_clinic.data / "master.key.next").exists()


def test_kill_9_in_the_middle_of_an_erasure_leaves_the_patient_there_or_gone(sqlite_clinic: Clinic) -> None:
    """Whole, or erased to the end by the next command; never half."""
    codes = list(sqlite_clinic.codes.values())
    gone = 0
    for number, seconds in enumerate(kills(sqlite_clinic, 2)):
        code = codes[number % len(codes)]
        copy = f"{number}.json"
        process = started(sqlite_clinic, "erase", code, "--copy", copy, "--asked-in-writing", "--yes")
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        with sqlite_clinic.opened() as house:
            stone, chart = house.store.tombstone(code), house.store.chart(code)
            assert (stone is None) is (chart is not None)
            if stone is not None:
                gone += 1
                assert stone.erased_at is not None
                assert f"patient:{code}" in house.keys.destroyed()
                assert (sqlite_clinic.folder / copy).exists() or number >= len(codes), "the copy was there before"
        done = sqlite_clinic.cli("verify")
        assert done.returncode == 0, done.stderr
    print(f"{gone} of {KILLS} were erased")


def test_kill_9_in_the_middle_of_a_restore_leaves_the_old_or_the_new(sqlite_clinic: Clinic) -> None:
    """It changes the schema and every row, in one commit: what a migration does too."""
    assert sqlite_clinic.cli("backup", "backups").returncode == 0
    (made,) = (sqlite_clinic.folder / "backups").glob("*.backup")
    for seconds in kills(sqlite_clinic, 3):
        process = started(sqlite_clinic, "restore", str(made), "--replace")
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        done = sqlite_clinic.cli("verify")
        assert done.returncode == 0, done.stderr


OLDER = "0003"
"""A schema from which several migrations lead to today's, two of which make tables anew."""


def test_kill_9_in_the_middle_of_a_migration_leaves_the_old_schema_or_the_new(sqlite_clinic: Clinic) -> None:
    """All migrations are one commit; the rows are there in either, and `init` goes on where it was cut off."""
    path = sqlite_clinic.data / "followupbot.db"
    chance, seen, takes = random.Random(4), set(), 3.0
    for _ in range(KILLS):
        for file in sqlite_clinic.data.glob("followupbot.db*"):
            file.unlink()
        database = Database(f"sqlite:///{path}")
        with database.write() as connection:
            migrations.run(connection, OLDER)
            rows = [{"cause": f"c{number}", "chat": "c", "at": number} for number in range(2_000)]
            connection.execute(sa.text("INSERT INTO link_tries (cause, chat, at) VALUES (:cause, :chat, :at)"), rows)
        database.close()
        began = time.monotonic()
        process = started(sqlite_clinic, "init")
        try:
            process.wait(takes * chance.uniform(0.2, 1.0))
            takes = time.monotonic() - began
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        database = Database(f"sqlite:///{path}")
        revision = migrations.current(database)
        assert revision in {OLDER, migrations.head()}
        seen.add(revision)
        with database.read() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM link_tries")) == 2_000
            assert connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"
        database.close()
    done = sqlite_clinic.cli("init")
    assert done.returncode == 0, done.stderr
    assert sqlite_clinic.cli("verify").returncode == 0
    print(f"ended at {sorted(seen)}")
