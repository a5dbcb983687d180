"""The staff's lists: who does not answer, cannot be reached, waits to be read … each with since when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from followupbot.domain.chart import Chart
from followupbot.domain.enrolment_state import ERASED_WITHIN, Halted, Locked, Stopped
from followupbot.domain.ids import AlertId, PatientId, StaffId
from followupbot.domain.schedule import resolve
from followupbot.domain.tiers import Tier

MISSES_LISTED = 2
"""Missed in a row, from which on somebody looks at it (clinical.md 8c, H17: 2 missed -> list)."""

KINDS = (
    "held",
    "to_review",
    "not_answering",
    "unreachable",
    "to_call",
    "no_phone",
    "phone_changed",
    "deletion_requested",
    "stopped",
    "operation_to_confirm",
    "locked",
    "expected",
)
"""In the order in which they are shown; the words are `staff/lists/<kind>`."""

STOPPED_SHOWN_FOR = timedelta(days=14)
"""Staff are told who has stopped (clinical.md 6), and there is nothing to do by which the line would go."""

NOT_FOLLOWED = frozenset({"declined", "died", "moved", "transferred", "withdrawn", "cancelled"})
"""Whose phone number nobody will need."""


@dataclass(frozen=True)
class Listed:
    """The patient is on that list since then; a time ahead is when they come on it."""

    kind: str
    since: datetime


@dataclass(frozen=True)
class ListLine:
    """One line of a list."""

    kind: str
    patient: PatientId
    since: datetime

    def shown(self, now: datetime) -> bool:
        """Whether it stands on the list then."""
        return self.since <= now and (self.kind != "stopped" or now < self.since + STOPPED_SHOWN_FOR)

    @property
    def until(self) -> datetime | None:
        """By when it is to be done, where that is not for whoever sees it to say."""
        return self.since + ERASED_WITHIN if self.kind == "deletion_requested" else None


@dataclass(frozen=True)
class AlertLine:
    """One alert. `staff` has it, or had it last; `page_at` is when somebody is buzzed next."""

    patient: PatientId
    id: AlertId
    tier: Tier
    state: str
    staff: StaffId | None
    raised_at: datetime
    due_at: datetime
    page_at: datetime | None


def listed(chart: Chart) -> tuple[Listed, ...]:
    """Every list that the patient is on, in the order of `KINDS`."""
    found = dict(_listed(chart))
    return tuple(Listed(kind, found[kind]) for kind in KINDS if kind in found)


def _listed(chart: Chart) -> Iterator[tuple[str, datetime]]:
    enrolment, active = chart.enrolled, chart.active
    if chart.notes and chart.unread_since is not None:
        yield ("held" if chart.held else "to_review"), chart.unread_since
    if enrolment.deletion_requested_at is not None:
        yield "deletion_requested", enrolment.deletion_requested_at
    if isinstance(enrolment.contact, Stopped) and enrolment.contact.at is not None:
        yield "stopped", enrolment.contact.at
    if isinstance(enrolment.state, Locked):
        yield "locked", enrolment.state.at
    if chart.standing in NOT_FOLLOWED:
        return
    if not enrolment.phone_known and enrolment.invited_at is not None:
        yield "no_phone", enrolment.invited_at
    if enrolment.phone_changed_at is not None:
        yield "phone_changed", enrolment.phone_changed_at
    if active is None or isinstance(enrolment.contact, Halted):
        return
    if enrolment.unreachable_since is not None:
        yield "unreachable", enrolment.unreachable_since
    check_in = chart.open_check_in
    if not enrolment.has_chat and check_in is not None:
        yield "to_call", check_in.asked_at
    if chart.misses >= MISSES_LISTED and chart.starts_allowed:
        yield "not_answering", chart.answered_at or active.enrolled_at
    if chart.expectations:
        yield "expected", min(found.at for found in chart.expectations)
    if not active.operated:
        yield "operation_to_confirm", resolve(enrolment.plan.surgery_on.anchor(), time(), enrolment.plan.zone)
