"""The kinds of question, and how a reply to each is read."""

from dataclasses import dataclass
from typing import ClassVar, assert_never

from followupbot.domain.ids import Concern, QuestionId

GATE_ITEMS_MAX = 4
"""A gate screen is read by somebody who may be in trouble: no more lines than fit a phone without scrolling."""

SCALE_POINTS_MAX = 11
"""0 to 10: two rows of buttons that a thumb can hit."""

CHOICES_MAX = 8
"""One button a row; more do not fit a phone."""

Value = int | str
"""What was said: points on a scale, or the name of a choice."""

NOT_NEW = "no"
NEW = "new"
AS_BEFORE = "as_before"
NONE_OF_THESE = "none"


@dataclass(frozen=True)
class Answer:
    """What was said to one question."""

    question: QuestionId
    value: Value


@dataclass(frozen=True)
class Pressed:
    """A button's value, as the button carried it."""

    value: str


@dataclass(frozen=True)
class Typed:
    """What the patient wrote, untouched."""

    text: str


Reply = Pressed | Typed


@dataclass(frozen=True)
class Rejected:
    """A reply that is no answer to this question; nothing is recorded and the question stands.

    `reason` names the message `replies/rejected/<reason>` that says what was expected.
    """

    reason: str


@dataclass(frozen=True)
class Scale:
    """Whole points from `minimum` to `maximum`; the higher, the worse."""

    KIND: ClassVar[str] = "scale"

    id: QuestionId
    minimum: int = 0
    maximum: int = 10

    def ids(self) -> tuple[QuestionId, ...]:
        """The names that answers to this question bear."""
        return (self.id,)

    def values(self, question: QuestionId) -> tuple[Value, ...]:
        """Every value that an answer may have."""
        return tuple(range(self.minimum, self.maximum + 1)) if question == self.id else ()

    def read(self, asked: QuestionId, reply: Reply) -> tuple[Answer, ...] | Rejected:
        """The answer, or why the reply is none."""
        text = reply.value if isinstance(reply, Pressed) else reply.text
        digits = text.strip()
        if asked != self.id or not (digits.isascii() and digits.isdecimal()):
            return Rejected("not_a_number")
        points = int(digits) if len(digits) <= len(str(self.maximum)) + 1 else self.maximum + 1
        if not self.minimum <= points <= self.maximum:
            return Rejected("outside_scale")
        return (Answer(self.id, points),)


@dataclass(frozen=True)
class Choice:
    """Exactly one of the named options."""

    KIND: ClassVar[str] = "choice"

    id: QuestionId
    options: tuple[str, ...]

    def ids(self) -> tuple[QuestionId, ...]:
        """The names that answers to this question bear."""
        return (self.id,)

    def values(self, question: QuestionId) -> tuple[Value, ...]:
        """Every value that an answer may have."""
        return self.options if question == self.id else ()

    def read(self, asked: QuestionId, reply: Reply) -> tuple[Answer, ...] | Rejected:
        """The answer, or why the reply is none. A typed word is never guessed at: the buttons are shown again."""
        match reply:
            case Pressed(value) if asked == self.id and value in self.options:
                return (Answer(self.id, value),)
            case Pressed() | Typed():
                return Rejected("not_a_choice")
            case _:
                assert_never(reply)


@dataclass(frozen=True)
class GateItem:
    """One thing that must never be missed. `as_before` says whether "had this before, unchanged" may be said of it."""

    id: QuestionId
    concern: Concern
    as_before: bool = True


@dataclass(frozen=True)
class Gate:
    """A short screen of red-flag items, each with buttons of its own, and one button for none of them.

    Source: clinical.md 0.4, after the cauda-equina items of the GIRFT pathway (2023).
    """

    KIND: ClassVar[str] = "gate"

    id: QuestionId
    items: tuple[GateItem, ...]

    def ids(self) -> tuple[QuestionId, ...]:
        """The names that answers to this screen bear: one for each item."""
        return tuple(item.id for item in self.items)

    def values(self, question: QuestionId) -> tuple[Value, ...]:
        """Every value that an answer about one item may have."""
        for item in self.items:
            if item.id == question:
                return (NOT_NEW, NEW, AS_BEFORE) if item.as_before else (NOT_NEW, NEW)
        return ()

    def read(self, asked: QuestionId, reply: Reply) -> tuple[Answer, ...] | Rejected:
        """The answers, or why the reply is none.

        A typed item number says that the item is new or worse. A typed "no", "none" or 0 answers nothing: a
        safety question is only ever denied by its button (clinical.md 0.4, 0.8).
        """
        match reply:
            case Pressed(value) if asked == self.id and value == NONE_OF_THESE:
                return tuple(Answer(item.id, NOT_NEW) for item in self.items)
            case Pressed(value) if value != NOT_NEW and value in self.values(asked):
                return (Answer(asked, value),)
            case Typed(text):
                digits = text.strip().rstrip(".")
                if digits.isascii() and digits.isdecimal() and len(digits) <= 2 and 1 <= int(digits) <= len(self.items):
                    return (Answer(self.items[int(digits) - 1].id, NEW),)
                return Rejected("gate_needs_a_button")
            case Pressed():
                return Rejected("gate_needs_a_button")
            case _:
                assert_never(reply)


Question = Scale | Choice | Gate

QUESTION_TYPES: dict[str, type[Question]] = {kind.KIND: kind for kind in (Scale, Choice, Gate)}
"""What a care protocol may name as a question's `type`."""
