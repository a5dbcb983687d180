"""What an admin can do: invite, publish, and look after the staff."""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from followupbot.application.ports import Store
from followupbot.domain import enrolment, patient_code, staff, troubles
from followupbot.domain.addressing import stamp
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Role
from followupbot.domain.decision import Actor, ByClock, Cause, Decision
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.facts.programme import BotNamed, ProgrammePublished, ZoneDataChanged
from followupbot.domain.ids import ChatId, Language, PatientId, ProtocolKey, StaffId, TokenHash, Version

INVITATION_LASTS = timedelta(days=7)
"""Clinical.md and reliability.md 4.4: long enough to come home from hospital, short enough for a lost card."""

LINK_TRIES_WITHIN = timedelta(hours=1)
LINK_TRIES_OF_CHAT_MAX = 5
LINK_TRIES_MAX = 100
"""Who tries links gets nowhere with 128 bits; the limit keeps the noise down (issue 4, reliability.md 4.4)."""

LINK = "https://t.me/{bot}?start={token}"

TOKEN_BYTES = 16
"""128 bits: 22 characters of a link, of the 64 that Telegram takes."""

CODE_DRAWS_MAX = 50
"""With a million codes, as many misses in a row mean something else is wrong."""


class ProtocolsDropped(Exception):
    """Patients are on care protocols that are not in what was to be published: `patients` counts them."""

    def __init__(self, patients: Mapping[ProtocolKey, int]) -> None:
        super().__init__(", ".join(f"{key}: {count}" for key, count in patients.items()))
        self.patients = patients


@dataclass(frozen=True)
class Invited:
    """A link that is out: its token is nowhere but here."""

    token: str
    expires_at: datetime


def hash_of(token: str) -> TokenHash:
    """What is kept of a token."""
    return TokenHash(hashlib.sha256(token.encode()).hexdigest())


def invite_patient(store: Store, plan: Plan, by: Actor, now: datetime) -> tuple[PatientId, Invited]:
    """A new patient has a code and a link."""
    invited = draw(now)
    invitation = Invitation(hash_of(invited.token), invited.expires_at)

    def decide(chart: Chart) -> Decision:
        return Decision() if chart.enrolment else enrolment.invite(chart, plan, invitation, now)

    return draw_code(store, by, decide), invited


def draw_code(store: Store, by: Actor, decide: Callable[[Chart], Decision]) -> PatientId:
    """The code of a new patient; `decide` gives no facts about a chart that is somebody's already."""
    return next(code for code in _codes() if store.transact(code, a_call(by), decide).facts)


def a_free_code(store: Store) -> PatientId:
    """A code that no patient has."""
    return next(code for code in _codes() if store.chart(code) is None)


def _codes() -> Iterator[PatientId]:
    """Codes drawn by chance, until one is taken up."""
    for _ in range(CODE_DRAWS_MAX):
        payload = "".join(secrets.choice(patient_code.ALPHABET) for _ in range(patient_code.PAYLOAD_LENGTH))
        yield patient_code.complete(payload)
    raise AssertionError(f"{CODE_DRAWS_MAX} codes in a row were taken")


def invite_patient_again(store: Store, patient: PatientId, by: Actor, now: datetime) -> Invited:
    """The patient has a new link, and the older ones lead nowhere."""
    invited = draw(now)
    invitation = Invitation(hash_of(invited.token), invited.expires_at)
    store.transact(patient, a_call(by), lambda _: enrolment.invite_again(invitation, now))
    return invited


def invite_staff(store: Store, name: str, role: Role, by: Actor, now: datetime) -> Invited:
    """The staff member has a link; one of that name who has not joined yet has this one only."""
    invited = draw(now)
    token = hash_of(invited.token)
    store.transact_clinic(a_call(by), lambda clinic: staff.invite(clinic, name, role, token, invited.expires_at, now))
    return invited


