"""Faults to order: which calls go wrong, how, and how often."""

from dataclasses import dataclass, fields
from enum import StrEnum

from followupbot.practice.limits import FAULTS_MAX, HANG_SECONDS_MAX
from followupbot.practice.refusals import (
    Json,
    Malformed,
    NotPossible,
    Refused,
    bad_request,
    forbidden,
    too_many_requests,
)

EVERY_METHOD = "*"


class FaultKind(StrEnum):
    """What goes wrong. Those named `…_after` and BROKEN_JSON take effect first; SLOW is late, and then as usual."""

    FLOOD = "429"  # with retry_after seconds
    FLOOD_BARE = "429_bare"  # a 429 that does not say for how long
    SERVER_ERROR_BEFORE = "500_before"
    SERVER_ERROR_AFTER = "500_after"
    BAD_GATEWAY = "502"  # a proxy's page in HTML, before the call was accepted
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    BROKEN_JSON = "broken_json"  # accepted, 200, and half of the answer
    CANT_PARSE = "400_parse"
    CHAT_NOT_FOUND = "400_chat_not_found"
    MIGRATE = "migrate"  # with new_chat, which need not exist
    BLOCKED = "403_blocked"
    CONFLICT = "409"
    UNAUTHORIZED = "401"
    NOT_FOUND = "404"
    SLOW = "slow"  # seconds, then as usual
    HANG = "hang"  # not accepted, never answered
    HANG_AFTER = "hang_after"  # accepted, never answered


EFFECT_FIRST = frozenset(
    {FaultKind.SERVER_ERROR_AFTER, FaultKind.DROP_AFTER, FaultKind.BROKEN_JSON, FaultKind.HANG_AFTER}
)


@dataclass
class Fault:
    """The next `times` calls of `method` (in `chat`, when given) go wrong, after `after` of them have been let pass.

    `method` may be "*": every method but getUpdates, so that a fault for sending does not stop the intake. `times`
    None means until it is taken back. `retry_after` and `seconds` are in seconds; `seconds` are real ones.
    """

    method: str
    kind: FaultKind
    times: int | None = 1
    chat: int | None = None
    after: int = 0
    retry_after: int = 3
    seconds: float = 1.0
    new_chat: int = -1001999999999

    def matches(self, method: str, chat: str) -> bool:
        """Whether the fault is meant for such a call."""
        named = method != "getupdates" if self.method == EVERY_METHOD else method == self.method.lower()
        return named and (self.chat is None or str(self.chat) == chat)

    def refusal(self) -> Refused | None:
        """The error the bot is told; None for faults that are no Bot API error."""
        match self.kind:
            case FaultKind.FLOOD:
                return too_many_requests(self.retry_after)
            case FaultKind.FLOOD_BARE:
                return Refused(429, "Too Many Requests")
            case FaultKind.SERVER_ERROR_BEFORE | FaultKind.SERVER_ERROR_AFTER:
                return Refused(500, "Internal Server Error")
            case FaultKind.CANT_PARSE:
                return bad_request('can\'t parse entities: Unsupported start tag "practice" at byte offset 0')
            case FaultKind.CHAT_NOT_FOUND:
                return bad_request("chat not found")
            case FaultKind.MIGRATE:
                words = "Bad Request: group chat was upgraded to a supergroup chat"
                return Refused(400, words, {"migrate_to_chat_id": self.new_chat})
            case FaultKind.BLOCKED:
                return forbidden("bot was blocked by the user")
            case FaultKind.CONFLICT:
                return Refused(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
            case FaultKind.UNAUTHORIZED:
                return Refused(401, "Unauthorized")
            case FaultKind.NOT_FOUND:
                return Refused(404, "Not Found")
            case _:
                return None

    def to_json(self) -> Json:
        """The fault as it was ordered, `times` and `after` counted down."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


class Faults:
    """The faults still to come, in the order in which they were ordered; the first that matches a call is taken."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """The fault will happen."""
        if len(self._waiting) >= FAULTS_MAX:
            raise NotPossible(f"{FAULTS_MAX} faults wait already")
        self._waiting.append(fault)
        return fault

    def clear(self) -> int:
        """No fault is left; how many there were."""
        count = len(self._waiting)
        self._waiting.clear()
        return count

    def waiting(self) -> list[Json]:
        """What is still to go wrong."""
        return [fault.to_json() for fault in self._waiting]

    def next_for(self, method: str, chat: str) -> Fault | None:
        """The fault this call meets, counted down; None when all goes well."""
        for fault in self._waiting:
            if not fault.matches(method, chat):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
            return fault
        return None


def fault_from(posted: Json) -> Fault:
    """The fault that was ordered; raises Malformed for unknown fields, kinds and figures out of bounds."""
    known = {field.name for field in fields(Fault)}
    if unknown := set(posted) - known:
        raise Malformed(f"unknown: {', '.join(sorted(unknown))}; a fault has {', '.join(sorted(known))}")
    try:
        kind = FaultKind(str(posted.get("kind")))
    except ValueError:
        raise Malformed(f"kind is one of {', '.join(FaultKind)}") from None
    whole = ("times", "chat", "after", "retry_after", "new_chat")
    may_be_null = {"times", "chat"}
    for name in set(whole) & set(posted):
        if not isinstance(posted[name], int) and not (posted[name] is None and name in may_be_null):
            raise Malformed(f"{name} is a whole number")
    seconds, times = posted.get("seconds", 1.0), posted.get("times", 1)
    if not isinstance(seconds, (int, float)) or not 0 <= seconds <= HANG_SECONDS_MAX:
        raise Malformed(f"seconds lie between 0 and {HANG_SECONDS_MAX}")
    if times is not None and times < 1:
        raise Malformed("times is at least 1, or null for always")
    method = str(posted.get("method", EVERY_METHOD))
    return Fault(**{**posted, "method": method, "kind": kind})
