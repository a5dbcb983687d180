"""The kinds of question, and how a reply to each is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, assert_never

from followupbot.domain.dates import DateOrder, parse_day
from followupbot.domain.gates import Gate
from followupbot.domain.ids import Language, QuestionId
from followupbot.domain.numbers import SEVERAL, Numbers
from followupbot.domain.replies import (
    DONE,
    GIVEN,
    NO,
    YES,
    Answer,
    Pressed,
    Read,
    Rejected,
    Reply,
    Toggled,
    Typed,
    Value,
    spelled,
)

SCALE_POINTS_MAX = 11
"""0 to 10: two rows of buttons that a thumb can hit."""

CHOICES_MAX = 8
"""One button a row; more do not fit a phone."""

NUMBER_MAX = 100_000
"""What somebody types is counted or measured in small whole units; more digits than that are a slip."""


class _Alone:
    """A question that is answered by one name, its own."""

    id: QuestionId

    def ids(self) -> tuple[QuestionId, ...]:
        """The names that answers to this question bear."""
        return (self.id,)


class _OneOf(_Alone):
    """A question that is answered by pressing one option."""

    options: tuple[str, ...]

    def values(self, question: QuestionId) -> Sequence[Value]:
        """Every value that an answer may have."""
        return self.options if question == self.id else ()

    def labels(self) -> tuple[str, ...]:
        """The names of its buttons that need words."""
        return self.options

    def presses(self) -> tuple[tuple[QuestionId, str], ...]:
        """What its buttons say, one for each."""
        return tuple((self.id, option) for option in self.options)

    def read(self, asked: QuestionId, reply: Reply) -> Read:
        """The answer, or why the reply is none. What is on no button is never guessed at: they are shown again."""
        match reply:
            case Pressed(value) if asked == self.id and value in self.options:
                return (Answer(self.id, value),)
            case Typed(text, options=options) if asked == self.id and options.get(spelled(text)) in self.options:
                return (Answer(self.id, options[spelled(text)]),)
            case Pressed() | Typed():
                return Rejected("not_a_choice")
            case _:
                assert_never(reply)


class _TypedIn(_Alone):
    """A question that has no buttons of its own."""

    def labels(self) -> tuple[str, ...]:
        """The names of its buttons that need words: it has none."""
        return ()

    def presses(self) -> tuple[tuple[QuestionId, str], ...]:
        """What its buttons say: it has none."""
        return ()


@dataclass(frozen=True)
class Scale(_Alone):
    """Whole points from `minimum` to `maximum`; the higher, the worse."""

    KIND: ClassVar[str] = "scale"

    id: QuestionId
    minimum: int = 0
    maximum: int = 10

    def values(self, question: QuestionId) -> Sequence[Value]:
        """Every value that an answer may have."""
        return tuple(range(self.minimum, self.maximum + 1)) if question == self.id else ()

    def labels(self) -> tuple[str, ...]:
        """The names of its buttons that need words: none, a number is shown as it is."""
        return ()

    def presses(self) -> tuple[tuple[QuestionId, str], ...]:
        """What its buttons say, one for each."""
        return tuple((self.id, str(point)) for point in range(self.minimum, self.maximum + 1))

    def read(self, asked: QuestionId, reply: Reply) -> Read:
        """The answer, or why the reply is none."""
        return _whole(self.id, asked, reply, self.minimum, self.maximum, "outside_scale")


@dataclass(frozen=True)
class YesNo(_OneOf):
    """Yes or no."""

    KIND: ClassVar[str] = "yes_no"

    id: QuestionId

    @property
    def options(self) -> tuple[str, ...]:  # type: ignore[override] # nobody writes them, here or below
        """The two, in the order of their buttons."""
        return (YES, NO)


@dataclass(frozen=True)
class Choice(_OneOf):
    """Exactly one of the named options. Where a condition speaks of steps, they count in the order written here."""

    KIND: ClassVar[str] = "choice"

    id: QuestionId
    options: tuple[str, ...]


@dataclass(frozen=True)
class Multiple(_Alone):
    """Any number of the named options. `none` names the one that excludes all others.

    Choosing is stateless: each button carries the mask of what will be chosen once it is pressed, and the button Done
    carries the mask that it stands below, so an old button says what it said, and nothing is recorded before Done.
    """

    KIND: ClassVar[str] = "multiple"

    id: QuestionId
    options: tuple[str, ...]
    none: str | None = None

    def values(self, question: QuestionId) -> Sequence[Value]:
        """Every name that an answer may include."""
        return self.options if question == self.id else ()

    def labels(self) -> tuple[str, ...]:
        """The names of its buttons that need words."""
        return (*self.options, DONE)

    def presses(self) -> tuple[tuple[QuestionId, str], ...]:
        """What its buttons may come to say."""
        masks = [mask for mask in range(2 ** len(self.options)) if self._valid(mask)]
        return tuple((self.id, f"{way}{mask}") for mask in masks for way in "td" if way == "t" or self.finished(mask))

    def toggled(self, mask: int, option: str) -> int:
        """What will be chosen once that button is pressed, too."""
        bit = 1 << self.options.index(option)
        if option == self.none:
            return 0 if mask & bit else bit
        return (mask ^ bit) & ~self._none_bit

    def chosen(self, mask: int) -> tuple[str, ...]:
        """The options of that mask, in the order of their buttons."""
        return tuple(option for n, option in enumerate(self.options) if mask & 1 << n)

    def finished(self, mask: int) -> bool:
        """Whether Done may be pressed: where "none of these" is a button, silence does not stand for it."""
        return mask != 0 or self.none is None

    def read(self, asked: QuestionId, reply: Reply) -> Read:
        """The answer once Done is pressed, what is chosen before that, or why the reply is neither."""
        found = re.fullmatch(r"([td])(0|[1-9][0-9]{0,3})", reply.value) if isinstance(reply, Pressed) else None
        mask = int(found[2]) if found else -1
        if found is None or asked != self.id or not self._valid(mask):
            return Rejected("not_a_choice")
        if found[1] == "t":
            return Toggled(mask)
        return (Answer(self.id, self.chosen(mask)),) if self.finished(mask) else Rejected("not_a_choice")

    @property
    def _none_bit(self) -> int:
        return 1 << self.options.index(self.none) if self.none in self.options else 0

    def _valid(self, mask: int) -> bool:
        alone = not mask & self._none_bit or mask == self._none_bit
        return 0 <= mask < 2 ** len(self.options) and alone


@dataclass(frozen=True)
class Number(_TypedIn):
    """A whole number that is typed, in the unit that the question's words name."""

    KIND: ClassVar[str] = "number"

    id: QuestionId
    unit: str
    minimum: int = 0
    maximum: int = NUMBER_MAX

    def values(self, question: QuestionId) -> Sequence[Value]:
        """Every value that an answer may have."""
        return range(self.minimum, self.maximum + 1) if question == self.id else ()

    def read(self, asked: QuestionId, reply: Reply) -> Read:
        """The answer, or why the reply is none."""
        if isinstance(reply, Pressed):
            return Rejected("not_a_number")
        return _whole(self.id, asked, reply, self.minimum, self.maximum, "outside_range")


