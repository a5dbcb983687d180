"""Getting a clinician to take flags in hand: raise, page up the ladder, take, resolve."""

from datetime import datetime
from typing import assert_never

from followupbot.domain.addressing import alert_subject, role_words, staff_notice, to_operators, to_patient, to_staff
from followupbot.domain.alert_state import Alert, Flag, Ladder, LadderStep, Open, Resolved, Taken
from followupbot.domain.care_protocol import AtClosing, Due, Paging, Within, WorkingDays
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import AlertDetail, Role, StaffLeft, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Stopped
from followupbot.domain.facts import (
    AlertPaged,
    AlertRaised,
    AlertRaisedAgain,
    AlertReopened,
    AlertResolved,
    AlertTaken,
    FlagJoined,
    FlagRecorded,
)
from followupbot.domain.folding import fold
from followupbot.domain.ids import AlertId, MessageKey, StaffId
from followupbot.domain.outgoing import Amend, Lane
from followupbot.domain.params import Instant, Param, Words
from followupbot.domain.presses import Choice, ResolvePress, TakePress
from followupbot.domain.rules import Tier
from followupbot.domain.schedule import local

OUTCOMES = ("called", "appointment", "sent_to_hospital", "no_action")
"""How an alert may end; the words are `alerts/outcomes/<outcome>`."""


def raise_flag(chart: Chart, flag: Flag, now: datetime, roles: tuple[Role, ...] = ()) -> Decision:
    """The flag has an alert: a new one, or the one that has no outcome yet.

    A worse tier raises that one again from the first step, and so does any flag of a later check-in once somebody has
    taken it: who took it knows nothing of what was said since. A flag of tier record is only kept. `roles` are a
    ladder of the flag's own; those of an alert that it joins stand behind them.
    """
    if flag.tier is Tier.RECORD:
        return Decision(facts=(FlagRecorded(now, flag),))
    alert = chart.unresolved_alert
    if alert is None:
        ladder, due_at, page_at = _ladder(chart, flag.tier, now, roles)
        raised = AlertRaised(now, AlertId(chart.alert_count + 1), flag, ladder, due_at, page_at)
        return _then_page(chart, Decision(facts=(raised,)), raised.alert, now)
    joined = FlagJoined(now, alert.id, flag)
    worse = flag.tier.worse_than(alert.tier)
    unknown_to_taker = isinstance(alert.state, Taken) and (
        flag.tier is Tier.EMERGENCY or flag.check_in > max(known.check_in for known in alert.flags)
    )
    if not worse and not unknown_to_taker and not roles:
        return Decision(facts=(joined,))
    tier = flag.tier if worse else alert.tier
    ladder, due_at, page_at = _ladder(chart, tier, now, roles and (*roles, *(step.role for step in alert.ladder.steps)))
    again = AlertRaisedAgain(now, alert.id, tier, ladder, min(due_at, alert.due_at), page_at)
    return _then_page(chart, Decision(facts=(joined, again)), alert.id, now)


def reachable(chart: Chart, alert: Alert) -> bool:
    """Whether anybody on the alert's ladder has a chat."""
    return any(chart.clinic.reachable(step.role) for step in alert.ladder.steps)


def take(chart: Chart, alert_id: AlertId, by: StaffMember, now: datetime) -> Decision:
    """Record that a clinician has the alert in hand; a second tap changes nothing.

    What somebody had who works here no more is anybody's to take.
    """
    alert = chart.alert(alert_id)
    clinic = chart.clinic
    if alert is None or isinstance(alert.state, Resolved):
        return Decision(notice=staff_notice(clinic, "alerts/notices/resolved"))
    if isinstance(alert.state, Taken) and not _has_left(chart, alert.state.by):
        if alert.state.by == by.id:
            return Decision(notice=staff_notice(clinic, "alerts/notices/has_it"))
        return Decision(notice=staff_notice(clinic, "alerts/notices/taken_by", {"by": _name(chart, alert.state.by)}))
    again_after = alert.ladder.again_after
    reopen_at = None if again_after is None else now + again_after
    taken = AlertTaken(now, alert.id, by.id, reopen_at)
    amended = Amend(
        key=f"{alert_subject(chart.patient, alert.id)}/taken/{chart.version}",
        subject=alert_subject(chart.patient, alert.id),
        message=MessageKey("alerts/taken"),
        language=clinic.settings.language,
        words=clinic.published.version,
        params={
            "code": chart.patient,
            "tier": _tier(alert),
            "by": by.name,
            "at": Instant(now, clinic.settings.hours.zone),
        },
        choices=tuple(
            (Choice(f"outcome.{outcome}", ResolvePress(chart.patient, alert.id, outcome)),) for outcome in OUTCOMES
        ),
        choices_for=by.id,
    )
    seen = to_patient(
        chart,
        f"replies/seen/{alert.tier}",
        key=f"a{alert.id}/seen/{chart.version}",
        lane=Lane.REPLY,
        params={"role": role_words(by.role)},
        # "Seen" goes at any hour for an emergency and keeps to daytime else (clinical.md 0.11).
        starts=alert.tier is not Tier.EMERGENCY,
    )
    # Of an emergency it goes on after `/stop`, of nothing else.
    quiet = isinstance(chart.enrolled.contact, Stopped) and alert.tier is not Tier.EMERGENCY
    told = () if chart.held or quiet else (seen,)
    return Decision((taken,), (amended, *told), staff_notice(clinic, "alerts/notices/has_it"))


