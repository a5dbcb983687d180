"""The sender's part: messages go out; with PostgreSQL for as long as no other machine does it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from followupbot.application import admins
from followupbot.application.deliveries import Deliveries
from followupbot.application.front_desk import FrontDesk
from followupbot.application.limiter import Limiter
from followupbot.application.ports import Channel, StorageUnavailable, Writer
from followupbot.bootstrap.house import House
from followupbot.bootstrap.turns import Turn
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.decision import ByClock
from followupbot.domain.delivery import Claim
from followupbot.domain.outgoing import Lane
from followupbot.storage import wakeups
from followupbot.storage.leases import Lease

log = structlog.get_logger(__name__)

LISTENS_AGAIN_AFTER = 5.0
"""Seconds after which a lost connection for wake-ups is opened anew; until then the outbox is looked at each second."""


WAIT_MAX_MS = 3_900_000
"""Longer than any wait that we begin: what Telegram names is believed up to an hour, and a back-off is five minutes."""


class Sender:
    """One clinic's sender on this machine."""

    def __init__(self, workplace: Workplace, channel: TelegramChannel, bot: int) -> None:
        self._workplace = workplace
        self._turn = Turn(workplace, Part.SENDER, bot)
        self._deliveries = make_deliveries(
            workplace.house,
            workplace.writer,
            channel,
            may_send=self._turn.lasts,
            holds_routine=lambda: workplace.doubts_clock,
        )

    async def run(self) -> None:
        """It sends until the stop; what was in hand when the one before it ended is looked after first."""
        listening = asyncio.create_task(self._listen())
        try:
            await self._turn.run(self._send)
        finally:
            listening.cancel()

    async def _send(self, lease: Lease | None, over: asyncio.Event) -> None:
        workplace = self._workplace
        workplace.house.outbox.turn = lease
        await workplace.insist(workplace.house.outbox.reclaim)
        await workplace.insist(self._forget_waits)
        workplace.reports(Part.SENDER, lambda: self._deliveries.last_claim_machine)
        await self._deliveries.run(over, workplace.wake_sender)

    def _forget_waits(self) -> None:
        """The clock may have been set back while nobody ran."""
        house = self._workplace.house
        house.outbox.forget_waits(house.clock.now(), house.clock.machine_now(), WAIT_MAX_MS)

    async def _listen(self) -> None:
        """Wake when another process has committed something to send."""
        workplace = self._workplace
        if workplace.house.database.path is not None:
            return
        while not workplace.stop.is_set():
            try:
                await wakeups.listen(workplace.house.database.url, workplace.wake_sender.set)
            except StorageUnavailable as error:
                log.warning("no wake-ups from the database; the outbox is looked at each second", reason=str(error))
            except Exception as error:
                log.error("listening failed; the outbox is looked at each second", error=type(error).__name__)
            await workplace.pause(LISTENS_AGAIN_AFTER)


def make_deliveries(
    house: House,
    writer: Writer,
    channel: Channel,
    *,
    may_send: Callable[[], bool] = lambda: True,
    holds_routine: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Deliveries:
    """The sending itself, and whom it tells of what can't be sent."""
    desk = FrontDesk(house.store, house.outbox)

    def blocked(claim: Claim, _: str, now: datetime) -> None:
        desk.blocked(claim.address, f"refused:{claim.id}", now)

    def dead(claim: Claim, error: str, now: datetime) -> None:
        log.error("dead letter", row=claim.id, lane=claim.lane, error=error)
        # An alert is never given up: it is late, and goes on being tried.
        if claim.lane is Lane.ALERT:
            admins.notify_operator(house.store, "alert_late", str(claim.id), ByClock(), now)
        else:
            admins.notify_operator(house.store, "dead_letter", str(claim.id), ByClock(), now, once=True)

    def misconfigured(_: Claim, error: str, now: datetime) -> None:
        log.error("Telegram refuses the token", error=error)
        admins.notify_operator(house.store, "token_refused", "", ByClock(), now)

    return Deliveries(
        house.outbox,
        house.renderer,
        channel,
        writer,
        house.clock,
        Limiter(),
        on_dead=dead,
        on_blocked=blocked,
        on_misconfigured=misconfigured,
        may_send=may_send,
        holds_routine=holds_routine,
        sleep=sleep,
    )
