"""Messages with an address: in the reader's language, in the words that are published, in an order of their own."""

from collections.abc import Mapping
from datetime import datetime

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Group, Role
from followupbot.domain.ids import (
    AlertId,
    CardId,
    ChatId,
    CheckInId,
    Language,
    MessageId,
    MessageKey,
    PatientId,
    StaffId,
    Version,
)
from followupbot.domain.outgoing import Lane, Notice, OutgoingMessage, Retire, ToChat, ToClinician, ToGroup, ToPatient
from followupbot.domain.params import Param, Words
from followupbot.domain.presses import Choice


def check_in_subject(patient: PatientId, check_in: CheckInId) -> str:
    """What keeps the messages of one check-in in order."""
    return f"{patient}/c{check_in}"


def alert_subject(patient: PatientId, alert: AlertId) -> str:
    """What keeps the messages of one alert in order, and lets its copies be changed."""
    return f"{patient}/a{alert}"


def card_subject(patient: PatientId, alert: AlertId) -> str:
    """Cards wait for nothing, not even for pages of the alert that they belong to."""
    return f"{patient}/a{alert}/card"


def talk_subject(patient: PatientId) -> str:
    """What keeps everything else that is said to one patient in order."""
    return f"{patient}/talk"


def stamp(now: datetime) -> str:
    """Makes the key of a reply unique: the same press decided twice is stopped by its cause, not by this."""
    return str(int(now.timestamp() * 1000))


def to_patient(
    chart: Chart,
    message: str,
    *,
    key: str,
    lane: Lane,
    subject: str | None = None,
    words: Version | None = None,
    params: Mapping[str, Param] | None = None,
    choices: tuple[tuple[Choice, ...], ...] = (),
    in_place_of: MessageId | None = None,
    starts: bool = False,
    expires_at: datetime | None = None,
    private: bool = False,
) -> OutgoingMessage:
    """A message to the chart's patient. With `starts` it is a conversation that we begin, and keeps to daytime."""
    plan = chart.enrolled.plan
    return OutgoingMessage(
        key=f"{chart.patient}/{key}",
        to=ToPatient(),
        lane=lane,
        subject=subject or talk_subject(chart.patient),
        message=MessageKey(message),
        language=plan.language,
        words=words or chart.clinic.published.version,
        params=params or {},
        choices=choices,
        in_place_of=in_place_of,
        daytime=chart.daytime if starts else None,
        expires_at=expires_at,
        private=private,
    )


def to_staff(
    clinic: Clinic,
    staff: StaffId,
    message: str,
    *,
    key: str,
    subject: str,
    lane: Lane = Lane.ALERT,
    params: Mapping[str, Param] | None = None,
    choices: tuple[tuple[Choice, ...], ...] = (),
    in_place_of: MessageId | None = None,
    silent: bool = False,
) -> OutgoingMessage:
    """A message to a staff member who has a chat."""
    return OutgoingMessage(
        key=key,
        to=ToClinician(staff),
        lane=lane,
        subject=subject,
        message=MessageKey(message),
        language=clinic.settings.language,
        words=clinic.published.version,
        params=params or {},
        choices=choices,
        in_place_of=in_place_of,
        silent=silent,
    )


def to_group(
    clinic: Clinic,
    group: Group,
    message: str,
    *,
    key: str,
    subject: str,
    lane: Lane = Lane.ALERT,
    params: Mapping[str, Param] | None = None,
    choices: tuple[tuple[Choice, ...], ...] = (),
) -> OutgoingMessage:
    """A message to a group of staff."""
    return OutgoingMessage(
        key=key,
        to=ToGroup(group.id),
        lane=lane,
        subject=subject,
        message=MessageKey(message),
        language=clinic.settings.language,
        words=clinic.published.version,
        params=params or {},
        choices=choices,
    )


def to_chat(
    clinic: Clinic,
    chat: ChatId,
    message: str,
    now: datetime,
    params: Mapping[str, Param] | None = None,
    language: Language | None = None,
) -> OutgoingMessage:
    """A reply to a chat that is nobody's, in its language where there are words in it, else in the clinic's."""
    return OutgoingMessage(
        key=f"chat/{chat}/{stamp(now)}",
        to=ToChat(chat),
        lane=Lane.REPLY,
        subject=f"chat/{chat}",
        message=MessageKey(message),
        language=_known(clinic, language),
        words=clinic.published.version,
        params=params or {},
    )


def card_to_chat(
    clinic: Clinic, chat: ChatId, card: CardId, language: Language | None, now: datetime
) -> OutgoingMessage:
    """The card that a button bears, to a chat whose press is not recorded: for whoever pressed it, in its language."""
    return OutgoingMessage(
        key=f"chat/{chat}/card/{stamp(now)}",
        to=ToChat(chat),
        lane=Lane.ALERT,
        subject=f"chat/{chat}/card",
        message=MessageKey(f"cards/{card}"),
        language=_known(clinic, language),
        words=clinic.published.version,
        params={"recorded": False, "reached": False},
    )


def to_operators(
    clinic: Clinic, notice: str, detail: str, now: datetime, key: str | None = None
) -> tuple[OutgoingMessage, ...]:
    """One message to each admin who can be reached; with nobody there, `status` and the log have to do."""
    unique = key or f"operator/{notice}/{stamp(now)}"
    return tuple(
        to_staff(
            clinic,
            admin.id,
            f"operator/{notice}",
            key=f"{unique}/{admin.id}",
            subject=f"operator/{notice}",
            params={"detail": detail},
        )
        for admin in clinic.reachable(Role.ADMIN)
    )


def retire(chart: Chart, pressed: MessageId, now: datetime) -> Retire:
    """The buttons of that message in the patient's chat are taken away."""
    subject = f"{chart.patient}/retire/{pressed}"
    return Retire(f"{subject}/{stamp(now)}", ToPatient(), subject, pressed)


def patient_notice(chart: Chart, message: str, params: Mapping[str, Param] | None = None) -> Notice:
    """A line for the patient who pressed."""
    return Notice(MessageKey(message), chart.enrolled.plan.language, chart.clinic.published.version, params or {})


def staff_notice(clinic: Clinic, message: str, params: Mapping[str, Param] | None = None) -> Notice:
    """A line for the staff member who pressed."""
    return Notice(MessageKey(message), clinic.settings.language, clinic.published.version, params or {})


def role_words(role: Role) -> Words:
    """The role, in words."""
    return Words(MessageKey(f"roles/{role}"))


def _known(clinic: Clinic, language: Language | None) -> Language:
    """That one where there are words in it, else the clinic's."""
    return language if language is not None and language in clinic.published.languages else clinic.settings.language
