"""Intake's part: updates come in; and what a card needs that is sent without a database."""

import asyncio
from contextlib import suppress

from followupbot.application.front_desk import FrontDesk
from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap.house import House
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.channels.telegram.http import BotApi
from followupbot.channels.telegram.inbound import Inbound
from followupbot.channels.telegram.intake import Intake
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.unrecorded import Direct, UnrecordedCards
from followupbot.domain.clinic import Role

CARDS_SENT_LOG = "cards_sent.log"


def whom_to_tell(house: House) -> Direct:
    """What a card needs that is sent without a database, as it is now, with its words read into memory."""
    clinic = house.store.clinic()
    roles = dict.fromkeys((*clinic.settings.ladder, Role.ADMIN))
    staff = [member for role in roles for member in clinic.reachable(role)]
    chats = tuple(dict.fromkeys(house.store.address(member.chat) for member in staff if member.chat))
    house.renderer.edition(clinic.published.version)
    return Direct(clinic.published.version, clinic.settings.language, chats)


class Reception:
    """One clinic's intake. `direct` was looked up before the network was asked for anything."""

    def __init__(self, workplace: Workplace, direct: Direct) -> None:
        self._workplace = workplace
        self._direct = direct
        self._refreshing: set[asyncio.Task[None]] = set()

    async def run(self, bot: BotApi, channel: TelegramChannel) -> None:
        """Updates come in until the stop."""
        workplace, house = self._workplace, self._workplace.house
        intake = Intake(
            bot,
            Inbound(FrontDesk(house.store, house.outbox), bot.number),
            house.store,
            workplace.writer,
            house.clock,
            house.renderer,
            channel,
            UnrecordedCards(channel, house.renderer, self._direct, house.settings.data / CARDS_SENT_LOG),
            workplace.tell_operator,
            committed=self._committed,
        )
        workplace.reports(Part.INTAKE, lambda: intake.last_good_poll_machine)
        await intake.run(workplace.stop)

    def _committed(self) -> None:
        self._workplace.wake_sender.set()
        if not self._refreshing:
            task = asyncio.create_task(self._refresh())
            self._refreshing.add(task)
            task.add_done_callback(self._refreshing.discard)

    async def _refresh(self) -> None:
        house, direct = self._workplace.house, self._direct
        with suppress(StorageUnavailable):  # it stays as it was known last: that is what it is for
            found = await self._workplace.writer(lambda: whom_to_tell(house))
            direct.words, direct.language, direct.chats = found.words, found.language, found.chats
