"""The practice Telegram on a thread of its own, and people whose phones a test holds in its hands."""

import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Any, TypeVar

from followupbot.channels.telegram import callback_data
from followupbot.domain.presses import Press
from followupbot.practice import Practice

T = TypeVar("T")
Json = dict[str, Any]

TOKEN = "123456789:AAPracticeOnlyNothingHereIsReal_000000"
BOT_NAME = "followup_practice_bot"

LOOKS_EVERY = 0.01


def until(there: Callable[[], T | None], what: str, within: float = 10.0) -> T:
    """What `there` gives, as soon as it is something. AssertionError names what did not come."""
    ends = time.monotonic() + within
    while True:
        found = there()
        if found:
            return found
        assert time.monotonic() < ends, f"waited {within:g} s for {what}"
        time.sleep(LOOKS_EVERY)


class Telegram:
    """Serves from `open` to `close`; every deed runs in its own loop, so that nothing happens between two looks."""

    def __init__(self, port: int = 0, token: str = TOKEN) -> None:
        self.practice = Practice(token=token, username=BOT_NAME, limits=False)
        self.address = ""
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._serving = threading.Event()
        self._leave: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Telegram":
        self._thread.start()
        assert self._serving.wait(10), "the practice Telegram serves within 10 s"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        leave = self._leave
        assert leave is not None
        self._loop.call_soon_threadsafe(leave.set)
        self._thread.join(10)
        self._loop.close()

    def do(self, deed: Callable[[], T]) -> T:
        """What the deed gives back, or raises."""
        done: Future[T] = Future()

        def run() -> None:
            try:
                done.set_result(deed())
            except BaseException as error:
                done.set_exception(error)

        self._loop.call_soon_threadsafe(run)
        return done.result(10)

    @property
    def api(self) -> str:
        """As FOLLOWUPBOT_TELEGRAM_API wants it."""
        return f"{self.address}/bot"

    def phone(self, name: str) -> "Phone":
        """Somebody new, who has not pressed Start."""
        return Phone(self, name, self.do(lambda: self.practice.user(name)).id)

    def log(self, method: str = "", since: int = 0) -> list[Json]:
        """Every call of the bot, in the order in which they ended."""
        return self.do(lambda: self.practice.log(since, method))

    def fault(self, method: str, kind: str, **details: Any) -> None:
        """Calls of the method go wrong from now on."""
        self.do(lambda: self.practice.fault(method, kind, **details))

    def mend(self) -> None:
        """No call goes wrong any more."""
        self.do(self.practice.faults.clear)

    def redeliver(self, update: int) -> None:
        """The update is handed out once more."""
        self.do(lambda: self.practice.redeliver(update))

    def somebody_writes(self, chat: int) -> int:
        """Somebody whom nobody knows; the number of the update."""
        message = {"message_id": 1, "chat": {"id": chat, "type": "private"}, "text": "hello"}
        return self.do(lambda: self.practice.updates({"message": message}))

    def update_of(self, query: str) -> int:
        """The number of the update by which the bot heard of that press."""

        def look() -> int:
            for call in self.log("getUpdates"):
                for update in call.get("result") or ():
                    if update.get("callback_query", {}).get("id") == query:
                        return int(update["update_id"])
            return 0

        return until(look, f"the bot to hear of press {query}")

    def messages_of(self, phone: "Phone") -> list[int]:
        """The numbers of the updates by which the bot heard what was written there."""
        told = (update for call in self.log("getUpdates") for update in call.get("result") or ())
        mine = [one["update_id"] for one in told if one.get("message", {}).get("from", {}).get("id") == phone.id]
        return list(dict.fromkeys(mine))

    def waiting(self) -> list[int]:
        """The updates that Telegram still keeps for the bot; those below its last offset are forgotten."""
        # Not from the log, in which a call stands when it is over: a long poll may take another half minute.
        return self.do(lambda: [one.position for one in self.practice.telegram.updates._pending if not one.once])

    def handed_out(self, updates: list[int]) -> bool:
        """Whether the bot was given them all, and there is one."""
        told = {update["update_id"] for call in self.log("getUpdates") for update in call.get("result") or ()}
        return bool(updates) and told.issuperset(updates)

    def confirmed(self, update: int) -> bool:
        """Whether the bot has let Telegram forget it."""
        return update not in self.waiting()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve_until_told())

    async def _serve_until_told(self) -> None:
        self._leave = asyncio.Event()
        async with self.practice.serve(port=self._port) as self.address:
            self._serving.set()
            await self._leave.wait()


@dataclass(frozen=True)
class Button:
    """A button that can be pressed now."""

    message: int
    label: str
    press: Press
    data: str


@dataclass(frozen=True)
class Phone:
    """Somebody's phone."""

    telegram: Telegram
    name: str
    id: int

    def start(self, link: str) -> None:
        """The link was opened, and Start pressed."""
        self.telegram.do(lambda: self.telegram.practice.person(self.id).start(link.partition("?start=")[2]))

    def write(self, text: str) -> None:
        """Words were sent."""
        self.telegram.do(lambda: self.telegram.practice.person(self.id).text(text))

    def messages(self) -> list[Json]:
        """What the bot said, as it stands there now, the oldest first."""
        chat = self.telegram.do(lambda: self.telegram.practice.person(self.id).chat())
        return [message for message in chat["messages"] if message["from"] == "bot"]

    def texts(self) -> list[str]:
        """The same, as text alone."""
        return [message["text"] for message in self.messages()]

    def notices(self) -> list[str]:
        """The lines that were shown above the chat."""
        chat = self.telegram.do(lambda: self.telegram.practice.person(self.id).chat())
        return list(chat["notices"])

    def buttons(self) -> list[Button]:
        """Every button that is there."""
        shown = itertools.chain.from_iterable(
            ((message["message_id"], button) for row in message["keyboard"] for button in row)
            for message in self.messages()
        )
        found = ((number, button, callback_data.decode(button["data"])) for number, button in shown)
        return [
            Button(number, button["text"], press, button["data"])
            for number, button, press in found
            if press is not None
        ]

    def tap(self, button: Button) -> str:
        """That button was pressed; the press's id."""
        person = self.telegram.practice.person(self.id)
        return self.telegram.do(lambda: person.press(button.message, button.data, stale=True))

    def press(self, fits: Callable[[Any], bool], within: float = 10.0) -> str:
        """The first button that fits was pressed, as soon as it was there; the press's id."""

        def look() -> Button | None:
            return next((button for button in self.buttons() if fits(button.press)), None)

        def shown() -> str:
            return f"a button for {self.name}, whose phone shows {self.texts()[-2:]}"

        try:
            found = until(look, "", within)
        except AssertionError:
            raise AssertionError(f"waited {within:g} s for {shown()}") from None
        assert found is not None
        return self.tap(found)

    def reads(self, words: str, within: float = 10.0, times: int = 1) -> Json:
        """The last message with these words, as soon as there are so many of them."""

        def look() -> Json | None:
            found = [message for message in self.messages() if words in message["text"]]
            return found[-1] if len(found) >= times else None

        try:
            message = until(look, "", within)
        except AssertionError:
            raise AssertionError(
                f"waited {within:g} s for {words!r} on {self.name}'s phone, which shows {self.texts()}"
            ) from None
        assert message is not None
        return message

    def count(self, words: str) -> int:
        """How many messages have these words."""
        return sum(words in text for text in self.texts())
