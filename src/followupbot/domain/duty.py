"""Who is paged, by what the clinic knows of its people at that time: rota, leave and cover, opening hours (0.7).

Everything here is looked up when somebody is paged, never when an alert is raised. Pure reads of the clinic.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from followupbot.domain.clinic import Clinic, Group, Role, StaffLeft, StaffMember, Unready, Want
from followupbot.domain.ids import StaffId
from followupbot.domain.rota_state import Leave, monday_of
from followupbot.domain.schedule import resolve

CLINICAL = (Role.CLINICIAN, Role.LEAD)
"""Who may take an alert; `application.policy` says the same."""

COVERS_MAX = 5
"""So far a cover is followed to the cover's own cover; further, nobody knows any more who it is."""

GAP_SHOWN_BEFORE = timedelta(days=7)
"""A gap in the rota is shown so long before (clinical.md 0.7)."""

REACH_HOLDS_FOR = timedelta(days=35)
"""Each month they are asked whether they can be reached, with a week to press; then it counts as not shown."""


@dataclass(frozen=True)
class Gap:
    """From that day through the last one nobody is on call (`role` is None), or the role's people are all away."""

    role: Role | None
    first: date
    last: date


def leave_on(clinic: Clinic, staff: StaffId, day: date) -> Leave | None:
    """That person's leave on that day; None where they are not away."""
    return next((leave for leave in clinic.leave if leave.staff == staff and leave.on(day)), None)


def stands_in(clinic: Clinic, member: StaffMember, day: date) -> StaffMember | None:
    """Who works in that person's place on that day: themselves, or whoever covers for them; None where nobody does."""
    for _ in range(COVERS_MAX):
        if isinstance(member.state, StaffLeft):
            return None
        leave = leave_on(clinic, member.id, day)
        if leave is None:
            return member
        cover = None if leave.cover is None else clinic.member(leave.cover)
        if cover is None:
            return None
        member = cover
    return None


def present(clinic: Clinic, role: Role, now: datetime) -> tuple[StaffMember, ...]:
    """Everybody of that role who can be reached and is not away, and whoever covers for one who is."""
    day = clinic.settings.hours.today(now)
    return _reachable(stands_in(clinic, member, day) for member in clinic.staff if member.role is role)


def here_at(clinic: Clinic, member: StaffMember, at: datetime) -> datetime:
    """That time, where they are not away then, else the midnight that ends their leave."""
    for _ in range(len(clinic.leave)):
        leave = leave_on(clinic, member.id, clinic.settings.hours.today(at))
        if leave is None:
            break
        at = resolve(leave.last + timedelta(days=1), time(), clinic.settings.hours.zone)
    return at


def assigned(clinic: Clinic, day: date) -> tuple[StaffMember, ...]:
    """Whose week that day is, by the rota, whether or not they are away."""
    week = next((week for week in clinic.rota if week.monday == monday_of(day)), None)
    found = () if week is None else (clinic.member(staff) for staff in week.staff)
    return tuple(member for member in found if member is not None and not isinstance(member.state, StaffLeft))


def on_call(clinic: Clinic, now: datetime, role: Role | None = None) -> tuple[StaffMember, ...]:
    """Who is on call now and can be reached, leave counted; with `role`, whoever is on call on that step."""
    day = clinic.settings.hours.today(now)
    asked = (member for member in assigned(clinic, day) if role is None or member.role is role)
    found = _reachable(stands_in(clinic, member, day) for member in asked)
    return tuple(member for member in found if member.role in CLINICAL)


def to_page(
    clinic: Clinic, role: Role, now: datetime, *, at_any_hour: bool, everybody: bool = False
) -> tuple[StaffMember, ...]:
    """Who is paged when it is that step's turn; nobody: the next step is tried.

    Out of hours only whoever is on call, but for what goes at any hour. Else whoever is on call on that step, and where
    that is nobody, or with `everybody`, the whole step.
    """
    called = on_call(clinic, now, role)
    if not at_any_hour and not is_open(clinic, now):
        return called
    whole = present(clinic, role, now)
    return whole if everybody or not called else called


def anybody(clinic: Clinic, now: datetime) -> tuple[StaffMember, ...]:
    """For an emergency that reaches nobody on its ladder: every clinician and lead, at last also those who are away."""
    here = [one for role in CLINICAL for one in present(clinic, role, now) if one.role in CLINICAL]
    return tuple(dict.fromkeys(here or (member for role in CLINICAL for member in clinic.reachable(role))))


def may_buzz_at(clinic: Clinic, at: datetime) -> datetime:
    """When somebody may first be buzzed for what does not go at any hour, at that time or later.

    At opening; out of hours as soon as somebody is on call, which changes at midnight.
    """
    opens = clinic.settings.hours.next_open(at)
    for then in (at, *_midnights(clinic, at, opens)):
        if then < opens and on_call(clinic, then):
            return then
    return opens


