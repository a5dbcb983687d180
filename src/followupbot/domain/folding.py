"""What the facts about a patient add up to: a chart. Folding trims as it goes, so nothing grows with the years."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import replace
from datetime import date, datetime, time
from functools import reduce
from typing import assert_never

from followupbot.domain.alert_state import (
    FLAGS_MAX,
    Alert,
    Baseline,
    Expectation,
    Flag,
    HelpAwaited,
    HelpToAsk,
    HelpTold,
    Open,
    Resolved,
    Taken,
)
from followupbot.domain.carer_state import Beckoned, Carer, CarerState, Helping, Wondering
from followupbot.domain.chart import (
    CANCELLED_MAX,
    CLOSED_CHECK_INS_MAX,
    EXPECTATIONS_MAX,
    RECHECKS_MAX,
    RESOLVED_ALERTS_MAX,
    UNREAD_MAX,
    Chart,
    Hold,
)
from followupbot.domain.check_in_state import (
    RECHECK,
    SUPERSEDED_MAX,
    Begun,
    CheckIn,
    Completed,
    CutShort,
    Ended,
    Expired,
    PlannedRecheck,
    Scored,
)
from followupbot.domain.enrolment_state import (
    BIRTH_YEAR_TRIES_MAX,
    READING_SCREENS,
    Active,
    Confirming,
    Consenting,
    Declined,
    Enrolment,
    Following,
    Halted,
    Identifying,
    Invited,
    Locked,
    Paused,
    Practising,
    Stopped,
    TeachingBack,
    Travel,
)
from followupbot.domain.enrolment_state import Reading as ReadingScreen
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.alerts import (
    AlertOffered,
    AlertPaged,
    AlertRaised,
    AlertRaisedAgain,
    AlertReopened,
    AlertResolved,
    AlertTaken,
    FlagJoined,
    FlagRecorded,
)
from followupbot.domain.facts.cards import CardSent, HelpAnswered, HelpAsked
from followupbot.domain.facts.carers import (
    CarerBlocked,
    CarerConnected,
    CarerInvited,
    CarerJoined,
    CarerLeft,
    CarerUnblocked,
)
from followupbot.domain.facts.check_ins import (
    CheckInAsked,
    CheckInBegun,
    CheckInCompleted,
    CheckInCutShort,
    CheckInEnded,
    CheckInExpired,
    CheckInReminded,
    CheckInReplaced,
    QuestionAnswered,
    QuestionReopened,
    ReminderWithheld,
    ScoreRecorded,
)
from followupbot.domain.facts.enrolment import (
    BirthYearConfirmed,
    BirthYearMistaken,
    ConsentDeclined,
    ConsentGiven,
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
from followupbot.domain.facts.expectations import (
    BaselineConfirmed,
    ExpectationEnded,
    ExpectationsReviewed,
    ExpectedFlagRecorded,
    FindingsExpected,
)
from followupbot.domain.facts.notes import NoteReceived, NotesRead, TextAnswered
from followupbot.domain.facts.occasions import OccasionAdded, OccasionCancelled, OccasionSkipped, RecheckPlanned
from followupbot.domain.facts.patient import (
    DeletionRequested,
    FollowUpHalted,
    IdentityEntered,
    InitialsChosen,
    LegalHoldPlaced,
    LegalHoldReleased,
    OperationConfirmed,
    OperationPostponed,
    PatientBlocked,
    PatientHeld,
    PatientPaused,
    PatientReoperated,
    PatientResumed,
    PatientStopped,
    PatientUnblocked,
    TravelBegan,
    TravelEnded,
)
from followupbot.domain.ids import AlertId, CarerId, ChatId, CheckInId, QuestionId, RuleId, TimingId
from followupbot.domain.questions import AS_BEFORE, NEW, NOT_NEW, SKIPPED, Answer, Datum, Value
from followupbot.domain.schedule import PartialDate, resolve
from followupbot.domain.series import Reading, Series

PHONE_CHANGED = RuleId("phone_changed")
"""The rule of that name puts the patient on the staff's list (clinical.md 0.18)."""

BY_STAFF = RuleId("by_staff")
"""Stands in the place of a rule where staff want a day asked."""

Changes = dict[str, object]
"""Parts of a chart by their names, as they are to be."""

_WORSE: tuple[Value, ...] = (NOT_NEW, AS_BEFORE, NEW)
"""What is said of a red-flag item, the worst last: on one occasion it is never taken back, whatever is said later."""


