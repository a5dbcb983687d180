"""What goes wrong, and when: drawn once from the seed, so that the same seed goes wrong in the same way."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from followupbot.domain.decision import StorageUnavailable
from followupbot.simulation.clock import VirtualClock
from followupbot.simulation.telegram import Fault
from followupbot.storage.engine import Database

T = TypeVar("T")

API = "telegram is away"
DATABASE = "the database is away"
PROCESS = "the process is down"
CRASH = "the process has died"

# How often in a year, and how long at least and at most (issue 6.5, reliability.md 1.2).
SPANS: tuple[tuple[str, float, timedelta, timedelta], ...] = (
    (API, 20, timedelta(minutes=1), timedelta(minutes=30)),
    (API, 5, timedelta(hours=1), timedelta(hours=6)),
    (API, 1, timedelta(hours=12), timedelta(hours=24)),
    (DATABASE, 12, timedelta(seconds=10), timedelta(minutes=20)),
    (PROCESS, 12, timedelta(seconds=30), timedelta(minutes=10)),
    (PROCESS, 4, timedelta(hours=1), timedelta(hours=12)),
)

CALL_FAULTS: tuple[tuple[str, float], ...] = (
    ("before", 0.004),
    ("after", 0.002),
    ("lost", 0.002),
    ("refused", 0.002),
    ("flood", 0.002),
)
"""Of so many calls each: refused before Telegram took it, an error or nothing after it did, no connection, a 429."""

CRASHES = 0.001
"""Of so many boundaries, before and after each commit and call."""

RESTART_AFTER = timedelta(seconds=10)
"""systemd's `RestartSec`, and the time that a start takes."""


class Crash(BaseException):
    """The process is dead: nothing of it runs on, whatever it catches."""


@dataclass(frozen=True)
class Span:
    """From when to when something is away."""

    kind: str
    starts: datetime
    ends: datetime


@dataclass
class Faults:
    """Asked at each boundary. Without `rng` nothing goes wrong but a crash at boundary number `crash_at`."""

    clock: VirtualClock
    rng: random.Random | None = None
    spans: list[Span] = field(default_factory=list)
    crash_at: int | None = None
    crashed: bool = False
    """From a crash until the restart: whatever still runs in the dead process raises at its next boundary."""
    boundaries: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    last: str = ""
    _away: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)

    def arm(self, rng: random.Random, ends: datetime) -> None:
        """From now on until then things go wrong, as the chance has it."""
        years = (ends - self.clock.at) / timedelta(days=365.25)
        for kind, yearly, shortest, longest in SPANS:
            for _ in range(max(1, round(yearly * years))):
                starts = self.clock.at + (ends - self.clock.at) * rng.random()
                lasts = shortest + (longest - shortest) * rng.random()
                self.spans.append(Span(kind, starts, min(starts + lasts, ends)))
        self.spans.sort(key=lambda span: span.starts)
        self.rng = rng

    def heal(self) -> None:
        """From now on nothing goes wrong."""
        self.rng = None
        self._away = {}
        self.crash_at = None

    def begin(self, span: Span) -> None:
        """It is away from now on."""
        _, until = self._away.get(span.kind, (span.starts, span.starts))
        self._away[span.kind] = (span.starts, max(until, span.ends))
        self.counts[span.kind] += 1

    def away_until(self, kind: str) -> datetime | None:
        """When it is back; None where it is there."""
        _, until = self._away.get(kind, (None, None))
        return until if until is not None and until > self.clock.at else None

    def away_since(self, kind: str) -> datetime | None:
        """Since when it is away; None where it is there."""
        return None if self.away_until(kind) is None else self._away[kind][0]

    @property
    def api_is_away(self) -> bool:
        """Whether Telegram can't be reached."""
        return self.away_until(API) is not None

    # -- boundaries ----------------------------------------------------------------------------------------------------

    def boundary(self, name: str) -> None:
        """The process may end here."""
        if self.crashed:
            raise Crash(self.last)
        self.boundaries += 1
        if self.boundaries == self.crash_at or (self.rng is not None and self.rng.random() < CRASHES):
            self.crashed, self.last = True, name
            self.counts["crash " + name] += 1
            self.spans.append(Span(CRASH, self.clock.at, self.clock.at + RESTART_AFTER))
            raise Crash(name)

    def of_call(self, _: str) -> Fault | None:
        """What goes wrong with this call."""
        if self.away_until(API) is not None:
            return Fault("refused")
        if self.rng is None:
            return None
        drawn = self.rng.random()
        for kind, share in CALL_FAULTS:
            drawn -= share
            if drawn < 0:
                self.counts[f"call {kind}"] += 1
                return Fault(kind)
        return None

    def require_database(self) -> None:
        """`StorageUnavailable` while it is away."""
        if self.away_until(DATABASE) is not None:
            raise StorageUnavailable("the simulation has taken it away")


class CrashingDatabase(Database):
    """The real database, with boundaries before, in and after each unit; away when the faults say so."""

    def __init__(self, url: str, faults: Faults) -> None:
        super().__init__(url)
        self._faults = faults
        self.units = 0

    def unit(self, work: Callable[[Any], T]) -> T:
        """As the database's own."""
        faults = self._faults
        faults.require_database()
        faults.boundary("before a commit")

        def until_commit(connection: Any) -> T:
            done = work(connection)
            faults.boundary("in a transaction")
            return done

        done = super().unit(until_commit)
        self.units += 1
        faults.boundary("after a commit")
        return done

    @contextmanager
    def read(self) -> Iterator[Any]:
        """As the database's own."""
        self._faults.require_database()
        if self._faults.crashed:
            raise Crash(self._faults.last)
        with super().read() as connection:
            yield connection
