"""The ladder of an alert: as it is frozen, whose turn it is on it, and paging them (clinical.md 0.6, 0.7)."""

from datetime import datetime
from typing import assert_never

from followupbot.domain import duty, pages
from followupbot.domain.addressing import alert_subject, card_subject, to_operators, to_patient
from followupbot.domain.alert_state import Alert, Ladder, LadderStep, Open
from followupbot.domain.care_protocol import AtClosing, Paging, Within, WorkingDays
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Role, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.facts.alerts import AlertPaged, AlertReopened
from followupbot.domain.folding import fold
from followupbot.domain.ids import AlertId, StaffId
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Instant
from followupbot.domain.rules import Tier


def freeze(
    chart: Chart, tier: Tier, now: datetime, roles: tuple[Role, ...] = ()
) -> tuple[Ladder, datetime, datetime | None]:
    """The ladder as it is frozen now, when the alert is due, and when its first step is paged."""
    paging = chart.protocol().ladder[tier]
    ladder = _frozen(paging, tuple(dict.fromkeys(roles)) or chart.clinic.settings.ladder)
    return ladder, _due(chart, paging, now), may_page_at(chart, ladder, now) if ladder.steps else None


def due_ahead(chart: Chart, alert: Alert, now: datetime) -> Instant | None:
    """By when somebody is to look, as the patient is told it; None once that has passed: it would promise nothing."""
    return Instant(alert.due_at, chart.enrolled.plan.zone) if alert.due_at > now else None


def reachable(chart: Chart, alert: Alert, now: datetime) -> bool:
    """Whether there is a clinician whom the alert's ladder reaches, now or when the clinic opens (clinical.md 0.16)."""
    clinic = chart.clinic
    if alert.ladder.at_any_hour:
        return bool(duty.anybody(clinic, now))
    called = (member for member in duty.on_call(clinic, now) if member.role in duty.CLINICAL)
    roles = [step.role for step in alert.ladder.steps if step.role in duty.CLINICAL]
    return any(called) or any(clinic.reachable(role) for role in roles)


def may_page_at(chart: Chart, ladder: Ladder, at: datetime) -> datetime:
    """The first moment from `at` on at which somebody on it may be buzzed."""
    return at if ladder.at_any_hour else duty.may_buzz_at(chart.clinic, at)


def then_page(chart: Chart, decision: Decision, alert_id: AlertId, now: datetime) -> Decision:
    """The decision, and the first page where it is due at once: a red answer and its page are one commit."""
    after = fold(chart, decision.chart_facts)
    alert = after.alert(alert_id)
    assert alert is not None
    if isinstance(alert.state, Open) and alert.state.page_at is not None and alert.state.page_at <= now:
        return decision + _page(after, alert, now)
    return decision


def page_or_wait(chart: Chart, alert: Alert, now: datetime) -> Decision:
    """The step is paged; where nobody may be buzzed now, it begins with the first step when somebody may."""
    pages_at = may_page_at(chart, alert.ladder, now)
    if pages_at > now:
        return Decision((AlertReopened(now, alert.id, pages_at),))
    return _page(chart, alert, now) + _unreached(chart, alert, now)


def back_to_ladder(chart: Chart, alert: Alert, now: datetime) -> Decision:
    """It is anybody's again, from the first step; where nobody is ever buzzed for it, in the list."""
    page_at = may_page_at(chart, alert.ladder, now) if alert.ladder.steps else None
    return then_page(chart, Decision(facts=(AlertReopened(now, alert.id, page_at),)), alert.id, now)


def is_futile(chart: Chart, alert: Alert, paged: tuple[StaffId, ...] | None, now: datetime) -> bool:
    """Whether the last page reached nobody, and another would reach somebody else now."""
    if paged is None:
        return False
    members = [chart.clinic.member(staff) for staff in paged]
    if any(member is not None and member.chat is not None for member in members):
        return False
    # Where nobody could be reached before either, and nobody can be now, the next step's own time is soon enough.
    return bool(paged) or (may_page_at(chart, alert.ladder, now) <= now and bool(_on_next_step(chart, alert, now)[1]))


