"""What came of each send is written down, at once or as soon as the database is back; for as long as the process lives.

After a crash the lease of the row runs out, and nobody knows whether it arrived.
"""

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TypeVar, assert_never

from followupbot.application.limiter import Limiter
from followupbot.application.ports import Clock, Outbox, StorageUnavailable, Writer
from followupbot.application.settlements import (
    ALERT_WAITS_MAX_MS,
    Done,
    GiveUp,
    HoldChat,
    Move,
    PauseAll,
    Retry,
    SendAnew,
    Settlement,
    Simplify,
    Unreachable,
)
from followupbot.domain.delivery import Claim
from followupbot.domain.ids import ChatId
from followupbot.domain.outgoing import Lane

log = logging.getLogger(__name__)

T = TypeVar("T")

WRITE_PAUSES = (0.1, 0.2, 0.5, 1.0, 1.0)
"""Seconds between tries to write something down; together short, because whoever sends waits for it."""

RATE = "rate"
"""The reason of a row that waits for its turn: no error, and nothing to log."""

FLOODED_WITHIN_MS = 1_000
"""Two chats told to wait within this time: it is the bot that sends too fast, not the chats."""

Report = Callable[[Claim, str, datetime], None]
"""Told in the thread that writes, before the row is settled. Told again it must change nothing."""


class Bookkeeping:
    """Settles rows of the outbox. What can't be written is kept in the order in which it came about."""

    def __init__(
        self,
        outbox: Outbox,
        writer: Writer,
        clock: Clock,
        limiter: Limiter,
        *,
        on_dead: Report,
        on_blocked: Report,
        on_misconfigured: Report,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """Nothing is left to be written."""
        self._outbox = outbox
        self._writer = writer
        self._clock = clock
        self._limiter = limiter
        self._on_dead = on_dead
        self._on_blocked = on_blocked
        self._on_misconfigured = on_misconfigured
        self._sleep = sleep
        self._unwritten: deque[tuple[Claim, Callable[[], None]]] = deque()
        self._flooded: tuple[ChatId, int] | None = None

    async def settle(self, claim: Claim, settlement: Settlement) -> None:
        """It is written down; or, where that can't be done for some seconds, kept for `catch_up`."""
        if not isinstance(settlement, Done):
            waits = isinstance(settlement, Retry) and settlement.error == RATE
            log.log(logging.DEBUG if waits else logging.INFO, "delivery %d: %s", claim.id, settlement)
        if isinstance(settlement, HoldChat):
            self._slow_down(claim.chat, settlement.until_machine)
        if isinstance(settlement, PauseAll):
            self._limiter.pause(settlement.until_machine)
        unit = partial(self._write_down, claim, settlement, self._clock.now())
        try:
            await self.write(unit)
        except StorageUnavailable:
            log.warning("delivery %d: what came of it is written down when the database is back", claim.id)
            self._unwritten.append((claim, unit))

    async def put_back(self, claim: Claim, again_at_machine: int, why: str) -> None:
        """Nothing of it was sent, so it goes again then, and nobody has to wait for its lease."""
        await self.settle(claim, Retry(again_at_machine, counted=False, uncertain=False, error=why))

    async def catch_up(self) -> None:
        """All that was kept is written. To be called before anything is claimed: what has surely gone never goes twice.

        `StorageUnavailable` where the database is still away; then nothing of it is lost.
        """
        if self._unwritten:
            await self._writer(self._catch_up)

    def _catch_up(self) -> None:
        """In the thread that writes; what comes meanwhile is put behind."""
        while self._unwritten:
            claim, unit = self._unwritten[0]
            try:
                unit()
            except StorageUnavailable:
                raise
            except Exception as error:  # one row that can't be settled must not keep the others, and its lease runs out
                log.error("delivery %d is left to its lease: %s", claim.id, type(error).__name__)
            self._unwritten.popleft()

    async def write(self, unit: Callable[[], T]) -> T:
        """What the unit gives back. `StorageUnavailable` where the database stays away for some seconds."""
        for seconds in WRITE_PAUSES:
            try:
                return await self._writer(unit)
            except StorageUnavailable:
                await self._sleep(seconds)
        return await self._writer(unit)

    def _write_down(self, claim: Claim, settlement: Settlement, now: datetime) -> None:
        """In the thread that writes, be it long after `now`, when it came about."""
        outbox = self._outbox
        match settlement:
            case Done(message):
                outbox.confirm(claim, message, now)
            case Retry(at_machine, counted, uncertain, error, tell):
                if tell:
                    self._report(self._on_dead, claim, error, now)
                outbox.retry(claim, at_machine, counted, uncertain, error)
            case HoldChat(until_machine):
                outbox.hold_chat(claim.chat, until_machine)
                again = until_machine
                if claim.lane is Lane.ALERT:
                    again = min(again, self._clock.machine_now() + ALERT_WAITS_MAX_MS)
                outbox.retry(claim, again, counted=False, uncertain=False, error="too fast")
            case Unreachable(error):
                self._report(self._on_blocked, claim, error, now)
                outbox.block_chat(claim.chat)
                outbox.give_up(claim, "cancelled", error)
            case Move(address):
                outbox.migrate_chat(claim.chat, address)
                outbox.retry(claim, self._clock.machine_now(), counted=True, uncertain=False, error="moved")
            case SendAnew():
                outbox.forget_target(claim)
            case PauseAll(until_machine, error, tell):
                if tell:
                    self._report(self._on_misconfigured, claim, error, now)
                outbox.retry(claim, until_machine, counted=False, uncertain=False, error=error)
            case GiveUp(state, error):
                self._report(self._on_dead, claim, error, now)
                outbox.give_up(claim, state, error)
            case Simplify():
                raise AssertionError("a simpler form was found, or it was given up")
            case _:
                assert_never(settlement)

    def _report(self, report: Report, claim: Claim, error: str, now: datetime) -> None:
        """Before the row is settled: after a crash in between it is reported again, never not at all."""
        try:
            report(claim, error, now)
        except StorageUnavailable:
            raise
        except Exception as failed:
            log.error("delivery %d: not reported: %s", claim.id, type(failed).__name__)

    def _slow_down(self, chat: ChatId, until_machine: int) -> None:
        machine_now = self._clock.machine_now()
        if self._flooded is not None:
            other, at_machine = self._flooded
            if other != chat and machine_now - at_machine <= FLOODED_WITHIN_MS:
                self._limiter.pause(until_machine)
        self._flooded = (chat, machine_now)
