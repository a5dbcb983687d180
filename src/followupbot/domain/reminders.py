"""Reminding a patient of a check-in that waits: inside its window, by day, and never of that while help is urgent."""

from collections.abc import Iterator
from datetime import datetime

from followupbot.domain import prompts
from followupbot.domain.addressing import check_in_subject, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.check_ins import CheckInReminded, ReminderWithheld
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Instant
from followupbot.domain.schedule import Timing, local, resolve


def planned(chart: Chart, timing: Timing, now: datetime, expires_at: datetime) -> Iterator[datetime]:
    """When to remind, counted in days on the patient's wall clock; none where the window is over by then.

    Whoever has no chat is called, and stands on the staff's list until then.
    """
    if not chart.enrolled.has_chat:
        return
    daytime, asked_at = chart.daytime, local(chart.daytime.next(now), chart.enrolled.plan.zone)
    for span in timing.reminders:
        wall = asked_at.replace(tzinfo=None) + span
        at = daytime.next(resolve(wall.date(), wall.time(), chart.enrolled.plan.zone))
        if at < expires_at:
            yield at


def due(chart: Chart, check_in: CheckIn, now: datetime) -> Decision:
    """Of several that are due the newest is sent; none while an urgent flag is open (clinical.md 0.20).

    One that an outage has delayed until the day of the next gives way to it: we begin once a day.
    """
    passed = sum(at <= now for at in check_in.remind_at)
    numbers = range(check_in.reminders + 1, passed + 1)
    if not numbers or check_in.expires_at <= now:
        return Decision()
    withheld: tuple[ChartFact, ...] = tuple(
        ReminderWithheld(now, check_in.id, number, "late") for number in numbers[:-1]
    )
    if not chart.starts_allowed:
        return Decision((*withheld, ReminderWithheld(now, check_in.id, passed, chart.enrolled.contact.kind)))
    if chart.urgent:
        return Decision((*withheld, ReminderWithheld(now, check_in.id, passed, "urgent_flag")))
    if passed < len(check_in.remind_at) and _same_day(chart, chart.daytime.next(now), check_in.remind_at[passed]):
        return Decision((*withheld, ReminderWithheld(now, check_in.id, passed, "late")))
    reminder = to_patient(
        chart,
        "check_ins/reminder",
        key=f"c{check_in.id}/reminder/{passed}",
        lane=Lane.CHECK_IN,
        subject=check_in_subject(chart.patient, check_in.id),
        params={
            "begun": check_in.state.kind == "begun",
            "minutes": prompts.minutes(check_in),
            "until": Instant(check_in.expires_at, chart.enrolled.plan.zone),
        },
        choices=prompts.start(chart, check_in),
        starts=True,
        expires_at=check_in.expires_at,
    )
    return Decision((*withheld, CheckInReminded(now, check_in.id, passed)), (reminder,))


def _same_day(chart: Chart, one: datetime, other: datetime) -> bool:
    zone = chart.enrolled.plan.zone
    return local(one, zone).date() == local(other, zone).date()
