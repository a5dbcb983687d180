"""Numbers as people write them: 7, seven, "about 7", "7/10", "siete de diez". The words are each language's own."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from followupbot.domain.spelling import plain, without

DIGITS_MAX = 6
"""Of a number that somebody means; a longer one is beyond every scale, and is given as `BEYOND`."""

BEYOND = 10**DIGITS_MAX

SEVERAL: Literal["several"] = "several"

_DIGITS = re.compile(r"[0-9]+")
_FRACTION = re.compile(r"[0-9]\s*[.,]\s*[0-9]")
_OTHERWISE = re.compile(r"(?:^|[^\s0-9])\s*[-−]\s*[0-9]|[<>+%]")  # what phones write for minus
"""Below nought, more than, less than, a part of: no number by itself."""

_OUT_OF = "/"


def says_otherwise(text: str) -> bool:
    """Whether it says more about a number than which it is: less, a part, in figures that are nobody's digits."""
    return bool(_OTHERWISE.search(text)) or any(letter.isnumeric() and not letter.isascii() for letter in text)


@dataclass(frozen=True)
class Numbers:
    """One language's words for numbers, and those that may stand beside one; all written as `plain` leaves a text."""

    words: Mapping[str, int] = field(default_factory=dict)
    around: tuple[str, ...] = ()
    """One or more words that change nothing about a number: "about", "my pain is"."""
    between: frozenset[str] = frozenset()
    """They stand between two numbers: "or", "to"."""
    out_of: tuple[str, ...] = ()
    """What stands before the highest point of a scale: "out of"."""

    def beside(self, others: Iterable["Numbers"]) -> "Numbers":
        """The same with the words for numbers of these languages too; a word of both is this one's."""
        words: dict[str, int] = {}
        for other in others:
            words |= other.words
        return replace(self, words={**words, **self.words})

    def read(self, text: str, highest: int | None = None) -> int | Literal["several"] | None:
        """The number that is meant; that several are, or none that is whole; None where the text says more than that.

        `highest` is the scale's: "7 out of 10" is 7 where it is 10, and nothing that anybody can be sure of elsewhere.
        """
        found = self.all_in(text, highest)
        if found is None:
            return None
        return found[0] if len(found) == 1 and not _FRACTION.search(text) else SEVERAL

    def all_in(self, text: str, highest: int | None = None) -> tuple[int, ...] | None:
        """Every number in it, in its order; None where there is none, or where any other word stands beside them."""
        if says_otherwise(text):
            return None
        tokens = self._without_highest(
            f" {_OUT_OF} ".join(plain(part) for part in text.split(_OUT_OF)).split(), highest
        )
        numbers = self._numbers(without(tokens, self.around))
        return tuple(numbers) if numbers else None

    def _without_highest(self, tokens: list[str], highest: int | None) -> list[str]:
        for words in (_OUT_OF, *self.out_of):
            tail = words.split()
            cut = len(tokens) - len(tail) - 1
            if highest is not None and cut > 0 and tokens[cut:-1] == tail and self.one(tokens[-1]) == highest:
                return tokens[:cut]
        return tokens

    def _numbers(self, tokens: Sequence[str]) -> list[int] | None:
        """The numbers that these words are; None where one of them is no number. Of two words none is put together."""
        found = [(token, self.one(token)) for token in tokens]
        if any(number is None and token != _OUT_OF and token not in self.between for token, number in found):
            return None
        return [number for _, number in found if number is not None]

    def one(self, token: str) -> int | None:
        """The number that this one word is; None where it is none."""
        if _DIGITS.fullmatch(token) and token.isascii():
            return int(token) if len(token.lstrip("0")) <= DIGITS_MAX else BEYOND
        return self.words.get(token)
