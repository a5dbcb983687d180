"""Words in free text offer something, whatever is said about them; they do nothing else."""

import pytest

from followupbot.domain.lexicon import Lexicon, plain

LEXICON = Lexicon(gate=("pee", "leak*", "cant feel", "cough* blood"), crisis=("end my life",), stop=("stop", "no more"))


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
    assert LEXICON.offers_gate(text)


@pytest.mark.parametrize(
    "text", ["", "👍", "peek", "a bleak day", "cant", "feel", "cant\u2014I feel", "coughing up blood"]
)
def test_a_part_of_a_word_or_of_a_term_is_none(text: str) -> None:
    """A term is whole words in a row; only a star leaves the end open."""
    assert not LEXICON.offers_gate(text)


def test_the_lists_do_not_mix() -> None:
    """Each offers its own thing."""
    assert LEXICON.offers_crisis("I want to end my life")
    assert not LEXICON.offers_gate("I want to end my life")
    assert not LEXICON.offers_crisis("I can't feel it")


@pytest.mark.parametrize(
    ("text", "stops"), [("Stop", True), (" STOP! ", True), ("no more", True), ("stop the pain", False), ("", False)]
)
def test_stop_counts_only_as_the_whole_message(text: str, stops: bool) -> None:
    """Somebody who cannot stop peeing wants no fewer questions (clinical.md 0.8)."""
    assert LEXICON.is_stop(text) == stops


def test_a_text_is_compared_in_plain_words() -> None:
    """ñ too: a phone may have no such key."""
    assert plain(" ¿Me hacía DAÑO? d'accord… ½ ") == "me hacia dano daccord 1 2"


def test_a_long_text_is_read_in_no_time() -> None:
    """Telegram takes 4096 letters, and a pattern must not go back and forth over them."""
    assert not LEXICON.offers_gate("lea " * 1024 + "coug" * 1000)
