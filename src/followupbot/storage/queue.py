"""The order of the outbox: which row is next, what settles it without being sent, and at which message it is aimed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.delivery import Act
from followupbot.domain.outgoing import Lane
from followupbot.domain.schedule import Daytime
from followupbot.storage.chats import BLOCKED
from followupbot.storage.tables import UtcMs, chats, outbox

UNCERTAIN_MAX = {Lane.CHECK_IN: 2, Lane.EDUCATION: 1}
"""After so many attempts that may have arrived it is not sent again: a reminder comes anyway (decisions/0005).

Alerts and replies are, until one surely has.
"""

ALERT_WAITS_MAX_MS = 60_000
"""Where a chat is to be left alone for longer, an alert asks all the same, once a minute (application/settlements)."""

SUCCESSORS_MAX = 20
"""How often one message is followed to the one that took its place."""

TARGET_WAIT_MS = 1_000

RELEASED = {"lease_until_machine_ms": None, "lease_token": None, "lease_holder": None}


# States stand as literals where an index covers only some of them: with a bound parameter in their place neither
# database can know that the index has what is asked for.
_PENDING: sa.ColumnClause[str] = sa.literal_column("'pending'")
_SENDING: sa.ColumnClause[str] = sa.literal_column("'sending'")

WAITS = outbox.c.state == _PENDING
"""True of what nobody has in hand yet."""


def _next_rows() -> sa.Select[Any]:
    """The first due rows of `lane`, none of which has an earlier one of its chat and subject before it.

    A row that waits for daytime holds nothing back: an answer at night is not to wait for the reminder of the morning.
    What holds a row back is looked up row by row, by a subquery that PostgreSQL can't turn into a join: it would
    compare all rows with all others where it has no statistics yet.
    """
    earlier = outbox.alias("earlier")
    now, machine_now = sa.bindparam("now", type_=UtcMs()), sa.bindparam("machine_now", type_=sa.BigInteger())
    before = sa.and_(earlier.c.id < outbox.c.id, earlier.c.not_before_at <= now)
    held_back_by = (
        sa.select(earlier.c.id)
        .where(
            earlier.c.chat == outbox.c.chat,
            earlier.c.subject == outbox.c.subject,
            earlier.c.state.in_((_PENDING, _SENDING)),
            sa.or_(earlier.c.state == _SENDING, before),
        )
        .limit(1)
        .scalar_subquery()
    )
    return (
        sa.select(
            outbox,
            chats.c.owner.label("chat_owner"),
            chats.c.address_enc,
            chats.c.state.label("chat_state"),
            chats.c.newest_message_id,
        )
        .join_from(outbox, chats, chats.c.chat == outbox.c.chat)
        .where(
            outbox.c.state == _PENDING,
            outbox.c.lane == sa.bindparam("lane", type_=sa.Integer()),
            outbox.c.not_before_at <= now,
            outbox.c.not_before_machine_ms <= machine_now,
            sa.or_(
                chats.c.not_before_machine_ms <= machine_now,
                sa.and_(
                    outbox.c.lane == int(Lane.ALERT),
                    chats.c.not_before_machine_ms > machine_now + ALERT_WAITS_MAX_MS,
                ),
            ),
            held_back_by.is_(None),
        )
        .order_by(outbox.c.not_before_at, outbox.c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer()))
        .with_for_update(of=outbox, skip_locked=True)
    )


_NEXT_ROWS = _next_rows()
_LOST_ROWS = sa.select(outbox).where(outbox.c.state == _SENDING).with_for_update()
_OVERDUE_ROWS = _LOST_ROWS.where(outbox.c.lease_until_machine_ms <= sa.bindparam("machine_now", type_=sa.BigInteger()))
_OTHERS_ROWS = _LOST_ROWS.where(outbox.c.lease_holder != sa.bindparam("holder"))
_CHANGED = outbox.update().where(outbox.c.id == sa.bindparam("same_id"))
_TARGET = sa.select(outbox.c.state, outbox.c.message_id, outbox.c.uncertain).where(
    outbox.c.id == sa.bindparam("target_row")
)
_WAITING = (
    outbox.c.chat == sa.bindparam("of_chat"),
    outbox.c.state.in_((_PENDING, _SENDING)),  # which the index has
    outbox.c.state == _PENDING,
)
_LATER = (
    sa.select(outbox.c.id)
    .where(
        *_WAITING,
        outbox.c.subject == sa.bindparam("subject"),
        outbox.c.id > sa.bindparam("row"),
        outbox.c.lane <= sa.bindparam("lane"),
        sa.or_(
            outbox.c.replaces == sa.bindparam("replaces", type_=sa.BigInteger()),
            outbox.c.target_row == sa.bindparam("target_row", type_=sa.BigInteger()),
        ),
    )
    .limit(1)
)
"""Later edits of the same message. What is compared with a bound NULL is never the same."""
_AMENDED = (
    sa.select(outbox.c.id)
    .where(*_WAITING, outbox.c.subject == sa.bindparam("subject"), outbox.c.target_row == sa.bindparam("row"))
    .limit(1)
)
_SUCCESSOR = (
    sa.select(outbox.c.message_id)
    .where(
        outbox.c.chat == sa.bindparam("of_chat"),
        outbox.c.replaces == sa.bindparam("message"),
        outbox.c.act == Act.SEND.value,
        outbox.c.state == "sent",
        outbox.c.message_id.is_not(None),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)


def next_rows(connection: Connection, lane: Lane, now: datetime, machine_now: int, limit: int) -> Sequence[sa.Row[Any]]:
    """Up to `limit` rows of the lane that are due, and locked for this transaction."""
    bound = {"lane": int(lane), "now": now, "machine_now": machine_now, "limit": limit}
    return connection.execute(_NEXT_ROWS, bound).all()


def overdue_rows(connection: Connection, machine_now: int) -> Sequence[sa.Row[Any]]:
    """The rows in hand whose lease has run out, locked for this transaction."""
    return connection.execute(_OVERDUE_ROWS, {"machine_now": machine_now}).all()


def rows_of_others(connection: Connection, holder: str) -> Sequence[sa.Row[Any]]:
    """The rows that any other process has in hand, locked for this transaction."""
    return connection.execute(_OTHERS_ROWS, {"holder": holder}).all()


def change(connection: Connection, row: sa.Row[Any], changes: Mapping[str, Any]) -> None:
    """The row is otherwise in these columns."""
    connection.execute(_CHANGED, {"same_id": row.id, **changes})


def cancel_routine(connection: Connection, chat: str, error: str) -> None:
    """Nothing of the chat's that waits will go, but for alerts."""
    routine = outbox.update().where(*_WAITING, outbox.c.lane != int(Lane.ALERT))
    connection.execute(routine.values(state="cancelled", error=error), {"of_chat": chat})


