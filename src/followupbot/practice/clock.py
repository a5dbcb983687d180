"""The clocks a practice Telegram can be given: message dates, limits and retention all read one of these."""

import time
from collections.abc import Callable
from typing import Protocol, TypeAlias, runtime_checkable

Clock: TypeAlias = Callable[[], float]


@runtime_checkable
class Settable(Protocol):
    """A clock that can be moved on."""

    def advance(self, seconds: float) -> None:
        """Time is `seconds` later than it was."""


@runtime_checkable
class Steering(Protocol):
    """The clinic's own time, which the page may steer. Message dates are read from it; rates and retention are not."""

    speed: float
    """How many seconds of it pass in one of the machine's; 0 while it stands still."""

    def __call__(self) -> float:
        """Seconds since 1970."""

    def set_speed(self, speed: float) -> None:
        """From now on it runs so fast."""

    async def skip(self) -> bool:
        """It is the moment at which something is due next; False where nothing is, and nothing has changed."""


class FrozenClock:
    """Stands still until it is moved; seconds since 1970, UTC."""

    def __init__(self, start: float = 1_767_258_000.0) -> None:
        self.now = start

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Time is `seconds` later than it was."""
        self.now += seconds


class ShiftedClock:
    """Runs with the machine's clock, and can be moved ahead of it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        """Time is `seconds` later than it was."""
        self.ahead += seconds
