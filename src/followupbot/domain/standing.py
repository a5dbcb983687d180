"""What staff record about a patient's life: died, moved, in hospital, operated on (clinical.md 0.12, 0.13; 8c, H14).

It is acted on at once: nothing that we start goes out any more, and what waits is taken back. Alerts that are open go
on paging: that a life has changed is no outcome, and a wrong code must not silence an emergency.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from followupbot.domain import lapses, occasions, pauses
from followupbot.domain.addressing import stamp, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Following, Halted, HaltReason, Stopped
from followupbot.domain.facts.patient import (
    DeletionCalledOff,
    FollowUpHalted,
    OperationConfirmed,
    OperationPostponed,
    PatientPaused,
    PatientReoperated,
    PatientResumed,
)
from followupbot.domain.outgoing import Lane, Recall
from followupbot.domain.schedule import SURGERY_AHEAD, SURGERY_YEAR_MIN, PartialDate, local, resolve

HALTS: Mapping[str, HaltReason] = {
    "died": "died",
    "moved": "moved",
    "transferred": "transferred",
    "withdraw": "withdrawn",
    "admitted": "admitted",
    "cancelled": "cancelled",
}

STATUSES = (*HALTS, "pause", "resume", "operated", "reoperated")
"""What staff may record, as they type it; the words are `staff/statuses/<status>`."""

UNDONE_BY_RESUME = frozenset({*HALTS, "pause"})

REFUSALS = (
    "no_such_status",
    "date_unreadable",
    "recorded_already",
    "patient_stopped",
    "deletion_requested",
    "nothing_halted",
    "halted_otherwise",
    "operated_already",
    "not_operated",
    "date_ahead",
    "date_impossible",
    "date_before_operation",
    "not_in_half_a_year",
)
"""Why something is not recorded; the words are `staff/status_refusals/<refusal>`."""


@dataclass(frozen=True)
class NotRecorded:
    """Nothing has changed; `why` is one of `REFUSALS`."""

    why: str


def halt(chart: Chart, reason: HaltReason, now: datetime) -> Decision | NotRecorded:
    """Nothing is started any more, and a link that is out leads nowhere. What was recorded before gives way."""
    contact = chart.enrolled.contact
    if isinstance(contact, Halted) and contact.reason == reason:
        return NotRecorded("recorded_already")
    operated = chart.active is not None and chart.active.operated
    if reason == "cancelled" and operated:
        return NotRecorded("operated_already")
    return pauses.quieten(chart, FollowUpHalted(now, reason), "halted", now, by_staff=True)[0]


def pause(chart: Chart, until: date, now: datetime) -> Decision | NotRecorded:
    """Nothing is started before that day, on which it goes on by itself."""
    only_patient = _ends_by_patient_only(chart)
    if only_patient is not None:
        return NotRecorded(only_patient)
    if isinstance(chart.enrolled.contact, Halted):  # a pause would end by itself, and write to who has died
        return NotRecorded("halted_otherwise")
    zone = chart.enrolled.plan.zone
    today = local(now, zone).date()
    if not today < until <= today + pauses.PAUSE_MAX:
        return NotRecorded("not_in_half_a_year")
    return pauses.quieten(chart, PatientPaused(now, resolve(until, time(), zone)), "paused", now, by_staff=True)[0]


def resume(chart: Chart, now: datetime) -> Decision | NotRecorded:
    """We write again when something is due. What the patient has ended themselves, only they can begin again.

    A request for deletion is called off: whoever has changed their mind is asked to call the clinic (clinical.md 0.17).
    """
    contact = chart.enrolled.contact
    if chart.enrolled.deletion_requested_at is not None and not isinstance(contact, Halted):
        return _call_off(chart, now)
    only_patient = _ends_by_patient_only(chart)
    if only_patient is not None:
        return NotRecorded(only_patient)
    if isinstance(contact, Following):
        return NotRecorded("nothing_halted")
    return Decision((*occasions.passed_over(chart, now, now), PatientResumed(now)))


def _call_off(chart: Chart, now: datetime) -> Decision:
    """The request is gone, and it goes on as before; the patient reads that it does, should it not be their wish."""
    facts = (*occasions.passed_over(chart, now, now), DeletionCalledOff(now), PatientResumed(now))
    told = to_patient(
        chart,
        "replies/deletion_called_off",
        key=f"kept/{stamp(now)}",
        lane=Lane.REPLY,
        params={"goes_on": chart.active is not None},
        starts=True,
    )
    return Decision(facts, (told,))


def operated(chart: Chart, on: PartialDate, now: datetime) -> Decision | NotRecorded:
    """The operation that lay ahead has been, and the schedule begins; a day ahead is the day it is put off to."""
    today = local(now, chart.enrolled.plan.zone).date()
    if chart.active is not None and chart.active.operated:
        return NotRecorded("operated_already")
    if on.anchor().year < SURGERY_YEAR_MIN or on.anchor() > today + SURGERY_AHEAD:
        return NotRecorded("date_impossible")
    if on.anchor() > today:
        return Decision((OperationPostponed(now, on),))
    return Decision((OperationConfirmed(now, on),))


def reoperated(chart: Chart, on: PartialDate, now: datetime) -> Decision | NotRecorded:
    """There was another operation: the schedule, and what later answers are compared with, begin anew from there."""
    today = local(now, chart.enrolled.plan.zone).date()
    if chart.active is not None and not chart.active.operated:
        return NotRecorded("not_operated")
    if on.anchor() > today:
        return NotRecorded("date_ahead")
    if on.anchor() <= chart.enrolled.plan.surgery_on.anchor():
        return NotRecorded("date_before_operation")
    ended = Decision()
    if chart.open_check_in is not None:  # first: what was said in it belongs to before
        ended = lapses.end(chart, chart.open_check_in, "reoperated", now, by_staff=True)
    return ended + Decision((PatientReoperated(now, on),), (Recall(),))


def _ends_by_patient_only(chart: Chart) -> str | None:
    """Why only the patient can change it."""
    if chart.enrolled.deletion_requested_at is not None:
        return "deletion_requested"
    return "patient_stopped" if isinstance(chart.enrolled.contact, Stopped) else None
