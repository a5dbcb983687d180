"""Times of day as people write them: 10, 10:30, "half past nine", "a las diez". The words are each language's own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

from followupbot.domain.numbers import Numbers, says_otherwise
from followupbot.domain.spelling import plain, without

HOURS_MAX, MINUTES_MAX = 23, 59
NOON = 12
HALF_DAY_HOURS = 12

TEN = 10
"""From here minutes may follow the hour with nothing between, "nine thirty"; "nine five" may be two hours."""

_MARK = re.compile(r"(?<=[0-9])['’´`](?=[0-9])")
"""9'30 is 9:30."""
_APART = re.compile(r"[0-9]\s*[^\w\s:.]+\s*[0-9]|[0-9]\s+[.:]|[.:]\s+[0-9]")
"""Two numbers that are no hour and its minutes: 9-10, "9, 30"."""
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_TOGETHER = re.compile(r"([0-9]{1,2})([0-9]{2})")
"""1030."""


@dataclass(frozen=True)
class DayTimes:
    """One language's words for times of day, all written as `plain` leaves a text."""

    around: tuple[str, ...] = ()
    """One or more words that change nothing about a time: "at", "o clock"."""
    hours: Mapping[str, int] = field(default_factory=dict)
    """Words for an hour that are no number elsewhere: "una"."""
    parts: Mapping[str, int] = field(default_factory=dict)
    """Words for so many minutes: "half", "quarter"."""
    past: frozenset[str] = frozenset()
    """Between minutes and the hour before them: "past"."""
    to: frozenset[str] = frozenset()
    """Between minutes and the hour after them: "to"."""
    plus: frozenset[str] = frozenset()
    """Between an hour and the minutes after it: "y"."""
    minus: frozenset[str] = frozenset()
    """Between an hour and the minutes before it: "menos"."""
    noon: frozenset[str] = frozenset()
    morning: tuple[str, ...] = ()
    afternoon: tuple[str, ...] = ()

    def read(self, text: str, numbers: Numbers) -> time | None:
        """The time that is meant, by a clock of 24 hours unless the words say otherwise; None where any word is left.

        Nothing is guessed: six is six in the morning, and twelve in the morning is nobody knows which.
        """
        text = _MARK.sub(":", text)
        if says_otherwise(text) or _APART.search(text):
            return None
        tokens = _TOKEN.findall(plain(text))
        later, earlier = without(tokens, self.afternoon), without(tokens, self.morning)
        afternoon, morning = len(later) < len(tokens), len(earlier) < len(tokens)
        if afternoon and morning:
            return None
        said = without(later if afternoon else earlier, self.around)
        if len(said) == 1 and said[0] in self.noon:
            return time(NOON)
        found = self._split(said, numbers)
        if found is None or (morning and found[0] >= NOON):
            return None
        hour, minutes = found
        if afternoon and 1 <= hour <= HALF_DAY_HOURS:
            hour = hour % HALF_DAY_HOURS + HALF_DAY_HOURS
        total = hour * 60 + minutes
        return time(total // 60, total % 60) if total >= 0 else None

    def _split(self, said: Sequence[str], numbers: Numbers) -> tuple[int, int] | None:
        """The hour, and the minutes after it, below nought where they are before it."""
        for at, token in enumerate(said[:-1]):
            before, after = said[:at], said[at + 1 :]
            if token in self.past or token in self.to:
                return _both(self._hour(after, numbers), self._minutes(before, numbers), back=token in self.to)
            if token in self.plus or token in self.minus:
                return _both(self._hour(before, numbers), self._minutes(after, numbers), back=token in self.minus)
        if len(said) > 1 and said[0] in self.parts:
            return _both(self._hour(said[1:], numbers), self.parts[said[0]])
        if len(said) == 1:
            together = _TOGETHER.fullmatch(said[0])
            said = said if together is None else together.groups()
        if len(said) == 1:
            return _both(self._hour(said, numbers), 0)
        if not said or (said[1].isdecimal() and len(said[1]) != 2):
            return None
        minutes = self._minutes(said[1:], numbers)
        spoken = minutes is not None and (minutes >= TEN or said[1].isdecimal())
        return _both(self._hour(said[:1], numbers), minutes) if spoken else None

    def _hour(self, said: Sequence[str], numbers: Numbers) -> int | None:
        if len(said) != 1:
            return None
        return self.hours[said[0]] if said[0] in self.hours else numbers.one(said[0])

    def _minutes(self, said: Sequence[str], numbers: Numbers) -> int | None:
        """One word, or tens and a unit, "forty five", "cuarenta y cinco"."""
        words = [word for word in said if word not in self.plus]
        if len(words) == 1:
            return self.parts[words[0]] if words[0] in self.parts else numbers.one(words[0])
        found = [numbers.one(word) for word in words]
        match found:
            case [int(tens), int(unit)] if tens >= 2 * TEN and tens % TEN == 0 and 1 <= unit < TEN:
                return tens + unit
            case _:
                return None


def _both(hour: int | None, minutes: int | None, *, back: bool = False) -> tuple[int, int] | None:
    if hour is None or minutes is None or hour > HOURS_MAX or minutes > MINUTES_MAX:
        return None
    return hour, -minutes if back else minutes
