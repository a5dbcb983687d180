"""The program as the simulation sees it: one process, which takes updates in, does rounds and sends, and may die."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from followupbot.application import rounds
from followupbot.application.deliveries import Deliveries
from followupbot.application.interruptions import Mending
from followupbot.application.ports import Channel, Outcome, StorageUnavailable, Store
from followupbot.domain import interruptions
from followupbot.domain.addressing import stamp
from followupbot.domain.clinic import Interruption
from followupbot.domain.decision import ByClock, Cause, Decision
from followupbot.domain.delivery import Claim, Rendered
from followupbot.domain.ids import PatientId
from followupbot.simulation.faults import API, DATABASE, PROCESS, RESTART_AFTER, Crash, CrashingDatabase, Faults
from followupbot.simulation.telegram import About, VirtualTelegram
from followupbot.storage import timers

RETRY_STORAGE_AFTER = timedelta(seconds=5)
"""The longest pause of the intake between two tries, while the database is away."""

IDLE = timedelta(seconds=1)
"""The sender's own tick: where everything waits for a pause of all sending."""

UPDATE_TRIES_MAX = 3
"""A handler that raises so often sets its update aside."""


class Down(Exception):
    """The process does not run."""


class NotingChannel:
    """The real channel; Telegram is told beside it which message each call is about, for the log."""

    def __init__(self, inner: Channel, telegram: VirtualTelegram) -> None:
        self._inner = inner
        self._telegram = telegram

    def compose(self, rendered: Rendered) -> bytes:
        """As the channel's own."""
        return self._inner.compose(rendered)

    async def deliver(self, claim: Claim, payload: bytes) -> Outcome:
        """As the channel's own."""
        self._telegram.about = About(claim.key, claim.message, claim.decided_at)
        try:
            return await self._inner.deliver(claim, payload)
        finally:
            self._telegram.about = None


class Reclaiming(Protocol):
    """What a start needs of the outbox."""

    def reclaim(self) -> int:
        """What an earlier process had in hand is free again."""


@dataclass(frozen=True)
class Process:
    """One life of the process: what it has in memory, and loses."""

    store: Store
    outbox: Reclaiming
    deliveries: Deliveries
    take_in: Callable[[Mapping[str, Any], datetime], Decision]
    set_aside: Callable[[int, Mapping[str, Any], Exception, datetime], None]
    mending: Mending


Start = Callable[[], Process]
"""Makes the process anew."""


async def inline_writer(unit: Callable[[], Any]) -> Any:
    """Satisfies `application.ports.Writer`: at once, in this thread."""
    return unit()


