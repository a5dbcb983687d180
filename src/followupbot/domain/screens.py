"""What each step of an enrolment shows: one short screen, and big buttons. Six screens at most before the practice."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import assert_never

from followupbot.domain.addressing import to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.enrolment_state import (
    Active,
    AskedFor,
    Confirming,
    Consenting,
    Declined,
    Identifying,
    Invited,
    Locked,
    Practising,
    Reading,
    TeachingBack,
)
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.params import Instant, Param
from followupbot.domain.presses import (
    ChangePlanPress,
    Choice,
    ConfirmPlanPress,
    ConsentPress,
    NextPress,
    PracticePress,
    TeachBackPress,
)
from followupbot.domain.schedule import local

PLAN_PARTS: tuple[AskedFor, ...] = ("language", "zone", "hour")
"""What of the plan the patient may change; the rest is the clinic's."""

RED_FLAG_ANSWERS = ("wait", "call", "write")
RED_FLAG_RIGHT = "call"
"""What is to be done when something red happens (clinical.md 6). Source of the method: AHRQ, teach-back, tool 5."""

DRINKS = ("water", "tea", "coffee")
"""What the practice asks of: as harmless as a question can be, and nothing of it is kept."""

ZONES: Mapping[str, str] = {
    "london": "Europe/London",
    "madrid": "Europe/Madrid",
    "athens": "Europe/Athens",
    "canary": "Atlantic/Canary",
    "new_york": "America/New_York",
    "chicago": "America/Chicago",
    "denver": "America/Denver",
    "los_angeles": "America/Los_Angeles",
    "mexico_city": "America/Mexico_City",
    "bogota": "America/Bogota",
    "santiago": "America/Santiago",
    "buenos_aires": "America/Argentina/Buenos_Aires",
}
"""Zones to choose from by a button; who lives in none takes one with the same time."""

HOURS_IN_A_ROW = 4
ZONES_IN_A_ROW = 2

Rows = tuple[tuple[Choice, ...], ...]


def show(chart: Chart, key: str, now: datetime) -> OutgoingMessage | None:
    """The screen of the step at which the patient is; None where it is none of enrolment's."""
    patient, params = chart.patient, dict[str, Param]()
    choices: Rows = ()
    state = chart.enrolled.state
    match state:
        case Reading():
            message = f"consent/read_{state.screen}"
            params = {"years": chart.protocol().years}
            choices = ((Choice("next", NextPress(patient, state.screen)),),)
        case Consenting():
            message = "consent/ask"
            choices = tuple((Choice(name, ConsentPress(patient, name == "agree")),) for name in ("agree", "decline"))
        case Identifying():
            message = "consent/born"
        case Confirming():
            return _plan(chart, key, now)
        case TeachingBack():
            message = "enrolment/teach_back_again" if state.tries else "enrolment/teach_back"
            choices = tuple((Choice(answer, TeachBackPress(patient, answer)),) for answer in RED_FLAG_ANSWERS)
        case Practising():
            message = "enrolment/practice"
            choices = tuple((Choice(drink, PracticePress(patient, drink)),) for drink in DRINKS)
        case Declined():
            message = "consent/declined"
        case Locked():
            message = "consent/locked"
        case Invited() | Active():
            return None
        case _:
            assert_never(state)
    return to_patient(chart, message, key=key, lane=Lane.REPLY, params=params, choices=choices)


def _plan(chart: Chart, key: str, now: datetime) -> OutgoingMessage:
    """Language, zone and hour as they are: the wall clock says more than a zone's name."""
    plan = chart.enrolled.plan
    parts = [part for part in PLAN_PARTS if part != "language" or len(languages(chart)) > 1]
    return to_patient(
        chart,
        "enrolment/plan",
        key=key,
        lane=Lane.REPLY,
        params={"here": Instant(now, plan.zone), "zone": plan.zone, "ask_at": plan.ask_at.isoformat("minutes")},
        choices=(
            (Choice("right", ConfirmPlanPress(chart.patient)),),
            *((Choice(part, ChangePlanPress(chart.patient, part)),) for part in parts),
        ),
    )


def plan_choices(chart: Chart, part: str) -> Rows:
    """What that part of the plan may be, in rows of buttons; none where the plan has no such part."""
    match part:
        case "language":
            names, width = languages(chart), 1
        case "zone":
            names, width = tuple(ZONES), ZONES_IN_A_ROW
        case "hour":
            names, width = hours(chart), HOURS_IN_A_ROW
        case _:
            return ()
    buttons = [Choice(name, ChangePlanPress(chart.patient, part, name)) for name in names]
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def languages(chart: Chart) -> tuple[str, ...]:
    """The languages that the patient may choose."""
    return tuple(chart.protocol().languages or chart.clinic.published.languages)


EXAMPLE_AHEAD = timedelta(weeks=2)
"""A journey or a pause as people take them, and always a day that is accepted."""


def a_day_ahead(chart: Chart, now: datetime) -> str:
    """A day as the patient may type it, for an example: `2026-03-23`, two weeks from now."""
    return local(now + EXAMPLE_AHEAD, chart.enrolled.plan.zone).date().isoformat()


def hours(chart: Chart) -> tuple[str, ...]:
    """The full hours at which the patient may be asked."""
    quiet = chart.protocol().quiet_hours
    return tuple(str(hour) for hour in range(24) if quiet.ends <= time(hour) < quiet.starts)
