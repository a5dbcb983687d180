"""Texts as they are compared: what people write differently, and mean alike."""

import re
import unicodedata

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
