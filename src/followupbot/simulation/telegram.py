"""A Telegram in memory: chats, updates kept until they are confirmed, limits, faults, and a log that is the truth."""

import json
import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from followupbot.domain.ids import MessageKey
from followupbot.simulation.clock import VirtualClock

UPDATES_KEPT = timedelta(hours=24)
"""Telegram forgets what nobody has fetched by then (telegram.md 1.2)."""

PRESSES_KEPT = timedelta(seconds=150)
"""A press much sooner, in the server that Telegram publishes (telegram.md 0.3)."""

BOT_BURST = 30
BOT_PER_SECOND = 30.0
CHAT_BURST = 5
CHAT_PER_SECOND = 1.0
"""What it refuses beyond, by a bucket: the figures of the practice clinic's Telegram."""

WINDOW = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)

Buttons = list[str]
"""What the buttons below a message say when they are pressed."""

SENDS = frozenset({"sendMessage", "sendPhoto", "sendDocument"})


@dataclass(frozen=True, slots=True)
class About:
    """Which of our messages a call is about: its key for ever, the key of its words, and when it was decided."""

    key: str
    sort: MessageKey | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody did, and the number of the update that it became."""

    at: datetime
    chat: int
    what: str
    update: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call of ours: when, what, to whom, and what came of it; `about` is noted beside it by the program's side."""

    at: datetime
    method: str
    chat: int
    message: int | None
    about: About | None
    status: int
    accepted: bool
    text: str

    @property
    def sort(self) -> str:
        """Which of our messages it was about."""
        return "" if self.about is None or self.about.sort is None else self.about.sort


@dataclass(slots=True)
class Update:
    """What somebody did; kept until it is confirmed."""

    id: int
    chat: int
    at: datetime
    raw: Mapping[str, Any]
    tried: int = 0
    fetched: bool = False
    """Whether a process has it in hand, so that it is of no account whether Telegram forgets it."""

    @property
    def kept_for(self) -> timedelta:
        """How long Telegram keeps it."""
        return PRESSES_KEPT if "callback_query" in self.raw else UPDATES_KEPT


@dataclass
class Bucket:
    """Tokens that come back with time."""

    burst: float
    per_second: float
    tokens: float = math.inf
    read_at: datetime | None = None

    def wait(self, now: datetime) -> float:
        """Seconds until there is a token."""
        if self.read_at is not None:
            self.tokens += (now - self.read_at).total_seconds() * self.per_second
        self.tokens = min(self.tokens, self.burst)
        self.read_at = now
        return 0.0 if self.tokens >= 1 - 1e-9 else (1 - self.tokens) / self.per_second


@dataclass
class Chat:
    """One private chat."""

    blocked: bool = False
    received: Callable[[int, Buttons], None] | None = None
    """Told of each message that arrives or changes: its number and buttons."""
    bucket: Bucket = field(default_factory=lambda: Bucket(CHAT_BURST, CHAT_PER_SECOND))
    standing: dict[int, Buttons] = field(default_factory=dict)
    """Messages that have buttons."""
    numbers: set[int] = field(default_factory=set)


@dataclass
class Fault:
    """What goes wrong with one call: `refused`, `before`, `after`, `lost` or `flood`."""

    kind: str


