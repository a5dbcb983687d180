"""Who may do what: every role and every action."""

import pytest

from followupbot.application.policy import Action, allowed
from followupbot.domain.clinic import Role
from followupbot.domain.decision import Actor, ByClock, ByPatient, ByShell, ByStaff, ByStranger
from followupbot.domain.ids import StaffId
from tests.builders import ADA, DR_ITO, DR_SATO, OTHER_PATIENT, PATIENT, a_clinic, a_member, gone, invited

TABLE = """
                          clinician  lead  admin  patient  other_patient  stranger  clock  shell
answer                    .          .     .      yes      .              .         .      yes
answer_for                yes        yes   .      .        .              .         .      yes
see_own_record            .          .     .      yes      .              .         .      yes
take_alert                yes        yes   .      .        .              .         .      yes
hand_over_alert           yes        yes   .      .        .              .         .      yes
resolve_alert             yes        yes   .      .        .              .         .      yes
see_patient               yes        yes   .      .        .              .         .      yes
invite_patient            yes        yes   yes    .        .              .         .      yes
set_patient_status        .          yes   .      .        .              .         .      yes
change_schedule           .          yes   yes    .        .              .         .      yes
expect_until              yes        yes   .      .        .              .         .      yes
enter_leave_of_others     .          yes   .      .        .              .         .      yes
break_glass               yes        yes   yes    .        .              .         .      yes
manage_staff              .          .     yes    .        .              .         .      yes
keep_rota                 .          yes   yes    .        .              .         .      yes
enter_own_leave           yes        yes   yes    .        .              .         .      yes
see_status                .          .     yes    .        .              .         .      yes
export_record             .          yes   .      .        .              .         .      yes
erase_patient             .          yes   .      .        .              .         .      yes
hold_record               .          yes   .      .        .              .         .      yes
"""

ACTORS: dict[str, Actor] = {
    "clinician": ByStaff(DR_ITO.id),
    "lead": ByStaff(DR_SATO.id),
    "admin": ByStaff(ADA.id),
    "patient": ByPatient(PATIENT),
    "other_patient": ByPatient(OTHER_PATIENT),
    "stranger": ByStranger(),
    "clock": ByClock(),
    "shell": ByShell("root"),
}

_, HEADER, *ROWS = TABLE.rstrip().split("\n")
CELLS = [
    (Action(row.split()[0]), actor, cell == "yes")
    for row in ROWS
    for actor, cell in zip(HEADER.split(), row.split()[1:], strict=True)
]


@pytest.mark.parametrize(("action", "actor", "may"), CELLS, ids=lambda value: str(value))
def test_the_table_is_the_policy(action: Action, actor: str, may: bool) -> None:
    """To one patient, whose own the actor may be."""
    assert allowed(ACTORS[actor], action, a_clinic(), PATIENT) is may


def test_the_table_is_complete() -> None:
    """What is not in it is not allowed, and not forgotten either."""
    assert [Action(row.split()[0]) for row in ROWS] == list(Action)
    assert set(HEADER.split()) == set(ACTORS)
    assert {member.role for member in (DR_ITO, DR_SATO, ADA)} == set(Role)


@pytest.mark.parametrize("action", list(Action))
def test_who_has_not_joined_or_has_left_or_never_was_here_may_do_nothing(action: Action) -> None:
    """Whatever the role."""
    dr_abe = a_member("s4", "dr_abe", Role.LEAD)
    clinic = a_clinic([gone(DR_ITO), invited(DR_SATO), gone(ADA), invited(dr_abe)])
    for staff in (DR_ITO.id, DR_SATO.id, ADA.id, dr_abe.id, StaffId("s99")):
        assert not allowed(ByStaff(staff), action, clinic, PATIENT)


@pytest.mark.parametrize("action", [Action.ANSWER, Action.SEE_OWN_RECORD])
def test_a_patients_own_is_about_a_patient(action: Action) -> None:
    """Without one it is denied."""
    assert not allowed(ByPatient(PATIENT), action, a_clinic())
