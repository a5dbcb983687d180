"""What a clinician sees of one patient: how it stands, what is open, what comes next. Never who the patient is."""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from followupbot.domain import expectations, pages, plan_changes
from followupbot.domain.alert_state import Alert, Baseline, Open, Resolved, Taken
from followupbot.domain.carer_state import Helping
from followupbot.domain.chart import Chart
from followupbot.domain.ids import MessageKey
from followupbot.domain.params import Day, Instant, Line, Lines, Param, Shown, Words
from followupbot.domain.presses import Choice, EndExpectedPress, TakePress
from followupbot.domain.schedule import local


def params(chart: Chart, now: datetime) -> dict[str, Param]:
    """What `staff/patient` is given."""
    lines = tuple(Line(MessageKey(f"staff/patient/{name}"), shown) for name, shown in _lines(chart, now))
    return {"code": chart.patient, "lines": Lines(lines)}


def choices(chart: Chart) -> tuple[tuple[Choice, ...], ...]:
    """What can be done about it there and then."""
    alert = chart.unresolved_alert
    take = alert is not None and isinstance(alert.state, Open)
    return (
        *(((Choice("take", TakePress(chart.patient, alert.id)),),) if alert is not None and take else ()),
        *(((Choice("end", EndExpectedPress(chart.patient)),),) if chart.expectations else ()),
    )


def _lines(chart: Chart, now: datetime) -> Iterator[tuple[str, dict[str, Shown]]]:
    plan, clinic_zone = chart.enrolled.plan, chart.clinic.settings.hours.zone
    yield "standing", {"standing": Words(MessageKey(f"staff/standings/{chart.standing}"))}
    operated = chart.active.operated if chart.active else plan.surgery_on.anchor() <= local(now, plan.zone).date()
    years = chart.years_since_surgery(now)
    about = plan.surgery_on.day is None
    yield "surgery", {"surgery_on": str(plan.surgery_on), "operated": operated, "years": years, "about": about}
    yield "clock", {"here": Instant(now, plan.zone), "zone": plan.zone, "ask_at": f"{plan.ask_at:%H:%M}"}
    alert = chart.unresolved_alert
    if alert is not None:
        yield "alert", _alert(chart, alert, clinic_zone, now)
    else:
        closed = [(found, found.state) for found in chart.alerts if isinstance(found.state, Resolved)]
        for found, state in sorted(closed, key=lambda each: each[1].at)[-1:]:
            yield "last_alert", _last_alert(chart, found, state, clinic_zone)
    for line in expectations.lines(chart, chart.expectations).each:
        yield "expected", dict(line.params)
    for baseline in chart.baselines:
        yield "baseline", _baseline(chart, baseline, clinic_zone)
    if chart.notes:
        by = None if chart.review_by is None else Instant(chart.review_by, clinic_zone)
        yield "unread", {"count": chart.notes, "by": by}
    check_in = chart.open_check_in
    if check_in is not None:
        asked, until = Instant(check_in.asked_at, plan.zone), Instant(check_in.expires_at, plan.zone)
        yield "open", {"asked": asked, "until": until, "begun": check_in.state.kind == "begun"}
    heard = None if chart.answered_at is None else Day(local(chart.answered_at, plan.zone).date())
    yield "heard", {"heard": heard, "misses": chart.misses}
    for carer in chart.enrolled.carers:
        if isinstance(carer.state, Helping) and carer.state.blocked:
            yield "helper_blocked", {"number": carer.id}
    if chart.starts_allowed:
        coming = plan_changes.coming(chart, now)
        yield "next", {"at": Instant(coming[0].at, plan.zone) if coming else None}


def _baseline(chart: Chart, baseline: Baseline, zone: str) -> dict[str, Shown]:
    """What it is about, as far as the programme still asks for it; who confirmed it, and when."""
    gates = (item for gate in chart.protocol().gates() for item in gate.items if item.id == baseline.item)
    item = next(gates, None)
    return {
        "concern": None if item is None else Words(MessageKey(f"alerts/concerns/{item.concern}")),
        "by": chart.clinic.name(baseline.by),
        "at": Instant(baseline.at, zone),
    }


def _last_alert(chart: Chart, alert: Alert, state: Resolved, zone: str) -> dict[str, Shown]:
    """What it was about, how it ended, and who said so; an outcome that the programme names no more has no words."""
    named = chart.protocol().outcome(state.outcome) is not None  # until when it is expected stands below
    return {
        "tier": pages.tier(alert),
        **pages.about(alert, chart.clinic.settings.alert_detail),
        "raised": Instant(alert.raised_at, zone),
        "outcome": Words(MessageKey(f"alerts/outcomes/{state.outcome}")) if named else None,
        "by": chart.clinic.name(state.by),
        "at": Instant(state.at, zone),
    }


def _alert(chart: Chart, alert: Alert, zone: str, now: datetime) -> dict[str, Shown]:
    match alert.state:
        case Open():
            by = None
        case Taken(by=staff):
            by = chart.clinic.name(staff)
        case Resolved():
            raise AssertionError("one that is resolved is not open")
        case _:
            assert_never(alert.state)
    return {
        "tier": pages.tier(alert),
        **pages.about(alert, chart.clinic.settings.alert_detail),
        "raised": Instant(alert.raised_at, zone),
        "due": Instant(alert.due_at, zone),
        "late": alert.due_at <= now,
        "by": by,
    }
