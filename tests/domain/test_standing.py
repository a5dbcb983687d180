"""What staff record about a patient's life: acted on at once, and nothing reaches who should hear nothing (H14)."""

from datetime import timedelta

import pytest

from followupbot.domain import alerts, check_ins, enrolment, erasure, notes, pauses, standing, wake
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import Ended
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.enrolment_state import (
    BEYOND_REACH,
    HALT_REASONS,
    Following,
    Halted,
    HaltReason,
    Paused,
    Stopped,
)
from followupbot.domain.facts.occasions import OccasionSkipped
from followupbot.domain.ids import AlertId, TokenHash
from followupbot.domain.outgoing import Recall
from followupbot.domain.rules import Tier
from followupbot.domain.schedule import PartialDate
from followupbot.domain.standing import NotRecorded
from tests.builders import (
    BACK_PAIN,
    BLADDER,
    CHECK_IN,
    DR_ITO,
    MESSAGE,
    NOW,
    PATIENTS_CHAT,
    WEAKNESS,
    a_chart,
    a_plan,
    after,
    an_alerted_chart,
    an_enrolled_chart,
    an_invited_chart,
    at,
    kinds,
    sent,
)

LATER = PartialDate(2026, 3, 20)


def recorded(found: Decision | NotRecorded) -> Decision:
    assert isinstance(found, Decision), found
    return found


def halted(chart: Chart, reason: HaltReason) -> Chart:
    return after(chart, recorded(standing.halt(chart, reason, NOW)))


def to_the_patient(decision: Decision) -> list[str]:
    return [line for line in sent(decision) if line.startswith("patient:")]


def a_year_on(chart: Chart) -> list[str]:
    """Everything that the patient is sent in a year in which they say nothing."""
    told: list[str] = []
    while (due := wake.next_wake_at(chart)) is not None and due < NOW + timedelta(days=366):
        for step in (wake.wake_alerts, wake.wake):
            decision = step(chart, due)
            told += to_the_patient(decision)
            chart = after(chart, decision)
    return told


@pytest.mark.parametrize("reason", HALT_REASONS)
def test_each_state_is_recorded_at_once_and_nothing_is_sent_for_a_year(reason: HaltReason) -> None:
    """With a check-in open, which ends, and is no miss (8c, H14: each state -> zero sends)."""
    chart = a_chart(["back_pain: 3"])
    if reason == "cancelled":  # only an operation that lies ahead can be
        chart = an_enrolled_chart(a_plan("2026-06-01"), operated=False)
    decision = recorded(standing.halt(chart, reason, NOW))
    assert kinds(decision)[0] == "follow_up_halted"
    assert Recall() in decision.outgoing
    assert sent(decision) == []
    chart = after(chart, decision)
    assert (chart.standing, chart.starts_allowed, chart.misses) == (reason, False, 0)
    ended = chart.check_in(CHECK_IN)
    assert ended is None or ended.state == Ended(NOW, "halted")
    assert a_year_on(chart) == []


def test_nobody_is_told_whom_to_call_who_is_not_there() -> None:
    """Somebody who stops in the middle of an urgent answer is; of a death staff record, nobody is."""
    chart = a_chart()
    chart = after(chart, check_ins.answer_press(chart, CHECK_IN, WEAKNESS, "clearly", MESSAGE, NOW))
    assert to_the_patient(recorded(standing.halt(chart, "died", NOW))) == []
    assert to_the_patient(recorded(standing.reoperated(chart, PartialDate(2026, 3, 8), NOW))) == []


@pytest.mark.parametrize("reason", [reason for reason in HALT_REASONS if reason != "cancelled"])
def test_an_open_emergency_goes_on_paging_staff(reason: HaltReason) -> None:
    """A life that has changed is no outcome, and a wrong code must not silence an emergency."""
    chart = halted(an_alerted_chart(Tier.EMERGENCY), reason)
    due = wake.next_alert_at(chart)
    assert due is not None
    assert [line for line in sent(wake.wake_alerts(chart, due)) if line.endswith("alerts/new")]


def an_emergency(reason: HaltReason) -> Chart:
    """A card was sent, the alert is open, and staff record it after that."""
    chart = a_chart()
    chart = after(chart, check_ins.answer_press(chart, CHECK_IN, BLADDER, "new", MESSAGE, NOW))
    assert chart.waiting_tier is Tier.EMERGENCY
    return halted(chart, reason)


