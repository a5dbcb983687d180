"""Intake's part: updates come in; and what a card needs that is sent without a database."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress

import structlog

from followupbot.application import canaries, staff_commands
from followupbot.application.front_desk import FrontDesk
from followupbot.application.interruptions import Attendance
from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap import serving
from followupbot.bootstrap.house import House
from followupbot.bootstrap.turns import Turn
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.channels.telegram import webhook as webhooks
from followupbot.channels.telegram.http import BotApi
from followupbot.channels.telegram.inbound import Inbound
from followupbot.channels.telegram.intake import Intake, Listen
from followupbot.channels.telegram.menu import Menu, StaffMenus, set_menus
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.polling import place_of
from followupbot.channels.telegram.spool import Spool, is_empty
from followupbot.channels.telegram.unrecorded import Direct, UnrecordedCards
from followupbot.channels.telegram.webhook import WebhookKeeper, WebhookSettings
from followupbot.domain.clinic import Clinic, Role
from followupbot.domain.ids import Language, MessageKey
from followupbot.domain.manual import COMMANDS
from followupbot.domain.presses import CanaryPress
from followupbot.storage.hearing import Hearing
from followupbot.storage.keys import CLINIC
from followupbot.storage.leases import Lease, RoleLock, RoleTaken

log = structlog.get_logger(__name__)

CANARY_SECONDS = 60.0
"""How often it is looked whether today's test of alerts is to be made."""

CARDS_SENT_LOG = "cards_sent.log"

SPOOL = "updates_held.bin"
SPOOL_LOCK = "updates_held.lock"
"""Beside the data, on this machine: several processes may have one folder, and one of them has the file."""

LEFT_OVER_SECONDS = 5.0
"""How often a process that stands by looks whether updates wait on its disk that an earlier one has confirmed."""


def whom_to_tell(house: House) -> Direct:
    """What a card needs that is sent without a database, as it is now, with its words read into memory."""
    clinic = house.store.clinic()
    roles = dict.fromkeys((*clinic.settings.paged, Role.ADMIN))
    staff = [member for role in roles for member in clinic.reachable(role)]
    chats = tuple(dict.fromkeys(house.store.address(member.chat) for member in staff if member.chat))
    house.renderer.edition(clinic.published.version)
    return Direct(clinic.published.version, clinic.settings.language, chats)


