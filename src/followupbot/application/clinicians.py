"""What a clinician can do with an alert."""

from datetime import datetime
from typing import assert_never

from followupbot.application import policy
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import alerts, details, expectations, handling, reach
from followupbot.domain.addressing import staff_notice
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, StaffMember
from followupbot.domain.decision import ByStaff, Cause, Decision
from followupbot.domain.ids import ChatId, MessageId, StaffId
from followupbot.domain.outgoing import Notice
from followupbot.domain.presses import (
    AlertPress,
    AlertsPress,
    DetailsPress,
    EndExpectedPress,
    ExpectPress,
    HandOverPress,
    ReachPress,
    ResolvePress,
    TakePress,
)

SEE_DETAILS = "see_alert_details"
"""In the access log: somebody looked at why there is an alert, or tried to."""

ACTIONS: dict[type[AlertsPress], Action] = {
    TakePress: Action.TAKE_ALERT,
    ResolvePress: Action.RESOLVE_ALERT,
    AlertPress: Action.TAKE_ALERT,
    DetailsPress: Action.SEE_PATIENT,
    HandOverPress: Action.HAND_OVER_ALERT,
    ExpectPress: Action.EXPECT_UNTIL,
    EndExpectedPress: Action.EXPECT_UNTIL,
}
"""What the policy is asked for each button."""


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


def press(
    store: Store, by: StaffId | None, pressed: AlertsPress, message: MessageId | None, cause: Cause, now: datetime
) -> Decision:
    """A button of an alert was pressed, by a staff member or by somebody who is none. Refusals are recorded."""
    clinic = store.clinic()
    action = ACTIONS[type(pressed)]
    if by is None or not policy.allowed(ByStaff(by), action, clinic, pressed.patient):
        store.record_refusal(cause, action, pressed.patient, now)
        return Decision(notice=staff_notice(clinic, "alerts/notices/refused"))
    if isinstance(pressed, DetailsPress):
        return _look(store, by, pressed, cause, now)

    def decide(chart: Chart) -> Decision:
        return _decide(chart, _member(chart, by), pressed, message, now)

    return store.transact(pressed.patient, cause, decide)


def _decide(
    chart: Chart,
    by: StaffMember,
    pressed: TakePress | ResolvePress | AlertPress | HandOverPress | ExpectPress | EndExpectedPress,
    message: MessageId | None,
    now: datetime,
) -> Decision:
    match pressed:
        case TakePress(_, alert):
            return alerts.take(chart, alert, by, now)
        case ResolvePress(_, alert, outcome, sure):
            known = chart.protocol().outcome(outcome)
            if known is not None and known.confirms_baseline and not sure:
                return handling.ask_to_confirm(chart, alert, by, outcome, message, now)
            return alerts.resolve(chart, alert, by, outcome, now)
        case AlertPress(_, alert, below):
            return handling.show(chart, alert, by, None if below else message, now)
        case HandOverPress(_, alert, None, first):
            return handling.ask_whom(chart, alert, by, first, message, now)
        case HandOverPress(_, alert, to):
            assert to is not None, "the case above has none"
            return handling.hand_over(chart, alert, by, to, now)
        case ExpectPress(_, alert, reason, days):
            if reason is None or days is None:
                return handling.ask_what_is_expected(chart, alert, by, reason, message, now)
            return handling.expect(chart, alert, by, reason, days, now)
        case EndExpectedPress():
            return expectations.end(chart, by.id, message, now)
        case _:
            assert_never(pressed)


def _look(store: Store, by: StaffId, pressed: DetailsPress, cause: Cause, now: datetime) -> Decision:
    """Why there is an alert, for whoever has it; in the access log before they see anything."""
    chart = store.chart(pressed.patient)
    if chart is None or isinstance(alerts.in_hand(chart, pressed.alert, _member(chart, by)), Notice):
        store.record_refusal(cause, SEE_DETAILS, pressed.patient, now)
    else:
        store.record_view(cause, SEE_DETAILS, pressed.patient, now)

    def decide(current: Chart) -> Decision:
        return details.show(current, pressed.alert, _member(current, by), store.facts_of(pressed.patient), now)

    return store.transact(pressed.patient, cause, decide)


def _member(chart: Chart, by: StaffId) -> StaffMember:
    member = chart.clinic.member(by)
    assert member is not None, "nobody is ever struck off the staff"
    return member
