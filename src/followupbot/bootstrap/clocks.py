"""The clocks. People's time may be sped up, for the practice clinic only; the machine's never is."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


class SystemClock:
    """Both clocks as the machine has them."""

    def now(self) -> datetime:
        """People's time."""
        return datetime.now(UTC)

    def machine_now(self) -> int:
        """The machine's time in milliseconds since the epoch."""
        return time.time_ns() // 1_000_000


@dataclass
class SpedClock:
    """People's time runs `speed` times as fast as the machine's, from `starts` on, and can be moved forward."""

    starts: datetime
    speed: float = 1.0
    _anchor: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """People's time."""
        return self.starts + timedelta(seconds=(time.monotonic() - self._anchor) * self.speed)

    def machine_now(self) -> int:
        """The machine's time in milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def set_speed(self, speed: float) -> None:
        """From now on it runs so fast; what has passed stays as it was."""
        self.starts, self._anchor, self.speed = self.now(), time.monotonic(), speed

    def advance(self, by: timedelta) -> None:
        """It is later by that much."""
        self.starts += by
