"""The auditor: finds what has come to a halt, tells the operator, and pings an outside address while all is well."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import httpx
import structlog

from followupbot.application import admins, canaries
from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap import supervisor
from followupbot.bootstrap.watch import DATABASE_AWAY, watch
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.polling import place_of
from followupbot.domain import canary, troubles
from followupbot.domain.addressing import stamp
from followupbot.domain.clinic import Clinic, Role
from followupbot.domain.decision import ByClock, Cause, Decision
from followupbot.domain.ids import MessageKey
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Param
from followupbot.domain.troubles import Trouble
from followupbot.storage.soundings import Sounding, Soundings
from followupbot.web import health

log = structlog.get_logger(__name__)

AUDIT_SECONDS = 10.0
"""How often it looks."""

OVERDUE_AFTER = timedelta(seconds=30)
"""An alert whose next step is overdue by that has a stopped clock behind it, or a chart that can't be decided about."""

CHARTS_WAIT_AFTER = timedelta(minutes=10)
"""Charts wait so long only where the clock does not keep up, in the busiest minute of the morning too."""

PENDING_MAX = {
    Lane.ALERT: timedelta(minutes=1),
    Lane.REPLY: timedelta(minutes=2),
    Lane.CHECK_IN: timedelta(minutes=20),
    Lane.EDUCATION: timedelta(hours=1),
}
"""How long the oldest message of a lane may wait: a wave of 10,000 check-ins takes six minutes."""

UPDATES_WAIT_AFTER_MS = 60_000
"""Whatever a patient does is decided about within a second; what waits for a minute, with a database, is stuck."""

DEAD_WITHIN = timedelta(hours=24)
"""Of messages that were given up, those of a day are looked at: each is told once, and older ones were told."""

DATABASE_AWAY_AFTER = 30.0
"""Seconds without the database after which the operator hears of it past the outbox."""

HEARTBEAT_SECONDS = 60.0
HEARTBEAT_WITHIN = 5.0

DIRECT_WITHIN = 5.0
"""Seconds for a message past the outbox."""

LOOK_WITHIN = 5.0
"""Seconds for one look at the database; one that hangs is as good as away."""

PAST_THE_OUTBOX = frozenset(
    {Trouble("database_away"), Trouble("part_stopped", "sender"), Trouble("message_waits", "alert")}
)
"""Troubles of which a message by way of the outbox may never arrive: these are told past it as well."""


