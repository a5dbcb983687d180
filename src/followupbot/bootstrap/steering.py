"""The practice clinic's own time, as its page may steer it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from followupbot.bootstrap.clocks import SpedClock

JUST_AFTER = timedelta(milliseconds=1)

LEAP_SECONDS = 15.0
"""Of the machine's time: so long after a leap something may look late that was not (the auditor looks every ten)."""

LEAP_STRETCH = 100_000.0
"""Then a day of the clinic's time is as a second."""


@dataclass
class SteeredClock:
    """Satisfies `practice.clock.Steering`."""

    clock: SpedClock
    _waiting: list[Callable[[], datetime | None]] = field(default_factory=list)
    _leapt: float = field(default_factory=time.monotonic)
    """When it last did, on the machine's clock."""

    def wait_for(self, next_at: Callable[[], datetime | None]) -> None:
        """What happens then is an event, too, to which the clock can skip; None where nothing will happen."""
        self._waiting.append(next_at)

    @property
    def speed(self) -> float:
        """How many seconds of it pass in one of the machine's."""
        return self.clock.speed

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.clock.now().timestamp()

    def set_speed(self, speed: float) -> None:
        """From now on it runs so fast."""
        self.has_leapt()
        self.clock.set_speed(speed)

    def has_leapt(self) -> None:
        """It has been moved on: what waits now has not waited for so long."""
        self._leapt = time.monotonic()

    def stretch(self) -> float:
        """How many seconds of it are as one to whoever looks whether anything is late: no alarm is for the page."""
        if time.monotonic() - self._leapt < LEAP_SECONDS:
            return LEAP_STRETCH
        return max(1.0, self.speed)

    async def skip(self) -> bool:
        """It is the moment at which something is due next; False where nothing is, and nothing has changed."""
        now = self.clock.now()
        times = [at for next_at in self._waiting if (at := next_at()) is not None]
        if not times:
            return False
        self.has_leapt()
        self.clock.advance(max(timedelta(), min(times) - now) + JUST_AFTER)
        return True
