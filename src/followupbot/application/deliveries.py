"""Sending what the outbox holds: claim, render, keep the bytes, send, and settle by what came of it.

State and the intent to send were committed together; this is the second, retried step. Whatever goes wrong here, the
row is still in the outbox, and its lease runs out.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from followupbot.application.bookkeeping import RATE, Bookkeeping, Report
from followupbot.application.forms import Forms
from followupbot.application.futures import cancel
from followupbot.application.limiter import Limiter
from followupbot.application.ports import (
    Ambiguous,
    Channel,
    Clock,
    Misconfigured,
    NotSent,
    Outbox,
    Outcome,
    Renderer,
    StorageUnavailable,
    Writer,
)
from followupbot.application.settlements import (
    ALERT_WAITS_MAX_MS,
    ATTEMPTS_MAX,
    GiveUp,
    Retry,
    Settlement,
    Simplify,
    retry_decision,
)
from followupbot.domain.delivery import Act, Claim
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Picture

log = logging.getLogger(__name__)

T = TypeVar("T")

IN_FLIGHT_MAX = 8
"""Sends at once: at 100 ms each that is more than Telegram's 30 a second. httpx grows slower beyond (telegram.md 0)."""

ALERTS_BEYOND_MAX = 4
"""Alerts that go beside those: eight check-ins to which nothing is answered take ten seconds, and no alert waits."""

TURN_WITHIN_MS = 500
"""After an outage our lease has run out though nobody else took it: what was claimed goes as soon as it is renewed.

Left to its own lease it would wait for a minute. Where another sender has it meanwhile, nothing of it changes.
"""

TICK = 1.0
"""Seconds after which the outbox is looked at without being woken: a wake-up may be lost, a message not."""

SLOT_WITHIN_MS = 1_500
"""A claim waits so long at most for its turn to be sent; then it is put back."""

SEND_BEFORE_MS = 6_000
"""Later than this after its claim nothing is sent: a send takes up to 10 s, taking old buttons away 3 s more, and at
20 s somebody else may claim it."""

STOP_WITHIN = 3.0
"""Seconds that a stop waits for what is under way: a send that is cut off may have arrived.

No longer, because SIGTERM ends the program within five.
"""


