"""A patient on the telephone: what is kept of it, who entered it, and that nothing of it goes to a chat."""

from dataclasses import replace

import pytest

from followupbot.domain import calls, check_ins, help, wake
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts.alerts import AlertPaged
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInExpired, QuestionAnswered
from followupbot.domain.facts.enrolment import ConsentGiven, PatientConnected
from followupbot.domain.outgoing import ToPatient
from tests.builders import (
    ALERT,
    BLADDER,
    CHECK_IN,
    ENROLLED_AT,
    MESSAGE,
    NOW,
    PATIENT,
    PATIENTS_CHAT,
    V1,
    a_chart,
    a_clinic,
    a_plan,
    a_programme,
    after,
    sent,
)

NURSE = "staff:s1"


def called() -> Chart:
    """A patient without a chat, whose first check-in waits for a call."""
    empty = Chart(PATIENT, clinic=a_clinic(), programmes={V1: a_programme()})
    return after(empty, calls.add(empty, a_plan(), NURSE, ENROLLED_AT))


def test_consent_that_staff_heard_is_recorded_and_the_first_check_in_waits() -> None:
    """Who took it, when, and which text; nobody is reminded who has no chat."""
    empty = Chart(PATIENT, clinic=a_clinic(), programmes={V1: a_programme()})
    decision = calls.add(empty, a_plan(), NURSE, ENROLLED_AT)
    (given,) = (fact for fact in decision.facts if isinstance(fact, ConsentGiven))
    assert (given.at, given.text, given.taken_by) == (ENROLLED_AT, V1, NURSE)
    (asked,) = (fact for fact in decision.facts if isinstance(fact, CheckInAsked))
    assert asked.remind_at == ()
    chart = after(empty, decision)
    assert chart.active is not None
    assert chart.enrolled.chat is None


def test_whom_nobody_calls_has_missed_it_as_anybody() -> None:
    """Its time runs as for those who have a chat."""
    chart = called()
    assert chart.open_check_in is not None
    decision = wake.wake(chart, chart.open_check_in.expires_at)
    assert [fact.missed for fact in decision.facts if isinstance(fact, CheckInExpired)] == [True]


def entered(chart: Chart, value: str) -> tuple[Decision, Decision]:
    """What is said to the first red flag: as it is heard, and as it is kept."""
    heard = check_ins.answer_press(chart, CHECK_IN, BLADDER, value, MESSAGE, NOW)
    return heard, calls.enter(chart, heard, NURSE)


@pytest.mark.parametrize("chart", [called(), a_chart()], ids=["no chat", "a chat"])
def test_an_answer_says_who_entered_it_and_raises_what_it_raises(chart: Chart) -> None:
    """The page goes out as always; the card is there to be read out, and is in no chat."""
    heard, kept = entered(chart, "new")
    assert [fact.entered_by for fact in kept.facts if isinstance(fact, QuestionAnswered)] == [NURSE]
    assert any(isinstance(fact, AlertPaged) for fact in kept.facts)
    assert [replace(fact, entered_by=None) if isinstance(fact, QuestionAnswered) else fact for fact in kept.facts] == [
        *heard.facts
    ]
    assert "patient: cards/cauda_equina" in sent(heard)
    pages = [item for item in kept.outgoing if not isinstance(getattr(item, "to", None), ToPatient)]
    assert pages == [item for item in heard.outgoing if not isinstance(getattr(item, "to", None), ToPatient)]
    assert pages


def test_a_chat_hears_once_that_it_was_answered_by_telephone() -> None:
    """So that its buttons are not a riddle; of an answer in the middle it hears nothing."""
    _, last = entered(a_chart(), "new")
    assert [line for line in sent(last) if line.startswith("patient")] == ["patient: check_ins/by_phone"]
    _, middle = entered(a_chart(), "as_before")
    assert [line for line in sent(middle) if line.startswith("patient")] == []


def test_a_call_goes_on_with_the_card_while_help_is_not_there() -> None:
    """A call that broke off may have broken off before the card was read; nothing is recorded by reading it again."""
    chart = after(called(), entered(called(), "new")[1])
    again = calls.go_on(chart, NOW)
    assert again.facts == ()
    assert sent(again) == ["patient: cards/cauda_equina", "patient: replies/getting_help"]
    helped = after(chart, help.answer(chart, ALERT, True, None, MESSAGE, NOW))
    assert calls.go_on(helped, NOW) == Decision()


def test_nothing_open_is_nothing_to_say() -> None:
    chart = called()
    assert chart.open_check_in is not None
    over = after(chart, Decision((CheckInExpired(NOW, chart.open_check_in.id, missed=True),)))
    assert calls.go_on(over, NOW) == Decision()


def test_who_gets_a_chat_later_keeps_everything() -> None:
    """The check-in that waits is asked there."""
    chart = called()
    connected = after(chart, Decision((PatientConnected(NOW, PATIENTS_CHAT),)))
    assert connected.open_check_in == chart.open_check_in
    assert connected.active == chart.active
