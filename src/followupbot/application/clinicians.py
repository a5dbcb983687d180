"""What a clinician can do."""

from datetime import datetime

from followupbot.application import policy
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import alerts, reach
from followupbot.domain.addressing import staff_notice
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import ByStaff, Cause, Decision
from followupbot.domain.ids import ChatId, StaffId
from followupbot.domain.presses import ReachPress, ResolvePress, TakePress


def block(store: Store, chat: ChatId, cause_key: str, now: datetime) -> Decision:
    """Whoever of staff has that chat can't be reached from now on; alerts that they were paged for go on at once."""
    by = store.staff_of(chat)
    if by is None:
        return Decision()
    return store.transact_clinic(Cause(f"{cause_key}/{by}", ByStaff(by)), lambda clinic: reach.block(clinic, by, now))


def unblock(store: Store, chat: ChatId, cause_key: str, now: datetime) -> Decision:
    """Whoever of staff has that chat can be reached again."""
    by = store.staff_of(chat)
    if by is None:
        return Decision()
    return store.transact_clinic(Cause(f"{cause_key}/{by}", ByStaff(by)), lambda clinic: reach.unblock(clinic, by, now))


def confirm_reach(store: Store, by: StaffId | None, pressed: ReachPress, cause: Cause, now: datetime) -> Decision:
    """A press has shown that what we send to that staff member, or that group, is read. Strangers' are recorded."""
    clinic = store.clinic()
    if by is None or clinic.member(by) is None:
        store.record_refusal(cause, Action.TAKE_ALERT, pressed.whom, now)
        return Decision(notice=staff_notice(clinic, "alerts/notices/refused"))

    def decide(clinic: Clinic) -> Decision:
        member = clinic.member(by)
        assert member is not None, "nobody is ever struck off the staff"
        return reach.confirm(clinic, pressed.whom, member, now)

    return store.transact_clinic(cause, decide)


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
