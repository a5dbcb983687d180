"""What can be administered in the bot: invitations with their links, who works here, how it stands."""

from collections import Counter
from datetime import datetime

from followupbot.application import admins, arguments, policy
from followupbot.application.policy import Action
from followupbot.application.ports import Store
from followupbot.domain import day_lists, enrolment, staff, staff_manual
from followupbot.domain.addressing import role_words
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Role, StaffInvited, StaffJoined, StaffMember
from followupbot.domain.decision import ByStaff, Cause, Decision
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.ids import Language, MessageKey, ProtocolKey
from followupbot.domain.params import Day, Instant, Line, Lines, Param, Words
from followupbot.domain.schedule import PartialDate


def invite(store: Store, member: StaffMember, argument: str, cause: Cause, now: datetime) -> Decision:
    """A link for a patient, or for somebody who works here, stands in the member's chat."""
    clinic = store.clinic()
    whom, _, rest = argument.strip().partition(" ")
    action = {"patient": Action.INVITE_PATIENT, "staff": Action.MANAGE_STAFF}.get(whom.casefold())
    if action is None or not rest.strip():
        return _say(store, member, "staff/admin/invite_how", cause, now)
    if not policy.allowed(ByStaff(member.id), action, clinic):
        store.record_refusal(cause, action, f"/invite {whom.casefold()}", now)
        return store.transact_clinic(cause, lambda clinic: staff_manual.not_for_this_role(clinic, member, now))
    if clinic.bot_name is None:
        return _problem(store, member, "no_bot", cause, now)
    if action is Action.MANAGE_STAFF:
        return _invite_staff(store, member, clinic.bot_name, rest, cause, now)
    return _invite_patient(store, member, clinic.bot_name, rest, cause, now)


def people(store: Store, member: StaffMember, argument: str, cause: Cause, now: datetime) -> Decision:
    """Who works here, and whether they can be reached; `remove NAME` ends somebody's work here."""
    words = argument.split(maxsplit=1)
    if len(words) == 2 and words[0].casefold() == "remove":
        return _remove(store, member, words[1], cause, now)

    def decide(clinic: Clinic) -> Decision:
        lines = [
            Line(
                MessageKey("staff/admin/staff_line"),
                {
                    "name": known.name,
                    "role": role_words(known.role),
                    "state": Words(MessageKey(f"staff/admin/states/{_state(known, now)}")),
                    "verified": _shown_on(clinic, known.verified_at if known.role in clinic.settings.paged else None),
                },
            )
            for known in clinic.staff
            if known.state.kind != "left"
        ]
        lines += [
            Line(
                MessageKey("staff/admin/group_line"),
                {"role": role_words(group.role), "verified": _shown_on(clinic, group.verified_at)},
            )
            for group in clinic.groups
        ]
        return staff_manual.reply(clinic, member, "staff/admin/staff", now, {"lines": Lines(tuple(lines))})

    return store.transact_clinic(cause, decide)


def status(store: Store, member: StaffMember, _: str, cause: Cause, now: datetime) -> Decision:
    """How it stands, in numbers: nothing about one patient."""
    standings, alerts, listed = store.standings(), store.alerts_unresolved(), store.listed(now)

    def decide(clinic: Clinic) -> Decision:
        known = Counter(standings)
        lines = [
            Line(MessageKey("staff/admin/status_line"), {"standing": _standing(name), "count": count})
            for name, count in known.most_common()
            if count and name != ERASED
        ]
        unapproved = sorted(found.key for found in clinic.published.protocols.values() if not found.approved)
        rota = day_lists.rota(clinic, now)
        params: dict[str, Param] = {
            "lines": Lines(tuple(lines)),
            "rota": Lines(rota) if rota else None,
            "alerts": len(alerts),
            "late": sum(line.due_at <= now for line in alerts),
            "lists": len({line.patient for line in listed}),
            "unapproved": ", ".join(unapproved) or None,
        }
        return staff_manual.reply(clinic, member, "staff/admin/status", now, params)

    return store.transact_clinic(cause, decide)


ERASED = "erased"


