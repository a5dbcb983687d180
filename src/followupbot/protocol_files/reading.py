"""A YAML file becomes a tree whose every part knows its line and column; what is wrong with it becomes problems."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum
from typing import assert_never

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

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
            parts = iter(_parts(content))
        except _NotYaml as error:
            for place, message in error.found:
                self.report(place, message)
            return None
        return self._node(next(parts), parts, ())

    def _node(self, part: "_Part", parts: "Iterator[_Part]", path: Path) -> Node:
        """The node that begins with the part; those after it are taken up to its end."""
        event, tag = part
        at = _start(event)
        self.places.setdefault(path, at)
        if tag not in TAGS:
            self.report(at, f"the tag {tag.replace('tag:yaml.org,2002:', '!!')} has no meaning here; leave it out")
        if isinstance(event, ScalarEvent):
            return Scalar(at, event.value, KINDS.get(tag, Kind.TEXT))
        if isinstance(event, MappingStartEvent):
            return Table(at, tuple(self._entries(parts, path)))
        return Listing(at, tuple(self._node(item, parts, (*path, n)) for n, item in enumerate(_inside(parts))))

    def _entries(self, parts: "Iterator[_Part]", path: Path) -> Iterator[tuple[Scalar, Node]]:
        lines: dict[str, int] = {}
        for part in _inside(parts):
            key = self._node(part, parts, (*path, "?"))
            if not isinstance(key, Scalar):
                self.report(key.at, "a key is one word")
                _pass_over(parts)
            elif key.text in lines:
                self.report(key.at, f'"{key.text}" stands here twice; it is in line {lines[key.text]} already')
                _pass_over(parts)
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


class _NotYaml(Exception):
    def __init__(self, *found: tuple[Place, str]) -> None:
        self.found = found


_Part = tuple[Event, str]
"""Where a node begins, with its tag; or where a list or a table ends."""


def _parts(content: bytes) -> list[_Part]:
    """The nodes of the file's one document, in the order written."""
    if len(content) > FILE_BYTES_MAX:
        raise _NotYaml((Place(), f"the file is larger than {FILE_BYTES_MAX // 1024} KB"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = Place(content.count(b"\n", 0, error.start) + 1, error.start - content.rfind(b"\n", 0, error.start))
        raise _NotYaml((at, "this is not UTF-8 text; save the file as UTF-8")) from None
    try:
        try:
            # Not the round-trip type: it gathers comments, which takes longer than all else.
            return _parsed(text, YAML(typ="safe"))
        except YAMLError:  # that scanner is in C, where there is one; why it refuses a text this one says better
            return _parsed(text, YAML(typ="safe", pure=True))
    except MarkedYAMLError as error:
        raise _NotYaml((_place_of(error), _in_plain_words(error))) from None
    except (YAMLError, ValueError) as error:
        raise _NotYaml((Place(), f"this is not YAML: {error}")) from None


def _parsed(text: str, yaml: YAML) -> list[_Part]:
    parts: list[_Part] = []
    aliases: list[tuple[Place, str]] = []
    documents: list[Place] = []
    tags: dict[tuple[str, tuple[bool, bool]], str] = {}
    depth = 0
    for event in yaml.parse(text):
        if isinstance(event, ScalarEvent):
            # The same few words stand there again and again, and looking one up takes longer than reading it.
            word = (event.value, event.implicit)
            tag = tags.get(word) if event.ctag is None else _tag(yaml, event)
            if tag is None:
                tag = tags[word] = _tag(yaml, event)
            parts.append((event, tag))
        elif isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                raise _NotYaml((_start(event), "lists or keys lie too deep inside each other"))
            parts.append((event, _tag(yaml, event)))
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
            parts.append((event, ""))
        elif isinstance(event, AliasEvent):
            aliases.append((_start(event), str(event.anchor)))
        elif isinstance(event, DocumentStartEvent):
            documents.append(_start(event))
    if aliases:
        raise _NotYaml(*((at, f"*{name} stands for another part; write that part out here") for at, name in aliases))
    if not documents:
        raise _NotYaml((Place(), "the file is empty"))
    if len(documents) > 1:
        raise _NotYaml((documents[1], 'the file has a second part after "---"; only one is read'))
    return parts


def _tag(yaml: YAML, event: ScalarEvent | CollectionStartEvent) -> str:
    """The tag as it is written, or what YAML 1.2 takes the node for."""
    if event.ctag is not None and str(event.ctag) != "!":
        return str(event.ctag)
    if isinstance(event, ScalarEvent):
        return str(yaml.resolver.resolve(ScalarNode, event.value, event.implicit))
    kind = MappingNode if isinstance(event, MappingStartEvent) else SequenceNode
    return str(yaml.resolver.resolve(kind, None, event.implicit))


def _start(event: Event) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _inside(parts: Iterator[_Part]) -> Iterator[_Part]:
    """Where each node inside a list or a table begins, up to its end; whoever takes one takes all of it."""
    for part in parts:
        if isinstance(part[0], CollectionEndEvent):
            return
        yield part


def _pass_over(parts: Iterator[_Part]) -> None:
    """One node is left unread."""
    depth = 0
    for event, _ in parts:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth == 0:
            return


def _place_of(error: MarkedYAMLError) -> Place:
    # Where something opens says more than where the file ends, or the line after it that was read as a part of it.
    later = error.context_mark and error.problem_mark and error.problem_mark.line > error.context_mark.line
    opened = "quoted scalar" in str(error.context) or ("flow" in str(error.context) and later)
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
    if "flow mapping" in str(error.context):
        return "this is not YAML: after a { a comma or the } is missing"
    if "flow sequence" in str(error.context):
        return "this is not YAML: after a [ a comma or the ] is missing"
    if "expected the node content" in problem:
        return "this is not YAML: a value is missing here, or a bracket above is not closed"
    if "expected <block end>" in problem:
        return "this line has other spaces in front than those that it belongs to"
    return f"this is not YAML: {problem}"
