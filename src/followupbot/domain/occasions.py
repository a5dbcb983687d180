"""When one patient is to be asked: the occasions of the schedule, each asked or skipped, recorded, and none twice.

Of two occasions that fall close together the larger form stands for both (clinical.md 8b): a smaller one that comes
after a larger was asked, or just before one is due, is absorbed. Occasions of one day are due together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from followupbot.domain import check_ins, lapses
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import RECHECK, PlannedRecheck
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Following
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.occasions import OccasionSkipped
from followupbot.domain.folding import fold
from followupbot.domain.ids import QuestionId
from followupbot.domain.schedule import SURGERY, Offset, PartialDate, Timing, local, resolve

APART_MIN = timedelta(hours=12)
"""Between two conversations that we start, also for who flew towards the sun (reliability.md, time)."""

IMPRECISE_WINDOW_DAYS_MIN = 30
"""With a surgery date that is no day, timings with a shorter window are skipped, recorded (clinical.md 0.12)."""


@dataclass(frozen=True)
class Occasion:
    """One day on which one form is to be asked. `planned_at` is there where a rule has asked for it."""

    day: date
    timing: Timing
    at: datetime
    planned_at: datetime | None = None

    @property
    def size(self) -> int:
        """How much it asks."""
        return len(self.timing.form)


def wake(chart: Chart, now: datetime) -> Decision:
    """What has expired is closed; the newest occasion that is due is asked, older ones are skipped, recorded.

    While staff have yet to read that the patient has died or lies in hospital, all of it waits.
    """
    if chart.held:
        return Decision()
    skipped: list[ChartFact] = []
    chosen: Occasion | None = None
    for occasion in _due(chart, now):
        reason = _reason_to_skip(chart, occasion, now)
        if reason is not None:
            skipped.append(_skip(occasion, reason, now))
            continue
        if chosen is not None:
            loser, chosen = sorted((chosen, occasion), key=lambda found: (found.size, found.day))
            skipped.append(_skip(loser, "absorbed", now))
        else:
            chosen = occasion
    if chosen is not None:
        passed, chosen = _absorbed(chart, chosen, now)
        skipped += passed
    decision = Decision()
    check_in = chart.open_check_in
    if check_in is not None and (check_in.expires_at <= now or chosen is not None):
        # A new occasion ends the old one: two check-ins at a time would be one too many. One that is skipped does not.
        decision += lapses.lapse(chart, check_in, now)
        chart = fold(chart, decision.chart_facts)
    decision += Decision(tuple(skipped))
    if chosen is None:
        return decision
    return decision + check_ins.ask(fold(chart, skipped), chosen.timing, now, chosen.day)


def passed_over(chart: Chart, until: datetime, now: datetime) -> tuple[ChartFact, ...]:
    """Each occasion that was due before then, as one that is not asked because the patient has stopped or paused."""
    reason = chart.enrolled.contact.kind
    return tuple(_skip(occasion, reason, now) for occasion in _due(chart, now) if occasion.at < until)


def ahead(chart: Chart, now: datetime, until: date) -> list[Occasion]:
    """What will be asked after now and up to that day, as it stands today: by day, of one day the largest."""
    by_day: dict[date, Occasion] = {}
    for occasion in sorted((*_of_schedule(chart, date.min, until), *_of_rules(chart)), key=lambda found: found.size):
        if occasion.at > now and occasion.day <= until:
            by_day[occasion.day] = occasion
    return [occasion for _, occasion in sorted(by_day.items())]


def next_wake_at(chart: Chart) -> datetime | None:
    """When the open check-in expires or the next occasion is due, whichever is earlier."""
    if chart.held:
        return None
    check_in = chart.open_check_in
    times = [] if check_in is None else [check_in.expires_at]
    days = [day for timing in _timings(chart) if (day := next(_days(chart, timing), None)) is not None]
    if days:
        times += [occasion.at for occasion in _of_schedule(chart, min(days), min(days))]
    times += [occasion.at for occasion in _of_rules(chart)]
    return min(times, default=None)


# -- which there are ---------------------------------------------------------------------------------------------------


def _due(chart: Chart, now: datetime) -> list[Occasion]:
    """Occasions whose hour has come and that have not been dealt with, by day, the larger form last on a day."""
    today = local(now, chart.enrolled.plan.zone).date()
    found = [*_of_schedule(chart, date.min, today), *_of_rules(chart)]
    due = [occasion for occasion in found if occasion.at <= now]
    return sorted(due, key=lambda occasion: (occasion.day, occasion.size))


def _of_schedule(chart: Chart, first: date, last: date) -> list[Occasion]:
    """The schedule's occasions of those days that have not been dealt with. One day's are due when its largest is."""
    by_day: dict[date, list[Timing]] = {}
    for timing in _timings(chart):
        for day in _days(chart, timing):
            if day > last:
                break
            if day >= first:
                by_day.setdefault(day, []).append(timing)
    hours = {day: _hour(chart, max(timings, key=lambda timing: len(timing.form))) for day, timings in by_day.items()}
    return [
        Occasion(day, timing, _at(chart, day, hours[day]))
        for day, timings in sorted(by_day.items())
        for timing in timings
    ]


def _of_rules(chart: Chart) -> list[Occasion]:
    """The re-checks that rules have asked for; of one day's, the largest."""
    plan = chart.enrolled.plan
    by_day: dict[date, PlannedRecheck] = {}
    for planned in sorted(chart.rechecks, key=lambda planned: len(planned.form)):
        by_day[planned.on] = planned
    return [
        Occasion(
            planned.on,
            Timing(RECHECK, Offset(), _still_asked(chart, planned), planned.open_for, reminders=planned.reminders),
            _at(chart, planned.on, plan.ask_at),
            planned.planned_at,
        )
        for planned in by_day.values()
    ]


