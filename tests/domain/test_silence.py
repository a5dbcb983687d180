"""What was left unanswered: when a check-in expires, and after a pause in one that is open (hazards H1, H17)."""

from datetime import timedelta

from followupbot.domain import check_ins, lapses
from followupbot.domain.chart import Chart
from followupbot.domain.ids import CheckInId
from followupbot.domain.rules import Against
from tests.builders import CHECK_IN, ENROLLED_AT, NOW, a_chart, after, at, kinds, messages, sent
from tests.domain.one_of_everything import BASELINE, DAY, HOUR, a_chart_of, said, woken

EXPIRES_AT = ENROLLED_AT + 7 * DAY


def lapsed(chart: Chart, check_in: int = 1) -> list[str]:
    """The facts of its end."""
    found = chart.check_in(CheckInId(check_in))
    assert found is not None
    return kinds(lapses.lapse(chart, found, found.expires_at))


def test_the_second_miss_in_a_row_is_a_finding() -> None:
    """Silence is never read as "no problem"."""
    chart = a_chart_of(begun=False)
    assert lapsed(chart) == ["check_in_expired"]
    chart = after(chart, lapses.lapse(chart, chart.check_ins[0], EXPIRES_AT))
    chart = after(chart, check_ins.ask(chart, BASELINE, EXPIRES_AT))
    assert lapsed(chart, 2) == ["check_in_expired", "alert_raised"]
    decision = lapses.lapse(chart, chart.check_ins[1], EXPIRES_AT + 7 * DAY)
    alert = after(chart, decision).unresolved_alert
    assert alert is not None
    assert alert.flags[0].trace.against == (Against("misses", 2),)
    assert sent(decision) == []


def test_whoever_answered_in_between_has_missed_nothing_in_a_row() -> None:
    """The count begins anew."""
    chart = a_chart_of(begun=False)
    chart = after(chart, lapses.lapse(chart, chart.check_ins[0], EXPIRES_AT))
    chart = after(chart, check_ins.ask(chart, BASELINE, EXPIRES_AT))
    chart = said(chart, "gate none", check_in=CheckInId(2), now=EXPIRES_AT)
    assert lapsed(chart, 2) == ["check_in_expired"]


def test_what_was_half_said_and_left_is_looked_at_after_a_pause() -> None:
    """A foot is weak, and nobody knows how weak: an hour later that counts as clearly, and the patient is told."""
    chart = said(a_chart_of(), "rf_foot new")
    assert check_ins.next_wake_at(chart) == NOW + HOUR
    before, _ = woken(chart, NOW + HOUR - timedelta(seconds=1))
    assert before.facts == ()
    decision, chart = woken(chart, NOW + HOUR)
    assert kinds(decision) == ["alert_raised", "alert_paged"]
    assert sent(decision) == ["dr_ito: alerts/new", "patient: check_ins/done/same_day"]
    assert messages(decision)[1].daytime == chart.daytime
    assert check_ins.next_wake_at(chart) is None
    assert chart.open_check_in is not None
    again, _ = woken(chart, NOW + 2 * HOUR)
    assert again.facts == ()


def test_who_goes_on_is_asked_and_not_flagged() -> None:
    """The pause is counted from the newest answer, and the question that waits decides."""
    chart = said(a_chart_of(), "rf_foot new")
    slight = said(chart, "rf_foot_degree a_bit", now=NOW + HOUR / 2)
    assert check_ins.next_wake_at(slight) is None


def test_a_check_in_that_expires_is_the_longest_pause() -> None:
    """The program was down all the time."""
    chart = said(a_chart_of(), "rf_foot new")
    decision, _ = woken(chart, EXPIRES_AT)
    assert kinds(decision) == ["check_in_expired", "alert_raised", "alert_paged"]
    assert sent(decision) == ["dr_ito: alerts/new", "patient: check_ins/done/same_day"]


def test_an_emergency_leaves_nothing_to_wait_for() -> None:
    """The check-in is closed by it."""
    chart = said(a_chart_of(), "rf_saddle new")
    assert chart.check_in(CHECK_IN) is not None
    assert check_ins.next_wake_at(chart) is None
    assert check_ins.wake(chart, at("2026-03-09 12:00")).facts == ()


def test_a_check_in_whose_gate_was_left_open_does_not_move_since_when_things_are_new() -> None:
    """What began in the weeks that it waited is asked about the next time (clinical.md 0.1)."""
    half = a_chart(["gate_bladder: none"])
    missed = after(half, lapses.lapse(half, half.check_ins[0], EXPIRES_AT))
    assert (missed.misses, missed.answered_at) == (1, None)
    whole = said(a_chart_of(), "gate none")
    kept = after(whole, lapses.lapse(whole, whole.check_ins[0], EXPIRES_AT))
    assert (kept.misses, kept.answered_at) == (0, NOW), "not the end of its window either, a week later"
