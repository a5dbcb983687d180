"""The words that count in what a patient writes of their own accord."""

import pytest

from followupbot.domain.lexicon import Lexicon, Theme, normalised

WORDS = Lexicon(
    {
        Theme.GATE: ("pee", "leak*", "can't feel", "baño", "cough* blood"),
        Theme.STOP: ("stop", "no more messages"),
        Theme.DEATH: ("passed away",),
    }
)


@pytest.mark.parametrize(
    "text",
    ["I can't feel it", "I cant feel it", "I can’t FEEL it", "no PEE since noon", "I don't pee.", "leaking", "LEAK!"],
)
def test_a_word_counts_wherever_it_stands_and_however_it_is_written(text: str) -> None:
    """Negation is not read (clinical.md 0.8)."""
    assert WORDS.themes(text) == {Theme.GATE}


@pytest.mark.parametrize("text", ["No llego al bano", "No llego al BAÑO", "coughing some blood", "coughed blood"])
def test_accents_do_not_matter_and_a_star_ends_a_word(text: str) -> None:
    """`cough*` stands for every word that begins so; two words stand in a row or not at all."""
    assert WORDS.themes(text) == (frozenset() if "some" in text else {Theme.GATE})


@pytest.mark.parametrize("text", ["peel", "speed", "", "!!", "I feel fine", "2"])
def test_a_part_of_a_word_is_no_word(text: str) -> None:
    """Where no star says so."""
    assert WORDS.themes(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "stops"),
    [("stop", True), (" Stop! ", True), ("no more messages", True), ("please stop", False), ("I can't stop", False)],
)
def test_stop_counts_only_as_the_whole_message(text: str, stops: bool) -> None:
    """ "I can't stop leaking" stops nothing."""
    assert (Theme.STOP in WORDS.themes(text)) is stops


def test_one_text_may_touch_several_lists() -> None:
    """Each list is looked at by itself."""
    assert WORDS.themes("He passed away, and I leak") == {Theme.DEATH, Theme.GATE}


def test_a_language_without_lists_finds_nothing() -> None:
    """And does not fall over."""
    assert Lexicon().themes("pee") == Lexicon({Theme.GATE: ()}).themes("pee") == frozenset()


def test_letters_of_other_scripts_are_spaces() -> None:
    """What is normalised is plain ASCII."""
    assert normalised("Ça  va? Пётр 2×") == "ca va 2"
