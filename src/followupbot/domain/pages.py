"""What staff read of an alert: the page that buzzes, the copy of whoever has it, and what all others see then.

In a group, and where the clinic wants no more, that is the code, the tier and the time; in a private chat also one
fixed word for what it is about, and how long ago the operation was (clinical.md 0.9).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from followupbot.domain import baselines, expectations
from followupbot.domain.addressing import alert_subject, stamp, to_group, to_staff
from followupbot.domain.alert_state import Alert, Flag, Taken
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import AlertDetail, Group, StaffMember
from followupbot.domain.ids import Concern, MessageId, MessageKey, RuleId, StaffId
from followupbot.domain.outgoing import Amend, Lane, OutgoingMessage, OwnCopy
from followupbot.domain.params import Instant, Line, Param, Shown, Words
from followupbot.domain.presses import (
    AlertPress,
    Choice,
    DetailsPress,
    ExpectPress,
    HandOverPress,
    ResolvePress,
    TakePress,
)
from followupbot.domain.rules import said

RAISED_BY_BUTTON = frozenset({RuleId("harming_myself"), RuleId("birth_year_mistaken")})
"""Findings of no protocol's rule: `crisis.BUTTON` and `yearly.WRONG_YEAR`, which lie above this module."""

OTHER = Concern("other")

COUNTED_FROM = timedelta(hours=1)
"""What is due sooner than that is said by the clock alone: nobody counts working days for it."""

OVERDUE = -1
"""In the place of a number of days: it was due."""

Rows = tuple[tuple[Choice, ...], ...]


def page(chart: Chart, alert: Alert, staff: StaffId, now: datetime) -> OutgoingMessage:
    """The page for one member of the staff, in their private chat. Its key is that of this page and no other."""
    subject = alert_subject(chart.patient, alert.id)
    return to_staff(
        chart.clinic,
        staff,
        "alerts/new",
        key=f"{subject}/page/{chart.version}/{alert.pages}/{staff}",
        subject=subject,
        params=page_params(chart, alert, now, chart.clinic.settings.alert_detail),
        choices=take(chart, alert),
    )


def page_in_group(chart: Chart, alert: Alert, group: Group, now: datetime) -> OutgoingMessage:
    """The page for a group: the code, the tier, by when, and no more."""
    subject = alert_subject(chart.patient, alert.id)
    return to_group(
        chart.clinic,
        group,
        "alerts/new",
        key=f"{subject}/page/{chart.version}/{alert.pages}/{group.id}",
        subject=subject,
        params=page_params(chart, alert, now, AlertDetail.CODE),
        choices=take(chart, alert),
    )


def take(chart: Chart, alert: Alert) -> Rows:
    """The one button that a page has."""
    return ((Choice("take", TakePress(chart.patient, alert.id)),),)


def page_params(chart: Chart, alert: Alert, now: datetime, detail: AlertDetail) -> dict[str, Param]:
    """What `alerts/new` is given. `AlertDetail.CODE` is the form for groups, whatever the clinic's settings say."""
    zone = chart.clinic.settings.hours.zone
    private = detail is AlertDetail.CONCERN
    return _urgency(chart, alert, now, detail) | {
        "reported": Instant(max(flag.at for flag in alert.flags), zone) if private else None,
        "again": alert.pages,
    }


def taken(chart: Chart, alert: Alert, now: datetime) -> Amend:
    """All copies say who has it; that one's own has everything that can be done with it. The alert has been taken."""
    state = alert.state
    assert isinstance(state, Taken), "somebody has it"
    others: dict[str, Param] = {
        "code": chart.patient,
        "tier": tier(alert),
        "by": chart.clinic.name(state.by),
        "at": Instant(state.at, chart.clinic.settings.hours.zone),
        "offered_to": None if state.offered_to is None else chart.clinic.name(state.offered_to),
    }
    own = OwnCopy(state.by, MessageKey("alerts/yours"), yours_params(chart, alert, now), yours_choices(chart, alert))
    return amend(chart, alert, "taken", others, own)