class Program:
    """Runs as `followupbot run` does, but for the ticks: `turn` does what is due, and `next_at` says when again."""

    def __init__(self, start: Start, database: CrashingDatabase, telegram: VirtualTelegram, faults: Faults) -> None:
        self._start = start
        self._database = database
        self._telegram = telegram
        self._faults = faults
        self._process: Process | None = None
        self._down_until: datetime | None = None
        self._units_seen = -1
        self._clinic_seen: int | None = -1
        self._clinic_at: datetime | None = None
        self._wake_at: datetime | None = None
        self._send_at: datetime | None = None
        self._storage_at: datetime | None = None
        self._deaf_since: datetime | None = None
        self._mends = False
        self.raised: list[tuple[str, Exception]] = []
        self.tried: dict[int, set[datetime]] = {}
        """When each update was tried, by its number: a crash may come after its commit, and then it comes again."""
        self.handled: Callable[[Mapping[str, Any], datetime], None] = lambda _raw, _now: None
        """Told of each update whose unit has committed."""

    @property
    def process(self) -> Process:
        """The process, running. `Down` where it does not."""
        if self._process is None:
            raise Down
        return self._process

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self._process is not None

    def next_at(self, now: datetime) -> datetime | None:
        """When `turn` has something to do again; None where nothing is to be expected."""
        if self._process is None:  # a start needs the database, too
            return max(self._down_until or now, self._storage_at or now)
        down = self._faults.away_until(PROCESS)
        if down is not None:
            return down
        if self._telegram.unfetched and not self._faults.api_is_away:
            return now
        if self._storage_at is not None:
            return self._storage_at
        away = self._faults.away_until(DATABASE)
        if away is not None:  # nobody can look what the clinic waits for
            return away
        self._look()
        back = self._faults.away_until(API)
        return min((at for at in (self._wake_at, self._send_at, self._clinic_at, back) if at is not None), default=None)

    async def turn(self, now: datetime) -> None:
        """Everything that is due by now is done; or the process has died over it, and is started again later."""
        self._poll(now)
        if self._faults.away_until(PROCESS) is not None:
            self._die(now)
            self._down_until = self._faults.away_until(PROCESS)
            return
        try:
            if self._process is None:
                if self._down_until is not None and now < self._down_until:
                    return
                self._begin()
            if self._storage_at is not None and now < self._storage_at:
                return
            self._storage_at = None
            await self._work()
        except Crash:
            self._die(self._faults.clock.at)
            self._down_until = self._faults.clock.at + RESTART_AFTER
        except StorageUnavailable:
            back = self._faults.away_until(DATABASE) or now
            self._storage_at = max(back, self._faults.clock.at + RETRY_STORAGE_AFTER)

    def _poll(self, now: datetime) -> None:
        """What there is is fetched, with the database away too; or it is noted since when nothing can be."""
        if self._process is None or self._faults.api_is_away or self._faults.away_until(PROCESS) is not None:
            self._deaf_since = self._deaf_since or now
        else:
            self._telegram.hand_out()

    def _die(self, now: datetime) -> None:
        """What was in hand is not any more. With the database away it was kept last before then whom we heard."""
        if self._process is not None:
            self._telegram.take_back()
            since = self._faults.away_since(DATABASE) or now
            self._deaf_since = min(self._deaf_since or since, since)
        self._process = None

    def _hear(self, now: datetime) -> None:
        """Telegram is heard again: it is kept for how long it was not."""
        since = self._deaf_since
        if since is not None and now - since > interruptions.INTERRUPTED_AFTER:
            cause = Cause(f"interrupted:{stamp(since)}:{stamp(now)}", ByClock())
            missed = Interruption(since, now)
            self.process.store.transact_clinic(cause, lambda _: interruptions.record(missed, now))
            self._mends = True
        self._deaf_since = None

    def _mend(self, now: datetime) -> None:
        """Whose press may be lost is asked again, after what came in late."""
        while self._mends and self.process.store.clinic().interruptions:
            self.process.mending.once(now)
        self._mends = False

    def _begin(self) -> None:
        self._faults.crashed = False
        process = self._start()
        process.outbox.reclaim()
        self._process = process
        self._down_until = None
        self._units_seen = self._clinic_seen = -1
        self._mends = True

    async def _work(self) -> None:
        clock = self._faults.clock
        while True:
            self._take_in()
            if self._mends:
                self._mend(clock.at)
            self._look()
            if self._clinic_at is not None and self._clinic_at <= clock.at:
                rounds.once_clinic(self.process.store, clock.at)
                self._units_seen = self._clinic_seen = -1
                self._look()
            if self._wake_at is not None and self._wake_at <= clock.at:
                rounds.once_unmeant(self.process.store, clock.at, self._note)
            while self._wake_at is not None and self._wake_at <= clock.at:
                rounds.once(self.process.store, clock.at, self._note)
                self._look()
            if not await self._send() and not self._waiting:
                return
            if self._faults.away_until(DATABASE) is not None:
                raise StorageUnavailable

    @property
    def _waiting(self) -> bool:
        """Whether updates wait that can be fetched."""
        return bool(self._telegram.pending) and not self._faults.api_is_away

    def _take_in(self) -> None:
        telegram, faults = self._telegram, self._faults
        if faults.api_is_away:
            return
        telegram.hand_out()
        self._hear(faults.clock.at)
        while telegram.pending:
            update = telegram.pending[0]
            self.tried.setdefault(update.id, set()).add(faults.clock.at)
            try:
                self.process.take_in(update.raw, faults.clock.at)
            except StorageUnavailable:
                raise
            except Exception as error:
                self.raised.append((f"update {update.id}", error))
                update.tried += 1
                if update.tried >= UPDATE_TRIES_MAX:
                    self.process.set_aside(update.id, update.raw, error, faults.clock.at)
                    telegram.pending.popleft()
                continue
            telegram.pending.popleft()
            self.handled(update.raw, faults.clock.at)

    async def _send(self) -> bool:
        """Whether anything was tried."""
        clock = self._faults.clock
        tried = False
        while self._send_at is not None and self._send_at <= clock.at:
            if await self.process.deliveries.once(clock.at):
                tried = True
                self._send_at = timers.next_send_at(self._database)
                continue
            if self._faults.away_until(DATABASE) is not None:
                raise StorageUnavailable
            self._send_at = timers.next_send_at(self._database)
            if self._send_at is not None and self._send_at <= clock.at:
                # What is due and could not be taken waits for what else is under way. All is looked at before,
                # so that the claim that found nothing is no reason to look again at once, for ever.
                self._look()
                self._send_at = timers.next_send_at(self._database, clock.at) or clock.at + IDLE
        return tried

    def _look(self) -> None:
        if self._units_seen != self._database.units:
            self._units_seen = self._database.units
            times = timers.next_times(self._database)
            self._wake_at, self._send_at = times.wake_at, times.send_at
            if times.clinic != self._clinic_seen:
                self._clinic_seen = times.clinic
                self._clinic_at = rounds.clinic_next_at(self.process.store, self._faults.clock.at)

    def _note(self, patient: PatientId, error: Exception) -> None:
        self.raised.append((f"chart {patient}", error))