class VirtualTelegram:
    """`answer` is its Bot API; people act by `press`, `write`, `start`, `block` and `unblock`."""

    def __init__(self, clock: VirtualClock, fault: Callable[[str], Fault | None]) -> None:
        """`fault` is asked at each call what goes wrong with it."""
        self._clock = clock
        self._fault = fault
        self._bot = Bucket(BOT_BURST, BOT_PER_SECOND)
        self._chats: dict[int, Chat] = {}
        self._numbers = 0
        self._updates = 0
        self.pending: deque[Update] = deque()
        self.expired: list[Update] = []
        self.log: list[Call] = []
        self.acts: list[Act] = []
        self.about: About | None = None
        """What the next call is about; the program's side notes it."""
        self.busiest_second = 0
        self.busiest_minute: tuple[int, datetime | None] = (0, None)
        self._recent: deque[datetime] = deque()
        self._in_minute: deque[datetime] = deque()

    # -- people --------------------------------------------------------------------------------------------------------

    def chat(self, address: int) -> Chat:
        """The chat of that number."""
        return self._chats.setdefault(address, Chat())

    def start(self, address: int, payload: str | None) -> None:
        """Somebody opens a link."""
        self._text(address, "/start" if payload is None else f"/start {payload}")

    def write(self, address: int, text: str) -> None:
        """Somebody writes."""
        self._text(address, text)

    def press(self, address: int, message: int, data: str) -> int:
        """Somebody presses a button; the number of the update."""
        where = {"message_id": message, "chat": {"id": address, "type": "private"}}
        query = {"id": str(self._updates), "data": data, "message": where}
        return self._keep(address, {"callback_query": query}, f"taps {data}")

    def block(self, address: int) -> None:
        """Somebody blocks the bot."""
        self.chat(address).blocked = True
        self._member(address, "kicked")

    def unblock(self, address: int) -> None:
        """Somebody takes messages again; nothing where they do already."""
        if self.chat(address).blocked:
            self.chat(address).blocked = False
            self._member(address, "member")

    def _member(self, address: int, status: str) -> None:
        member = {"chat": {"id": address, "type": "private"}, "new_chat_member": {"status": status}}
        self._keep(address, {"my_chat_member": member}, f"is {status}")

    def _text(self, address: int, text: str) -> None:
        self.unblock(address)  # where a bot is blocked a phone offers that in place of the line to write in
        self._numbers += 1
        chat = {"id": address, "type": "private"}
        self._keep(address, {"message": {"message_id": self._numbers, "chat": chat, "text": text}}, f"writes {text}")

    def _keep(self, address: int, body: dict[str, Any], what: str) -> int:
        self._updates += 1
        self.acts.append(Act(self._clock.at, address, what, self._updates))
        raw = {"update_id": self._updates, **body}
        self.pending.append(Update(self._updates, address, self._clock.at, raw))
        return self._updates

    @property
    def unfetched(self) -> bool:
        """Whether something waits that nobody has in hand."""
        return any(not update.fetched for update in self.pending)

    def hand_out(self) -> None:
        """Somebody fetches all that waits; what nobody has fetched for too long is gone."""
        old = [update for update in self.pending if not update.fetched and update.at < self._clock.at - update.kept_for]
        if old:
            self.expired += old
            self.pending = deque(update for update in self.pending if update not in old)
        for update in self.pending:
            update.fetched = True

    def take_back(self) -> None:
        """Whoever had it in hand is dead, and has confirmed none of it: it waits again, by its own date."""
        for update in self.pending:
            update.fetched = False

    # -- the bot -------------------------------------------------------------------------------------------------------

    def answer(self, method: str, bears: Mapping[str, Any]) -> tuple[int, bytes]:
        """Status and body; the errors of `channels.telegram.in_process.Answer`."""
        fault = self._fault(method)
        if fault is not None and fault.kind == "refused":
            self._note(method, bears, None, 0, accepted=False)
            raise ConnectionRefusedError
        if fault is not None and fault.kind == "before":
            self._note(method, bears, None, 502, accepted=False)
            return _refusal(502, "Bad Gateway")
        if fault is not None and fault.kind == "flood":
            self._note(method, bears, None, 429, accepted=False)
            return _refusal(429, "Too Many Requests: retry after 7", retry_after=7)
        status, body = self._carry_out(method, bears)
        if fault is not None and status == 200:
            if fault.kind == "lost":
                raise TimeoutError
            return _refusal(500, "Internal Server Error")
        return status, body

    def _carry_out(self, method: str, bears: Mapping[str, Any]) -> tuple[int, bytes]:
        if method == "answerCallbackQuery":
            return 200, b'{"ok":true,"result":true}'
        address, now = bears["chat_id"], self._clock.at
        chat = self.chat(address)
        if chat.blocked:
            self._note(method, bears, None, 403, accepted=False)
            return _refusal(403, "Forbidden: bot was blocked by the user")
        if method not in SENDS:
            return self._edit(method, bears, chat)
        wait = max(self._bot.wait(now), chat.bucket.wait(now))
        if wait > 0:
            self._note(method, bears, None, 429, accepted=False)
            seconds = max(1, math.ceil(wait))
            return _refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        self._bot.tokens -= 1
        chat.bucket.tokens -= 1
        self._count(now)
        self._numbers += 1
        number = self._numbers
        chat.numbers.add(number)
        self._note(method, bears, number, 200, accepted=True)
        self._show(chat, number, bears)
        return 200, b'{"ok":true,"result":{"message_id":%d}}' % number

    def _edit(self, method: str, bears: Mapping[str, Any], chat: Chat) -> tuple[int, bytes]:
        number = bears["message_id"]
        if number not in chat.numbers:
            self._note(method, bears, number, 400, accepted=False)
            return _refusal(400, "Bad Request: message to edit not found")
        self._note(method, bears, number, 200, accepted=True)
        self._show(chat, number, bears)
        return 200, b'{"ok":true,"result":{"message_id":%d}}' % number

    def _show(self, chat: Chat, number: int, bears: Mapping[str, Any]) -> None:
        buttons = _buttons(bears)
        if buttons:
            chat.standing[number] = buttons
        else:
            chat.standing.pop(number, None)
        stripped = "text" not in bears and "caption" not in bears  # nobody hears of that
        if chat.received is not None and not stripped:
            chat.received(number, buttons)

    def _note(self, method: str, bears: Mapping[str, Any], number: int | None, status: int, *, accepted: bool) -> None:
        text = str(bears.get("text", bears.get("caption", "")))
        address = bears.get("chat_id", 0)
        self.log.append(Call(self._clock.at, method, address, number, self.about, status, accepted, text))

    def _count(self, now: datetime) -> None:
        for recent, span in ((self._recent, WINDOW), (self._in_minute, MINUTE)):
            recent.append(now)
            while recent[0] <= now - span:
                recent.popleft()
        self.busiest_second = max(self.busiest_second, len(self._recent))
        if len(self._in_minute) > self.busiest_minute[0]:
            self.busiest_minute = (len(self._in_minute), now)


def _buttons(bears: Mapping[str, Any]) -> Buttons:
    markup = bears.get("reply_markup")
    if markup is None:
        return []
    return [button["callback_data"] for row in markup["inline_keyboard"] for button in row]


def _refusal(status: int, description: str, **parameters: int) -> tuple[int, bytes]:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return status, json.dumps(body).encode()
