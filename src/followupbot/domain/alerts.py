"""Getting a clinician to take flags in hand: raise, page up the ladder, take, resolve."""

from datetime import datetime, timedelta
from typing import assert_never

from followupbot.domain import baselines, expectations, ladders, pages
from followupbot.domain.addressing import role_words, staff_notice, to_patient
from followupbot.domain.alert_state import NO_CHECK_IN, Alert, Flag, Open, Resolved, Taken
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Role, StaffLeft, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.alerts import (
    AlertRaised,
    AlertRaisedAgain,
    AlertResolved,
    AlertTaken,
    FlagJoined,
    FlagRecorded,
)
from followupbot.domain.facts.expectations import ExpectedFlagRecorded
from followupbot.domain.folding import fold
from followupbot.domain.ids import AlertId, StaffId
from followupbot.domain.outgoing import Lane, Notice, OutgoingMessage
from followupbot.domain.rules import Tier

EXPECTED = "expected"
"""How an alert ends whose findings are expected for a while, besides the outcomes that the protocol names."""


def raise_flag(chart: Chart, flag: Flag, now: datetime, roles: tuple[Role, ...] = ()) -> Decision:
    """The flag has an alert: a new one, or the one that has no outcome yet.

    A worse tier raises that one again from the first step, and so does any flag of a later check-in, or of none, once
    somebody has taken it: who took it knows nothing of what was said since. Who has it is told, without a buzz, what
    else joins it. A flag of tier record, or one that is expected as it is, is only kept. `roles` are a ladder of the
    flag's own; those of an alert that it joins stand behind them.
    """
    if flag.tier is Tier.RECORD:
        return Decision(facts=(FlagRecorded(now, flag),))
    if expectations.known(chart, flag, now):
        return Decision(facts=(ExpectedFlagRecorded(now, flag),))
    return Decision(expectations.disappointed(chart, flag, now)) + _raise(chart, flag, now, roles)


def _raise(chart: Chart, flag: Flag, now: datetime, roles: tuple[Role, ...]) -> Decision:
    alert = chart.unresolved_alert
    if alert is None:
        ladder, due_at, page_at = ladders.freeze(chart, flag.tier, now, roles)
        raised = AlertRaised(now, AlertId(chart.alert_count + 1), flag, ladder, due_at, page_at)
        return ladders.then_page(chart, Decision(facts=(raised,)), raised.alert, now)
    joined = FlagJoined(now, alert.id, flag)
    worse = flag.tier.worse_than(alert.tier)
    unknown_to_taker = isinstance(alert.state, Taken) and (
        flag.tier is Tier.EMERGENCY
        or flag.check_in == NO_CHECK_IN
        or flag.check_in > max(known.check_in for known in alert.flags)
    )
    if not worse and not unknown_to_taker and not roles:
        return Decision((joined,), _tell_taker(chart, alert, flag, now))
    tier = flag.tier if worse else alert.tier
    ladder, due_at, page_at = ladders.freeze(
        chart, tier, now, roles and (*roles, *(step.role for step in alert.ladder.steps))
    )
    again = AlertRaisedAgain(now, alert.id, tier, ladder, min(due_at, alert.due_at), page_at)
    return ladders.then_page(chart, Decision(facts=(joined, again)), alert.id, now)


def is_known(alert: Alert) -> bool:
    """Whether somebody at the clinic was buzzed for it, or has it; else it waits until somebody may be."""
    return not isinstance(alert.state, Open) or bool(alert.state.paged)


def take(chart: Chart, alert_id: AlertId, by: StaffMember, now: datetime) -> Decision:
    """Record that a clinician has the alert in hand; a second tap changes nothing.

    What somebody had who works here no more is anybody's to take, and what they hand over the one's whom they asked.
    """
    alert = chart.alert(alert_id)
    clinic = chart.clinic
    if alert is None or isinstance(alert.state, Resolved):
        return Decision(notice=staff_notice(clinic, "alerts/notices/resolved"))
    if isinstance(alert.state, Taken) and not _has_left(chart, alert.state.by):
        if alert.state.by == by.id:
            return Decision(notice=staff_notice(clinic, "alerts/notices/has_it"))
        if alert.state.offered_to != by.id:
            return Decision(notice=_taken_by(clinic, alert.state))
    # Handing it over is nobody's gain of time: it pages again when it would have.
    again_after = alert.ladder.again_after
    reopen_at = None if again_after is None else now + again_after
    handed_over = isinstance(alert.state, Taken) and not _has_left(chart, alert.state.by)
    if isinstance(alert.state, Taken) and handed_over:
        reopen_at = alert.state.reopen_at
    taken = AlertTaken(now, alert.id, by.id, reopen_at)
    after = fold(chart, (taken,))
    in_their_hand = after.alert(alert.id)
    assert in_their_hand is not None
    amended = pages.taken(after, in_their_hand, now)
    has_it = staff_notice(clinic, "alerts/notices/has_it")
    if handed_over:
        # The patient has heard that somebody has seen it.
        return Decision((taken,), (amended,), has_it)
    seen = to_patient(
        chart,
        f"replies/seen/{alert.tier}",
        key=f"a{alert.id}/seen/{chart.version}",
        lane=Lane.REPLY,
        params={"role": role_words(by.role)},
        private=alert.private,
        # "Seen" goes at any hour for an emergency and keeps to daytime else (clinical.md 0.11).
        starts=alert.tier is not Tier.EMERGENCY,
    )
    told = (seen,) if chart.hears_of(alert) else ()
    return Decision((taken,), (amended, *told), has_it)


