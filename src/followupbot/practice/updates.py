"""The queue of updates for the bot: kept until a higher offset arrives or their time is over; one long poll at once."""

import asyncio
from dataclasses import dataclass
from typing import Any

from followupbot.practice.clock import Clock
from followupbot.practice.limits import MESSAGE_KEPT_SECONDS, PENDING_UPDATES_MAX, UPDATES_PER_CALL_MAX
from followupbot.practice.refusals import Json, NotPossible, Refused, UnknownPerson

UPDATE_ID_FIRST = 500_000_001
REMEMBERED_MAX = 10_000  # how many updates can still be redelivered
# Sent only to a bot that asks for them by name.
_UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_WEBHOOK_SET = "Conflict: terminated by setWebhook request"


@dataclass(frozen=True)
class _Pending:
    position: int
    body: Any
    expires_at: float
    once: bool = False  # handed out a single time, whatever the offset


class UpdateQueue:
    """What waits for the bot. All methods are called from the one event loop that serves it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = UPDATE_ID_FIRST
        self._pending: list[_Pending] = []
        self._remembered: dict[int, Any] = {}
        self._allowed: frozenset[str] | None = None
        self._poll: asyncio.Future[Refused | None] | None = None
        self.webhook_set = False

    @property
    def allowed(self) -> list[str] | None:
        """The kinds of update the bot asked for last; None when it never named any."""
        return None if self._allowed is None else sorted(self._allowed)

    def allow(self, kinds: list[str]) -> None:
        """From now on only these kinds are queued; an empty list means all but those that must be asked for."""
        self._allowed = frozenset(kinds) or None

    def push(self, kind: str, body: Json, kept_seconds: float) -> int | None:
        """The update waits for the bot, and its id is given back; None when the bot has not asked for its kind."""
        if kind in _UNASKED if self._allowed is None else kind not in self._allowed:
            return None
        update = {"update_id": self._next, kind: body}
        return self._put(update, kept_seconds)

    def push_raw(self, update: Any) -> int:
        """Anything at all waits for the bot, malformed or not. An object without `update_id` is given one."""
        if not isinstance(update, dict):
            return self._put(update, MESSAGE_KEPT_SECONDS)
        given = update.get("update_id")
        if given is None:
            return self._put({"update_id": self._next, **update}, MESSAGE_KEPT_SECONDS)
        if not isinstance(given, int) or isinstance(given, bool):
            return self._put(update, MESSAGE_KEPT_SECONDS)
        if given < self._next:
            self._append(_Pending(given, update, self._clock() + MESSAGE_KEPT_SECONDS, once=True))
            return given
        self._next = given
        return self._put(update, MESSAGE_KEPT_SECONDS)

    def redeliver(self, update_id: int) -> None:
        """The update is handed out once more, whatever offset the bot has confirmed."""
        if update_id not in self._remembered:
            raise UnknownPerson(f"there is no update {update_id}")
        body = self._remembered[update_id]
        self._append(_Pending(update_id, body, self._clock() + MESSAGE_KEPT_SECONDS, once=True))

    def pending_count(self) -> int:
        """How many updates wait, expired ones not counted."""
        self._drop_expired()
        return len(self._pending)

    def clear(self) -> None:
        """Nothing waits any more."""
        self._pending.clear()

    async def take(self, offset: int, limit: int, timeout: float) -> list[Any]:
        """Up to `limit` updates from `offset` on, those below it forgotten; waits up to `timeout` real seconds for one.

        A negative offset keeps only that many of the newest. Raises Refused 409 when another poll or a webhook ends
        this one.
        """
        if self.webhook_set:
            raise Refused(409, WEBHOOK_ACTIVE)
        self._end_poll(Refused(409, _OTHER_POLL))
        self._confirm(offset)
        found = self._hand_out(limit)
        if found or timeout <= 0:
            return found
        poll: asyncio.Future[Refused | None] = asyncio.get_running_loop().create_future()
        self._poll = poll
        try:
            refused = await asyncio.wait_for(poll, timeout)
        except TimeoutError:
            refused = None
        finally:
            if self._poll is poll:
                self._poll = None
        if refused is not None:
            raise refused
        return self._hand_out(limit)

    def set_webhook(self, active: bool) -> None:
        """A webhook is active, and a waiting poll was ended; or it is not, and polls are served again."""
        self.webhook_set = active
        if active:
            self._end_poll(Refused(409, _WEBHOOK_SET))

    def close(self) -> None:
        """A waiting poll has ended with what there is."""
        self._end_poll(None)

    def _confirm(self, offset: int) -> None:
        self._drop_expired()
        if offset < 0:
            self._pending = self._pending[offset:]
        elif offset > 0:
            self._pending = [update for update in self._pending if update.once or update.position >= offset]

    def _hand_out(self, limit: int) -> list[Any]:
        self._drop_expired()
        found = self._pending[: max(1, min(limit, UPDATES_PER_CALL_MAX))]
        once = [update for update in found if update.once]
        if once:
            self._pending = [update for update in self._pending if all(update is not gone for gone in once)]
        return [update.body for update in found]

    def _put(self, body: Any, kept_seconds: float) -> int:
        position = self._next
        self._next += 1
        self._append(_Pending(position, body, self._clock() + kept_seconds))
        self._remembered[position] = body
        if len(self._remembered) > REMEMBERED_MAX:
            del self._remembered[next(iter(self._remembered))]
        return position

    def _append(self, update: _Pending) -> None:
        if len(self._pending) >= PENDING_UPDATES_MAX:
            raise NotPossible(f"{PENDING_UPDATES_MAX} updates wait already; nobody is reading them")
        self._pending.append(update)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def _drop_expired(self) -> None:
        now = self._clock()
        if any(update.expires_at <= now for update in self._pending):
            self._pending = [update for update in self._pending if update.expires_at > now]

    def _end_poll(self, refused: Refused | None) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(refused)
        self._poll = None


def allowed_kinds(raw: Any) -> list[str]:
    """The kinds named in `allowed_updates`; Telegram ignores what is no list of words."""
    if not isinstance(raw, list):
        return []
    return [str(kind) for kind in raw]
