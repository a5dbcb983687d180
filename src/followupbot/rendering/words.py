"""Message files: an optional front matter, then the text. All files of one version are its words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from followupbot.domain.ids import Language, MessageKey, QuestionId

MESSAGE_BYTES_MAX = 4096
"""A template longer than the longest message that Telegram takes is a mistake."""

FRONT_MATTER_BYTES_MAX = 8192

MESSAGES_KEPT = 2048
"""Three times what ships: a command reads the same files several times, and reading them takes the longest."""

QUESTIONS = "questions/"

_FENCE = "---"
_PATH = re.compile(r"messages/([A-Za-z_]+)/(.+)\.j2")
_KEY = re.compile(r"[a-z0-9_]+(/[a-z0-9_]+)*")
_DATA = re.compile(r"messages/[A-Za-z_]+/(language|lexicon)\.yaml")
"""What lies among the messages for `checking`: how a language is measured, and which words offer the gate."""

_DATES = ("reviewed_on", "review_by")
_KNOWN = ("buttons", "title", "sources", *_DATES, "status")


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong with a message file, and where. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    message: str


class Unreadable(Exception):
    """The file holds no message."""

    def __init__(self, line: int, column: int, message: str) -> None:
        self.line, self.column, self.message = line, column, message
        super().__init__(f"{line}:{column}: {message}")


@dataclass(frozen=True)
class Source:
    """A template's text and where it begins in its file."""

    text: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True)
class Message:
    """One message in one language, as its file has it."""

    language: Language
    key: MessageKey
    file: str
    body: Source
    buttons: Mapping[str, Source] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    reviewed_on: date | None = None
    review_by: date | None = None
    review_line: int = 1
    title: str | None = None
    title_line: int = 1


class Words:
    """The messages of one version, by language and key. Files that hold none are its faults."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.messages: dict[Language, dict[MessageKey, Message]] = {}
        self.faults: list[Fault] = []
        for path in sorted(files):
            if path.startswith("messages/") and not _DATA.fullmatch(path):
                self._add(path, files[path])

    @property
    def languages(self) -> tuple[Language, ...]:
        """Every language that has a message."""
        return tuple(self.messages)

    def message(self, language: Language, key: MessageKey) -> Message:
        """That message. LookupError where there is none."""
        found = self.messages.get(language, {}).get(key)
        if found is None:
            raise LookupError(f"no message {key} in {language}")
        return found

    def labels(self) -> dict[Language, dict[QuestionId, dict[str, str]]]:
        """The words on the buttons of every question."""
        return {
            language: {
                QuestionId(key.removeprefix(QUESTIONS)): {name: source.text for name, source in found.buttons.items()}
                for key, found in messages.items()
                if key.startswith(QUESTIONS)
            }
            for language, messages in self.messages.items()
        }

    def __iter__(self) -> Iterator[Message]:
        """Every message, language by language."""
        for messages in self.messages.values():
            yield from messages.values()

    def _add(self, path: str, content: bytes) -> None:
        found = _PATH.fullmatch(path)
        if not found or not _KEY.fullmatch(found[2]):
            form = "messages/<language>/<name>.j2, in small letters, digits and _"
            self.faults.append(Fault(path, 1, 1, f"no message is read from a file of this name; expected {form}"))
            return
        language, key = Language(found[1]), MessageKey(found[2])
        try:
            message = read_message(language, key, path, content)
        except Unreadable as error:
            self.faults.append(Fault(path, error.line, error.column, error.message))
        else:
            self.messages.setdefault(language, {})[key] = message


@lru_cache(maxsize=MESSAGES_KEPT)
def read_message(language: Language, key: MessageKey, path: str, content: bytes) -> Message:
    """The message in that file. Raises Unreadable."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, 1, "this is not UTF-8 text; save the file as UTF-8") from None
    if not text.strip():
        raise Unreadable(1, 1, "the file is empty")
    front, body = _split(text)
    if len(body.text.encode()) > MESSAGE_BYTES_MAX:
        raise Unreadable(body.line, 1, f"the text is longer than {MESSAGE_BYTES_MAX} bytes")
    if front is None:
        return Message(language, key, path, body)
    return _with_front(Message(language, key, path, body), front)


