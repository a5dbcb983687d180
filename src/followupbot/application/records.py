"""One patient's record: whoever looks at it is in the access log, before they see anything."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from followupbot.application.ports import Store
from followupbot.domain import writing
from followupbot.domain.addressing import stamp
from followupbot.domain.decision import Actor, Cause
from followupbot.domain.ids import PatientId

READ_NOTES = "read_notes"


class Notes(Store, Protocol):
    """What of storage the texts need that stand apart from the facts."""

    def note(self, patient: PatientId, note: str) -> str | None:
        """The text that a fact refers to; None where it is erased."""

    def record_view(self, cause: Cause, action: str, subject: str, now: datetime) -> None:
        """Somebody looks at that: into the access log."""


@dataclass(frozen=True)
class Reading:
    """What a patient wrote and nobody had read, the oldest first, and whether everything was held back for it."""

    texts: tuple[str, ...]
    held: bool


def read_notes(store: Notes, patient: PatientId, by: Actor, now: datetime) -> Reading | None:
    """The texts, read from now on; what was held back goes on. None where there is no such patient."""
    chart = store.chart(patient)
    if chart is None:
        return None
    cause = Cause(f"read_notes:{patient}:{stamp(now)}", by)
    store.record_view(cause, READ_NOTES, patient, now)
    texts = tuple(text for text in (store.note(patient, note) for note in chart.unread) if text is not None)
    store.transact(patient, cause, lambda current: writing.read(current, chart.unread, now))
    return Reading(texts, chart.held is not None)
