"""`followupbot invite patient --by-phone` and `followupbot answer`: a patient without Telegram, on the telephone."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from followupbot import settings
from followupbot.application import admins, patients
from followupbot.application.front_desk import FrontDesk
from followupbot.bootstrap import house
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import REPORT
from followupbot.domain.clinic import Role
from followupbot.domain.decision import ByPatient, ByShell, ByStranger, Cause, Decision, StorageUnavailable
from followupbot.domain.delivery import Claim
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.check_ins import CheckInExpired, QuestionAnswered
from followupbot.domain.facts.enrolment import ConsentGiven, PatientConnected
from followupbot.domain.ids import PatientId
from followupbot.storage.audit import Audit
from followupbot.storage.charts import Charts
from followupbot.storage.queries import Queries
from tests.cli.terminal import Said, Terminal
from tests.process.telegram import Telegram

OPERATION = ["--surgery-on", "2022-03-14", "--zone", "Europe/Madrid", "--language", "en", "--at", "10:00"]
OPERATION += ["--protocol", "lumbar_fusion"]

Phone = Callable[..., Said]


@pytest.fixture
def phone(clinic: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """Somebody at the clinic's terminal, with the receiver in hand: `types` is what they type, line by line."""

    def run(*words: str, types: tuple[str, ...] = ()) -> Said:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in types)))
        return terminal(*words)

    return run


def added(phone: Phone, *more: str) -> PatientId:
    """A patient without Telegram, who has agreed."""
    said = phone("invite", "patient", *OPERATION, "--by-phone", "--json", *more, types=("yes",))
    return PatientId(said.json()["code"])


def joined(name: str, role: Role) -> None:
    """Somebody works here."""
    with house.open_house(settings.load()) as opened:
        now, store = opened.clock.now(), opened.store
        invited = admins.invite_staff(store, name, role, ByShell("root"), now)
        chat = store.note_chat(sum(map(ord, name)))
        admins.join(store, chat, admins.hash_of(invited.token), Cause(f"test:{name}", ByStranger()), now)


def chart_of(code: PatientId) -> Chart:
    """As it is now."""
    with house.open_house(settings.load()) as opened:
        found = opened.store.chart(code)
    assert found is not None
    return found


def record(code: PatientId) -> list[tuple[str, ChartFact]]:
    """Every fact, and whose doing it was."""
    with house.open_house(settings.load()) as opened, Audit.open(opened.database, opened.keys) as audit:
        links = list(audit.links(f"patient:{code}"))
    return [(link.actor, link.fact) for link in links if isinstance(link.fact, ChartFact)]


def outbox(code: PatientId) -> list[str]:
    """The messages that wait for the patient's own chat, by their words' names."""
    with house.open_house(settings.load()) as opened:
        claims: list[Claim] = []
        while more := opened.outbox.claim(opened.clock.now(), opened.clock.machine_now(), 50):
            claims += more
            for claim in more:
                opened.outbox.confirm(claim, None, opened.clock.now())
    return [str(claim.message) for claim in claims if claim.subject.startswith(code)]


def key_of(label: str, said: Said) -> str:
    """What is typed for that button."""
    (key,) = re.findall(rf"\[(\w+)\] {label}", said.out)
    return str(key)


# -- taken in ----------------------------------------------------------------------------------------------------------


def test_consent_is_read_out_and_recorded_with_who_took_it(phone: Phone) -> None:
    """Who, when, which version of the text; then the first check-in waits for a call, and nothing for any chat."""
    joined("Dr Ito", Role.CLINICIAN)
    said = phone("invite", "patient", *OPERATION, "--by-phone", "--as", "Dr Ito", types=("yes",))
    assert said.code == 0
    assert "Do you agree to take part?" in said.err
    code = PatientId(said.out.split()[1])
    (given,) = (fact for _, fact in record(code) if isinstance(fact, ConsentGiven))
    chart = chart_of(code)
    assert given.taken_by == f"staff:{chart.clinic.staff[0].id}"
    assert given.text == chart.clinic.published.version
    assert chart.open_check_in is not None
    assert chart.open_check_in.remind_at == ()
    assert outbox(code) == []
    (line,) = phone("status", "--json").json(1)["to_call"]
    assert (line["patient"], line["blocked"]) == (code, False)
    assert abs(datetime.fromisoformat(line["until"]) - chart.open_check_in.expires_at) < timedelta(seconds=1)
    assert f"See: followupbot answer {code}" in phone("status").out


