"""How a person becomes a patient whom we follow: link, consent, year of birth, first check-in."""

from datetime import date, datetime, time
from typing import assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from followupbot.domain import check_ins
from followupbot.domain.addressing import patient_notice, retire, stamp, to_chat, to_patient
from followupbot.domain.chart import (
    BIRTH_YEAR_TRIES_MAX,
    Active,
    Chart,
    Consenting,
    Declined,
    Identifying,
    Invitation,
    Invited,
    Locked,
    Plan,
)
from followupbot.domain.clinic import Clinic, Programme
from followupbot.domain.decision import Decision
from followupbot.domain.facts import (
    BirthYearMistaken,
    ChartFact,
    ConsentDeclined,
    ConsentGiven,
    InvitationRenewed,
    PatientBlocked,
    PatientConnected,
    PatientEnrolled,
    PatientInvited,
    PatientUnblocked,
)
from followupbot.domain.folding import fold
from followupbot.domain.ids import ChatId, MessageId, TokenHash
from followupbot.domain.outgoing import Choice, ConsentPress, Lane, OutgoingMessage
from followupbot.domain.schedule import DEFAULT_QUIET_HOURS, SURGERY_AHEAD, SURGERY_YEAR_MIN, local

BORN_YEAR_MIN = 1900
"""Nobody born earlier has an operation to follow."""


def problems(plan: Plan, programme: Programme, today: date) -> tuple[str, ...]:
    """What is wrong with a plan, as keys of `terminal/problems`; nothing where it can be carried out."""
    found = []
    if plan.protocol not in programme.protocols:
        found.append("unknown_protocol")
    if not _is_zone(plan.zone):
        found.append("unknown_zone")
    if plan.language not in programme.languages:
        found.append("unknown_language")
    protocol = programme.protocols.get(plan.protocol)
    quiet = DEFAULT_QUIET_HOURS if protocol is None else protocol.quiet_hours
    if not quiet.ends <= plan.ask_at < quiet.starts:
        found.append("hour_outside_daytime")
    anchor = plan.surgery_on.anchor()
    if anchor.year < SURGERY_YEAR_MIN:
        found.append("surgery_too_early")
    if anchor > today + SURGERY_AHEAD:
        found.append("surgery_too_far_ahead")
    if plan.born is not None and not BORN_YEAR_MIN <= plan.born <= today.year:
        found.append("born_impossible")
    return tuple(found)


def invite(chart: Chart, plan: Plan, invitation: Invitation, now: datetime) -> Decision:
    """A link for this new patient is out."""
    assert chart.enrolment is None, "a code is drawn anew for each patient"
    return Decision((PatientInvited(now, plan, invitation),))


def invite_again(invitation: Invitation, now: datetime) -> Decision:
    """A new link is out, older ones lead nowhere; history, schedule and open alerts stay (clinical.md 0.19)."""
    return Decision((InvitationRenewed(now, invitation),))


def connect(chart: Chart, chat: ChatId, token: TokenHash, now: datetime) -> Decision:
    """The chat is the patient's from now on, and consent is asked. A link that is used or expired is refused."""
    invitation = chart.enrolled.invitation
    if invitation is None or invitation.token_hash != token or invitation.expires_at <= now:
        return refuse_link(chart.clinic, chat, now)
    connected = PatientConnected(now, chat)
    after = fold(chart, (connected,))
    if after.active:
        again = to_patient(after, "enrolment/connected_again", key=f"again/{chart.version}", lane=Lane.REPLY)
        # The buttons of an open check-in are in the chat that was left.
        return Decision((connected,), (again,)) + (check_ins.repeat(after, now) or Decision())
    return Decision((connected,), (_ask_consent(after, f"consent/{chart.version}"),))


def refuse_link(clinic: Clinic, chat: ChatId, now: datetime) -> Decision:
    """One and the same reply for links that are unknown, used or expired: who guesses learns nothing."""
    return Decision(outgoing=(to_chat(clinic, chat, "enrolment/link_refused", now),))


def wait(chart: Chart, now: datetime) -> Decision:
    """What somebody hears who came with nothing to read: the question that stands, or that none does."""
    match chart.enrolled.state:
        case Consenting():
            return Decision(outgoing=(_ask_consent(chart, f"consent/{stamp(now)}"),))
        case Identifying():
            message = "consent/born"
        case Declined():
            message = "consent/declined"
        case Locked():
            message = "consent/locked"
        case Invited() | Active():
            repeated = check_ins.repeat(chart, now)
            if repeated is not None:
                return repeated
            message = "replies/nothing_open"
        case _:
            assert_never(chart.enrolled.state)
    return Decision(outgoing=(to_patient(chart, message, key=f"wait/{stamp(now)}", lane=Lane.REPLY),))


