"""When something is due next: for a clock that does not tick, but jumps to where there is work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.storage.engine import Database
from followupbot.storage.tables import charts, chats, clinics, epoch_ms, instant_of, outbox

_CHARTS = sa.select(sa.func.min(charts.c.wake_at)).where(charts.c.wake_at.is_not(None))

_PENDING = (
    sa.select(sa.type_coerce(outbox.c.not_before_at, sa.BigInteger), outbox.c.not_before_machine_ms)
    .add_columns(chats.c.not_before_machine_ms.label("chat_ms"))
    .join_from(outbox, chats, chats.c.chat == outbox.c.chat)
    .where(outbox.c.state == sa.literal_column("'pending'"))
)
_LEASES = sa.select(sa.func.min(outbox.c.lease_until_machine_ms)).where(
    outbox.c.state == sa.literal_column("'sending'")
)
_CLINIC = sa.select(clinics.c.version)


@dataclass(frozen=True)
class Times:
    """What is waited for: `wake_at` is `next_wake_at`, `send_at` is `next_send_at`, and the clinic's version.

    What the clinic itself waits for is another only where the version is; None while there is no clinic.
    """

    wake_at: datetime | None
    send_at: datetime | None
    clinic: int | None


def next_times(database: Database) -> Times:
    """All of it, in one look."""
    with database.read() as connection:
        return Times(connection.scalar(_CHARTS), _send_at(*_outgoing(connection), None), connection.scalar(_CLINIC))


def next_wake_at(database: Database) -> datetime | None:
    """When the first chart has to be looked at; None where none waits for time to pass."""
    with database.read() as connection:
        found: datetime | None = connection.scalar(_CHARTS)
        return found


def next_send_at(database: Database, after: datetime | None = None) -> datetime | None:
    """When the outbox may next have something to send, or a lease to take over; with `after`, later than that.

    For a clinic whose two clocks run together.
    """
    with database.read() as connection:
        rows, lease = _outgoing(connection)
    return _send_at(rows, lease, None if after is None else epoch_ms(after))


def _outgoing(connection: Connection) -> tuple[Sequence[Any], int | None]:
    """The three waits of each message, and when the first lease ends."""
    return connection.execute(_PENDING).all(), connection.scalar(_LEASES)


def _send_at(rows: Sequence[Any], lease: int | None, than: int | None) -> datetime | None:
    # A message may go when the last of its three waits is over; with `after` each of them is a reason to look again.
    times = [max(row) for row in rows] if than is None else [ms for row in rows for ms in row if ms > than]
    if lease is not None and (than is None or lease > than):
        times.append(lease)
    return instant_of(min(times)) if times else None
