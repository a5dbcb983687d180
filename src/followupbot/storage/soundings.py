"""What tells that something has come to a halt, read from what stands in the clear. Nothing here is decrypted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from followupbot.domain.ids import PatientId
from followupbot.domain.outgoing import Lane
from followupbot.storage.engine import Database
from followupbot.storage.status import RESOLVED, oldest_pending
from followupbot.storage.tables import alerts, charts, outbox

LINES_MAX = 100


@dataclass(frozen=True)
class Sounding:
    """One look."""

    alerts_overdue: Sequence[PatientId]
    """Whose alert was to be paged at that time or before, and was not."""
    oldest_pending: Mapping[Lane, datetime]
    """Since when the oldest message has waited that could have gone."""
    due_since: datetime | None
    """When the first chart was due that the clock has not looked after."""
    dead: Sequence[int]
    """Messages that were given up, decided since that time."""


class Soundings:
    """Each on a connection of its own, and holds up no writer."""

    def __init__(self, database: Database) -> None:
        """Nothing is read yet."""
        self._database = database

    def look(self, now: datetime, paged_before: datetime, dead_since: datetime) -> Sounding:
        """How things stand."""
        overdue = sa.select(alerts.c.patient).where(alerts.c.state != RESOLVED, alerts.c.page_at <= paged_before)
        dead = sa.select(outbox.c.id).where(outbox.c.state == "dead", outbox.c.decided_at >= dead_since)
        with self._database.read() as connection:
            found = connection.scalars(overdue.order_by(alerts.c.page_at).limit(LINES_MAX))
            return Sounding(
                [PatientId(patient) for patient in found],
                oldest_pending(connection, now),
                connection.scalar(sa.select(sa.func.min(charts.c.wake_at)).where(charts.c.wake_at <= now)),
                list(connection.scalars(dead.order_by(outbox.c.id).limit(LINES_MAX))),
            )

    def alerts_due(self, now: datetime, limit: int) -> Sequence[PatientId]:
        """Patients whose alert is to be paged now, the earliest first."""
        query = sa.select(alerts.c.patient).where(alerts.c.state != RESOLVED, alerts.c.page_at <= now)
        with self._database.read() as connection:
            return [PatientId(found) for found in connection.scalars(query.order_by(alerts.c.page_at).limit(limit))]

    def sent_at(self, key: str) -> datetime | None:
        """When Telegram took the message of that key; None where it has not."""
        query = sa.select(outbox.c.sent_at).where(outbox.c.key == key, outbox.c.state == "sent")
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(query)
        return found
