"""Words in free text offer something, whatever is said about them; they do nothing else."""

import pytest

from followupbot.domain.lexicon import Lexicon, Theme
from followupbot.domain.spelling import plain

LEXICON = Lexicon(
    {
        Theme.GATE: ("pee", "leak*", "cant feel", "cough* blood"),
        Theme.CRISIS: ("end my life",),
        Theme.DEATH: ("passed away",),
        Theme.STOP: ("stop", "no more"),
    }
)


@pytest.mark.parametrize(
    "text",
    [
        "I can't feel it",
        "I CAN’T   FEEL it!",
        "leaks",
        "leakage, again",
        "pee",
        "no pee",
        "coughing blood",
        "péé",
        "It le\u00adaks",
        "l\u200beak",
    ],
)
def test_a_word_of_the_list_is_found_however_it_is_written(text: str) -> None:
    """Capitals, accents, apostrophes, a hyphen that nobody sees; and negation is not read (clinical.md 0.8)."""
    assert LEXICON.themes(text) == {Theme.GATE}


@pytest.mark.parametrize(
    "text", ["", "👍", "peek", "a bleak day", "cant", "feel", "cant\u2014I feel", "coughing up blood"]
)
def test_a_part_of_a_word_or_of_a_term_is_none(text: str) -> None:
    """A term is whole words in a row; only a star leaves the end open."""
    assert LEXICON.themes(text) == frozenset()


def test_one_text_may_touch_several_lists() -> None:
    """Each list is looked at by itself."""
    assert LEXICON.themes("I want to end my life") == {Theme.CRISIS}
    assert LEXICON.themes("He passed away, and I leak") == {Theme.DEATH, Theme.GATE}


@pytest.mark.parametrize(
    ("text", "stops"),
    [("Stop", True), (" STOP! ", True), ("no more", True), ("stop the pain", False), ("please stop", False)],
)
def test_stop_counts_only_as_the_whole_message(text: str, stops: bool) -> None:
    """Somebody who cannot stop peeing wants no fewer questions (clinical.md 0.8)."""
    assert (Theme.STOP in LEXICON.themes(text)) is stops


def test_a_language_without_lists_finds_nothing() -> None:
    """And does not fall over."""
    assert Lexicon().themes("pee") == Lexicon({Theme.GATE: ()}).themes("pee") == frozenset()


def test_a_text_is_compared_in_plain_words() -> None:
    """ñ too: a phone may have no such key."""
    assert plain(" ¿Me hacía DAÑO? d'accord… ½ ") == "me hacia dano daccord 1 2"


def test_a_long_text_is_read_in_no_time() -> None:
    """Telegram takes 4096 letters, and a pattern must not go back and forth over them."""
    assert LEXICON.themes("lea " * 1024 + "coug" * 1000) == frozenset()
