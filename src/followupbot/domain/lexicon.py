"""Words in free text that offer the gate. Negation is not read, as a red flag often is one (clinical.md 0.8)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

ENDING = "*"
"""A word of a term that ends so stands for every word that begins so."""

_APOSTROPHES = "'’‘ʼ´`"
"""What phones write for one."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Lexicon:
    """One language's terms, each of one or more words in a row, written as `plain` leaves a text.

    What matches offers something and does nothing else: it answers no question, and lowers or closes nothing.
    """

    gate: tuple[str, ...]
    crisis: tuple[str, ...]
    stop: tuple[str, ...]

    def offers_gate(self, text: str) -> bool:
        """Whether it has a word that may be about a red flag."""
        return self._gate.search(plain(text)) is not None

    def offers_crisis(self, text: str) -> bool:
        """Whether it has words that may be about self-harm (clinical.md 0.14)."""
        return self._crisis.search(plain(text)) is not None

    def is_stop(self, text: str) -> bool:
        """Whether it asks for no more messages: with these words and no other."""
        return plain(text) in self.stop

    @cached_property
    def _gate(self) -> re.Pattern[str]:
        return _any_of(self.gate)

    @cached_property
    def _crisis(self) -> re.Pattern[str]:
        return _any_of(self.crisis)


def plain(text: str) -> str:
    """Its words in small letters with one space between; accents, apostrophes and what nobody sees are gone."""
    letters = (
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if letter not in _APOSTROPHES and unicodedata.category(letter) not in {"Mn", "Cf"}
    )
    return " ".join(_WORD.findall("".join(letters)))


def _any_of(terms: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(re.escape(term).replace(re.escape(ENDING), r"\S*") for term in terms)
    return re.compile(rf"(?<!\S)(?:{words})(?!\S)")