@pytest.mark.parametrize("typed", [("no",), ()])
def test_without_a_yes_nothing_is_recorded(typed: tuple[str, ...], phone: Phone) -> None:
    said = phone("invite", "patient", *OPERATION, "--by-phone", types=typed)
    assert (said.code, said.out) == (1, "")
    assert said.err.endswith("Nothing was recorded: the patient has not agreed.\n")
    assert phone("status", "--json").json(1)["patients"] == {}


def test_a_link_leads_from_the_telephone_to_a_chat(phone: Phone, telegram: Telegram) -> None:
    """History stays, and what waits is asked there."""
    code = added(phone)
    link = phone("invite", "patient", "--again", code, "--json").json()["link"]
    with house.open_house(settings.load()) as opened:
        now, chat = opened.clock.now(), opened.store.note_chat(4711)
        token = admins.hash_of(link.rpartition("=")[2])
        patients.connect(opened.store, code, chat, token, Cause("test:link", ByStranger()), now)
    assert outbox(code) == ["enrolment/connected_again", "check_ins/ready"]
    assert phone("status", "--json").json(1)["to_call"] == []


# -- answered ----------------------------------------------------------------------------------------------------------


def test_a_call_that_is_cut_off_goes_on_where_it_was(phone: Phone) -> None:
    """Each answer is one commit and says who entered it; who has called is in the access log."""
    joined("Dr Ito", Role.CLINICIAN)
    code = added(phone)
    none = key_of("None of these", phone("answer", code))
    first = phone("answer", code, "--as", "Dr Ito", types=(none, "q"))
    assert first.code == 0
    assert f"to go on: followupbot answer {code}" in first.out
    answers = [(actor, fact) for actor, fact in record(code) if isinstance(fact, QuestionAnswered)]
    assert answers
    second = phone("answer", code.lower())
    third = phone("answer", code)
    assert second.out == third.out
    assert second.out.partition("| ")[2] not in {"", first.out.partition("| ")[2]}
    with house.open_house(settings.load()) as opened:
        seen = Queries(opened.database).accesses(code)
        (ito,) = opened.store.clinic().staff
    assert {(actor, fact.entered_by) for actor, fact in answers} == {(f"staff:{ito.id}", f"staff:{ito.id}")}
    assert [(line.action, line.allowed) for line in seen] == [("answer_for", True)] * 4
    assert phone("verify").out.splitlines()[-1] == "The record is whole."


def test_an_emergency_is_read_out_first_and_pages_as_always(phone: Phone) -> None:
    """Then when it began; called again the card stands first once more, with whether help is there."""
    joined("Dr Ito", Role.CLINICIAN)
    code = added(phone)
    asked = phone("answer", code)
    assert "[1]" in asked.out
    said = phone("answer", code, types=("1",))
    card, onset = said.out.index("112"), said.out.index("When did")
    assert card < onset
    chart = chart_of(code)
    alert = chart.unresolved_alert
    assert alert is not None
    assert (str(alert.tier), alert.pages) == ("emergency", 1)
    again = phone("answer", code, types=("1",))
    assert "When did" in again.out
    assert [fact.question for _, fact in record(code) if isinstance(fact, QuestionAnswered)][-1] == "rf_onset"
    helped = phone("answer", code, types=("1",))
    assert "help" in helped.out
    told = chart_of(code).unresolved_alert
    assert told is not None
    assert told.help_told is not None
    assert told.help_told.getting
    assert outbox(code) == ["alerts/new"]
    assert "No check-in is open." in phone("answer", code).out