def _invite_patient(store: Store, member: StaffMember, bot: str, typed: str, cause: Cause, now: datetime) -> Decision:
    plan = _plan(store.clinic(), typed)
    if isinstance(plan, str):
        return _problem(store, member, plan, cause, now)
    clinic = store.clinic()
    today = clinic.settings.hours.today(now)
    problems = enrolment.problems(plan, clinic.published, today)
    if problems:
        return _problem(store, member, problems[0], cause, now)
    invited = admins.draw(now)
    code = admins.a_free_code(store)
    link = admins.LINK.format(bot=bot, token=invited.token)

    def decide(chart: Chart) -> Decision:
        if chart.enrolment is not None:
            return Decision()
        until = Instant(invited.expires_at, chart.clinic.settings.hours.zone)
        made = enrolment.invite(chart, plan, Invitation(admins.hash_of(invited.token), invited.expires_at), now)
        params: dict[str, Param] = {"code": code, "link": link, "until": until}
        return made + staff_manual.reply(chart.clinic, member, "staff/admin/invited_patient", now, params)

    return store.transact(code, cause, decide)


def _plan(clinic: Clinic, typed: str) -> Plan | str:
    """`2019-03-14 Europe/Madrid en 10:00 [1958] [PROTOCOL]`; which problem it has where it can't be read."""
    words = typed.split()
    protocols = [word for word in words[4:] if word in clinic.published.protocols]
    born = [word for word in words[4:] if word.isdecimal()]
    if len(words) < 4 or len(protocols) > 1 or len(born) > 1 or len(protocols) + len(born) != len(words) - 4:
        return "unreadable"
    if not protocols and len(clinic.published.protocols) > 1:
        return "which_protocol"
    ask_at = arguments.read_time(words[3])
    try:
        surgery_on = PartialDate.parse(words[0])
    except ValueError:
        return "unreadable"
    if ask_at is None:
        return "unreadable"
    key = protocols[0] if protocols else next(iter(clinic.published.protocols))
    year = int(born[0]) if born else None
    return Plan(ProtocolKey(key), surgery_on, words[1], Language(words[2].casefold()), ask_at, year)


def _invite_staff(store: Store, member: StaffMember, bot: str, typed: str, cause: Cause, now: datetime) -> Decision:
    """`clinician Dr Ito`."""
    role_typed, _, name = typed.strip().partition(" ")
    name = name.strip()
    if role_typed.casefold() not in set(Role):
        return _say(store, member, "staff/admin/invite_how", cause, now)
    if not 1 <= len(name) <= staff.NAME_LENGTH_MAX or not name.isprintable():
        return _problem(store, member, "name_unfit", cause, now)
    role, invited = Role(role_typed.casefold()), admins.draw(now)

    def decide(clinic: Clinic) -> Decision:
        known = staff.called(clinic, name)
        if known is not None and not isinstance(known.state, StaffInvited):
            why: dict[str, Param] = {"problem": Words(MessageKey("staff/admin/invite_problems/name_taken"))}
            return staff_manual.reply(clinic, member, "staff/admin/invite_problem", now, why)
        params: dict[str, Param] = {
            "name": name,
            "role": role_words(role),
            "link": admins.LINK.format(bot=bot, token=invited.token),
            "until": Instant(invited.expires_at, clinic.settings.hours.zone),
        }
        made = staff.invite(clinic, name, role, admins.hash_of(invited.token), invited.expires_at, now)
        return made + staff_manual.reply(clinic, member, "staff/admin/invited_staff", now, params)

    return store.transact_clinic(cause, decide)


def _remove(store: Store, member: StaffMember, name: str, cause: Cause, now: datetime) -> Decision:
    def decide(clinic: Clinic) -> Decision:
        known = staff.called(clinic, name)
        if known is None or known.id == member.id:
            return staff_manual.reply(clinic, member, "staff/admin/nobody_called", now)
        told = staff_manual.reply(clinic, member, "staff/admin/removed", now, {"name": known.name})
        return staff.remove(known.id, now) + told

    return store.transact_clinic(cause, decide)


def _shown_on(clinic: Clinic, at: datetime | None) -> Day | None:
    return None if at is None else Day(clinic.settings.hours.today(at))


def _state(member: StaffMember, now: datetime) -> str:
    if isinstance(member.state, StaffInvited) and member.state.expires_at <= now:
        return "expired"
    return "joined" if isinstance(member.state, StaffJoined) else member.state.kind


def _standing(name: str) -> Words:
    return Words(MessageKey(f"staff/standings/{name}"))


def _problem(store: Store, member: StaffMember, problem: str, cause: Cause, now: datetime) -> Decision:
    params: dict[str, Param] = {"problem": Words(MessageKey(f"staff/admin/invite_problems/{problem}"))}
    return _say(store, member, "staff/admin/invite_problem", cause, now, params)


def _say(
    store: Store,
    member: StaffMember,
    message: str,
    cause: Cause,
    now: datetime,
    params: dict[str, Param] | None = None,
) -> Decision:
    return store.transact_clinic(cause, lambda clinic: staff_manual.reply(clinic, member, message, now, params))
