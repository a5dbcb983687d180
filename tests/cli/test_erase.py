"""Erasing at the terminal: a copy first, never against an alert or a hold, and no backup brings anybody back."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from followupbot.bootstrap.house import open_house
from followupbot.domain.decision import ByClock, Cause, Decision, FreeText
from followupbot.domain.facts.alerts import AlertResolved
from followupbot.domain.facts.notes import NoteReceived, NotesRead
from followupbot.domain.facts.patient import DeletionRequested
from followupbot.domain.ids import AlertId, PatientId, StaffId
from followupbot.settings import load
from followupbot.storage.tables import charts, metadata, notes
from tests.cli.terminal import Terminal
from tests.process.telegram import Telegram
from tests.storage.people import raised

OPERATION = ["--surgery-on", "2022-03-14", "--zone", "Europe/Madrid", "--language", "en", "--at", "10:00"]
SAID = "CANARY my leg is numb"
NOW = datetime.now(UTC)

KEPT_OF_ROW = frozenset({"patient", "version", "head", "state", "form"})
"""Columns of `charts` that an erased patient's row still has: which chain it is, how long, and that it was erased."""

STILL_NAMED_IN = frozenset(
    {"charts.patient", "facts.aggregate", "facts.cause", "tombstones.patient", "causes.key"}
    | {"access_log.cause", "access_log.subject"}
)
"""Where the code may still stand: the sealed chain, the tombstone, who looked at what, and that they were erased."""


@pytest.fixture
def code(clinic: Path, telegram: Telegram, terminal: Terminal) -> PatientId:
    """Somebody who wrote something that has been read."""
    code = PatientId(terminal("invite", "patient", *OPERATION, "--json").json()["code"])
    decided(code, NoteReceived(NOW, "n1"), NotesRead(NOW, ("n1",)), text=FreeText("n1", SAID))
    return code


def decided(code: PatientId, *facts: object, text: FreeText | None = None) -> None:
    """These facts stand in the patient's record."""
    with open_house(load()) as opened:
        decision = Decision(tuple(facts), texts=() if text is None else (text,))  # type: ignore[arg-type]
        opened.store.transact(code, Cause(f"test:{len(facts)}:{facts[0]}", ByClock()), lambda _: decision)


def erase(terminal: Terminal, code: str, copy: str = "copy.json") -> tuple[int, str]:
    said = terminal("erase", code, "--copy", copy, "--asked-in-writing", "--yes")
    return said.code, said.err


def test_a_patient_is_erased_and_the_hospital_has_a_copy(clinic: Path, code: PatientId, terminal: Terminal) -> None:
    """The tombstone says of which copy; what is kept can be read by nobody; the record stays whole."""
    assert erase(terminal, code) == (0, "")
    copy = (terminal.folder / "copy.json").read_bytes()
    assert SAID in copy.decode()
    assert json.loads(copy)["facts"][0]["kind"] == "patient_invited"
    with open_house(load()) as opened:
        stone = opened.store.tombstone(code)
        assert stone is not None
        assert stone.copy_sha256 == hashlib.sha256(copy).hexdigest()
        assert stone.erased_at is not None
        assert opened.store.chart(code) is None
        assert opened.store.note(code, "n1") is None
    verified = terminal("verify")
    assert verified.code == 0
    assert "1 erased" in verified.out
    again = terminal("erase", code, "--copy", "again.json", "--asked-in-writing", "--yes")
    assert again.code == 1
    assert "was erased" in again.err
    assert code not in terminal("status").out


def test_the_copy_has_what_staff_entered(clinic: Path, code: PatientId, terminal: Terminal) -> None:
    """Who it is, why something was held, and why somebody broke the glass: after the erasure it is nowhere else."""
    file = terminal.folder / "ana.txt"
    file.write_text("name: Ana Ruiz\nphone: +34 600 123 456\n", encoding="utf-8")
    assert terminal("identity", code, "--file", str(file)).code == 0
    assert terminal("patient", code, "break-glass", "--reason", "nobody else is here").code == 0
    assert erase(terminal, code) == (0, "")
    texts = json.loads((terminal.folder / "copy.json").read_bytes())["notes"].values()
    assert "nobody else is here" in texts
    assert "name: Ana Ruiz\nphone: +34 600 123 456\n" in texts
    assert SAID in texts


def test_the_identity_goes_with_the_patient(clinic: Path, code: PatientId, terminal: Terminal) -> None:
    """Name and phone number stand beside the facts, under the patient's key: nobody reads them again (issue 5.5)."""
    file = terminal.folder / "ana.txt"
    file.write_text("name: Ana Ruiz\nphone: +34 600 123 456\n", encoding="utf-8")
    assert terminal("identity", code, "--file", str(file)).code == 0
    file.unlink()
    with open_house(load()) as opened:
        chart = opened.store.chart(code)
        assert chart is not None
        note = chart.enrolled.identity
        assert note is not None
        assert "600 123" in str(opened.store.note(code, note))
    assert erase(terminal, code) == (0, "")
    with open_house(load()) as opened:
        assert opened.store.note(code, note) is None
        with opened.database.read() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(notes).where(notes.c.patient == code)) == 0
    seen = terminal("patient", code)
    assert seen.code != 0
    assert "600" not in seen.out + seen.err
    assert terminal("verify").code == 0


