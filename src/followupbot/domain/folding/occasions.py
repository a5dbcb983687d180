"""What the facts about the days on which a patient is to be asked add up to."""

from dataclasses import replace
from datetime import date
from typing import assert_never

from followupbot.domain.chart import CANCELLED_MAX, RECHECKS_MAX, Chart
from followupbot.domain.check_in_state import RECHECK, PlannedRecheck
from followupbot.domain.facts.occasions import (
    OccasionAdded,
    OccasionCancelled,
    OccasionFact,
    OccasionSkipped,
    RecheckPlanned,
)
from followupbot.domain.folding.changes import Changes, of_enrolment
from followupbot.domain.ids import RuleId, TimingId

BY_STAFF = RuleId("by_staff")
"""Stands in the place of a rule where staff want a day asked."""


def changes(chart: Chart, fact: OccasionFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case OccasionSkipped():
            return dealt_with(chart, fact.timing, fact.for_day)
        case OccasionCancelled():
            rechecks = tuple(planned for planned in chart.rechecks if planned.on != fact.day)
            return {"rechecks": rechecks, "cancelled": (*chart.cancelled, fact.day)[-CANCELLED_MAX:]}
        case OccasionAdded():
            added = PlannedRecheck(BY_STAFF, fact.on, fact.form, fact.open_for, fact.at, fact.reminders)
            remaining = tuple(planned for planned in chart.rechecks if planned.on != fact.on)
            return {"rechecks": (*remaining, added)[-RECHECKS_MAX:]}
        case RecheckPlanned():
            return _planned(chart, fact)
        case _:
            assert_never(fact)


def _planned(chart: Chart, fact: RecheckPlanned) -> Changes:
    planned = PlannedRecheck(fact.rule, fact.on, fact.form, fact.open_for, fact.at, fact.reminders)
    return {"rechecks": (*chart.rechecks, planned)[:RECHECKS_MAX]}


def dealt_with(chart: Chart, timing: TimingId, day: date) -> Changes:
    """What was planned for that day is done with: the re-checks, or every line of the schedule up to it."""
    if timing == RECHECK:
        return {"rechecks": tuple(planned for planned in chart.rechecks if planned.on != day)}
    active = chart.active
    assert active is not None, "only those who take part are asked"
    through = max(active.asked_through, day)
    ahead = tuple(cancelled for cancelled in chart.cancelled if cancelled > through)
    return of_enrolment(chart, state=replace(active, asked_through=through)) | {"cancelled": ahead}