def _still_asked(chart: Chart, planned: PlannedRecheck) -> tuple[QuestionId, ...]:
    """Of the form that a rule asked for, what the programme of today has."""
    protocol = chart.protocol()
    return tuple(name for name in planned.form if protocol.question(name) is not None)


def _timings(chart: Chart) -> tuple[Timing, ...]:
    """The timings that the schedule asks by: none before the operation, none for who does not take part."""
    if chart.active is None or not chart.active.operated:
        return ()
    protocol = chart.protocol()
    return tuple(timing for timing in protocol.timings if timing.id != protocol.at_enrolment)


def _days(chart: Chart, timing: Timing) -> Iterator[date]:
    """Days on which it asks and that have not been dealt with; none where its date is not known."""
    anchor = _anchor(chart, timing)
    if chart.active is None or anchor is None:
        return
    through = chart.active.asked_through
    yield from (day for day in timing.days(anchor.anchor(), through) if day not in chart.cancelled)


def _anchor(chart: Chart, timing: Timing) -> PartialDate | None:
    """The date that it counts from, as precisely as it is known. Only that of the operation can be entered so far."""
    return chart.enrolled.plan.surgery_on if timing.anchor == SURGERY else None


def _at(chart: Chart, day: date, hour: time) -> datetime:
    """That hour of that day; later where the zone has changed since somebody was asked, and it comes too soon."""
    zone_since = chart.enrolled.zone_since
    at = resolve(day, hour, chart.enrolled.plan.zone)
    asked = [check_in.asked_at for check_in in chart.check_ins if zone_since and check_in.asked_at < zone_since]
    return max([at, *(before + APART_MIN for before in asked)])


def _hour(chart: Chart, timing: Timing) -> time:
    return timing.hour or chart.enrolled.plan.ask_at


# -- which are not asked -----------------------------------------------------------------------------------------------


def _skip(occasion: Occasion, reason: str, now: datetime) -> OccasionSkipped:
    return OccasionSkipped(now, occasion.timing.id, occasion.day, reason)


def _reason_to_skip(chart: Chart, occasion: Occasion, now: datetime) -> str | None:
    """Why it is not asked whatever else is; None where it may be."""
    timing = occasion.timing
    if not isinstance(chart.enrolled.contact, Following):
        return chart.enrolled.contact.kind
    if not timing.form:
        return "questions_gone"
    if occasion.at + timing.open_for <= now:
        return "window_over"
    if occasion.planned_at is None:
        group = _group(chart, timing)
        if any(_imprecise(chart, member) for member in group):
            return "imprecise_date"
        if timing.group is not None and not _starts_whole(chart, group):
            return "group_not_whole"
    return "absorbed" if _was_absorbed(chart, occasion) else None


def _imprecise(chart: Chart, timing: Timing) -> bool:
    anchor = _anchor(chart, timing)
    return anchor is not None and anchor.day is None and timing.open_for.days < IMPRECISE_WINDOW_DAYS_MIN


def _group(chart: Chart, timing: Timing) -> tuple[Timing, ...]:
    """The timings that start with it or not at all; itself where it is in no group."""
    if timing.group is None:
        return (timing,)
    return tuple(found for found in _timings(chart) if found.group == timing.group)


def _starts_whole(chart: Chart, group: tuple[Timing, ...]) -> bool:
    """Whether the group's first day came after the patient had enrolled, who is asked nothing of days before."""
    active, plan = chart.active, chart.enrolled.plan
    assert active is not None, "only those who take part are asked"
    enrolled_on = local(active.enrolled_at, plan.zone).date()
    for timing in group:
        anchor = _anchor(chart, timing)
        if anchor is not None and next(timing.days(anchor.anchor()), enrolled_on) <= enrolled_on:
            return False
    return True


def _was_absorbed(chart: Chart, occasion: Occasion) -> bool:
    """Whether a larger form was asked shortly before, or at enrolment, in the occasion's own window, one as large.

    A re-check is absorbed only by what was asked after it had been planned: its own cause does not stand for it.
    """
    for check_in in chart.check_ins:
        asked_on = local(check_in.asked_at, chart.enrolled.plan.zone).date()
        if not timedelta() <= occasion.day - asked_on <= _within(chart):
            continue
        if occasion.planned_at is not None and check_in.asked_at <= occasion.planned_at:
            continue
        early = check_in.timing == chart.protocol().at_enrolment
        early = early and occasion.day - occasion.timing.open_before <= asked_on
        if len(check_in.form) > occasion.size or (early and len(check_in.form) == occasion.size):
            return True
    return False


def _absorbed(chart: Chart, chosen: Occasion, now: datetime) -> tuple[list[ChartFact], Occasion | None]:
    """What is asked in place of the chosen one: itself, or a larger one that is due shortly, now or on its own day.

    It is asked now where its window allows that (clinical.md 0.11); what lies between is absorbed too.
    """
    ahead = [found for found in _of_schedule(chart, chosen.day, chosen.day + _within(chart)) if found.at > now]
    askable = [found for found in ahead if _reason_to_skip(chart, found, now) is None]
    larger = max(askable, key=lambda found: (found.size, -found.day.toordinal()), default=None)
    if larger is None or larger.size <= chosen.size:
        return [], chosen
    today = local(now, chart.enrolled.plan.zone).date()
    if larger.day == today or larger.day - larger.timing.open_before > today:
        return [_skip(chosen, "absorbed", now)], None
    between = [found for found in ahead if found.day <= larger.day and found != larger]
    return [_skip(found, "absorbed", now) for found in (chosen, *between)], larger


def _within(chart: Chart) -> timedelta:
    return chart.protocol().absorb_within or timedelta()
