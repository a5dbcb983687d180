"""How a person becomes a patient whom we follow: the link, what they read, consent, the year of birth."""

import re
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from followupbot.domain import check_ins, notes, pauses, preparation, screens
from followupbot.domain.addressing import stamp, to_chat, to_patient
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Programme
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.enrolment_state import (
    BIRTH_YEAR_TRIES_MAX,
    Consenting,
    Declined,
    Halted,
    Identifying,
    Invitation,
    Invited,
    Locked,
    Plan,
    Reading,
)
from followupbot.domain.facts.enrolment import (
    BirthYearConfirmed,
    BirthYearMistaken,
    ConsentDeclined,
    ConsentGiven,
    InvitationRenewed,
    PatientConnected,
    PatientInvited,
    ScreenRead,
)
from followupbot.domain.facts.patient import PatientBlocked, PatientUnblocked
from followupbot.domain.folding import fold
from followupbot.domain.ids import ChatId, Language, MessageId, TokenHash
from followupbot.domain.lexicon import Theme
from followupbot.domain.outgoing import Lane
from followupbot.domain.schedule import DEFAULT_QUIET_HOURS, SURGERY_AHEAD, SURGERY_YEAR_MIN

_NUMBER = re.compile(r"\d+")

BORN_YEAR_MIN = 1900
"""Nobody born earlier has an operation to follow."""

AGE_MIN = 18
"""Consent is for grown-ups (clinical.md 6); who has no year of birth entered is told so in the text itself."""


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
    elif plan.born is not None and today.year - plan.born < AGE_MIN:
        found.append("under_age")
    return tuple(found)


def invite(chart: Chart, plan: Plan, invitation: Invitation, now: datetime) -> Decision:
    """A link for this new patient is out."""
    assert chart.enrolment is None, "a code is drawn anew for each patient"
    return Decision((PatientInvited(now, plan, invitation),))


def invite_again(invitation: Invitation, now: datetime) -> Decision:
    """A new link is out, older ones lead nowhere; history, schedule and open alerts stay (clinical.md 0.19)."""
    return Decision((InvitationRenewed(now, invitation),))


def connect(chart: Chart, chat: ChatId, token: TokenHash, now: datetime, language: Language | None = None) -> Decision:
    """The chat is the patient's from now on, and consent is asked. A link that is used or expired is refused."""
    invitation = chart.enrolled.invitation
    if invitation is None or invitation.token_hash != token or invitation.expires_at <= now:
        return refuse_link(chart.clinic, chat, now, language)
    connected = PatientConnected(now, chat)
    after = fold(chart, (connected,))
    quiet = pauses.remind(after, now) if after.active else None
    if quiet is not None:
        return Decision((connected,)) + quiet
    if after.active:
        again = to_patient(after, "enrolment/connected_again", key=f"again/{chart.version}", lane=Lane.REPLY)
        # The buttons of an open check-in are in the chat that was left.
        return Decision((connected,), (again,)) + (check_ins.repeat(after, now) or Decision())
    first = screens.show(after, f"screen/{after.version}", now)
    assert first is not None, "who is connected and takes no part yet begins with reading"
    return Decision((connected,), (first,))


def refuse_link(clinic: Clinic, chat: ChatId, now: datetime, language: Language | None = None) -> Decision:
    """One and the same reply for links that are unknown, used or expired: who guesses learns nothing.

    `language` is what the person's Telegram speaks, whoever they are.
    """
    return Decision(outgoing=(to_chat(clinic, chat, "enrolment/link_refused", now, language=language),))


def refuse_stranger(
    clinic: Clinic, chat: ChatId, text: str, now: datetime, language: Language | None = None, *, urgent: bool
) -> Decision:
    """Words without a link lead nowhere either. Where they ask for help, or may, what to do now stands first."""
    refused = Decision(outgoing=(to_chat(clinic, chat, "enrolment/not_connected", now, language=language),))
    if not urgent and notes.themes_of(clinic, text).isdisjoint((Theme.GATE, Theme.CRISIS)):
        return refused
    help_now = to_chat(clinic, chat, "replies/urgent", now, language=language)
    first = replace(help_now, key=f"chat/{chat}/urgent/{stamp(now)}", lane=Lane.ALERT)
    return Decision(outgoing=(first,)) + refused


