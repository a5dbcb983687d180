"""Who is on call in which week, who is away and who covers, which groups are paged: facts of the clinic (0.7)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from followupbot.domain import reach
from followupbot.domain.addressing import role_words
from followupbot.domain.clinic import GROUPS_MAX, Clinic, Group, Role
from followupbot.domain.decision import Decision
from followupbot.domain.facts.rota import LeaveEnded, LeaveEntered, WeekAssigned
from followupbot.domain.facts.staff import GroupBound, GroupUnbound
from followupbot.domain.folding import apply_to_clinic
from followupbot.domain.ids import ChatId, GroupId, StaffId
from followupbot.domain.rota_state import Leave, monday_of

LEAVE_DAYS_MAX = 366
"""Longer than a year is a mistyped date, or somebody who has left."""

WEEKS_AHEAD_MAX = 104
"""Two years: a rota further ahead is a mistyped date."""

ON_CALL_MAX = 20
"""People on call in one week; more is everybody."""


def assign(clinic: Clinic, monday: date, staff: Iterable[StaffId], now: datetime) -> Decision:
    """These are on call in that week, and nobody else; nothing where they are already."""
    assert monday == monday_of(monday), "a week begins on Monday"
    named = tuple(dict.fromkeys(staff))
    known = next((week.staff for week in clinic.rota if week.monday == monday), None)
    return Decision() if known == named else Decision((WeekAssigned(now, monday, named),))


def send_away(clinic: Clinic, leave: Leave, now: datetime) -> Decision:
    """They are away on those days; nothing where that was entered before."""
    return Decision() if leave in clinic.leave else Decision((LeaveEntered(now, leave),))


def come_back(clinic: Clinic, staff: StaffId, now: datetime) -> Decision:
    """The leave that runs now holds no more, or, where none does, the next one; nothing where there is none."""
    day = clinic.settings.hours.today(now)
    coming = [leave for leave in clinic.leave if leave.staff == staff and leave.last >= day]
    first = min(coming, key=lambda leave: leave.first, default=None)
    return Decision() if first is None else Decision((LeaveEnded(now, staff, first.first),))


def bind(clinic: Clinic, chat: ChatId, role: Role, now: datetime) -> Decision:
    """That group is paged with everybody of the role, and is asked for a press that shows that it is read."""
    known = next((group for group in clinic.groups if group.chat == chat), None)
    if known is None and len(clinic.groups) >= GROUPS_MAX:
        return Decision()
    group = GroupId(f"g{clinic.group_count + 1}") if known is None else known.id
    bound = Decision((GroupBound(now, group, chat, role),))
    then = after(clinic, bound)
    found = then.group(group)
    assert found is not None, "it has just been bound"
    return bound + Decision(outgoing=(reach.question(then, found, now),))


def unbind(clinic: Clinic, group: Group, now: datetime, *, lost: bool) -> Decision:
    """It is paged no more; where we lost it, lead and admin know."""
    told = reach.tell(clinic, "staff/group_lost", now, {"role": role_words(group.role)}, group.id) if lost else ()
    return Decision((GroupUnbound(now, group.id, lost),), told)


def after(clinic: Clinic, decision: Decision) -> Clinic:
    """The clinic once the decision is kept."""
    for fact in decision.clinic_facts:
        clinic = apply_to_clinic(clinic, fact)
    return clinic


def last_monday(today: date) -> date:
    """The last week that the rota may be entered for."""
    return monday_of(today) + timedelta(weeks=WEEKS_AHEAD_MAX)


def week_ends(monday: date) -> date:
    """The last day of that week."""
    return monday + timedelta(days=6)
