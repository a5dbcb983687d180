"""Stop, pause and deletion: at once, unasked, and nothing that was due in between is made up for."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from followupbot.domain import alerts, check_ins, enrolment, pauses, wake
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import Begun, Ended
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Declined, Following, Invitation, Paused, Stopped
from followupbot.domain.facts.check_ins import ReminderWithheld
from followupbot.domain.facts.enrolment import InvitationRenewed, PatientConnected
from followupbot.domain.facts.occasions import OccasionSkipped
from followupbot.domain.ids import AlertId, CheckInId, TokenHash
from followupbot.domain.outgoing import Recall
from followupbot.domain.rules import Tier
from tests.builders import (
    CHECK_IN,
    DR_ITO,
    MESSAGE,
    NOW,
    PATIENTS_CHAT,
    WEAKNESS,
    a_chart,
    after,
    an_alerted_chart,
    an_enrolled_chart,
    an_invited_chart,
    at,
    kinds,
    messages,
    sent,
)


def stopped(chart: Chart | None = None) -> Chart:
    chart = chart or an_enrolled_chart()
    return after(chart, pauses.stop(chart, NOW))


def slept(chart: Chart, until: str) -> tuple[list[str], Chart]:
    """What is recorded until then, each thing when it is due; and that nothing was sent."""
    told = []
    while (due := wake.next_wake_at(chart)) is not None and due <= at(until):
        decision = wake.wake(chart, due)
        assert sent(decision) == []
        chart = after(chart, decision)
        for fact in decision.facts:
            told.append(f"{fact.timing} {fact.reason}" if isinstance(fact, OccasionSkipped) else fact.kind)
    return told, chart


def test_stop_is_acted_on_at_once_and_asks_nothing_back() -> None:
    """One fact, one confirmation, and what has not gone out is recalled; a second time changes nothing."""
    chart = an_enrolled_chart()
    decision = pauses.stop(chart, NOW)
    assert (kinds(decision), sent(decision)) == (["patient_stopped"], ["patient: replies/stopped"])
    assert Recall() in decision.outgoing
    assert pauses.stop(after(chart, decision), NOW).facts == ()


def test_stop_ends_the_open_check_in_and_that_is_no_miss() -> None:
    """What was answered is kept."""
    chart = stopped(a_chart(["back_pain: 3"]))
    check_in = chart.check_in(CHECK_IN)
    assert check_in is not None
    assert check_in.state == Ended(NOW, "stopped")
    assert (len(check_in.answers), chart.misses, wake.next_wake_at(chart)) == (1, 0, at("2026-03-16 09:00"))


def test_who_stops_after_something_urgent_is_told_whom_to_call_there_and_then() -> None:
    """They never get to the end of the check-in, where it would have been said; not at daytime, but now."""
    chart = a_chart()
    chart = after(chart, check_ins.answer_press(chart, CHECK_IN, WEAKNESS, "clearly", MESSAGE, NOW))
    decision = pauses.stop(chart, NOW)
    assert sent(decision) == ["patient: check_ins/done/same_day", "patient: replies/stopped"]
    assert [message.daytime for message in messages(decision)] == [None, None]
    assert messages(decision)[-1].params == {"alert": True}


def test_while_stopped_each_occasion_is_recorded_and_none_is_asked() -> None:
    """Nor afterwards: the next one is."""
    told, chart = slept(stopped(), "2026-05-01 12:00")
    assert told == ["two_weeks stopped", "six_weeks stopped"]
    chart = after(chart, pauses.resume(chart, at("2026-05-01 12:00")))
    assert chart.enrolled.contact == Following()
    assert wake.next_wake_at(chart) == at("2026-06-02 09:00")


def test_what_was_due_while_nothing_ran_is_not_asked_after_a_return() -> None:
    """The program slept over the day that was due, and wakes only after the patient has come back."""
    decision = pauses.resume(stopped(), at("2026-04-20 12:00"))
    assert kinds(decision) == ["occasion_skipped", "occasion_skipped", "patient_resumed"]


def test_an_alert_goes_on_after_stop() -> None:
    """It pages, and of an emergency the patient hears; of the rest not any more."""
    for tier, told in ((Tier.EMERGENCY, ["patient: replies/seen/emergency"]), (Tier.SAME_DAY, [])):
        chart = stopped(an_alerted_chart(tier))
        assert alerts.next_wake_at(chart) is not None
        taken = alerts.take(chart, AlertId(1), DR_ITO, NOW)
        assert [line for line in sent(taken) if line.startswith("patient")] == told


def test_a_pause_ends_by_itself_on_its_day() -> None:
    """What is due on that day is asked; what was due before it is not, whenever the program wakes."""
    chart = an_enrolled_chart()
    chart = after(chart, pauses.pause(chart, date(2026, 4, 13), NOW))
    assert chart.enrolled.contact == Paused(at("2026-04-13 00:00"))
    late = wake.wake(chart, at("2026-04-13 09:00"))
    assert kinds(late) == ["occasion_skipped", "patient_resumed", "check_in_asked"]
    assert sent(late) == ["patient: check_ins/ready"]


@pytest.mark.parametrize(
    ("until", "fact"), [("2026-03-10", 0), ("2026-03-11", 1), ("2026-09-08", 1), ("2026-09-09", 0)]
)
def test_a_pause_is_from_tomorrow_on_and_half_a_year_at_most(until: str, fact: int) -> None:
    """Today is 10 March; anything else is asked again."""
    chart = an_enrolled_chart()
    decision = pauses.pause(chart, date.fromisoformat(until), at("2026-03-10 12:00"))
    assert kinds(decision) == ["patient_paused" if fact else "preference_asked"]
    assert sent(decision) == ["patient: replies/paused" if fact else "patient: replies/pause_ask"]


def test_deletion_stops_and_only_the_clinic_can_call_it_off() -> None:
    """Neither a return nor a pause is heard while it waits."""
    chart = an_enrolled_chart()
    chart = after(chart, pauses.request_deletion(chart, NOW))
    assert (chart.enrolled.contact, chart.enrolled.standing) == (Stopped(), "deletion_requested")
    for again in (
        pauses.request_deletion(chart, NOW),
        pauses.resume(chart, NOW),
        pauses.pause(chart, date(2026, 4, 1), NOW),
        pauses.stop(chart, NOW),
    ):
        assert (again.facts, sent(again)) == ((), ["patient: replies/deletion_requested"])


def test_going_back_to_an_answer_after_stop_starts_no_reminder() -> None:
    """A check-in that was done is open again, and its reminder falls due."""
    chart = stopped(a_chart())
    check_in = chart.check_in(CheckInId(1))
    assert check_in is not None
    again = replace(check_in, state=Begun(), remind_at=(NOW + timedelta(days=1),))
    reopened = replace(chart, check_ins=(again,))
    decision = wake.wake(reopened, NOW + timedelta(days=1, hours=1))
    assert [fact.reason for fact in decision.facts if isinstance(fact, ReminderWithheld)] == ["stopped"]
    assert sent(decision) == []


def test_who_is_still_deciding_declines_by_stop() -> None:
    """No screen of the enrolment comes again."""
    chart = an_invited_chart()
    assert enrolment.leave(chart, NOW).facts == ()
    chart = after(chart, Decision((PatientConnected(NOW, PATIENTS_CHAT),)))
    decision = enrolment.leave(chart, NOW)
    assert isinstance(after(chart, decision).enrolled.state, Declined)
    assert sent(decision) == ["patient: consent/declined"]


def test_a_new_phone_and_a_start_without_a_link_leave_it_as_it_is() -> None:
    """The patient hears that it has stopped, and has the button to come back."""
    chart = stopped()
    invitation = InvitationRenewed(NOW, Invitation(TokenHash("new"), NOW + timedelta(days=1)))
    chart = after(chart, Decision((invitation,)))
    for decision in (
        enrolment.wait(chart, NOW),
        enrolment.connect(chart, PATIENTS_CHAT, TokenHash("new"), NOW),
    ):
        assert sent(decision) == ["patient: replies/stopped"]
        assert isinstance(after(chart, decision).enrolled.contact, Stopped)


@pytest.mark.parametrize("text", ["stop", " STOP! ", "Stop.", "¡Baja!", "no más mensajes"])
def test_the_whole_message_stops(text: str) -> None:
    """Whatever the case, the marks and the accents, in each language of the clinic."""
    assert pauses.means_stop(an_enrolled_chart(), text)


@pytest.mark.parametrize(
    "text", ["I can't stop leaking", "stop it hurts", "unstoppable", "", "no puedo, baja la pierna"]
)
def test_a_word_in_a_sentence_stops_nothing(text: str) -> None:
    """A symptom is not a wish."""
    assert not pauses.means_stop(an_enrolled_chart(), text)