def wait(chart: Chart, now: datetime) -> Decision:
    """What somebody hears who came with nothing to read: the question that stands, or that none does."""
    ended = isinstance(chart.enrolled.contact, Halted) or chart.enrolled.deletion_requested_at is not None
    how_it_stands = pauses.remind(chart, now) if ended else None
    if how_it_stands is not None:
        return how_it_stands
    if chart.held is not None:
        held = to_patient(chart, "replies/read_by_people", key=f"wait/{stamp(now)}", lane=Lane.REPLY)
        return Decision(outgoing=(held,))
    screen = screens.show(chart, f"screen/{stamp(now)}", now)
    if screen is not None:
        return Decision(outgoing=(screen,))
    repeated = check_ins.repeat(chart, now) or pauses.remind(chart, now)
    if repeated is not None:
        return repeated
    nothing = to_patient(chart, "replies/nothing_open", key=f"wait/{stamp(now)}", lane=Lane.REPLY)
    return Decision(outgoing=(nothing,))


def hear(chart: Chart, note: FreeText, now: datetime) -> Decision:
    """Words of somebody on the way in, or who has declined, wait for staff; what was asked of them stands again."""
    heard = notes.receive_early(chart, note, now)
    quiet = chart.enrolled.halted is not None or fold(chart, heard.chart_facts).held is not None
    if quiet or isinstance(chart.enrolled.state, Declined):
        return heard
    screen = screens.show(chart, f"screen/{stamp(now)}", now)
    return heard if screen is None else heard + Decision(outgoing=(screen,))


def read_on(chart: Chart, screen: int, pressed: MessageId, now: datetime) -> Decision:
    """That screen is read; the last of them leads to the question of consent."""
    if chart.enrolled.state != Reading(screen):
        return preparation.too_late(chart)
    return preparation.go_on(chart, ScreenRead(now, screen), pressed, now)


def consent(chart: Chart, agrees: bool, pressed: MessageId, now: datetime) -> Decision:
    """Whether they take part is recorded, with the text they saw. Declining ends it kindly."""
    if not isinstance(chart.enrolled.state, Consenting):
        return preparation.too_late(chart)
    if agrees:
        given = ConsentGiven(now, chart.clinic.published.version, chart.enrolled.plan.language)
        return preparation.go_on(chart, given, pressed, now)
    declined = to_patient(
        chart, "consent/declined", key=f"declined/{chart.version}", lane=Lane.REPLY, in_place_of=pressed
    )
    return Decision((ConsentDeclined(now),), (declined,))


def leave(chart: Chart, now: datetime) -> Decision:
    """Who takes part has stopped; who was still deciding has declined. Nobody is asked whether they are sure."""
    if chart.active is not None or chart.died:
        return pauses.stop(chart, now)
    if isinstance(chart.enrolled.state, Invited | Declined | Locked):
        return wait(chart, now)
    answer = "consent/declined" if chart.held is None else "replies/read_by_people"
    declined = to_patient(chart, answer, key=f"declined/{chart.version}", lane=Lane.REPLY)
    return Decision((ConsentDeclined(now),), (declined,))


def may_be_year(chart: Chart, text: str) -> bool:
    """Whether somebody tries to say their year of birth: there is a number, and no word that people must read.

    "I can't feel my legs" is no wrong year, and three of those must lock nobody out.
    """
    return any(letter.isdecimal() for letter in text) and not notes.themes(chart, text)


def identify(chart: Chart, text: str, now: datetime) -> Decision:
    """The year of birth is right: it goes on. Wrong three times: staff must invite again."""
    state = chart.enrolled.state
    assert isinstance(state, Identifying), "the year is read only where it was asked"
    if _NUMBER.findall(text) == [str(chart.enrolled.plan.born)]:
        return preparation.go_on(chart, BirthYearConfirmed(now), None, now)
    if state.tries + 1 >= BIRTH_YEAR_TRIES_MAX:
        return preparation.go_on(chart, BirthYearMistaken(now), None, now)
    reply = to_patient(
        chart,
        "replies/rejected/birth_year",
        key=f"birth_year/{chart.version}",
        lane=Lane.REPLY,
        params={"left": BIRTH_YEAR_TRIES_MAX - state.tries - 1},
    )
    return Decision((BirthYearMistaken(now),), (reply,))


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


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return False
    return True