def consent(chart: Chart, agrees: bool, pressed: MessageId, now: datetime) -> Decision:
    """Whether they take part is recorded, with the text they saw. Declining ends it kindly."""
    plan = chart.enrolled.plan
    if not isinstance(chart.enrolled.state, Consenting):
        return Decision(notice=patient_notice(chart, "replies/notices/already_answered"))
    if not agrees:
        declined = to_patient(
            chart, "consent/declined", key=f"declined/{chart.version}", lane=Lane.REPLY, in_place_of=pressed
        )
        return Decision((ConsentDeclined(now),), (declined,))
    given = ConsentGiven(now, chart.clinic.published.version, plan.language)
    after = fold(chart, (given,))
    # The text stays to be read; "I do not agree" can't be left standing there, since it would do nothing any more.
    answered = retire(chart, pressed, now)
    if plan.born is None:
        return Decision((given,), (answered,)) + _enrol(after, now)
    born = to_patient(after, "consent/born", key=f"born/{chart.version}", lane=Lane.REPLY)
    return Decision((given,), (answered, born))


def identify(chart: Chart, text: str, now: datetime) -> Decision:
    """The year of birth is right: they are enrolled. Wrong three times: staff must invite again."""
    state = chart.enrolled.state
    assert isinstance(state, Identifying), "the year is read only where it was asked"
    if text.strip() == str(chart.enrolled.plan.born):
        return _enrol(chart, now)
    mistaken = BirthYearMistaken(now)
    after = fold(chart, (mistaken,))
    left = BIRTH_YEAR_TRIES_MAX - state.tries - 1
    if isinstance(after.enrolled.state, Locked):
        reply = to_patient(after, "consent/locked", key=f"locked/{chart.version}", lane=Lane.REPLY)
    else:
        reply = to_patient(
            after,
            "replies/rejected/birth_year",
            key=f"birth_year/{chart.version}",
            lane=Lane.REPLY,
            params={"left": left},
        )
    return Decision((mistaken,), (reply,))


def block(chart: Chart, now: datetime) -> Decision:
    """The patient's chat refuses us: recorded once."""
    if chart.enrolment is None or chart.enrolment.blocked:
        return Decision()
    return Decision((PatientBlocked(now),))


def unblock(chart: Chart, now: datetime) -> Decision:
    """The patient's chat takes our messages again: recorded once."""
    if chart.enrolment is None or not chart.enrolment.blocked:
        return Decision()
    return Decision((PatientUnblocked(now),))


def _ask_consent(chart: Chart, key: str) -> OutgoingMessage:
    return to_patient(
        chart,
        "consent/ask",
        key=key,
        lane=Lane.REPLY,
        params={"years": chart.protocol().years},
        choices=(
            (Choice("agree", ConsentPress(chart.patient, agrees=True)),),
            (Choice("decline", ConsentPress(chart.patient, agrees=False)),),
        ),
    )


def _enrol(chart: Chart, now: datetime) -> Decision:
    """They take part from now on, and the first check-in stands ready: late enrolment is never back-filled."""
    plan = chart.enrolled.plan
    today = local(now, plan.zone).date()
    operated = plan.surgery_on.anchor() <= today
    enrolled: tuple[ChartFact, ...] = (PatientEnrolled(now, today, operated),)
    after = fold(chart, enrolled)
    if not operated:
        ahead = to_patient(
            after,
            "enrolment/surgery_ahead",
            key=f"surgery_ahead/{chart.version}",
            lane=Lane.REPLY,
            params={"surgery_on": str(plan.surgery_on)},
        )
        return Decision(enrolled, (ahead,))
    welcome = to_patient(
        after,
        "enrolment/welcome",
        key=f"welcome/{chart.version}",
        lane=Lane.REPLY,
        params={"ask_at": _hour(plan.ask_at)},
    )
    protocol = after.protocol()
    return Decision(enrolled, (welcome,)) + check_ins.ask(after, protocol.timing(protocol.at_enrolment), now)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return True


def _hour(at: time) -> str:
    return at.isoformat("minutes")
