"""`followupbot identity` and `followupbot patient CODE`: from an alert's code to the phone number in two steps."""

import io
from pathlib import Path

import pytest

from followupbot import settings
from followupbot.bootstrap import house
from followupbot.domain import alerts
from followupbot.domain.decision import ByPatient, Cause
from followupbot.domain.ids import PatientId
from followupbot.domain.rules import Tier
from followupbot.storage.queries import Queries
from tests.builders import a_flag
from tests.cli.terminal import Terminal
from tests.cli.test_patient import OPERATION, enrolled
from tests.process.telegram import Telegram

FILE = "name: Ana Ruiz Canario\nphone: +34 600 123 456\nlevels operated: L4/L5\n"


@pytest.fixture
def code(clinic: Path, telegram: Telegram, terminal: Terminal) -> PatientId:
    """A patient who has been invited."""
    return PatientId(terminal("invite", "patient", *OPERATION, "--json").json()["code"])


def test_from_the_code_to_the_phone_number_in_two_steps(code: PatientId, terminal: Terminal, tmp_path: Path) -> None:
    """Read the code, type it; without a number it says how to enter one, and the patient is listed."""
    assert "No phone number was entered" in terminal("patient", code).out
    with house.open_house(settings.load()) as opened:
        assert [line.kind for line in opened.store.listed(opened.clock.now())] == ["no_phone"]
    file = tmp_path / "ana.txt"
    file.write_text(FILE, encoding="utf-8")
    said = terminal("identity", code.lower(), "--file", str(file))
    assert (said.code, said.out.splitlines()[0]) == (0, f"{code}: kept name, phone, levels operated.")
    seen = terminal("patient", code)
    assert seen.out.splitlines()[:3] == [
        "name:            Ana Ruiz Canario",
        "phone:           +34 600 123 456",
        "levels operated: L4/L5",
    ]
    assert "Follow-up: invited" in seen.out
    with house.open_house(settings.load()) as opened:
        assert opened.store.listed(opened.clock.now()) == []
        views = Queries(opened.database).accesses(code)
    assert [(line.action, line.allowed) for line in views] == [("see_identity", True)] * 2
    assert terminal("verify").out.splitlines()[-1] == "The record is whole."


def test_below_it_stands_why_there_is_an_alert(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """In words, with the rule; that it was seen is in the access log (clinical.md 0.9)."""
    patient = enrolled(terminal)
    assert "rule foot_clear" not in terminal("patient", patient).out
    with house.open_house(settings.load()) as opened:
        flag, now = a_flag(Tier.SAME_DAY, rule="foot_clear"), opened.clock.now()
        raised = Cause("test:raised", ByPatient(patient))
        opened.store.transact(patient, raised, lambda chart: alerts.raise_flag(chart, flag, now))
    said = terminal("patient", patient).out
    assert "Alert: same day, weakness, raised" in said
    assert "New weakness of a leg or foot" in said.partition("act by")[2]
    assert "rule foot_clear, version 1" in said
    with house.open_house(settings.load()) as opened:
        views = [line.action for line in Queries(opened.database).accesses(patient)]
    assert views == ["see_alert_details", "see_identity", "see_identity"]


def test_it_lies_nowhere_in_the_clear(
    code: PatientId, clinic: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In no file of the data folder, database and its log included."""
    monkeypatch.setattr("sys.stdin", io.StringIO(FILE))
    assert terminal("identity", code, "--file", "-").code == 0
    held = [path for path in clinic.rglob("*") if path.is_file() and b"Canario" in path.read_bytes()]
    assert held == []


def test_what_is_wrong_is_said_with_its_line_and_nothing_is_changed(
    code: PatientId, terminal: Terminal, tmp_path: Path
) -> None:
    """Without repeating what stands there."""
    file = tmp_path / "ana.txt"
    file.write_text("name: Ana\nphone: ask her son\n", encoding="utf-8")
    said = terminal("identity", code, "--file", str(file))
    assert said.code == 1
    assert "line 2: phone: expected digits" in said.err
    assert "her son" not in said.err
    assert "No phone number was entered" in terminal("patient", code).out
    assert terminal("identity", code, "--file", str(tmp_path / "none.txt")).code == 2
