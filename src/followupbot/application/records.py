"""One patient's record: whoever looks at it is in the access log, before they see anything."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from html import escape

from followupbot.application import policy
from followupbot.application.policy import Action
from followupbot.application.ports import Records, Store
from followupbot.domain import enrolment, own_record, progress, writing
from followupbot.domain.addressing import stamp
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Actor, Cause, Decision
from followupbot.domain.delivery import Told
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.ids import PatientId
from followupbot.domain.own_record import Heard

READ_NOTES = "read_notes"
SEE_PROGRESS = "see_own_progress"
COPY_RECORD = "copy_own_record"

NOT_THE_PATIENTS = frozenset({"token_hash", "chat", "by", "staff", "taken_by", "entered_by"})
"""Parts of facts that are keys, or say which member of staff it was."""


@dataclass(frozen=True)
class Reading:
    """What a patient wrote and nobody had read, the oldest first, and whether everything was held back for it."""

    texts: tuple[str, ...]
    held: bool


def read_notes(store: Store, patient: PatientId, by: Actor, now: datetime) -> Reading | None:
    """The texts, read from now on; what was held back goes on. None where there is no such patient."""
    chart = store.chart(patient)
    if chart is None:
        return None
    cause = Cause(f"read_notes:{patient}:{stamp(now)}", by)
    store.record_view(cause, READ_NOTES, patient, now)
    texts = tuple(text for text in (store.note(patient, note) for note in chart.unread) if text is not None)
    store.transact(patient, cause, lambda current: writing.read(current, chart.unread, now))
    return Reading(texts, chart.held is not None)


def show_progress(records: Records, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient sees how pain and function have gone since the first check-in."""

    def decide(chart: Chart, facts: Sequence[ChartFact]) -> Decision:
        return enrolment.wait(chart, now) if chart.active is None else progress.show(chart, facts, now)

    return _read_own(records, patient, SEE_PROGRESS, cause, now, decide)


def copy_own(records: Records, patient: PatientId, _: str, cause: Cause, now: datetime) -> Decision:
    """The patient has everything that is kept about them, in two files."""

    def decide(chart: Chart, facts: Sequence[ChartFact]) -> Decision:
        references = [fact.note for fact in facts if isinstance(fact, NoteReceived)]
        texts = {note: records.note(patient, note) for note in references}
        notes = {note: text for note, text in texts.items() if text is not None}
        heard = [_heard(told) for told in records.told(patient)]
        return own_record.copy(chart, facts, notes, heard, _for_machines(patient, facts, notes, heard), now)

    return _read_own(records, patient, COPY_RECORD, cause, now, decide)


def whole(records: Records, patient: PatientId) -> str:
    """The patient's whole record as JSON, with who of the staff did what; whoever asks has been looked at before.

    Also what staff entered: who the patient is, why something is held, why somebody broke the glass.
    """
    record = {
        "patient": patient,
        "facts": [_plain(fact, frozenset({"token_hash", "chat"})) for fact in records.facts_of(patient)],
        "notes": records.texts_of(patient),
        "messages": [_plain(_heard(told)) for told in records.told(patient)],
    }
    return json.dumps(record, ensure_ascii=False, indent=1)


def _read_own(
    records: Records,
    patient: PatientId,
    action: str,
    cause: Cause,
    now: datetime,
    decide: Callable[[Chart, Sequence[ChartFact]], Decision],
) -> Decision:
    """What is decided with the whole record at hand; it is in the access log before anything is read."""

    def look(chart: Chart) -> Decision:
        return decide(chart, records.facts_of(patient))

    if not policy.allowed(cause.by, Action.SEE_OWN_RECORD, records.clinic(), patient):
        records.record_refusal(cause, action, patient, now)
        return Decision()
    records.record_view(cause, action, patient, now)
    return records.transact(patient, cause, look)


def _heard(told: Told) -> Heard:
    """The words, without buttons and file."""
    message = json.loads(told.payload)
    words = str(message.get("text", message.get("caption", "")))
    return Heard(told.at, words if "parse_mode" in message else escape(words))


def _for_machines(
    patient: PatientId, facts: Sequence[ChartFact], notes: Mapping[str, str], heard: Sequence[Heard]
) -> str:
    record = {
        "patient": patient,
        "facts": [_plain(fact) for fact in facts],
        "notes": notes,
        "messages": [_plain(message) for message in heard],
    }
    return json.dumps(record, ensure_ascii=False, indent=1)


def _plain(value: object, without: frozenset[str] = NOT_THE_PATIENTS) -> object:
    """The value as JSON has it: times in ISO 8601, durations in seconds."""
    if is_dataclass(value):
        names = (field.name for field in fields(value) if field.name not in without)
        return {name: _plain(getattr(value, name), without) for name in names}
    match value:
        case Enum():
            return value.value
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case tuple() | list():
            return [_plain(part, without) for part in value]
        case Mapping():
            return {str(name): _plain(part, without) for name, part in value.items()}
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise AssertionError(f"no fact holds a {type(value).__name__}")
