"""Flags, and the alert that gets a clinician to take them in hand: frozen state."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from followupbot.domain.clinic import Role
from followupbot.domain.ids import AlertId, CardId, CheckInId, Concern, QuestionId, StaffId
from followupbot.domain.rules import Tier, Trace

MOOD = Concern("mood")
"""What a flag is about that came of questions which no carer is asked (clinical.md 0.19)."""

NO_CHECK_IN = CheckInId(0)
"""Of a flag that a button raised outside every check-in; those are counted from 1."""

FLAGS_MAX = 40
"""Flags that one unresolved alert carries; with more, the oldest are in the facts only."""


@dataclass(frozen=True)
class Flag:
    """A finding for clinic review: a rule that fired, with its tier and its trace."""

    check_in: CheckInId
    tier: Tier
    concern: Concern
    trace: Trace
    at: datetime


@dataclass(frozen=True)
class Expectation:
    """What a flag like that one tells of is expected until then, as it was or better, and why (clinical.md 0.15).

    `held` counts the flags that nobody was told of since.
    """

    flag: Flag
    reason: str
    at: datetime
    until: datetime
    by: StaffId
    held: int = 0


@dataclass(frozen=True)
class Baseline:
    """What a gate item tells of was there before, unchanged: confirmed after speaking to the patient (0.2)."""

    item: QuestionId
    at: datetime
    by: StaffId


@dataclass(frozen=True)
class LadderStep:
    """One step as it stood when the alert was raised; who stands on it is looked up when it is paged."""

    role: Role
    wait: timedelta


@dataclass(frozen=True)
class Ladder:
    """The ladder as it stood when the alert was raised, or raised again. No steps: nobody is buzzed."""

    steps: tuple[LadderStep, ...]
    at_any_hour: bool
    again_after: timedelta | None


@dataclass(frozen=True)
class Open:
    """Nobody has it. `step` is paged at `page_at`; None where nobody is buzzed.

    `paged` is who was paged last: nobody where nobody could be reached; None before the first page.
    """

    step: int
    page_at: datetime | None
    paged: tuple[StaffId, ...] | None = None
    kind: Literal["open"] = "open"


@dataclass(frozen=True)
class Taken:
    """A clinician has it in hand. Without an outcome it is open again at `reopen_at` (clinical.md 0.6)."""

    by: StaffId
    at: datetime
    reopen_at: datetime | None
    kind: Literal["taken"] = "taken"
    offered_to: StaffId | None = None
    """Who is asked to take it over; until they do, it is `by`'s."""


@dataclass(frozen=True)
class Resolved:
    """It ended in an outcome that a human named."""

    by: StaffId
    at: datetime
    outcome: str
    kind: Literal["resolved"] = "resolved"


AlertState = Open | Taken | Resolved


@dataclass(frozen=True)
class HelpToAsk:
    """After a card: the patient is asked then whether help is there (clinical.md 0.6)."""

    at: datetime
    kind: Literal["to_ask"] = "to_ask"


@dataclass(frozen=True)
class HelpAwaited:
    """That was asked. Without an answer the card comes again then, and the ladder is paged."""

    repeat_at: datetime
    kind: Literal["awaited"] = "awaited"


@dataclass(frozen=True)
class HelpTold:
    """What the patient said last about it."""

    at: datetime
    getting: bool


@dataclass(frozen=True)
class Alert:
    """Getting a clinician to take flags in hand. `pages` counts how often somebody was paged."""

    id: AlertId
    tier: Tier
    flags: tuple[Flag, ...]
    ladder: Ladder
    raised_at: datetime
    due_at: datetime
    state: AlertState
    pages: int = 0
    card: CardId | None = None
    """The newest emergency card that the patient got."""
    help: HelpToAsk | HelpAwaited | None = None
    help_told: HelpTold | None = None

    @property
    def private(self) -> bool:
        """Whether it is about nothing but what a carer is not asked (clinical.md 0.19)."""
        return all(flag.concern == MOOD for flag in self.flags)

    @property
    def unresolved(self) -> bool:
        """Whether a human has not yet said how it ended."""
        return not isinstance(self.state, Resolved)
