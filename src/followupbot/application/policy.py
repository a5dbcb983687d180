"""Who may do what: one function for bot, page and terminal; what it does not allow is denied."""

from enum import StrEnum
from typing import assert_never

from followupbot.domain.clinic import Clinic, Role, StaffBlocked, StaffJoined
from followupbot.domain.decision import Actor, ByCarer, ByClock, ByPatient, ByShell, ByStaff, ByStranger
from followupbot.domain.ids import PatientId


class Action(StrEnum):
    """Everything that somebody may or may not do."""

    ANSWER = "answer"
    ANSWER_FOR = "answer_for"
    SEE_OWN_RECORD = "see_own_record"
    TAKE_ALERT = "take_alert"
    HAND_OVER_ALERT = "hand_over_alert"
    RESOLVE_ALERT = "resolve_alert"
    SEE_PATIENT = "see_patient"
    INVITE_PATIENT = "invite_patient"
    SET_PATIENT_STATUS = "set_patient_status"
    CHANGE_SCHEDULE = "change_schedule"
    EXPECT_UNTIL = "expect_until"
    ENTER_LEAVE_OF_OTHERS = "enter_leave_of_others"
    BREAK_GLASS = "break_glass"
    MANAGE_STAFF = "manage_staff"
    KEEP_ROTA = "keep_rota"
    ENTER_OWN_LEAVE = "enter_own_leave"
    SEE_STATUS = "see_status"
    EXPORT_RECORD = "export_record"
    ERASE_PATIENT = "erase_patient"
    HOLD_RECORD = "hold_record"


_CLINICIAN = frozenset(
    {
        Action.TAKE_ALERT,
        Action.HAND_OVER_ALERT,
        Action.RESOLVE_ALERT,
        # Each goes to the lead every week (clinical.md 0.15).
        Action.EXPECT_UNTIL,
        Action.SEE_PATIENT,
        Action.BREAK_GLASS,
        Action.INVITE_PATIENT,
        Action.ANSWER_FOR,
        Action.ENTER_OWN_LEAVE,
    }
)

BY_ROLE: dict[Role, frozenset[Action]] = {
    Role.CLINICIAN: _CLINICIAN,
    Role.LEAD: _CLINICIAN
    | {
        Action.SET_PATIENT_STATUS,
        Action.EXPORT_RECORD,
        Action.ERASE_PATIENT,
        Action.HOLD_RECORD,
        Action.CHANGE_SCHEDULE,
        Action.ENTER_LEAVE_OF_OTHERS,
        Action.KEEP_ROTA,
    },
    # No answers for admins: who writes the programme has no need to read what patients say.
    Role.ADMIN: frozenset(
        {
            Action.MANAGE_STAFF,
            Action.INVITE_PATIENT,
            Action.SEE_STATUS,
            # In an emergency, with a reason; every lead is told of it at once.
            Action.BREAK_GLASS,
            Action.CHANGE_SCHEDULE,
            Action.KEEP_ROTA,
            Action.ENTER_OWN_LEAVE,
        }
    ),
}

OWN = frozenset({Action.ANSWER, Action.SEE_OWN_RECORD})
"""What a patient may do, with their own record only."""


def allowed(actor: Actor, action: Action, clinic: Clinic, patient: PatientId | None = None) -> bool:
    """Whether the actor may do it, to that patient where it is about one."""
    match actor:
        case ByShell():
            return True
        case ByPatient():
            return action in OWN and patient == actor.patient
        case ByCarer():
            return action is Action.ANSWER and patient == actor.patient
        case ByStaff():
            member = clinic.member(actor.staff)
            return (
                member is not None
                and isinstance(member.state, StaffJoined | StaffBlocked)
                and action in BY_ROLE[member.role]
            )
        case ByClock() | ByStranger():
            return False
        case _:
            assert_never(actor)
