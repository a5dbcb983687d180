"""What the facts about the clinic add up to. Folding trims as it goes, so nothing grows with the years."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, assert_never

from followupbot.domain import watch_folding
from followupbot.domain.clinic import (
    GROUPS_MAX,
    NOTICES_MAX,
    Clinic,
    Group,
    Notice,
    StaffBlocked,
    StaffInvited,
    StaffJoined,
    StaffLeft,
    StaffMember,
)
from followupbot.domain.facts import ClinicFact
from followupbot.domain.facts.programme import BotNamed, ProgrammePublished, ZoneDataChanged
from followupbot.domain.facts.record import HeadsSealed, PatientErased
from followupbot.domain.facts.reports import DigestSent, LadderReported, OperatorNotified
from followupbot.domain.facts.rota import LeaveEnded, LeaveEntered, WeekAssigned
from followupbot.domain.facts.staff import (
    GroupBound,
    GroupUnbound,
    ReachAsked,
    ReachConfirmed,
    StaffMemberBlocked,
    StaffMemberInvited,
    StaffMemberJoined,
    StaffMemberRemoved,
    StaffMemberUnblocked,
)
from followupbot.domain.facts.watch import (
    CanaryPut,
    CanaryRaised,
    CanaryReceived,
    ClockConfirmed,
    ClockDoubted,
    IntakeInterrupted,
    InterruptionMended,
    TroubleBegan,
    TroubleEnded,
)
from followupbot.domain.ids import GroupId, StaffId
from followupbot.domain.rota_state import LEAVES_MAX, WEEKS_MAX, Leave, Week


def apply_to_clinic(clinic: Clinic, fact: ClinicFact) -> Clinic:
    """The clinic after the fact."""
    return replace(_folded(clinic, fact), version=clinic.version + 1)


def _folded(clinic: Clinic, fact: ClinicFact) -> Clinic:
    match fact:
        case ProgrammePublished():
            return replace(clinic, programme_version=fact.version)
        case BotNamed():
            return replace(clinic, bot_name=fact.name)
        case ZoneDataChanged():
            return replace(clinic, zone_data=fact.version)
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
        case WeekAssigned():
            return replace(clinic, rota=_with_week(clinic.rota, fact))
        case LeaveEntered():
            return replace(clinic, leave=_with_leave(clinic, fact.leave, fact.at.date()))
        case LeaveEnded():
            ended = (fact.staff, fact.first)
            return replace(clinic, leave=tuple(one for one in clinic.leave if (one.staff, one.first) != ended))
        case GroupBound():
            return _bound(clinic, fact)
        case GroupUnbound():
            return replace(clinic, groups=tuple(group for group in clinic.groups if group.id != fact.group))
        case LadderReported():
            return replace(clinic, unready_told=fact.unready)
        case DigestSent():
            return replace(clinic, digest_on=fact.day)
        case OperatorNotified():
            notice = Notice(fact.key, fact.detail, fact.at)
            return replace(clinic, notices=(*clinic.notices, notice)[-NOTICES_MAX:])
        case HeadsSealed() | PatientErased():
            return clinic
        case (
            IntakeInterrupted()
            | InterruptionMended()
            | TroubleBegan()
            | TroubleEnded()
            | CanaryPut()
            | CanaryRaised()
            | CanaryReceived()
            | ClockDoubted()
            | ClockConfirmed()
        ):
            return watch_folding.folded(clinic, fact)
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


def _with_week(rota: tuple[Week, ...], fact: WeekAssigned) -> tuple[Week, ...]:
    """The earliest first; a week without anybody stays, since the clinic keeps a rota, and that week is a gap in it."""
    others = [week for week in rota if week.monday != fact.monday]
    weeks = sorted((*others, Week(fact.monday, fact.staff)), key=lambda week: week.monday)
    return tuple(weeks[-WEEKS_MAX:])


def _with_leave(clinic: Clinic, entered: Leave, today: date) -> tuple[Leave, ...]:
    """What is entered takes the place of whatever leave of the same person it overlaps; what is over is forgotten."""
    others = [leave for leave in clinic.leave if leave.last >= today and not leave.overlaps(entered)]
    return (*others, entered)[-LEAVES_MAX:]


def _bound(clinic: Clinic, fact: GroupBound) -> Clinic:
    """A chat is bound once: bound again it pages for the other role."""
    others = tuple(group for group in clinic.groups if group.chat != fact.chat and group.id != fact.group)
    bound = Group(fact.group, fact.chat, fact.role, bound_at=fact.at, asked_at=fact.at)
    count = max(clinic.group_count, int(fact.group[1:]))
    return replace(clinic, groups=(*others, bound)[-GROUPS_MAX:], group_count=count)