def resolve(
    chart: Chart,
    alert_id: AlertId,
    by: StaffMember,
    outcome: str,
    now: datetime,
) -> Decision:
    """Record how it ended. Only who has it in hand can say so, and only once.

    An outcome that confirms a baseline does so for everything in the alert that was told as old and unchanged.
    """
    found = in_hand(chart, alert_id, by)
    if isinstance(found, Notice):
        return Decision(notice=found)
    known = chart.protocol().outcome(outcome)
    if known is None:
        return Decision(notice=staff_notice(chart.clinic, "alerts/notices/not_yours"))
    confirmed: tuple[ChartFact, ...] = ()
    if known.confirms_baseline:
        confirmed = baselines.confirm(chart, found, by.id, now)
        if not confirmed:
            return Decision(notice=staff_notice(chart.clinic, "alerts/notices/not_yours"))
    return _resolved(chart, found, by, outcome, now, confirmed)


def expect(chart: Chart, alert_id: AlertId, by: StaffMember, reason: str, span: timedelta, now: datetime) -> Decision:
    """It ends in this: what it tells of is expected for so long, for that reason (clinical.md 0.15)."""
    found = in_hand(chart, alert_id, by)
    if isinstance(found, Notice):
        return Decision(notice=found)
    expected = expectations.expect(chart, found, by.id, reason, span, now)
    if not expected:
        return Decision(notice=staff_notice(chart.clinic, "alerts/notices/not_expected"))
    return _resolved(chart, found, by, EXPECTED, now, expected, now + span)


def in_hand(chart: Chart, alert_id: AlertId, by: StaffMember) -> Alert | Notice:
    """The alert that this member has in hand; else what they hear instead."""
    alert = chart.alert(alert_id)
    if alert is None or isinstance(alert.state, Resolved):
        return staff_notice(chart.clinic, "alerts/notices/resolved")
    if isinstance(alert.state, Taken) and alert.state.by != by.id:
        return _taken_by(chart.clinic, alert.state)
    if not isinstance(alert.state, Taken):
        return staff_notice(chart.clinic, "alerts/notices/not_yours")
    return alert


def _taken_by(clinic: Clinic, state: Taken) -> Notice:
    return staff_notice(clinic, "alerts/notices/taken_by", {"by": clinic.name(state.by)})


def _resolved(
    chart: Chart,
    alert: Alert,
    by: StaffMember,
    outcome: str,
    now: datetime,
    also: tuple[ChartFact, ...],
    until: datetime | None = None,
) -> Decision:
    resolved = AlertResolved(now, alert.id, by.id, outcome)
    amended = pages.resolved(chart, alert, by.name, outcome, until, now)
    return Decision((*also, resolved), (amended,), staff_notice(chart.clinic, "alerts/notices/resolved"))


def page_again(chart: Chart, alert_id: AlertId, now: datetime) -> Decision:
    """It pages from the first step again, whoever has it; nothing where nobody is ever buzzed for it."""
    alert = chart.alert(alert_id)
    if alert is None or not alert.unresolved or not alert.ladder.steps:
        return Decision()
    return ladders.back_to_ladder(chart, alert, now)


def wake(chart: Chart, now: datetime) -> Decision:
    """Every alert timer that has run out has done its work: the next step is paged, an untended alert is open again.

    So has every change of who works here: what a leaver had is open again, and where nobody who was paged can be
    reached any more, the next step is paged at once.
    """
    decision = Decision()
    for alert in chart.alerts:
        match alert.state:
            case Open(_, page_at) if page_at is not None and page_at <= now:
                decision += ladders.page_or_wait(chart, alert, now)
            case Open(_, page_at, paged) if page_at is not None and ladders.is_futile(chart, alert, paged, now):
                decision += ladders.page_or_wait(chart, alert, now)
            case Open(_, page_at, None) if (
                page_at is not None and ladders.may_page_at(chart, alert.ladder, now) < page_at
            ):
                # Somebody has come on call since it was put off until the clinic opens.
                decision += ladders.page_or_wait(chart, alert, now)
            case Taken(by, _, reopen_at) if _has_left(chart, by) or (reopen_at is not None and reopen_at <= now):
                decision += ladders.back_to_ladder(chart, alert, now)
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


def _tell_taker(chart: Chart, alert: Alert, flag: Flag, now: datetime) -> tuple[OutgoingMessage, ...]:
    """Whoever has it sees at the next look that there is more; what can wait for the list says nothing."""
    if not isinstance(alert.state, Taken) or not flag.tier.at_least(Tier.THIS_WEEK) or _has_left(chart, alert.state.by):
        return ()
    return (pages.joined(chart, alert, flag, now),)


def _has_left(chart: Chart, staff: StaffId) -> bool:
    member = chart.clinic.member(staff)
    return member is None or isinstance(member.state, StaffLeft)