def _split(text: str) -> tuple[str | None, Source]:
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return None, Source(text)
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == _FENCE:
            # Lines are counted in the file, so that a problem is found where it stands.
            return "\n".join(["", *lines[1:number]]), Source("\n".join(lines[number + 1 :]), number + 2)
    raise Unreadable(1, 1, f"the front matter opens with {_FENCE} and never closes; write {_FENCE} below its last line")


def _with_front(message: Message, front: str) -> Message:
    if len(front) > FRONT_MATTER_BYTES_MAX:
        raise Unreadable(1, 1, f"the front matter is longer than {FRONT_MATTER_BYTES_MAX} bytes")
    try:
        top = YAML(typ="safe", pure=True).compose(front)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise Unreadable(line, column, _in_plain_words(error)) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise Unreadable(1, 1, f"the front matter is not YAML: {error}") from None
    if top is None:
        return message
    parts = _table(top, "the front matter")
    for key, (key_node, _) in parts.items():
        if key not in _KNOWN:
            _fail(key_node, f'unknown key "{key}"; known here: {", ".join(_KNOWN)}')
    buttons = {
        name: Source(_scalar(value, "a button's text"), value.start_mark.line + 1, value.start_mark.column + 1)
        for name, (_, value) in (_table(parts["buttons"][1], "buttons") if "buttons" in parts else {}).items()
    }
    if "status" in parts:
        _scalar(parts["status"][1], "status")  # nothing reads it but who reads the file
    dates = {name: _date(parts[name][1]) for name in _DATES if name in parts}
    return Message(
        message.language,
        message.key,
        message.file,
        message.body,
        buttons,
        _texts(parts["sources"][1]) if "sources" in parts else (),
        dates.get("reviewed_on"),
        dates.get("review_by"),
        parts["review_by"][0].start_mark.line + 1 if "review_by" in parts else 1,
        title=_scalar(parts["title"][1], "title") if "title" in parts else None,
        title_line=parts["title"][0].start_mark.line + 1 if "title" in parts else 1,
    )


def _in_plain_words(error: MarkedYAMLError) -> str:
    problem = error.problem or "something is missing"
    if "'\\t'" in problem:
        return "a line may not begin with a tab; use spaces"
    if "mapping values are not allowed" in problem:
        return "a colon too many in this line; put the text in double quotes"
    if "expected <block end>" in problem or "quoted scalar" in str(error.context):
        return "an apostrophe or a quotation mark too many, or too few; put the whole text in double quotes"
    return f"the front matter is not YAML: {problem}"


def _table(node: Node, what: str) -> dict[str, tuple[Node, Node]]:
    if not isinstance(node, MappingNode):
        _fail(node, f"expected {what} as keys with values")
    found: dict[str, tuple[Node, Node]] = {}
    for key, value in node.value:
        name = _scalar(key, "a key")
        if name in found:
            _fail(key, f'"{name}" stands here twice')
        found[name] = (key, value)
    return found


def _scalar(node: Node, what: str) -> str:
    if not isinstance(node, ScalarNode) or not node.value:
        _fail(node, f"expected {what}")
    return str(node.value)


def _texts(node: Node) -> tuple[str, ...]:
    if not isinstance(node, SequenceNode):
        _fail(node, "expected a list of sources")
    return tuple(_scalar(item, "a source") for item in node.value)


def _date(node: Node) -> date:
    try:
        return date.fromisoformat(_scalar(node, "a date"))
    except ValueError:
        _fail(node, "expected a date like 2027-01-31")


def _fail(node: Node, message: str) -> NoReturn:
    raise Unreadable(node.start_mark.line + 1, node.start_mark.column + 1, message)
