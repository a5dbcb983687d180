"""What the words of a message are given: values, never words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from followupbot.domain.ids import MessageKey

WHOM = "whom"
"""Whom a message is about, given to it on its way into a chat of several patients; it stands before the words."""


@dataclass(frozen=True)
class Instant:
    """A time to be shown on a wall clock in `zone`, in the reader's language."""

    at: datetime
    zone: str


@dataclass(frozen=True)
class Day:
    """A date to be shown in the reader's language."""

    on: date


@dataclass(frozen=True)
class Words:
    """The text of another message, put in place; what a code cannot say by itself."""

    key: MessageKey


@dataclass(frozen=True)
class Said:
    """What was said to the question of that message: the names of its buttons, or a value that is shown as it is."""

    question: MessageKey
    labels: tuple[str, ...]
    value: int | Day | None = None


@dataclass(frozen=True)
class Summary:
    """Everything that was said, a line for each question."""

    lines: tuple[Said, ...]


@dataclass(frozen=True)
class Title:
    """The title of that message: what its question is called."""

    of: MessageKey


@dataclass(frozen=True)
class Markup:
    """The words of a message that was sent, in Telegram's HTML; shown without the mark-up."""

    html: str


Shown = str | int | float | bool | Instant | Day | Words | Title | Said | Summary | Markup | None
"""What stands in a line of text."""


@dataclass(frozen=True)
class Line:
    """One line in words of its own."""

    in_words: MessageKey
    params: Mapping[str, Shown]


@dataclass(frozen=True)
class Lines:
    """Each of these below the other. What they name may be of old programmes: without words it is shown as it is."""

    each: tuple[Line, ...]


@dataclass(frozen=True)
class Document:
    """A file that goes with the message, and is never shown in it: text for people, or, as it stands, for machines."""

    file: str
    content: Lines | str


@dataclass(frozen=True)
class Point:
    """What was said on that day, from 0 to 10."""

    on: date
    value: int


@dataclass(frozen=True)
class Trend:
    """What was said to one question over time, the oldest first."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Picture:
    """A picture that goes with the message: a line for each trend, numbered from 1 as the words number them."""

    trends: tuple[Trend, ...]


Param = Shown | Lines | Document | Picture
