"""What staff change in the coming check-ins: a day moved, added or taken out."""

from datetime import date, timedelta

import pytest

from followupbot.domain import pauses, plan_changes, wake
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import RECHECK
from followupbot.domain.decision import Decision
from followupbot.domain.facts.check_ins import CheckInAsked
from followupbot.domain.plan_changes import Add, Cancel, Move, NotChanged
from tests.builders import NOW, after, an_enrolled_chart

CHART = an_enrolled_chart()
FIRST, SECOND = (occasion.day for occasion in plan_changes.coming(CHART, NOW)[:2])


def changed(chart: Chart, wanted: plan_changes.PlanChange) -> Chart:
    decision = plan_changes.change(chart, wanted, NOW)
    assert isinstance(decision, Decision), decision
    return after(chart, decision)


def asked_on(chart: Chart, days: int) -> list[date]:
    """The days on which the patient is asked, in so many days; nobody answers."""
    found = []
    while (due := wake.next_wake_at(chart)) is not None and due < NOW + timedelta(days=days):
        decision = wake.wake(chart, due)
        found += [fact.at.date() for fact in decision.facts if isinstance(fact, CheckInAsked)]
        chart = after(chart, decision)
    return found


def test_a_day_that_is_taken_out_is_not_asked_and_those_after_it_are() -> None:
    """The schedule hangs on the operation, not on the day before."""
    span = (SECOND - NOW.date()).days + 1
    assert asked_on(CHART, span) == [FIRST, SECOND]
    assert asked_on(changed(CHART, Cancel(FIRST)), span) == [SECOND]


def test_a_day_that_is_moved_is_asked_on_the_other_day_with_the_same_questions() -> None:
    """And on the first no more."""
    to = FIRST + timedelta(days=3)
    chart = changed(CHART, Move(FIRST, to))
    assert [occasion.day for occasion in plan_changes.coming(chart, NOW)[:2]] == [to, SECOND]
    before, after_ = plan_changes.coming(CHART, NOW)[0], plan_changes.coming(chart, NOW)[0]
    assert (after_.timing.form, after_.timing.id) == (before.timing.form, RECHECK)
    assert asked_on(chart, (to - NOW.date()).days + 1) == [to]


def test_a_day_that_is_added_comes_besides() -> None:
    """What the next check-in asks."""
    day = FIRST - timedelta(days=5)
    chart = changed(CHART, Add(day))
    assert [occasion.day for occasion in plan_changes.coming(chart, NOW)[:3]] == [day, FIRST, SECOND]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Cancel(FIRST + timedelta(days=1)), "not_planned"),
        (Move(FIRST + timedelta(days=1), SECOND), "not_planned"),
        (Move(FIRST, SECOND), "planned_already"),
        (Add(NOW.date()), "day_over"),
        (Add(FIRST), "planned_already"),
        (Add(NOW.date() + timedelta(days=900)), "day_too_far"),
    ],
)
def test_what_cannot_be_is_refused(wanted: plan_changes.PlanChange, why: str) -> None:
    """And changes nothing."""
    assert plan_changes.change(CHART, wanted, NOW) == NotChanged(why)


def test_nothing_is_planned_for_who_is_not_followed() -> None:
    """Staff resume first."""
    chart = after(CHART, pauses.stop(CHART, NOW))
    assert plan_changes.coming(chart, NOW) == []
    assert plan_changes.change(chart, Cancel(FIRST), NOW) == NotChanged("not_followed")


def test_a_preview_marks_what_is_new_and_what_is_gone_and_changes_nothing() -> None:
    """The chart is as it was."""
    day = FIRST + timedelta(days=3)
    decision = plan_changes.change(CHART, Move(FIRST, day), NOW)
    assert isinstance(decision, Decision)
    lines = plan_changes.lines(CHART, NOW, decision.chart_facts)
    assert [(line.params["new"], line.params["gone"]) for line in lines[:3]] == [
        (False, True),
        (True, False),
        (False, False),
    ]
    assert {(line.params["new"], line.params["gone"]) for line in plan_changes.lines(CHART, NOW)} == {(False, False)}


@pytest.mark.parametrize("typed", ["", "move 2027-03-14", "add", "add soon", "cancel 2027-02-30", "drop 2027-03-14"])
def test_what_cannot_be_read_is_said(typed: str) -> None:
    """With the form that was expected."""
    assert plan_changes.read(typed.split()) == NotChanged("unreadable")
