"""Who a patient is: entered and looked at by staff at the terminal; every view is in the access log (0.18)."""

from datetime import datetime

from followupbot.application.ports import Store
from followupbot.domain import identity
from followupbot.domain.decision import Cause
from followupbot.domain.identity import Identity
from followupbot.domain.ids import PatientId

SEE_IDENTITY = "see_identity"


def enter(store: Store, patient: PatientId, entered: Identity, cause: Cause, now: datetime) -> None:
    """It takes the older one's place, encrypted with the patient's own key. The patient is known."""
    store.transact(patient, cause, lambda chart: identity.enter(chart, entered, now))


def look(store: Store, patient: PatientId, cause: Cause, now: datetime) -> Identity | None:
    """What was entered last; None where nothing was, or it is erased. The view is recorded before it is read."""
    store.record_view(cause, SEE_IDENTITY, patient, now)
    chart = store.chart(patient)
    note = None if chart is None or chart.enrolment is None else chart.enrolment.identity
    text = None if note is None else store.note(patient, note)
    found = None if text is None else identity.read(text)
    return found if isinstance(found, Identity) else None
