"""Where an hour, a place, a language or the length of a pause was just asked, the answer may be in words."""

import pytest

from followupbot.application import admins
from followupbot.domain.decision import ByShell, Decision
from followupbot.domain.enrolment_state import Confirming, Paused
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.ids import Language
from followupbot.domain.outgoing import OutgoingMessage
from tests.application.memory import a_store
from tests.application.test_red_words import PATIENT, programme, somebody, tap
from tests.application.world import World
from tests.builders import NOW, a_plan

MADRID, MEXICO, NEW_YORK = "Europe/Madrid", "America/Mexico_City", "America/New_York"


def plan(world: World) -> tuple[str, str, str]:
    """The hour, the zone and the language that hold now."""
    (chart,) = world.store.charts.values()
    kept = chart.enrolled.plan
    return kept.ask_at.isoformat("minutes"), kept.zone, kept.language


def noted(decision: Decision) -> bool:
    """Whether people will read it."""
    return any(isinstance(fact, NoteReceived) for fact in decision.facts)


def told(decision: Decision) -> list[str]:
    """The messages that come of it."""
    return [message.message for message in decision.outgoing if isinstance(message, OutgoingMessage)]


def confirming(language: str) -> World:
    """Somebody on the way in, who is asked whether the plan is right."""
    world = World(a_store(programme()), NOW)
    _, link = admins.invite_patient(world.store, a_plan(born=None, language=language), ByShell("root"), NOW)
    world.start(PATIENT, link.token)
    for label in ("next", "next", "agree"):
        tap(world, label)
    (chart,) = world.store.charts.values()
    assert isinstance(chart.enrolled.state, Confirming)
    return world


HOURS = [
    ("en", "ten", "10:00"),
    ("en", "10", "10:00"),
    ("en", "At about 10 o'clock, please.", "10:00"),
    ("en", "half past nine", "09:30"),
    ("en", "9:30", "09:30"),
    ("en", "9.30", "09:30"),
    ("en", "9'30", "09:30"),
    ("en", "10am", "10:00"),
    ("en", "6 pm", "18:00"),
    ("en", "seven in the evening", "19:00"),
    ("en", "nine forty five", "09:45"),
    ("en", "a quarter to eleven", "10:45"),
    ("en", "twenty past four in the afternoon", "16:20"),
    ("en", "noon", "12:00"),
    ("en", "I would like 11", "11:00"),
    ("en", "1430", "14:30"),
    ("es", "a las diez", "10:00"),
    ("es", "las diez y media", "10:30"),
    ("es", "Diez y cuarto, por favor", "10:15"),
    ("es", "las once menos cuarto", "10:45"),
    ("es", "a las seis de la tarde", "18:00"),
    ("es", "mediodía", "12:00"),
    ("es", "sobre las 10h", "10:00"),
    ("es", "a las nueve y veinticinco", "09:25"),
    ("es", "a las 10 de la mañana", "10:00"),
    ("es", "half past nine", "09:30"),
]

PLACES = [
    ("en", "Madrid", MADRID),
    ("en", "I'm in Mexico City now", MEXICO),
    ("en", "Madrid, Spain", MADRID),
    ("en", "New York", NEW_YORK),
    ("es", "Estoy en Nueva York", NEW_YORK),
    ("es", "Ciudad de México", MEXICO),
    ("es", "vivo en Madrid, España", MADRID),
    ("en", "Colombia", "America/Bogota"),
    ("es", "Perú", "America/Lima"),
]


@pytest.mark.parametrize(("language", "text", "hour"), HOURS)
def test_an_hour_in_words_is_the_answer_where_the_hour_was_asked(language: str, text: str, hour: str) -> None:
    """After `/time`, and on the way in; nobody has to read it as a note."""
    for world in (somebody(language), confirming(language)):
        if world.store.chart(next(iter(world.store.charts))).active:  # type: ignore[union-attr] # there is one
            world.command(PATIENT, "time")
        else:
            tap(world, "hour")
        decision = world.write(PATIENT, text)
        assert (plan(world)[0], noted(decision)) == (hour, False)
        assert told(decision) in (["replies/time_set"], ["enrolment/plan"])


@pytest.mark.parametrize(("language", "text", "zone"), PLACES)
def test_a_place_in_words_is_the_answer_where_the_place_was_asked(language: str, text: str, zone: str) -> None:
    """After `/zone`, and on the way in."""
    for world in (somebody(language), confirming(language)):
        if world.store.chart(next(iter(world.store.charts))).active:  # type: ignore[union-attr] # there is one
            world.command(PATIENT, "zone")
        else:
            tap(world, "zone")
        decision = world.write(PATIENT, text)
        assert (plan(world)[1], noted(decision)) == (zone, False)
        assert told(decision) in (["replies/zone_set"], ["enrolment/plan"])


def test_a_journey_may_be_told_in_words_too() -> None:
    """As the question shows it, without the slash."""
    world = somebody("en")
    world.command(PATIENT, "zone")
    assert told(world.write(PATIENT, "New York 2026-03-20")) == ["replies/zone_set"]
    (chart,) = world.store.charts.values()
    assert chart.enrolled.travel is not None