@pytest.mark.parametrize("reason", BEYOND_REACH)
def test_the_dead_and_who_is_in_hospital_are_not_asked_whether_help_is_there(reason: HaltReason) -> None:
    """Nor told that somebody has seen it. Staff are paged all the same."""
    chart = an_emergency(reason)
    assert a_year_on_until_an_hour_is_over(chart) == []
    assert to_the_patient(alerts.take(chart, AlertId(1), DR_ITO, NOW)) == []


@pytest.mark.parametrize("reason", ["moved", "transferred", "withdrawn"])
def test_who_is_followed_no_more_is_still_asked_whether_help_is_there(reason: HaltReason) -> None:
    """As after `/stop`: an emergency that is open goes on until it has its outcome (clinical.md 0.11)."""
    chart = an_emergency(reason)
    assert "patient: replies/getting_help" in a_year_on_until_an_hour_is_over(chart)
    assert to_the_patient(alerts.take(chart, AlertId(1), DR_ITO, NOW)) == ["patient: replies/seen/emergency"]


def a_year_on_until_an_hour_is_over(chart: Chart) -> list[str]:
    told: list[str] = []
    while (due := wake.next_wake_at(chart)) is not None and due < NOW + timedelta(hours=6):
        decision = wake.wake_alerts(chart, due)
        told += to_the_patient(decision)
        chart = after(chart, decision + wake.wake(after(chart, decision), due))
    return told


def test_a_link_that_is_out_leads_nowhere_any_more() -> None:
    """And who was on the way in goes no further."""
    chart = halted(an_invited_chart(), "died")
    assert chart.enrolled.invitation is None
    decision = enrolment.connect(chart, PATIENTS_CHAT, TokenHash("token"), NOW)
    assert (decision.facts, sent(decision)) == ((), ["patients-chat: enrolment/link_refused"])


def test_what_staff_recorded_holds_again_once_the_patient_takes_a_stop_back() -> None:
    """Or a button would begin again with somebody whom another clinic has, and nothing but staff may do that."""
    chart = halted(an_enrolled_chart(), "transferred")
    chart = after(chart, pauses.stop(chart, NOW))
    assert chart.enrolled.contact == Stopped(NOW, "transferred")
    paused = pauses.pause(chart, at("2026-04-01").date(), NOW)
    assert (paused.facts, sent(paused)) == ((), ["patient: replies/stopped"])
    resumed = pauses.resume(chart, NOW)
    assert (kinds(resumed), sent(resumed)) == (["patient_resumed"], ["patient: replies/halted"])
    assert after(chart, resumed).enrolled.contact == Halted("transferred")


def test_who_writes_from_a_dead_patients_phone_gets_one_sober_sentence() -> None:
    """No offer, no question; the text is read by people."""
    chart = halted(an_enrolled_chart(), "died")
    decision = notes.receive(chart, FreeText("n1", "thank you for everything"), NOW)
    assert (kinds(decision), sent(decision)) == (["note_received"], ["patient: replies/read_by_people"])
    for command in (
        pauses.resume(chart, NOW),
        pauses.stop(chart, NOW),
        pauses.pause(chart, at("2026-04-01").date(), NOW),
    ):
        assert (command.facts, sent(command)) == ((), ["patient: replies/no_more"])


def test_resume_by_staff_goes_on_with_what_is_due_then() -> None:
    """Nothing that fell into the time between is made up for."""
    chart = halted(an_enrolled_chart(), "admitted")
    decision = recorded(standing.resume(chart, at("2026-04-20 12:00")))
    assert kinds(decision)[-1] == "patient_resumed"
    assert all(isinstance(fact, OccasionSkipped) for fact in decision.facts[:-1])
    chart = after(chart, decision)
    assert isinstance(chart.enrolled.contact, Following)
    assert standing.resume(chart, NOW) == NotRecorded("nothing_halted")


def test_what_the_patient_has_ended_only_they_can_begin_again() -> None:
    """`/stop` is theirs."""
    chart = after(an_enrolled_chart(), pauses.stop(an_enrolled_chart(), NOW))
    assert standing.resume(chart, NOW) == NotRecorded("patient_stopped")


def test_a_request_for_deletion_is_called_off_by_staff_and_the_patient_reads_that_it_is() -> None:
    """They were told to call the clinic if they change their mind (clinical.md 0.17)."""
    asked = after(an_enrolled_chart(), pauses.request_deletion(an_enrolled_chart(), NOW))
    called_off = recorded(standing.resume(asked, NOW))
    chart = after(asked, called_off)
    assert (chart.standing, chart.enrolled.deletion_requested_at, erasure.due_at(chart)) == ("active", None, None)
    assert chart.starts_allowed
    assert sent(called_off) == ["patient: replies/deletion_called_off"]