def settled(connection: Connection, row: sa.Row[Any], now: datetime, machine_now: int) -> dict[str, Any] | None:
    """What becomes of a row that is not to be sent now; None where it is."""
    if row.chat_state == BLOCKED:
        # A page goes on to the next of staff; a card is for nobody else.
        lost = row.lane == Lane.ALERT and row.staff is None
        return {"state": "dead" if lost else "cancelled", "error": "the chat refuses us"}
    if row.expires_at is not None and row.expires_at <= now:
        return {"state": "unknown" if row.uncertain else "expired", "error": "its time was over"}
    if row.daytime_zone is not None:
        hours = time.fromisoformat(row.daytime_starts), time.fromisoformat(row.daytime_ends)
        starts_at = Daytime(row.daytime_zone, *hours).next(now)
        if starts_at > now:
            return {"not_before_at": starts_at}
    if row.target_row is not None and row.target_message_id is None:
        target = connection.execute(_TARGET, {"target_row": row.target_row}).one()
        if target.state in ("pending", "sending"):
            return {"not_before_machine_ms": machine_now + TARGET_WAIT_MS}
        if target.message_id is None and target.state == "cancelled" and target.uncertain:
            # It may have arrived, and its button may be what was pressed; its number is lost, so the news come below.
            return {"act": Act.SEND.value, "target_row": None}
        if target.message_id is None:
            return {"state": "cancelled", "error": "what it was to edit was never sent"}
    if _overtaken(connection, row):
        return {"state": "cancelled", "error": "a newer edit of the same message waits"}
    return None


def _overtaken(connection: Connection, row: sa.Row[Any]) -> bool:
    """Whether a later edit of the same message waits, and is as urgent: then only that one goes."""
    replaces = row.replaces if row.uncertain == 0 else None
    target = row.target_row if row.act == Act.EDIT else None
    if replaces is None and target is None:
        return False
    bound = {"of_chat": row.chat, "subject": row.subject, "row": row.id, "lane": row.lane}
    return connection.execute(_LATER, bound | {"replaces": replaces, "target_row": target}).first() is not None


def aim(connection: Connection, row: sa.Row[Any]) -> dict[str, Any]:
    """What is done to which message, as the chat looks now."""
    aim = {
        "act": row.act,
        "target_message_id": row.target_message_id,
        "strip_message_id": row.strip_message_id,
    }
    if row.target_row is not None and row.target_message_id is None:
        target = connection.execute(_TARGET, {"target_row": row.target_row}).one()
        return aim | {"target_message_id": target.message_id}
    if row.replaces is None or row.strip_message_id is not None:
        return aim  # once sent anew it stays so: the first attempt may have arrived
    message = _successor(connection, row.chat, row.replaces)
    if row.newest_message_id is None or row.newest_message_id <= message:
        return {"act": Act.EDIT.value, "target_message_id": message, "strip_message_id": None}
    return {"act": Act.SEND.value, "target_message_id": None, "strip_message_id": message}


def _successor(connection: Connection, chat: str, message: int) -> int:
    """The message that stands in its place now, where it was sent anew."""
    for _ in range(SUCCESSORS_MAX):
        found = connection.scalar(_SUCCESSOR, {"of_chat": chat, "message": message})
        if found is None:
            break
        message = found
    return message


def put_back(connection: Connection, row: sa.Row[Any], uncertain: bool, bounded: bool) -> dict[str, Any]:
    """A row in hand that was not confirmed: it waits again, unless it has been amended or is not to be repeated.

    `bounded`: it may be its last time. Where nobody has had an answer for a while it is not, however uncertain.
    """
    times = row.uncertain + 1 if uncertain else row.uncertain
    state = "pending"
    if bounded and row.act == Act.SEND and uncertain and times >= UNCERTAIN_MAX.get(Lane(row.lane), times + 1):
        state = "unknown"
    if row.act == Act.SEND:
        amended = connection.execute(_AMENDED, {"of_chat": row.chat, "subject": row.subject, "row": row.id}).first()
        state = state if amended is None else "cancelled"
    return {"state": state, "uncertain": times, **RELEASED}
