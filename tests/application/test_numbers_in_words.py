"""A point of a scale in words, at the real front desk, with what ships: in the patient's language or in another one."""

import pytest

from tests.application.test_asked_in_words import told
from tests.application.test_red_words import PATIENT, somebody, tap
from tests.application.world import World

WORDS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"],
}
DENIALS = ("none", "no")
"""The buttons by which a red-flag screen, and the question behind the screens, are passed."""


def asked_for_a_number(language: str) -> World:
    """Somebody whose check-in has come to its first question from 0 to 10."""
    world = somebody(language)
    tap(world, "start")
    while "10" not in (labels := [button.label for row in world.messages(PATIENT)[-1].rows for button in row]):
        tap(world, next(label for label in DENIALS if label in labels))
    return world


@pytest.mark.parametrize("asked", WORDS)
@pytest.mark.parametrize("said", WORDS)
@pytest.mark.parametrize("number", range(11))
def test_each_point_has_a_word(asked: str, said: str, number: int) -> None:
    """Whoever is asked in one language may count in the other."""
    world = asked_for_a_number(asked)
    decision = world.write(PATIENT, WORDS[said][number].capitalize())
    assert [getattr(fact, "value", None) for fact in decision.facts] == [number]


@pytest.mark.parametrize(("language", "text"), [("en", "eleven"), ("en", "once"), ("es", "once"), ("es", "eleven")])
def test_a_word_beyond_the_scale_is_no_answer(language: str, text: str) -> None:
    """The question stands again."""
    decision = asked_for_a_number(language).write(PATIENT, text)
    assert told(decision)[0] == "replies/rejected/outside_scale"
