"""A language's `lexicon.yaml` becomes its `Lexicon`."""

from collections.abc import Mapping

from followupbot.domain.lexicon import Lexicon, Theme, normalised
from followupbot.protocol_files.reading import Node, Reading
from followupbot.protocol_files.shapes import Field, Keyed, Many, Name, Record, Schema, Text, Unreadable, refuse

EXPECTED = "one or more words; a word may end in *"


class Term:
    """One or more words in a row; a word that ends in `*` stands for every word that begins so."""

    def read(self, node: Node, reading: Reading) -> str:
        """The term as it is written."""
        term = Text(EXPECTED).read(node, reading)
        if not all(normalised(word) and "*" not in word[:-1] for word in term.split()):
            raise refuse(node, EXPECTED, reading)
        return term

    def schema(self) -> Schema:
        """A short string."""
        return Text().schema()


_TERMS = Many(Term())


def _lexicon(gate: Mapping[str, tuple[str, ...]], **others: tuple[str, ...]) -> Lexicon:
    terms = {Theme.GATE: tuple(term for group in gate.values() for term in group)}
    return Lexicon(terms | {Theme(name): found for name, found in others.items()})


LEXICON = Record(
    "a language's lists of words",
    (
        Field("gate", Keyed(Name(str), _TERMS), doc="Any of these offers the red-flag screens; in groups."),
        Field("crisis", _TERMS, (), "Any of these offers the button about harming oneself."),
        Field("death", _TERMS, (), "Any of these holds back what we start until staff have read it."),
        Field("admission", _TERMS, (), "The same, for somebody who is in hospital."),
        Field("stop", _TERMS, (), "As a whole message: no more messages."),
    ),
    _lexicon,
)


def read_lexicon(path: str, content: bytes) -> tuple[Lexicon, Reading]:
    """The lists, empty where they could not be read; the reading has what is wrong with them."""
    reading = Reading(path, content)
    try:
        return (Lexicon() if reading.top is None else LEXICON.read(reading.top, reading)), reading
    except Unreadable:
        return Lexicon(), reading