def resolve(chart: Chart, alert_id: AlertId, by: StaffMember, outcome: str, now: datetime) -> Decision:
    """Record how it ended. Only who has it in hand can say so, and only once."""
    alert = chart.alert(alert_id)
    clinic = chart.clinic
    if alert is None or isinstance(alert.state, Resolved):
        return Decision(notice=staff_notice(clinic, "alerts/notices/resolved"))
    if not isinstance(alert.state, Taken) or alert.state.by != by.id or outcome not in OUTCOMES:
        return Decision(notice=staff_notice(clinic, "alerts/notices/not_yours"))
    amended = Amend(
        key=f"{alert_subject(chart.patient, alert.id)}/resolved/{chart.version}",
        subject=alert_subject(chart.patient, alert.id),
        message=MessageKey("alerts/resolved"),
        language=clinic.settings.language,
        words=clinic.published.version,
        params={
            "code": chart.patient,
            "tier": _tier(alert),
            "by": by.name,
            "outcome": Words(MessageKey(f"alerts/outcomes/{outcome}")),
            "at": Instant(now, clinic.settings.hours.zone),
        },
    )
    resolved = AlertResolved(now, alert.id, by.id, outcome)
    return Decision((resolved,), (amended,), staff_notice(clinic, "alerts/notices/resolved"))


def page_again(chart: Chart, alert_id: AlertId, now: datetime) -> Decision:
    """It pages from the first step again, whoever has it; nothing where nobody is ever buzzed for it."""
    alert = chart.alert(alert_id)
    if alert is None or not alert.unresolved or not alert.ladder.steps:
        return Decision()
    reopened = AlertReopened(now, alert.id, _when_to_page(chart, alert.ladder, now))
    return _then_page(chart, Decision(facts=(reopened,)), alert.id, now)


def wake(chart: Chart, now: datetime) -> Decision:
    """Every alert timer that has run out has done its work: the next step is paged, an untended alert is open again."""
    decision = Decision()
    for alert in chart.alerts:
        match alert.state:
            case Open(_, page_at) if page_at is not None and page_at <= now:
                may_page_at = _when_to_page(chart, alert.ladder, now)
                if may_page_at <= now:
                    decision += _page(chart, alert, now)
                else:
                    # The clinic has closed since it was this step's turn, because nothing ran then: nobody is buzzed
                    # out of hours, and at opening it begins with the first step.
                    decision += Decision((AlertReopened(now, alert.id, may_page_at),))
            case Taken(_, _, reopen_at) if reopen_at is not None and reopen_at <= now:
                reopened = AlertReopened(now, alert.id, _when_to_page(chart, alert.ladder, now))
                decision += _then_page(chart, Decision(facts=(reopened,)), alert.id, now)
            case Open() | Taken() | Resolved():
                pass
            case _:
                assert_never(alert.state)
    return decision


def next_wake_at(chart: Chart) -> datetime | None:
    """The earliest alert timer; None where none runs."""
    timers = []
    for alert in chart.alerts:
        match alert.state:
            case Open(_, page_at):
                timers.append(page_at)
            case Taken(_, _, reopen_at):
                timers.append(reopen_at)
            case Resolved():
                pass
            case _:
                assert_never(alert.state)
    return min((timer for timer in timers if timer is not None), default=None)


