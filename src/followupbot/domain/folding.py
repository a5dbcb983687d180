"""What the facts add up to: a chart, a clinic. Folding trims as it goes, so nothing grows with the years."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import reduce
from typing import assert_never

from followupbot.domain.chart import (
    BIRTH_YEAR_TRIES_MAX,
    CLOSED_CHECK_INS_MAX,
    FLAGS_MAX,
    RECHECK,
    RECHECKS_MAX,
    RESOLVED_ALERTS_MAX,
    Active,
    Alert,
    Begun,
    Chart,
    CheckIn,
    Completed,
    Consenting,
    CutShort,
    Declined,
    Enrolment,
    Expired,
    Flag,
    Identifying,
    Invited,
    Locked,
    Open,
    PlannedRecheck,
    Resolved,
    Scored,
    Taken,
)
from followupbot.domain.clinic import (
    NOTICES_MAX,
    Clinic,
    Notice,
    StaffInvited,
    StaffJoined,
    StaffLeft,
    StaffMember,
    StaffState,
)
from followupbot.domain.facts import (
    AlertPaged,
    AlertRaised,
    AlertRaisedAgain,
    AlertReopened,
    AlertResolved,
    AlertTaken,
    BirthYearMistaken,
    BotNamed,
    ChartFact,
    CheckInAsked,
    CheckInBegun,
    CheckInCompleted,
    CheckInCutShort,
    CheckInExpired,
    CheckInReminded,
    ClinicFact,
    ConsentDeclined,
    ConsentGiven,
    FlagJoined,
    FlagRecorded,
    HeadsSealed,
    InvitationRenewed,
    NoteReceived,
    OccasionSkipped,
    OperatorNotified,
    PatientBlocked,
    PatientConnected,
    PatientEnrolled,
    PatientInvited,
    PatientUnblocked,
    ProgrammePublished,
    QuestionAnswered,
    RecheckPlanned,
    ReminderWithheld,
    ScoreRecorded,
    StaffMemberInvited,
    StaffMemberJoined,
    StaffMemberRemoved,
)
from followupbot.domain.ids import AlertId, CheckInId, QuestionId, StaffId, TimingId
from followupbot.domain.questions import SKIPPED, Answer, Datum
from followupbot.domain.series import Reading, Series

Changes = dict[str, object]
"""Parts of a chart by their names, as they are to be."""


def apply(chart: Chart, fact: ChartFact) -> Chart:
    """The chart after the fact. It trims as it goes, so a chart loaded and a chart folded are the same chart."""
    # One new chart a fact: copying its many parts costs more than deciding what changes.
    return replace(chart, version=chart.version + 1, **_changes(chart, fact))  # type: ignore[arg-type] # as in _enrolment


def _changes(chart: Chart, fact: ChartFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case PatientInvited():
            return {"enrolment": Enrolment(fact.plan, Invited(), fact.invitation)}
        case InvitationRenewed():
            return _enrolment(chart, invitation=fact.invitation)
        case PatientConnected():
            state = chart.enrolled.state if chart.active else Consenting()
            return _enrolment(chart, state=state, invitation=None, chat=fact.chat, blocked=False)
        case ConsentGiven():
            return _enrolment(chart, state=Identifying(fact.at))
        case ConsentDeclined():
            return _enrolment(chart, state=Declined(fact.at))
        case BirthYearMistaken():
            return _birth_year_mistaken(chart, fact)
        case PatientEnrolled():
            state = chart.enrolled.state
            assert isinstance(state, Identifying), "nobody is enrolled without consent"
            return _enrolment(chart, state=Active(state.consented_at, fact.at, fact.asked_through, fact.operated))
        case PatientBlocked() | PatientUnblocked():
            return _enrolment(chart, blocked=isinstance(fact, PatientBlocked))
        case CheckInAsked():
            return _asked(chart, fact)
        case OccasionSkipped():
            return _dealt_with(chart, fact.timing, fact.for_day)
        case CheckInBegun():
            return _check_in(chart, fact.check_in, state=Begun())
        case CheckInReminded() | ReminderWithheld():
            return _check_in(chart, fact.check_in, reminders=fact.number)
        case QuestionAnswered():
            return _answered(chart, fact)
        case ScoreRecorded():
            return _scored(chart, fact)
        case RecheckPlanned():
            return _planned(chart, fact)
        case CheckInCompleted():
            return _closed(chart, fact.check_in, Completed(fact.at), missed=False)
        case CheckInCutShort():
            return _closed(chart, fact.check_in, CutShort(fact.at), missed=False)
        case CheckInExpired():
            return _closed(chart, fact.check_in, Expired(fact.at, fact.missed), missed=fact.missed)
        case NoteReceived():
            return {"notes": chart.notes + 1}
        case FlagRecorded():
            return _fired(chart, fact.flag)
        case AlertRaised():
            return _fired(chart, fact.flag) | _raised(chart, fact)
        case FlagJoined():
            flags = (*_the_alert(chart, fact.alert).flags, fact.flag)[-FLAGS_MAX:]
            return _fired(chart, fact.flag) | _alert(chart, fact.alert, flags=flags)
        case AlertRaisedAgain():
            state_again = Open(0, fact.page_at)
            return _alert(chart, fact.alert, tier=fact.tier, ladder=fact.ladder, due_at=fact.due_at, state=state_again)
        case AlertPaged():
            alert = _the_alert(chart, fact.alert)
            return _alert(chart, fact.alert, state=Open(fact.next_step, fact.page_at), pages=alert.pages + 1)
        case AlertTaken():
            return _alert(chart, fact.alert, state=Taken(fact.by, fact.at, fact.reopen_at))
        case AlertReopened():
            return _alert(chart, fact.alert, state=Open(0, fact.page_at))
        case AlertResolved():
            return _alert(chart, fact.alert, state=Resolved(fact.by, fact.at, fact.outcome))
        case _:
            assert_never(fact)


def _enrolment(chart: Chart, **changes: object) -> Changes:
    return {"enrolment": replace(chart.enrolled, **changes)}  # type: ignore[arg-type] # names are checked at run time


def _birth_year_mistaken(chart: Chart, fact: BirthYearMistaken) -> Changes:
    state = chart.enrolled.state
    assert isinstance(state, Identifying), "the year is asked after consent"
    tries = state.tries + 1
    if tries >= BIRTH_YEAR_TRIES_MAX:
        return _enrolment(chart, state=Locked(fact.at))
    return _enrolment(chart, state=replace(state, tries=tries))


def _asked(chart: Chart, fact: CheckInAsked) -> Changes:
    check_in = CheckIn(
        fact.check_in, fact.timing, fact.version, fact.form, fact.at, fact.expires_at, remind_at=fact.remind_at
    )
    check_ins = _bounded_check_ins((*chart.check_ins, check_in))
    asked: Changes = {"check_ins": check_ins, "check_in_count": chart.check_in_count + 1}
    return asked if fact.for_day is None else asked | _dealt_with(chart, fact.timing, fact.for_day)


def _dealt_with(chart: Chart, timing: TimingId, day: date) -> Changes:
    """What was planned for that day is done with: the re-checks, or every line of the schedule up to it."""
    if timing == RECHECK:
        return {"rechecks": tuple(planned for planned in chart.rechecks if planned.on != day)}
    active = chart.active
    assert active is not None, "only those who take part are asked"
    return _enrolment(chart, state=replace(active, asked_through=max(active.asked_through, day)))


def _answered(chart: Chart, fact: QuestionAnswered) -> Changes:
    check_in = chart.check_in(fact.check_in)
    assert check_in is not None, "an answer belongs to a check-in that the chart knows"
    kept = check_in.answers
    if check_in.answer(fact.question) is not None:
        kept = tuple(answer for answer in kept if answer.question != fact.question)
    answers = (*kept, Answer(fact.question, fact.value))
    answered = _check_in(chart, fact.check_in, answers=answers, answered_at=fact.at)
    return answered if fact.value == SKIPPED else answered | _read(chart, fact.question, fact.value, fact)


def _scored(chart: Chart, fact: ScoreRecorded) -> Changes:
    check_in = chart.check_in(fact.check_in)
    assert check_in is not None, "a score belongs to a check-in that the chart knows"
    scored = _check_in(chart, fact.check_in, scores=(*check_in.scores, Scored(fact.score, fact.value)))
    return scored if fact.value is None else scored | _read(chart, fact.score, fact.value, fact)


def _read(chart: Chart, question: QuestionId, value: Datum, fact: QuestionAnswered | ScoreRecorded) -> Changes:
    series = chart.history.get(question, Series()).and_then(Reading(value, fact.at, fact.check_in))
    return {"history": {**chart.history, question: series}}


def _planned(chart: Chart, fact: RecheckPlanned) -> Changes:
    planned = PlannedRecheck(fact.rule, fact.on, fact.form, fact.open_for, fact.at, fact.reminders)
    return {"rechecks": (*chart.rechecks, planned)[:RECHECKS_MAX]}


def _closed(chart: Chart, check_in: CheckInId, state: Completed | CutShort | Expired, missed: bool) -> Changes:
    found = chart.check_in(check_in)
    answered_at = state.at if found is not None and found.answers else chart.answered_at
    misses = chart.misses + 1 if missed else 0
    return _check_in(chart, check_in, state=state) | {"misses": misses, "answered_at": answered_at}


def _fired(chart: Chart, flag: Flag) -> Changes:
    found = chart.check_in(flag.check_in)
    if found is None or flag.trace.rule in found.fired:
        return {}
    return _check_in(chart, flag.check_in, fired=(*found.fired, flag.trace.rule))


def _check_in(chart: Chart, check_in: CheckInId, **changes: object) -> Changes:
    changed = tuple(
        replace(found, **changes) if found.id == check_in else found  # type: ignore[arg-type] # as in _enrolment
        for found in chart.check_ins
    )
    return {"check_ins": _bounded_check_ins(changed)}


def _bounded_check_ins(check_ins: tuple[CheckIn, ...]) -> tuple[CheckIn, ...]:
    closed = [check_in.id for check_in in check_ins if not check_in.open]
    dropped = set(closed[:-CLOSED_CHECK_INS_MAX])
    return tuple(check_in for check_in in check_ins if check_in.id not in dropped)


def _raised(chart: Chart, fact: AlertRaised) -> Changes:
    alert = Alert(
        id=fact.alert,
        tier=fact.flag.tier,
        flags=(fact.flag,),
        ladder=fact.ladder,
        raised_at=fact.at,
        due_at=fact.due_at,
        state=Open(0, fact.page_at),
    )
    return {"alerts": _bounded_alerts((*chart.alerts, alert)), "alert_count": chart.alert_count + 1}


def _the_alert(chart: Chart, alert: AlertId) -> Alert:
    found = chart.alert(alert)
    assert found is not None, "a fact about an alert follows its raising"
    return found


def _alert(chart: Chart, alert: AlertId, **changes: object) -> Changes:
    changed = tuple(
        replace(found, **changes) if found.id == alert else found  # type: ignore[arg-type] # as in _enrolment
        for found in chart.alerts
    )
    return {"alerts": _bounded_alerts(changed)}


def _bounded_alerts(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    resolved = [alert.id for alert in alerts if not alert.unresolved]
    dropped = set(resolved[:-RESOLVED_ALERTS_MAX])
    return tuple(alert for alert in alerts if alert.id not in dropped)


def fold(chart: Chart, facts: Iterable[ChartFact]) -> Chart:
    """The chart after all of them, in order."""
    return reduce(apply, facts, chart)


def apply_to_clinic(clinic: Clinic, fact: ClinicFact) -> Clinic:
    """The clinic after the fact."""
    return replace(_clinic_folded(clinic, fact), version=clinic.version + 1)


def _clinic_folded(clinic: Clinic, fact: ClinicFact) -> Clinic:
    match fact:
        case ProgrammePublished():
            return replace(clinic, programme_version=fact.version)
        case BotNamed():
            return replace(clinic, bot_name=fact.name)
        case StaffMemberInvited():
            invited = StaffMember(fact.staff, fact.name, fact.role, StaffInvited(fact.token_hash, fact.expires_at))
            others = tuple(member for member in clinic.staff if member.id != fact.staff)
            return replace(clinic, staff=(*others, invited))
        case StaffMemberJoined():
            return _staff_state(clinic, fact.staff, StaffJoined(fact.chat))
        case StaffMemberRemoved():
            return _staff_state(clinic, fact.staff, StaffLeft())
        case OperatorNotified():
            notice = Notice(fact.key, fact.detail, fact.at)
            return replace(clinic, notices=(*clinic.notices, notice)[-NOTICES_MAX:])
        case HeadsSealed():
            return clinic
        case _:
            assert_never(fact)


def _staff_state(clinic: Clinic, staff: StaffId, state: StaffState) -> Clinic:
    return replace(
        clinic,
        staff=tuple(replace(member, state=state) if member.id == staff else member for member in clinic.staff),
    )
