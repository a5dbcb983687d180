"""What a patient has had before, unchanged, and a clinician has confirmed after speaking to them (clinical.md 0.2).

Told without that, it is for the same day; with it, the protocol's rules may ask for it (`baseline_confirmed`). Once the
patient says that it is new or worse, nothing is confirmed any more: what it was before is another thing then.
"""

from datetime import datetime

from followupbot.domain.alert_state import Alert
from followupbot.domain.chart import Chart
from followupbot.domain.facts.expectations import BaselineConfirmed
from followupbot.domain.ids import QuestionId, StaffId
from followupbot.domain.replies import AS_BEFORE, NEW


def to_confirm(chart: Chart, alert: Alert) -> tuple[QuestionId, ...]:
    """The items of which the alert tells that they were there before, and that nobody has confirmed."""
    told = [answer for flag in alert.flags for answer in flag.trace.inputs]
    old = {answer.question for answer in told if answer.value == AS_BEFORE}
    new = {answer.question for answer in told if answer.value == NEW}
    return tuple(sorted(old - new - chart.confirmed))


def confirm(chart: Chart, alert: Alert, by: StaffId, now: datetime) -> tuple[BaselineConfirmed, ...]:
    """They are confirmed; nothing where there is nothing to confirm."""
    items = to_confirm(chart, alert)
    return (BaselineConfirmed(now, alert.id, by, items),) if items else ()
