"""The staff's lists made anew, where this program has other lists than the one that kept the charts."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.ids import PatientId
from followupbot.domain.lists import KINDS
from followupbot.storage import marks
from followupbot.storage.engine import Database
from followupbot.storage.keys import KeyDestroyed
from followupbot.storage.projections import lists_column
from followupbot.storage.snapshots import CHART_ROW, Snapshots
from followupbot.storage.tables import charts
from followupbot.storage.tombstones import ERASED

LISTED = "listed"
"""The mark that says which lists there were when every chart was put on them."""

MADE = 2
"""One higher whenever `lists.listed` comes to put charts on other lists, of the same kinds, than before."""

A_BATCH = 25
"""Charts in one transaction, at some milliseconds each where all facts are folded: whoever writes waits for it."""


def list_anew(database: Database, snapshots: Snapshots, now: datetime) -> int:
    """`charts.lists` is what this program makes of every chart; how many it looked at.

    None where every chart has been looked at for the same lists. Broken off, it begins again.
    """
    known = marks.Marks(database)
    mark, made = known.get(LISTED), f"{MADE}: {' '.join(KINDS)}"
    if mark is not None and mark.detail == made:
        return 0
    with database.read() as connection:
        codes = connection.scalars(sa.select(charts.c.patient).where(charts.c.form != ERASED))
        patients = [PatientId(code) for code in codes]
    for first in range(0, len(patients), A_BATCH):
        database.unit(partial(_list, snapshots, patients[first : first + A_BATCH]))
    known.put(LISTED, now, made)
    return len(patients)


def _list(snapshots: Snapshots, patients: Sequence[PatientId], connection: Connection) -> None:
    for patient in patients:
        _list_one(snapshots, patient, connection)


def _list_one(snapshots: Snapshots, patient: PatientId, connection: Connection) -> None:
    row = connection.execute(CHART_ROW, {"patient": patient}).one_or_none()
    if row is None or row.form == ERASED:
        return
    try:
        chart = snapshots.chart(connection, patient, row)
    except KeyDestroyed:
        return  # is about to be erased, and on no list then
    # Where somebody has decided about the chart meanwhile, it was listed anew in that; the erased are on no list.
    same = sa.and_(charts.c.patient == patient, charts.c.version == row.version, charts.c.form != ERASED)
    connection.execute(charts.update().where(same).values(lists=lists_column(chart)))
