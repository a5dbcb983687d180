"""What a patient says, by a button or in words, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from unicodedata import combining, normalize

from followupbot.domain.ids import Language, QuestionId
from followupbot.domain.numbers import Numbers

Value = int | str | tuple[str, ...]
"""What was said: a whole number, the name of an option, several names, a date in ISO 8601."""

Datum = Value | float
"""What was said, or a score's number, which need not be whole."""

NOT_NEW = "no"
NEW = "new"
AS_BEFORE = "as_before"
NONE_OF_THESE = "none"

YES = "yes"
NO = "no"

SKIP = "skip"
"""The button that leaves a question out, where the care protocol allows it."""

SKIPPED = "skipped"
"""What is recorded then: no rule fires on it, it is no reading of a series, and a score misses that item."""

GIVEN = "given"
"""What is recorded of a typed text; the text itself is kept apart."""

DONE = "done"
"""The button below several that may be chosen together."""

RESERVED = frozenset((SKIP, SKIPPED, DONE))
"""Names that an option may not have, since a button or a record says something else by them."""


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
    """What the patient wrote, untouched; on which day of their calendar, and in which language they are asked.

    `options` has the words on the question's buttons, as `spelled` writes them, and the option that each means;
    `numbers` has that language's words for numbers.
    """

    text: str
    on: date | None = None
    language: Language | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)


def spelled(text: str) -> str:
    """Words without capitals, accents and marks, so that "Sí." and "si" are the same."""
    bare = (letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in bare).split())


def options_by_words(labels: Mapping[str, str]) -> Mapping[str, str]:
    """The option that each button's words mean, whole or up to the first comma; words of two buttons mean neither."""
    said: dict[str, set[str]] = {}
    for option, label in labels.items():
        for words in {spelled(label), spelled(label.split(",")[0])}:
            said.setdefault(words, set()).add(option)
    return {words: next(iter(options)) for words, options in said.items() if len(options) == 1}


Reply = Pressed | Typed


@dataclass(frozen=True)
class Rejected:
    """A reply that is no answer to this question; nothing is recorded and the question stands.

    `reason` names the message `replies/rejected/<reason>` that says what was expected.
    """

    reason: str


@dataclass(frozen=True)
class Toggled:
    """One of several was chosen, or taken back: nothing is recorded yet. `mask` has a bit for each chosen option."""

    mask: int


Read = tuple[Answer, ...] | Rejected | Toggled
"""What a reply comes to."""