def _frozen(paging: Paging, roles: tuple[Role, ...]) -> Ladder:
    # A clinic may put more roles on its ladder than the protocol has waits: the last wait holds for the rest.
    waits = [paging.waits[min(step, len(paging.waits) - 1)] for step in range(len(roles))] if paging.waits else []
    steps = tuple(LadderStep(role, wait) for role, wait in zip(roles, waits, strict=False))
    # Without a step there is nobody to page again.
    return Ladder(steps, paging.at_any_hour, paging.again_after if steps else None)


def _due(chart: Chart, paging: Paging, now: datetime) -> datetime:
    """Counted in the clinic's working days, but for what goes at any hour (clinical.md 0.7)."""
    hours = chart.clinic.settings.hours
    match paging.due:
        case Within(span) if paging.at_any_hour:
            return now + span
        case Within(span):
            return hours.next_closing(now + span)
        case AtClosing():
            return hours.next_closing(now)
        case WorkingDays(days):
            return hours.working_days_after(now, days)
        case _:
            assert_never(paging.due)


def _on_next_step(chart: Chart, alert: Alert, now: datetime) -> tuple[int, tuple[StaffMember, ...]]:
    """The step whose turn it is, and who is paged on it. A step with nobody on it costs no time: the next one is."""
    clinic, state, ladder = chart.clinic, alert.state, alert.ladder
    assert isinstance(state, Open)
    # Once everybody on duty has been paged and nobody has it, it is for whoever is there.
    everybody = alert.pages >= len(ladder.steps)
    found: tuple[StaffMember, ...] = ()
    for further in range(len(ladder.steps)):
        number = (state.step + further) % len(ladder.steps)
        role = ladder.steps[number].role
        found += duty.to_page(clinic, role, now, at_any_hour=ladder.at_any_hour, everybody=everybody)
        # An emergency waits for no step on which nobody stands who can act on it.
        if any(member.role in duty.CLINICAL for member in found) or (found and not ladder.at_any_hour):
            return number, tuple(dict.fromkeys(found))
    if ladder.at_any_hour:
        # Whoever can act on it stands on no step, or is away: better them than nobody.
        return state.step % len(ladder.steps), tuple(dict.fromkeys((*found, *duty.anybody(clinic, now))))
    # Out of hours whoever is on call is paged, also where their role has no step.
    return state.step % len(ladder.steps), () if duty.is_open(clinic, now) else duty.on_call(clinic, now)


def _page(chart: Chart, alert: Alert, now: datetime) -> Decision:
    """The step's people are paged, and the groups that are bound to it."""
    clinic, steps = chart.clinic, alert.ladder.steps
    number, staff = _on_next_step(chart, alert, now)
    next_step = (number + 1) % len(steps)
    page_at = may_page_at(chart, alert.ladder, now + steps[number].wait)
    paged = AlertPaged(now, alert.id, number, tuple(member.id for member in staff), next_step, page_at)
    sent = tuple(pages.page(chart, alert, member.id, now) for member in staff)
    groups = duty.groups_to_page(clinic, steps[number].role, now, at_any_hour=alert.ladder.at_any_hour)
    in_groups = tuple(pages.page_in_group(chart, alert, group, now) for group in groups)
    if not staff or not reachable(chart, alert, now):
        # Also where somebody is paged who may not take it: an admin on the ladder is no clinician.
        key = f"{alert_subject(chart.patient, alert.id)}/nobody/{chart.version}/{alert.pages}"
        sent += to_operators(clinic, "nobody_reachable", chart.patient, now, key)
    return Decision((paged,), sent + in_groups)


def _unreached(chart: Chart, alert: Alert, now: datetime) -> Decision:
    """The patient who was told that the clinic knows is told that it could not be reached (clinical.md 0.16)."""
    assert isinstance(alert.state, Open)
    was_told = bool(alert.state.paged) and alert.tier.urgent
    # For less than an emergency we start nothing while a text about a hospital waits to be read.
    reads = chart.reads_of(alert) and (alert.tier is Tier.EMERGENCY or chart.held is None)
    if not was_told or not reads or reachable(chart, alert, now):
        return Decision()
    told = to_patient(
        chart,
        f"replies/not_reached/{alert.tier}",
        key=f"a{alert.id}/not_reached/{chart.version}",
        lane=Lane.ALERT if alert.tier is Tier.EMERGENCY else Lane.REPLY,
        subject=card_subject(chart.patient, alert.id),
        starts=alert.tier is not Tier.EMERGENCY,
    )
    return Decision(outgoing=(told,))
