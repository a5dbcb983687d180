"""How things stand, in numbers, and whom people have to call or read. Nothing here is decrypted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.ids import PatientId
from followupbot.domain.outgoing import Lane
from followupbot.domain.rules import Tier
from followupbot.storage.chats import BLOCKED
from followupbot.storage.engine import Database
from followupbot.storage.tables import (
    alerts,
    charts,
    chats,
    check_ins,
    follows,
    outbox,
    updates_failed,
    updates_set_aside,
)

RESOLVED: sa.ColumnClause[str] = sa.literal_column("'resolved'")
"""A literal, so that both databases see that the index over the others has all that is asked for."""

OPEN = ("waiting", "begun")
"""The states of a check-in that still takes answers."""

ACTIVE = "active"
"""The state of a patient who takes part and hears from us: none who stopped, paused or is held (`Chart.standing`)."""

HELD = "held"
"""The state of a patient with whom we start nothing until staff have read what came."""

CANARY = "canary"
"""The subject of the daily test of alerts, which is in no count."""

LINES_MAX = 500
"""A list is for people; whoever needs more lines has another question."""


@dataclass(frozen=True)
class OutboxCount:
    """So many rows of that lane are in that state."""

    lane: Lane
    state: str
    count: int


@dataclass(frozen=True)
class CallLine:
    """A patient to whom nothing can be sent. `until`: when the open check-in expires; None where none is open.

    `blocked`: their chat refuses us, or its account is gone, or, without one of their own, all their helpers' do.
    """

    patient: PatientId
    until: datetime | None
    blocked: bool


@dataclass(frozen=True)
class ReviewLine:
    """A patient whose own words wait to be read; `held` says that we start nothing until then."""

    patient: PatientId
    review_by: datetime | None
    held: bool


RATE_OVER = timedelta(days=90)
"""The live rate of alerts is that of a quarter: a check-in is answered over weeks."""

ANSWERED = ("completed", "cut_short")
COUNTED = tuple(tier.value for tier in Tier if tier.at_least(Tier.THIS_WEEK))


@dataclass(frozen=True)
class Status:
    """How things stand, in numbers."""

    patients: dict[str, int]
    """By the enrolment's state."""
    alerts_unresolved: dict[Tier, int]
    charts_due: int
    charts_due_since: datetime | None
    """When the first of them was due."""
    outbox: tuple[OutboxCount, ...]
    oldest_pending: dict[Lane, datetime]
    """Since when the oldest message has waited that could have gone, by lane."""
    updates_failed: int
    updates_set_aside: int
    check_ins_open: int
    answered: int
    """Check-ins of the last `RATE_OVER` that have come to their end, or to an emergency card."""
    alerts_raised: int
    """Alerts of that time that have been this_week or more urgent."""
    to_read: tuple[ReviewLine, ...]
    to_call: tuple[CallLine, ...]


def status(database: Database, now: datetime) -> Status:
    """How things stand."""
    with database.read() as connection:
        due = connection.execute(
            sa.select(sa.func.count().label("due"), sa.func.min(charts.c.wake_at).label("since")).where(
                charts.c.wake_at <= now
            )
        ).one()
        return Status(
            patients=counts(connection, charts.c.state),
            alerts_unresolved={
                Tier(tier): count
                for tier, count in counts(connection, alerts.c.tier, alerts.c.state != RESOLVED).items()
            },
            charts_due=due.due,
            charts_due_since=due.since,
            outbox=_outbox_counts(connection),
            oldest_pending=oldest_pending(connection, now),
            updates_failed=connection.scalar(sa.select(sa.func.count()).select_from(updates_failed)) or 0,
            updates_set_aside=connection.scalar(sa.select(sa.func.count()).select_from(updates_set_aside)) or 0,
            to_read=_to_read(connection),
            to_call=_to_call(connection),
            check_ins_open=sum(counts(connection, check_ins.c.state, check_ins.c.state.in_(OPEN)).values()),
            answered=_count(
                connection, check_ins, check_ins.c.asked_at > now - RATE_OVER, check_ins.c.state.in_(ANSWERED)
            ),
            alerts_raised=_count(connection, alerts, alerts.c.raised_at > now - RATE_OVER, alerts.c.tier.in_(COUNTED)),
        )


def _count(connection: Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(table).where(*where)) or 0


def counts(connection: Connection, by: sa.Column[Any], *where: sa.ColumnElement[bool]) -> dict[str, int]:
    rows = connection.execute(sa.select(by, sa.func.count()).where(*where).group_by(by).order_by(by))
    return {row[0]: row[1] for row in rows}


def _outbox_counts(connection: Connection) -> tuple[OutboxCount, ...]:
    query = sa.select(outbox.c.lane, outbox.c.state, sa.func.count()).where(outbox.c.subject != CANARY)
    rows = connection.execute(query.group_by(outbox.c.lane, outbox.c.state).order_by(outbox.c.lane, outbox.c.state))
    return tuple(OutboxCount(Lane(row.lane), row.state, row[2]) for row in rows)


def _to_read(connection: Connection) -> tuple[ReviewLine, ...]:
    """Whose words wait to be read, the first to be read first."""
    waits = sa.or_(charts.c.review_by.is_not(None), charts.c.state == HELD)
    query = sa.select(charts.c.patient, charts.c.review_by, charts.c.state).where(waits)
    rows = connection.execute(query.order_by(charts.c.review_by, charts.c.patient).limit(LINES_MAX))
    return tuple(ReviewLine(PatientId(row.patient), row.review_by, row.state == HELD) for row in rows)


def _to_call(connection: Connection) -> tuple[CallLine, ...]:
    """Whom no message reaches: an open check-in and no chat, or chats that refuse us; the first due first.

    Nobody who does not want to hear from us, and nobody who `answer` would not take.
    """
    helpers = chats.alias("helpers")
    waiting = sa.and_(check_ins.c.patient == charts.c.patient, check_ins.c.state.in_(OPEN))
    own = charts.c.chat.is_not(None)
    helped = sa.exists().where(follows.c.patient == charts.c.patient, follows.c.helps)
    read = helped.where(follows.c.chat == helpers.c.chat, helpers.c.state != BLOCKED)
    blocked = sa.case((own, chats.c.state == BLOCKED), else_=sa.and_(helped, ~read))
    query = (
        sa.select(charts.c.patient, check_ins.c.expires_at, blocked.label("blocked"))
        .join_from(charts, chats, chats.c.chat == charts.c.chat, isouter=True)
        .join(check_ins, waiting, isouter=True)
        .where(charts.c.state == ACTIVE, sa.or_(blocked, ~sa.or_(own, helped, check_ins.c.id.is_(None))))
    )
    rows = connection.execute(
        query.order_by(check_ins.c.expires_at.is_(None), check_ins.c.expires_at, charts.c.patient).limit(LINES_MAX)
    )
    return tuple(CallLine(PatientId(row.patient), row.expires_at, bool(row.blocked)) for row in rows)


def oldest_pending(connection: Connection, now: datetime) -> dict[Lane, datetime]:
    """Since when the oldest message has waited that could have gone, by lane."""
    query = sa.select(outbox.c.lane, sa.func.min(outbox.c.not_before_at).label("since"))
    waiting = query.where(outbox.c.state == "pending", outbox.c.not_before_at <= now).group_by(outbox.c.lane)
    return {Lane(row.lane): row.since for row in connection.execute(waiting)}
