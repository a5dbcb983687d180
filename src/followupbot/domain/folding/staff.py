"""What the facts about staff, groups and whom our messages reach add up to."""

from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from followupbot.domain.clinic import (
    GROUPS_MAX,
    Clinic,
    Group,
    StaffBlocked,
    StaffInvited,
    StaffJoined,
    StaffLeft,
    StaffMember,
)
from followupbot.domain.facts.staff import (
    GroupBound,
    GroupUnbound,
    ReachAsked,
    ReachConfirmed,
    StaffFact,
    StaffMemberBlocked,
    StaffMemberInvited,
    StaffMemberJoined,
    StaffMemberRemoved,
    StaffMemberUnblocked,
)
from followupbot.domain.ids import GroupId, StaffId


def folded(clinic: Clinic, fact: StaffFact) -> Clinic:
    """The clinic after the fact, but for its version."""
    match fact:
        case StaffMemberInvited():
            invited = StaffMember(fact.staff, fact.name, fact.role, StaffInvited(fact.token_hash, fact.expires_at))
            others = tuple(member for member in clinic.staff if member.id != fact.staff)
            return replace(clinic, staff=(*others, invited))
        case StaffMemberJoined():
            # Start was pressed in that very chat: what we send there is read.
            return _member(clinic, fact.staff, state=StaffJoined(fact.chat), verified_at=fact.at, asked_at=None)
        case StaffMemberRemoved():
            return _left(clinic, fact.staff)
        case StaffMemberBlocked():
            chat = _the_member(clinic, fact.staff).own_chat
            return clinic if chat is None else _member(clinic, fact.staff, state=StaffBlocked(chat))
        case StaffMemberUnblocked():
            chat = _the_member(clinic, fact.staff).own_chat
            return clinic if chat is None else _member(clinic, fact.staff, state=StaffJoined(chat))
        case ReachAsked():
            return _reach(clinic, fact.whom, asked_at=fact.at)
        case ReachConfirmed():
            return _reach(clinic, fact.whom, verified_at=fact.at, asked_at=None)
        case GroupBound():
            return _bound(clinic, fact)
        case GroupUnbound():
            return replace(clinic, groups=tuple(group for group in clinic.groups if group.id != fact.group))
        case _:
            assert_never(fact)


def _the_member(clinic: Clinic, staff: StaffId) -> StaffMember:
    found = clinic.member(staff)
    assert found is not None, "nobody is ever struck off the staff"
    return found


def _member(clinic: Clinic, staff: StaffId, **changes: Any) -> Clinic:
    changed = (replace(member, **changes) if member.id == staff else member for member in clinic.staff)
    return replace(clinic, staff=tuple(changed))


def _left(clinic: Clinic, staff: StaffId) -> Clinic:
    """They stand on no week of the rota any more, and cover for nobody; who they covered for is away without cover."""
    gone = _member(clinic, staff, state=StaffLeft())
    rota = tuple(replace(week, staff=tuple(one for one in week.staff if one != staff)) for week in clinic.rota)
    leave = tuple(
        replace(leave, cover=None) if leave.cover == staff else leave for leave in clinic.leave if leave.staff != staff
    )
    return replace(gone, rota=rota, leave=leave)


def _reach(clinic: Clinic, whom: str, **times: datetime | None) -> Clinic:
    if clinic.group(GroupId(whom)) is None:
        return _member(clinic, StaffId(whom), **times)
    groups = (replace(group, **times) if group.id == whom else group for group in clinic.groups)  # type: ignore[arg-type] # times only
    return replace(clinic, groups=tuple(groups))


def _bound(clinic: Clinic, fact: GroupBound) -> Clinic:
    """A chat is bound once: bound again it pages for the other role."""
    others = tuple(group for group in clinic.groups if group.chat != fact.chat and group.id != fact.group)
    bound = Group(fact.group, fact.chat, fact.role, bound_at=fact.at, asked_at=fact.at)
    count = max(clinic.group_count, int(fact.group[1:]))
    return replace(clinic, groups=(*others, bound)[-GROUPS_MAX:], group_count=count)