def test_an_emergency_that_can_not_be_kept_is_read_out_all_the_same(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the form that says so; entered again it is kept."""
    code = added(phone)
    kept, tries = Charts.transact, []

    def full(*words: Any) -> Decision:
        tries.append(words)
        if len(tries) == 2:
            raise StorageUnavailable("the disk is full")
        return kept(*words)

    monkeypatch.setattr(Charts, "transact", full)
    said = phone("answer", code, types=("1", "1"))
    assert said.code == 0
    first, second = said.out.split("> 1\n")[1:]
    assert "112" in first
    assert "Your answer was not recorded." in first
    assert "When did" not in first
    assert "When did" in second
    assert chart_of(code).unresolved_alert is not None


def test_with_nothing_open_one_may_begin_that_nobody_planned(phone: Phone) -> None:
    """Asked first; a no changes nothing."""
    code = added(phone)
    with house.open_house(settings.load()) as opened:
        chart = chart_of(code)
        assert chart.open_check_in is not None
        expired = CheckInExpired(opened.clock.now(), chart.open_check_in.id, missed=True)
        opened.store.transact(code, Cause("test:expired", ByShell("root")), lambda _: Decision((expired,)))
    before = len(record(code))
    assert "Begin one that is not planned?" in phone("answer", code, types=("no",)).out
    assert len(record(code)) == before
    said = phone("answer", code, types=("yes",))
    opened_now = chart_of(code).open_check_in
    assert opened_now is not None
    assert opened_now.timing == REPORT
    assert f"to go on: followupbot answer {code}" in said.out


def with_a_chat(phone: Phone) -> PatientId:
    """A patient who takes part in a chat, and has a check-in open there."""
    code = added(phone)
    with house.open_house(settings.load()) as opened:
        connected = PatientConnected(opened.clock.now(), opened.store.note_chat(4711))
        opened.store.transact(code, Cause("test:chat", ByPatient(code)), lambda _: Decision((connected,)))
    return code


def test_in_the_chat_stands_only_that_it_was_answered_by_telephone(phone: Phone) -> None:
    """Nothing of what was read out, not even a card: it was said."""
    code = with_a_chat(phone)
    phone("answer", code, types=("1", "1"))
    assert outbox(code) == ["check_ins/by_phone"]


def test_whom_the_chat_refuses_is_called(phone: Phone) -> None:
    """Blocked, or the account is gone; unblocked again they are off the list."""
    code = with_a_chat(phone)
    assert phone("status", "--json").json(1)["to_call"] == []
    with house.open_house(settings.load()) as opened:
        desk = FrontDesk(opened.store, opened.outbox)
        desk.blocked(4711, "test:blocked", opened.clock.now())
    (line,) = phone("status", "--json").json(1)["to_call"]
    assert (line["patient"], line["blocked"]) == (code, True)
    assert "the chat refuses our messages; a check-in waits until" in phone("status").out
    with house.open_house(settings.load()) as opened:
        desk = FrontDesk(opened.store, opened.outbox)
        desk.unblocked(4711, "test:unblocked", opened.clock.now())
    assert phone("status", "--json").json(1)["to_call"] == []


# -- refused -----------------------------------------------------------------------------------------------------------


def test_an_admin_may_not_answer_for_a_patient(phone: Phone) -> None:
    """Who writes the programme has no need to hear what patients say; that it was tried is in the access log."""
    joined("Ada", Role.ADMIN)
    code = added(phone)
    before = len(record(code))
    said = phone("answer", code, "--as", "Ada", types=("1",))
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("Ada may not do this")
    assert len(record(code)) == before
    with house.open_house(settings.load()) as opened:
        seen = Queries(opened.database).accesses(code)
    assert [(line.action, line.allowed) for line in seen] == [("answer_for", False)]


def test_whoever_may_have_died_is_not_asked(phone: Phone) -> None:
    """Staff read first what came."""
    code = added(phone)
    with house.open_house(settings.load()) as opened:
        now = opened.clock.now()
        patients.write(opened.store, code, "My husband died", Cause("test:wrote", ByPatient(code)), now)
    said = phone("answer", code)
    assert said.code == 1
    assert f"followupbot patient {code} read" in said.err


def test_what_is_typed_wrongly_is_said(phone: Phone, telegram: Telegram) -> None:
    """A code that nobody has, a name that nobody has, and one who has not agreed yet."""
    said = phone("answer", "7F3KG")
    assert (said.code, said.err) == (2, "No patient has the code '7F3KG'.\n")
    code = phone("invite", "patient", *OPERATION, "--json").json()["code"]
    said = phone("answer", code)
    assert (said.code, said.out) == (1, "")
    assert "nothing is asked before consent" in said.err
    joined("Dr Ito", Role.CLINICIAN)
    said = phone("answer", code, "--as", "Dr Itto")
    assert (said.code, said.err) == (2, "--as: nobody who has joined is called 'Dr Itto'. Did you mean Dr Ito?\n")
    said = phone("invite", "patient", *OPERATION, "--as", "Dr Ito")
    assert said.code == 2
    assert "--by-phone" in said.err
