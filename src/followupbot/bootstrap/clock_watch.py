"""Whether the wall clock goes as time does. It is set by somebody, or by the network, and may jump."""

import time
from collections.abc import Callable

JUMP_BACK_MS = 2_000
JUMP_FORWARD_MS = 3_600_000
"""What is told, and what pauses all that is routine (reliability.md 6, rule 7)."""


def steady_ms() -> int:
    """Milliseconds that have passed, also while the machine slept, whatever the wall clock was set to."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    ns = time.monotonic_ns() if boottime is None else time.clock_gettime_ns(boottime)
    return ns // 1_000_000


def wall_ms() -> int:
    """What the wall clock shows."""
    return time.time_ns() // 1_000_000


class ClockWatch:
    """Compares the two from one look to the next."""

    def __init__(self, wall: Callable[[], int] = wall_ms, steady: Callable[[], int] = steady_ms) -> None:
        self._wall = wall
        self._steady = steady
        self._ahead = wall() - steady()

    def look(self) -> int:
        """By how many milliseconds the wall clock has jumped since the last look; 0 where it is no jump to mind.

        Small steps, by which the clock is kept right, do not add up to one.
        """
        before, self._ahead = self._ahead, self._wall() - self._steady()
        jumped = self._ahead - before
        return jumped if jumped < -JUMP_BACK_MS or jumped > JUMP_FORWARD_MS else 0