def yours(chart: Chart, alert: Alert, pressed: MessageId | None, now: datetime) -> OutgoingMessage:
    """The copy of whoever has it, in the place of a message that was pressed."""
    state = alert.state
    assert isinstance(state, Taken), "somebody has it"
    return menu(chart, alert, "yours", pressed, now, yours_params(chart, alert, now), yours_choices(chart, alert))


def menu(
    chart: Chart,
    alert: Alert,
    message: str,
    pressed: MessageId | None,
    now: datetime,
    params: Mapping[str, Param],
    choices: Rows,
) -> OutgoingMessage:
    """`alerts/<message>` for whoever has the alert, in the place of the message that was pressed."""
    state = alert.state
    assert isinstance(state, Taken), "who has nothing in hand is offered nothing to do with it"
    subject = alert_subject(chart.patient, alert.id)
    return to_staff(
        chart.clinic,
        state.by,
        f"alerts/{message}",
        key=f"{subject}/{message}/{chart.version}/{stamp(now)}",
        subject=subject,
        lane=Lane.REPLY,
        params=params,
        choices=choices,
        in_place_of=pressed,
    )


def yours_params(chart: Chart, alert: Alert, now: datetime) -> dict[str, Param]:
    """What `alerts/yours` is given."""
    state, zone = alert.state, chart.clinic.settings.hours.zone
    assert isinstance(state, Taken), "somebody has it"
    return _urgency(chart, alert, now, chart.clinic.settings.alert_detail) | {
        "at": Instant(state.at, zone),
        "again_at": None if state.reopen_at is None else Instant(state.reopen_at, zone),
        "offered_to": None if state.offered_to is None else chart.clinic.name(state.offered_to),
    }


def yours_choices(chart: Chart, alert: Alert) -> Rows:
    """Look at it, end it, hand it over, expect it: what is not for this alert is not offered."""
    patient, protocol = chart.patient, chart.protocol()
    confirmable = bool(baselines.to_confirm(chart, alert))
    outcomes = tuple(
        (Choice(f"alerts/outcomes/{outcome.id}", ResolvePress(patient, alert.id, outcome.id)),)
        for outcome in protocol.outcomes
        if confirmable or not outcome.confirms_baseline
    )
    others = [Choice("hand_over", HandOverPress(patient, alert.id))]
    if expectations.may_be_offered(chart, alert):
        others.append(Choice("expect", ExpectPress(patient, alert.id)))
    return ((Choice("details", DetailsPress(patient, alert.id)),), *outcomes, tuple(others))


def joined(chart: Chart, alert: Alert, flag: Flag, now: datetime) -> OutgoingMessage:
    """For whoever has the alert: something else belongs to it. It buzzes nobody, and has the same buttons."""
    params: dict[str, Param] = {
        "code": chart.patient,
        "tier": Words(MessageKey(f"alerts/tiers/{flag.tier}")),
        "concern": _concern(flag) if chart.clinic.settings.alert_detail is AlertDetail.CONCERN else None,
    }
    told = menu(chart, alert, "joined", None, now, params, yours_choices(chart, alert))
    return replace(told, key=f"{told.key}/{flag.trace.rule}", silent=True)


OFFERED = ("code", "tier", "concern", "others", "years", "about", "due", "days")
"""What of a page stands in the question whether somebody takes it over."""


def offer(chart: Chart, alert: Alert, by: StaffMember, to: StaffMember, now: datetime) -> OutgoingMessage:
    """For the colleague who is asked to take it over. It buzzes: somebody is waiting for them."""
    subject = alert_subject(chart.patient, alert.id)
    params = page_params(chart, alert, now, chart.clinic.settings.alert_detail)
    return to_staff(
        chart.clinic,
        to.id,
        "alerts/offer",
        key=f"{subject}/offer/{chart.version}/{to.id}",
        subject=subject,
        params={name: params[name] for name in OFFERED} | {"by": by.name},
        choices=take(chart, alert),
    )


