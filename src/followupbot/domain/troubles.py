"""What the program has found of itself not to work: the operator is told when it begins, once, and when it is over."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from followupbot.domain.addressing import stamp, to_staff
from followupbot.domain.clinic import Clinic, Notice, Role
from followupbot.domain.decision import Decision
from followupbot.domain.facts import Fact
from followupbot.domain.facts.watch import ClockConfirmed, ClockDoubted, TroubleBegan, TroubleEnded
from followupbot.domain.ids import MessageKey
from followupbot.domain.outgoing import OutgoingMessage
from followupbot.domain.params import Words

KEYS = (
    "alert_overdue",
    "canary_lost",
    "charts_wait",
    "database_away",
    "message_waits",
    "part_stopped",
    "updates_wait",
)
"""Each has its words, `operator/troubles/<key>`."""


@dataclass(frozen=True)
class Trouble:
    """`key` names the words; `detail` says which of its kind, by ids and names of ours alone. Both together are it."""

    key: str
    detail: str = ""


def look(clinic: Clinic, found: Collection[Trouble], judges: Callable[[Trouble], bool], now: datetime) -> Decision:
    """The operator knows of what is new among `found`, and that what is not among them any more is over.

    `judges` says of a trouble whether whoever looked can know that it is over: another process has other parts.
    """
    known = {Trouble(notice.key, notice.detail) for notice in clinic.troubles}
    began = sorted((trouble for trouble in found if trouble not in known), key=_order)
    ended = sorted((trouble for trouble in known if trouble not in found and judges(trouble)), key=_order)
    facts: tuple[Fact, ...] = tuple(TroubleBegan(now, trouble.key, trouble.detail) for trouble in began)
    facts += tuple(TroubleEnded(now, trouble.key, trouble.detail) for trouble in ended)
    told = (
        *(message for trouble in began for message in tell(clinic, trouble, "operator/trouble", now)),
        *(message for trouble in ended for message in tell(clinic, trouble, "operator/trouble_over", now)),
    )
    return Decision(facts, told)


def tell(clinic: Clinic, trouble: Trouble, message: str, now: datetime) -> tuple[OutgoingMessage, ...]:
    """A message to each admin who can be reached."""
    return tuple(
        to_staff(
            clinic,
            admin.id,
            message,
            key=f"{message}/{trouble.key}/{trouble.detail}/{stamp(now)}/{admin.id}",
            subject=f"operator/{trouble.key}/{trouble.detail}",
            params={"what": words(trouble), "detail": trouble.detail},
        )
        for admin in clinic.reachable(Role.ADMIN)
    )


def words(trouble: Trouble) -> Words:
    """What it is called."""
    return Words(MessageKey(f"operator/troubles/{trouble.key}"))


def doubt_clock(clinic: Clinic, seconds: int, now: datetime) -> Decision:
    """Nothing routine is done by a clock that has jumped forward, until somebody has looked at it."""
    return Decision() if clinic.clock_doubted_at is not None else Decision((ClockDoubted(now, seconds),))


def confirm_clock(clinic: Clinic, now: datetime) -> Decision:
    """The clock is right, and everything routine goes on."""
    return Decision() if clinic.clock_doubted_at is None else Decision((ClockConfirmed(now),))


def standing(clinic: Clinic) -> tuple[Notice, ...]:
    """What is not over, the oldest first."""
    return tuple(sorted(clinic.troubles, key=lambda notice: notice.at))


def _order(trouble: Trouble) -> tuple[str, str]:
    return trouble.key, trouble.detail