def _ladder(
    chart: Chart, tier: Tier, now: datetime, roles: tuple[Role, ...] = ()
) -> tuple[Ladder, datetime, datetime | None]:
    """The ladder as it is frozen now, when the alert is due, and when its first step is paged."""
    paging = chart.protocol().ladder[tier]
    ladder = _frozen(paging, tuple(dict.fromkeys(roles)) or chart.clinic.settings.ladder)
    return ladder, _due(chart, paging.due, now), _when_to_page(chart, ladder, now) if ladder.steps else None


def _frozen(paging: Paging, roles: tuple[Role, ...]) -> Ladder:
    # A clinic may put more roles on its ladder than the protocol has waits: the last wait holds for the rest.
    waits = [paging.waits[min(step, len(paging.waits) - 1)] for step in range(len(roles))] if paging.waits else []
    steps = tuple(LadderStep(role, wait) for role, wait in zip(roles, waits, strict=False))
    # Without a step there is nobody to page again.
    return Ladder(steps, paging.at_any_hour, paging.again_after if steps else None)


def _due(chart: Chart, due: Due, now: datetime) -> datetime:
    hours = chart.clinic.settings.hours
    match due:
        case Within(span):
            return now + span
        case AtClosing():
            return hours.next_closing(now)
        case WorkingDays(days):
            return hours.working_days_after(now, days)
        case _:
            assert_never(due)


def _when_to_page(chart: Chart, ladder: Ladder, at: datetime) -> datetime:
    return at if ladder.at_any_hour else chart.clinic.settings.hours.next_open(at)


def _then_page(chart: Chart, decision: Decision, alert_id: AlertId, now: datetime) -> Decision:
    """The decision, and the first page where it is due at once: a red answer and its page are one commit."""
    after = fold(chart, decision.chart_facts)
    alert = after.alert(alert_id)
    assert alert is not None
    if isinstance(alert.state, Open) and alert.state.page_at is not None and alert.state.page_at <= now:
        return decision + _page(after, alert, now)
    return decision


def _page(chart: Chart, alert: Alert, now: datetime) -> Decision:
    """The step's people are paged. A step with nobody on it costs no time: the next one is paged at once."""
    state = alert.state
    assert isinstance(state, Open)
    steps = alert.ladder.steps
    for further in range(len(steps)):
        number = (state.step + further) % len(steps)
        staff = chart.clinic.reachable(steps[number].role)
        if staff:
            break
    else:
        number, staff = state.step % len(steps), ()
    next_step = (number + 1) % len(steps)
    page_at = _when_to_page(chart, alert.ladder, now + steps[number].wait)
    paged = AlertPaged(now, alert.id, number, tuple(member.id for member in staff), next_step, page_at)
    subject = alert_subject(chart.patient, alert.id)
    params = _alert_params(chart, alert, now)
    pages = tuple(
        to_staff(
            chart.clinic,
            member.id,
            "alerts/new",
            key=f"{subject}/page/{chart.version}/{alert.pages}/{member.id}",
            subject=subject,
            params=params,
            choices=((Choice("take", TakePress(chart.patient, alert.id)),),),
        )
        for member in staff
    )
    if not staff:
        key = f"{subject}/nobody/{chart.version}/{alert.pages}"
        pages = to_operators(chart.clinic, "nobody_reachable", chart.patient, now, key)
    return Decision((paged,), pages)


def _alert_params(chart: Chart, alert: Alert, now: datetime) -> dict[str, Param]:
    settings = chart.clinic.settings
    worst = min(alert.flags, key=lambda flag: flag.tier.rank)
    shows_concern = settings.alert_detail is AlertDetail.CONCERN
    return {
        "code": chart.patient,
        "tier": _tier(alert),
        "concern": Words(MessageKey(f"alerts/concerns/{worst.concern}")) if shows_concern else None,
        "years": _years_since_surgery(chart, now),
        "due": Instant(alert.due_at, settings.hours.zone),
        "again": alert.pages,
    }


def _years_since_surgery(chart: Chart, now: datetime) -> int:
    plan = chart.enrolled.plan
    anchor, today = plan.surgery_on.anchor(), local(now, plan.zone).date()
    return max(0, today.year - anchor.year - ((today.month, today.day) < (anchor.month, anchor.day)))


def _tier(alert: Alert) -> Words:
    return Words(MessageKey(f"alerts/tiers/{alert.tier}"))


def _has_left(chart: Chart, staff: StaffId) -> bool:
    member = chart.clinic.member(staff)
    return member is None or isinstance(member.state, StaffLeft)


def _name(chart: Chart, staff: StaffId) -> str:
    member = chart.clinic.member(staff)
    return staff if member is None else member.name
