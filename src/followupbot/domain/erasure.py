"""What has to be so before a patient is erased, and what keeps them (clinical.md 0.17)."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from followupbot.domain.addressing import stamp
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.enrolment_state import ERASED_WITHIN
from followupbot.domain.facts.patient import LegalHoldPlaced, LegalHoldReleased


class Obstacle(StrEnum):
    """Why a patient is not erased now."""

    ALERT_OPEN = "alert_open"
    UNREAD = "unread"
    LEGAL_HOLD = "legal_hold"
    NOT_REQUESTED = "not_requested"


def obstacles(chart: Chart, *, requested: bool) -> tuple[Obstacle, ...]:
    """Everything that stands in the way; nothing where nothing does.

    `requested` says that the patient has asked for it by another way than `/delete`.
    """
    return tuple(_obstacles(chart, requested))


def due_at(chart: Chart) -> datetime | None:
    """By when the patient is to be erased; None where they have not asked for it."""
    asked_at = None if chart.enrolment is None else chart.enrolment.deletion_requested_at
    return None if asked_at is None else asked_at + ERASED_WITHIN


def place_hold(chart: Chart, reason: str, now: datetime) -> Decision:
    """Nothing is erased from now on. Placed again it changes nothing."""
    if chart.legal_hold_since is not None:
        return Decision()
    note = f"legal_hold/{stamp(now)}"
    return Decision((LegalHoldPlaced(now, note),), texts=(FreeText(note, reason),))


def release_hold(chart: Chart, now: datetime) -> Decision:
    """What was held may be erased again."""
    return Decision() if chart.legal_hold_since is None else Decision((LegalHoldReleased(now),))


def _obstacles(chart: Chart, requested: bool) -> Iterator[Obstacle]:
    if chart.unresolved_alert is not None:
        yield Obstacle.ALERT_OPEN
    if chart.unread:
        yield Obstacle.UNREAD  # it may be news that somebody has to act on
    if chart.legal_hold_since is not None:
        yield Obstacle.LEGAL_HOLD
    if not requested and due_at(chart) is None:
        yield Obstacle.NOT_REQUESTED
