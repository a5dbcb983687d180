"""`followupbot run`: intake, sender, clock and pages, side by side in one process, until SIGTERM."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from threading import Thread
from typing import TypeVar

import structlog
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from followupbot.application import admins, rounds
from followupbot.application.commands import COMMANDS
from followupbot.application.deliveries import Deliveries
from followupbot.application.front_desk import FrontDesk
from followupbot.application.limiter import Limiter
from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap.clocks import SystemClock
from followupbot.bootstrap.house import House, HouseClosed, open_house
from followupbot.bootstrap.watch import watch
from followupbot.channels.telegram.http import BotApi, make_bot
from followupbot.channels.telegram.inbound import Inbound
from followupbot.channels.telegram.intake import Intake
from followupbot.channels.telegram.introduction import TokenRefused, introduce
from followupbot.channels.telegram.menu import Menu, set_menus
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.polling import nth, place_of
from followupbot.channels.telegram.unrecorded import Direct, UnrecordedCards
from followupbot.domain.clinic import Clinic, Role
from followupbot.domain.decision import ByClock
from followupbot.domain.delivery import Claim
from followupbot.domain.ids import Language, MessageKey, PatientId
from followupbot.domain.outgoing import Lane
from followupbot.settings import Settings
from followupbot.storage.engine import WriterThread
from followupbot.storage.leases import Lease, RoleLock, RoleTaken
from followupbot.web import health

log = structlog.get_logger(__name__)

T = TypeVar("T")

ROUND_SECONDS = 2.0
"""How often the clock looks for charts in which something is due; the query is an indexed one."""

SEAL_SECONDS = 600
"""Every ten minutes all heads are sealed (design.md)."""

STOP_WITHIN = 3.7
WRITER_WITHIN = 4.2
"""Seconds after which a stop cuts off what is still under way, and a database that hangs: SIGTERM ends the program
within five."""

SENDER_LEASE = "sender"
SENDER_LEASE_MS = 3_000
SENDER_RENEWS_AFTER = 1.0
"""With PostgreSQL several machines may run a sender, and one of them sends. Short, because after a crash the alerts
wait for it; a sender alone loses nothing where it is late to renew."""

STORAGE_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before the next try, while the database is away; the last is repeated."""

WATCH_SECONDS = 5.0
"""How often the pages look whether the database answers, and whether staff can be reached."""

CARDS_SENT_LOG = "cards_sent.log"

NOT_APPROVED = """\
Nobody has approved this care protocol and its words: {keys}.
A spinal clinician and a safety officer of your clinic must, before patients rely on them."""


class Part(StrEnum):
    """What one process can do. On SQLite one does everything."""

    INTAKE = "intake"
    SENDER = "sender"
    CLOCK = "clock"
    WEB = "web"


def run(settings: Settings, parts: frozenset[Part]) -> str | None:
    """The program runs until SIGTERM or SIGINT; None, or why it had to end. HouseClosed where it can't begin."""
    with open_house(settings) as house, _alone(house):
        process = Process(house, parts)
        problem = asyncio.run(_until_told(process))
        if process.writer_hangs:
            # Nothing is lost: what is not committed is not confirmed to Telegram, and comes again.
            log.warning("the database hangs; the stop does not wait for it")
            if problem is not None:
                sys.stderr.write(problem + "\n")
            sys.stderr.flush()
            os._exit(0 if problem is None else 1)
        return problem


