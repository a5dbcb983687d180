"""When Telegram was last heard; and, after a time in which it was not, whose press may be lost."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from followupbot.domain.ids import PatientId
from followupbot.storage.engine import Database
from followupbot.storage.keys import PATIENT_PREFIX, patient_of
from followupbot.storage.status import OPEN
from followupbot.storage.tables import causes, charts, check_ins, follows, heard, outbox

TELEGRAM = "telegram"
"""The one channel by which patients are heard."""

ON_THE_WAY_IN = ("reading", "consenting", "confirming", "teaching_back", "practising")
"""States of an enrolment in which a button is waited for. A year of birth is typed, and what is typed keeps a day."""


class Hearing:
    """Satisfies `application.interruptions.Hearing`. Reads on connections of its own."""

    def __init__(self, database: Database) -> None:
        """Nothing is read yet."""
        self._database = database

    def last_heard(self) -> tuple[datetime, int] | None:
        """When that was, by people's clock and by the machine's; None where it never was."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(heard).where(heard.c.channel == TELEGRAM)).one_or_none()
        return None if row is None else (row.heard_at, row.heard_machine_ms)

    def note_heard(self, at: datetime, machine_now: int) -> None:
        """It was heard then."""
        values = {"heard_at": at, "heard_machine_ms": machine_now}
        upsert = self._database.insert(heard).values(channel=TELEGRAM, **values)
        upsert = upsert.on_conflict_do_update(index_elements=["channel"], set_=values)
        self._database.unit(lambda connection: connection.execute(upsert))

    def awaited(self, after: PatientId | None, limit: int) -> Sequence[PatientId]:
        """Patients of whom an answer is waited for, by code: so many of those behind that one."""
        # Their own chat is among those in which they are followed, so whoever has none and no helper is telephoned.
        followed = sa.exists().where(follows.c.patient == charts.c.patient, follows.c.helps)
        waiting = sa.exists().where(check_ins.c.patient == charts.c.patient, check_ins.c.state.in_(OPEN))
        query = sa.select(charts.c.patient).where(followed, sa.or_(charts.c.state.in_(ON_THE_WAY_IN), waiting))
        if after is not None:
            query = query.where(charts.c.patient > after)
        with self._database.read() as connection:
            found = connection.scalars(query.order_by(charts.c.patient).limit(limit))
            return [PatientId(patient) for patient in found]

    def heard_between(self, since: datetime, until: datetime) -> Collection[PatientId]:
        """Patients about whom something that came in was decided in that time."""
        query = (
            sa.select(causes.c.subject)
            .where(causes.c.at >= since, causes.c.at <= until)
            .where(causes.c.key.startswith("update:"), causes.c.subject.startswith(PATIENT_PREFIX))
        )
        with self._database.read() as connection:
            patients = map(patient_of, connection.scalars(query))
            return {patient for patient in patients if patient is not None}

    def underway(self, since: datetime) -> Collection[str]:
        """The subjects of which a message was sent since then, or still waits to be."""
        waits = outbox.c.state.in_(("pending", "sending"))
        query = sa.select(outbox.c.subject).where(sa.or_(waits, outbox.c.sent_at >= since)).distinct()
        with self._database.read() as connection:
            return set(connection.scalars(query))
