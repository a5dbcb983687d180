"""What follows from an attempt to send, as a value: decided here, and carried out by `deliveries`. Pure."""

from dataclasses import dataclass
from typing import assert_never

from followupbot.application.ports import (
    Ambiguous,
    Blocked,
    Malformed,
    Migrated,
    Misconfigured,
    NotSent,
    Outcome,
    Sent,
    TargetGone,
    TooFast,
)
from followupbot.domain.delivery import Claim
from followupbot.domain.ids import MessageId
from followupbot.domain.outgoing import Lane

ATTEMPTS_MAX = 8
"""Counted attempts, after which a message is given up. An alert never is: the operator is told, and it goes on."""

PAUSE_FIRST_MS = 1_000
PAUSE_ALERT_MAX_MS = 15_000
PAUSE_MAX_MS = 300_000

UNANSWERED_MAX = 8
"""So many attempts in a row without any answer, whatever the message, and it is Telegram or the network that fails.

From then on nothing counts against a message: an hour without network must not cost a patient the reply.
"""

MISCONFIGURED_PAUSE_MAX_MS = 30_000
"""Of all sending, after the token was refused again and again. The first pause is a second: it may be a proxy's 404."""

ALERT_WAITS_MAX_MS = 60_000
"""An alert asks again after a minute, for however long Telegram has told the chat, or all of us, to wait."""


@dataclass(frozen=True)
class Done:
    """It was sent, or there was nothing to do."""

    message: MessageId | None


@dataclass(frozen=True)
class Retry:
    """It goes again at that time. `tell`: the operator is to know that it still has not gone."""

    at_machine: int
    counted: bool
    uncertain: bool
    error: str
    tell: bool = False


@dataclass(frozen=True)
class HoldChat:
    """It, and everything else for its chat, waits until then; that is no attempt."""

    until_machine: int


@dataclass(frozen=True)
class Simplify:
    """As it is the channel will never take it; something simpler it may."""

    error: str


@dataclass(frozen=True)
class Unreachable:
    """The chat takes nothing from us any more."""

    error: str


@dataclass(frozen=True)
class Move:
    """The chat has another number now."""

    address: int


@dataclass(frozen=True)
class SendAnew:
    """What was to be edited is gone."""


@dataclass(frozen=True)
class PauseAll:
    """Nothing at all can be sent; it and everything else waits until then. `tell`: it goes on and on."""

    until_machine: int
    error: str
    tell: bool = False


@dataclass(frozen=True)
class GiveUp:
    """It will not go again. `state` is the outbox's: `dead`, or `unknown` where it may have arrived."""

    state: str
    error: str


Settlement = Done | Retry | HoldChat | Simplify | Unreachable | Move | SendAnew | PauseAll | GiveUp


def retry_decision(
    claim: Claim, outcome: Outcome, machine_now: int, unanswered: int = 0, refused: int = 0
) -> Settlement:
    """What follows. `unanswered` counts the attempts before this one, of any message, that had no answer in a row.

    `refused` counts the pauses before this one, in a row, that were made because the token was refused.
    """
    match outcome:
        case Sent(message):
            return Done(message)
        case TooFast(seconds):
            return HoldChat(machine_now + int(seconds * 1000))
        case Blocked(error):
            return Unreachable(error)
        case Migrated(address):
            return Move(address)
        case TargetGone():
            return SendAnew()
        case Malformed(error):
            return Simplify(error)
        case Misconfigured(error):
            wait = min(PAUSE_FIRST_MS << min(refused, 16), MISCONFIGURED_PAUSE_MAX_MS)
            return PauseAll(machine_now + wait, error, tell=refused > 1)
        case NotSent(error):
            # It is sure that the message had no part in this, so it never counts against it.
            return Retry(machine_now + pause(claim, unanswered), counted=False, uncertain=False, error=error)
        case Ambiguous(error):
            counted = unanswered < UNANSWERED_MAX
            last = counted and claim.attempts >= ATTEMPTS_MAX
            if last and claim.lane is not Lane.ALERT:
                return GiveUp("unknown", error)
            tell = counted and claim.attempts == ATTEMPTS_MAX
            return Retry(machine_now + pause(claim, unanswered), counted, uncertain=True, error=error, tell=tell)
        case _:
            assert_never(outcome)


def pause(claim: Claim, unanswered: int) -> int:
    """Milliseconds before the next try: 1 s, doubled with each attempt, to 15 s for an alert and 300 s for the rest."""
    doublings = min(claim.attempts - 1 + unanswered // UNANSWERED_MAX, 16)
    longest = PAUSE_ALERT_MAX_MS if claim.lane is Lane.ALERT else PAUSE_MAX_MS
    return min(PAUSE_FIRST_MS << doublings, longest)