@contextmanager
def _alone(house: House) -> Iterator[None]:
    """On SQLite no other process runs with this folder, for as long as the block does. HouseClosed where one does."""
    if house.database.path is None:
        yield
        return
    folder = house.database.path.parent
    try:
        lock = RoleLock(folder).__enter__()
    except RoleTaken as error:
        raise HouseClosed(
            f"Another followupbot runs with {folder} already.\n"
            "On SQLite one process does everything: stop that one first."
        ) from error
    except OSError as error:
        raise HouseClosed(f"The data folder {folder} can't be written to: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


async def _until_told(process: "Process") -> str | None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return await process.run(stop)


class Process:
    """The parts at work on one clinic."""

    def __init__(self, house: House, parts: frozenset[Part], *, round_seconds: float = ROUND_SECONDS) -> None:
        self._house = house
        self._parts = parts
        self._round_seconds = round_seconds
        self._writer = WriterThread()
        self._wake_sender = asyncio.Event()
        self._stop = asyncio.Event()
        self._began_machine = house.clock.machine_now()
        self._last_done: dict[Part, Callable[[], int | None]] = {}
        self._round_done_machine: int | None = None
        self._troubles: tuple[str, ...] = ()
        self._problem: str | None = None
        self.writer_hangs = False
        """Whether a unit was still under way when `run` came to its end."""

    async def run(self, stop: asyncio.Event) -> str | None:
        """Every part works until `stop` is set, or one finds that nothing can work; then why is given back."""
        self._stop = stop
        self._say_not_approved()
        token = self._house.settings.token()
        assert token is not None, "the command has looked for the token"
        bot = make_bot(token, self._house.settings.telegram_api)
        direct = self._whom_to_tell() if Part.INTAKE in self._parts else None
        work = [self._clock()] if Part.CLOCK in self._parts else []
        work += [self._web()] if Part.WEB in self._parts else []
        work += [self._telegram(bot, direct)] if self._parts & {Part.INTAKE, Part.SENDER} else []
        tasks = {asyncio.create_task(one) for one in work}
        stopping = asyncio.create_task(stop.wait())
        ending = time.monotonic()
        try:
            done, _ = await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            ending = time.monotonic()
            await asyncio.wait(tasks, timeout=STOP_WITHIN)
            for task in done - {stopping}:
                task.result()
        finally:
            for task in (*tasks, stopping):
                task.cancel()
            await asyncio.gather(*tasks, stopping, return_exceptions=True)
            await bot.close_connections()
            closing = Thread(target=self._writer.close, daemon=True)
            closing.start()
            closing.join(max(0.0, ending + WRITER_WITHIN - time.monotonic()))
            self.writer_hangs = closing.is_alive()
        return self._problem

    # -- Telegram ------------------------------------------------------------------------------------------------------

    async def _telegram(self, bot: BotApi, direct: Direct | None) -> None:
        """Once Telegram has told who we are, updates come in and messages go out."""
        house = self._house
        try:
            me = await introduce(bot, self._stop, self._tell_operator)
        except TokenRefused as error:
            self._problem = f"Telegram refuses the token ({error}). Check FOLLOWUPBOT_TELEGRAM_TOKEN."
            return
        if me is None:
            return
        log.info("introduced", bot=me.username)
        channel = TelegramChannel(bot)
        work: list[Coroutine[object, object, object]] = []
        if Part.SENDER in self._parts:
            work.append(self._sender(channel))
        if direct is not None:
            work.append(self._intake(bot, channel, direct))
            work.append(self._set_menus(bot))
        # Beside the others: an emergency that comes in while the database is locked does not wait for this.
        work.append(self._insist(lambda: admins.name_bot(house.store, me.username, ByClock(), house.clock.now())))
        await asyncio.gather(*work)

    async def _intake(self, bot: BotApi, channel: TelegramChannel, direct: Direct) -> None:
        house = self._house
        cards = UnrecordedCards(channel, house.renderer, direct, house.settings.data / CARDS_SENT_LOG)
        refreshing: set[asyncio.Task[None]] = set()

        async def refresh() -> None:
            with suppress(StorageUnavailable):  # it stays as it was known last: that is what it is for
                found = await self._writer(self._whom_to_tell)
                direct.words, direct.language, direct.chats = found.words, found.language, found.chats

        def committed() -> None:
            self._wake_sender.set()
            if not refreshing:
                task = asyncio.create_task(refresh())
                refreshing.add(task)
                task.add_done_callback(refreshing.discard)

        intake = Intake(
            bot,
            Inbound(FrontDesk(house.store, house.outbox), bot.number),
            house.store,
            self._writer,
            house.clock,
            house.renderer,
            channel,
            cards,
            self._tell_operator,
            committed=committed,
        )
        self._last_done[Part.INTAKE] = lambda: intake.last_good_poll_machine
        await intake.run(self._stop)

    async def _set_menus(self, bot: BotApi) -> None:
        """Telegram offers patients the commands that there are, in their language; the stop does not wait for it."""
        clinic = await self._insist(self._house.store.clinic)
        if clinic is None:
            return
        try:
            menus = {language: self._menu(clinic, language) for language in clinic.published.languages}
        except (LookupError, ValueError) as error:  # published by an older version, which had no words for it
            log.warning("the menu of commands has no words; run `followupbot publish`", reason=place_of(error))
            return
        setting = asyncio.ensure_future(set_menus(bot, menus, clinic.settings.language))
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((setting, stopping), return_when=asyncio.FIRST_COMPLETED)
        setting.cancel()
        stopping.cancel()

    def _menu(self, clinic: Clinic, language: Language) -> Menu:
        edition = self._house.renderer.edition(clinic.published.version)
        return [(name, edition.html(language, MessageKey(f"commands/{name}"), {})) for name in COMMANDS]

    def _whom_to_tell(self) -> Direct:
        """What a card needs that is sent without a database, as it is now, with its words read into memory."""
        house = self._house
        clinic = house.store.clinic()
        roles = dict.fromkeys((*clinic.settings.ladder, Role.ADMIN))
        staff = [member for role in roles for member in clinic.reachable(role)]
        chats = tuple(dict.fromkeys(house.store.address(member.chat) for member in staff if member.chat))
        house.renderer.edition(clinic.published.version)
        return Direct(clinic.published.version, clinic.settings.language, chats)

    async def _sender(self, channel: TelegramChannel) -> None:
        """Messages go out; with PostgreSQL for as long as no other machine does it."""
        house = self._house
        desk = FrontDesk(house.store, house.outbox)

        def blocked(claim: Claim, _: str, now: datetime) -> None:
            desk.blocked(claim.address, f"refused:{claim.id}", now)

        def dead(claim: Claim, error: str, now: datetime) -> None:
            log.error("dead letter", row=claim.id, lane=claim.lane, error=error)
            # An alert is never given up: it is late, and goes on being tried.
            notice = "alert_late" if claim.lane is Lane.ALERT else "dead_letter"
            admins.notify_operator(house.store, notice, str(claim.id), ByClock(), now)

        def misconfigured(_: Claim, error: str, now: datetime) -> None:
            log.error("Telegram refuses the token", error=error)
            admins.notify_operator(house.store, "token_refused", "", ByClock(), now)

        deliveries = Deliveries(
            house.outbox,
            house.renderer,
            channel,
            self._writer,
            house.clock,
            Limiter(),
            on_dead=dead,
            on_blocked=blocked,
            on_misconfigured=misconfigured,
        )
        while not self._stop.is_set():
            if house.database.path is not None:
                await self._insist(house.outbox.reclaim)
                self._last_done[Part.SENDER] = lambda: deliveries.last_claim_machine
                await deliveries.run(self._stop, self._wake_sender)
                return
            lease = await self._acquire()
            if lease is None:
                return
            await self._insist(house.outbox.reclaim)
            self._last_done[Part.SENDER] = lambda: deliveries.last_claim_machine
            over = asyncio.Event()
            holding = asyncio.create_task(self._hold(lease, over))
            try:
                await deliveries.run(over, self._wake_sender)
            finally:
                holding.cancel()
            if self._stop.is_set():
                with suppress(StorageUnavailable):
                    await self._writer(lambda: house.leases.release(lease))  # noqa: B023 # the loop ends here

    async def _acquire(self) -> Lease | None:
        """The lease of the one sender, as soon as it is free; None where the stop came first."""
        house = self._house
        while not self._stop.is_set():
            lease = await self._insist(
                lambda: house.leases.acquire(SENDER_LEASE, house.clock.machine_now(), SENDER_LEASE_MS)
            )
            if lease is not None:
                return lease
            waits_machine = house.clock.machine_now()
            self._last_done[Part.SENDER] = lambda: waits_machine  # noqa: B023 # standing by is its work now
            await self._pause(SENDER_RENEWS_AFTER)
        return None

    async def _hold(self, lease: Lease, over: asyncio.Event) -> None:
        """`over` is set when the stop comes, or another sender has the lease."""
        house = self._house

        def renew() -> bool:
            return house.leases.renew(lease, house.clock.machine_now(), SENDER_LEASE_MS) is not None

        while not self._stop.is_set():
            await self._pause(SENDER_RENEWS_AFTER)
            with suppress(StorageUnavailable):  # then nobody can claim anything either
                if not await self._writer(renew):
                    log.warning("another sender has taken over")
                    break
        over.set()

    async def _insist(self, unit: Callable[[], T]) -> T | None:
        """What the unit gives back, as soon as the database takes it; None where the stop came first."""
        tries = 0
        while not self._stop.is_set():
            try:
                return await self._writer(unit)
            except StorageUnavailable as error:
                if not tries:
                    log.error("the database is away, and is tried again", reason=str(error))
            await self._pause(nth(STORAGE_PAUSES, tries))
            tries += 1
        return None

    async def _pause(self, seconds: float) -> None:
        """So many seconds have passed, or the stop has come."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)

    async def _tell_operator(self, key: str, detail: str) -> None:
        """Every admin has a message, and `status` shows it."""
        house = self._house
        log.error("operator", key=key, detail=detail)
        await self._writer(lambda: admins.notify_operator(house.store, key, detail, ByClock(), house.clock.now()))
        self._wake_sender.set()

    # -- the clock -----------------------------------------------------------------------------------------------------

    async def _clock(self) -> None:
        """Rounds and seals, at fixed intervals: what is due stands in the database, not in a job."""
        scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        scheduler.add_job(
            self._quietly(self._round), "interval", seconds=self._round_seconds, next_run_time=self._soon()
        )
        scheduler.add_job(self._quietly(self._seal), "interval", seconds=SEAL_SECONDS)
        scheduler.start()
        self._last_done[Part.CLOCK] = lambda: self._round_done_machine
        try:
            await self._stop.wait()
        finally:
            scheduler.shutdown(wait=False)

    def _quietly(self, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """The same work, but a stop that cuts it off is no error: the scheduler would log a traceback for it."""

        async def tick() -> None:
            try:
                await work()
            except asyncio.CancelledError:
                if not self._stop.is_set():
                    raise

        return tick

    async def _round(self) -> None:
        house = self._house
        try:
            while not self._stop.is_set():
                done = await self._writer(lambda: rounds.once(house.store, house.clock.now(), _log_chart))
                if done.woken:
                    self._wake_sender.set()
                if done.woken < rounds.CHARTS_A_ROUND_MAX:
                    break
            self._round_done_machine = house.clock.machine_now()
        except StorageUnavailable as error:
            log.error("round put off", reason=str(error))

    async def _seal(self) -> None:
        house = self._house
        try:
            sealed = await self._writer(lambda: rounds.seal(house.store, house.clock.now()))
        except StorageUnavailable as error:
            log.error("seal put off", reason=str(error))
            return
        if sealed is not None:
            # The log is outside the database: who shortens a chain there can't shorten this line.
            log.info("sealed", chains=sealed.count, digest=sealed.digest)

    def _soon(self) -> datetime:
        return SystemClock().now()

    # -- pages ---------------------------------------------------------------------------------------------------------

    async def _web(self) -> None:
        """Health endpoints; a port that is taken ends the program with a clear word."""
        settings = self._house.settings
        try:
            listening = socket.create_server((settings.web_host, settings.web_port))
        except OSError as error:
            self._problem = (
                f"The pages can't listen on {settings.web_host}:{settings.web_port}: {error.strerror}. "
                "Set FOLLOWUPBOT_WEB_PORT to a free port."
            )
            return
        config = uvicorn.Config(
            health.pages(self._look), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        log.info("pages", address="http://{}:{}".format(*listening.getsockname()[:2]))
        watching = asyncio.create_task(self._watch())
        await self._stop.wait()
        watching.cancel()
        server.should_exit = True
        await serving

    async def _watch(self) -> None:
        while True:
            self._troubles = await watch(self._house, self._writer)
            await asyncio.sleep(WATCH_SECONDS)

    def _look(self) -> health.Health:
        """How each part is doing; nothing here asks the database, which may be what is away."""
        now = self._house.clock.machine_now()
        ages = {}
        for part in sorted(self._parts - {Part.WEB}):
            # Where it has not done its work once, its age is the program's: it may never have begun.
            done = self._last_done.get(part, lambda: None)()
            ages[part.value] = now - (self._began_machine if done is None else done)
        return health.judge(ages, self._troubles)

    def _say_not_approved(self) -> None:
        protocols = self._house.store.clinic().published.protocols.values()
        keys = ", ".join(sorted(protocol.key for protocol in protocols if not protocol.approved_by))
        if keys:
            sys.stderr.write(NOT_APPROVED.format(keys=keys) + "\n")


class _Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the process has its own."""

    def install_signal_handlers(self) -> None:
        """Nothing is installed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield


def _log_chart(patient: PatientId, error: Exception) -> None:
    log.error("a chart could not be decided about", patient=patient, error=place_of(error))