@pytest.mark.parametrize(
    ("language", "text"), [("en", "two weeks"), ("en", "2 weeks"), ("es", "dos semanas, por favor")]
)
def test_the_length_of_a_pause_may_be_written(language: str, text: str) -> None:
    """Where it was asked."""
    world = somebody(language)
    world.command(PATIENT, "pause")
    decision = world.write(PATIENT, text)
    (chart,) = world.store.charts.values()
    assert (isinstance(chart.enrolled.contact, Paused), noted(decision)) == (True, False)


@pytest.mark.parametrize(
    ("language", "text", "wanted"), [("en", "Spanish", "es"), ("en", "español", "es"), ("es", "inglés", "en")]
)
def test_a_language_may_be_written(language: str, text: str, wanted: str) -> None:
    """By its name in either."""
    world = somebody(language)
    world.command(PATIENT, "language")
    assert told(world.write(PATIENT, text)) == ["replies/language_set"]
    assert plan(world)[2] == Language(wanted)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    ("command", "text", "kept", "again"),
    [
        ("time", "25", False, "replies/time_ask"),
        ("time", "3", False, "replies/time_ask"),
        ("time", "9-10", False, "replies/time_ask"),
        ("time", "not at ten", True, "replies/time_ask"),
        ("time", "nine or ten", True, "replies/time_ask"),
        ("time", "12 am", True, "replies/time_ask"),
        ("time", "I feel strange", True, "replies/time_ask"),
        ("zone", "Madrd", False, "replies/zone_near"),
        ("zone", "xyzzy", True, "replies/zone_ask"),
        ("zone", "It hurts a lot", True, "replies/zone_ask"),
        ("pause", "until my daughter is back", True, "replies/pause_ask"),
        ("pause", "90 weeks", False, "replies/pause_ask"),
        ("language", "Klingon", True, "replies/language_ask"),
    ],
)
def test_what_cannot_be_read_is_asked_again_and_words_are_kept_for_people(
    language: str, command: str, text: str, kept: bool, again: str
) -> None:
    """Nobody knows what the words mean, so a person reads them too (clinical.md 0.8); figures say nothing else."""
    world = somebody(language)
    before = plan(world)
    world.command(PATIENT, command)
    decision = world.write(PATIENT, text)
    assert (noted(decision), told(decision)[-1], plan(world)) == (kept, again, before)
    if again != "replies/zone_near":
        assert world.messages(PATIENT)[-1].rows, "the buttons stand again"


@pytest.mark.parametrize(
    ("part", "text", "kept", "again"),
    [
        ("hour", "3", False, "enrolment/plan_hour"),
        ("hour", "I feel strange", True, "enrolment/plan_hour"),
        ("zone", "xyzzy", True, "enrolment/plan_zone"),
        (None, "10:30", False, "enrolment/plan"),
        (None, "Madrid", False, "enrolment/plan"),
        (None, "no", True, "enrolment/plan"),
    ],
)
def test_on_the_way_in_it_is_the_same(part: str | None, text: str, kept: bool, again: str) -> None:
    """The part that was asked is asked again, with its buttons; an hour or a place counts before any button too."""
    world = confirming("en")
    before = plan(world)
    if part is not None:
        tap(world, part)
    decision = world.write(PATIENT, text)
    assert (noted(decision), told(decision)[-1]) == (kept, again)
    assert (plan(world) != before) is (part is None and not kept)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("I can't feel it when I pee", "replies/gate_offered"),
        ("ten times I have leaked", "replies/gate_offered"),
        ("I want to die", "replies/crisis_words"),
        ("He died", "replies/read_by_people"),
    ],
)
@pytest.mark.parametrize("command", ["time", "zone", "pause", "language"])
def test_words_of_need_go_first(command: str, text: str, first: str) -> None:
    """They are answered by what helps, a person reads them, and nothing is asked after them (clinical.md 0.8, 0.13)."""
    world = somebody("en")
    world.command(PATIENT, command)
    decision = world.write(PATIENT, text)
    assert (noted(decision), told(decision)) == (True, [first])


def test_a_place_whose_name_is_a_word_of_need_is_both() -> None:
    """ "Trip" offers the red flags, and Tripoli is a city: a wrong offer costs one tap."""
    world = somebody("en")
    world.command(PATIENT, "zone")
    decision = world.write(PATIENT, "Tripoli")
    assert told(decision) == ["replies/zone_set", "replies/gate_offered"]
    assert plan(world)[1] == "Africa/Tripoli"


@pytest.mark.parametrize("command", ["time", "zone", "pause", "language"])
def test_stop_stops(command: str) -> None:
    """As the whole message, whatever was asked."""
    world = somebody("en")
    world.command(PATIENT, command)
    assert told(world.write(PATIENT, "Stop")) == ["replies/stopped"]


def test_what_was_asked_since_is_what_is_answered() -> None:
    """A number after a question of the check-in answers that question; and the next day nobody knows what it meant."""
    world = somebody("en")
    world.command(PATIENT, "time")
    tap(world, "start")
    assert told(world.write(PATIENT, "ten"))[0].startswith("replies/rejected/")
    world.command(PATIENT, "time")
    assert told(world.write(PATIENT, "ten")) == ["replies/time_set"]
    assert told(world.write(PATIENT, "ten"))[0].startswith("replies/rejected/")
