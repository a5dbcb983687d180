"""A whole intake against the practice Telegram: real polling, real HTTP, and everything behind it in memory."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from followupbot.channels.telegram.http import BotApi
from followupbot.channels.telegram.inbound import Inbound
from followupbot.channels.telegram.intake import Intake, Listen
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.channels.telegram.spool import Spool
from followupbot.channels.telegram.unrecorded import Direct, UnrecordedCards
from followupbot.domain.decision import Decision
from followupbot.domain.ids import Language, MessageId, Version
from followupbot.domain.outgoing import Notice
from followupbot.domain.presses import Press
from followupbot.practice import Practice
from tests.fakes import InlineWriter, Phrases, VirtualTime, eventually, settle

WORDS = Version("v1")
EN = Language("en")


@dataclass
class Desk:
    """Satisfies `inbound.Handlers`. A cause that has committed commits nothing again."""

    done: list[tuple[Any, ...]] = field(default_factory=list)
    """What has committed, in order: what it was, the address, and what it bore."""
    causes: list[str] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    """How often each cause was begun."""
    fails: Counter[str] = field(default_factory=Counter)
    """How often a text, or a press's value, still makes the handler raise."""
    notice: Notice | None = None

    def pressed(self, address: int, press: Press, message_id: MessageId, cause_key: str, now: datetime) -> Decision:
        return self._commit(cause_key, "pressed", address, press)

    def started(
        self, address: int, payload: str | None, cause_key: str, now: datetime, language: Language | None
    ) -> Decision:
        return self._commit(cause_key, "started", address, payload)

    def commanded(
        self,
        address: int,
        command: str,
        argument: str,
        message_id: MessageId,
        cause_key: str,
        now: datetime,
        language: Language | None,
    ) -> Decision:
        return self._commit(cause_key, "commanded", address, f"/{command} {argument}".strip())

    def wrote(
        self, address: int, text: str, message_id: MessageId, cause_key: str, now: datetime, language: Language | None
    ) -> Decision:
        return self._commit(cause_key, "wrote", address, text)

    def sent_something_else(
        self, address: int, what: str, text: str, message_id: MessageId, cause_key: str, now: datetime
    ) -> Decision:
        return self._commit(cause_key, "sent", address, f"{what} {text}".strip())

    def blocked(self, address: int, cause_key: str, now: datetime) -> Decision:
        return self._commit(cause_key, "blocked", address, None)

    def unblocked(self, address: int, cause_key: str, now: datetime) -> Decision:
        return self._commit(cause_key, "unblocked", address, None)

    def pressed_in_group(self, address: int, by: int, press: Press, cause_key: str, now: datetime) -> Decision:
        return self._commit(cause_key, "pressed in group", address, (by, press))

    def commanded_in_group(
        self, address: int, by: int, command: str, argument: str, cause_key: str, now: datetime
    ) -> Decision:
        return self._commit(cause_key, "commanded in group", address, (by, f"/{command} {argument}".strip()))

    def group_moved(self, address: int, to: int, cause_key: str, now: datetime) -> Decision:
        return self._commit(cause_key, "moved", address, to)

    def removed_from_group(self, address: int, cause_key: str, now: datetime) -> Decision:
        return self._commit(cause_key, "removed", address, None)

    def _commit(self, cause: str, what: str, address: int, bore: object) -> Decision:
        self.tried[cause] += 1
        word = bore if isinstance(bore, str) else getattr(bore, "value", "")
        if self.fails[word]:
            self.fails[word] -= 1
            raise RuntimeError(f"patient text that must not be logged: {word}")
        if cause in self.causes:
            return Decision()
        self.causes.append(cause)
        self.done.append((what, address, bore))
        return Decision(notice=self.notice)

    def said(self) -> list[object]:
        """What the done things bore."""
        return [bore for _, _, bore in self.done]


@dataclass
class Shelf:
    """Satisfies `intake.Failures`; outlives an intake, as a database does."""

    failed: Counter[int] = field(default_factory=Counter)
    aside: dict[int, tuple[bytes, str]] = field(default_factory=dict)

    def update_failed(self, update: int, error: str) -> int:
        self.failed[update] += 1
        return self.failed[update]

    def set_aside(self, update: int, raw: bytes, error: str, now: datetime) -> None:
        self.aside[update] = (raw, error)


@dataclass
class House:
    """Everything that a test about the intake holds in its hands."""

    practice: Practice
    bot: BotApi
    time: VirtualTime
    phrases: Phrases
    sent_log: Path
    desk: Desk = field(default_factory=Desk)
    shelf: Shelf = field(default_factory=Shelf)
    writer: InlineWriter = field(default_factory=InlineWriter)
    direct: Direct = field(default_factory=lambda: Direct(WORDS, EN))
    told: list[tuple[str, str]] = field(default_factory=list)
    commits: int = 0
    heard: int = 0
    spool: Spool | None = None
    listen: Listen | None = None
    """How updates come in, where they are brought."""
    committed: Callable[[], None] | None = None

    async def tell(self, key: str, detail: str) -> None:
        await self.writer(lambda: self.told.append((key, detail)))

    def _hear(self) -> None:
        self.heard += 1

    def _committed(self) -> None:
        self.commits += 1
        if self.committed:
            self.committed()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Intake]:
        """The intake runs, until the block is left; that is a clean stop."""
        channel = TelegramChannel(self.bot)
        cards = UnrecordedCards(channel, self.phrases, self.direct, self.sent_log, self.time.sleep)
        intake = Intake(
            self.bot,
            Inbound(self.desk, self.bot.number),
            self.shelf,
            self.writer,
            self.time,
            self.phrases,
            channel,
            cards,
            self.tell,
            spool=self.spool,
            committed=self._committed,
            heard=self._hear,
            sleep=self.time.sleep,
        )
        stop = asyncio.Event()
        running = asyncio.create_task(intake.run(stop, self.listen))
        try:
            yield intake
        finally:
            stop.set()
            while not running.done():
                await asyncio.sleep(0.01)
                if not self.writer.away and self.writer.hangs is None:
                    await settle()
                await self.time.pass_by(0.5)
            await running

    def pending(self) -> int:
        """How many updates Telegram still keeps for us."""
        return self.practice.telegram.updates.pending_count()

    def polls(self) -> list[dict[str, Any]]:
        """What each poll that is over asked for."""
        return [call["params"] for call in self.practice.log(method="getUpdates")]

    async def confirmed(self) -> None:
        """Telegram has forgotten everything."""
        await eventually(lambda: self.pending() == 0)

    async def slept(self, *seconds: float) -> None:
        """Exactly these waits have been begun, in this order."""
        await eventually(lambda: self.time.slept == list(seconds))
