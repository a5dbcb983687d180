"""A copy of everything that is kept about a patient, for the patient: to read, and for machines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from followupbot.domain import progress, prompts
from followupbot.domain.addressing import stamp, to_patient
from followupbot.domain.alerts import EXPECTED
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.alerts import AlertRaised, AlertResolved, AlertTaken, FlagJoined, FlagRecorded
from followupbot.domain.facts.cards import CardSent, HelpAnswered
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInExpired, QuestionAnswered
from followupbot.domain.facts.enrolment import (
    ConsentDeclined,
    ConsentGiven,
    PatientConnected,
    PatientEnrolled,
    PlanChanged,
)
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.occasions import OccasionAdded, OccasionCancelled
from followupbot.domain.facts.patient import (
    DeletionCalledOff,
    DeletionRequested,
    FollowUpHalted,
    OperationConfirmed,
    OperationPostponed,
    PatientPaused,
    PatientReoperated,
    PatientResumed,
    PatientStopped,
    TravelBegan,
    TravelEnded,
)
from followupbot.domain.ids import CarerId, CheckInId, MessageKey, QuestionId
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Day, Document, Instant, Line, Lines, Markup, Said, Shown, Summary, Words
from followupbot.domain.questions import Text
from followupbot.domain.replies import NONE_OF_THESE, Value

FILE = "my_data"
"""What the two files are called on the phone, in front of `.txt` and `.json`."""


@dataclass(frozen=True)
class Heard:
    """A message that the patient got, in its words, with their mark-up."""

    at: datetime
    html: str


def copy(
    chart: Chart,
    facts: Sequence[ChartFact],
    notes: Mapping[str, str],
    heard: Sequence[Heard],
    machine_readable: str,
    now: datetime,
) -> Decision:
    """Two files: one to read in the patient's language, one for machines. `notes` has texts by what refers to them."""
    check_ins = {check_in.id: check_in for check_in in progress.answered(facts)}
    others = _by_others(chart, facts, check_ins)
    lines = [*_entries(chart, facts, check_ins, notes), *others, *_heard(chart, heard)]
    in_order = (line for _, line in sorted(lines, key=lambda entry: entry[0]))
    text = Document(f"{FILE}.txt", Lines((_plan(chart, now), *in_order)))
    data = Document(f"{FILE}.json", machine_readable)
    return Decision(
        outgoing=tuple(
            to_patient(
                chart,
                f"replies/{message}",
                key=f"{message}/{stamp(now)}",
                lane=Lane.REPLY,
                params={"file": file},
            )
            for message, file in (("my_data", text), ("my_data_for_machines", data))
        )
    )


def _plan(chart: Chart, now: datetime) -> Line:
    plan = chart.enrolled.plan
    params: dict[str, Shown] = {
        "code": chart.patient,
        "at": Instant(now, plan.zone),
        "surgery_on": str(plan.surgery_on),
        "zone": plan.zone,
        "ask_at": f"{plan.ask_at:%H:%M}",
        "born": None if plan.born is None else str(plan.born),
    }
    return Line(MessageKey("record/plan"), params)


def _heard(chart: Chart, heard: Sequence[Heard]) -> Iterator[tuple[datetime, Line]]:
    for message in heard:
        yield message.at, _line(chart, "message", message.at, {"text": Markup(message.html)})


def _entries(
    chart: Chart, facts: Sequence[ChartFact], check_ins: Mapping[CheckInId, CheckIn], notes: Mapping[str, str]
) -> Iterator[tuple[datetime, Line]]:
    before: dict[tuple[CheckInId, QuestionId], Value] = {}
    for fact in facts:
        if isinstance(fact, QuestionAnswered):
            place = (fact.check_in, fact.question)
            known = before.get(place)
            before[place] = fact.value
            if known is not None and known != fact.value and fact.check_in in check_ins:
                said = _answer(chart, check_ins[fact.check_in], fact.question, known)
                yield fact.at, _line(chart, "answer_before", fact.at, {"said": Summary((said,))})
            continue
        entry = _entry(chart, fact, check_ins, notes)
        if entry is not None:
            name, params = entry
            yield fact.at, _line(chart, name, fact.at, params)


