"""The people who work at the clinic: inviting them, their joining and leaving; and what the operator is told."""

from datetime import datetime

from followupbot.domain.addressing import role_words, stamp, to_chat, to_operators, to_staff
from followupbot.domain.clinic import Clinic, Role, StaffInvited, StaffJoined, StaffLeft, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.facts.reports import OperatorNotified
from followupbot.domain.facts.staff import StaffMemberInvited, StaffMemberJoined, StaffMemberRemoved
from followupbot.domain.folding import apply_to_clinic
from followupbot.domain.ids import ChatId, Language, PatientId, StaffId, TokenHash
from followupbot.domain.outgoing import Lane

NAME_LENGTH_MAX = 60
"""A name stands in a button's answer and in a line of an alert."""


def called(clinic: Clinic, name: str) -> StaffMember | None:
    """The staff member of that name who has not left."""
    wanted = name.strip().casefold()
    return next(
        (
            member
            for member in clinic.staff
            if member.name.casefold() == wanted and not isinstance(member.state, StaffLeft)
        ),
        None,
    )


def invite(clinic: Clinic, name: str, role: Role, token: TokenHash, expires_at: datetime, now: datetime) -> Decision:
    """A link is out. For somebody of that name who has not joined yet it takes the older link's place."""
    known = called(clinic, name)
    assert known is None or not isinstance(known.state, StaffJoined), "names are unique among those who work here"
    staff = known.id if known else StaffId(f"s{len(clinic.staff) + 1}")
    return Decision((StaffMemberInvited(now, staff, name.strip(), role, token, expires_at),))


def join(clinic: Clinic, chat: ChatId, token: TokenHash, now: datetime, language: Language | None = None) -> Decision:
    """The chat is this staff member's from now on. A link that leads nowhere is refused like a patient's."""
    for member in clinic.staff:
        state = member.state
        if isinstance(state, StaffInvited) and state.token_hash == token and now < state.expires_at:
            joined = StaffMemberJoined(now, member.id, chat)
            welcome = to_staff(
                apply_to_clinic(clinic, joined),
                member.id,
                "staff/welcome",
                key=f"staff/{member.id}/welcome/{clinic.version}",
                subject=f"staff/{member.id}",
                lane=Lane.REPLY,
                params={
                    "name": member.name,
                    "role": role_words(member.role),
                    "paged": member.role in clinic.settings.paged,
                },
            )
            return Decision((joined,), (welcome,))
    return Decision(outgoing=(to_chat(clinic, chat, "enrolment/link_refused", now, language=language),))


def remove(staff: StaffId, now: datetime) -> Decision:
    """They may do nothing any more, and are paged no more."""
    return Decision((StaffMemberRemoved(now, staff),))


def not_understood(clinic: Clinic, member: StaffMember, now: datetime) -> Decision:
    """What a staff member hears who writes something that is no command."""
    key = f"staff/{member.id}/not_understood/{stamp(now)}"
    reply = to_staff(clinic, member.id, "staff/not_understood", key=key, subject=f"staff/{member.id}", lane=Lane.REPLY)
    return Decision(outgoing=(reply,))


def page_everybody(clinic: Clinic, patient: PatientId, now: datetime) -> Decision:
    """The plainest page there is, to everybody on a ladder and the operator: an alert's own timers have failed."""
    pages = tuple(
        to_staff(
            clinic,
            member.id,
            "alerts/fallback",
            key=f"fallback/{patient}/{stamp(now)}/{member.id}",
            subject=f"fallback/{patient}",
            params={"code": patient},
        )
        for role in clinic.settings.paged
        for member in clinic.reachable(role)
    )
    return Decision(outgoing=pages) + notify_operator(clinic, "chart_failed", patient, now)


def ask_which_step(clinic: Clinic, chat: ChatId, now: datetime) -> Decision:
    """What a group hears that is to be paged, and nobody said with which step of a ladder."""
    steps = ", ".join(clinic.settings.paged)
    return Decision(outgoing=(to_chat(clinic, chat, "staff/group_ask", now, {"steps": steps}),))


def say_unbound(clinic: Clinic, chat: ChatId, now: datetime) -> Decision:
    """What a group hears that is paged no more."""
    return Decision(outgoing=(to_chat(clinic, chat, "staff/group_unbound", now),))


def notify_operator(clinic: Clinic, key: str, detail: str, now: datetime) -> Decision:
    """The operator is told, and `status` shows it: every admin with a chat gets a message."""
    return Decision((OperatorNotified(now, key, detail),), to_operators(clinic, key, detail, now))
