"""The parts of a YAML file in the order written, each with its tag; and why a file is not YAML, in plain words."""

import re
import unicodedata
from collections.abc import Iterator

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
from ruamel.yaml.reader import ReaderError

from followupbot.protocol_files.problems import Place

FILE_BYTES_MAX = 256 * 1024
"""Ten times the longest care protocol we can think of; anything larger is not one."""

DEPTH_MAX = 40
"""Lists and keys inside each other; a rule that a person can read has ten at most."""


ALIASES_TOLD_MAX = 5
"""Each is written out in the same way, and somebody may have used hundreds."""

_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?=\s|$)", re.MULTILINE)
"""What git leaves in a file in which two people changed the same lines."""

_GLUED = re.compile(r"(?P<key>[\s\-]*[A-Za-z_][\w]*):(?=[^\s:])")

_NO_ORDINARY_SPACE = frozenset({"Cf", "Zs", "Zl", "Zp"})
"""Letters that look like a space or like nothing, as word processors write them; YAML takes them for letters."""


class NotYaml(Exception):
    """It is not, in these places."""

    def __init__(self, *found: tuple[Place, str]) -> None:
        self.found = found


Part = tuple[Event, str]
"""Where a node begins, with its tag; or where a list or a table ends."""


def parts_of(content: bytes) -> list[Part]:
    """The nodes of the file's one document, in the order written. NotYaml."""
    if len(content) > FILE_BYTES_MAX:
        raise NotYaml((Place(), f"the file is larger than {FILE_BYTES_MAX // 1024} KB"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        at = Place(content.count(b"\n", 0, error.start) + 1, error.start - content.rfind(b"\n", 0, error.start))
        raise NotYaml((at, "this is not UTF-8 text; save the file as UTF-8")) from None
    try:
        try:
            # Not the round-trip type: it gathers comments, which takes longer than all else.
            return _parsed(text, YAML(typ="safe"))
        except YAMLError:  # that scanner is in C, where there is one; why it refuses a text this one says better
            return _parsed(text, YAML(typ="safe", pure=True))
    except MarkedYAMLError as error:
        raise NotYaml(_slip(text, _place_of(error)) or (_place_of(error), _in_plain_words(error))) from None
    except ReaderError as error:
        lines = text[: error.position].split("\n")
        what = f"the character U+{ord(text[error.position]):04X} may not stand here; delete it"
        raise NotYaml((Place(len(lines), len(lines[-1]) + 1), what)) from None
    except (YAMLError, ValueError) as error:
        raise NotYaml((Place(), f"this is not YAML: {error}")) from None


def _parsed(text: str, yaml: YAML) -> list[Part]:
    parts: list[Part] = []
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
                raise NotYaml((start(event), "lists or keys lie too deep inside each other"))
            parts.append((event, _tag(yaml, event)))
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
            parts.append((event, ""))
        elif isinstance(event, AliasEvent):
            aliases.append((start(event), str(event.anchor)))
        elif isinstance(event, DocumentStartEvent):
            documents.append(start(event))
    if aliases:
        told = [(at, f"*{name} stands for another part; write that part out here") for at, name in aliases]
        if len(told) > ALIASES_TOLD_MAX:
            at, text = told[0]
            told = [(at, f"{text}; so do {len(told) - 1} more below")]
        raise NotYaml(*told)
    if not documents:
        raise NotYaml((Place(), "the file is empty"))
    if len(documents) > 1:
        raise NotYaml((documents[1], 'the file has a second part after "---"; only one is read'))
    return parts


def _tag(yaml: YAML, event: ScalarEvent | CollectionStartEvent) -> str:
    """The tag as it is written, or what YAML 1.2 takes the node for."""
    if event.ctag is not None and str(event.ctag) != "!":
        return str(event.ctag)
    if isinstance(event, ScalarEvent):
        return str(yaml.resolver.resolve(ScalarNode, event.value, event.implicit))
    kind = MappingNode if isinstance(event, MappingStartEvent) else SequenceNode
    return str(yaml.resolver.resolve(kind, None, event.implicit))


def start(event: Event) -> Place:
    """Where it begins."""
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def inside(parts: Iterator[Part]) -> Iterator[Part]:
    """Where each node inside a list or a table begins, up to its end; whoever takes one takes all of it."""
    for part in parts:
        if isinstance(part[0], CollectionEndEvent):
            return
        yield part


def pass_over(parts: Iterator[Part]) -> None:
    """One node is left unread."""
    depth = 0
    for event, _ in parts:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth == 0:
            return


def _slip(text: str, at: Place) -> tuple[Place, str] | None:
    """What people do that leaves a file no YAML, and that its parser has no words for; and where it is."""
    conflict = _CONFLICT.search(text)
    if conflict:
        what = "two versions were joined here and none was chosen; keep one, and delete this mark"
        return Place(text.count("\n", 0, conflict.start()) + 1, 1), what
    lines = text.split("\n")
    # What is wrong with a line is often noticed in the one below.
    for number in (at.line, at.line - 1):
        line = lines[number - 1] if 0 < number <= len(lines) else ""
        for column, letter in enumerate(line, 1):
            if letter != " " and unicodedata.category(letter) in _NO_ORDINARY_SPACE:
                return Place(
                    number, column
                ), f"this looks like a space and is U+{ord(letter):04X}; type an ordinary one"
        glued = _GLUED.match(line)
        if glued:
            return Place(number, len(glued["key"]) + 1), "a colon needs a space behind it"
    return None


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
