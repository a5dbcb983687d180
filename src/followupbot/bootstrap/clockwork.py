"""The clock's part: rounds and seals, at fixed intervals. What is due stands in the database, not in a job."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, timedelta
from importlib import metadata

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from followupbot.application import admins, rounds
from followupbot.application.interruptions import ASKED_AT_ONCE_MAX, Mending
from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap import backups, tidying
from followupbot.bootstrap.clock_watch import ClockWatch
from followupbot.bootstrap.clocks import SystemClock
from followupbot.bootstrap.key_files import HouseClosed
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.channels.telegram.polling import place_of
from followupbot.domain.decision import ByClock
from followupbot.domain.ids import PatientId
from followupbot.storage.hearing import Hearing
from followupbot.storage.soundings import Soundings

log = structlog.get_logger(__name__)

ROUND_SECONDS = 2.0
"""How often the clock looks for charts in which something is due; the query is an indexed one."""

MENDING_SECONDS = 5.0
"""How often the clock looks whether nothing was heard for too long; so what came in late is decided about first."""

SEAL_SECONDS = 600
"""Every ten minutes all heads are sealed (design.md)."""


KEEPING_SECONDS = 3_600
KEEPING_AFTER_SECONDS = 60
"""Every hour it is looked whether today's backup is there; not at once, since a start has more urgent things to do."""