class Auditor:
    """Looks for as long as the program runs. `troubles` are those that stood at the last look; None before it."""

    def __init__(
        self,
        workplace: Workplace,
        parts: frozenset[Part],
        channel: TelegramChannel,
        *,
        ping: Callable[[str], Awaitable[None]] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        stretch: Callable[[], float] = lambda: 1.0,
    ) -> None:
        """`stretch`: how many seconds of people's time are as one; more than one in the practice clinic only."""
        self._workplace = workplace
        self._parts = parts
        self._channel = channel
        self._soundings = Soundings(workplace.house.database)
        self._ping = ping or _ping
        self._monotonic = monotonic
        self._stretch = stretch
        self._operators: tuple[int, ...] = ()
        self._clinic: Clinic | None = None
        self._told_directly: set[Trouble] = set()
        self._dead_told: set[int] = set()
        self._away_since: float | None = None
        self._pinged: float | None = None
        self._hangs = False
        self.troubles: frozenset[Trouble] | None = None

    async def run(self) -> None:
        """Every ten seconds, until the stop. What goes wrong in a look is logged, and no ping goes out for it."""
        while not self._workplace.stop.is_set():
            try:
                await self.once()
            except Exception as error:  # an auditor that ends by itself is what it is there to prevent
                log.error("the auditor stumbled", error=place_of(error))
                self.troubles = None
            await self._workplace.pause(AUDIT_SECONDS)

    async def once(self) -> None:
        """One look, and what follows from it."""
        found = frozenset(await self._look())
        self.troubles = found
        self._workplace.audited = tuple(sorted({trouble.key for trouble in found} - {"part_stopped", "database_away"}))
        # A database that says it is away is no reason to be started anew: without it emergencies still have their
        # cards, and a program that begins then has none to begin with. One that hangs, or a clock that stands, is.
        if not self._hangs and Trouble("part_stopped", Part.CLOCK.value) not in found:
            supervisor.notify(supervisor.WORKS)
        await self._tell_directly(found)
        if not found:
            await self._heartbeat()

    # -- looking -------------------------------------------------------------------------------------------------------

    async def _look(self) -> set[Trouble]:
        workplace = self._workplace
        found = {
            Trouble("part_stopped", part.value)
            for part in self._watched()
            if workplace.age_ms(part) > health.STALE_AFTER_MS
        }
        waits_since = workplace.updates_wait_since()
        if waits_since is not None and workplace.house.clock.machine_now() - waits_since > UPDATES_WAIT_AFTER_MS:
            found.add(Trouble("updates_wait"))
        began = self._monotonic()
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                found |= await workplace.writer(lambda: self._judge(found))
            self._away_since = None
            workplace.wake_sender.set()
            self._hangs = False
        except (StorageUnavailable, TimeoutError) as error:
            self._hangs = isinstance(error, TimeoutError)
            self._away_since = self._away_since or began
            if self._monotonic() - self._away_since >= DATABASE_AWAY_AFTER:
                found.add(Trouble("database_away"))
        return found

    def _judge(self, of_parts: set[Trouble]) -> set[Trouble]:
        """In the thread that writes: what the database tells; the operator's messages are decided."""
        house = self._workplace.house
        now, stretch = house.clock.now(), self._stretch()
        clinic = house.store.clinic()
        sounding = self._soundings.look(now, now - OVERDUE_AFTER * stretch, now - DEAD_WITHIN)
        found = set(_of_sounding(clinic, sounding, now - CHARTS_WAIT_AFTER * stretch))
        found |= {
            Trouble("message_waits", lane.name.lower())
            for lane, since in sounding.oldest_pending.items()
            if now - since > PENDING_MAX[lane] * stretch and not (clinic.clock_doubted_at and lane >= Lane.CHECK_IN)
        }
        canaries.receive(house.store, self._soundings.sent_at, now)
        if canary.lost(house.store.clinic(), now, canary.RECEIPT_WITHIN * stretch):
            found.add(Trouble("canary_lost"))
        for row in sounding.dead:
            if row not in self._dead_told:
                admins.notify_operator(house.store, "dead_letter", str(row), ByClock(), now, once=True)
                self._dead_told.add(row)
        self._dead_told &= set(sounding.dead)

        def look(clinic: Clinic) -> Decision:
            return troubles.look(clinic, found | of_parts, self._judges, now)

        if look(clinic).facts:
            house.store.transact_clinic(Cause(f"audit:{self._own()}:{stamp(now)}", ByClock()), look)
        self._clinic = clinic
        self._operators = tuple(
            house.store.address(admin.chat) for admin in clinic.reachable(Role.ADMIN) if admin.chat is not None
        )
        self._workplace.doubts_clock = clinic.clock_doubted_at is not None
        return found

    def _watched(self) -> frozenset[Part]:
        return self._parts - {Part.WEB}

    def _own(self) -> str:
        return ",".join(sorted(part.value for part in self._watched()))

    def _judges(self, trouble: Trouble) -> bool:
        """Of parts of another process nothing is known here; of the database, all."""
        if trouble.key == "updates_wait":
            return Part.INTAKE in self._parts
        return trouble.key != "part_stopped" or trouble.detail in {part.value for part in self._watched()}

    # -- telling -------------------------------------------------------------------------------------------------------

    async def _tell_directly(self, found: frozenset[Trouble]) -> None:
        """Once for each trouble: whoever hears it twice, here and by the outbox, has lost nothing."""
        silent = set(found & PAST_THE_OUTBOX)
        for trouble in sorted(silent - self._told_directly, key=lambda trouble: (trouble.key, trouble.detail)):
            log.error("trouble", key=trouble.key, detail=trouble.detail)
            await self._send(trouble, "operator/trouble")
        for trouble in self._told_directly - found:
            log.info("trouble over", key=trouble.key, detail=trouble.detail)
            if trouble.key == "database_away":
                await self._send(trouble, "operator/trouble_over")
        self._told_directly = silent

    async def _send(self, trouble: Trouble, message: str) -> None:
        clinic, renderer = self._clinic, self._workplace.house.renderer
        if clinic is None:
            return
        params: dict[str, Param] = {"what": troubles.words(trouble), "detail": trouble.detail}
        rendered = renderer.render(clinic.published.version, clinic.settings.language, MessageKey(message), params)
        payload = self._channel.compose(rendered)
        sends = (self._channel.send(address, payload, within=DIRECT_WITHIN) for address in self._operators)
        for outcome in await asyncio.gather(*sends, return_exceptions=True):
            log.info("told past the outbox", key=trouble.key, outcome=type(outcome).__name__)

    # -- the heartbeat -------------------------------------------------------------------------------------------------

    async def _heartbeat(self) -> None:
        """The outside address hears from us, at most once a minute, only now that all is well."""
        address, now = self._workplace.house.settings.heartbeat_url, self._monotonic()
        if address is None or (self._pinged is not None and now - self._pinged < HEARTBEAT_SECONDS):
            return
        problems = await watch(self._workplace.house, self._workplace.writer)
        if problems:
            if DATABASE_AWAY not in problems:
                log.warning("no heartbeat", reason="; ".join(problems))
            return
        try:
            await self._ping(address)
            self._pinged = now
        except httpx.HTTPError as error:  # the one at the other end notices, that is what it is for
            log.warning("the heartbeat address could not be reached", error=type(error).__name__)


def _of_sounding(clinic: Clinic, sounding: Sounding, charts_before: datetime) -> list[Trouble]:
    overdue = list(dict.fromkeys(sounding.alerts_overdue))
    found = [Trouble("alert_overdue", patient) for patient in overdue[:3]]
    if len(overdue) > 3:
        found.append(Trouble("alert_overdue", "+"))
    if clinic.clock_doubted_at is None and sounding.due_since is not None and sounding.due_since < charts_before:
        found.append(Trouble("charts_wait"))
    return found


async def _ping(address: str) -> None:
    """A bare GET, without anything of ours in it."""
    async with httpx.AsyncClient(timeout=HEARTBEAT_WITHIN, follow_redirects=False) as client:
        answer = await client.get(address)
        answer.raise_for_status()