def admit(store: Store, chat: ChatId, cause: Cause, now: datetime) -> bool:
    """Whether a link that was opened in that chat is looked at, or refused unseen."""
    return store.admit_link(cause, chat, now, LINK_TRIES_WITHIN, LINK_TRIES_OF_CHAT_MAX, LINK_TRIES_MAX)


def join(
    store: Store, chat: ChatId, token: TokenHash, cause: Cause, now: datetime, language: Language | None = None
) -> Decision:
    """A link that is no patient's was pressed in that chat."""
    return store.transact_clinic(cause, lambda clinic: staff.join(clinic, chat, token, now, language))


def remove_staff(store: Store, member: StaffId, by: Actor, now: datetime) -> None:
    """They may do nothing any more, and are paged no more."""
    store.transact_clinic(a_call(by), lambda _: staff.remove(member, now))


def publish(store: Store, files: Mapping[str, bytes], by: Actor, now: datetime) -> tuple[Version, bool]:
    """The version that new check-ins and alerts use, and whether that is a change. The files have been checked.

    Raises ProtocolsDropped where a patient would be left without a care protocol; then nothing has changed.
    """
    version = store.keep_programme(files)
    before = store.clinic().programme
    if before is not None and before.version != version:
        dropped = before.protocols.keys() - store.programme(version).protocols.keys()
        if dropped and (patients := store.patients_on(dropped)):
            raise ProtocolsDropped(patients)

    def decide(clinic: Clinic) -> Decision:
        if clinic.programme_version == version:
            return Decision()
        return Decision((ProgrammePublished(now, version),))

    return version, bool(store.transact_clinic(a_call(by), decide).facts)


def name_bot(store: Store, name: str, by: Actor, now: datetime) -> None:
    """Links can be made: the bot's name is known."""

    def decide(clinic: Clinic) -> Decision:
        return Decision() if clinic.bot_name == name else Decision((BotNamed(now, name),))

    store.transact_clinic(a_call(by), decide)


def renew_zone_data(store: Store, version: str, by: Actor, now: datetime) -> bool:
    """Everything that is due at a time of day is planned by that version of the zones' rules; whether that is new."""

    def decide(clinic: Clinic) -> Decision:
        return Decision() if clinic.zone_data == version else Decision((ZoneDataChanged(now, version),))

    return bool(store.transact_clinic(a_call(by), decide).facts)


def notify_operator(store: Store, key: str, detail: str, by: Actor, now: datetime, *, once: bool = False) -> Decision:
    """The operator is told, once an hour for the same thing: an alarm that repeats itself is switched off.

    `once`: what has happened and is over is told once for ever.
    """
    hour = "" if once else f":{now:%Y-%m-%dT%H}"
    cause = Cause(f"operator:{key}:{detail}{hour}", by)
    return store.transact_clinic(cause, lambda clinic: staff.notify_operator(clinic, key, detail, now))


def doubt_clock(store: Store, seconds: int, now: datetime) -> None:
    """Nothing routine is done until somebody has confirmed the clock, and the operator knows how."""
    cause = Cause(f"clock_forward:{stamp(now)}", ByClock())
    if store.transact_clinic(cause, lambda clinic: troubles.doubt_clock(clinic, seconds, now)).facts:
        notify_operator(store, "clock_forward", str(seconds), ByClock(), now)


def confirm_clock(store: Store, by: Actor, now: datetime) -> bool:
    """Everything routine goes on; whether it had been held back."""
    return bool(store.transact_clinic(a_call(by), lambda clinic: troubles.confirm_clock(clinic, now)).facts)


def draw(now: datetime) -> Invited:
    """A new link, which nobody knows yet."""
    return Invited(secrets.token_urlsafe(TOKEN_BYTES), now + INVITATION_LASTS)


def a_call(by: Actor) -> Cause:
    """A cause of its own for each call: what is asked for at a terminal twice is meant twice."""
    return Cause(f"call:{secrets.token_hex(12)}", by)
