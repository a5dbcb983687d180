"""Backups: one moment of everything, whole or not at all, and what comes back is what was there."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from followupbot.domain.facts.alerts import AlertTaken
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.ids import AlertId, PatientId
from followupbot.domain.outgoing import ToClinician
from followupbot.storage import migrations
from followupbot.storage.dumps import Dump
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys, patient_key
from followupbot.storage.marks import QUARANTINE, Marks
from followupbot.storage.status import status as status_of
from followupbot.storage.tables import chats
from followupbot.upkeep import backup as backups
from followupbot.upkeep.backup import Backup, BackupFailed, back_up, manifest_of
from followupbot.upkeep.manifest import Manifest
from followupbot.upkeep.restore import RestoreRefused, erased_patients, restore
from followupbot.upkeep.verify import verify
from tests.databases import MASTER_KEY, Postgres
from tests.storage.people import (
    DR_ITO,
    NOON,
    OTHER_PATIENT,
    PATIENT,
    PATIENT_ADDRESS,
    Site,
    asked,
    claim_keys,
    message,
    raised,
    states,
)

KEY = bytes(range(32, 64))
NOBODY: frozenset[PatientId] = frozenset()


@pytest.fixture
def site(site: Site) -> Site:
    """Two patients, an alert and messages of every kind of row."""
    version = site.charts.clinic().published.version
    site.enrol(OTHER_PATIENT, 2002)
    for patient in (PATIENT, OTHER_PATIENT):
        site.decide(
            message(f"{patient}/k1", params={"name": "Rosa"}),
            facts=[asked(NOON, 1, version), raised(NOON), AlertTaken(NOON, AlertId(1), DR_ITO, None)],
            patient=patient,
        )
    site.deliver(700)
    site.charts.set_aside(1, b"raw", "KeyError", NOON)
    return site


def made(site: Site, folder: Path, hours: int = 0) -> Backup:
    return back_up(site.database, site.keys, KEY, folder, {"clinic.yaml": b"name: x"}, NOON + timedelta(hours=hours))


def everything(database: Database) -> dict[str, list[object]]:
    """Every row, as the database has it."""
    with Dump.open(database) as dump:
        return {table.name: [row for rows in dump.rows(table) for row in rows] for table in dump.tables}


def put_back(site: Site, backup: Backup, erased: frozenset[PatientId] = NOBODY) -> None:
    restore(site.database, site.keys, KEY, backup.path, erased, NOON, replace=True)


def test_what_comes_back_is_what_was_there(site: Site, tmp_path: Path) -> None:
    """Every row of every table, whatever was written since; and it is in quarantine."""
    before = everything(site.database)
    backup = made(site, tmp_path / "backups")
    site.decide(message("later"), facts=[NoteReceived(NOON, "later")])
    restored = restore(site.database, site.keys, KEY, backup.path, NOBODY, NOON, replace=True)
    after = everything(site.database)
    assert after.pop("marks") != before.pop("marks")
    assert after == before
    assert restored.files == {"clinic.yaml": b"name: x"}
    assert Marks(site.database).get(QUARANTINE) is not None
    seal = (backup.manifest.chains, backup.manifest.digest)
    assert verify(site.database, site.keys, outside=[seal]).whole
    site.decide(message("on"), facts=[NoteReceived(NOON, "and life goes on")])
    assert verify(site.database, site.keys, outside=[seal]).whole


def test_the_manifest_beside_it_counts_and_hashes(site: Site, tmp_path: Path) -> None:
    """And says nothing about anybody."""
    backup = made(site, tmp_path / "backups")
    text = manifest_of(backup.path).read_text()
    assert Manifest.from_json(text) == backup.manifest
    assert {name: content.rows for name, content in backup.manifest.tables.items() if content.rows} == {
        name: len(rows) for name, rows in everything(site.database).items() if rows
    }
    assert PATIENT not in text


def test_a_backup_tells_nobody_anything(site: Site, tmp_path: Path) -> None:
    """Not even codes and states, which stand in the clear in the database."""
    raw = made(site, tmp_path / "backups").path.read_bytes()
    assert not [word for word in (PATIENT, "alerts", "replies/thanks", "Rosa", "clinic.yaml") if word.encode() in raw]


def test_a_backup_of_a_database_in_use_is_of_one_moment(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A decision after each table: the facts and what was made of them still belong together."""
    rows = Dump.rows

    def rows_while_others_write(self: Dump, table: object) -> object:
        yield from rows(self, table)  # type: ignore[arg-type]
        site.decide(message(f"during {table}"), facts=[NoteReceived(NOON, "during")])

    monkeypatch.setattr(Dump, "rows", rows_while_others_write)
    backup = made(site, tmp_path / "backups")
    monkeypatch.undo()
    version = site.charts.chart(PATIENT)
    put_back(site, backup)
    report = verify(site.database, site.keys, outside=[(backup.manifest.chains, backup.manifest.digest)])
    assert report.findings == ()
    assert version is not None
    assert site.charts.chart(PATIENT) != version


