"""What has happened, in the past tense. Facts are the record: a chart or a clinic is what folding them gives.

A fact stands in the module of its noun and in the union at the end of it; tests/storage/golden_facts.json holds its
stored form, and `folding`, by the same nouns, what it changes.
"""

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

ChartFact = (
    EnrolmentFact
    | PatientFact
    | CarerFact
    | OccasionFact
    | CheckInFact
    | NoteFact
    | AlertFact
    | CardFact
    | ExpectationFact
)
"""About a patient."""

ClinicFact = ProgrammeFact | StaffFact | RotaFact | ReportFact | RecordFact | WatchFact
"""About the clinic."""

Fact = ChartFact | ClinicFact
