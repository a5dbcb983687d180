"""Leave, cover and the rota, entered by a slash command. The terminal enters the same by the same functions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from followupbot.application import admins, policy
from followupbot.application.arguments import read_days, read_until
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import duty, handling, rota, rota_page, staff_manual
from followupbot.domain.clinic import Clinic, StaffLeft, StaffMember
from followupbot.domain.decision import Actor, ByStaff, Cause, Decision
from followupbot.domain.ids import StaffId
from followupbot.domain.params import Param
from followupbot.domain.rota_state import Leave, monday_of

NOBODY = "-"
"""Behind a week's Monday: nobody is on call in it."""

KEYWORDS_MAX = 1
"""Words that may stand around a date or a name and mean nothing to us: `until`, `hasta`, `cover`."""


@dataclass(frozen=True)
class Refused:
    """What was typed is no leave; `why` is `dates`, `too_long`, `name` or `cover`."""

    why: str


def away(store: Store, member: StaffMember, argument: str, cause: Cause, now: datetime) -> Decision:
    """`/away until DATE [cover NAME]`, or with two dates; a lead may put a colleague's name first."""

    def decide(clinic: Clinic) -> Decision:
        leave = read_leave(clinic, member, argument, now)
        if isinstance(leave, Refused):
            return staff_manual.reply(
                clinic, member, f"staff/away_{leave.why}", now, _expected(clinic, member, leave, now)
            )
        entered = rota.send_away(clinic, leave, now)
        return entered + rota_page.leave_entered(rota.after(clinic, entered), member, leave, now)

    wanted = read_leave(store.clinic(), member, argument, now)
    others = isinstance(wanted, Leave) and wanted.staff != member.id
    if others and not policy.allowed(ByStaff(member.id), Action.ENTER_LEAVE_OF_OTHERS, store.clinic()):
        store.record_refusal(cause, Action.ENTER_LEAVE_OF_OTHERS, "/away", now)
        return store.transact_clinic(cause, lambda clinic: staff_manual.not_for_this_role(clinic, member, now))
    return store.transact_clinic(cause, decide)


def _expected(clinic: Clinic, member: StaffMember, refused: Refused, now: datetime) -> dict[str, Param]:
    """What could have been typed: whom there is, and days, where those were not understood."""
    days = rota_page.leave_ahead(clinic, now) if refused.why == "dates" else {}
    return {"names": ", ".join(one.name for one in _colleagues(clinic, member)) or None, **days}


def back(store: Store, member: StaffMember, _: str, cause: Cause, now: datetime) -> Decision:
    """`/back`: the leave that runs, or the next one, ends."""

    def decide(clinic: Clinic) -> Decision:
        ended = rota.come_back(clinic, member.id, now)
        if not ended.facts:
            return staff_manual.reply(clinic, member, "staff/back_nothing", now)
        return ended + rota_page.came_back(clinic, member, member.id, now)

    return store.transact_clinic(cause, decide)


def show_or_assign(store: Store, member: StaffMember, argument: str, cause: Cause, now: datetime) -> Decision:
    """`/rota` shows it; `/rota MONDAY NAME, NAME` says who is on call in that week, for whoever keeps the rota."""
    if not argument.strip():
        return store.transact_clinic(cause, lambda clinic: rota_page.show(clinic, member, now))
    if not policy.allowed(ByStaff(member.id), Action.KEEP_ROTA, store.clinic()):
        store.record_refusal(cause, Action.KEEP_ROTA, "/rota", now)
        return store.transact_clinic(cause, lambda clinic: staff_manual.not_for_this_role(clinic, member, now))

    def decide(clinic: Clinic) -> Decision:
        week = read_week(clinic, argument, now)
        if week is None:
            names = ", ".join(one.name for one in on_call_choices(clinic))
            return staff_manual.reply(clinic, member, "staff/rota_ask", now, {"names": names or None})
        assigned = rota.assign(clinic, *week, now)
        return assigned + rota_page.show(rota.after(clinic, assigned), member, now)

    return store.transact_clinic(cause, decide)


def hand_over(store: Store, member: StaffMember, argument: str, cause: Cause, now: datetime) -> Decision:
    """`/handover NAME`: that colleague is asked to take everything that the member has in hand.

    Until they take it, it is whose it was. Each alert is its own decision; the last one answers.
    """
    colleague = _called(argument, _colleagues(store.clinic(), member))
    held = store.in_hand(member.id)
    if colleague is not None and colleague.chat is not None:
        for patient, alert in held:
            offered = partial(handling.hand_over, alert_id=alert, by=member, to=colleague.id, now=now)
            store.transact(patient, Cause(f"{cause.key}/{patient}/{alert}", cause.by), offered)

    def answer(clinic: Clinic) -> Decision:
        if not held:
            return staff_manual.reply(clinic, member, "staff/handover_nothing", now)
        if colleague is None or colleague.chat is None:
            names = ", ".join(one.name for one in _colleagues(clinic, member) if one.chat is not None)
            return staff_manual.reply(clinic, member, "staff/handover_ask", now, {"names": names or None})
        params: dict[str, Param] = {"name": colleague.name, "count": len(held)}
        return staff_manual.reply(clinic, member, "staff/handover_asked", now, params)

    return store.transact_clinic(cause, answer)


