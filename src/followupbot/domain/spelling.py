"""Texts as they are compared: what people write differently, and mean alike."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

_APOSTROPHES = "'’‘ʼ´`"
"""What phones write for one."""
_WORD = re.compile(r"[^\W_]+")


def plain(text: str) -> str:
    """Its words in small letters with one space between; accents, apostrophes and what nobody sees are gone."""
    letters = (
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if letter not in _APOSTROPHES and unicodedata.category(letter) not in {"Mn", "Cf"}
    )
    return " ".join(_WORD.findall("".join(letters)))


def without(tokens: Sequence[str], phrases: Iterable[str]) -> list[str]:
    """The words that are left once each of these phrases, written as `plain` leaves a text, is taken out."""
    found = [tuple(phrase.split()) for phrase in phrases]
    left: list[str] = []
    at = 0
    while at < len(tokens):
        length = max((len(words) for words in found if tuple(tokens[at : at + len(words)]) == words), default=0)
        if not length:
            left.append(tokens[at])
        at += max(1, length)
    return left