class Clockwork:
    """One clinic's clock."""

    def __init__(self, workplace: Workplace, round_seconds: float = ROUND_SECONDS) -> None:
        self._workplace = workplace
        self._round_seconds = round_seconds
        self._round_done_machine: int | None = None
        house = workplace.house
        self._soundings = Soundings(house.database)
        self._watch = ClockWatch()
        self._jumped_ms = 0
        self._mending = Mending(house.store, Hearing(house.database), _log_chart)

    async def run(self) -> None:
        """It ticks until the stop, by the time zones' rules of today."""
        await self._workplace.insist(self._renew_zone_data)
        if self._workplace.stop.is_set():
            return  # a job that is cut off before it has begun is an error to the scheduler, with a traceback
        scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        # The scheduler's own time is the machine's, also where the clinic's clock is sped up.
        at_once = SystemClock().now()
        scheduler.add_job(self._quietly(self._round), "interval", seconds=self._round_seconds, next_run_time=at_once)
        scheduler.add_job(self._quietly(self._mend), "interval", seconds=MENDING_SECONDS)
        scheduler.add_job(self._quietly(self._seal), "interval", seconds=SEAL_SECONDS)
        soon = at_once + timedelta(seconds=KEEPING_AFTER_SECONDS)
        scheduler.add_job(self._quietly(self._keep), "interval", seconds=KEEPING_SECONDS, next_run_time=soon)
        scheduler.start()
        self._workplace.reports(Part.CLOCK, lambda: self._round_done_machine)
        try:
            await self._workplace.stop.wait()
        finally:
            scheduler.shutdown(wait=False)

    def _renew_zone_data(self) -> None:
        """What was planned by another version of the rules is planned anew; the zones are those of the locked wheel."""
        house, found = self._workplace.house, metadata.version("tzdata")
        if admins.renew_zone_data(house.store, found, ByClock(), house.clock.now()):
            log.info("time zones", tzdata=found)

    def _quietly(self, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The same work, but a stop that cuts it off is no error: the scheduler would log a traceback for it."""

        async def tick() -> None:
            try:
                await work()
            except asyncio.CancelledError:
                if not self._workplace.stop.is_set():
                    raise

        return tick

    async def _round(self) -> None:
        workplace, house = self._workplace, self._workplace.house
        try:
            await self._by_itself(self._look_at_clock)
            await self._by_itself(self._wake_clinic)
            if workplace.doubts_clock:
                await self._only_alerts()
                self._round_done_machine = house.clock.machine_now()
                return
            await self._by_itself(self._note_unmeant)
            while not workplace.stop.is_set():
                done = await workplace.writer(
                    lambda: rounds.once(house.store, house.clock.now(), _log_chart), later=True
                )
                if done.woken:
                    workplace.wake_sender.set()
                if not done.more:
                    break
            self._round_done_machine = house.clock.machine_now()
        except StorageUnavailable as error:
            log.error("round put off", reason=str(error))

    async def _by_itself(self, work: Callable[[], Awaitable[None]]) -> None:
        """What goes wrong in it holds up no patient's timers."""
        try:
            await work()
        except StorageUnavailable:
            raise
        except Exception as error:
            log.error("a part of the round failed", error=place_of(error))

    async def _look_at_clock(self) -> None:
        """A clock that was set back is told of; one that has jumped forward holds back all that is routine."""
        workplace, house = self._workplace, self._workplace.house
        self._jumped_ms = self._watch.look() or self._jumped_ms
        if not self._jumped_ms:
            return
        seconds = round(self._jumped_ms / 1000)
        if seconds > 0:
            workplace.doubts_clock = True
            await workplace.writer(lambda: admins.doubt_clock(house.store, seconds, house.clock.now()))
        else:
            await workplace.writer(
                lambda: house.outbox.forget_waits(house.clock.now(), house.clock.machine_now(), longest_ms=0)
            )
            await workplace.tell_operator("clock_back", str(-seconds))
        log.error("the clock has jumped", seconds=seconds)
        self._jumped_ms = 0
        workplace.wake_sender.set()

    async def _only_alerts(self) -> None:
        house, now = self._workplace.house, self._workplace.house.clock.now()

        def page() -> int:
            due = self._soundings.alerts_due(now, rounds.CHARTS_A_ROUND_MAX)
            return rounds.once_alerts(house.store, due, now, _log_chart)

        if await self._workplace.writer(page):
            self._workplace.wake_sender.set()

    async def _wake_clinic(self) -> None:
        house = self._workplace.house
        if await self._workplace.writer(lambda: rounds.once_clinic(house.store, house.clock.now())):
            self._workplace.wake_sender.set()

    async def _note_unmeant(self) -> None:
        house = self._workplace.house
        if await self._workplace.writer(
            lambda: rounds.once_unmeant(house.store, house.clock.now(), _log_chart), later=True
        ):
            self._workplace.wake_sender.set()

    async def _mend(self) -> None:
        """Who pressed a button that was lost is asked again."""
        workplace, house = self._workplace, self._workplace.house
        try:
            while not workplace.stop.is_set():
                asked = await workplace.writer(lambda: self._mending.once(house.clock.now()))
                if asked:
                    workplace.wake_sender.set()
                if asked < ASKED_AT_ONCE_MAX:
                    break
        except StorageUnavailable as error:
            log.error("asking again put off", reason=str(error))

    async def _seal(self) -> None:
        house = self._workplace.house
        try:
            sealed = await self._workplace.writer(lambda: rounds.seal(house.store, house.clock.now()))
        except StorageUnavailable as error:
            log.error("seal put off", reason=str(error))
            return
        if sealed is not None:
            # The log is outside the database: who shortens a chain there can't shorten this line.
            log.info("sealed", chains=sealed.count, digest=sealed.digest)

    async def _keep(self) -> None:
        """What keeps the data for years: today's backup. In a thread of its own, which holds up nobody."""
        house = self._workplace.house
        try:
            made = await asyncio.to_thread(backups.make_daily, house)
        except (HouseClosed, StorageUnavailable, OSError) as error:
            log.error("no backup", reason=str(error))
            with suppress(StorageUnavailable):  # the log has it, and in an hour it is tried again
                await self._workplace.tell_operator("backup_failed", type(error).__name__)
            return
        try:
            for line in await asyncio.to_thread(tidying.tidy_daily, house):
                if line.count:
                    log.info("has run out", what=line.what, count=line.count)
        except StorageUnavailable as error:
            log.error("retention put off", reason=str(error))
        if made is not None:
            manifest = made.backup.manifest
            log.info("backed up", file=made.backup.path.name, chains=manifest.chains, digest=manifest.digest)


def _log_chart(patient: PatientId, error: Exception) -> None:
    log.error("a chart could not be decided about", patient=patient, error=place_of(error))
