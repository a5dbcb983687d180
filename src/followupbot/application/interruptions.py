"""When was Telegram last heard, and what follows where that is too long ago."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from followupbot.application.ports import Clock, StorageUnavailable, Store, Writer
from followupbot.domain import interruptions
from followupbot.domain.addressing import stamp
from followupbot.domain.clinic import Interruption
from followupbot.domain.decision import ByClock, Cause
from followupbot.domain.ids import PatientId

NOTED_AFTER_MS = 15_000
"""How far back the time may lie that is kept of when Telegram was last heard: a restart within that loses nothing."""

ASKED_AT_ONCE_MAX = 50
"""Patients who are asked again in one unit, so that a press that comes in meanwhile does not wait."""

INTERRUPTED_AFTER_MS = int(interruptions.INTERRUPTED_AFTER.total_seconds() * 1000)


class Hearing(Protocol):
    """What storage knows of who was heard, and when."""

    def last_heard(self) -> tuple[datetime, int] | None:
        """When Telegram was last heard, by people's clock and by the machine's, as `note_heard` has kept it."""

    def note_heard(self, at: datetime, machine_now: int) -> None:
        """It was heard then."""

    def awaited(self, after: PatientId | None, limit: int) -> Sequence[PatientId]:
        """Patients of whom an answer is waited for, by code: so many of those behind that one."""

    def heard_between(self, since: datetime, until: datetime) -> Collection[PatientId]:
        """Patients about whom something that came in was decided in that time."""

    def underway(self, since: datetime) -> Collection[str]:
        """The subjects of which a message was sent since then, or still waits to be."""


@dataclass(frozen=True)
class _Moment:
    """By people's clock and by the machine's."""

    at: datetime
    machine: int


class Attendance:
    """Notices when nothing was heard for too long, in this run of the program and before it; and keeps that."""

    def __init__(self, store: Store, hearing: Hearing, writer: Writer, clock: Clock) -> None:
        self._store = store
        self._hearing = hearing
        self._writer = writer
        self._clock = clock
        self._last: _Moment | None = None
        self._first: _Moment | None = None
        self._noted_machine: int | None = None
        self._missed: list[Interruption] = []

    def hear(self) -> bool:
        """Telegram was heard just now; whether there is something to `keep`."""
        now = _Moment(self._clock.now(), self._clock.machine_now())
        last, self._last = self._last, now
        if last is None:
            self._first = now
        elif now.machine - last.machine > INTERRUPTED_AFTER_MS:
            self._missed.append(Interruption(last.at, now.at))
        due = self._noted_machine is None or now.machine - self._noted_machine >= NOTED_AFTER_MS
        return due or bool(self._missed)

    async def keep(self) -> None:
        """It is kept when Telegram was heard last. Where the database is away, that comes with the next time."""
        heard = self._last
        if heard is None:
            return
        with suppress(StorageUnavailable):
            await self._writer(lambda: self._keep(heard))
            self._noted_machine = heard.machine

    def _keep(self, now: _Moment) -> None:
        """In the thread that writes."""
        if self._first is not None:
            before = self._hearing.last_heard()
            if before is not None and self._first.machine - before[1] > INTERRUPTED_AFTER_MS:
                self._record(Interruption(before[0], self._first.at), now.at)
            self._first = None
        while self._missed:
            self._record(self._missed[0], now.at)
            del self._missed[0]
        self._hearing.note_heard(now.at, now.machine)

    def _record(self, missed: Interruption, now: datetime) -> None:
        cause = Cause(f"interrupted:{stamp(missed.since)}:{stamp(missed.until)}", ByClock())
        self._store.transact_clinic(cause, lambda _: interruptions.record(missed, now))


@dataclass
class _Asking:
    """One interruption, while everybody is asked again."""

    interruption: Interruption
    in_talk: Collection[PatientId]
    underway: Collection[str]
    asked: list[PatientId] = field(default_factory=list)


class Mending:
    """Asks everybody again whose press may be lost, some at a time."""

    def __init__(self, store: Store, hearing: Hearing, log: Callable[[PatientId, Exception], None]) -> None:
        self._store = store
        self._hearing = hearing
        self._log = log
        self._asking: _Asking | None = None

    def once(self, now: datetime) -> int:
        """How many patients were looked at; after a crash it begins again, and asks nobody twice."""
        waiting = self._store.clinic().interruptions
        if not waiting:
            self._asking = None
            return 0
        if self._asking is None or self._asking.interruption not in waiting:
            self._asking = self._begin(waiting[0])
        asking = self._asking
        batch = self._hearing.awaited(asking.asked[-1] if asking.asked else None, ASKED_AT_ONCE_MAX)
        for patient in batch:
            self._ask(asking, patient, now)
            asking.asked.append(patient)
        if len(batch) < ASKED_AT_ONCE_MAX:
            self._finish(asking, now)
            self._asking = None
        return len(batch)

    def _begin(self, interruption: Interruption) -> _Asking:
        since = interruption.since - interruptions.IN_TALK_WITHIN
        in_talk = self._hearing.heard_between(since, interruption.until)
        return _Asking(interruption, in_talk, self._hearing.underway(interruption.until))

    def _ask(self, asking: _Asking, patient: PatientId, now: datetime) -> None:
        missed, in_talk = asking.interruption, patient in asking.in_talk
        cause = Cause(f"interrupted:{stamp(missed.since)}:{stamp(missed.until)}:{patient}", ByClock())
        try:
            self._store.transact(
                patient,
                cause,
                lambda chart: interruptions.ask_again(chart, missed, in_talk, asking.underway, now),
            )
        except StorageUnavailable:
            raise
        except Exception as error:  # one chart that can't be decided about must not keep the others from being asked
            self._log(patient, error)

    def _finish(self, asking: _Asking, now: datetime) -> None:
        missed = asking.interruption
        cause = Cause(f"interrupted:{stamp(missed.since)}:{stamp(missed.until)}:mended", ByClock())
        self._store.transact_clinic(
            cause, lambda clinic: interruptions.mended(clinic, missed, tuple(asking.asked), now)
        )