def apply(chart: Chart, fact: ChartFact) -> Chart:
    """The chart after the fact. It trims as it goes, so a chart loaded and a chart folded are the same chart."""
    # One new chart a fact: copying its many parts costs more than deciding what changes.
    return replace(chart, version=chart.version + 1, **_changes(chart, fact))  # type: ignore[arg-type] # as in _enrolment


def _changes(chart: Chart, fact: ChartFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case PatientInvited():
            return {"enrolment": Enrolment(fact.plan, Invited(), fact.invitation, invited_at=fact.at)}
        case PatientAdded():
            return {"enrolment": Enrolment(fact.plan, Invited(), invited_at=fact.at)}
        case InvitationRenewed():
            return _enrolment(chart, invitation=fact.invitation)
        case PatientConnected():
            state = chart.enrolled.state if chart.active else ReadingScreen()
            # Who helped in that chat is the patient there from now on.
            carers = tuple(carer for carer in chart.enrolled.carers if carer.chat != fact.chat)
            reached: Changes = {"blocked": False, "blocked_at": None}
            return _enrolment(chart, state=state, invitation=None, chat=fact.chat, carers=carers, **reached)
        case ScreenRead():
            last = fact.screen >= READING_SCREENS
            return _enrolment(chart, state=Consenting() if last else ReadingScreen(fact.screen + 1))
        case ConsentGiven():
            return _consented(chart, fact)
        case ConsentDeclined():
            return _enrolment(chart, state=Declined(fact.at))
        case BirthYearMistaken():
            return _birth_year_mistaken(chart, fact)
        case BirthYearConfirmed():
            known = chart.enrolled.state
            return _enrolment(chart, state=Confirming(known.consented_at)) if isinstance(known, Identifying) else {}
        case PlanChanged():
            return _plan_changed(chart, fact)
        case PlanConfirmed():
            return _enrolment(chart, state=TeachingBack(_consented_at(chart)))
        case TeachBackAnswered():
            consented_at = _consented_at(chart)
            taught = Practising(consented_at) if fact.right else TeachingBack(consented_at, fact.tries)
            return _enrolment(chart, state=taught)
        case PatientEnrolled():
            active = Active(_consented_at(chart), fact.at, fact.asked_through, fact.operated)
            return _enrolment(chart, state=active)
        case PatientBlocked() | PatientUnblocked():
            blocked = isinstance(fact, PatientBlocked)
            return _enrolment(chart, blocked=blocked, blocked_at=fact.at if blocked else None)
        case PatientStopped():
            return _enrolment(chart, contact=Stopped())
        case PatientPaused():
            return _enrolment(chart, contact=Paused(fact.until))
        case PatientResumed():
            return _enrolment(chart, contact=Following())
        case DeletionRequested():
            contact = chart.enrolled.contact
            quiet = contact if isinstance(contact, Halted) else Stopped()
            return _enrolment(chart, contact=quiet, deletion_requested_at=fact.at)
        case FollowUpHalted():
            return _enrolment(chart, contact=Halted(fact.reason), invitation=None)
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
            return _enrolment(chart, initials=fact.initials)
        case CarerInvited():
            more = (*chart.enrolled.carers, Carer(fact.carer, Beckoned(fact.token_hash, fact.expires_at)))
            return _enrolment(chart, carers=more, carer_count=max(chart.enrolled.carer_count, fact.carer))
        case CarerConnected():
            return _carer(chart, fact.carer, Wondering(fact.chat))
        case CarerJoined():
            return _carer(chart, fact.carer, Helping(_carers_chat(chart, fact.carer)))
        case CarerLeft():
            return _enrolment(chart, carers=tuple(carer for carer in chart.enrolled.carers if carer.id != fact.carer))
        case CarerBlocked() | CarerUnblocked():
            blocked = isinstance(fact, CarerBlocked)
            return _carer(chart, fact.carer, Helping(_carers_chat(chart, fact.carer), blocked))
        case CheckInAsked():
            return _asked(chart, fact)
        case OccasionSkipped():
            return _dealt_with(chart, fact.timing, fact.for_day)
        case OccasionCancelled():
            rechecks = tuple(planned for planned in chart.rechecks if planned.on != fact.day)
            return {"rechecks": rechecks, "cancelled": (*chart.cancelled, fact.day)[-CANCELLED_MAX:]}
        case OccasionAdded():
            added = PlannedRecheck(BY_STAFF, fact.on, fact.form, fact.open_for, fact.at, fact.reminders)
            remaining = tuple(planned for planned in chart.rechecks if planned.on != fact.on)
            return {"rechecks": (*remaining, added)[-RECHECKS_MAX:]}
        case CheckInBegun():
            return _check_in(chart, fact.check_in, state=Begun())
        case CheckInReminded() | ReminderWithheld():
            return _check_in(chart, fact.check_in, reminders=fact.number)
        case QuestionAnswered():
            return _answered(chart, fact)
        case QuestionReopened():
            return _reopened(chart, fact)
        case ScoreRecorded():
            return _scored(chart, fact)
        case RecheckPlanned():
            return _planned(chart, fact)
        case CheckInCompleted():
            return _closed(chart, fact.check_in, Completed(fact.at), missed=False)
        case CheckInCutShort():
            return _closed(chart, fact.check_in, CutShort(fact.at), missed=False)
        case CheckInEnded():
            ended = _closed(chart, fact.check_in, Ended(fact.at, fact.reason), missed=False)
            # Whoever stops has answered nothing by that: how often they were silent stands as it was.
            return ended | {"misses": chart.misses}
        case CheckInExpired():
            return _closed(chart, fact.check_in, Expired(fact.at, fact.missed), missed=fact.missed)
        case CheckInReplaced():
            # No miss, and no answering either: the one that takes its place goes on from here.
            return _check_in(chart, fact.check_in, state=Expired(fact.at, missed=False))
        case NoteReceived():
            unread = (*chart.unread, fact.note)[-UNREAD_MAX:]
            since, due = chart.unread_since or fact.at, chart.review_by or fact.review_by
            waiting: Changes = {"unread": unread, "unread_since": since, "review_by": due}
            return {"notes": chart.notes + 1, "texts": chart.texts + 1, **waiting}
        case NotesRead():
            return _notes_read(chart, fact)
        case TextAnswered():
            return {}
        case IdentityEntered():
            changed_at = None if fact.phone else chart.enrolled.phone_changed_at
            return _enrolment(chart, identity=fact.note, phone_known=fact.phone, phone_changed_at=changed_at)
        case PatientHeld():
            return {"holds": (*chart.holds, Hold(fact.note, fact.reason, fact.at))[-UNREAD_MAX:]}
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
            return _alert(
                chart, fact.alert, state=Open(fact.next_step, fact.page_at, fact.staff), pages=alert.pages + 1
            )
        case AlertTaken():
            return _alert(chart, fact.alert, state=Taken(fact.by, fact.at, fact.reopen_at))
        case AlertReopened():
            return _alert(chart, fact.alert, state=Open(0, fact.page_at))
        case AlertResolved():
            return _alert(chart, fact.alert, state=Resolved(fact.by, fact.at, fact.outcome), help=None)
        case AlertOffered():
            state_offered = _the_alert(chart, fact.alert).state
            assert isinstance(state_offered, Taken), "only what somebody has is handed over"
            return _alert(chart, fact.alert, state=replace(state_offered, offered_to=fact.to))
        case BaselineConfirmed():
            others = tuple(known for known in chart.baselines if known.item not in fact.items)
            return {"baselines": (*others, *(Baseline(item, fact.at, fact.by) for item in fact.items))}
        case FindingsExpected():
            rules = {expected.flag.trace.rule for expected in fact.expected}
            kept = tuple(known for known in chart.expectations if known.flag.trace.rule not in rules)
            return {
                "expectations": (*kept, *fact.expected)[-EXPECTATIONS_MAX:],
                "expectations_review_at": chart.expectations_review_at if kept else fact.review_at,
            }
        case ExpectedFlagRecorded():
            return _fired(chart, fact.flag) | {"expectations": tuple(_held_back(chart, fact.flag))}
        case ExpectationsReviewed():
            return {"expectations_review_at": fact.review_at}
        case ExpectationEnded():
            left = tuple(known for known in chart.expectations if known.flag.trace.rule not in fact.rules)
            return {"expectations": left, "expectations_review_at": chart.expectations_review_at if left else None}
        case CardSent():
            asks = None if fact.ask_at is None else HelpToAsk(fact.ask_at)
            return _alert(chart, fact.alert, card=fact.card, help=asks)
        case HelpAsked():
            return _alert(chart, fact.alert, help=HelpAwaited(fact.repeat_at))
        case HelpAnswered():
            return _alert(chart, fact.alert, help=None, help_told=HelpTold(fact.at, fact.getting))
        case _:
            assert_never(fact)


def _enrolment(chart: Chart, **changes: object) -> Changes:
    return {"enrolment": replace(chart.enrolled, **changes)}  # type: ignore[arg-type] # names are checked at run time


def _carer(chart: Chart, number: CarerId, state: CarerState) -> Changes:
    carers = tuple(replace(carer, state=state) if carer.id == number else carer for carer in chart.enrolled.carers)
    return _enrolment(chart, carers=carers)


def _carers_chat(chart: Chart, number: CarerId) -> ChatId:
    carer = chart.enrolled.carer(number)
    assert carer is not None, "a fact about a carer follows the invitation"
    assert carer.chat is not None, "who agrees, blocks or unblocks has a chat"
    return carer.chat


def _consented(chart: Chart, fact: ConsentGiven) -> Changes:
    """Whom a year of birth was entered for is asked for it next."""
    if chart.active is not None:
        return _enrolment(chart, state=replace(chart.active, confirmed_at=fact.at))
    known = chart.enrolled.plan.born is None
    return _enrolment(chart, state=Confirming(fact.at) if known else Identifying(fact.at))


def _consented_at(chart: Chart) -> datetime:
    state = chart.enrolled.state
    assert isinstance(state, Identifying | Confirming | TeachingBack | Practising), "nobody gets on without consent"
    return state.consented_at


def _plan_changed(chart: Chart, fact: PlanChanged) -> Changes:
    """Who was asked for consent in another language than their own reads it all again."""
    before, state = chart.enrolled.plan, chart.enrolled.state
    plan = replace(before, language=fact.language, zone=fact.zone, ask_at=fact.ask_at)
    anew = isinstance(state, Confirming) and plan.language != before.language
    moved: Changes = {} if plan.zone == before.zone else {"travel": None, "zone_since": fact.at}
    return _enrolment(chart, plan=plan, state=ReadingScreen() if anew else state, **moved)


def _zone(chart: Chart, zone: str, at: datetime, travel: Travel | None = None) -> Changes:
    plan = replace(chart.enrolled.plan, zone=zone)
    return _enrolment(chart, plan=plan, travel=travel, zone_since=at)


def _operation(chart: Chart, surgery_on: PartialDate, operated: bool) -> Changes:
    state = chart.enrolled.state
    plan = replace(chart.enrolled.plan, surgery_on=surgery_on)
    state = replace(state, operated=operated) if isinstance(state, Active) else state
    return _enrolment(chart, plan=plan, state=state)


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
        **{"baselines": (), "expectations": (), "expectations_review_at": None},
    }


