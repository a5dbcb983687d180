"""A clinic with three people and a patient, put into a database the way the program does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from followupbot.domain.alert_state import Flag, Ladder, LadderStep
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import ClinicSettings, OpeningHours, Programme, Role
from followupbot.domain.decision import ByClock, Cause, Decision
from followupbot.domain.delivery import Claim
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.facts import ChartFact, ClinicFact
from followupbot.domain.facts.alerts import AlertRaised
from followupbot.domain.facts.check_ins import CheckInAsked
from followupbot.domain.facts.enrolment import (
    ConsentGiven,
    PatientAdded,
    PatientConnected,
    PatientEnrolled,
    PatientInvited,
)
from followupbot.domain.facts.programme import ProgrammePublished
from followupbot.domain.facts.staff import StaffMemberInvited, StaffMemberJoined
from followupbot.domain.ids import (
    AlertId,
    ChatId,
    CheckInId,
    Concern,
    Language,
    MessageId,
    MessageKey,
    PatientId,
    ProtocolKey,
    QuestionId,
    RuleId,
    StaffId,
    TimingId,
    TokenHash,
    Version,
)
from followupbot.domain.outgoing import (
    Amend,
    Lane,
    Outgoing,
    OutgoingMessage,
    OwnCopy,
    Recipient,
    ToClinician,
    ToPatient,
)
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice, TakePress
from followupbot.domain.replies import Answer
from followupbot.domain.rules import Tier, Trace
from followupbot.domain.schedule import Daytime, PartialDate
from followupbot.storage.charts import Charts
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys
from followupbot.storage.outbox import Outbox
from followupbot.storage.tables import outbox

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday; every patient here lives in UTC."""

PATIENT = PatientId("K7M2X")
OTHER_PATIENT = PatientId("P4Q9Z")
DR_ITO, DR_SATO, NURSE = StaffId("s1"), StaffId("s2"), StaffId("s3")
ADDRESSES = {DR_ITO: 1001, DR_SATO: 1002, NURSE: 1003}
PATIENT_ADDRESS = 2001

SETTINGS = ClinicSettings(
    name="Back Clinic",
    hours=OpeningHours("UTC", {day: (time(8), time(17)) for day in range(5)}),
    ladder=(Role.CLINICIAN, Role.LEAD),
    language=Language("en"),
)

EN = Language("en")


def load_programme(version: Version, files: Mapping[str, bytes]) -> Programme:
    """A programme that bears nothing but its version: storage never looks inside."""
    assert files
    return Programme(version, {}, SETTINGS, (EN,))


def never(chart: Chart) -> datetime | None:
    """No chart has a timer."""
    return None


@dataclass
class Site:
    """One process with the database open; two of them are two processes."""

    database: Database
    keys: Keys
    holder: str = "h1"
    now: datetime = NOON
    machine_now: int = 1_000_000
    charts: Charts = field(init=False)
    outbox: Outbox = field(init=False)
    causes: int = 0

    def __post_init__(self) -> None:
        self.charts = Charts(self.database, self.keys, load_programme, self.next_wake_at, lambda: self.now)
        self.outbox = Outbox(self.database, self.keys, self.holder)

    def next_wake_at(self, chart: Chart) -> datetime | None:
        """The open check-in's expiry."""
        return chart.open_check_in.expires_at if chart.open_check_in else None

    def cause(self) -> Cause:
        """One that was never used before."""
        self.causes += 1
        return Cause(f"{self.holder}:{self.causes}", ByClock())

    def decide(self, *outgoing: Outgoing, facts: Sequence[ChartFact] = (), patient: PatientId = PATIENT) -> None:
        """The core decides exactly this."""
        self.charts.transact(patient, self.cause(), lambda _: Decision(tuple(facts), outgoing))

    def decide_clinic(self, *outgoing: Outgoing, facts: Sequence[ClinicFact] = ()) -> None:
        """The core decides exactly this about the clinic."""
        self.charts.transact_clinic(self.cause(), lambda _: Decision(tuple(facts), outgoing))

    def found(self) -> Version:
        """The clinic has a programme and three people, each with a chat."""
        version = self.charts.keep_programme({"protocols/lumbar_fusion.yaml": b"care: protocol"})
        self.decide_clinic(facts=[ProgrammePublished(self.now, version)])
        for staff, address in ADDRESSES.items():
            self.join(staff, self.charts.note_chat(address))
        return version

    def join(self, staff: StaffId, chat: ChatId) -> None:
        """A staff member has a chat."""
        token = TokenHash(f"token of {staff}")
        invited = StaffMemberInvited(self.now, staff, "Dr Secret-Name", Role.CLINICIAN, token, self.now)
        self.decide_clinic(facts=[invited, StaffMemberJoined(self.now, staff, chat)])

    def by_phone(self, patient: PatientId, *facts: ChartFact) -> None:
        """The patient takes part without a chat, and these facts follow."""
        plan = Plan(ProtocolKey("lumbar_fusion"), PartialDate(2026, 2, 1), "UTC", EN, time(9))
        added, consent = PatientAdded(self.now, plan), ConsentGiven(self.now, Version("c1"), EN)
        enrolled = PatientEnrolled(self.now, date(2026, 3, 2), operated=True)
        self.decide(facts=[added, consent, enrolled, *facts], patient=patient)

    def enrol(self, patient: PatientId = PATIENT, address: int = PATIENT_ADDRESS) -> ChatId:
        """The patient takes part, through that chat."""
        chat = self.charts.note_chat(address)
        plan = Plan(ProtocolKey("lumbar_fusion"), PartialDate(2026, 2, 1), "UTC", EN, time(9))
        invitation = Invitation(TokenHash(f"token of {patient}"), self.now + timedelta(days=7))
        self.decide(facts=[PatientInvited(self.now, plan, invitation)], patient=patient)
        connected = PatientConnected(self.now, chat)
        self.decide(facts=[connected, ConsentGiven(self.now, Version("c1"), EN)], patient=patient)
        self.decide(facts=[PatientEnrolled(self.now, asked_through=date(2026, 3, 2), operated=True)], patient=patient)
        return chat

    def claim_one(self) -> Claim:
        """The one row that can go now."""
        claims = self.outbox.claim(self.now, self.machine_now, 10)
        assert len(claims) == 1, claims
        return claims[0]

    def deliver(self, message_id: int | None, limit: int = 1) -> str:
        """The next row goes, and gets that number; its key."""
        claims = self.outbox.claim(self.now, self.machine_now, limit)
        assert len(claims) == 1, claims
        self.outbox.confirm(claims[0], None if message_id is None else MessageId(message_id), self.now)
        return claims[0].key


