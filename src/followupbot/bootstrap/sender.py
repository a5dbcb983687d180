"""The sender's part: messages go out; with PostgreSQL for as long as no other machine does it."""

import asyncio
from contextlib import suppress
from datetime import datetime

import structlog

from followupbot.application import admins
from followupbot.application.deliveries import Deliveries
from followupbot.application.front_desk import FrontDesk
from followupbot.application.limiter import Limiter
from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.decision import ByClock
from followupbot.domain.delivery import Claim
from followupbot.domain.outgoing import Lane
from followupbot.storage.leases import Lease

log = structlog.get_logger(__name__)

SENDER_LEASE = "sender"
SENDER_LEASE_MS = 3_000
SENDER_RENEWS_AFTER = 1.0
"""With PostgreSQL several machines may run a sender, and one of them sends. Short, because after a crash the alerts
wait for it; a sender alone loses nothing where it is late to renew."""


class Sender:
    """One clinic's sender on this machine."""

    def __init__(self, workplace: Workplace, channel: TelegramChannel) -> None:
        self._workplace = workplace
        self._deliveries = _deliveries(workplace, channel)

    async def run(self) -> None:
        """It sends until the stop; what was in hand when the one before it ended is looked after first."""
        workplace, house = self._workplace, self._workplace.house
        if house.database.path is not None:
            await self._begin()
            await self._deliveries.run(workplace.stop, workplace.wake_sender)
            return
        while (lease := await self._acquire()) is not None:
            await self._begin()
            over = asyncio.Event()
            holding = asyncio.create_task(self._hold(lease, over))
            try:
                await self._deliveries.run(over, workplace.wake_sender)
            finally:
                holding.cancel()
            if workplace.stop.is_set():
                with suppress(StorageUnavailable):
                    await workplace.writer(lambda: house.leases.release(lease))  # the loop ends here

    async def _begin(self) -> None:
        await self._workplace.insist(self._workplace.house.outbox.reclaim)
        self._workplace.reports(Part.SENDER, lambda: self._deliveries.last_claim_machine)

    async def _acquire(self) -> Lease | None:
        """The lease of the one sender, as soon as it is free; None where the stop came first."""
        workplace, house = self._workplace, self._workplace.house
        while not workplace.stop.is_set():
            lease = await workplace.insist(
                lambda: house.leases.acquire(SENDER_LEASE, house.clock.machine_now(), SENDER_LEASE_MS)
            )
            if lease is not None:
                return lease
            waits_machine = house.clock.machine_now()
            workplace.reports(Part.SENDER, lambda: waits_machine)  # noqa: B023 # standing by is its work now
            await workplace.pause(SENDER_RENEWS_AFTER)
        return None

    async def _hold(self, lease: Lease, over: asyncio.Event) -> None:
        """`over` is set when the stop comes, another sender has the lease, or nobody renews it any more."""
        workplace, house = self._workplace, self._workplace.house

        def renew() -> bool:
            return house.leases.renew(lease, house.clock.machine_now(), SENDER_LEASE_MS) is not None

        try:
            while not workplace.stop.is_set():
                await workplace.pause(SENDER_RENEWS_AFTER)
                with suppress(StorageUnavailable):  # then nobody can claim anything either
                    if not await workplace.writer(renew):
                        log.warning("another sender has taken over")
                        break
        except Exception as error:  # a sender that ends by itself is worse than one that stumbles
            log.error("the lease could not be renewed, and is acquired anew", error=type(error).__name__)
        finally:
            over.set()


def _deliveries(workplace: Workplace, channel: TelegramChannel) -> Deliveries:
    """The sending itself, and whom it tells of what can't be sent."""
    house = workplace.house
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

    return Deliveries(
        house.outbox,
        house.renderer,
        channel,
        workplace.writer,
        house.clock,
        Limiter(),
        on_dead=dead,
        on_blocked=blocked,
        on_misconfigured=misconfigured,
    )