def _birth_year_mistaken(chart: Chart, fact: BirthYearMistaken) -> Changes:
    state = chart.enrolled.state
    if chart.active is not None:
        return {}
    assert isinstance(state, Identifying), "the year is asked after consent"
    tries = state.tries + 1
    if tries >= BIRTH_YEAR_TRIES_MAX:
        return _enrolment(chart, state=Locked(fact.at))
    return _enrolment(chart, state=replace(state, tries=tries))


def _asked(chart: Chart, fact: CheckInAsked) -> Changes:
    check_in = CheckIn(
        fact.check_in,
        fact.timing,
        fact.version,
        fact.form,
        fact.at,
        fact.expires_at,
        remind_at=fact.remind_at,
        since=chart.answered_at,
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
    through = max(active.asked_through, day)
    ahead = tuple(cancelled for cancelled in chart.cancelled if cancelled > through)
    return _enrolment(chart, state=replace(active, asked_through=through)) | {"cancelled": ahead}


def _answered(chart: Chart, fact: QuestionAnswered) -> Changes:
    check_in = chart.check_in(fact.check_in)
    assert check_in is not None, "an answer belongs to a check-in that the chart knows"
    kept, before = check_in.answers, check_in.answer(fact.question)
    if before in _WORSE and fact.value in _WORSE and _WORSE.index(fact.value) < _WORSE.index(before):
        return _check_in(chart, fact.check_in, answered_at=fact.at, reopened=None)
    superseded = check_in.superseded
    if before is not None:
        kept = tuple(answer for answer in kept if answer.question != fact.question)
    if before is not None and before not in {fact.value, SKIPPED}:
        superseded = (*superseded, Answer(fact.question, before))[-SUPERSEDED_MAX:]
    answers = (*kept, Answer(fact.question, fact.value))
    answered = _check_in(
        chart, fact.check_in, answers=answers, answered_at=fact.at, reopened=None, superseded=superseded
    )
    if fact.value == NEW:
        answered |= _unconfirmed(chart, {fact.question})
    return answered if fact.value == SKIPPED else answered | _read(chart, fact.question, fact.value, fact)


def _unconfirmed(chart: Chart, items: Set[QuestionId]) -> Changes:
    """What is new or worse is not what was confirmed to be old and unchanged."""
    if chart.confirmed.isdisjoint(items):
        return {}
    return {"baselines": tuple(known for known in chart.baselines if known.item not in items)}


def _reopened(chart: Chart, fact: QuestionReopened) -> Changes:
    """One that was at its end is open again, until every question that applies has its answer."""
    check_in = chart.check_in(fact.check_in)
    assert check_in is not None, "only what the chart still keeps is gone back to"
    state = check_in.state if check_in.open else Begun()
    return _check_in(chart, fact.check_in, state=state, reopened=fact.question)


def _scored(chart: Chart, fact: ScoreRecorded) -> Changes:
    check_in = chart.check_in(fact.check_in)
    assert check_in is not None, "a score belongs to a check-in that the chart knows"
    others = tuple(scored for scored in check_in.scores if scored.score != fact.score)
    scored = _check_in(chart, fact.check_in, scores=(*others, Scored(fact.score, fact.value)))
    return scored if fact.value is None else scored | _read(chart, fact.score, fact.value, fact)


def _read(chart: Chart, question: QuestionId, value: Datum, fact: QuestionAnswered | ScoreRecorded) -> Changes:
    series = chart.history.get(question, Series()).and_then(Reading(value, fact.at, fact.check_in))
    return {"history": {**chart.history, question: series}}


def _planned(chart: Chart, fact: RecheckPlanned) -> Changes:
    planned = PlannedRecheck(fact.rule, fact.on, fact.form, fact.open_for, fact.at, fact.reminders)
    return {"rechecks": (*chart.rechecks, planned)[:RECHECKS_MAX]}


def _closed(chart: Chart, check_in: CheckInId, state: Completed | CutShort | Expired | Ended, missed: bool) -> Changes:
    misses = chart.misses + 1 if missed else 0
    answered_at = _answered_until(chart, check_in, state) or chart.answered_at
    return _check_in(chart, check_in, state=state, reopened=None) | {"misses": misses, "answered_at": answered_at}


def _answered_until(
    chart: Chart, check_in: CheckInId, state: Completed | CutShort | Expired | Ended
) -> datetime | None:
    """Up to when the check-in answers what is new; None where it leaves red-flag screens open, or may.

    The next one asks what is new since then (clinical.md 0.1): counted from the end of a window that was not answered,
    or only in part, what began in it would never be asked about.
    """
    found = chart.check_in(check_in)
    if found is None or not found.answers:
        return None
    match state:
        case Completed(at) | CutShort(at):
            return at
        case Expired(_, missed):
            return None if missed else found.answered_at
        case Ended():
            return None
        case _:
            assert_never(state)


def _notes_read(chart: Chart, fact: NotesRead) -> Changes:
    """What came in the meantime is still to be read, no later than before."""
    unread = tuple(note for note in chart.unread if note not in fact.notes)
    review_by = chart.review_by if unread else None
    since = chart.unread_since if unread else None
    waiting: Changes = {"unread": unread, "unread_since": since, "review_by": review_by}
    # Whoever has read another text knows nothing of a death yet. One that is kept no more can't be shown to anybody.
    holds = tuple(hold for hold in chart.holds if hold.note in unread)
    return {"notes": len(unread), "holds": holds, **waiting}


def _fired(chart: Chart, flag: Flag) -> Changes:
    marked: Changes = {}
    if flag.trace.rule == PHONE_CHANGED:
        marked = _enrolment(chart, phone_changed_at=chart.enrolled.phone_changed_at or flag.at)
    return marked | _rule_fired(chart, flag)


def _rule_fired(chart: Chart, flag: Flag) -> Changes:
    found = chart.check_in(flag.check_in)
    unconfirmed = _unconfirmed(chart, {answer.question for answer in flag.trace.inputs if answer.value == NEW})
    if found is None or flag.trace.rule in found.fired:
        return unconfirmed
    return unconfirmed | _check_in(chart, flag.check_in, fired=(*found.fired, flag.trace.rule))


def _held_back(chart: Chart, flag: Flag) -> Iterator[Expectation]:
    for known in chart.expectations:
        yield replace(known, held=known.held + 1) if known.flag.trace.rule == flag.trace.rule else known


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
