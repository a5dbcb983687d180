"""A YAML file becomes a tree whose every part knows its line and column; what is wrong with it becomes problems."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum
from typing import assert_never

from ruamel.yaml.events import MappingStartEvent, ScalarEvent

from followupbot.protocol_files.parts import NotYaml, Part, inside, parts_of, pass_over, start
from followupbot.protocol_files.problems import Place, Problem, Severity

NAMES_LISTED_MAX = 12
"""A problem lists what would have been known here; a longer list is not read."""

NEAR_MISS = 0.6
"""How alike two names are for one to be offered for the other; below, difflib offers nonsense."""


class Kind(StrEnum):
    """What YAML 1.2 takes a plain word for. The values are how a problem names them."""

    TEXT = "text"
    WHOLE = "a whole number"
    NUMBER = "a number"
    TRUTH = "true or false"
    DATE = "a date"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Scalar:
    """One word, number or text, as it was written."""

    at: Place
    text: str
    kind: Kind


@dataclass(frozen=True)
class Listing:
    """A list."""

    at: Place
    items: "tuple[Node, ...]"


@dataclass(frozen=True)
class Table:
    """Keys and what stands behind each; a key stands there once."""

    at: Place
    entries: "tuple[tuple[Scalar, Node], ...]"

    def get(self, name: str) -> "Node | None":
        """What stands behind that key."""
        return next((value for key, value in self.entries if key.text == name), None)


Node = Scalar | Listing | Table

Path = tuple[str | int, ...]
"""Keys and positions from the top of a file down to one value: `("rules", 3, "when")`."""

KINDS = {
    "tag:yaml.org,2002:str": Kind.TEXT,
    "tag:yaml.org,2002:int": Kind.WHOLE,
    "tag:yaml.org,2002:float": Kind.NUMBER,
    "tag:yaml.org,2002:bool": Kind.TRUTH,
    "tag:yaml.org,2002:timestamp": Kind.DATE,
    "tag:yaml.org,2002:null": Kind.NOTHING,
    "tag:yaml.org,2002:merge": Kind.TEXT,
}
TAGS = frozenset((*KINDS, "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"))


class Reading:
    """One file while it is read: the problems found so far, and the place of every value by its path."""

    def __init__(self, file: str, content: bytes) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.places: dict[Path, Place] = {(): Place()}
        self.top = self._parse(content)

    def report(self, at: Place, message: str, severity: Severity = Severity.ERROR) -> None:
        """One more problem; the same one is kept once."""
        problem = Problem(self.file, at.line, at.column, message, severity)
        if problem not in self.problems:
            self.problems.append(problem)

    def at(self, *path: str | int) -> Place:
        """Where that value stands, or the nearest thing above it that does stand in the file."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def complain(self, path: Path, message: str, severity: Severity = Severity.ERROR) -> None:
        """A problem with the value at that path."""
        self.report(self.at(*path), message, severity)

    def _parse(self, content: bytes) -> Node | None:
        try:
            parts = iter(parts_of(content))
        except NotYaml as error:
            for place, message in error.found:
                self.report(place, message)
            return None
        return self._node(next(parts), parts, ())

    def _node(self, part: Part, parts: Iterator[Part], path: Path) -> Node:
        """The node that begins with the part; those after it are taken up to its end."""
        event, tag = part
        at = start(event)
        self.places.setdefault(path, at)
        if tag not in TAGS:
            self.report(at, f"the tag {tag.replace('tag:yaml.org,2002:', '!!')} has no meaning here; leave it out")
        if isinstance(event, ScalarEvent):
            return Scalar(at, event.value, KINDS.get(tag, Kind.TEXT))
        if isinstance(event, MappingStartEvent):
            return Table(at, tuple(self._entries(parts, path)))
        return Listing(at, tuple(self._node(item, parts, (*path, n)) for n, item in enumerate(inside(parts))))

    def _entries(self, parts: Iterator[Part], path: Path) -> Iterator[tuple[Scalar, Node]]:
        lines: dict[str, int] = {}
        for part in inside(parts):
            key = self._node(part, parts, (*path, "?"))
            if not isinstance(key, Scalar):
                self.report(key.at, "a key is one word")
                pass_over(parts)
            elif key.text in lines:
                self.report(key.at, f'"{key.text}" stands here twice; it is in line {lines[key.text]} already')
                pass_over(parts)
            else:
                lines[key.text] = key.at.line
                value = self._node(next(parts), parts, (*path, key.text))
                # What is left empty has no place of its own to point at; its key has one.
                if isinstance(value, Scalar) and value.kind is Kind.NOTHING and not value.text:
                    value = Scalar(key.at, "", Kind.NOTHING)
                    self.places[*path, key.text] = key.at
                yield key, value


def describe(node: Node) -> str:
    """The node as a problem quotes it."""
    match node:
        case Scalar(_, "", Kind.NOTHING):
            return "nothing"
        case Scalar(_, text, Kind.TEXT):
            return f'"{text if len(text) <= 40 else text[:39] + "…"}"'
        case Scalar(_, text, _):
            return text
        case Listing():
            return "a list"
        case Table():
            return "keys with values"
        case _:
            assert_never(node)


def likeliest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; None where none is like it."""
    meant = word.lower()

    def likeness(name: str) -> tuple[float, bool]:
        # Of two that are as like, whoever slips writes the first letter right: "munday" is no Sunday.
        return round(SequenceMatcher(None, name, meant).ratio(), 1), name[:1] == meant[:1]

    return max(get_close_matches(meant, sorted(known), n=3, cutoff=NEAR_MISS), key=likeness, default=None)


def nearest(word: str, known: Iterable[str]) -> str:
    """What to write after a problem with an unknown word: the likeliest of the known ones, or which there are."""
    names = sorted(known)
    meant = likeliest(word, names)
    if meant:
        return f'; did you mean "{meant}"?'
    if not names or len(names) > NAMES_LISTED_MAX:
        return ""
    return f"; known here: {', '.join(names)}"
