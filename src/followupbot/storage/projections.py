"""What lists are made of: the rows that a chart's check-ins and alerts have, as the difference a decision makes."""

from dataclasses import dataclass, field
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain import lists
from followupbot.domain.alert_state import Alert, Open, Resolved, Taken
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.facts import ChartFact
from followupbot.domain.folding import apply
from followupbot.domain.ids import AlertId, CheckInId
from followupbot.storage.engine import Database
from followupbot.storage.tables import alerts, check_ins, epoch_ms, invitations


def check_in_row(chart: Chart, check_in: CheckIn) -> dict[str, Any]:
    """The row of `check_ins`."""
    return {
        "patient": chart.patient,
        "id": check_in.id,
        "timing": check_in.timing,
        "state": check_in.state.kind,
        "asked_at": check_in.asked_at,
        "expires_at": check_in.expires_at,
    }


def alert_row(chart: Chart, alert: Alert) -> dict[str, Any]:
    """The row of `alerts`."""
    match alert.state:
        case Open(page_at=page_at):
            staff, page_at = None, page_at
        case Taken(by=by, reopen_at=reopen_at):
            staff, page_at = by, reopen_at
        case Resolved(by=by):
            staff, page_at = by, None
        case _:
            assert_never(alert.state)
    return {
        "patient": chart.patient,
        "id": alert.id,
        "tier": alert.tier.value,
        "state": alert.state.kind,
        "staff": staff,
        "raised_at": alert.raised_at,
        "due_at": alert.due_at,
        "page_at": page_at,
    }


def lists_column(chart: Chart) -> str:
    """The staff's lists that the patient is on, as `charts.lists` has them."""
    return " ".join(f"{found.kind}:{epoch_ms(found.since)}" for found in lists.listed(chart))


@dataclass
class Fold:
    """A chart while facts are applied to it, and every row that came to be or changed on the way.

    Fact by fact, because a chart forgets closed check-ins and resolved alerts as it goes, and their rows stay.
    """

    chart: Chart
    check_ins: dict[CheckInId, dict[str, Any]] = field(default_factory=dict)
    alerts: dict[AlertId, dict[str, Any]] = field(default_factory=dict)

    def apply(self, fact: ChartFact) -> None:
        """The chart after the fact."""
        before, after = self.chart, apply(self.chart, fact)
        for check_in in after.check_ins:
            if before.check_in(check_in.id) != check_in:
                self.check_ins[check_in.id] = check_in_row(after, check_in)
        for alert in after.alerts:
            if before.alert(alert.id) != alert:
                self.alerts[alert.id] = alert_row(after, alert)
        self.chart = after

    def keep(self, database: Database, connection: Connection, before: Chart) -> None:
        """The tables show the chart as it is now, and no longer as it was before."""
        for table, rows in ((check_ins, self.check_ins.values()), (alerts, self.alerts.values())):
            for row in rows:
                connection.execute(database.upsert(table), row)
        old = before.enrolment.invitation if before.enrolment else None
        new = self.chart.enrolment.invitation if self.chart.enrolment else None
        if old != new:
            connection.execute(sa.delete(invitations).where(invitations.c.patient == self.chart.patient))
            if new is not None:
                row = {"token_hash": new.token_hash, "patient": self.chart.patient}
                connection.execute(invitations.insert().values(row))
