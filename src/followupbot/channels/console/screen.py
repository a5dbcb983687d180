"""Messages on a terminal: their words without mark-up, and what is typed for each of their buttons."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product
from string import ascii_lowercase

from followupbot.domain.delivery import Button, Rendered
from followupbot.domain.presses import (
    AnswerPress,
    BackPress,
    CheckNowPress,
    CommandPress,
    CrisisPress,
    LaterPress,
    Press,
    SaidPress,
    StartPress,
    TopicPress,
)
from followupbot.domain.replies import SKIP
from followupbot.rendering.html import strip

MARGIN = "| "
"""Before each line that stands on the patient's phone."""

SKIP_KEY = "s"
"""Leaves a question out. No number: where one is to be typed, a number is an answer."""

BACK_KEY = "b"
KEEP_KEY = "k"
LATER_KEY = "l"

QUIT_KEY = "q"
"""Ends it; no button has this key."""

BESIDE = CheckNowPress | CrisisPress | TopicPress | CommandPress
"""What stands beside the conversation and does not move it on; a letter each, so that numbers stay answers."""

_RESERVED = frozenset((SKIP_KEY, BACK_KEY, KEEP_KEY, LATER_KEY, QUIT_KEY))
_NUMBER = re.compile(r"-?[0-9]+")


@dataclass(frozen=True)
class Screen:
    """One message, and its buttons row by row, each with its key."""

    html: str
    rows: tuple[tuple[tuple[str, Button], ...], ...]

    @property
    def keys(self) -> Mapping[str, Press]:
        """What each key presses."""
        return {key: button.press for row in self.rows for key, button in row}

    @property
    def moves_on(self) -> bool:
        """Whether one of its buttons takes the conversation further: what was asked before is over."""
        return any(not isinstance(press, BESIDE) for press in self.keys.values())

    def lines(self) -> Iterator[str]:
        """The words, then the buttons."""
        for line in strip(self.html).split("\n"):
            yield f"{MARGIN}{line}".rstrip()
        for row in self.rows:
            shown = (f"[{key}]" if key == button.label else f"[{key}] {button.label}" for key, button in row)
            yield MARGIN + "  ".join(shown)


def put(messages: Sequence[Rendered]) -> tuple[Screen, ...]:
    """Messages that come together; no two of their buttons have the same key.

    A number stands for itself, so that 0 to 10 are typed as they read; answers in words are 1, 2, 3.
    """
    labels = {button.label for message in messages for row in message.buttons for button in row}
    numbers = (number for n in count(1) if (number := str(n)) not in labels)
    letters = _letters()
    return tuple(
        Screen(
            message.html,
            tuple(tuple((_key(button, row, numbers, letters), button) for button in row) for row in message.buttons),
        )
        for message in messages
    )


def _key(button: Button, row: tuple[Button, ...], numbers: Iterator[str], letters: Iterator[str]) -> str:
    match button.press:
        case AnswerPress(value=value) if value == SKIP:
            return SKIP_KEY
        case BackPress():
            return BACK_KEY
        case LaterPress():
            return LATER_KEY
        case SaidPress():
            return KEEP_KEY
        case StartPress() if any(isinstance(other.press, BackPress | LaterPress) for other in row):
            return KEEP_KEY  # below a question that was gone back to; anywhere else it begins the check-in
        case CheckNowPress() | CrisisPress() | TopicPress() | CommandPress():
            return next(letters)
        case _:
            return button.label if _NUMBER.fullmatch(button.label) else next(numbers)


def _letters() -> Iterator[str]:
    """a, c, d, ... and, after z, aa, ab."""
    for length in count(1):
        words = ("".join(letters) for letters in product(ascii_lowercase, repeat=length))
        yield from (word for word in words if word not in _RESERVED)