class Deliveries:
    """Sends what is due, up to 8 messages at a time."""

    def __init__(
        self,
        outbox: Outbox,
        renderer: Renderer,
        channel: Channel,
        writer: Writer,
        clock: Clock,
        limiter: Limiter,
        *,
        on_dead: Report,
        on_blocked: Report,
        on_misconfigured: Report,
        may_send: Callable[[], bool] = lambda: True,
        holds_routine: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`may_send` says just before a send whether it is still this sender's turn.

        While `holds_routine` says so, check-ins and education wait: the clock by which they are due may be wrong.
        """
        self._outbox = outbox
        self._books = Bookkeeping(
            outbox,
            writer,
            clock,
            limiter,
            on_dead=on_dead,
            on_blocked=on_blocked,
            on_misconfigured=on_misconfigured,
            sleep=sleep,
        )
        self._forms = Forms(renderer, channel)
        self._channel = channel
        self._writer = writer
        self._clock = clock
        self._limiter = limiter
        self._may_send = may_send
        self._holds_routine = holds_routine
        self._sleep = sleep
        self._under_way: set[asyncio.Task[None]] = set()
        self._unanswered = 0
        self._refused_in_a_row = 0
        self.last_claim_machine: int | None = None
        """When the outbox last said what is due, be it nothing; for a watchdog."""

    async def once(self, now: datetime) -> int:
        """Up to 8 messages that were due have been tried, and settled; how many."""
        machine_now = self._clock.machine_now()
        claims = await self._claim(now, machine_now, IN_FLIGHT_MAX, tuple(Lane))
        await asyncio.gather(*(self._carry_out(claim, machine_now) for claim in claims))
        return len(claims)

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Send what is due until `stop` is set. Looks when `wake` is set, and each second."""
        try:
            while not stop.is_set():
                wake.clear()
                machine_now = self._clock.machine_now()
                free, lanes = self._room()
                claims = await self._claim(self._clock.now(), machine_now, free, lanes) if free else ()
                for claim in claims:
                    task = asyncio.create_task(self._carry_out(claim, machine_now))
                    self._under_way.add(task)
                    task.add_done_callback(self._under_way.discard)
                    task.add_done_callback(lambda _: wake.set())
                if not free or len(claims) < free:
                    await self._first_of(wake.wait(), stop.wait(), self._sleep(TICK))
        finally:
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=STOP_WITHIN)
            await cancel(self._under_way)

    def _room(self) -> tuple[int, tuple[Lane, ...]]:
        """For how many more there is room, and of which lanes."""
        free = IN_FLIGHT_MAX - len(self._under_way)
        lanes = (Lane.ALERT, Lane.REPLY) if self._holds_routine() else tuple(Lane)
        return (free, lanes) if free > 0 else (free + ALERTS_BEYOND_MAX, (Lane.ALERT,))

    async def _first_of(self, *waits: Awaitable[object]) -> None:
        waiting = [asyncio.ensure_future(wait) for wait in waits]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await cancel(waiting)

    # -- one message ---------------------------------------------------------------------------------------------------

    async def _claim(self, now: datetime, machine_now: int, limit: int, lanes: tuple[Lane, ...]) -> Sequence[Claim]:
        """Nothing where everything has to wait anyway, or where the database is away."""
        paused = self._limiter.paused(machine_now)
        if paused > ALERT_WAITS_MAX_MS:
            lanes = tuple(lane for lane in lanes if lane is Lane.ALERT)
        elif paused:
            return ()
        try:
            await self._books.catch_up()
            claims = await self._writer(lambda: self._outbox.claim(now, machine_now, limit, lanes))
            self.last_claim_machine = self._clock.machine_now()
            return claims
        except StorageUnavailable:
            log.warning("nothing is sent while the database is away")
        except Exception as error:  # a sender that ends by itself is worse than one that stumbles
            log.error("claiming failed: %s", type(error).__name__)
        return ()

    async def _carry_out(self, claim: Claim, claimed_at_machine: int) -> None:
        """It was tried, and what came of it is with the books. Never raises."""
        try:
            await self._try(claim, claimed_at_machine)
        except Exception as error:
            log.error("delivery %d is left to its lease: %s", claim.id, type(error).__name__)

    async def _try(self, claim: Claim, claimed_at_machine: int) -> None:
        try:
            if not await self._wait_for_slot(claim, claimed_at_machine):
                return
            payload = await self._payload(claim)
            if payload is None:
                await self._books.settle(claim, GiveUp("dead", "no words"))
                return
            machine_now = self._clock.machine_now()
            if machine_now - claimed_at_machine > SEND_BEFORE_MS:
                await self._books.put_back(claim, machine_now, "writing took too long")
                return
            if not self._may_send():
                await self._books.put_back(claim, machine_now + TURN_WITHIN_MS, "it is not surely our turn")
                return
            outcome = await self._send(claim, payload)
            settlement = retry_decision(
                claim, outcome, self._clock.machine_now(), self._unanswered, self._refused_in_a_row
            )
            self._learn(outcome)
            if isinstance(settlement, Simplify):
                settlement = await self._simplify(claim, payload, settlement)
            await self._books.settle(claim, settlement)
        except StorageUnavailable:  # what has to be written before a send could not be: nothing has gone
            await self._books.put_back(claim, self._clock.machine_now(), "the database was away")

    async def _wait_for_slot(self, claim: Claim, claimed_at_machine: int) -> bool:
        """Whether its turn has come; else it has been put back."""
        while True:
            machine_now = self._clock.machine_now()
            wait = self._limiter.take(claim.address, claim.lane, machine_now)
            if not wait:
                return True
            if machine_now + wait - claimed_at_machine > SLOT_WITHIN_MS:
                await self._books.put_back(claim, machine_now + wait, RATE)
                return False
            await self._sleep(wait / 1000)

    async def _payload(self, claim: Claim) -> bytes | None:
        """The bytes to send, kept before they go out: a retry sends the same, and the record shows what was sent."""
        if claim.act is Act.STRIP:
            return b""
        if claim.payload is not None:
            return claim.payload
        if any(isinstance(value, Picture) for value in claim.params.values()):
            # A picture takes a tenth of a second to draw; no other message waits for it.
            payload = await asyncio.to_thread(self._forms.first, claim)
        else:
            payload = self._forms.first(claim)
        if payload is not None:
            await self._books.write(lambda: self._outbox.keep_rendered(claim, payload))
        return payload

    async def _send(self, claim: Claim, payload: bytes) -> Outcome:
        try:
            return await self._channel.deliver(claim, payload)
        except Exception as error:  # a mistake of the channel's: nobody knows how far it came
            log.error("delivery %d: the channel raised %s", claim.id, type(error).__name__)
            return Ambiguous(type(error).__name__)

    async def _simplify(self, claim: Claim, refused: bytes, why: Simplify) -> Settlement:
        """The next simpler form is kept, and goes at once; where there is none left it is given up."""
        forms = list(self._forms.of(claim))
        simpler = forms[forms.index(refused) + 1 :] if refused in forms else forms
        if not simpler or (refused not in forms and claim.attempts >= ATTEMPTS_MAX):
            return GiveUp("dead", why.error)
        await self._books.write(lambda: self._outbox.keep_rendered(claim, simpler[0]))
        return Retry(self._clock.machine_now(), counted=True, uncertain=False, error=why.error)

    def _learn(self, outcome: Outcome) -> None:
        """What one message's outcome says about the others."""
        if isinstance(outcome, NotSent | Ambiguous):
            self._unanswered += 1
            return
        if not isinstance(outcome, Misconfigured):
            self._refused_in_a_row = 0
        elif not self._limiter.paused(self._clock.machine_now()):  # what was under way with it is refused with it
            self._refused_in_a_row += 1
        self._unanswered = 0
