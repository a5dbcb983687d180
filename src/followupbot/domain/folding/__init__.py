"""What the facts add up to: a chart, or the clinic. Folding trims as it goes, so nothing grows with the years.

Each noun of `facts` has a module here, which the type checker does not pass while it lacks a fact of its noun. What
happens most is looked for first.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from typing import assert_never

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.facts import ChartFact, ClinicFact
from followupbot.domain.facts.alerts import AlertFact
from followupbot.domain.facts.cards import CardFact
from followupbot.domain.facts.carers import CarerFact
from followupbot.domain.facts.check_ins import CheckInFact
from followupbot.domain.facts.enrolment import EnrolmentFact
from followupbot.domain.facts.expectations import ExpectationFact
from followupbot.domain.facts.notes import NoteFact
from followupbot.domain.facts.occasions import OccasionFact
from followupbot.domain.facts.patient import PatientFact
from followupbot.domain.facts.programme import ProgrammeFact
from followupbot.domain.facts.record import RecordFact
from followupbot.domain.facts.reports import ReportFact
from followupbot.domain.facts.rota import RotaFact
from followupbot.domain.facts.staff import StaffFact
from followupbot.domain.facts.watch import WatchFact
from followupbot.domain.folding import (
    alerts,
    cards,
    carers,
    check_ins,
    enrolment,
    expectations,
    notes,
    occasions,
    patient,
    programme,
    record,
    reports,
    rota,
    staff,
    watch,
)
from followupbot.domain.folding.changes import Changes


def apply(chart: Chart, fact: ChartFact) -> Chart:
    """The chart after the fact. It trims as it goes, so a chart loaded and a chart folded are the same chart."""
    # One new chart a fact: copying its many parts costs more than deciding what changes.
    return replace(chart, version=chart.version + 1, **_changes(chart, fact))  # type: ignore[arg-type] # as in `changes`


def fold(chart: Chart, facts: Iterable[ChartFact]) -> Chart:
    """The chart after all of them, in order."""
    return reduce(apply, facts, chart)


def apply_to_clinic(clinic: Clinic, fact: ClinicFact) -> Clinic:
    """The clinic after the fact."""
    return replace(_folded(clinic, fact), version=clinic.version + 1)


def _changes(chart: Chart, fact: ChartFact) -> Changes:
    if isinstance(fact, CheckInFact):
        return check_ins.changes(chart, fact)
    if isinstance(fact, AlertFact):
        return alerts.changes(chart, fact)
    if isinstance(fact, OccasionFact):
        return occasions.changes(chart, fact)
    if isinstance(fact, NoteFact):
        return notes.changes(chart, fact)
    if isinstance(fact, CardFact):
        return cards.changes(chart, fact)
    if isinstance(fact, ExpectationFact):
        return expectations.changes(chart, fact)
    if isinstance(fact, PatientFact):
        return patient.changes(chart, fact)
    if isinstance(fact, EnrolmentFact):
        return enrolment.changes(chart, fact)
    if isinstance(fact, CarerFact):
        return carers.changes(chart, fact)
    assert_never(fact)


def _folded(clinic: Clinic, fact: ClinicFact) -> Clinic:
    if isinstance(fact, ProgrammeFact):
        return programme.folded(clinic, fact)
    if isinstance(fact, StaffFact):
        return staff.folded(clinic, fact)
    if isinstance(fact, RotaFact):
        return rota.folded(clinic, fact)
    if isinstance(fact, ReportFact):
        return reports.folded(clinic, fact)
    if isinstance(fact, RecordFact):
        return record.folded(clinic, fact)
    if isinstance(fact, WatchFact):
        return watch.folded(clinic, fact)
    assert_never(fact)
