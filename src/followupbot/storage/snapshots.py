"""Charts and the clinic as they are kept: an encrypted snapshot each, or the fold of the facts if it is outdated."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.facts import ChartFact, ClinicFact, Fact
from followupbot.domain.folding import apply, apply_to_clinic
from followupbot.domain.ids import PatientId
from followupbot.storage.facts import CHART_FORM, CLINIC_FORM, decode_chart, decode_clinic, decode_fact
from followupbot.storage.keys import CLINIC, Keys, patient_key
from followupbot.storage.programmes import Programmes
from followupbot.storage.tables import charts, clinics, facts

CLINIC_ROW = sa.select(clinics)
CHART_ROW = sa.select(charts).where(charts.c.patient == sa.bindparam("patient"))
"""Made once: to make a statement costs more than to run it."""

CHARTS_KEPT = 256
"""Charts in memory, at some 20 kB each: as many patients as sit over a check-in at one time."""


class Snapshots:
    """Reads them; the clinic, which every chart carries, is decrypted once for each version."""

    def __init__(self, keys: Keys, programmes: Programmes) -> None:
        """Nothing is read yet."""
        self._keys = keys
        self._programmes = programmes
        self._clinic_at: tuple[bytes, Clinic] | None = None
        self._remembering = Lock()
        self._charts_at: OrderedDict[PatientId, tuple[bytes, Chart]] = OrderedDict()

    def chart(self, connection: Connection, patient: PatientId, row: sa.Row[Any] | None) -> Chart:
        """The chart of that row of `charts`, with the clinic and the programmes it needs; empty where there is none."""
        clinic = self.clinic(connection, connection.execute(CLINIC_ROW).one_or_none())
        chart = Chart(patient) if row is None else self._known_chart(connection, patient, row)
        versions = {check_in.version for check_in in chart.check_ins}
        if clinic.programme_version is not None:
            versions.add(clinic.programme_version)
        programmes = {version: self._programmes.loaded(connection, version) for version in versions}
        return replace(chart, clinic=clinic, programmes=programmes)

    def clinic(self, connection: Connection, row: sa.Row[Any] | None) -> Clinic:
        """The clinic of that row of `clinics`, with its programme; empty where there is none."""
        if row is None:
            return Clinic()
        at = self._clinic_at
        if at is None or at[0] != row.head:  # the head, not the version: a version that was rolled back comes again
            at = (row.head, self._with_programme(connection, self._bare_clinic(connection, row)))
            self._clinic_at = at
        return at[1]

    def facts_of(self, connection: Connection, patient: PatientId) -> Sequence[ChartFact]:
        """Every fact about the patient, the oldest first."""
        found: list[ChartFact] = []
        for fact in self._facts(connection, patient_key(patient)):
            assert isinstance(fact, ChartFact), "a patient's chain bears facts about the patient"
            found.append(fact)
        return found

    def _facts(self, connection: Connection, aggregate: str) -> Sequence[Fact]:
        query = sa.select(facts.c.n, facts.c.body_enc).where(facts.c.aggregate == aggregate).order_by(facts.c.n)
        cipher = self._keys.cipher(aggregate)
        return [
            decode_fact(cipher.decrypt(row.body_enc, "facts", "body_enc", f"{aggregate}/{row.n}"))
            for row in connection.execute(query)
        ]

    def keep(self, chart: Chart, head: bytes) -> None:
        """With that head this is the chart; where it is not committed, nobody will ever ask for that head."""
        with self._remembering:
            self._charts_at[chart.patient] = (head, chart)
            self._charts_at.move_to_end(chart.patient)
            if len(self._charts_at) > CHARTS_KEPT:
                self._charts_at.popitem(last=False)

    def _known_chart(self, connection: Connection, patient: PatientId, row: sa.Row[Any]) -> Chart:
        """The same, from memory where it was read a moment ago: whoever answers comes back in seconds."""
        self._keys.cipher(patient_key(patient))  # raises where it was destroyed: the erased are in no memory
        at = self._charts_at.get(patient)
        if at is not None and at[0] == row.head:  # the head, not the version, as above
            return at[1]
        chart = self._bare_chart(connection, patient, row)
        self.keep(chart, row.head)
        return chart

    def _bare_chart(self, connection: Connection, patient: PatientId, row: sa.Row[Any]) -> Chart:
        if row.form == CHART_FORM:
            place = ("charts", "body_enc", f"{patient}/{row.version}")
            return decode_chart(self._keys.cipher(patient_key(patient)).decrypt(row.body_enc, *place))
        chart = Chart(patient)
        for fact in self.facts_of(connection, patient):
            chart = apply(chart, fact)
        return chart

    def _bare_clinic(self, connection: Connection, row: sa.Row[Any]) -> Clinic:
        if row.form == CLINIC_FORM:
            place = ("clinics", "body_enc", f"{CLINIC}/{row.version}")
            return decode_clinic(self._keys.cipher(CLINIC).decrypt(row.body_enc, *place))
        clinic = Clinic()
        for fact in self._facts(connection, CLINIC):
            assert isinstance(fact, ClinicFact), "the clinic's chain bears facts about the clinic"
            clinic = apply_to_clinic(clinic, fact)
        return clinic

    def _with_programme(self, connection: Connection, clinic: Clinic) -> Clinic:
        if clinic.programme_version is None:
            return clinic
        return replace(clinic, programme=self._programmes.loaded(connection, clinic.programme_version))
