"""What the facts about flags and alerts add up to."""

from dataclasses import replace
from typing import assert_never

from followupbot.domain.alert_state import FLAGS_MAX, Alert, Open, Resolved, Taken
from followupbot.domain.chart import Chart
from followupbot.domain.facts.alerts import (
    AlertFact,
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
from followupbot.domain.folding.changes import Changes, of_alert, with_alert
from followupbot.domain.folding.flags import fired
from followupbot.domain.ids import AlertId


def changes(chart: Chart, fact: AlertFact) -> Changes:
    """The parts of the chart that the fact changes, by name."""
    match fact:
        case FlagRecorded():
            return fired(chart, fact.flag)
        case AlertRaised():
            return fired(chart, fact.flag) | _raised(chart, fact)
        case FlagJoined():
            flags = (*_the_alert(chart, fact.alert).flags, fact.flag)[-FLAGS_MAX:]
            return fired(chart, fact.flag) | of_alert(chart, fact.alert, flags=flags)
        case AlertRaisedAgain():
            worse: Changes = {"tier": fact.tier, "ladder": fact.ladder, "due_at": fact.due_at}
            return of_alert(chart, fact.alert, state=Open(0, fact.page_at), **worse)
        case AlertPaged():
            alert = _the_alert(chart, fact.alert)
            return of_alert(
                chart, fact.alert, state=Open(fact.next_step, fact.page_at, fact.staff), pages=alert.pages + 1
            )
        case AlertTaken():
            return of_alert(chart, fact.alert, state=Taken(fact.by, fact.at, fact.reopen_at))
        case AlertReopened():
            return of_alert(chart, fact.alert, state=Open(0, fact.page_at))
        case AlertResolved():
            return of_alert(chart, fact.alert, state=Resolved(fact.by, fact.at, fact.outcome), help=None)
        case AlertOffered():
            state_offered = _the_alert(chart, fact.alert).state
            assert isinstance(state_offered, Taken), "only what somebody has is handed over"
            return of_alert(chart, fact.alert, state=replace(state_offered, offered_to=fact.to))
        case _:
            assert_never(fact)


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
    return {"alert_count": chart.alert_count + 1, **with_alert(chart, alert)}


def _the_alert(chart: Chart, alert: AlertId) -> Alert:
    found = chart.alert(alert)
    assert found is not None, "a fact about an alert follows its raising"
    return found
