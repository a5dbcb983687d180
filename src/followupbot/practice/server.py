"""The practice Telegram as one thing: its state, its two sides over HTTP, and a face for use within Python."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from followupbot.practice.bot_api import BotApi
from followupbot.practice.calls import CallLog
from followupbot.practice.clock import Clock, Settable, ShiftedClock
from followupbot.practice.connections import CuttableProtocol
from followupbot.practice.faults import Fault, FaultKind, Faults, fault_from
from followupbot.practice.guide import Guide
from followupbot.practice.people import Group, Person
from followupbot.practice.phone_api import PhoneApi
from followupbot.practice.phones import Phone, Phones
from followupbot.practice.refusals import Json, NotPossible
from followupbot.practice.telegram import Telegram

DEFAULT_TOKEN = "123456789:AAPracticeOnlyNothingHereIsReal_000000"  # noqa: S105  # opens nothing anywhere
DEFAULT_USERNAME = "followup_practice_bot"
DEFAULT_NAME = "Follow-up"
SHUTDOWN_SECONDS = 2
TICK_SECONDS = 0.1  # uvicorn counts ten ticks a second


class Practice:
    """One bot, its people and its phones.

    `clock` tells the rates and the retention, and the date of messages unless `dates` does; long polls and slow faults
    wait in real time.
    Everything here is called from the event loop that serves it.
    """

    def __init__(
        self,
        *,
        token: str = DEFAULT_TOKEN,
        username: str = DEFAULT_USERNAME,
        name: str = DEFAULT_NAME,
        clock: Clock | None = None,
        dates: Clock | None = None,
        limits: bool = True,
        phones: Sequence[Phone] = (),
    ) -> None:
        clock = clock or ShiftedClock()
        self.telegram = Telegram(token=token, username=username, name=name, clock=clock, limits=limits, dates=dates)
        self.faults = Faults()
        self.calls = CallLog()
        self.phones = Phones(self.telegram)
        if phones:
            self.phones.set(list(phones))
        self._bot_api = BotApi(self.telegram, self.faults, self.calls)
        self._phone_api = PhoneApi(self.telegram, self.faults, self.calls, self.phones)
        self.app = Starlette(routes=self.routes())

    def routes(self) -> list[Route]:
        """The addresses of both sides, to be put into an application of one's own."""
        return [*self._bot_api.routes(), *self._phone_api.routes()]

    @asynccontextmanager
    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Answers at the address it yields (port 0: any free one) until the block is left."""
        # With the protocol named asyncio turns Nagle's algorithm off; without, every answer takes 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        self._bot_api.closing.clear()
        config = uvicorn.Config(
            self.app,
            http=CuttableProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            while not server.started and not serving.done():
                await asyncio.sleep(0.005)
            yield f"http://{host}:{listening.getsockname()[1]}"
        finally:
            self.close()
            server.should_exit = True
            server.leaving.set()
            await serving

    def tell(self, guide: Guide) -> None:
        """From now on the page shows this story."""
        self._phone_api.guide = guide
        self.telegram.events.tell("story")

    def close(self) -> None:
        """Nobody is kept waiting any more: long polls, hung calls and pages are let go."""
        self._bot_api.closing.set()
        self.telegram.updates.close()
        self.telegram.events.close()

    # --- the face for use within Python: what `/practice/…` offers over HTTP ---------------------------------------

    def user(
        self, name: str = "Maria", *, language_code: str = "en", username: str = "", user_id: int | None = None
    ) -> Person:
        """A new person with a phone, who has not yet pressed Start."""
        return Person(self.telegram, self.telegram.add_user(name, language_code, username, user_id).id)

    def person(self, user_id: int) -> Person:
        """The person with that number; raises UnknownPerson."""
        return Person(self.telegram, self.telegram.user(user_id).id)

    def group(self, title: str, members: Sequence[Person]) -> Group:
        """A new group of these people and the bot."""
        return Group(self.telegram, self.telegram.add_group(title, [member.id for member in members]).id)

    def events(self) -> AsyncIterator[Json | None]:
        """Everything that happens from now on, as `practice.events` tells it, until the practice closes."""
        return self.telegram.events.listen()

    def updates(self, update: Any) -> int:
        """Anything waits for the bot as an update; its id."""
        return self.telegram.updates.push_raw(update)

    def redeliver(self, update_id: int) -> None:
        """The update is handed out once more."""
        self.telegram.updates.redeliver(update_id)

    def log(self, since: int = 0, method: str = "") -> list[Json]:
        """Every Bot API call after number `since`; only those of one method, when it is named."""
        calls = self.calls.since(since)
        return [call for call in calls if not method or call["method"].lower() == method.lower()]

    def advance(self, seconds: float) -> None:
        """The practice's time is later; raises NotPossible when its clock cannot be moved."""
        if not isinstance(self.telegram.clock, Settable):
            raise NotPossible("this clock cannot be moved")
        self.telegram.clock.advance(seconds)
        self.telegram.events.tell("clock")

    def fault(self, method: str, kind: FaultKind | str, **details: Any) -> Fault:
        """Calls of the method will go wrong; see Fault for the details."""
        return self.faults.add(fault_from({"method": method, "kind": str(kind), **details}))

    def limits(self, enabled: bool) -> None:
        """Rates are limited, or not."""
        self.telegram.limits.enabled = enabled


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers (the program around it has its own), and leaving as soon as it is told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leaving = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        tick = 0
        while not await self.on_tick(tick):
            tick += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self.leaving.wait(), TICK_SECONDS)
