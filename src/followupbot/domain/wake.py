"""Every timer in the system: what is due in one chart, and when something is due next."""

from datetime import datetime

from followupbot.domain import alerts, check_ins, expectations, help, occasions, pauses, preferences
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.folding import fold


def wake_alerts(chart: Chart, now: datetime) -> Decision:
    """Alert timers, first and by themselves: nothing else that goes wrong in a chart may hold up a page.

    Whether help is there comes before the pages: silence pages the first step, and so nobody is paged twice at once.
    """
    decision = help.wake(chart, now)
    after = fold(chart, decision.chart_facts)
    return decision + alerts.wake(after, now)


def next_alert_at(chart: Chart) -> datetime | None:
    """When one of these timers runs out; None where none runs."""
    times = (alerts.next_wake_at(chart), help.next_wake_at(chart))
    return min((at for at in times if at is not None), default=None)


def wake(chart: Chart, now: datetime) -> Decision:
    """Every other timer."""
    if chart.enrolment is None:
        return Decision()
    decision = Decision()
    for due in (expectations.wake, preferences.wake, pauses.wake, occasions.wake, check_ins.wake):
        woken = due(chart, now)
        chart = fold(chart, woken.chart_facts)
        decision += woken
    return decision


def next_wake_at(chart: Chart) -> datetime | None:
    """When the chart has to be looked at again; None where nothing in it waits for time to pass."""
    if chart.enrolment is None:
        return None
    nouns = (expectations, preferences, pauses, occasions, check_ins)
    times = (next_alert_at(chart), *(noun.next_wake_at(chart) for noun in nouns))
    return min((at for at in times if at is not None), default=None)
