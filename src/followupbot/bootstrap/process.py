"""`followupbot run`: intake, sender, clock and pages, side by side in one process, until SIGTERM."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from threading import Thread

import structlog

from followupbot.application import admins
from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap import quarantine, supervisor
from followupbot.bootstrap.auditor import Auditor
from followupbot.bootstrap.clockwork import ROUND_SECONDS, Clockwork
from followupbot.bootstrap.house import House, open_house
from followupbot.bootstrap.occupants import alone
from followupbot.bootstrap.pages import Pages
from followupbot.bootstrap.reception import Reception, whom_to_tell
from followupbot.bootstrap.sender import Sender
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.channels.telegram.http import BotApi, make_bot
from followupbot.channels.telegram.introduction import TokenRefused, introduce
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.decision import ByClock
from followupbot.settings import Settings
from followupbot.storage.engine import WriterThread

log = structlog.get_logger(__name__)

STOP_WITHIN = 3.7
WRITER_WITHIN = 4.2
"""Seconds after which a stop cuts off what is still under way, and a database that hangs: SIGTERM ends the program
within five."""

QUARANTINE_SECONDS = 1.0
"""How often it is looked whether somebody has released the database."""

NOT_APPROVED = """\
Not approved by two people, with their names: this care protocol and its words: {keys}.
A spinal clinician and a safety officer of your clinic must, before patients rely on them."""


def run(settings: Settings, parts: frozenset[Part]) -> str | None:
    """The program runs until SIGTERM or SIGINT; None, or why it had to end. HouseClosed where it can't begin."""
    with open_house(settings) as house, alone(settings):
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


async def _until_told(process: "Process") -> str | None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return await process.run(stop)


class Process:
    """The parts at work on one clinic."""

    def __init__(
        self,
        house: House,
        parts: frozenset[Part],
        *,
        round_seconds: float = ROUND_SECONDS,
        stretch: Callable[[], float] = lambda: 1.0,
    ) -> None:
        """`stretch`: how many seconds of people's time are as one, to whoever looks whether anything is late."""
        self._house = house
        self._parts = parts
        self._round_seconds = round_seconds
        self._stretch = stretch
        self.writer_hangs = False
        """Whether a unit was still under way when `run` came to its end."""

    async def run(self, stop: asyncio.Event) -> str | None:
        """Every part works until `stop` is set, or one finds that nothing can work; then why is given back."""
        house = self._house
        self._say_not_approved()
        token = house.settings.token()
        assert token is not None, "the command has looked for the token"
        bot = make_bot(token, house.settings.telegram_api)
        workplace = Workplace(house, stop)
        tasks = {asyncio.create_task(one) for one in self._work(workplace, bot)}
        stopping = asyncio.create_task(stop.wait())
        ending = time.monotonic()
        supervisor.notify(supervisor.READY)
        try:
            done, _ = await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stop.set()
            supervisor.notify(supervisor.STOPPING)
            ending = time.monotonic()
            await asyncio.wait(tasks, timeout=STOP_WITHIN)
            for task in done - {stopping}:
                task.result()
        finally:
            for task in (*tasks, stopping):
                task.cancel()
            await asyncio.gather(*tasks, stopping, return_exceptions=True)
            await bot.close_connections()
            self.writer_hangs = not _closes(workplace.writer, ending + WRITER_WITHIN)
        return workplace.problem

    def _work(
        self, workplace: Workplace, bot: BotApi, *, pages: bool = True
    ) -> Iterator[Coroutine[object, object, None]]:
        reception = Reception(workplace, whom_to_tell(self._house)) if Part.INTAKE in self._parts else None
        if quarantine.is_on(self._house):
            # Only the pages, which say so.
            if Part.WEB in self._parts:
                yield Pages(workplace, self._parts).run()
            yield self._end_quarantine(workplace, bot)
            return
        if Part.CLOCK in self._parts:
            yield Clockwork(workplace, self._round_seconds).run()
        if pages and Part.WEB in self._parts:
            yield Pages(workplace, self._parts).run()
        if self._parts & {Part.INTAKE, Part.SENDER}:
            yield self._telegram(workplace, bot, reception)
        yield Auditor(workplace, self._parts, TelegramChannel(bot), stretch=self._stretch).run()

    async def _end_quarantine(self, workplace: Workplace, bot: BotApi) -> None:
        """Once somebody has released the database, everything else works too."""
        log.error("in quarantine", reason=quarantine.WORDS)
        held = True
        while held and not workplace.stop.is_set():
            await workplace.pause(QUARANTINE_SECONDS)
            with suppress(StorageUnavailable):  # then it is looked at again
                held = await asyncio.to_thread(quarantine.is_on, self._house)
            supervisor.notify(supervisor.WORKS)  # the auditor, who says it otherwise, does not work yet
        if held:
            return
        log.info("released")
        tasks = {asyncio.create_task(one) for one in self._work(workplace, bot, pages=False)}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            workplace.stop.set()
            await asyncio.wait(tasks, timeout=STOP_WITHIN)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()

    async def _telegram(self, workplace: Workplace, bot: BotApi, reception: Reception | None) -> None:
        """Once Telegram has told who we are, updates come in and messages go out."""
        house = self._house
        try:
            me = await introduce(bot, workplace.stop, workplace.tell_operator)
        except TokenRefused as error:
            workplace.problem = f"Telegram refuses the token ({error}). Check FOLLOWUPBOT_TELEGRAM_TOKEN."
            return
        if me is None:
            return
        log.info("introduced", bot=me.username)
        channel = TelegramChannel(bot)
        work: list[Coroutine[object, object, object]] = []
        if Part.SENDER in self._parts:
            work.append(Sender(workplace, channel, bot.number).run())
        if reception is not None:
            work.append(reception.run(bot, channel))
        # Beside the others: an emergency that comes in while the database is locked does not wait for this.
        work.append(workplace.insist(lambda: admins.name_bot(house.store, me.username, ByClock(), house.clock.now())))
        await asyncio.gather(*work)

    def _say_not_approved(self) -> None:
        protocols = self._house.store.clinic().published.protocols.values()
        keys = ", ".join(sorted(protocol.key for protocol in protocols if not protocol.approved))
        if keys:
            sys.stderr.write(NOT_APPROVED.format(keys=keys) + "\n")


def _closes(writer: WriterThread, by: float) -> bool:
    """Whether the writer has come to its end by then, on the machine's monotonic clock."""
    closing = Thread(target=writer.close, daemon=True)
    closing.start()
    closing.join(max(0.0, by - time.monotonic()))
    return not closing.is_alive()