class NotAfter(StrEnum):
    """The last day that a date may be."""

    TODAY = "today"


@dataclass(frozen=True)
class Date(_TypedIn):
    """A day that is typed: 2026-03-14, or in the order that `order` gives the patient's language."""

    KIND: ClassVar[str] = "date"

    id: QuestionId
    not_after: NotAfter | None = None
    order: Mapping[Language, DateOrder] = field(default_factory=dict)

    def values(self, question: QuestionId) -> Sequence[Value]:  # noqa: ARG002 # as every other type of question
        """Nothing: there are too many days to list, and no condition compares them."""
        return ()

    def read(self, asked: QuestionId, reply: Reply) -> Read:
        """The day in ISO 8601, or why the reply is none. A year of two digits is not guessed at."""
        if isinstance(reply, Pressed) or asked != self.id:
            return Rejected("not_a_date")
        order = self.order.get(reply.language) if reply.language is not None else None
        day = parse_day(reply.text, order)
        if day is None:
            return Rejected("not_a_date")
        if self.not_after is NotAfter.TODAY and reply.on is not None and day > reply.on:
            return Rejected("date_ahead")
        return (Answer(self.id, day.isoformat()),)


@dataclass(frozen=True)
class Text(_TypedIn):
    """Words of the patient's own. They are kept for people to read and never parsed (clinical.md 0.8)."""

    KIND: ClassVar[str] = "text"

    id: QuestionId

    def values(self, question: QuestionId) -> Sequence[Value]:
        """That something was written is all that a rule may know."""
        return (GIVEN,) if question == self.id else ()

    def read(self, asked: QuestionId, reply: Reply) -> Read:
        """That words were given."""
        if isinstance(reply, Pressed) or asked != self.id or not reply.text.strip():
            return Rejected("not_text")
        return (Answer(self.id, GIVEN),)


Question = Scale | YesNo | Choice | Multiple | Number | Date | Text | Gate

QUESTION_TYPES: dict[str, type[Question]] = {
    kind.KIND: kind for kind in (Scale, YesNo, Choice, Multiple, Number, Date, Text, Gate)
}
"""What a care protocol may name as a question's `type`."""


def _whole(
    question: QuestionId, asked: QuestionId, reply: Reply, minimum: int, maximum: int, outside: str
) -> tuple[Answer, ...] | Rejected:
    """One number is an answer. Of several, or of half a point, none is guessed: which it is, is asked again."""
    if asked != question:
        return Rejected("not_a_number")
    match reply:
        case Pressed(value):
            number = Numbers().read(value)
        case Typed(text, numbers=numbers):
            number = numbers.read(text, maximum)
        case _:
            assert_never(reply)
    if number is None:
        return Rejected("not_a_number")
    if number == SEVERAL:
        return Rejected("one_number")
    if not minimum <= number <= maximum:
        return Rejected(outside)
    return (Answer(question, number),)
