"""The words of a language that count in free text. Negation is not read (clinical.md 0.8).

"I can't feel it when I pee" is a symptom, so a word counts wherever it stands. What matches offers something and does
nothing else: it answers no question, and lowers or closes nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from followupbot.domain.day_times import DayTimes
from followupbot.domain.numbers import Numbers
from followupbot.domain.spelling import plain

ENDING = "*"
"""A word of a term that ends so stands for every word that begins so."""

_NOTHING = re.compile(r"(?!)")


class Theme(StrEnum):
    """What a list of words is about."""

    GATE = "gate"
    CRISIS = "crisis"
    DEATH = "death"
    ADMISSION = "admission"
    STOP = "stop"


WHOLE = frozenset((Theme.STOP,))
"""Such words count only as the whole message: "I can't stop leaking" stops nothing."""


@dataclass(frozen=True)
class Lexicon:
    """One language's terms, each of one or more words in a row, written as `plain` leaves a text.

    Beside them its words for numbers and times of day, and those that may stand beside a place, "I live in".
    """

    terms: Mapping[Theme, tuple[str, ...]] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)
    times: DayTimes = field(default_factory=DayTimes)
    places: tuple[str, ...] = ()

    def themes(self, text: str) -> frozenset[Theme]:
        """What that text touches, by any of its words."""
        words = plain(text)
        return frozenset(
            theme
            for theme, pattern in self._patterns.items()
            if (pattern.fullmatch(words) if theme in WHOLE else pattern.search(words))
        )

    @cached_property
    def _patterns(self) -> Mapping[Theme, re.Pattern[str]]:
        return {theme: _any_of(terms) for theme, terms in self.terms.items()}


def _any_of(terms: tuple[str, ...]) -> re.Pattern[str]:
    if not terms:
        return _NOTHING
    words = "|".join(re.escape(term).replace(re.escape(ENDING), r"\S*") for term in terms)
    return re.compile(rf"(?<!\S)(?:{words})(?!\S)")
