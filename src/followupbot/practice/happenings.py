"""What is happening in the whole clinic, a line each: for the strip below the phones."""

from collections import deque
from dataclasses import asdict, dataclass
from typing import Literal

from followupbot.practice.limits import HAPPENING_CHARS_MAX, HAPPENINGS_KEPT_MAX
from followupbot.practice.refusals import Json

Kind = Literal["sent", "wrote", "pressed", "blocked"]


@dataclass(frozen=True)
class Happening:
    """Something that reached a phone, or that somebody did with one; `at` is the clinic's time."""

    number: int
    at: float
    kind: Kind
    name: str
    text: str


class Happenings:
    """The newest of them, the oldest first."""

    def __init__(self) -> None:
        self._kept: deque[Happening] = deque(maxlen=HAPPENINGS_KEPT_MAX)
        self._counted = 0

    def note(self, at: float, kind: Kind, name: str, text: str = "") -> None:
        """It has happened. Of the text the first line is kept."""
        line = next((line.strip() for line in text.splitlines() if line.strip()), "")
        if len(line) > HAPPENING_CHARS_MAX:
            line = line[: HAPPENING_CHARS_MAX - 1].rstrip() + "…"
        self._counted += 1
        self._kept.append(Happening(self._counted, at, kind, name, line))

    def since(self, number: int) -> list[Json]:
        """Those after that one."""
        return [asdict(happening) for happening in self._kept if happening.number > number]
