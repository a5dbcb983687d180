"""Sentences that negate a red flag, at the real front desk, with the words that ship: each offers the gate."""

from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from followupbot.application import admins
from followupbot.domain.clinic import Programme
from followupbot.domain.decision import ByShell
from followupbot.domain.ids import Language
from followupbot.domain.outgoing import OutgoingMessage
from followupbot.domain.presses import CheckNowPress
from followupbot.protocol_files.programme import read_files
from followupbot.protocol_files.sources import gather
from tests.application.memory import a_store
from tests.application.world import World
from tests.builders import NOW, V1, a_plan, some_settings

CORPUS = Path(__file__).parents[1] / "checking" / "negated"
LANGUAGES = ("en", "es")
PATIENT = 1
WAY_IN = ("next", "next", "agree", "right", "call", "tea")


def sentences(language: str, which: str) -> list[str]:
    """Made-up sentences of that language."""
    found: list[str] = YAML(typ="safe").load((CORPUS / f"{language}.yaml").read_text("utf-8"))[which]
    return found


@cache
def programme() -> Programme:
    """What ships."""
    read = read_files(gather(Path("/nonexistent")))
    protocols = {found.protocol.key: found.protocol for found in read.protocols}
    return Programme(V1, protocols, some_settings(), read.languages, read.lexicons)


def somebody(language: str) -> World:
    """Somebody who takes part, and whose first check-in waits."""
    world = World(a_store(programme()), NOW)
    plan = a_plan(born=None, language=language)
    _, link = admins.invite_patient(world.store, plan, ByShell("root"), NOW)
    world.start(PATIENT, link.token)
    for label in WAY_IN:
        tap(world, label)
    return world


def tap(world: World, label: str) -> None:
    """That button, on whatever message has it."""
    for message in reversed(world.messages(PATIENT)):
        for row in message.rows:
            for button in row:
                if button.label == label:
                    world.press(PATIENT, button.press, message.id)
                    return
    raise AssertionError(f"no button {label}")


def test_there_are_forty_in_each_language() -> None:
    """A file that is empty tests nothing."""
    assert [len(sentences(language, "negated")) for language in LANGUAGES] == [40, 40]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("begun", [False, True])
def test_each_offers_the_gate_and_answers_nothing(language: str, begun: bool) -> None:
    """While a check-in waits, and while its first red-flag screen does: the button is there, and no item is denied."""
    for sentence in sentences(language, "negated"):
        world = somebody(language)
        if begun:
            tap(world, "start")
        decision = world.write(PATIENT, sentence)
        offered = [
            choice.press
            for message in decision.outgoing
            if isinstance(message, OutgoingMessage)
            for row in message.choices
            for choice in row
        ]
        (patient,) = world.store.charts
        assert CheckNowPress(patient) in offered, sentence
        assert [fact.kind for fact in decision.facts] == ["note_received"], sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_button_leads_to_the_first_screen(language: str) -> None:
    """At once, in the patient's language."""
    world = somebody(language)
    world.write(PATIENT, sentences(language, "negated")[0])
    tap(world, "buttons/check_now")
    newest = world.messages(PATIENT)[-1]
    assert newest.message == "questions/gate_bladder_bowel"


@pytest.mark.parametrize("command", ["urgente", "emergencia", "emergency"])
def test_a_command_typed_in_ones_own_language_gets_help_all_the_same(command: str) -> None:
    """Telegram's menu has one spelling for every language; nobody looks it up in a hurry."""
    world = somebody("es")
    decision = world.command(PATIENT, command)
    told = [message.message for message in decision.outgoing if isinstance(message, OutgoingMessage)]
    assert told[0] == "replies/urgent"
    assert told[1].startswith("questions/gate")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_with_stop_in_it_stops_anything(language: str) -> None:
    """ "I can't stop leaking" is a symptom."""
    for sentence in sentences(language, "not_stop"):
        world = somebody(language)
        decision = world.write(PATIENT, sentence)
        assert "patient_stopped" not in [fact.kind for fact in decision.facts], sentence


def test_every_language_that_ships_has_its_lists() -> None:
    """And no word of them holds up somebody who only says that they are well."""
    lexicons = programme().lexicons
    assert sorted(lexicons) == sorted(Language(language) for language in LANGUAGES)
    for language, text in (("en", "Thank you, I am fine"), ("es", "Gracias, estoy bien")):
        assert lexicons[Language(language)].themes(text) == frozenset()
