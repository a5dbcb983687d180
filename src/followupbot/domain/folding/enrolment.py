"""What the facts of the way in add up to."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from followupbot.domain.chart import Chart
from followupbot.domain.enrolment_state import (
    BIRTH_YEAR_TRIES_MAX,
    READING_SCREENS,
    Active,
    Confirming,
    Consenting,
    Declined,
    Enrolment,
    Identifying,
    Invited,
    Locked,
    Practising,
    TeachingBack,
)
from followupbot.domain.enrolment_state import Reading as ReadingScreen
from followupbot.domain.facts.enrolment import (
    BirthYearConfirmed,
    BirthYearMistaken,
    ConsentDeclined,
    ConsentGiven,
    EnrolmentFact,
    InvitationRenewed,
    PatientAdded,
    PatientConnected,
    PatientEnrolled,
    PatientInvited,
    PlanChanged,
    PlanConfirmed,
    ScreenRead,
    TeachBackAnswered,
)
from followupbot.domain.folding.changes import Changes, of_enrolment


def changes(chart: Chart, fact: EnrolmentFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case PatientInvited():
            return {"enrolment": Enrolment(fact.plan, Invited(), fact.invitation, invited_at=fact.at)}
        case PatientAdded():
            return {"enrolment": Enrolment(fact.plan, Invited(), invited_at=fact.at)}
        case InvitationRenewed():
            return of_enrolment(chart, invitation=fact.invitation)
        case PatientConnected():
            state = chart.enrolled.state if chart.active else ReadingScreen()
            # Who helped in that chat is the patient there from now on.
            carers = tuple(carer for carer in chart.enrolled.carers if carer.chat != fact.chat)
            reached: Changes = {"blocked": False, "blocked_at": None}
            return of_enrolment(chart, state=state, invitation=None, chat=fact.chat, carers=carers, **reached)
        case ScreenRead():
            last = fact.screen >= READING_SCREENS
            return of_enrolment(chart, state=Consenting() if last else ReadingScreen(fact.screen + 1))
        case ConsentGiven():
            return _consented(chart, fact)
        case ConsentDeclined():
            return of_enrolment(chart, state=Declined(fact.at))
        case BirthYearMistaken():
            return _birth_year_mistaken(chart, fact)
        case BirthYearConfirmed():
            known = chart.enrolled.state
            return of_enrolment(chart, state=Confirming(known.consented_at)) if isinstance(known, Identifying) else {}
        case PlanChanged():
            return _plan_changed(chart, fact)
        case PlanConfirmed():
            return of_enrolment(chart, state=TeachingBack(_consented_at(chart)))
        case TeachBackAnswered() if chart.active is not None:
            taught_at = fact.at if fact.right else chart.active.taught_at
            tries = 0 if fact.right else fact.tries
            return of_enrolment(chart, state=replace(chart.active, taught_at=taught_at, taught_tries=tries))
        case TeachBackAnswered():
            consented_at = _consented_at(chart)
            taught = Practising(consented_at) if fact.right else TeachingBack(consented_at, fact.tries)
            return of_enrolment(chart, state=taught)
        case PatientEnrolled():
            active = Active(_consented_at(chart), fact.at, fact.asked_through, fact.operated)
            return of_enrolment(chart, state=active)
        case _:
            assert_never(fact)


def _consented(chart: Chart, fact: ConsentGiven) -> Changes:
    """Whom a year of birth was entered for is asked for it next."""
    if chart.active is not None:
        return of_enrolment(chart, state=replace(chart.active, confirmed_at=fact.at))
    known = chart.enrolled.plan.born is None
    return of_enrolment(chart, state=Confirming(fact.at) if known else Identifying(fact.at))


def _consented_at(chart: Chart) -> datetime:
    state = chart.enrolled.state
    assert isinstance(state, Identifying | Confirming | TeachingBack | Practising), "nobody gets on without consent"
    return state.consented_at


def _birth_year_mistaken(chart: Chart, fact: BirthYearMistaken) -> Changes:
    state = chart.enrolled.state
    if chart.active is not None:
        return {}
    assert isinstance(state, Identifying), "the year is asked after consent"
    tries = state.tries + 1
    if tries >= BIRTH_YEAR_TRIES_MAX:
        return of_enrolment(chart, state=Locked(fact.at))
    return of_enrolment(chart, state=replace(state, tries=tries))


def _plan_changed(chart: Chart, fact: PlanChanged) -> Changes:
    """Who was asked for consent in another language than their own reads it all again."""
    before, state = chart.enrolled.plan, chart.enrolled.state
    plan = replace(before, language=fact.language, zone=fact.zone, ask_at=fact.ask_at)
    anew = isinstance(state, Confirming) and plan.language != before.language
    moved: Changes = {} if plan.zone == before.zone else {"travel": None, "zone_since": fact.at}
    return of_enrolment(chart, plan=plan, state=ReadingScreen() if anew else state, **moved)
