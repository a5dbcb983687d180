"""A YAML file becomes a tree whose every part knows its line and column; what is wrong with it becomes problems."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import assert_never

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as ComposedNode

FILE_BYTES_MAX = 256 * 1024
"""Ten times the longest care protocol we can think of; anything larger is not one."""

DEPTH_MAX = 40
"""Lists and keys inside each other; a rule that a person can read has ten at most."""

NAMES_LISTED_MAX = 12
"""A problem lists what would have been known here; a longer list is not read."""

NEAR_MISS = 0.6
"""How alike two names are for one to be offered for the other; below, difflib offers nonsense."""


class Severity(StrEnum):
    """An error keeps a programme from being published; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, and where. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """As editors and compilers write it, so that a terminal makes a link of it."""
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message}"


class Problems(Exception):
    """Everything that is wrong, in the order of files and lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Place:
    """Where something stands in its file."""

    line: int = 1
    column: int = 1


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
            return self._node(_composed(content), ())
        except _NotYaml as error:
            for place, message in error.found:
                self.report(place, message)
            return None

    def _node(self, composed: ComposedNode, path: Path) -> Node:
        at = Place(composed.start_mark.line + 1, composed.start_mark.column + 1)
        self.places.setdefault(path, at)
        tag = str(composed.tag)
        if tag not in TAGS:
            self.report(at, f"the tag {tag.replace('tag:yaml.org,2002:', '!!')} has no meaning here; leave it out")
        match composed:
            case ScalarNode():
                return Scalar(at, composed.value, KINDS.get(tag, Kind.TEXT))
            case SequenceNode():
                return Listing(at, tuple(self._node(item, (*path, n)) for n, item in enumerate(composed.value)))
            case MappingNode():
                return Table(at, tuple(self._entries(composed, path)))
            case _:
                raise AssertionError(f"YAML has no node of type {type(composed).__name__}")

    def _entries(self, composed: MappingNode, path: Path) -> Iterator[tuple[Scalar, Node]]:
        lines: dict[str, int] = {}
        for key_node, value_node in composed.value:
            key = self._node(key_node, (*path, "?"))
            if not isinstance(key, Scalar):
                self.report(key.at, "a key is one word")
            elif key.text in lines:
                self.report(key.at, f'"{key.text}" stands here twice; it is in line {lines[key.text]} already')
            else:
                lines[key.text] = key.at.line
                value = self._node(value_node, (*path, key.text))
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
    return next(iter(get_close_matches(word.lower(), sorted(known), n=1, cutoff=NEAR_MISS)), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """What to write after a problem with an unknown word: the likeliest of the known ones, or which there are."""
    names = sorted(known)
    meant = likeliest(word, names)
    if meant:
        return f'; did you mean "{meant}"?'
    if not names or len(names) > NAMES_LISTED_MAX:
        return ""
    return f"; known here: {', '.join(names)}"


class _NotYaml(Exception):
    def __init__(self, *found: tuple[Place, str]) -> None:
        self.found = found


def _composed(content: bytes) -> ComposedNode:
    if len(content) > FILE_BYTES_MAX:
        raise _NotYaml((Place(), f"the file is larger than {FILE_BYTES_MAX // 1024} KB"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = Place(content.count(b"\n", 0, error.start) + 1, error.start - content.rfind(b"\n", 0, error.start))
        raise _NotYaml((at, "this is not UTF-8 text; save the file as UTF-8")) from None
    try:
        aliases = _aliases(text)
        composed = None if aliases else YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise _NotYaml((_place_of(error), _in_plain_words(error))) from None
    except (YAMLError, ValueError) as error:
        raise _NotYaml((Place(), f"this is not YAML: {error}")) from None
    if aliases:
        raise _NotYaml(*((at, f"*{name} stands for another part; write that part out here") for at, name in aliases))
    if composed is None:
        raise _NotYaml((Place(), "the file is empty"))
    assert isinstance(composed, ComposedNode)
    return composed


def _aliases(text: str) -> list[tuple[Place, str]]:
    """Every alias and its place, before anything is built from them. Raises _NotYaml where the file lies too deep."""
    found = []
    depth = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        at = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, AliasEvent):
            found.append((at, str(event.anchor)))
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEPTH_MAX:
            raise _NotYaml((at, "lists or keys lie too deep inside each other"))
    return found


def _place_of(error: MarkedYAMLError) -> Place:
    opened = "quoted scalar" in str(error.context)  # where it opens says more than where the file ends
    mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place()


def _in_plain_words(error: MarkedYAMLError) -> str:
    problem = error.problem or "something is missing"
    if "'\\t'" in problem:
        return "a line may not begin with a tab; use spaces"
    if "mapping values are not allowed" in problem:
        return "a colon too many in this line; put text with a colon in quotes"
    if "unexpected end of stream" in problem and "quoted scalar" in str(error.context):
        return "a quotation mark opens here and never closes"
    if "another document" in str(error.context) + problem:
        return 'the file has a second part after "---"; only one is read'
    return f"this is not YAML: {problem}"