def test_what_is_not_whole_is_refused_and_changes_nothing(site: Site, tmp_path: Path) -> None:
    """Also with `replace`, and wherever the damage is."""
    backup = made(site, tmp_path / "backups")
    raw = backup.path.read_bytes()
    parts = raw[38:]
    first = 4 + int.from_bytes(parts[:4], "big")
    second = first + 4 + int.from_bytes(parts[first : first + 4], "big")
    damaged = {
        "cut": raw[:-30],
        "shorter": raw[: 38 + second],
        "longer": raw + b"x",
        "flipped": raw[:-200] + bytes([raw[-200] ^ 1]) + raw[-199:],
        "no backup": b"something else",
        "swapped": raw[:38] + parts[first:second] + parts[:first] + parts[second:],
    }
    before = everything(site.database)
    for how, content in damaged.items():
        path = tmp_path / how
        path.write_bytes(content)
        with pytest.raises(RestoreRefused):
            restore(site.database, site.keys, KEY, path, NOBODY, NOON, replace=True)
    for key, path, why in ((bytes(32), backup.path, "another backup key"), (KEY, tmp_path / "gone", "No such file")):
        with pytest.raises(RestoreRefused, match=why):
            restore(site.database, site.keys, key, path, NOBODY, NOON, replace=True)
    assert everything(site.database) == before


def test_a_backup_of_a_newer_program_is_refused(site: Site, tmp_path: Path) -> None:
    """It may have what this one knows nothing of; and nothing changes."""
    revise = "UPDATE alembic_version SET version_num = :revision"
    with site.database.write() as connection:
        connection.execute(sa.text(revise), {"revision": "9999"})
    backup, before = made(site, tmp_path / "backups"), everything(site.database)
    with site.database.write() as connection:
        connection.execute(sa.text(revise), {"revision": migrations.head()})
    with pytest.raises(RestoreRefused, match="revision 9999, which this program does not know"):
        put_back(site, backup)
    assert everything(site.database) == before


def test_rows_that_are_there_are_not_replaced_unasked(site: Site, tmp_path: Path) -> None:
    backup = made(site, tmp_path / "backups")
    before = everything(site.database)
    with pytest.raises(RestoreRefused, match="rows already"):
        restore(site.database, site.keys, KEY, backup.path, NOBODY, NOON)
    assert everything(site.database) == before