def asked(now: datetime, number: int, version: Version, days: int = 2) -> CheckInAsked:
    """A check-in was put to the patient."""
    form = (QuestionId("gate"), QuestionId("pain"))
    expires_at = now + timedelta(days=days)
    return CheckInAsked(now, CheckInId(number), TimingId("week_1"), version, form, expires_at, date(2026, 3, 2))


def raised(now: datetime, number: int = 1, tier: Tier = Tier.SAME_DAY) -> AlertRaised:
    """A clinician must look."""
    trace = Trace(RuleId("new_weakness"), 1, (Answer(QuestionId("weakness"), "new"),))
    flag = Flag(CheckInId(1), tier, Concern("weakness"), trace, now)
    ladder = Ladder((LadderStep(Role.CLINICIAN, timedelta(minutes=15)),), True, timedelta(hours=4))
    return AlertRaised(now, AlertId(number), flag, ladder, now + timedelta(hours=5), now)


ALERT = f"{PATIENT}/a1"


def message(
    key: str,
    to: Recipient | None = None,
    *,
    lane: Lane = Lane.REPLY,
    subject: str = "talk",
    in_place_of: int | None = None,
    daytime: Daytime | None = None,
    expires_at: datetime | None = None,
    params: Mapping[str, Param] | None = None,
) -> OutgoingMessage:
    """A message to the patient, or whom it says."""
    return OutgoingMessage(
        key=key,
        to=to or ToPatient(),
        lane=lane,
        subject=subject,
        message=MessageKey("replies/thanks"),
        language=EN,
        words=Version("w1"),
        params=params or {},
        in_place_of=None if in_place_of is None else MessageId(in_place_of),
        daytime=daytime,
        expires_at=expires_at,
    )


def page(key: str, staff: StaffId) -> OutgoingMessage:
    """A page of the alert."""
    return message(key, ToClinician(staff), lane=Lane.ALERT, subject=ALERT)


def amend(key: str, choices_for: StaffId | None = None) -> Amend:
    """Every copy of the alert says something else."""
    choices = ((Choice("resolve", TakePress(PATIENT, AlertId(1))),),)
    own = None if choices_for is None else OwnCopy(choices_for, MessageKey("alerts/yours"), {}, choices)
    return Amend(key, ALERT, MessageKey("alerts/taken"), EN, Version("w1"), {}, own)


def states(site: Site) -> dict[str, str]:
    """Each row's state by key."""
    with site.database.read() as connection:
        return {row.key: row.state for row in connection.execute(sa.select(outbox).order_by(outbox.c.id))}


def claim_keys(site: Site, limit: int = 10) -> list[str]:
    """The keys of what can go now; all of it is in hand then."""
    return [claim.key for claim in site.outbox.claim(site.now, site.machine_now, limit)]


@pytest.fixture
def site(database: Database, keys: Keys) -> Site:
    """A clinic with three people and one patient."""
    founded = Site(database, keys)
    founded.found()
    founded.enrol()
    return founded