class Reception:
    """One clinic's intake. `direct` was looked up before the network was asked for anything."""

    def __init__(self, workplace: Workplace, direct: Direct) -> None:
        self._workplace = workplace
        self._direct = direct
        house = workplace.house
        self._attendance = Attendance(house.store, Hearing(house.database), workplace.writer, house.clock)
        self._refreshing: set[asyncio.Task[None]] = set()
        self._refreshed_version: int | None = None
        self._keeping: set[asyncio.Task[None]] = set()
        self._staff_menus: StaffMenus | None = None
        self._at_spool = asyncio.Lock()
        self._taking_in = asyncio.Event()

    async def run(self, bot: BotApi, channel: TelegramChannel) -> None:
        """Updates come in until the stop, and Telegram offers patients the commands that there are."""
        self._staff_menus = StaffMenus(bot)
        await asyncio.gather(self._take_in(bot, channel), self._set_menus(bot))

    async def _take_in(self, bot: BotApi, channel: TelegramChannel) -> None:
        workplace, house = self._workplace, self._workplace.house

        async def take_in(_: Lease | None, over: asyncio.Event) -> None:
            self._taking_in.set()
            try:
                async with self._at_spool:
                    with self._spool() as spool:
                        intake = self._intake(bot, channel, spool)
                        workplace.reports(Part.INTAKE, lambda: intake.last_good_poll_machine)
                        workplace.updates_wait_since = lambda: intake.waits_since_machine
                        canaries = asyncio.create_task(self._test_alerts(intake))
                        try:
                            await intake.run(over, self._listening(bot))
                        finally:
                            canaries.cancel()
            finally:
                workplace.updates_wait_since = lambda: None
                self._taking_in.clear()

        # An emergency is answered without the database, also by a process that has begun without it.
        turn = Turn(workplace, Part.INTAKE, bot.number, without_database=True)
        if house.database.path is not None:
            await turn.run(take_in)
            return
        standing_by = asyncio.create_task(self._work_off(bot, channel))
        try:
            await turn.run(take_in)
        finally:
            standing_by.cancel()
            await asyncio.gather(standing_by, return_exceptions=True)

    def _intake(self, bot: BotApi, channel: TelegramChannel, spool: Spool | None) -> Intake:
        workplace, house = self._workplace, self._workplace.house
        return Intake(
            bot,
            Inbound(FrontDesk(house.store, house.outbox), bot.number),
            house.store,
            workplace.writer,
            house.clock,
            house.renderer,
            channel,
            UnrecordedCards(channel, house.renderer, self._direct, house.settings.data / CARDS_SENT_LOG),
            workplace.tell_operator,
            spool=spool,
            committed=self._committed,
            heard=self._heard,
        )

    @contextmanager
    def _spool(self) -> Iterator[Spool | None]:
        """The updates on this machine's disk; None where another process of this folder has them."""
        house = self._workplace.house
        folder, cipher = house.settings.data, house.keys.cipher(CLINIC)
        with ExitStack() as held:
            try:
                held.enter_context(RoleLock(folder, SPOOL_LOCK))
            except (RoleTaken, OSError) as error:
                log.warning("no updates are kept on the disk", reason=str(error))
                yield None
                return
            yield Spool(
                folder / SPOOL,
                lambda plain: cipher.encrypt(plain, "spool", "update", ""),
                lambda sealed: cipher.decrypt(sealed, "spool", "update", ""),
            )

    async def _work_off(self, bot: BotApi, channel: TelegramChannel) -> None:
        """What an earlier process has left on this disk comes in, also while another machine has the turn."""
        workplace, file = self._workplace, self._workplace.house.settings.data / SPOOL
        while not workplace.stop.is_set():
            await workplace.pause(LEFT_OVER_SECONDS)
            if self._taking_in.is_set() or is_empty(file):
                continue
            try:
                async with self._at_spool:
                    with self._spool() as spool:
                        if spool is not None and spool.waiting():
                            await self._take_left_over(self._intake(bot, channel, spool))
            except Exception as error:  # what is left is left for the next look
                log.error("what is left on the disk could not be taken in", error=place_of(error))

    async def _take_left_over(self, intake: Intake) -> None:
        """Until nothing is left, the turn comes, or the stop."""
        over = asyncio.Event()

        async def listen(intake: Intake) -> None:
            while intake.unconfirmed and not self._taking_in.is_set() and not self._workplace.stop.is_set():
                await self._workplace.pause(0.2)
            over.set()

        await intake.run(over, listen)

    async def _test_alerts(self, intake: Intake) -> None:
        """Once a day a made-up press goes the way of all others."""
        workplace, house = self._workplace, self._workplace.house
        while True:
            await asyncio.sleep(CANARY_SECONDS)
            try:
                number = await workplace.writer(lambda: canaries.put(house.store, house.clock.now()))
                if number is not None:
                    log.info("test of alerts", number=number)
                    await intake.make_up(number, CanaryPress(number))
            except StorageUnavailable:
                log.warning("the test of alerts is put off: the database is away")
            except Exception as error:  # the test must not harm what it tests
                log.error("the test of alerts stumbled", error=place_of(error))

    def _listening(self, bot: BotApi) -> Listen | None:
        """How updates come in where Telegram brings them; None where we ask for them."""
        settings = self._workplace.house.settings
        known = settings.webhook()
        if known is None:
            return None
        webhook = WebhookSettings(*known)

        async def listen(intake: Intake) -> None:
            try:
                listening = serving.listen(settings.webhook_host, settings.webhook_port)
            except OSError as error:
                self._workplace.problem = (
                    f"The webhook can't listen on {settings.webhook_host}:{settings.webhook_port}: {error.strerror}. "
                    "Set FOLLOWUPBOT_WEBHOOK_PORT to a free port."
                )
                self._workplace.stop.set()
                return
            server = serving.server(webhooks.application(webhook, intake.deliver))
            log.info("webhook", address="http://{}:{}".format(*listening.getsockname()[:2]))
            keeper = WebhookKeeper(bot, webhook, intake.operator, intake.hear, asyncio.sleep)
            try:
                await asyncio.gather(server.serve(sockets=[listening]), keeper.run())
            finally:
                listening.close()

        return listen

    def _committed(self) -> None:
        self._workplace.wake_sender.set()
        _start_one(self._refreshing, self._refresh)

    def _heard(self) -> None:
        if self._attendance.hear():
            _start_one(self._keeping, self._attendance.keep)

    async def _refresh(self) -> None:
        """What is kept of the clinic is as the newest commit has left it; most leave the clinic as it was."""
        house, direct = self._workplace.house, self._direct
        with suppress(StorageUnavailable):  # it stays as it was known last: that is what it is for
            version = await self._workplace.writer(lambda: house.store.clinic().version)
            if version == self._refreshed_version:
                return
            found = await self._workplace.writer(lambda: whom_to_tell(house))
            direct.words, direct.language, direct.chats = found.words, found.language, found.chats
            await self._show_staff_menus()
            self._refreshed_version = version

    async def _show_staff_menus(self) -> None:
        """Each staff member's chat offers what their role may do, also after somebody has joined or left."""
        if self._staff_menus is not None:
            await self._staff_menus.show(await self._workplace.writer(self._menus_of_staff))

    def _menus_of_staff(self) -> dict[int, Menu]:
        house = self._workplace.house
        clinic = house.store.clinic()
        edition, language = house.renderer.edition(clinic.published.version), clinic.settings.language
        try:
            return {
                house.store.address(member.chat): [
                    (name, edition.html(language, MessageKey(f"staff_commands/{name}"), {}))
                    for name in staff_commands.commands_for(clinic, member)
                ]
                for member in clinic.staff
                if member.chat is not None
            }
        except (LookupError, ValueError) as error:  # published by an older version, which had no words for it
            log.warning("the staff's menu has no words; run `followupbot publish`", reason=place_of(error))
            return {}

    async def _set_menus(self, bot: BotApi) -> None:
        """In each language; the stop does not wait for it."""
        workplace = self._workplace
        clinic = await workplace.insist(workplace.house.store.clinic)
        if clinic is None:
            return
        try:
            menus = {language: self._menu(clinic, language) for language in clinic.published.languages}
        except (LookupError, ValueError) as error:  # published by an older version, which had no words for it
            log.warning("the menu of commands has no words; run `followupbot publish`", reason=place_of(error))
            return
        setting = asyncio.ensure_future(self._tell_menus(bot, menus, clinic.settings.language))
        stopping = asyncio.ensure_future(workplace.stop.wait())
        await asyncio.wait((setting, stopping), return_when=asyncio.FIRST_COMPLETED)
        setting.cancel()
        stopping.cancel()

    async def _tell_menus(self, bot: BotApi, menus: dict[Language, Menu], default: Language) -> None:
        await set_menus(bot, menus, default)
        with suppress(StorageUnavailable):  # the next commit tells them
            await self._show_staff_menus()

    def _menu(self, clinic: Clinic, language: Language) -> Menu:
        edition = self._workplace.house.renderer.edition(clinic.published.version)
        return [(name, edition.html(language, MessageKey(f"commands/{name}"), {})) for name in COMMANDS]


def _start_one(running: set[asyncio.Task[None]], work: Callable[[], Coroutine[object, object, None]]) -> None:
    """The work is under way, and not twice at once."""
    if not running:
        task = asyncio.create_task(work())
        running.add(task)
        task.add_done_callback(running.discard)
        task.add_done_callback(_log_failed)


def _log_failed(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.error("a task beside the intake ended", error=place_of(error))
