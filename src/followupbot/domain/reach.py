"""Whether those who are to be paged can be reached: a press shows it, each month anew; a block ends it at once."""

from datetime import datetime, timedelta

from followupbot.domain import duty
from followupbot.domain.addressing import role_words, staff_notice, stamp, to_group, to_staff
from followupbot.domain.clinic import Clinic, Group, Role, StaffBlocked, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.facts.reports import LadderReported
from followupbot.domain.facts.staff import ReachAsked, ReachConfirmed, StaffMemberBlocked, StaffMemberUnblocked
from followupbot.domain.ids import GroupId, StaffId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice, ReachPress

ASKED_AFTER = timedelta(days=28)
"""Each month (issue 5.1). A press of anything else would do too, but only this one says that it was read as a test."""

ASKED_AGAIN_AFTER = timedelta(days=3)
"""While nobody presses. Twice in the week that is left of `duty.REACH_HOLDS_FOR`; then lead and admin are told."""

GROUP_PRESSES_WITHIN = timedelta(days=1)
"""Whoever has just bound a group sees on the list that nobody has pressed yet; told it is when a day has gone."""


def block(clinic: Clinic, staff: StaffId, now: datetime) -> Decision:
    """Their chat refuses us: they can't be reached from this moment on, and lead and admin know."""
    member = clinic.member(staff)
    if member is None or member.chat is None:
        return Decision()
    told = tell(clinic, "staff/blocked", now, {"name": member.name, "role": role_words(member.role)}, staff, staff)
    return Decision((StaffMemberBlocked(now, staff),), told)


def unblock(clinic: Clinic, staff: StaffId, now: datetime) -> Decision:
    """Their chat takes our messages again; nothing where it always has."""
    member = clinic.member(staff)
    if member is None or not isinstance(member.state, StaffBlocked):
        return Decision()
    told = tell(clinic, "staff/unblocked", now, {"name": member.name, "role": role_words(member.role)}, staff, staff)
    return Decision((StaffMemberUnblocked(now, staff),), told)


def confirm(clinic: Clinic, whom: str, by: StaffMember, now: datetime) -> Decision:
    """The press has shown it. In a group anybody's counts who stands on its step; a private chat is its owner's."""
    group = clinic.group(GroupId(whom))
    if group is None and whom != by.id:
        return Decision(notice=staff_notice(clinic, "staff/notices/not_for_you"))
    if group is not None and by.role is not group.role:
        return Decision(notice=staff_notice(clinic, "staff/notices/not_for_you"))
    return Decision((ReachConfirmed(now, whom, by.id),), notice=staff_notice(clinic, "staff/notices/reached"))


def wake(clinic: Clinic, now: datetime) -> Decision:
    """Whoever is due has been asked, in opening hours; lead and admin know what is not ready about the ladder."""
    return _ask(clinic, now) + _report(clinic, now)


def next_wake_at(clinic: Clinic, now: datetime) -> datetime | None:
    """When somebody is to be asked, or somebody's press stops counting."""
    asking = [_ask_at(clinic, one, now) for one in _askable(clinic)]
    lapsing = [at for at in duty.unready_at(clinic, GROUP_PRESSES_WITHIN) if at > now]
    return min((*asking, *lapsing), default=None)


def question(clinic: Clinic, whom: StaffMember | Group, now: datetime) -> OutgoingMessage:
    """Whether what we send there is read, and the button that says so."""
    choices = ((Choice("here", ReachPress(whom.id)),),)
    key, subject = f"reach/{whom.id}/{stamp(now)}", f"reach/{whom.id}"
    params: dict[str, Param] = {"role": role_words(whom.role)}
    if isinstance(whom, Group):
        return to_group(clinic, whom, "staff/reach_group", key=key, subject=subject, params=params, choices=choices)
    return to_staff(clinic, whom.id, "staff/reach", key=key, subject=subject, params=params, choices=choices)


def tell(
    clinic: Clinic,
    message: str,
    now: datetime,
    params: dict[str, Param],
    about: str = "",
    but: StaffId | None = None,
) -> tuple[OutgoingMessage, ...]:
    """One message to each lead and admin who can be reached."""
    heads = (one for role in (Role.LEAD, Role.ADMIN) for one in clinic.reachable(role) if one.id != but)
    return tuple(
        to_staff(
            clinic,
            one.id,
            message,
            key=f"{message}/{about}/{stamp(now)}/{one.id}",
            subject=f"{message}/{one.id}",
            lane=Lane.ALERT,
            params=params,
        )
        for one in heads
    )


def _ask(clinic: Clinic, now: datetime) -> Decision:
    due = [one for one in _askable(clinic) if _ask_at(clinic, one, now) <= now]
    asked = tuple(ReachAsked(now, one.id) for one in due)
    return Decision(asked, tuple(question(clinic, one, now) for one in due))


def _askable(clinic: Clinic) -> tuple[StaffMember | Group, ...]:
    """Everybody on the ladder who can be written to, and the groups that are paged with them."""
    people = (one for role in Role if role in clinic.settings.paged for one in clinic.reachable(role))
    return (*people, *clinic.groups)


def _ask_at(clinic: Clinic, one: StaffMember | Group, now: datetime) -> datetime:
    """When the next question is due: while the clinic is open, and not while they are away.

    Whoever has never shown that they can be reached is asked at once.
    """
    if one.asked_at is not None:
        due_at = max(now, one.asked_at + ASKED_AGAIN_AFTER)
    else:
        due_at = now if one.verified_at is None else max(now, one.verified_at + ASKED_AFTER)
    if isinstance(one, StaffMember):
        due_at = duty.here_at(clinic, one, due_at)
    return clinic.settings.hours.next_open(due_at)


def _report(clinic: Clinic, now: datetime) -> Decision:
    """What has come to be not ready is told; that it is ready again is only kept."""
    found = duty.unready(clinic, now, GROUP_PRESSES_WITHIN)
    if found == clinic.unready_told:
        return Decision()
    told = tuple(
        message
        for unready in found
        if unready not in clinic.unready_told
        for message in tell(
            clinic, f"staff/unready_{unready.want}", now, {"role": role_words(unready.role)}, about=unready.role
        )
    )
    return Decision((LadderReported(now, found),), told)
