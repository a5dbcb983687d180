"""Every timer of the clinic itself: what is due now, and when something is due next."""

from datetime import datetime

from followupbot.domain import reach
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import Decision
from followupbot.domain.folding import apply_to_clinic


def wake(clinic: Clinic, now: datetime) -> Decision:
    """Every timer that has run out has done its work; nothing where none has, or nothing is published yet."""
    if clinic.programme is None:
        return Decision()
    decision = Decision()
    for due in (reach.wake,):
        woken = due(clinic, now)
        for fact in woken.clinic_facts:
            clinic = apply_to_clinic(clinic, fact)
        decision += woken
    return decision


def next_wake_at(clinic: Clinic, now: datetime) -> datetime | None:
    """When the clinic has to be looked at again, if nothing happens before; None where nothing waits for a time."""
    if clinic.programme is None:
        return None
    times = (reach.next_wake_at(clinic, now),)
    return min((at for at in times if at is not None), default=None)
