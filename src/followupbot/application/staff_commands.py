"""What staff can tell us by a slash command: each command's name, who may send it, and who carries it out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from followupbot.application import administration, commands, desk, duties, patient_pages, policy, schedules
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import staff_manual
from followupbot.domain.clinic import Clinic, StaffMember
from followupbot.domain.decision import ByStaff, Cause, Decision

StaffFunction = Callable[[Store, StaffMember, str, Cause, datetime], Decision]
"""Given the store, who sent it, what stood behind the command, the cause, and the time. It has committed."""


@dataclass(frozen=True)
class StaffCommand:
    """One command. `action` is what its sender must be allowed; None: whoever works here may send it."""

    carry_out: StaffFunction
    action: Action | None = None


def commands_for(clinic: Clinic, member: StaffMember) -> tuple[str, ...]:
    """The commands that this member may send, in the order of the menu."""
    return tuple(name for name in staff_manual.STAFF_COMMANDS if _may(clinic, member, STAFF_COMMANDS[name]))


def explain(store: Store, member: StaffMember, _: str, cause: Cause, now: datetime) -> Decision:
    """The member knows what they can do here."""

    def decide(clinic: Clinic) -> Decision:
        return staff_manual.help_(clinic, member, commands_for(clinic, member), now)

    return store.transact_clinic(cause, decide)


STAFF_COMMANDS: Mapping[str, StaffCommand] = {
    "alerts": StaffCommand(desk.alerts, Action.TAKE_ALERT),
    "list": StaffCommand(desk.lists, Action.SEE_PATIENT),
    "review": StaffCommand(desk.read, Action.SEE_PATIENT),
    "patient": StaffCommand(patient_pages.patient, Action.SEE_PATIENT),
    "away": StaffCommand(duties.away, Action.ENTER_OWN_LEAVE),
    "back": StaffCommand(duties.back, Action.ENTER_OWN_LEAVE),
    "handover": StaffCommand(duties.hand_over, Action.HAND_OVER_ALERT),
    "rota": StaffCommand(duties.show_or_assign),
    "schedule": StaffCommand(schedules.schedule, Action.CHANGE_SCHEDULE),
    "invite": StaffCommand(administration.invite, Action.INVITE_PATIENT),
    "staff": StaffCommand(administration.people, Action.MANAGE_STAFF),
    "status": StaffCommand(administration.status, Action.SEE_STATUS),
    "help": StaffCommand(explain),
}


def only_staffs(command: str) -> bool:
    """Whether it is meant for staff also where the account is a patient's too; words behind any other are theirs."""
    return command in STAFF_COMMANDS and command not in {*commands.COMMANDS, *commands.RECORD_COMMANDS}


def carry_out(store: Store, member: StaffMember, command: str, argument: str, cause: Cause, now: datetime) -> Decision:
    """The command was carried out. One that there is not, or that is not theirs, is answered kindly; that is recorded.

    The words behind an unknown command are dropped: nothing about patients can be sent here in words.
    """
    found = STAFF_COMMANDS.get(command)
    if found is None:
        return store.transact_clinic(cause, lambda clinic: staff_manual.unknown_command(clinic, member, now))
    if not _may(store.clinic(), member, found):
        assert found.action is not None, "a command without one is everybody's"
        store.record_refusal(cause, found.action, f"/{command}", now)
        return store.transact_clinic(cause, lambda clinic: staff_manual.not_for_this_role(clinic, member, now))
    return found.carry_out(store, member, argument, cause, now)


def _may(clinic: Clinic, member: StaffMember, command: StaffCommand) -> bool:
    return command.action is None or policy.allowed(ByStaff(member.id), command.action, clinic)
