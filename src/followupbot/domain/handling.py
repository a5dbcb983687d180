"""What whoever has an alert can do with it besides ending it, each as a screen in the place of the one before."""

from datetime import datetime, timedelta
from itertools import zip_longest

from followupbot.domain import alerts, baselines, duty, expectations, pages
from followupbot.domain.addressing import staff_notice
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.facts.alerts import AlertOffered
from followupbot.domain.folding import fold
from followupbot.domain.ids import AlertId, MessageId, StaffId
from followupbot.domain.outgoing import Notice, OutgoingMessage
from followupbot.domain.params import Day, Lines, Param
from followupbot.domain.presses import Choice, ExpectPress, HandOverPress, ResolvePress

COLLEAGUES_SHOWN_MAX = 6
"""Names on one screen; more are on the next."""

NAME_LETTERS_MAX = 30
"""Of a name on a button, so that its role still fits."""

SPANS_MAX = 4
"""Ends to choose from on one screen."""


def show(chart: Chart, alert_id: AlertId, by: StaffMember, pressed: MessageId | None, now: datetime) -> Decision:
    """The alert again, and what can be done with it."""
    found = alerts.in_hand(chart, alert_id, by)
    return Decision(notice=found) if isinstance(found, Notice) else _screen(pages.yours(chart, found, pressed, now))


# -- handing it over ---------------------------------------------------------------------------------------------------


def colleagues(chart: Chart, by: StaffId, now: datetime) -> tuple[StaffMember, ...]:
    """Who may take it instead, can be reached and is not away, by name."""
    found = dict.fromkeys(member for role in duty.CLINICAL for member in duty.present(chart.clinic, role, now))
    return tuple(sorted((member for member in found if member.id != by), key=lambda member: member.name.casefold()))


def ask_whom(
    chart: Chart, alert_id: AlertId, by: StaffMember, first: int, pressed: MessageId | None, now: datetime
) -> Decision:
    """To whom it is to be handed over, from that name of the list on."""
    found = alerts.in_hand(chart, alert_id, by)
    if isinstance(found, Notice):
        return Decision(notice=found)
    known = colleagues(chart, by.id, now)
    if not known:
        return Decision(notice=staff_notice(chart.clinic, "alerts/notices/nobody_else"))
    first = first if first < len(known) else 0
    shown = known[first : first + COLLEAGUES_SHOWN_MAX]
    params: dict[str, Param] = {"code": chart.patient, "tier": pages.tier(found)}
    rows: list[tuple[Choice, ...]] = []
    for number, member in zip_longest(range(1, COLLEAGUES_SHOWN_MAX + 1), shown):
        params[f"name_{number}"] = None if member is None else member.name[:NAME_LETTERS_MAX]
        if member is not None:
            rows.append((Choice(f"name_{number}", HandOverPress(chart.patient, alert_id, member.id)),))
    if len(known) > COLLEAGUES_SHOWN_MAX:
        following = first + COLLEAGUES_SHOWN_MAX
        begins = following if following < len(known) else 0
        rows.append((Choice("more", HandOverPress(chart.patient, alert_id, None, begins)),))
    rows.append(pages.back(chart, found))
    return _screen(pages.menu(chart, found, "hand_over", pressed, now, params, tuple(rows)))


def hand_over(chart: Chart, alert_id: AlertId, by: StaffMember, to: StaffId, now: datetime) -> Decision:
    """The colleague is asked to take it. Until they do it is whose it was, and pages again when it would have."""
    found = alerts.in_hand(chart, alert_id, by)
    if isinstance(found, Notice):
        return Decision(notice=found)
    member = next((member for member in colleagues(chart, by.id, now) if member.id == to), None)
    if member is None:
        return Decision(notice=staff_notice(chart.clinic, "alerts/notices/not_reachable"))
    offered = AlertOffered(now, found.id, by.id, member.id)
    after = fold(chart, (offered,))
    alert = after.alert(alert_id)
    assert alert is not None
    told = staff_notice(chart.clinic, "alerts/notices/offered", {"to": member.name})
    return Decision((offered,), (pages.taken(after, alert, now), pages.offer(after, alert, by, member, now)), told)


# -- expected until ----------------------------------------------------------------------------------------------------


def ask_what_is_expected(
    chart: Chart, alert_id: AlertId, by: StaffMember, reason: str | None, pressed: MessageId | None, now: datetime
) -> Decision:
    """Why what it tells of is expected; and, once that is said, until when."""
    found = alerts.in_hand(chart, alert_id, by)
    if isinstance(found, Notice):
        return Decision(notice=found)
    expecting = chart.protocol().expecting
    if expecting is None or not expectations.may_be_offered(chart, found):
        return Decision(notice=staff_notice(chart.clinic, "alerts/notices/not_expected"))
    patient = chart.patient
    params: dict[str, Param] = {"code": patient, "tier": pages.tier(found)}
    if reason is None or reason not in expecting.reasons:
        reasons = tuple(
            (Choice(f"alerts/reasons/{each}", ExpectPress(patient, alert_id, each)),) for each in expecting.reasons
        )
        rows = (*reasons, pages.back(chart, found))
        return _screen(pages.menu(chart, found, "expect_reason", pressed, now, params, rows))
    ends = []
    today = chart.clinic.settings.hours.today(now)
    for number, span in zip_longest(range(1, SPANS_MAX + 1), expecting.spans[:SPANS_MAX]):
        params[f"until_{number}"] = None if span is None else Day(today + span)
        if span is not None:
            ends.append((Choice(f"until_{number}", ExpectPress(patient, alert_id, reason, span.days)),))
    rows = (*ends, pages.back(chart, found))
    return _screen(pages.menu(chart, found, "expect_until", pressed, now, params, rows))


def expect(chart: Chart, alert_id: AlertId, by: StaffMember, reason: str, days: int, now: datetime) -> Decision:
    """It is expected until then, and the alert ends in that."""
    return alerts.expect(chart, alert_id, by, reason, timedelta(days=days), now)


# -- a baseline --------------------------------------------------------------------------------------------------------


def ask_to_confirm(
    chart: Chart, alert_id: AlertId, by: StaffMember, outcome: str, pressed: MessageId | None, now: datetime
) -> Decision:
    """What that outcome confirms, in words, before it is said (clinical.md 0.2)."""
    found = alerts.in_hand(chart, alert_id, by)
    if isinstance(found, Notice):
        return Decision(notice=found)
    items = baselines.to_confirm(chart, found)
    if not items:
        return Decision(notice=staff_notice(chart.clinic, "alerts/notices/not_yours"))
    told = (flag for flag in found.flags if any(answer.question in items for answer in flag.trace.inputs))
    lines = Lines(tuple({flag.trace.rule: pages.why(chart, flag) for flag in told}.values()))
    params: dict[str, Param] = {"code": chart.patient, "lines": lines}
    sure = Choice("sure", ResolvePress(chart.patient, alert_id, outcome, sure=True))
    rows = ((sure,), pages.back(chart, found))
    return _screen(pages.menu(chart, found, "confirm_baseline", pressed, now, params, rows))


def _screen(message: OutgoingMessage) -> Decision:
    return Decision(outgoing=(message,))