def is_open(clinic: Clinic, now: datetime) -> bool:
    """Whether the clinic is open now."""
    return clinic.settings.hours.next_open(now) == now


def groups_to_page(clinic: Clinic, role: Role, now: datetime, *, at_any_hour: bool) -> tuple[Group, ...]:
    """The groups that are paged with that step. Out of hours none is, but for what goes at any hour."""
    may = at_any_hour or is_open(clinic, now)
    return tuple(group for group in clinic.groups if group.role is role) if may else ()


# -- what is to be seen to ---------------------------------------------------------------------------------------------


def gaps(clinic: Clinic, now: datetime) -> tuple[Gap, ...]:
    """What the next seven days lack: somebody on call, where the clinic keeps a rota; somebody on each step.

    Today counts. Who can't be reached is no gap but a step that is not ready: see `unready`.
    """
    first = clinic.settings.hours.today(now)
    days = [first + timedelta(days=ahead) for ahead in range(GAP_SHOWN_BEFORE.days + 1)]
    found: list[Gap] = []
    if clinic.rota:
        found += _runs(None, (day for day in days if not _works(clinic, assigned(clinic, day), day)))
    for role in clinic.settings.paged:
        people = [member for member in clinic.staff if member.role is role and not isinstance(member.state, StaffLeft)]
        if people:  # a step that nobody ever stands on is not ready, and no matter of days
            found += _runs(role, (day for day in days if not _works(clinic, people, day)))
    return tuple(found)


def is_gap(clinic: Clinic, member: StaffMember, day: date) -> bool:
    """Whether that member's step, or the week in which they are on call, has nobody on that day."""
    week = assigned(clinic, day)
    people = [one for one in clinic.staff if one.role is member.role and not isinstance(one.state, StaffLeft)]
    return not _works(clinic, people, day) or (member in week and not _works(clinic, week, day))


def unready(clinic: Clinic, now: datetime, group_presses_within: timedelta = timedelta()) -> tuple[Unready, ...]:
    """The steps of the ladders on which nobody can be reached, or nobody has shown in the last month that they can.

    A group that is paged with a step counts by itself; one that was bound just now has that long for its first press.
    """
    found = []
    for role in clinic.settings.paged:
        want = _want(clinic, role, now)
        found += [Unready(role, want)] if want is not None else []
        groups = (group for group in clinic.groups if group.role is role)
        if any(now >= _unread_at(group, group_presses_within) for group in groups):
            found.append(Unready(role, Want.GROUP))
    return tuple(found)


def unready_at(clinic: Clinic, group_presses_within: timedelta) -> tuple[datetime, ...]:
    """When a press that somebody gave once stops counting, or one that a group was asked for has not come."""
    pressed = (member.verified_at for member in clinic.staff if member.chat is not None)
    lapse = tuple(at + REACH_HOLDS_FOR for at in pressed if at is not None)
    return (*lapse, *(_unread_at(group, group_presses_within) for group in clinic.groups))


def _unread_at(group: Group, presses_within: timedelta) -> datetime:
    """From when on nobody knows whether that group is read."""
    if group.verified_at is None:
        return group.bound_at + presses_within
    return group.verified_at + REACH_HOLDS_FOR


def _want(clinic: Clinic, role: Role, now: datetime) -> Want | None:
    people = clinic.reachable(role)
    if not people:
        return Want.NOBODY
    verified = any(one.verified_at is not None and now < one.verified_at + REACH_HOLDS_FOR for one in people)
    return None if verified else Want.UNVERIFIED


def _works(clinic: Clinic, people: Iterable[StaffMember], day: date) -> bool:
    return any(stands_in(clinic, member, day) is not None for member in people)


def _runs(role: Role | None, days: Iterable[date]) -> Iterator[Gap]:
    """Days that follow each other are one gap."""
    run: Gap | None = None
    for day in days:
        if run is not None and day == run.last + timedelta(days=1):
            run = Gap(role, run.first, day)
            continue
        if run is not None:
            yield run
        run = Gap(role, day, day)
    if run is not None:
        yield run


def _reachable(people: Iterable[StaffMember | None]) -> tuple[StaffMember, ...]:
    return tuple(dict.fromkeys(member for member in people if member is not None and member.chat is not None))


def _midnights(clinic: Clinic, after: datetime, before: datetime) -> Iterator[datetime]:
    hours = clinic.settings.hours
    day = hours.today(after) + timedelta(days=1)
    while (midnight := resolve(day, time(), hours.zone)) < before:
        yield midnight
        day += timedelta(days=1)
