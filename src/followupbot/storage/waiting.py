"""What would be sent: every message that waits, without a word of what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from followupbot.domain.outgoing import Lane
from followupbot.storage.engine import Database
from followupbot.storage.tables import outbox

LINES_MAX = 500
"""More than a person reads before they decide."""


@dataclass(frozen=True)
class WaitingLine:
    """One message. `staff` is None where it goes to a patient; `about` is whom or what it is about."""

    lane: Lane
    about: str
    message: str
    staff: str | None
    not_before_at: datetime
    expires_at: datetime | None


def waiting(database: Database, now: datetime) -> tuple[int, Sequence[WaitingLine]]:
    """How many wait that have not run out, and the first of them, alerts before all others."""
    still = (
        outbox.c.state.in_(("pending", "sending")),
        sa.or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > now),
    )
    query = sa.select(outbox).where(*still).order_by(outbox.c.lane, outbox.c.id).limit(LINES_MAX)
    with database.read() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(outbox).where(*still)).scalar_one()
        rows = connection.execute(query).all()
    return count, [
        WaitingLine(Lane(row.lane), row.owner, row.message or row.act, row.staff, row.not_before_at, row.expires_at)
        for row in rows
    ]
