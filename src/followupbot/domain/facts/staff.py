"""Who works at the clinic, whom our messages reach, and which groups are paged."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.clinic import Role
from followupbot.domain.ids import ChatId, GroupId, StaffId, TokenHash


@dataclass(frozen=True)
class StaffMemberInvited:
    """A link for a new staff member went out, or a new one for somebody who had not joined."""

    at: datetime
    staff: StaffId
    name: str
    role: Role
    token_hash: TokenHash
    expires_at: datetime
    kind: Literal["staff_member_invited"] = "staff_member_invited"


@dataclass(frozen=True)
class StaffMemberJoined:
    """The link was used: this is their chat from now on."""

    at: datetime
    staff: StaffId
    chat: ChatId
    kind: Literal["staff_member_joined"] = "staff_member_joined"


@dataclass(frozen=True)
class StaffMemberRemoved:
    """They may do nothing any more."""

    at: datetime
    staff: StaffId
    kind: Literal["staff_member_removed"] = "staff_member_removed"


@dataclass(frozen=True)
class StaffMemberBlocked:
    """Their chat refuses our messages: they can't be paged."""

    at: datetime
    staff: StaffId
    kind: Literal["staff_member_blocked"] = "staff_member_blocked"


@dataclass(frozen=True)
class StaffMemberUnblocked:
    """Their chat takes our messages again."""

    at: datetime
    staff: StaffId
    kind: Literal["staff_member_unblocked"] = "staff_member_unblocked"


@dataclass(frozen=True)
class GroupBound:
    """That group chat is paged with everybody of the role."""

    at: datetime
    group: GroupId
    chat: ChatId
    role: Role
    kind: Literal["group_bound"] = "group_bound"


@dataclass(frozen=True)
class GroupUnbound:
    """It is paged no more: somebody took it off the ladder, or the bot is no member of it any longer (`lost`)."""

    at: datetime
    group: GroupId
    lost: bool
    kind: Literal["group_unbound"] = "group_unbound"


@dataclass(frozen=True)
class ReachAsked:
    """They were asked to show by a press that what we send is read. `whom` is a staff member's or a group's id."""

    at: datetime
    whom: str
    kind: Literal["reach_asked"] = "reach_asked"


@dataclass(frozen=True)
class ReachConfirmed:
    """A press has shown that what we send to that staff member, or that group, is read."""

    at: datetime
    whom: str
    by: StaffId
    kind: Literal["reach_confirmed"] = "reach_confirmed"


StaffFact = (
    StaffMemberInvited
    | StaffMemberJoined
    | StaffMemberRemoved
    | StaffMemberBlocked
    | StaffMemberUnblocked
    | GroupBound
    | GroupUnbound
    | ReachAsked
    | ReachConfirmed
)
