"""What a patient writes or sends that no question asked for: kept for people to read, answered at once."""

from datetime import datetime

from followupbot.domain.addressing import to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.facts import NoteReceived
from followupbot.domain.outgoing import Lane

NOTE_LENGTH_MAX = 4096
"""Telegram's own limit for a message."""


def receive(chart: Chart, note: FreeText, now: datetime) -> Decision:
    """The note is on the record, and its writer knows that a computer cannot understand it (clinical.md 0.8)."""
    kept = FreeText(note.note, note.text[:NOTE_LENGTH_MAX])
    reply = to_patient(chart, "replies/note_received", key=f"note/{chart.version}", lane=Lane.REPLY)
    return Decision((NoteReceived(now, kept.note),), (reply,), texts=(kept,))
