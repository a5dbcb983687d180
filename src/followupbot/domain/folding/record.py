"""What the facts about the record itself add up to."""

from typing import assert_never

from followupbot.domain.clinic import Clinic
from followupbot.domain.facts.record import HeadsSealed, PatientErased, RecordFact


def folded(clinic: Clinic, fact: RecordFact) -> Clinic:
    """The clinic after the fact, but for its version."""
    match fact:
        case HeadsSealed() | PatientErased():
            return clinic
        case _:
            assert_never(fact)
