"""What a patient asks for, and whether help is there, as a protocol and a clinic say it."""

from datetime import timedelta

import pytest

from followupbot.domain.care_protocol import HelpCheck, Unscheduled
from followupbot.domain.clinic import Crisis, Role
from followupbot.domain.ids import Language
from followupbot.domain.lexicon import Theme
from followupbot.domain.tiers import Tier
from followupbot.protocol_files.programme import ReadFiles, read_files
from tests.protocol_files.examples import CLINIC, PROTOCOL

ASKS = "urgent: {form: full, open_for: 1 day}\n"
LEXICON = """
gate: {legs: [leg*, cant walk]}
crisis: [end my life]
death: [died]
admission: [in hospital]
stop: [stop]
"""
HELP = "    again_after: 30 minutes\n    help_check: {after: 2 hours, within: 1 hour}\n"


def read(protocol: str = PROTOCOL, clinic: str = CLINIC, lexicon: str = LEXICON) -> ReadFiles:
    """A programme of those files."""
    files = {"protocols/example.yaml": protocol, "clinic.yaml": clinic, "messages/en/lexicon.yaml": lexicon}
    return read_files({path: text.encode() for path, text in files.items()})


def problems(**files: str) -> list[str]:
    """What is wrong, each in its words."""
    return [problem.message for problem in read(**files).problems]


def test_a_protocol_says_what_check_now_asks_and_when_help_is_asked_about() -> None:
    """Neither is in code."""
    found = read(PROTOCOL.replace("    again_after: 30 minutes\n", HELP) + ASKS)
    assert found.problems == ()
    protocol = found.protocols[0].protocol
    assert protocol.urgent == Unscheduled(protocol.timings[0].form, timedelta(days=1))
    assert protocol.ladder[Tier.EMERGENCY].help_check == HelpCheck(timedelta(hours=2), timedelta(hours=1))


def test_a_form_that_is_not_there_is_reported() -> None:
    """With the one that may be meant."""
    assert problems(protocol=PROTOCOL + ASKS.replace("full", "fully")) == ['no form "fully"; did you mean "full"?']


def test_a_form_without_a_red_flag_screen_is_refused() -> None:
    """Who says that something has changed is asked about everything red."""
    without = PROTOCOL.replace("forms:\n", "forms:\n  calm: [pain]\n") + ASKS.replace("full", "calm")
    assert problems(protocol=without) == ['this form leaves out the red-flag screen "gate"']


def test_only_an_emergency_is_asked_about() -> None:
    """Nobody else had a card."""
    wrong = PROTOCOL.replace(
        "    due: closing\n", "    due: closing\n    help_check: {after: 1 hour, within: 1 hour}\n"
    )
    assert problems(protocol=wrong) == ["only an emergency has a card to ask about"]


@pytest.mark.parametrize("name", ["urgent", "report"])
def test_no_timing_has_the_name_of_what_a_patient_asks_for(name: str) -> None:
    """The record tells them apart by it."""
    timing = read().protocols[0].protocol.timings[0].id
    wrong = PROTOCOL.replace(f"id: {timing}", f"id: {name}")
    assert problems(protocol=wrong) == [f'"{name}" is what a patient asks for; give the timing another name']


def test_a_clinic_says_whom_to_call_and_who_is_paged_in_a_crisis() -> None:
    """Or nothing of it."""
    assert read(clinic=CLINIC + "crisis: {line: 116 123, ladder: [lead]}\n").settings is not None
    found = read(clinic=CLINIC + 'crisis: {line: "116 123", ladder: [lead]}\n').settings
    assert found is not None
    assert found.crisis == Crisis("116 123", (Role.LEAD,))


def test_the_lists_of_words_are_read_with_the_programme() -> None:
    """By language."""
    lexicon = read(lexicon=LEXICON).lexicons[Language("en")]
    assert lexicon.themes("I cant walk, he died") == {Theme.GATE, Theme.DEATH}
