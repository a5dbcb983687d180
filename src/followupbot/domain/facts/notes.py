"""What a patient wrote, and what people did about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.ids import CarerId, StaffId


@dataclass(frozen=True)
class NoteReceived:
    """The patient wrote, or sent, something for people to read. `note` refers to it; it stands elsewhere.

    Somebody is to read it by `review_by`; None in what was recorded before there was such a time. `carer` wrote it for
    the patient, `entered_by` heard it on the telephone; both None where it came from the patient's own chat.
    """

    at: datetime
    note: str
    review_by: datetime | None = None
    carer: CarerId | None = None
    entered_by: str | None = None
    kind: Literal["note_received"] = "note_received"


@dataclass(frozen=True)
class NotesRead:
    """Staff have read these, and nothing is held back any more."""

    at: datetime
    notes: tuple[str, ...]
    kind: Literal["notes_read"] = "notes_read"


@dataclass(frozen=True)
class TextAnswered:
    """Staff answered what the patient wrote with these words, `replies/staff/<reply>`."""

    at: datetime
    by: StaffId
    reply: str
    kind: Literal["text_answered"] = "text_answered"


NoteFact = NoteReceived | NotesRead | TextAnswered