def enter_leave(store: Store, leave: Leave, by: Actor, now: datetime) -> None:
    """The leave is entered."""
    store.transact_clinic(admins.a_call(by), lambda clinic: rota.send_away(clinic, leave, now))


def end_leave(store: Store, staff: StaffId, by: Actor, now: datetime) -> bool:
    """Whether there was leave of theirs, which has ended."""
    return bool(store.transact_clinic(admins.a_call(by), lambda clinic: rota.come_back(clinic, staff, now)).facts)


def assign_week(store: Store, monday: date, staff: Iterable[StaffId], by: Actor, now: datetime) -> None:
    """These are on call in that week."""
    store.transact_clinic(admins.a_call(by), lambda clinic: rota.assign(clinic, monday, staff, now))


def on_call_choices(clinic: Clinic) -> tuple[StaffMember, ...]:
    """Who may stand on the rota: whoever may take an alert and works here."""
    working = (member for member in clinic.staff if not isinstance(member.state, StaffLeft))
    return tuple(member for member in working if member.role in duty.CLINICAL)


def read_leave(clinic: Clinic, member: StaffMember, argument: str, now: datetime) -> Leave | Refused:
    """The leave that is meant. Names and dates are read, no word of any language; nothing is guessed."""
    today = clinic.settings.hours.today(now)
    before, days, behind = read_days(argument)
    if not days:
        days, before, behind = _length(argument, today)
    if not days or days[-1] < days[0]:
        return Refused("dates")
    first, last = (days[0], days[-1]) if len(days) > 1 else (today, days[0])
    if last < today or first > last or (last - first).days > rota.LEAVE_DAYS_MAX:
        return Refused("too_long" if last >= first and last >= today else "dates")
    who = _named(before, clinic.staff)
    if who is None and _words(before) > KEYWORDS_MAX:
        return Refused("name")
    staff = member if who is None else who
    cover = _named(behind, _colleagues(clinic, staff))
    if cover is None and behind.strip():
        return Refused("cover")
    return Leave(staff.id, first, last, None if cover is None else cover.id)


def read_week(clinic: Clinic, argument: str, now: datetime) -> tuple[date, tuple[StaffId, ...]] | None:
    """The Monday of the week that the date lies in, and who is named behind it; None where either is unknown."""
    before, days, behind = read_days(argument)
    today = clinic.settings.hours.today(now)
    if len(days) != 1 or before.strip() or not behind.strip():
        return None
    monday = monday_of(days[0])
    if not monday_of(today) <= monday <= rota.last_monday(today):
        return None
    if behind.strip() == NOBODY:
        return monday, ()
    named = [_called(name, on_call_choices(clinic)) for name in behind.split(",")]
    found = tuple(member.id for member in named if member is not None)
    return (monday, found) if len(found) == len(named) <= rota.ON_CALL_MAX else None


def _length(argument: str, today: date) -> tuple[tuple[date, ...], str, str]:
    """The day that `2w` or `10 days` leads to, and what stands behind it."""
    words = argument.split()
    for count in (2, 1):
        day = read_until(" ".join(words[:count]), today)
        if day is not None:
            return (day,), "", " ".join(words[count:])
    return (), argument, ""


def _colleagues(clinic: Clinic, member: StaffMember) -> tuple[StaffMember, ...]:
    """Who may cover: whoever may take an alert, and is somebody else."""
    return tuple(one for one in on_call_choices(clinic) if one.id != member.id)


def _named(words: str, people: Sequence[StaffMember]) -> StaffMember | None:
    """The one whose name these words are, or end in behind one word that means nothing to us."""
    typed = words.split()
    for skipped in range(min(KEYWORDS_MAX, len(typed)) + 1):
        for end in (len(typed), len(typed) - KEYWORDS_MAX):
            found = _called(" ".join(typed[skipped:end]), people)
            if found is not None:
                return found
    return None


def _called(name: str, people: Sequence[StaffMember]) -> StaffMember | None:
    wanted = " ".join(name.split()).casefold()
    working = (member for member in people if not isinstance(member.state, StaffLeft))
    return next((member for member in working if member.name.casefold() == wanted), None)


def _words(text: str) -> int:
    return len(text.split())
