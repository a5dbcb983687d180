"""Virtual time: both clocks run together, and only as far as they are told to."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


@dataclass
class VirtualClock:
    """Satisfies `application.ports.Clock`."""

    at: datetime

    def now(self) -> datetime:
        """People's time."""
        return self.at

    def machine_now(self) -> int:
        """The machine's time in milliseconds since the epoch; here the same."""
        return (self.at - _EPOCH) // _MS

    def advance_to(self, at: datetime) -> None:
        """It is that late, to the whole millisecond that the database keeps, or later already."""
        self.at = max(self.at, at + timedelta(microseconds=-at.microsecond % 1000))

    async def sleep(self, seconds: float) -> None:
        """So much later; nothing else happens meanwhile, and nobody waits for it."""
        self.at += timedelta(seconds=seconds)
