"""What the facts about the patient add up to: whether we write, the operation, where they are, who they are."""

from dataclasses import replace
from datetime import datetime, time
from typing import assert_never

from followupbot.domain.chart import UNREAD_MAX, Chart, Hold
from followupbot.domain.enrolment_state import Active, Asking, Following, Halted, Paused, Stopped, Travel
from followupbot.domain.facts.patient import (
    DeletionCalledOff,
    DeletionRequested,
    FollowUpHalted,
    IdentityEntered,
    InitialsChosen,
    LegalHoldPlaced,
    LegalHoldReleased,
    OperationConfirmed,
    OperationPostponed,
    PatientBlocked,
    PatientFact,
    PatientHeld,
    PatientPaused,
    PatientReoperated,
    PatientResumed,
    PatientStopped,
    PatientUnblocked,
    PreferenceAsked,
    TravelBegan,
    TravelEnded,
)
from followupbot.domain.folding.changes import Changes, of_enrolment
from followupbot.domain.schedule import PartialDate, resolve


def changes(chart: Chart, fact: PatientFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case PatientBlocked() | PatientUnblocked():
            blocked = isinstance(fact, PatientBlocked)
            return of_enrolment(chart, blocked=blocked, blocked_at=fact.at if blocked else None)
        case PatientStopped():
            return of_enrolment(chart, contact=Stopped(fact.at, chart.enrolled.halted))
        case PatientPaused():
            return of_enrolment(chart, contact=Paused(fact.until))
        case PatientResumed():
            contact = chart.enrolled.contact
            halted = contact.halted if isinstance(contact, Stopped) else None
            return of_enrolment(chart, contact=Following() if halted is None else Halted(halted))
        case DeletionRequested():
            contact = chart.enrolled.contact
            quiet = contact if isinstance(contact, Halted) else Stopped()
            return of_enrolment(chart, contact=quiet, deletion_requested_at=fact.at)
        case DeletionCalledOff():
            return of_enrolment(chart, deletion_requested_at=None)
        case FollowUpHalted():
            return of_enrolment(chart, contact=Halted(fact.reason), invitation=None)
        case OperationConfirmed() | OperationPostponed():
            return _operation(chart, fact.surgery_on, operated=isinstance(fact, OperationConfirmed))
        case PatientReoperated():
            return _reoperated(chart, fact)
        case LegalHoldPlaced():
            return {"legal_hold_since": fact.at}
        case LegalHoldReleased():
            return {"legal_hold_since": None}
        case TravelBegan():
            travel = chart.enrolled.travel
            home = chart.enrolled.plan.zone if travel is None else travel.home
            return _zone(chart, fact.zone, fact.at, Travel(home, fact.until))
        case TravelEnded():
            travel = chart.enrolled.travel
            return {} if travel is None else _zone(chart, travel.home, fact.at)
        case InitialsChosen():
            return of_enrolment(chart, initials=fact.initials)
        case IdentityEntered():
            changed_at = None if fact.phone else chart.enrolled.phone_changed_at
            return of_enrolment(chart, identity=fact.note, phone_known=fact.phone, phone_changed_at=changed_at)
        case PreferenceAsked():
            return of_enrolment(chart, asking=Asking(fact.what, fact.at, chart.version + 1, fact.carer))
        case PatientHeld():
            return {"holds": (*chart.holds, Hold(fact.note, fact.reason, fact.at))[-UNREAD_MAX:]}
        case _:
            assert_never(fact)


def _operation(chart: Chart, surgery_on: PartialDate, operated: bool) -> Changes:
    state = chart.enrolled.state
    plan = replace(chart.enrolled.plan, surgery_on=surgery_on)
    state = replace(state, operated=operated) if isinstance(state, Active) else state
    return of_enrolment(chart, plan=plan, state=state)


def _reoperated(chart: Chart, fact: PatientReoperated) -> Changes:
    """What rules compare with, and what "new" counts from, begins anew; re-checks of what was before are pointless."""
    changes = _operation(chart, fact.surgery_on, operated=True)
    operated_at = resolve(fact.surgery_on.anchor(), time(), chart.enrolled.plan.zone)
    history = {question: series.since(operated_at) for question, series in chart.history.items()}
    heard = (check_in.answered_at for check_in in chart.check_ins)
    answered_at = max((at for at in heard if at is not None and at >= operated_at), default=None)
    known = {question: series for question, series in history.items() if series.readings}
    return changes | {
        **{"history": known, "answered_at": answered_at, "rechecks": ()},
        # What was confirmed or expected before is of another back.
        **{"baselines": (), "expectations": ()},
    }


def _zone(chart: Chart, zone: str, at: datetime, travel: Travel | None = None) -> Changes:
    plan = replace(chart.enrolled.plan, zone=zone)
    return of_enrolment(chart, plan=plan, travel=travel, zone_since=at)
