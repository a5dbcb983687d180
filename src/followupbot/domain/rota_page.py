"""What staff read who ask for the rota, or have entered leave: who is on call, who is away, and what is missing."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from followupbot.domain import duty, rota
from followupbot.domain.addressing import role_words, stamp, to_staff
from followupbot.domain.clinic import Clinic, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.ids import MessageKey, StaffId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.params import Day, Line, Lines, Param
from followupbot.domain.rota_state import Leave, monday_of
from followupbot.domain.staff_manual import reply

WEEKS_SHOWN = 5
"""This week and four more: as far as a rota is mostly planned."""

LEAVES_SHOWN_MAX = 20
"""What fits into one message beside the weeks."""


def show(clinic: Clinic, member: StaffMember, now: datetime) -> Decision:
    """Who is on call this week and in the next four, who is away, and what is missing."""
    lines = Lines((*_weeks(clinic, now), *_away(clinic, now)))
    return reply(clinic, member, "staff/rota", now, {"lines": lines, "until": leave_ahead(clinic, now)["until"]})


def leave_ahead(clinic: Clinic, now: datetime) -> dict[str, Param]:
    """Days as one may type them, for an example: `first` and `until`, the week that begins a week from now."""
    first = clinic.settings.hours.today(now) + timedelta(weeks=1)
    return {"first": first.isoformat(), "until": (first + timedelta(days=6)).isoformat()}


def leave_entered(clinic: Clinic, member: StaffMember, leave: Leave, now: datetime) -> Decision:
    """Whoever entered it reads what holds now; the one who is away, and whoever covers, know it too."""
    params: dict[str, Param] = {
        "name": clinic.name(leave.staff),
        "first": Day(leave.first),
        "last": Day(leave.last),
        "cover": None if leave.cover is None else clinic.name(leave.cover),
    }
    days = {name: params[name] for name in ("first", "last")}
    told = [
        _tell(clinic, one, message, shown, now)
        for one, message, shown in (
            (leave.staff, "staff/you_are_away", {**days, "cover": params["cover"]}),
            (leave.cover, "staff/you_cover", {**days, "name": params["name"]}),
        )
        if one is not None and one != member.id
    ]
    mine = reply(clinic, member, "staff/away_set", now, {**params, "gap": _leaves_gap(clinic, leave)})
    return mine + Decision(outgoing=tuple(message for found in told for message in found))


def came_back(clinic: Clinic, member: StaffMember, staff: StaffId, now: datetime) -> Decision:
    """Their leave has ended."""
    return reply(clinic, member, "staff/back_set", now, {"name": clinic.name(staff)})


def _weeks(clinic: Clinic, now: datetime) -> tuple[Line, ...]:
    if not clinic.rota:
        return (Line(MessageKey("staff/rota_none"), {}),)
    first = monday_of(clinic.settings.hours.today(now))
    mondays = [first + timedelta(weeks=ahead) for ahead in range(WEEKS_SHOWN)]
    names = [", ".join(one.name for one in duty.assigned(clinic, monday)) for monday in mondays]
    return tuple(
        Line(MessageKey("staff/rota_week"), {"first": Day(monday), "last": Day(rota.week_ends(monday)), "names": on})
        for monday, on in ((monday, name or None) for monday, name in zip(mondays, names, strict=True))
    )


def _away(clinic: Clinic, now: datetime) -> tuple[Line, ...]:
    """The leave that is not over yet, and the gaps of the next seven days."""
    coming = sorted(
        (leave for leave in clinic.leave if leave.last >= clinic.settings.hours.today(now)), key=lambda one: one.first
    )
    lines = [
        Line(
            MessageKey("staff/rota_away"),
            {
                "name": clinic.name(leave.staff),
                "first": Day(leave.first),
                "last": Day(leave.last),
                "cover": None if leave.cover is None else clinic.name(leave.cover),
            },
        )
        for leave in coming[:LEAVES_SHOWN_MAX]
    ]
    return (*lines, *gap_lines(clinic, now, "staff/rota_gap"))


def gap_lines(clinic: Clinic, now: datetime, message: str) -> tuple[Line, ...]:
    """A line for each gap of the next seven days, in that message's words: the list and the digest have their own."""
    return tuple(
        Line(
            MessageKey(message),
            {
                "role": None if gap.role is None else role_words(gap.role),
                "first": Day(gap.first),
                "last": None if gap.last == gap.first else Day(gap.last),
            },
        )
        for gap in duty.gaps(clinic, now)
    )


def _leaves_gap(clinic: Clinic, leave: Leave) -> bool:
    """Whether somebody's step, or their week, has nobody on one of those days."""
    member = clinic.member(leave.staff)
    assert member is not None, "leave is somebody's who works here"
    days = [leave.first + timedelta(days=ahead) for ahead in range((leave.last - leave.first).days + 1)]
    return any(duty.is_gap(clinic, member, day) for day in days)


def _tell(
    clinic: Clinic, staff: StaffId, message: str, params: Mapping[str, Param], now: datetime
) -> tuple[OutgoingMessage, ...]:
    member = clinic.member(staff)
    if member is None or member.chat is None:
        return ()
    key, subject = f"{message}/{staff}/{stamp(now)}", f"staff/{staff}"
    return (to_staff(clinic, staff, message, key=key, subject=subject, lane=Lane.REPLY, params=params),)
