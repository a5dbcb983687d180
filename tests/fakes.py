"""Clocks, waiting and a writer that tests hold in their own hands. Nothing here pretends to be what is tested."""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from followupbot.application.ports import StorageUnavailable
from followupbot.domain.delivery import Button, Rendered
from followupbot.domain.ids import Language, MessageKey, Version
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice

T = TypeVar("T")

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


class VirtualTime:
    """Satisfies the port `Clock`, and is the `sleep` to inject: it passes only when a test says so."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.slept: list[float] = []
        """Every wait that anybody began, in seconds."""
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    def machine_now(self) -> int:
        return 1_000_000 + round(self.passed * 1000)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.passed + seconds, next(self._numbers), woken))
        await woken

    async def pass_by(self, seconds: float) -> None:
        """So much time goes by; whoever waits is woken when it is theirs to be."""
        until = self.passed + seconds
        await settle()
        while self._waiting and self._waiting[0][0] <= until + 1e-9:
            due, _, woken = heapq.heappop(self._waiting)
            self.passed = max(self.passed, due)
            if not woken.done():
                woken.set_result(None)
            await settle()
        self.passed = until


class InlineWriter:
    """Satisfies the port `Writer`: runs the unit at once, unless the database is away, or hangs."""

    def __init__(self) -> None:
        self.away = False
        self.hangs: asyncio.Event | None = None
        """Set by a test to an event: every unit waits for it."""

    async def __call__(self, unit: Callable[[], T]) -> T:
        if self.hangs is not None:
            await self.hangs.wait()
        if self.away:
            raise StorageUnavailable
        return unit()


async def settle() -> None:
    """Everything that can go on without time, and without an answer from outside, has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def eventually(holds: Callable[[], object], within: float = 5.0) -> None:
    """Waits in real time, since answers over HTTP take some, until it holds."""
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.002)


class Phrases:
    """Satisfies the port `Renderer` in one line a message: its key, its language, its parameters."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        """Keys that have no words."""
        self.languages: set[str] | None = None
        """Those in which there are words; None: all."""

    def render(
        self,
        words: Version,
        language: Language,
        message: MessageKey,
        params: Mapping[str, Param],
        choices: Sequence[Sequence[Choice]] = (),
    ) -> Rendered:
        if message in self.missing or (self.languages is not None and language not in self.languages):
            raise LookupError(message)
        said = " ".join(f"{name}={value}" for name, value in sorted(params.items()))
        rows = tuple(tuple(Button(choice.label, choice.press) for choice in row) for row in choices)
        return Rendered(f"<b>{message}</b> {language} {said}".strip(), rows)

    def plain(self, rendered: Rendered) -> Rendered:
        return Rendered(rendered.html.replace("<b>", "").replace("</b>", ""), rendered.buttons, plain=True)
