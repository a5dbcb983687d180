"""`followupbot patient CODE read`: what a patient wrote is read, and nothing is held back any more."""

from pathlib import Path

from followupbot import settings
from followupbot.application import patients
from followupbot.bootstrap import house
from followupbot.cli import patients as commands
from followupbot.domain.decision import ByCarer, ByPatient, Cause, Decision
from followupbot.domain.facts.carers import CarerConnected, CarerInvited, CarerJoined
from followupbot.domain.facts.enrolment import ConsentGiven, PatientConnected, PatientEnrolled
from followupbot.domain.ids import CarerId, PatientId, TokenHash
from followupbot.domain.standing import STATUSES
from followupbot.storage.queries import Queries
from tests.cli.terminal import Terminal
from tests.process.telegram import Telegram

OPERATION = ["--surgery-on", "2022-03-14", "--zone", "Europe/Madrid", "--language", "en", "--at", "10:00"]
OPERATION += ["--protocol", "lumbar_fusion"]


def enrolled(terminal: Terminal) -> PatientId:
    """A patient who takes part."""
    code = PatientId(terminal("invite", "patient", *OPERATION, "--json").json()["code"])
    with house.open_house(settings.load()) as opened:
        now, store = opened.clock.now(), opened.store
        facts = (
            PatientConnected(now, store.note_chat(4711)),
            ConsentGiven(now, store.clinic().published.version, store.clinic().settings.language),
            PatientEnrolled(now, now.date(), operated=True),
        )
        store.transact(code, Cause("test:enrolled", ByPatient(code)), lambda _: Decision(facts))
        patients.write(store, code, "My husband died – só", Cause("test:wrote", ByPatient(code)), now)
    return code


def test_staff_read_what_came_and_the_hold_is_over(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """`status` says that it waits, for whom and until when; the view is in the access log."""
    code = enrolled(terminal)
    (line,) = terminal("status", "--json").json(code=1)["to_read"]
    assert (line["patient"], line["held"]) == (code, True)
    assert line["review_by"] is not None
    assert f"{code} by " in terminal("status").out
    assert "nothing is sent to them until then" in terminal("status").out
    said = terminal("patient", code.lower(), "read")
    assert said.code == 0
    assert said.out.splitlines()[0] == "My husband died – só"
    assert "They go on from now." in said.out
    assert terminal("status", "--json").json(code=1)["to_read"] == []
    assert terminal("patient", code, "read").out.strip() == "There is nothing to read."
    assert terminal("verify").out.splitlines()[-1] == "The record is whole."
    with house.open_house(settings.load()) as opened:
        seen = Queries(opened.database).accesses(code)
    assert {(line.action, line.allowed) for line in seen} == {("read_notes", True)}


def test_a_code_that_nobody_has(clinic: Path, terminal: Terminal) -> None:
    """Called wrongly; where it can be nobody's, somebody has mistyped it."""
    said = terminal("patient", "7F3KG", "read")
    assert (said.code, said.err) == (2, "No patient has the code '7F3KG'.\n")
    mistyped = "Look at it again: it has five characters, and the last one checks the others."
    assert terminal("patient", "7F3K9", "read").err == f"No patient has the code '7F3K9'. {mistyped}\n"


def test_each_status_is_a_command() -> None:
    """What staff may record in Telegram they may record at the terminal, in the same order."""
    assert tuple(commands.STATUSES) == STATUSES


def test_a_status_is_recorded_at_once_and_taken_back(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """What waits for the patient goes out no more; with a date where one is needed; the record stays whole."""
    code = PatientId(terminal("invite", "patient", *OPERATION, "--json").json()["code"])
    said = terminal("patient", code, "died")
    assert (said.code, said.out.splitlines()[0]) == (0, f"{code}: recorded. Died.")
    assert terminal("status", "--json").json(code=1)["patients"] == {"died": 1}
    assert terminal("patient", code, "died").err == f"{code}: nothing was changed. That is recorded already.\n"
    again = terminal("invite", "patient", "--again", code)
    assert (again.code, again.err) == (
        1,
        f"{code}: died is recorded. To go on, first: followupbot patient {code} resume\n",
    )
    assert terminal("patient", code, "resume").code == 0
    assert terminal("patient", code, "reoperated", "soon").code == 1
    assert terminal("patient", code, "reoperated", "2023-05").code == 0
    assert terminal("patient", code, "pause", "2w").code == 0
    assert terminal("status", "--json").json(code=1)["patients"] == {"paused": 1}
    assert terminal("verify").out.splitlines()[-1] == "The record is whole."


def test_staff_invite_a_carer_with_the_patients_agreement_and_end_the_help(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """The link goes to whoever helps; initials are one to four letters, and only who takes part can be helped."""
    code = enrolled(terminal)
    link = terminal("invite", "carer", code, "--initials", "mg", "--json").json()
    assert link["code"] == code
    assert terminal("patient", code, "carers").out == "carer 1: has a link that is out\n"
    assert terminal("invite", "carer", code, "--initials", "Maria").code == 2
    assert terminal("patient", code, "carers", "--remove", "2").code == 2
    assert terminal("patient", code, "carers", "--remove", "1").code == 0
    assert terminal("patient", code, "carers").out == "Nobody helps.\n"
    invited = PatientId(terminal("invite", "patient", *OPERATION, "--json").json()["code"])
    assert "takes no part yet" in terminal("invite", "carer", invited, "--initials", "MG").err


def test_staff_choose_the_initials_of_a_patient(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """They stand before messages where one phone follows several, and are held to one to four letters."""
    code = enrolled(terminal)
    said = terminal("patient", code, "initials", "m. g.")
    assert (said.code, said.out.split(",")[0]) == (0, f"Messages about {code} begin with MG")
    assert terminal("patient", code, "initials", "Maria").code == 2
    assert terminal("patient", "7F3K9", "initials", "MG").code == 2
    with house.open_house(settings.load()) as opened:
        chart = opened.store.chart(code)
    assert chart is not None
    assert chart.enrolled.initials == "MG"
    assert terminal("verify").out.splitlines()[-1] == "The record is whole."


def test_staff_see_at_the_terminal_that_a_helper_has_blocked_us(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """Until the chat takes our messages again."""
    code = enrolled(terminal)
    with house.open_house(settings.load()) as opened:
        now, store, number = opened.clock.now(), opened.store, CarerId(1)
        facts = (
            CarerInvited(now, number, TokenHash("t"), now),
            CarerConnected(now, number, store.note_chat(4712)),
            CarerJoined(now, number),
        )
        store.transact(code, Cause("test:joined", ByPatient(code)), lambda _: Decision(facts))
    assert terminal("patient", code, "carers").out == "carer 1: helps\n"
    with house.open_house(settings.load()) as opened:
        blocked = Cause("test:blocked", ByCarer(code, number))
        patients.block(opened.store, ByCarer(code, number), blocked, now)
    assert terminal("patient", code, "carers").out == "carer 1: helps, but their chat refuses our messages\n"
    assert "Helper 1: their chat refuses our messages" in terminal("patient", code).out
