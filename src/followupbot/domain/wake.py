"""Every timer in the system: what is due in one chart, and when something is due next."""

from datetime import datetime

from followupbot.domain import alerts, check_ins, occasions
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.folding import fold


def wake_alerts(chart: Chart, now: datetime) -> Decision:
    """Alert timers, first and by themselves: nothing else that goes wrong in a chart may hold up a page."""
    return alerts.wake(chart, now)


def wake(chart: Chart, now: datetime) -> Decision:
    """Every other timer."""
    if chart.enrolment is None:
        return Decision()
    decision = occasions.wake(chart, now)
    after = fold(chart, decision.facts)  # type: ignore[arg-type] # an occasion has chart facts only
    return decision + check_ins.wake(after, now)


def next_wake_at(chart: Chart) -> datetime | None:
    """When the chart has to be looked at again; None where nothing in it waits for time to pass."""
    if chart.enrolment is None:
        return None
    times = (alerts.next_wake_at(chart), occasions.next_wake_at(chart), check_ins.next_wake_at(chart))
    return min((at for at in times if at is not None), default=None)