def test_who_has_died_is_not_asked_to_go_on_by_calling_off_their_deletion() -> None:
    """Both were recorded, and only one of them may be a mistake."""
    asked = after(an_enrolled_chart(), pauses.request_deletion(an_enrolled_chart(), NOW))
    dead = after(asked, recorded(standing.halt(asked, "died", NOW)))
    assert standing.resume(dead, NOW) == NotRecorded("deletion_requested")


def test_a_pause_by_staff_ends_by_itself_and_says_nothing() -> None:
    """Up to half a year."""
    chart = an_enrolled_chart()
    decision = recorded(standing.pause(chart, at("2026-04-01").date(), NOW))
    assert (kinds(decision)[0], sent(decision)) == ("patient_paused", [])
    assert isinstance(after(chart, decision).enrolled.contact, Paused)
    assert standing.pause(chart, NOW.date(), NOW) == NotRecorded("not_in_half_a_year")


@pytest.mark.parametrize("reason", ["died", "moved", "admitted"])
def test_a_pause_never_takes_the_place_of_what_else_is_recorded(reason: HaltReason) -> None:
    """It would end by itself, and then somebody who has died were written to."""
    chart = halted(an_enrolled_chart(), reason)
    assert standing.pause(chart, at("2026-04-01").date(), NOW) == NotRecorded("halted_otherwise")


def test_an_operation_ahead_asks_nothing_until_staff_confirm_it() -> None:
    """Not even once its day has come (clinical.md 0.12); once confirmed the schedule begins."""
    chart = an_enrolled_chart(a_plan("2026-03-20"), operated=False)
    assert wake.next_wake_at(chart) is None
    later = recorded(standing.operated(chart, PartialDate(2026, 5, 4), NOW))
    assert kinds(later) == ["operation_postponed"]
    chart = after(chart, later)
    assert (str(chart.enrolled.plan.surgery_on), wake.next_wake_at(chart)) == ("2026-05-04", None)
    done = recorded(standing.operated(chart, PartialDate(2026, 5, 5), at("2026-05-06 12:00")))
    assert kinds(done) == ["operation_confirmed"]
    chart = after(chart, done)
    due = wake.next_wake_at(chart)
    assert due is not None
    assert due > at("2026-05-06 12:00")
    assert standing.operated(chart, LATER, NOW) == NotRecorded("operated_already")


def test_another_operation_restarts_the_schedule_and_what_is_compared_with() -> None:
    """Answers of before it are forgotten by rules, and "new" means since the operation again."""
    chart = a_chart(["back_pain: 3"])
    assert BACK_PAIN in chart.history
    chart = after(chart, check_ins.answer_press(chart, CHECK_IN, WEAKNESS, "no", MESSAGE, NOW))
    then = at("2026-03-20 12:00")
    decision = recorded(standing.reoperated(chart, PartialDate(2026, 3, 18), then))
    chart = after(chart, decision)
    assert (dict(chart.history), chart.answered_at) == ({}, None)
    operated_at = chart.operated_at(then)
    assert operated_at == at("2026-03-18 00:00")
    timing = chart.protocol().timings[1]
    due = wake.next_wake_at(chart)
    assert due is not None
    assert due.date() == next(day for day in timing.days(LATER.anchor() - timedelta(days=2)) if day > then.date())
    assert standing.reoperated(chart, PartialDate(2026, 3, 18), then) == NotRecorded("date_before_operation")
    assert standing.reoperated(chart, PartialDate(2026, 4), then) == NotRecorded("date_ahead")


def test_what_cannot_be_is_refused() -> None:
    """And changes nothing."""
    chart = an_enrolled_chart()
    assert standing.halt(chart, "cancelled", NOW) == NotRecorded("operated_already")
    once = halted(chart, "moved")
    assert standing.halt(once, "moved", NOW) == NotRecorded("recorded_already")
    assert after(once, recorded(standing.halt(once, "died", NOW))).enrolled.contact == Halted("died")
    ahead = an_enrolled_chart(a_plan("2026-06-01"), operated=False)
    assert standing.reoperated(ahead, LATER, NOW) == NotRecorded("not_operated")
    assert standing.operated(ahead, PartialDate(1949), NOW) == NotRecorded("date_impossible")