def test_an_erased_patient_does_not_come_back(site: Site, tmp_path: Path) -> None:
    """By whichever list it is known: the key that is gone, the file beside the backups, a later backup's manifest."""
    folder = tmp_path / "backups"
    last_week = made(site, folder)
    site.keys.destroy(patient_key(PATIENT))
    (folder / "erased.txt").write_text(f"{OTHER_PATIENT}\n")
    later = made(site, folder, hours=1)
    listed = replace(later.manifest, erased=("AAAAA",))
    manifest_of(later.path).write_text(listed.to_json())
    erased = erased_patients(site.keys, [folder])
    assert erased == {PATIENT, OTHER_PATIENT, "AAAAA"}
    restored = restore(site.database, site.keys, KEY, last_week.path, erased, NOON, replace=True)
    assert set(restored.erased) == {PATIENT, OTHER_PATIENT}
    assert site.charts.chart(PATIENT) is None
    report = verify(site.database, site.keys)
    assert (report.findings, report.erased) == ((), 2)
    with site.database.read() as connection:
        left = connection.execute(sa.text("SELECT count(*) FROM outbox WHERE owner LIKE 'patient:%'")).scalar_one()
        assert left == 0


def test_who_shared_a_chat_with_somebody_erased_since_is_called_until_they_write(site: Site, tmp_path: Path) -> None:
    """Their number came back under a key that is gone: nobody can write to them, nothing is held up by it."""
    chat = site.enrol(OTHER_PATIENT, PATIENT_ADDRESS)
    last_week = made(site, tmp_path / "backups")
    assert site.charts.erase(PATIENT, "asked", "0f", site.cause(), lambda _: True)
    erased = erased_patients(site.keys, [])
    restore(site.database, site.keys, KEY, last_week.path, erased, NOON, replace=True)
    after = Site(site.database, site.keys, holder="h2", causes=100)
    (line,) = status_of(site.database, NOON).to_call
    assert (line.patient, line.blocked) == (OTHER_PATIENT, True)
    after.decide(message("to him", subject="s"), patient=OTHER_PATIENT)
    after.decide_clinic(message("to staff", ToClinician(DR_ITO), subject="c"))
    assert "to staff" in claim_keys(after)
    assert states(after)["to him"] == "cancelled"

    assert after.charts.note_chat(PATIENT_ADDRESS) == chat
    after.outbox.unblock_chat(chat)  # as the desk does for whoever comes
    assert after.charts.address(chat) == PATIENT_ADDRESS
    after.decide(message("again", subject="t"), patient=OTHER_PATIENT)
    assert "again" in claim_keys(after)
    assert after.charts.erase(OTHER_PATIENT, "asked", "0f", after.cause(), lambda _: True)
    assert after.charts.speakers_of(chat) == ()
    with site.database.read() as connection:
        assert connection.scalar(sa.select(chats.c.chat).where(chats.c.chat == chat)) is None


def test_a_backup_that_fails_leaves_none(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk; what the killed one before it left goes with the next."""
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "followupbot-20200101T000000Z.part").write_bytes(b"half")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(backups, "_write", full)
        with pytest.raises(BackupFailed, match="No space left"):
            made(site, folder)
    assert list(folder.iterdir()) == []


def test_the_same_backup_fits_either_database(site: Site, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """What was made on one is restored on the other, with the same keys."""
    backup = made(site, tmp_path / "backups")
    before = everything(site.database)
    if site.database.sqlite:
        postgres: Postgres = request.getfixturevalue("postgres")
        other = Database(postgres.new_database())
    else:
        other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    restore(other, site.keys, KEY, backup.path, NOBODY, NOON)
    after = everything(other)
    del after["marks"], before["marks"]
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    assert verify(other, site.keys, outside=[(backup.manifest.chains, backup.manifest.digest)]).whole
    moved = Site(other, site.keys, holder="h2")
    moved.decide(message("next"), facts=[NoteReceived(NOON, "n")])  # numbers go on behind those that are there
    assert moved.charts.chart(PATIENT) is not None
    other.close()


def test_keys_are_in_no_backup(site: Site, tmp_path: Path) -> None:
    """Restoring touches none."""
    backup = made(site, tmp_path / "backups")
    assert "keys" not in backup.manifest.tables
    site.keys.make("patient:NEW00")
    put_back(site, backup)
    again = Keys.open(site.database, MASTER_KEY)
    assert again.secret("patient:NEW00") == site.keys.secret("patient:NEW00")
    again.close()
