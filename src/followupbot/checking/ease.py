"""How easily a text reads, by each language's own measure: small counters of words, sentences and syllables."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

WORDS_KEPT = 8192
"""A programme has some thousand words in each language, and each again and again."""

_SENTENCE_ENDS = re.compile(r"(?<=[.!?:…])[”»\")]*\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

_EN_VOWELS = re.compile(r"[aeiouy]+")
_EN_SILENT = re.compile(r"(?:[^laeiouy]|[aeiouy]l)es?$|[^tdaeiouy]ed$")
"""`time`, `takes`, `asked`; not `little`, `needed`."""
_EN_APART = re.compile(r"i(?:a(?!l)|o(?!n|us)|ent)|eo(?!p)|(?<=e)ing|ua[lt]|(?<=[^q])uie|ying|creat")
"""Neighbours that are said apart: `diary`, `period`, `being`."""

_ES_STRONG = "aáeéíoóú"
_ES_SILENT_U = re.compile(r"(?<=[qg])u(?=[eéií])")
_ES_NUCLEI = re.compile(r"[aáeéiíoóuúüy]+")


@dataclass(frozen=True)
class Counted:
    """A text in figures."""

    sentences: tuple[int, ...]
    """How many words each has."""
    syllables: int

    @property
    def words(self) -> int:
        """All of them."""
        return sum(self.sentences)


@dataclass(frozen=True)
class Measure:
    """A measure of reading ease, from a count. `harder_is_more`: a limit is the most it may be, else the least."""

    of: Callable[[Counted], float]
    syllables: Callable[[str], int]
    harder_is_more: bool


def count(text: str, syllables: Callable[[str], int]) -> Counted:
    """The text in figures. A line ends a sentence; a number is one word of one syllable."""
    found = [[word.casefold() for word in _WORD.findall(piece)] for piece in _SENTENCE_ENDS.split(text)]
    spoken = [words for words in found if words]
    return Counted(
        tuple(len(words) for words in spoken),
        sum(1 if word[0].isdigit() else syllables(word) for words in spoken for word in words),
    )


def sentences(text: str) -> Iterator[str]:
    """Each sentence, a line without a full stop too."""
    for piece in _SENTENCE_ENDS.split(text):
        if _WORD.search(piece):
            yield piece.strip()


@lru_cache(maxsize=WORDS_KEPT)
def english_syllables(word: str) -> int:
    """Roughly: groups of vowels, less a silent e, and those said apart counted apart."""
    word = re.sub(r"[^a-z]", "", word)
    groups = len(_EN_VOWELS.findall(word)) + len(_EN_APART.findall(word))
    if groups > 1 and _EN_SILENT.search(word) and not re.search(r"(?:[cgsxz]|ch|sh)es$", word):
        groups -= 1
    return max(groups, 1)


@lru_cache(maxsize=WORDS_KEPT)
def spanish_syllables(word: str) -> int:
    """Groups of vowels, where a, e, o and every stressed i or u are each a syllable of their own; h parts nothing."""
    spoken = _ES_SILENT_U.sub("", word).replace("h", "")
    if spoken.startswith("y") and len(spoken) > 1:
        spoken = spoken[1:]
    spoken = re.sub(r"(?<=[aáeéoó])y(?=[aáeéiíoóuú])", "-", spoken)
    return max(sum(max(1, sum(vowel in _ES_STRONG for vowel in group)) for group in _ES_NUCLEI.findall(spoken)), 1)


def _flesch_kincaid(text: Counted) -> float:
    """Years of school (Kincaid 1975)."""
    return 0.39 * text.words / len(text.sentences) + 11.8 * text.syllables / text.words - 15.59


def _inflesz(text: Counted) -> float:
    """Szigriszt-Pazos 1993, on the scale of Barrio-Cantalejo 2008: from 55 normal, from 65 fairly easy."""
    return 206.835 - 62.3 * text.syllables / text.words - text.words / len(text.sentences)


MEASURES: Mapping[str, Measure] = {
    "flesch_kincaid": Measure(_flesch_kincaid, english_syllables, harder_is_more=True),
    "inflesz": Measure(_inflesz, spanish_syllables, harder_is_more=False),
}
"""A language names one of them in its `language.yaml`."""
