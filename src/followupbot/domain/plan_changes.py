"""What staff change in one patient's coming check-ins: a day moved, added or taken out, shown before it is done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never

from followupbot.domain import occasions
from followupbot.domain.chart import RECHECKS_MAX, Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.occasions import OccasionAdded, OccasionCancelled
from followupbot.domain.folding import fold
from followupbot.domain.ids import MessageKey
from followupbot.domain.occasions import Occasion
from followupbot.domain.params import Instant, Line
from followupbot.domain.schedule import local

SHOWN_MAX = 8

LOOKS_AHEAD = timedelta(days=800)
"""Somebody who is asked once a year has the next two days in it."""

PROBLEMS = ("unreadable", "not_planned", "day_over", "day_too_far", "planned_already", "not_followed", "too_many")
"""Why nothing is changed; the words are `staff/schedule_problems/<problem>`."""


@dataclass(frozen=True)
class Move:
    """What is planned for the one day is asked on the other."""

    day: date
    to: date


@dataclass(frozen=True)
class Add:
    """Something is asked on that day too: what the next check-in asks."""

    day: date


@dataclass(frozen=True)
class Cancel:
    """Nothing is asked on that day."""

    day: date


PlanChange = Move | Add | Cancel


@dataclass(frozen=True)
class NotChanged:
    """Nothing has changed; `why` is one of `PROBLEMS`."""

    why: str


def read(words: list[str]) -> PlanChange | NotChanged:
    """`move 2027-03-14 2027-03-21`, `add 2027-03-14`, `cancel 2027-03-14`."""
    try:
        days = [date.fromisoformat(word) for word in words[1:]]
    except ValueError:
        return NotChanged("unreadable")
    match words[:1], days:
        case ["move"], [day, to]:
            return Move(day, to)
        case ["add"], [day]:
            return Add(day)
        case ["cancel"], [day]:
            return Cancel(day)
        case _:
            return NotChanged("unreadable")


def coming(chart: Chart, now: datetime) -> list[Occasion]:
    """What will be asked, as it stands today, by day; nothing of who is not followed."""
    if not chart.starts_allowed:
        return []
    return occasions.ahead(chart, now, local(now + LOOKS_AHEAD, chart.enrolled.plan.zone).date())


def change(chart: Chart, wanted: PlanChange, now: datetime) -> Decision | NotChanged:
    """The plan is changed from now on."""
    if not chart.starts_allowed:
        return NotChanged("not_followed")
    planned = {occasion.day: occasion for occasion in coming(chart, now)}
    match wanted:
        case Move(day, to):
            taken, problem = planned.get(day), _problem(chart, to, planned, now)
            if taken is None or problem is not None:
                return NotChanged(problem if taken is not None and problem is not None else "not_planned")
            return Decision((OccasionCancelled(now, day), _added(taken, to, now)))
        case Add(day):
            problem = _problem(chart, day, planned, now)
            if problem is not None:
                return NotChanged(problem)
            like = next(iter(planned.values()), None)
            return Decision((_added(like, day, now),)) if like is not None else NotChanged("not_planned")
        case Cancel(day):
            return Decision((OccasionCancelled(now, day),)) if day in planned else NotChanged("not_planned")
        case _:
            assert_never(wanted)


def lines(chart: Chart, now: datetime, facts: tuple[ChartFact, ...] = ()) -> tuple[Line, ...]:
    """The next days on which something is asked, as they are; after these facts what is new, and what is gone."""
    zone = chart.enrolled.plan.zone
    before = {occasion.day: occasion for occasion in coming(chart, now)}
    after = {occasion.day: occasion for occasion in coming(fold(chart, facts), now)}
    both = sorted((before | after).values(), key=lambda occasion: occasion.at)
    return tuple(
        Line(
            MessageKey("staff/schedule_line"),
            {
                "at": Instant(occasion.at, zone),
                "questions": occasion.size,
                "new": occasion.day not in before,
                "gone": occasion.day not in after,
            },
        )
        for occasion in both[:SHOWN_MAX]
    )


def _problem(chart: Chart, day: date, planned: dict[date, Occasion], now: datetime) -> str | None:
    today = local(now, chart.enrolled.plan.zone).date()
    if day <= today:
        return "day_over"
    if day > today + LOOKS_AHEAD:
        return "day_too_far"
    if len(chart.rechecks) >= RECHECKS_MAX:
        return "too_many"
    return "planned_already" if day in planned else None


def _added(like: Occasion, on: date, now: datetime) -> OccasionAdded:
    return OccasionAdded(now, on, like.timing.form, like.timing.open_for, like.timing.reminders)
