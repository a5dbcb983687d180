"""The words of a language that count in what a patient writes of their own accord. Negation is not read (clinical.md
0.8): "I can't feel it when I pee" is a symptom, so a word counts wherever it stands.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

_APOSTROPHES = re.compile(r"['’ʼ`´]")
_OTHER = re.compile(r"[^a-z0-9]+")
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
    """One language's lists, as they are written: one or more words in a row; `leak*` is every word that begins so."""

    terms: Mapping[Theme, tuple[str, ...]] = field(default_factory=dict)

    def themes(self, text: str) -> frozenset[Theme]:
        """What that text touches, by any of its words."""
        plain = normalised(text)
        return frozenset(
            theme
            for theme, pattern in self._patterns.items()
            if (pattern.fullmatch(plain) if theme in WHOLE else pattern.search(plain))
        )

    @cached_property
    def _patterns(self) -> Mapping[Theme, re.Pattern[str]]:
        return {theme: _pattern(terms) for theme, terms in self.terms.items()}


def normalised(text: str) -> str:
    """Small letters and digits with single spaces between words; accents and apostrophes taken out."""
    letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text.casefold()))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _OTHER.sub(" ", bare).strip()


def _pattern(terms: Iterable[str]) -> re.Pattern[str]:
    phrases = [" ".join(_word(word) for word in term.split()) for term in terms]
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(phrases)})(?![a-z0-9])") if phrases else _NOTHING


def _word(word: str) -> str:
    return re.escape(normalised(word)) + ("[a-z0-9]*" if word.endswith("*") else "")
