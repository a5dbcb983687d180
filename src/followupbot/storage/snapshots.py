"""Charts and the clinic as they are kept: an encrypted snapshot each, or the fold of the facts if it is outdated."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.clinic_folding import apply_to_clinic
from followupbot.domain.facts import ChartFact, ClinicFact, Fact
from followupbot.domain.folding import apply
from followupbot.domain.ids import PatientId
from followupbot.storage.facts import CHART_FORM, CLINIC_FORM, decode_chart, decode_clinic, decode_fact
from followupbot.storage.keys import CLINIC, Keys, patient_key
from followupbot.storage.programmes import Programmes
from followupbot.storage.tables import clinics, facts


class Snapshots:
    """Reads them; the clinic, which every chart carries, is decrypted once for each version."""

    def __init__(self, keys: Keys, programmes: Programmes) -> None:
        """Nothing is read yet."""
        self._keys = keys
        self._programmes = programmes
        self._clinic_at: tuple[bytes, Clinic] | None = None

    def chart(self, connection: Connection, patient: PatientId, row: sa.Row[Any] | None) -> Chart:
        """The chart of that row of `charts`, with the clinic and the programmes it needs; empty where there is none."""
        clinic = self.clinic(connection, connection.execute(sa.select(clinics)).one_or_none())
        chart = Chart(patient) if row is None else self._bare_chart(connection, patient, row)
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

    def facts(self, connection: Connection, aggregate: str) -> Sequence[Fact]:
        """Every fact of the aggregate, the oldest first."""
        query = sa.select(facts.c.n, facts.c.body_enc).where(facts.c.aggregate == aggregate).order_by(facts.c.n)
        cipher = self._keys.cipher(aggregate)
        return [
            decode_fact(cipher.decrypt(row.body_enc, "facts", "body_enc", f"{aggregate}/{row.n}"))
            for row in connection.execute(query)
        ]

    def _bare_chart(self, connection: Connection, patient: PatientId, row: sa.Row[Any]) -> Chart:
        name = patient_key(patient)
        if row.form == CHART_FORM:
            place = ("charts", "body_enc", f"{patient}/{row.version}")
            return decode_chart(self._keys.cipher(name).decrypt(row.body_enc, *place))
        chart = Chart(patient)
        for fact in self.facts(connection, name):
            assert isinstance(fact, ChartFact), "a patient's chain bears facts about the patient"
            chart = apply(chart, fact)
        return chart

    def _bare_clinic(self, connection: Connection, row: sa.Row[Any]) -> Clinic:
        if row.form == CLINIC_FORM:
            place = ("clinics", "body_enc", f"{CLINIC}/{row.version}")
            return decode_clinic(self._keys.cipher(CLINIC).decrypt(row.body_enc, *place))
        clinic = Clinic()
        for fact in self.facts(connection, CLINIC):
            assert isinstance(fact, ClinicFact), "the clinic's chain bears facts about the clinic"
            clinic = apply_to_clinic(clinic, fact)
        return clinic

    def _with_programme(self, connection: Connection, clinic: Clinic) -> Clinic:
        if clinic.programme_version is None:
            return clinic
        return replace(clinic, programme=self._programmes.loaded(connection, clinic.programme_version))
