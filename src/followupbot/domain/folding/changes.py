"""What changes in a chart: its parts by their names, as they are to be."""

from dataclasses import replace

from followupbot.domain.alert_state import Alert
from followupbot.domain.chart import CLOSED_CHECK_INS_MAX, RESOLVED_ALERTS_MAX, Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.ids import AlertId, CheckInId

Changes = dict[str, object]
"""Parts of a chart by their names, as they are to be."""


def of_enrolment(chart: Chart, **changes: object) -> Changes:
    """These parts of the enrolment are as given, and nothing else of it changes."""
    return {"enrolment": replace(chart.enrolled, **changes)}  # type: ignore[arg-type] # names are checked at run time


def with_check_in(chart: Chart, check_in: CheckIn) -> Changes:
    """The check-in is the chart's newest."""
    return {"check_ins": _bounded_check_ins((*chart.check_ins, check_in))}


def of_check_in(chart: Chart, check_in: CheckInId, **changes: object) -> Changes:
    """These parts of that check-in are as given; nothing changes where the chart keeps it no more."""
    changed = tuple(
        replace(found, **changes) if found.id == check_in else found  # type: ignore[arg-type] # as in of_enrolment
        for found in chart.check_ins
    )
    return {"check_ins": _bounded_check_ins(changed)}


def with_alert(chart: Chart, alert: Alert) -> Changes:
    """The alert is the chart's newest."""
    return {"alerts": _bounded_alerts((*chart.alerts, alert))}


def of_alert(chart: Chart, alert: AlertId, **changes: object) -> Changes:
    """These parts of that alert are as given; nothing changes where the chart keeps it no more."""
    changed = tuple(
        replace(found, **changes) if found.id == alert else found  # type: ignore[arg-type] # as in of_enrolment
        for found in chart.alerts
    )
    return {"alerts": _bounded_alerts(changed)}


def _bounded_check_ins(check_ins: tuple[CheckIn, ...]) -> tuple[CheckIn, ...]:
    closed = [check_in.id for check_in in check_ins if not check_in.open]
    dropped = set(closed[:-CLOSED_CHECK_INS_MAX])
    return tuple(check_in for check_in in check_ins if check_in.id not in dropped)


def _bounded_alerts(alerts: tuple[Alert, ...]) -> tuple[Alert, ...]:
    resolved = [alert.id for alert in alerts if not alert.unresolved]
    dropped = set(resolved[:-RESOLVED_ALERTS_MAX])
    return tuple(alert for alert in alerts if alert.id not in dropped)
