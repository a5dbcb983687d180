"""Lists of what stands in the clear, for the terminal, the pages and the channels. Nothing here is decrypted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from followupbot.domain.followers import OF_CARER
from followupbot.domain.ids import AlertId, PatientId, StaffId
from followupbot.domain.lists import KINDS, AlertLine, ListLine
from followupbot.domain.rules import Tier
from followupbot.storage.engine import Database
from followupbot.storage.keys import patient_of
from followupbot.storage.status import CANARY, LINES_MAX, RESOLVED, counts
from followupbot.storage.tables import (
    access_log,
    alerts,
    charts,
    instant_of,
    outbox,
    updates_set_aside,
)


@dataclass(frozen=True)
class Undelivered:
    """A message that was given up: it was about that patient, where any, and to that member or group, or not to staff.

    `carer`: it was a copy for somebody who helps the patient.
    """

    row: int
    decided_at: datetime
    patient: PatientId | None
    staff: str | None
    carer: bool
    message: str
    error: str


@dataclass(frozen=True)
class SetAsideLine:
    """An update that was set aside for people to look at."""

    update: int
    error: str
    at: datetime


@dataclass(frozen=True)
class AccessLine:
    """Who looked at what, or tried what they may not."""

    at: datetime
    actor: str
    action: str
    subject: str
    allowed: bool


class Queries:
    """Each asks the database once, on a connection of its own, and holds up no writer."""

    def __init__(self, database: Database) -> None:
        """Nothing is read yet."""
        self._database = database

    def alerts_unresolved(self) -> Sequence[AlertLine]:
        """Every alert without an outcome: the worst tier first, and in it whatever is due first."""
        rank = sa.case({tier.value: tier.rank for tier in Tier}, value=alerts.c.tier)
        query = sa.select(alerts).where(alerts.c.state != RESOLVED)
        return _alert_lines(self._rows(query.order_by(rank, alerts.c.due_at, alerts.c.patient)))

    def standings(self) -> dict[str, int]:
        """How many patients there are of each standing."""
        with self._database.read() as connection:
            return counts(connection, charts.c.state)

    def listed(self, now: datetime) -> Sequence[ListLine]:
        """Who is on the staff's lists, in the order of `lists.KINDS`, and in each the longest first."""
        query = sa.select(charts.c.patient, charts.c.lists).where(charts.c.lists != "", charts.c.state != "erased")
        with self._database.read() as connection:
            lines = [
                ListLine(kind, PatientId(row.patient), instant_of(int(since)))
                for row in connection.execute(query)
                for kind, _, since in (entry.partition(":") for entry in row.lists.split())
            ]
        shown = (line for line in lines if line.shown(now))
        return sorted(shown, key=lambda line: (KINDS.index(line.kind), line.since, line.patient))

    def undelivered(self, since: datetime) -> Sequence[Undelivered]:
        """Messages, decided since then, that were given up, the newest first; not the daily test of alerts."""
        given_up = (outbox.c.state == "dead", outbox.c.decided_at > since, outbox.c.subject != CANARY)
        return [
            Undelivered(
                row.id,
                row.decided_at,
                patient_of(row.owner),
                row.staff,
                OF_CARER in row.key,
                row.message or row.act,
                row.error or "",
            )
            for row in self._rows(sa.select(outbox).where(*given_up).order_by(outbox.c.id.desc()))
        ]

    def updates_set_aside(self) -> Sequence[SetAsideLine]:
        """Updates that people have to look at, the oldest first."""
        query = sa.select(updates_set_aside).order_by(updates_set_aside.c.at, updates_set_aside.c.update_id)
        return [SetAsideLine(row.update_id, row.error, row.at) for row in self._rows(query)]

    def accesses(self, subject: str) -> Sequence[AccessLine]:
        """Who looked at that subject or tried to, the newest first."""
        query = sa.select(access_log).where(access_log.c.subject == subject).order_by(access_log.c.n.desc())
        return [AccessLine(row.at, row.actor, row.action, row.subject, row.allowed) for row in self._rows(query)]

    def _rows(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        with self._database.read() as connection:
            return connection.execute(query.limit(LINES_MAX)).all()


def _alert_lines(rows: Sequence[sa.Row[Any]]) -> Sequence[AlertLine]:
    return [
        AlertLine(
            PatientId(row.patient),
            AlertId(row.id),
            Tier(row.tier),
            row.state,
            None if row.staff is None else StaffId(row.staff),
            row.raised_at,
            row.due_at,
            row.page_at,
        )
        for row in rows
    ]
