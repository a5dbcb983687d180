"""The staff's slash commands: who may send which, and what others hear."""

from datetime import timedelta

import pytest

from followupbot.application import admins, staff_commands
from followupbot.application.policy import BY_ROLE, Action
from followupbot.application.staff_commands import STAFF_COMMANDS, StaffCommand
from followupbot.domain.clinic import Role
from followupbot.domain.decision import ByShell, ByStaff
from followupbot.domain.params import Lines
from followupbot.domain.staff_manual import STAFF_COMMANDS as MENU
from tests.application.test_front_desk import ADA, HER, ITO, SATO, a_full_world, a_patient

CHAT_OF = {Role.CLINICIAN: ITO, Role.LEAD: SATO, Role.ADMIN: ADA}


@pytest.mark.parametrize("role", list(Role))
def test_help_lists_what_that_role_may_send(role: Role) -> None:
    """And nothing else."""
    world = a_full_world()
    world.command(CHAT_OF[role], "help")
    shown = world.shown[-1]
    assert shown.message == "staff/help"
    lines = shown.params["lines"]
    assert isinstance(lines, Lines)
    may = [name for name in MENU if STAFF_COMMANDS[name].action is None or STAFF_COMMANDS[name].action in BY_ROLE[role]]
    assert [line.params["command"] for line in lines.each] == may


def test_an_unknown_command_is_answered_kindly_and_its_words_are_not_kept() -> None:
    """What somebody writes about a patient has no place here."""
    world = a_full_world()
    world.command(ITO, "alrets", "Mrs Smith in bay 4")
    assert world.shown[-1].message == "staff/unknown_command"
    assert world.store.texts == {}


def test_a_command_of_another_role_is_refused_and_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends it is told, and nothing is carried out."""
    world = a_full_world()
    only_admins = StaffCommand(staff_commands.explain, Action.SEE_STATUS)
    monkeypatch.setattr(staff_commands, "STAFF_COMMANDS", {**STAFF_COMMANDS, "help": only_admins})
    world.command(ITO, "help")
    assert world.shown[-1].message == "staff/not_for_this_role"
    (refusal,) = world.store.refusals
    ito = ByStaff(world.store.the_clinic.staff[0].id)
    assert (refusal.cause.by, refusal.action, refusal.subject) == (ito, "see_status", "/help")


def test_who_has_left_is_a_stranger_to_the_staffs_commands() -> None:
    """Their chat is nobody's any more."""
    world = a_full_world()
    admins.remove_staff(world.store, world.store.the_clinic.staff[0].id, ByShell("root"), world.now)
    world.command(ITO, "help")
    assert world.shown[-1].message == "enrolment/not_connected"


def test_a_patients_commands_stay_the_patients_where_the_account_is_both() -> None:
    """Somebody who works here and had the operation asks `/urgent` for themselves."""
    world = a_full_world()
    a_patient(world, ITO)
    world.now += timedelta(minutes=1)
    world.command(ITO, "urgent")
    assert "replies/urgent" in [shown.message for shown in world.shown[-2:]]
    world.command(ITO, "legs", "can't feel them")
    assert list(world.store.texts.values()) == ["/legs can't feel them"]


def test_a_patient_has_no_staff_commands() -> None:
    """They are unknown to them."""
    world = a_full_world()
    a_patient(world, HER)
    world.command(HER, "alerts")
    assert world.shown[-1].message == "replies/unknown_command"
