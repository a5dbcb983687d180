"""A message on a terminal: its words without mark-up, and what is typed for each of its buttons."""

import re
from collections.abc import Iterator, Mapping
from itertools import count

from followupbot.domain.delivery import Button, Rendered
from followupbot.domain.outgoing import AnswerPress, Press
from followupbot.domain.replies import SKIP
from followupbot.rendering.html import strip

MARGIN = "| "
"""Before each line that stands on the patient's phone."""

SKIP_KEY = "s"
"""Leaves a question out. No number: where one is to be typed, a number is an answer."""

_NUMBER = re.compile(r"-?[0-9]+")


def keys(rendered: Rendered) -> Mapping[str, Press]:
    """What is typed for each button: a number for itself, so that 0 to 10 are typed as they read; else 1, 2, 3."""
    return {key: button.press for row in _rows(rendered) for key, button in row}


def lines(rendered: Rendered) -> Iterator[str]:
    """The message, then its buttons, row by row."""
    for line in strip(rendered.html).split("\n"):
        yield f"{MARGIN}{line}".rstrip()
    for row in _rows(rendered):
        shown = (f"[{key}]" if key == button.label else f"[{key}] {button.label}" for key, button in row)
        yield MARGIN + "  ".join(shown)


def _rows(rendered: Rendered) -> list[list[tuple[str, Button]]]:
    labels = {button.label for row in rendered.buttons for button in row}
    free = (number for n in count(1) if (number := str(n)) not in labels)
    return [[(_key(button, free), button) for button in row] for row in rendered.buttons]


def _key(button: Button, free: Iterator[str]) -> str:
    if isinstance(button.press, AnswerPress) and button.press.value == SKIP:
        return SKIP_KEY
    return button.label if _NUMBER.fullmatch(button.label) else next(free)
