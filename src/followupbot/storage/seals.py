"""The seal: how many chains there are, and one digest over all their heads."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.ids import PatientId
from followupbot.storage import chains
from followupbot.storage.engine import Database
from followupbot.storage.keys import CHAIN, CLINIC, Keys, patient_key
from followupbot.storage.tables import charts, clinics, facts


def seal(database: Database, keys: Keys) -> tuple[int, str]:
    """The heads as they are now: count of chains, and digest."""

    def work(connection: Connection) -> tuple[int, str]:
        if not database.sqlite:  # waits for every fact that has its number and is not committed yet
            connection.execute(sa.text("LOCK TABLE facts IN SHARE MODE"))
        heads = chains.Heads(keys.secret(CHAIN))
        for chart in connection.execute(sa.select(charts.c.patient, charts.c.version, charts.c.head)):
            heads.move(patient_key(PatientId(chart.patient)), chart.version, chart.head)
        for clinic in connection.execute(sa.select(clinics.c.version, clinics.c.head)):
            heads.move(CLINIC, clinic.version, clinic.head)
        return heads.count, heads.digest(connection.scalar(sa.select(sa.func.max(facts.c.seq))) or 0)

    return database.unit(work)
