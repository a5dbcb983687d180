"""When, where and in which language a patient is written to: what they may change of their plan at any time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import zip_longest

from followupbot.domain import screens
from followupbot.domain.addressing import stamp, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import AskedFor
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.enrolment import PlanChanged
from followupbot.domain.facts.patient import PreferenceAsked, TravelBegan, TravelEnded
from followupbot.domain.folding import fold
from followupbot.domain.ids import Language
from followupbot.domain.outgoing import Lane, OutgoingMessage, Rehour
from followupbot.domain.params import Day, Instant, Param
from followupbot.domain.presses import Choice, CommandPress
from followupbot.domain.schedule import local, resolve

TRAVEL_MAX = timedelta(days=366)
"""Who is away for longer lives there: then it is the zone itself that changes."""

ZONES_NEAR_MAX = 3
"""What may be meant by a name that is not quite a zone's; with more, one reads instead of pressing."""


def ask_time(chart: Chart, refused: bool, now: datetime) -> Decision:
    """A button for each full hour of the day. `refused`: what was typed is no time of day, or one at night."""
    buttons = [Choice(hour, CommandPress(chart.patient, "time", f"{hour}:00")) for hour in screens.hours(chart)]
    params: dict[str, Param] = {"refused": refused, "ask_at": _clock(chart.enrolled.plan.ask_at)}
    return _asked(chart, "hour", "replies/time_ask", now, params, _rows(buttons, screens.HOURS_IN_A_ROW))


def set_time(chart: Chart, ask_at: time, now: datetime) -> Decision:
    """Check-ins that are still to come are asked at that hour; one outside the daytime is refused."""
    if not chart.daytime.starts <= ask_at < chart.daytime.ends:
        return ask_time(chart, refused=True, now=now)
    facts = _changed(chart, now, ask_at=ask_at)
    after = fold(chart, facts)
    reply = _confirmed(after, "replies/time_set", now, {"ask_at": _clock(ask_at)})
    return Decision(facts, (reply,))


def ask_language(chart: Chart, now: datetime) -> Decision:
    """A button for each language that the patient may choose."""
    buttons = [Choice(name, CommandPress(chart.patient, "language", name)) for name in screens.languages(chart)]
    return _asked(chart, "language", "replies/language_ask", now, {}, _rows(buttons, 1))


def set_language(chart: Chart, language: Language, now: datetime) -> Decision:
    """Every message from now on is in that language."""
    if language not in screens.languages(chart):
        return ask_language(chart, now)
    facts = _changed(chart, now, language=language)
    return Decision(facts, (_confirmed(fold(chart, facts), "replies/language_set", now, {}),))


def ask_zone(chart: Chart, refused: bool, now: datetime) -> Decision:
    """Buttons for cities, and how to type another. `refused`: what was typed is no zone, or no day that may be."""
    buttons = [Choice(name, CommandPress(chart.patient, "zone", zone)) for name, zone in screens.ZONES.items()]
    here, until = Instant(now, chart.enrolled.plan.zone), screens.a_day_ahead(chart, now)
    params: dict[str, Param] = {"refused": refused, "here": here, "until": until}
    return _asked(chart, "zone", "replies/zone_ask", now, params, _rows(buttons, screens.ZONES_IN_A_ROW))


def offer_zones(chart: Chart, near: tuple[str, ...], now: datetime) -> Decision:
    """A button for each zone that may be meant by what was typed, at most three; none: how to say it is asked."""
    if not near:
        return ask_zone(chart, refused=True, now=now)
    names = [f"near_{place}" for place in range(1, ZONES_NEAR_MAX + 1)]
    params: dict[str, Param] = dict(zip_longest(names, near[:ZONES_NEAR_MAX]))
    buttons = [Choice(name, CommandPress(chart.patient, "zone", zone)) for name, zone in zip(names, near, strict=False)]
    return _asked(chart, "zone", "replies/zone_near", now, params, _rows(buttons, 1))


def set_zone(chart: Chart, zone: str, now: datetime) -> Decision:
    """The patient lives there from now on: what is not yet asked goes by that zone, and nothing is skipped for it."""
    facts: tuple[ChartFact, ...] = () if chart.enrolled.travel is None else (TravelEnded(now),)
    facts += _changed(fold(chart, facts), now, zone=zone)
    return _moved(fold(chart, facts), facts, None, now)


def travel(chart: Chart, zone: str, last_day: date, now: datetime) -> Decision:
    """The patient is there up to and with that day; then their own zone holds again by itself."""
    # Looked at first: of the last day that there is, there is no day after.
    too_far = last_day > local(now, zone).date() + TRAVEL_MAX
    until = now if too_far else resolve(last_day + timedelta(days=1), time(), zone)
    if not now < until <= now + TRAVEL_MAX:
        return ask_zone(chart, refused=True, now=now)
    facts = (TravelBegan(now, zone, until),)
    return _moved(fold(chart, facts), facts, last_day, now)


def wake(chart: Chart, now: datetime) -> Decision:
    """A journey that is over has ended: what we have started waits for the day at home."""
    travelled = chart.enrolled.travel
    if travelled is None or now < travelled.until:
        return Decision()
    ended = TravelEnded(now)
    return Decision((ended,), (Rehour(fold(chart, (ended,)).daytime),))


def next_wake_at(chart: Chart) -> datetime | None:
    """When the journey is over; None for who is at home."""
    return None if chart.enrolled.travel is None else chart.enrolled.travel.until


def _moved(after: Chart, facts: tuple[ChartFact, ...], last_day: date | None, now: datetime) -> Decision:
    params: dict[str, Param] = {
        "here": Instant(now, after.enrolled.plan.zone),
        "until": None if last_day is None else Day(last_day),
    }
    return Decision(facts, (Rehour(after.daytime), _confirmed(after, "replies/zone_set", now, params)))


def _changed(chart: Chart, now: datetime, **changes: object) -> tuple[ChartFact, ...]:
    """The new plan as a fact; none where it is the old one."""
    plan = replace(chart.enrolled.plan, **changes)  # type: ignore[arg-type] # names are checked at run time
    if plan == chart.enrolled.plan:
        return ()
    return (PlanChanged(now, plan.language, plan.zone, plan.ask_at),)


def _clock(at: time) -> str:
    return at.isoformat("minutes")


def _rows(buttons: Sequence[Choice], width: int) -> tuple[tuple[Choice, ...], ...]:
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def _asked(
    chart: Chart,
    what: AskedFor,
    message: str,
    now: datetime,
    params: dict[str, Param],
    rows: tuple[tuple[Choice, ...], ...],
) -> Decision:
    asked = PreferenceAsked(now, what, chart.speaker)
    key = f"preference/{stamp(now)}"
    return Decision((asked,), (to_patient(chart, message, key=key, lane=Lane.REPLY, params=params, choices=rows),))


def _confirmed(chart: Chart, message: str, now: datetime, params: dict[str, Param]) -> OutgoingMessage:
    return to_patient(chart, message, key=f"preference/{stamp(now)}", lane=Lane.REPLY, params=params)
