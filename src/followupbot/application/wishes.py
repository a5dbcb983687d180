"""What a patient wishes of their plan, told in words: behind a command, or where it has just been asked.

Words of need come first wherever they stand, and what nobody can read is kept for people (clinical.md 0.8, 0.13).
"""

from datetime import datetime
from typing import assert_never

from followupbot.application import arguments
from followupbot.application.arguments import LIKE_ENOUGH, SURELY_ALIKE
from followupbot.domain import notes, pauses, preferences, preparation, screens
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.enrolment_state import AskedFor
from followupbot.domain.facts.patient import PreferenceAsked
from followupbot.domain.folding import fold
from followupbot.domain.lexicon import Lexicon, Theme
from followupbot.domain.schedule import local
from followupbot.domain.tiers import Tier


def ask(chart: Chart, what: AskedFor, now: datetime, *, refused: bool = False) -> Decision:
    """It is asked, with its buttons. `refused`: what was written could not be read."""
    match what:
        case "hour":
            return preferences.ask_time(chart, refused, now)
        case "zone":
            return preferences.ask_zone(chart, refused, now)
        case "language":
            return preferences.ask_language(chart, now)
        case "pause":
            return pauses.ask_how_long(chart, refused, now)
        case _:
            assert_never(what)


def carry_out(chart: Chart, what: AskedFor, words: str, now: datetime, alike: float = LIKE_ENOUGH) -> Decision:
    """It is as these words say from now on; where they can't be read, or it can't be, it is asked again."""
    return _read(chart, what, words, now, alike) or ask(chart, what, now, refused=True)


def answer(chart: Chart, note: FreeText, now: datetime) -> Decision | None:
    """What comes of words where something has just been asked of who takes part; None where nothing has."""
    what = chart.asked_for(now)
    if what is None:
        return None
    touched = notes.themes(chart, note.text) - {Theme.STOP}
    emergency = chart.waiting_tier is Tier.EMERGENCY
    read = _read(chart, what, note.text, now, SURELY_ALIKE)
    if read is not None and not any(isinstance(fact, PreferenceAsked) for fact in read.facts):
        after = fold(chart, read.chart_facts)
        # The name of a language is all that such words can be: "inglés" is not the groin, which is written alike.
        if touched and what != "language":
            return read + notes.receive(after, note, now, touched)
        return read + notes.respond(after, note.note, now, touched) if emergency else read
    if touched or emergency or chart.held:
        return notes.receive(chart, note, now, touched)
    if read is not None or _says_nothing(note.text):
        return read or ask(chart, what, now, refused=True)
    kept = notes.receive(chart, note, now)
    return kept + ask(fold(chart, kept.chart_facts), what, now, refused=True)


def answer_early(chart: Chart, note: FreeText, now: datetime) -> Decision | None:
    """The same of whoever is asked whether the plan is right, whichever part of it the words are about.

    None where no part was asked, and the words are none; and of words of need.
    """
    asked = chart.asked_for(now)
    if notes.themes(chart, note.text) - {Theme.STOP}:
        return None
    for part in screens.PLAN_PARTS if asked is None else (asked,):
        changed = _read_part(chart, part, note.text, now)
        if changed is not None:
            return changed
    if asked is None:
        return None
    kept = Decision() if _says_nothing(note.text) else notes.receive_early(chart, note, now)
    return kept + preparation.ask_part(fold(chart, kept.chart_facts), asked, now, refused=True)


def _read(chart: Chart, what: AskedFor, words: str, now: datetime, alike: float) -> Decision | None:
    """What these words come to, be it that it can't be; None where they say no such thing."""
    match what:
        case "hour":
            ask_at = arguments.read_time(words, _lexicons(chart))
            return None if ask_at is None else preferences.set_time(chart, ask_at, now)
        case "zone":
            return _move(chart, words, now, alike)
        case "language":
            language = arguments.read_language(words, screens.languages(chart))
            return None if language is None else preferences.set_language(chart, language, now)
        case "pause":
            today = local(now, chart.enrolled.plan.zone).date()
            until = arguments.read_until(arguments.read_length(words, _lexicons(chart)), today)
            return None if until is None else pauses.pause(chart, until, now)
        case _:
            assert_never(what)


def _move(chart: Chart, words: str, now: datetime, alike: float) -> Decision | None:
    place = arguments.read_place(words, chart.clinic.published.languages, _beside_places(chart), alike)
    if place.zone is None:
        return preferences.offer_zones(chart, place.near, now) if place.near else None
    last_day = arguments.read_day(words)
    if last_day is None:
        return preferences.set_zone(chart, place.zone, now)
    return preferences.travel(chart, place.zone, last_day, now)


def _read_part(chart: Chart, part: AskedFor, words: str, now: datetime) -> Decision | None:
    """The plan with that part of it as the words say; None where they don't, or it may not be so."""
    match part:
        case "hour":
            ask_at = arguments.read_time(words, _lexicons(chart))
            possible = ask_at is not None and chart.daytime.starts <= ask_at < chart.daytime.ends
            return preparation.set_part(chart, now, ask_at=ask_at) if possible else None
        case "zone":
            place = arguments.read_place(words, chart.clinic.published.languages, _beside_places(chart))
            return None if place.zone is None else preparation.set_part(chart, now, zone=place.zone)
        case "language":
            language = arguments.read_language(words, screens.languages(chart))
            return None if language is None else preparation.set_part(chart, now, language=language)
        case _:
            return None


def _says_nothing(text: str) -> bool:
    """Whether there is no word in it that people would have to read: figures are a try at an answer."""
    return not any(letter.isalpha() for letter in text)


def _lexicons(chart: Chart) -> tuple[Lexicon, ...]:
    """Of every language, the patient's own before the others."""
    return (chart.lexicon, *chart.clinic.published.lexicons.values())


def _beside_places(chart: Chart) -> tuple[str, ...]:
    return tuple(word for lexicon in chart.clinic.published.lexicons.values() for word in lexicon.places)
