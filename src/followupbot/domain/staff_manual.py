"""What a staff member hears who asks what can be done here, or asks for what there is not."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from followupbot.domain.addressing import stamp, to_staff
from followupbot.domain.clinic import Clinic, Role, StaffMember
from followupbot.domain.decision import Actor, ByStaff, Decision, FreeText
from followupbot.domain.ids import MessageKey, PatientId
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Line, Lines, Param, Words
from followupbot.domain.presses import Choice

STAFF_COMMANDS = (
    "alerts",
    "list",
    "review",
    "patient",
    "schedule",
    "handover",
    "away",
    "back",
    "rota",
    "invite",
    "staff",
    "status",
    "help",
)
"""In the order of the menu. Each has its words in `staff_commands/<name>`, which the menu and `/help` show; who may
send which is in `application.staff_commands`."""


STAFF_STATES = ("invited", "expired", "joined", "blocked", "left")
"""The words are `staff/admin/states/<state>`."""

INVITE_PROBLEMS = (
    "unknown_protocol",
    "unknown_zone",
    "unknown_language",
    "hour_outside_daytime",
    "surgery_too_early",
    "surgery_too_far_ahead",
    "born_impossible",
    "under_age",
    "unreadable",
    "which_protocol",
    "no_bot",
    "name_taken",
    "name_unfit",
)
"""Why no link was made; the words are `staff/admin/invite_problems/<problem>`."""


def help_(clinic: Clinic, member: StaffMember, commands: Sequence[str], now: datetime) -> Decision:
    """Every command that this member may send, in plain words."""
    lines = tuple(
        Line(MessageKey("staff/help_line"), {"command": name, "does": Words(MessageKey(f"staff_commands/{name}"))})
        for name in commands
    )
    params: dict[str, Param] = {"lines": Lines(lines), "paged": member.role in clinic.settings.paged}
    return reply(clinic, member, "staff/help", now, params)


def unknown_command(clinic: Clinic, member: StaffMember, now: datetime) -> Decision:
    """There is no such command; `/help` has those that there are."""
    return reply(clinic, member, "staff/unknown_command", now)


def not_for_this_role(clinic: Clinic, member: StaffMember, now: datetime) -> Decision:
    """There is such a command, and this member may not send it."""
    return reply(clinic, member, "staff/not_for_this_role", now)


def tell_of_broken_glass(clinic: Clinic, code: PatientId, by: Actor, reason: str, now: datetime) -> Decision:
    """Every lead knows that somebody saw a patient without the right; why is kept with the patient's texts alone."""
    member = clinic.member(by.staff) if isinstance(by, ByStaff) else None
    params: dict[str, Param] = {"code": code, "name": "terminal" if member is None else member.name}
    told = tuple(
        to_staff(
            clinic,
            lead.id,
            "staff/glass_broken",
            key=f"glass_broken/{code}/{stamp(now)}/{lead.id}",
            subject=f"glass_broken/{code}",
            params=params,
        )
        for lead in clinic.reachable(Role.LEAD)
    )
    return Decision(outgoing=told, texts=(FreeText(f"break_glass/{stamp(now)}", reason),))


def reply(
    clinic: Clinic,
    member: StaffMember,
    message: str,
    now: datetime,
    params: Mapping[str, Param] | None = None,
    choices: tuple[tuple[Choice, ...], ...] = (),
) -> Decision:
    """One message to the member, in answer to what they sent at that moment."""
    name = message.rpartition("/")[2]
    key, subject = f"staff/{member.id}/{name}/{stamp(now)}", f"staff/{member.id}"
    answer = to_staff(
        clinic, member.id, message, key=key, subject=subject, lane=Lane.REPLY, params=params, choices=choices
    )
    return Decision(outgoing=(answer,))