def _by_others(
    chart: Chart, facts: Sequence[ChartFact], check_ins: Mapping[CheckInId, CheckIn]
) -> Iterator[tuple[datetime, Line]]:
    """Which answers a helper gave, or staff wrote down on the telephone; those of one press stand in one line."""
    pressed: dict[tuple[datetime, CheckInId, CarerId | None], list[Said]] = {}
    for fact in facts:
        if not isinstance(fact, QuestionAnswered) or fact.check_in not in check_ins:
            continue
        if fact.carer is None and fact.entered_by is None:
            continue
        check_in = check_ins[fact.check_in]
        asked = chart.protocol(check_in.version).asked_as(fact.question)
        if asked is None or not isinstance(asked.question, Text):
            said = _answer(chart, check_in, fact.question, fact.value)
            pressed.setdefault((fact.at, fact.check_in, fact.carer), []).append(said)
    for (at, _, number), answers in pressed.items():
        # Each item of a screen has its answer; "none of these" is said of the screen where no item says more.
        telling = [said for said in answers if said.labels != (NONE_OF_THESE,)] or answers[:1]
        said_by_them = Summary(tuple(telling))
        if number is None:
            yield at, _line(chart, "answered_by_phone", at, {"said": said_by_them})
        else:
            yield at, _line(chart, "answered_by_helper", at, {"number": number, "said": said_by_them})


def _entry(
    chart: Chart, fact: ChartFact, check_ins: Mapping[CheckInId, CheckIn], notes: Mapping[str, str]
) -> tuple[str, dict[str, Shown]] | None:
    """What the record says of that fact; None of what only moves the program on."""
    zone = chart.enrolled.plan.zone
    match fact:
        case CheckInAsked():
            said = tuple(_said(chart, check_ins[fact.check_in]))
            return ("check_in", {"said": Summary(said)}) if said else ("asked", {})
        case CheckInExpired():
            return ("missed", {}) if fact.missed else None
        case NoteReceived():
            text = notes.get(fact.note)
            return None if text is None else _note(fact, text)
        case AlertRaised() | FlagJoined() | FlagRecorded():
            return "flag", {"tier": Words(MessageKey(f"record/tiers/{fact.flag.tier}"))}
        case AlertResolved():
            known = fact.outcome == EXPECTED or chart.protocol().outcome(fact.outcome) is not None
            # An outcome that the programme names no more has no words.
            outcome = Words(MessageKey(f"alerts/outcomes/{fact.outcome}")) if known else fact.outcome
            return "resolved", {"outcome": outcome}
        case PatientPaused():
            return "paused", {"until": Instant(fact.until, zone)}
        case FollowUpHalted():
            return "halted", {"reason": Words(MessageKey(f"record/halts/{fact.reason}"))}
        case OccasionAdded():
            return "day_added", {"on": Day(fact.on)}
        case OccasionCancelled():
            return "day_cancelled", {"on": Day(fact.day)}
        case OperationConfirmed() | OperationPostponed() | PatientReoperated():
            return "operation", {"surgery_on": str(fact.surgery_on)}
        case TravelBegan():
            return "travel", {"zone": fact.zone, "until": Instant(fact.until, zone)}
        case PlanChanged():
            return "plan_changed", {"zone": fact.zone, "ask_at": f"{fact.ask_at:%H:%M}"}
        case _:
            name = next((name for kind, name in _PLAIN.items() if isinstance(fact, kind)), None)
            return None if name is None else (name, {})


def _note(fact: NoteReceived, text: str) -> tuple[str, dict[str, Shown]]:
    if fact.carer is not None:
        return "note_by_helper", {"number": fact.carer, "text": text}
    return "note" if fact.entered_by is None else "note_by_phone", {"text": text}


_PLAIN: Mapping[type, str] = {
    PatientConnected: "connected",
    ConsentGiven: "consent_given",
    ConsentDeclined: "consent_declined",
    PatientEnrolled: "enrolled",
    PatientStopped: "stopped",
    PatientResumed: "resumed",
    DeletionRequested: "deletion_requested",
    DeletionCalledOff: "deletion_called_off",
    TravelEnded: "travel_ended",
    AlertTaken: "taken",
    CardSent: "card",
    HelpAnswered: "help_answered",
}
"""What needs no more said about it than that it was, and when."""


def _said(chart: Chart, check_in: CheckIn) -> Iterator[Said]:
    """What was said, also to what the protocol asks no more; a text of the patient's own stands by itself."""
    protocol = chart.protocol(check_in.version)
    shown: set[QuestionId] = set()
    for answer in check_in.answers:
        asked = protocol.asked_as(answer.question)
        name = answer.question if asked is None else asked.question.id
        if name in shown:
            continue
        shown.add(name)
        if asked is not None and isinstance(asked.question, Text):
            continue
        whole = None if asked is None else prompts.said(check_in, asked)
        yield whole or _answer(chart, check_in, answer.question, answer.value)


def _answer(chart: Chart, check_in: CheckIn, question: QuestionId, value: Value) -> Said:
    """One answer by itself."""
    asked = chart.protocol(check_in.version).asked_as(question)
    return prompts.said_once(None if asked is None else asked.question, question, value)


def _line(chart: Chart, name: str, at: datetime, params: Mapping[str, Shown]) -> Line:
    return Line(MessageKey(f"record/{name}"), {"at": Instant(at, chart.enrolled.plan.zone), **params})