def why(chart: Chart, flag: Flag) -> Line:
    """What was found, in words. Of a rule that the programme has no more, or has no words for, its name."""
    found = flag.trace
    if found.rule in RAISED_BY_BUTTON:
        return Line(MessageKey(f"rules/{found.rule}"), {})
    rule = chart.protocol().rule(found.rule)
    if rule is None:
        return Line(MessageKey("alerts/rule_of_old"), {"rule": found.rule})
    values = said(rule, found)
    params = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return Line(MessageKey(f"rules/{rule.id}"), params)


def back(chart: Chart, alert: Alert) -> tuple[Choice, ...]:
    """The row that leads from a menu to the alert again."""
    return (Choice("buttons/back", AlertPress(chart.patient, alert.id)),)


def resolved(chart: Chart, alert: Alert, by: str, outcome: str, until: datetime | None, now: datetime) -> Amend:
    """All copies say how it ended. With `until` what it tells of is expected up to then."""
    zone = chart.clinic.settings.hours.zone
    params: dict[str, Param] = {
        "code": chart.patient,
        "tier": tier(alert),
        "by": by,
        "outcome": Words(MessageKey(f"alerts/outcomes/{outcome}")),
        "at": Instant(now, zone),
        "until": None if until is None else Instant(until, zone),
    }
    return amend(chart, alert, "resolved", params)


def amend(chart: Chart, alert: Alert, message: str, params: Mapping[str, Param], own: OwnCopy | None = None) -> Amend:
    """Every copy of the alert becomes `alerts/<message>`; one is another, where `own` says so."""
    clinic, subject = chart.clinic, alert_subject(chart.patient, alert.id)
    return Amend(
        key=f"{subject}/{message}/{chart.version}",
        subject=subject,
        message=MessageKey(f"alerts/{message}"),
        language=clinic.settings.language,
        words=clinic.published.version,
        params=params,
        own=own,
    )


def tier(alert: Alert) -> Words:
    """How soon, in words."""
    return Words(MessageKey(f"alerts/tiers/{alert.tier}"))


def about(alert: Alert, detail: AlertDetail) -> dict[str, Shown]:
    """What it is about, in one fixed word, and how many other concerns it has; nothing where that may not be said."""
    if detail is not AlertDetail.CONCERN:
        return {"concern": None, "others": None}
    # Of what is equally urgent, what says most: "other" tells nobody what has changed.
    worst = min(alert.flags, key=lambda flag: (flag.tier.rank, flag.concern == OTHER))
    others = {flag.concern for flag in alert.flags} - {worst.concern}
    return {"concern": _concern(worst), "others": len(others) or None}


def since(alert: Alert) -> datetime:
    """When what makes it as urgent as it is was first said; other flags of it may be weeks older."""
    return min((flag.at for flag in alert.flags if flag.tier is alert.tier), default=alert.raised_at)


def _concern(flag: Flag) -> Words:
    return Words(MessageKey(f"alerts/concerns/{flag.concern}"))


def _urgency(chart: Chart, alert: Alert, now: datetime, detail: AlertDetail) -> dict[str, Param]:
    """Who, what and how soon, as far as it may be said there."""
    hours = chart.clinic.settings.hours
    private = detail is AlertDetail.CONCERN
    if alert.due_at < now:
        days: int | None = OVERDUE
    elif alert.due_at - now < COUNTED_FROM:
        days = None
    else:
        days = hours.working_days_until(now, alert.due_at)
    return {
        "code": chart.patient,
        "tier": tier(alert),
        **about(alert, detail),
        "years": chart.years_since_surgery(now) if private else None,
        "about": chart.enrolled.plan.surgery_on.day is None if private else None,
        "due": Instant(alert.due_at, hours.zone),
        "days": days,
    }
