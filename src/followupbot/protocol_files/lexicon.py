"""`messages/<language>/lexicon.yaml` becomes a `Lexicon`: which words in free text count, and for what."""

from collections.abc import Mapping
from dataclasses import dataclass

from followupbot.domain.lexicon import ENDING, Lexicon, Theme, plain
from followupbot.protocol_files.reading import Node, Reading
from followupbot.protocol_files.shapes import Field, Keyed, Many, Name, Record, Schema, Text, Unreadable, refuse

LEXICON_FILE = "lexicon.yaml"

TERMS_MAX = 500

BEGINNING_MIN = 3
"""Letters before a star; with fewer, half of all words begin so."""


@dataclass(frozen=True)
class Term:
    """One or more words, as texts are compared with them."""

    def read(self, node: Node, reading: Reading) -> str:
        """The term. What is written otherwise could never match, or would match everything."""
        text = Text("a word, or several").read(node, reading)
        words = [plain(word) + (ENDING if word.endswith(ENDING) else "") for word in text.split()]
        compared = " ".join(words)
        if compared != text:
            hint = f'; write "{compared}"' if compared.strip(f"{ENDING} ") else ""
            expected = f"small letters and digits, without accents, a {ENDING} only at the end of a word"
            raise refuse(node, expected, reading, hint)
        if any(word.endswith(ENDING) and len(word) <= BEGINNING_MIN for word in words):
            raise refuse(node, f"at least {BEGINNING_MIN} letters before {ENDING}", reading)
        return text

    def schema(self) -> Schema:
        """A short string."""
        return Text().schema()


def _lexicon(gate: Mapping[str, tuple[str, ...]], **others: tuple[str, ...]) -> Lexicon:
    terms = {Theme.GATE: tuple(term for group in gate.values() for term in group)}
    return Lexicon(terms | {Theme(name): found for name, found in others.items()})


_TERMS = Many(Term(), 1, TERMS_MAX)

LEXICON = Record(
    "a lexicon",
    (
        Field("gate", Keyed(Name(str), _TERMS), doc="Words that offer the gate, by what they may be about."),
        Field("crisis", _TERMS, doc="Words that offer the button for thoughts of self-harm."),
        Field("death", _TERMS, doc="Words that hold back what we start until staff have read them."),
        Field("admission", _TERMS, doc="The same, for somebody who is in hospital."),
        Field("stop", _TERMS, doc="Whole messages that ask for no more messages."),
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
