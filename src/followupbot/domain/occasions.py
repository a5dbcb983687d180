"""When one patient is to be asked: the occasions of the schedule, each asked or skipped, recorded, and none twice."""

from collections.abc import Iterator
from datetime import date, datetime

from followupbot.domain import check_ins
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact, OccasionSkipped
from followupbot.domain.folding import fold
from followupbot.domain.schedule import Timing, resolve

IMPRECISE_WINDOW_DAYS_MIN = 30
"""With a surgery date that is no day, timings with a shorter window are skipped, recorded (clinical.md 0.12)."""


def wake(chart: Chart, now: datetime) -> Decision:
    """What has expired is closed; the newest occasion that is due is asked, older ones are skipped, recorded."""
    decision = Decision()
    skipped: list[ChartFact] = []
    chosen: tuple[date, Timing] | None = None
    for day, timing in _due(chart, now):
        reason = _reason_to_skip(chart, day, timing, now)
        if reason is not None:
            skipped.append(OccasionSkipped(now, timing.id, day, reason))
            continue
        if chosen is not None:
            loser, chosen = sorted((chosen, (day, timing)), key=lambda found: (len(found[1].form), found[0]))
            skipped.append(OccasionSkipped(now, loser[1].id, loser[0], "absorbed"))
        else:
            chosen = (day, timing)
    check_in = chart.open_check_in
    if check_in is not None and (check_in.expires_at <= now or chosen is not None):
        # A new occasion ends the old one: two check-ins at a time would be one too many. One that is skipped does not.
        expired = check_ins.expire(chart, check_in, now)
        decision += Decision((expired,))
        chart = fold(chart, (expired,))
    decision += Decision(tuple(skipped))
    if chosen is None:
        return decision
    return decision + check_ins.ask(fold(chart, skipped), chosen[1], now, chosen[0])


def next_wake_at(chart: Chart) -> datetime | None:
    """When the open check-in expires or the next occasion is due, whichever is earlier."""
    check_in = chart.open_check_in
    times = [] if check_in is None else [check_in.expires_at]
    plan = chart.enrolled.plan
    days = [day for day in (_next_day(chart, timing) for timing in _timings(chart)) if day is not None]
    if days:
        times.append(resolve(min(days), plan.ask_at, plan.zone))
    return min(times, default=None)


def _timings(chart: Chart) -> tuple[Timing, ...]:
    """The timings that the schedule asks by: none before the operation, none for who does not take part."""
    if chart.active is None or not chart.active.operated:
        return ()
    protocol = chart.protocol()
    return tuple(timing for timing in protocol.timings if timing.id != protocol.at_enrolment)


def _next_day(chart: Chart, timing: Timing) -> date | None:
    assert chart.active is not None
    anchor, through = chart.enrolled.plan.surgery_on.anchor(), chart.active.asked_through
    return next((day for day in timing.days(anchor) if day > through), None)


def _due(chart: Chart, now: datetime) -> Iterator[tuple[date, Timing]]:
    """Occasions whose hour has come and that have not been dealt with, by day, the larger form last on a day."""
    found = []
    if chart.active is not None:
        plan, through = chart.enrolled.plan, chart.active.asked_through
        for timing in _timings(chart):
            for day in timing.days(plan.surgery_on.anchor()):
                if day <= through:
                    continue
                if resolve(day, plan.ask_at, plan.zone) > now:
                    break
                found.append((day, timing))
    yield from sorted(found, key=lambda due: (due[0], len(due[1].form)))


def _reason_to_skip(chart: Chart, day: date, timing: Timing, now: datetime) -> str | None:
    plan = chart.enrolled.plan
    if resolve(day, plan.ask_at, plan.zone) + timing.open_for <= now:
        return "window_over"
    if plan.surgery_on.day is None and timing.open_for.days < IMPRECISE_WINDOW_DAYS_MIN:
        return "imprecise_date"
    return None
