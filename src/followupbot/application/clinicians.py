"""What a clinician can do."""

from datetime import datetime

from followupbot.application import policy
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import alerts
from followupbot.domain.addressing import staff_notice
from followupbot.domain.chart import Chart
from followupbot.domain.decision import ByStaff, Cause, Decision
from followupbot.domain.ids import StaffId
from followupbot.domain.presses import ResolvePress, TakePress


def press(store: Store, by: StaffId | None, pressed: TakePress | ResolvePress, cause: Cause, now: datetime) -> Decision:
    """A button of an alert was pressed, by a staff member or by somebody who is none. Refusals are recorded."""
    clinic = store.clinic()
    action = Action.TAKE_ALERT if isinstance(pressed, TakePress) else Action.RESOLVE_ALERT
    if by is None or not policy.allowed(ByStaff(by), action, clinic, pressed.patient):
        store.record_refusal(cause, action, pressed.patient, now)
        return Decision(notice=staff_notice(clinic, "alerts/notices/refused"))

    def decide(chart: Chart) -> Decision:
        member = chart.clinic.member(by)
        assert member is not None, "nobody is ever struck off the staff"
        match pressed:
            case TakePress():
                return alerts.take(chart, pressed.alert, member, now)
            case ResolvePress():
                return alerts.resolve(chart, pressed.alert, member, pressed.outcome, now)

    return store.transact(pressed.patient, cause, decide)
