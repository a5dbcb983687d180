"""Whom a story is played with, and when it begins: one patient, one doctor, one chat."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from followupbot.domain import enrolment, preparation
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Role, StaffJoined, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.ids import ChatId, Language, MessageId, PatientId, StaffId, TokenHash, Version
from followupbot.domain.screens import RED_FLAG_RIGHT

SURGERY_ON = date(2020, 3, 2)
"""A Monday. Every vignette counts from here."""

ASK_AT = time(9)
ANSWERS_AFTER = timedelta(hours=1)
"""A patient sits down to it an hour after being asked."""

ZONE = "UTC"
PATIENT = PatientId("7F3KP")
CHAT = ChatId("patient")
PRESSED = MessageId(1)
VERSION = Version("vignettes")
TOKEN = TokenHash("token")
WAY_IN: tuple[tuple[str, Callable[[Chart, datetime], Decision]], ...] = (
    ("screen 1", lambda chart, now: enrolment.read_on(chart, 1, PRESSED, now)),
    ("screen 2", lambda chart, now: enrolment.read_on(chart, 2, PRESSED, now)),
    ("consent", lambda chart, now: enrolment.consent(chart, True, PRESSED, now)),
    ("plan", lambda chart, now: preparation.confirm_plan(chart, PRESSED, now)),
    ("teach-back", lambda chart, now: preparation.teach_back(chart, RED_FLAG_RIGHT, PRESSED, now)),
    ("practice", lambda chart, now: preparation.practise(chart, PRESSED, now)),
)
"""How somebody gets from the link to the first check-in who takes no wrong turn."""

DOCTOR = StaffMember(StaffId("s1"), "doctor", Role.CLINICIAN, StaffJoined(ChatId("doctor")))


def language_of(protocol: CareProtocol) -> Language:
    """The language in which it is played: its first, since words are no part of it."""
    return next(iter(protocol.languages), Language("en"))