def test_nothing_is_in_the_clear_but_that_they_were_erased(clinic: Path, code: PatientId, terminal: Terminal) -> None:
    """Whatever column or table comes: on which lists they were is about their health too."""
    decided(code, DeletionRequested(NOW))
    assert {row["lists"] != "" for row in rows(charts, code)} == {True}, "they are on lists before"
    assert erase(terminal, code) == (0, "")
    (row,) = rows(charts, code)
    assert {name for name, value in row.items() if value not in (None, "", b"")} == KEPT_OF_ROW
    assert named_in(code) <= STILL_NAMED_IN


def rows(table: sa.Table, code: PatientId) -> list[dict[str, object]]:
    with open_house(load()) as opened, opened.database.read() as connection:
        return [dict(row) for row in connection.execute(sa.select(table).where(table.c.patient == code)).mappings()]


def named_in(code: PatientId) -> set[str]:
    """Each column, of any table, in which the code stands."""
    with open_house(load()) as opened, opened.database.read() as connection:
        return {
            f"{table.name}.{name}"
            for table in metadata.sorted_tables
            for row in connection.execute(sa.select(table)).mappings()
            for name, value in row.items()
            if isinstance(value, str) and code in value
        }


def test_who_was_erased_is_not_invited_again_by_mistake(clinic: Path, code: PatientId, terminal: Terminal) -> None:
    erase(terminal, code)
    said = terminal("invite", "patient", "--again", code)
    assert said.code != 0


def test_no_backup_brings_them_back(clinic: Path, code: PatientId, terminal: Terminal) -> None:
    """Not last week's, and not on a new machine with last week's keys."""
    assert terminal("backup", "backups").code == 0
    assert terminal("keys", "copy", "old.keys").code == 0
    erase(terminal, code)
    (made,) = (terminal.folder / "backups").glob("*.backup")
    said = terminal("restore", str(made), "--replace")
    assert said.code == 0, said.err
    assert f"Erased again: {code}" in said.out
    with open_house(load()) as opened:
        assert opened.store.chart(code) is None
    for name in ("followupbot.db", "keys.db"):
        for file in clinic.glob(f"{name}*"):
            file.unlink()
    put = terminal("keys", "put-back", "old.keys")
    assert put.code == 0, put.err
    assert f"destroyed again: {code}" in put.out
    assert terminal("restore", str(made)).code == 0
    with open_house(load()) as opened:
        assert opened.store.chart(code) is None


@pytest.mark.parametrize("why", ["alert", "unread", "hold", "not asked"])
def test_what_stands_in_the_way(clinic: Path, code: PatientId, terminal: Terminal, why: str) -> None:
    """It is named; nothing is erased, and no copy lies about."""
    expected = {"alert": "alert is open", "unread": "Nobody has read", "hold": "legal hold", "not asked": "/delete"}
    if why == "alert":
        decided(code, raised(NOW))
    elif why == "unread":
        decided(code, NoteReceived(NOW, "n2"))
    elif why == "hold":
        assert terminal("hold", code, "--reason", "court order").code == 0
        assert terminal("verify").code == 0
    words = ["erase", code, "--copy", "copy.json", "--yes"]
    said = terminal(*words, *([] if why == "not asked" else ["--asked-in-writing"]))
    assert said.code == 1
    assert expected[why] in said.err
    assert not (terminal.folder / "copy.json").exists()
    with open_house(load()) as opened:
        assert opened.store.chart(code) is not None
    if why == "hold":
        assert terminal("hold", code, "--release").out == "The hold has ended.\n"
        assert erase(terminal, code)[0] == 0
    if why == "alert":
        decided(code, AlertResolved(NOW, AlertId(1), StaffId("s1"), "seen"))
        assert erase(terminal, code)[0] == 0


def test_a_copy_takes_the_place_of_no_file(clinic: Path, code: PatientId, terminal: Terminal) -> None:
    (terminal.folder / "copy.json").write_text("something")
    code_, error = erase(terminal, code)
    assert code_ == 2
    assert "already" in error
    assert (terminal.folder / "copy.json").read_text() == "something"


def test_nothing_is_left_of_the_words_in_any_file(clinic: Path, code: PatientId, terminal: Terminal) -> None:
    """Nor of what encrypted them: the patient's wrapped key is gone from the keys' file and its log."""
    with open_house(load()) as opened:
        wrapped = opened.keys.wrapped()[f"patient:{code}"]
    assert wrapped is not None
    assert wrapped in b"".join(file.read_bytes() for file in clinic.glob("keys.db*"))
    erase(terminal, code)
    assert wrapped not in b"".join(file.read_bytes() for file in clinic.rglob("*") if file.is_file())
