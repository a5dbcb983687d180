"""Gates: short screens of red-flag items, and how a reply to one is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, assert_never

from followupbot.domain.ids import Concern, QuestionId
from followupbot.domain.replies import (
    AS_BEFORE,
    NEW,
    NONE_OF_THESE,
    NOT_NEW,
    Answer,
    Pressed,
    Read,
    Rejected,
    Reply,
    Typed,
    Value,
)

GATE_ITEMS_MAX = 4
"""A gate screen is read by somebody who may be in trouble: no more lines than fit a phone without scrolling."""


@dataclass(frozen=True)
class GateItem:
    """One thing that must never be missed. `as_before` says whether "had this before, unchanged" may be said of it.

    What is `private` the patient alone is asked, never a carer (clinical.md 0.19).
    """

    id: QuestionId
    concern: Concern
    as_before: bool = True
    private: bool = False


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

    def values(self, question: QuestionId) -> Sequence[Value]:
        """Every value that an answer about one item may have."""
        for item in self.items:
            if item.id == question:
                return (NOT_NEW, NEW, AS_BEFORE) if item.as_before else (NOT_NEW, NEW)
        return ()

    def labels(self) -> tuple[str, ...]:
        """The names of its buttons that need words."""
        pressed = [f"{item.id}.{value}" for item in self.items for value in self.values(item.id)[1:]]
        return (*pressed, NONE_OF_THESE)

    def presses(self) -> tuple[tuple[QuestionId, str], ...]:
        """What its buttons say, one for each."""
        items = [(item.id, str(value)) for item in self.items for value in self.values(item.id)[1:]]
        return (*items, (self.id, NONE_OF_THESE))

    def read(self, asked: QuestionId, reply: Reply) -> Read:
        """The answers, or why the reply is none.

        A typed item number says that the item is new or worse, as do several. A typed "no", "none" or 0 answers
        nothing: a safety question is only ever denied by its button (clinical.md 0.4, 0.8).
        """
        match reply:
            case Pressed(value) if asked == self.id and value == NONE_OF_THESE:
                return tuple(Answer(item.id, NOT_NEW) for item in self.items)
            case Pressed(value) if value != NOT_NEW and value in self.values(asked):
                return (Answer(asked, value),)
            case Typed(text, numbers=numbers):
                said = numbers.all_in(text) or ()
                if said and all(1 <= number <= len(self.items) for number in said):
                    return tuple(Answer(self.items[number - 1].id, NEW) for number in dict.fromkeys(said))
                return Rejected("gate_needs_a_button")
            case Pressed():
                return Rejected("gate_needs_a_button")
            case _:
                assert_never(reply)
