"""`messages/<language>/lexicon.yaml` becomes a `Lexicon`: which words in free text count, and for what."""

from collections.abc import Mapping
from dataclasses import dataclass

from followupbot.domain.day_times import HOURS_MAX, MINUTES_MAX, DayTimes
from followupbot.domain.lexicon import ENDING, Lexicon, Theme
from followupbot.domain.numbers import Numbers
from followupbot.domain.spelling import plain
from followupbot.protocol_files.reading import Node, Reading
from followupbot.protocol_files.shapes import Field, Keyed, Many, Name, Record, Schema, Text, Unreadable, Whole, refuse

LEXICON_FILE = "lexicon.yaml"

TERMS_MAX = 500

NUMBER_MAX = 100
"""That has a word of its own; larger ones are typed in digits."""

BEGINNING_MIN = 3
"""Letters before a star; with fewer, half of all words begin so."""


@dataclass(frozen=True)
class Term:
    """One or more words, as texts are compared with them; `endings` says whether a star may end one."""

    endings: bool = True

    def read(self, node: Node, reading: Reading) -> str:
        """The term. What is written otherwise could never match, or would match everything."""
        text = Text("a word, or several").read(node, reading)
        words = [plain(word) + (ENDING if self.endings and word.endswith(ENDING) else "") for word in text.split()]
        compared = " ".join(words)
        if compared != text:
            hint = f'; write "{compared}"' if compared.strip(f"{ENDING} ") else ""
            star = f"a {ENDING} only at the end of a word" if self.endings else f"no {ENDING}"
            expected = f"small letters and digits, without accents, {star}"
            raise refuse(node, expected, reading, hint)
        if any(word.endswith(ENDING) and len(word) <= BEGINNING_MIN for word in words):
            raise refuse(node, f"at least {BEGINNING_MIN} letters before {ENDING}", reading)
        return text

    def schema(self) -> Schema:
        """A short string."""
        return Text().schema()


def _lexicon(
    gate: Mapping[str, tuple[str, ...]],
    numbers: Numbers,
    times: DayTimes,
    places: tuple[str, ...],
    **others: tuple[str, ...],
) -> Lexicon:
    terms = {Theme.GATE: tuple(term for group in gate.values() for term in group)}
    return Lexicon(terms | {Theme(name): found for name, found in others.items()}, numbers, times, places)


def _numbers(
    words: Mapping[str, int], around: tuple[str, ...], between: tuple[str, ...], out_of: tuple[str, ...]
) -> Numbers:
    return Numbers(words, around, frozenset(between), out_of)


def _times(
    around: tuple[str, ...],
    hours: Mapping[str, int],
    parts: Mapping[str, int],
    morning: tuple[str, ...],
    afternoon: tuple[str, ...],
    **between: tuple[str, ...],
) -> DayTimes:
    single = {name: frozenset(words) for name, words in between.items()}
    return DayTimes(around, hours, parts, morning=morning, afternoon=afternoon, **single)


_TERMS = Many(Term(), 1, TERMS_MAX)
_BESIDE = Many(Term(endings=False), 0, TERMS_MAX)

NUMBERS = Record(
    "words for numbers",
    (
        Field("words", Keyed(Name(str, "one word"), Whole(0, NUMBER_MAX)), doc="Each word for a number."),
        Field("around", _BESIDE, (), "Words beside a number that change nothing about it."),
        Field("between", _BESIDE, (), "Words between two numbers: then it is asked which."),
        Field("out_of", _BESIDE, (), "What stands before the highest number of a scale."),
    ),
    _numbers,
)

TIMES = Record(
    "words for times of day",
    (
        Field("around", _BESIDE, (), "Words beside a time that change nothing about it."),
        Field("hours", Keyed(Name(str, "one word"), Whole(0, HOURS_MAX)), {}, "Words for an hour that are no number."),
        Field("parts", Keyed(Name(str, "one word"), Whole(0, MINUTES_MAX)), {}, "Words for so many minutes."),
        Field("past", _BESIDE, (), "Words between minutes and the hour before them."),
        Field("to", _BESIDE, (), "Words between minutes and the hour after them."),
        Field("plus", _BESIDE, (), "Words between an hour and the minutes after it."),
        Field("minus", _BESIDE, (), "Words between an hour and the minutes before it."),
        Field("noon", _BESIDE, (), "Words for twelve at noon."),
        Field("morning", _BESIDE, (), "What says that an hour is before noon."),
        Field("afternoon", _BESIDE, (), "What says that an hour is after noon."),
    ),
    _times,
)

LEXICON = Record(
    "a lexicon",
    (
        Field("gate", Keyed(Name(str), _TERMS), doc="Words that offer the gate, by what they may be about."),
        Field("crisis", _TERMS, doc="Words that offer the button for thoughts of self-harm."),
        Field("death", _TERMS, doc="Words that hold back what we start until staff have read them."),
        Field("admission", _TERMS, doc="The same, for somebody who is in hospital."),
        Field("stop", _TERMS, doc="Whole messages that ask for no more messages."),
        Field("numbers", NUMBERS, Numbers(), "How numbers are written in words, where a question asks for one."),
        Field("times", TIMES, DayTimes(), "How times of day are written in words, where an hour is asked for."),
        Field("places", _BESIDE, (), "Words beside a place that change nothing about it, where one is asked for."),
    ),
    _lexicon,
)


def read_lexicon(reading: Reading) -> Lexicon | None:
    """The lexicon; None where a part could not be read, all of which is then reported."""
    if reading.top is None:
        return None
    try:
        found = LEXICON.read(reading.top, reading)
    except Unreadable:
        return None
    if not found.terms[Theme.GATE]:
        reading.complain(("gate",), "no word offers the gate")
        return None
    return found
