"""Everything about one patient that the core may look at. Frozen state, bounded however many years go by."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.clinic import Clinic, Programme, Role
from followupbot.domain.evidence import Evidence, Silence
from followupbot.domain.ids import (
    AlertId,
    CardId,
    ChatId,
    CheckInId,
    Concern,
    Language,
    PatientId,
    ProtocolKey,
    QuestionId,
    RuleId,
    StaffId,
    TimingId,
    TokenHash,
    Version,
)
from followupbot.domain.questions import SKIPPED, Answer, Datum, Value
from followupbot.domain.rules import Tier, Trace
from followupbot.domain.schedule import Daytime, PartialDate, local, resolve
from followupbot.domain.scores import Figure
from followupbot.domain.series import Series

CLOSED_CHECK_INS_MAX = 4
RESOLVED_ALERTS_MAX = 4
"""Closed ones that a chart keeps, so that an old button finds its question; all are in the facts for ever."""

FLAGS_MAX = 40
"""Flags that one unresolved alert carries; with more, the oldest are in the facts only."""

UNREAD_MAX = 40
"""Texts of a patient that wait to be read, by their references; with more, the oldest are in the record only."""

BIRTH_YEAR_TRIES_MAX = 3

READING_SCREENS = 2
"""What is read before consent is asked. With that, the year of birth, the plan and the teach-back they are six."""

SUPERSEDED_MAX = 8
"""Answers that were changed on one occasion and that rules still look at; with more, the oldest are facts only."""

RECHECKS_MAX = 8
"""Days for which a re-check is planned; with more, what is planned last is asked with the next check-in anyway."""

RECHECK = TimingId("recheck")
"""What a re-check has in the place of a timing: no schedule asks it, a rule did."""

URGENT = TimingId("urgent")
REPORT = TimingId("report")
"""What a check-in has in that place that the patient asked for."""

# -- enrolment ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What the invitation knows about the patient."""

    protocol: ProtocolKey
    surgery_on: PartialDate
    zone: str
    language: Language
    ask_at: time
    born: int | None = None

    @property
    def daytime(self) -> Daytime:
        """The hours in which we may start a conversation with this patient."""
        return Daytime(self.zone)


@dataclass(frozen=True)
class Invitation:
    """A link that is out."""

    token_hash: TokenHash
    expires_at: datetime


@dataclass(frozen=True)
class Invited:
    """Nobody has used the link yet."""

    kind: Literal["invited"] = "invited"


@dataclass(frozen=True)
class Reading:
    """The link was used; they read what it is about, one short screen after the other."""

    screen: int = 1
    kind: Literal["reading"] = "reading"


@dataclass(frozen=True)
class Consenting:
    """They have read it all; whether they take part is asked."""

    kind: Literal["consenting"] = "consenting"


@dataclass(frozen=True)
class Identifying:
    """They agreed; the year of birth is asked."""

    consented_at: datetime
    tries: int = 0
    kind: Literal["identifying"] = "identifying"


@dataclass(frozen=True)
class Confirming:
    """It is they; whether language, zone and hour are right is asked."""

    consented_at: datetime
    kind: Literal["confirming"] = "confirming"


@dataclass(frozen=True)
class TeachingBack:
    """What they do when something red happens is asked, until they say it right."""

    consented_at: datetime
    tries: int = 0
    kind: Literal["teaching_back"] = "teaching_back"


@dataclass(frozen=True)
class Practising:
    """They try the buttons with a question of which nothing is kept."""

    consented_at: datetime
    kind: Literal["practising"] = "practising"


@dataclass(frozen=True)
class Active:
    """They take part. `asked_through` is the last day of the schedule that has been dealt with.

    While `operated` is False the operation lies ahead, and nothing post-operative is asked (clinical.md 0.12).
    """

    consented_at: datetime
    enrolled_at: datetime
    asked_through: date
    operated: bool
    confirmed_at: datetime | None = None
    """When they last said, a year or more after consent, that they go on."""
    kind: Literal["active"] = "active"


@dataclass(frozen=True)
class Declined:
    """They did not agree; nothing is ever sent unless staff invite again."""

    at: datetime
    kind: Literal["declined"] = "declined"


@dataclass(frozen=True)
class Locked:
    """The year of birth was wrong three times; staff must invite again."""

    at: datetime
    kind: Literal["locked"] = "locked"


EnrolmentState = (
    Invited | Reading | Consenting | Identifying | Confirming | TeachingBack | Practising | Active | Declined | Locked
)


@dataclass(frozen=True)
class Following:
    """We write when something is due."""

    kind: Literal["following"] = "following"


@dataclass(frozen=True)
class Paused:
    """The patient wants to hear nothing that we start until then; it ends by itself."""

    until: datetime
    kind: Literal["paused"] = "paused"


@dataclass(frozen=True)
class Stopped:
    """The patient wants to hear nothing that we start; only they can end that."""

    kind: Literal["stopped"] = "stopped"


Contact = Following | Paused | Stopped


@dataclass(frozen=True)
class Travel:
    """The plan's zone is not the patient's own: that is `home`, and holds again at `until`."""

    home: str
    until: datetime


@dataclass(frozen=True)
class Enrolment:
    """A patient in a care protocol. `chat` is theirs; `blocked` says that the last message did not reach it."""

    plan: Plan
    state: EnrolmentState
    invitation: Invitation | None = None
    chat: ChatId | None = None
    blocked: bool = False
    contact: Contact = Following()
    travel: Travel | None = None
    zone_since: datetime | None = None
    """When the plan's zone last changed; None where it is as the invitation had it."""
    deletion_requested_at: datetime | None = None

    @property
    def standing(self) -> str:
        """One word for lists: the state, or, of who takes part, what they have asked for."""
        if self.deletion_requested_at is not None:
            return "deletion_requested"
        return self.state.kind if isinstance(self.contact, Following) else self.contact.kind


# -- check-ins ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """Asked, and not begun."""

    kind: Literal["waiting"] = "waiting"


@dataclass(frozen=True)
class Begun:
    """The first button was pressed."""

    kind: Literal["begun"] = "begun"


@dataclass(frozen=True)
class Completed:
    """Every question that applies has an answer."""

    at: datetime
    kind: Literal["completed"] = "completed"


@dataclass(frozen=True)
class CutShort:
    """An emergency: the rest is dropped, without reminders (clinical.md 0.4)."""

    at: datetime
    kind: Literal["cut_short"] = "cut_short"


@dataclass(frozen=True)
class Expired:
    """Its time is over; what was answered is kept. `missed`: not even the gate was finished."""

    at: datetime
    missed: bool
    kind: Literal["expired"] = "expired"


@dataclass(frozen=True)
class Ended:
    """The patient stopped, or paused, while it was open; what was answered is kept, and it is no miss."""

    at: datetime
    reason: Literal["stopped", "paused"]
    kind: Literal["ended"] = "ended"


CheckInState = Waiting | Begun | Completed | CutShort | Expired | Ended


@dataclass(frozen=True)
class Scored:
    """A score as it was recorded. None: too much was missing."""

    score: QuestionId
    value: Figure | None


@dataclass(frozen=True)
class CheckIn:
    """One occasion on which questions are put to one patient, in the programme version it was asked in."""

    id: CheckInId
    timing: TimingId
    version: Version
    form: tuple[QuestionId, ...]
    asked_at: datetime
    expires_at: datetime
    state: CheckInState = Waiting()
    answers: tuple[Answer, ...] = ()
    fired: tuple[RuleId, ...] = ()
    """Rules that have raised a flag on this occasion; each does so once."""
    scores: tuple[Scored, ...] = ()
    answered_at: datetime | None = None
    """When the newest answer came."""
    remind_at: tuple[datetime, ...] = ()
    reminders: int = 0
    """How many of them have been sent or, for a reason that was recorded, not been sent."""
    since: datetime | None = None
    """When the check-in before was closed, as it was known when this one was asked; what "new" counts from."""
    reopened: QuestionId | None = None
    """The question that the patient has gone back to."""
    superseded: tuple[Answer, ...] = ()
    """What was said before it was changed: safety runs on the worse."""

    @property
    def open(self) -> bool:
        """Whether it still waits for answers."""
        return isinstance(self.state, Waiting | Begun)

    def answer(self, question: QuestionId) -> Value | None:
        """What was said to that question on this occasion."""
        return self._said.get(question)

    def answers_any(self, questions: Iterable[QuestionId]) -> bool:
        """Whether something was said to one of these on this occasion."""
        return not self._said.keys().isdisjoint(questions)

    def scored(self, score: QuestionId) -> bool:
        """Whether that score was recorded on this occasion, be it as one that could not be made."""
        return any(found.score == score for found in self.scores)

    @cached_property
    def known(self) -> Mapping[QuestionId, Datum]:
        """What rules may look at: every answer but those that were skipped, and every score that could be made."""
        answers: dict[QuestionId, Datum] = {
            answer.question: answer.value for answer in self.answers if answer.value != SKIPPED
        }
        return answers | {found.score: found.value for found in self.scores if found.value is not None}

    @cached_property
    def _said(self) -> Mapping[QuestionId, Value]:
        return {answer.question: answer.value for answer in self.answers}


@dataclass(frozen=True)
class PlannedRecheck:
    """A rule has asked for a smaller form, on that day."""

    rule: RuleId
    on: date
    form: tuple[QuestionId, ...]
    open_for: timedelta
    planned_at: datetime
    reminders: tuple[timedelta, ...] = ()


# -- flags and alerts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Flag:
    """A finding for clinic review: a rule that fired, with its tier and its trace."""

    check_in: CheckInId
    tier: Tier
    concern: Concern
    trace: Trace
    at: datetime


@dataclass(frozen=True)
class LadderStep:
    """One step as it stood when the alert was raised; who stands on it is looked up when it is paged."""

    role: Role
    wait: timedelta


@dataclass(frozen=True)
class Ladder:
    """The ladder as it stood when the alert was raised, or raised again. No steps: nobody is buzzed."""

    steps: tuple[LadderStep, ...]
    at_any_hour: bool
    again_after: timedelta | None


@dataclass(frozen=True)
class Open:
    """Nobody has it. `step` is paged at `page_at`; None where nobody is buzzed."""

    step: int
    page_at: datetime | None
    kind: Literal["open"] = "open"


@dataclass(frozen=True)
class Taken:
    """A clinician has it in hand. Without an outcome it is open again at `reopen_at` (clinical.md 0.6)."""

    by: StaffId
    at: datetime
    reopen_at: datetime | None
    kind: Literal["taken"] = "taken"


@dataclass(frozen=True)
class Resolved:
    """It ended in an outcome that a human named."""

    by: StaffId
    at: datetime
    outcome: str
    kind: Literal["resolved"] = "resolved"


AlertState = Open | Taken | Resolved


@dataclass(frozen=True)
class HelpToAsk:
    """After a card: the patient is asked then whether help is there (clinical.md 0.6)."""

    at: datetime
    kind: Literal["to_ask"] = "to_ask"


@dataclass(frozen=True)
class HelpAwaited:
    """That was asked. Without an answer the card comes again then, and the ladder is paged."""

    repeat_at: datetime
    kind: Literal["awaited"] = "awaited"


@dataclass(frozen=True)
class HelpTold:
    """What the patient said last about it."""

    at: datetime
    getting: bool


@dataclass(frozen=True)
class Alert:
    """Getting a clinician to take flags in hand. `pages` counts how often somebody was paged."""

    id: AlertId
    tier: Tier
    flags: tuple[Flag, ...]
    ladder: Ladder
    raised_at: datetime
    due_at: datetime
    state: AlertState
    pages: int = 0
    card: CardId | None = None
    """The newest emergency card that the patient got."""
    help: HelpToAsk | HelpAwaited | None = None
    help_told: HelpTold | None = None

    @property
    def unresolved(self) -> bool:
        """Whether a human has not yet said how it ended."""
        return not isinstance(self.state, Resolved)


# -- the chart ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chart:
    """Everything about one patient that the core may look at. `version` is the number of facts behind it."""

    patient: PatientId
    version: int = 0
    enrolment: Enrolment | None = None
    check_ins: tuple[CheckIn, ...] = ()
    check_in_count: int = 0
    alerts: tuple[Alert, ...] = ()
    alert_count: int = 0
    history: Mapping[QuestionId, Series] = field(default_factory=dict)
    answered_at: datetime | None = None
    """When the last check-in with an answer was closed; questions say "since" that day (clinical.md 0.1)."""
    misses: int = 0
    """Check-ins missed in a row; an answered one sets it to 0."""
    rechecks: tuple[PlannedRecheck, ...] = ()
    notes: int = 0
    """Texts in the patient's own words, since the last that staff have read."""
    unread: tuple[str, ...] = ()
    """What refers to them, the oldest first."""
    review_by: datetime | None = None
    """When the first of them is to be read."""
    held: str | None = None
    """Why we start nothing until staff have read them: the theme of what the patient wrote."""
    clinic: Clinic = field(default_factory=Clinic, compare=False)
    programmes: Mapping[Version, Programme] = field(default_factory=dict, compare=False)
    """The versions that this chart's check-ins use, carried by storage; like `clinic` no part of what is folded."""

    @property
    def enrolled(self) -> Enrolment:
        """The enrolment of a patient who has been invited."""
        assert self.enrolment is not None, "a chart begins with an invitation"
        return self.enrolment

    @property
    def active(self) -> Active | None:
        """The enrolment's state where the patient takes part."""
        state = self.enrolment.state if self.enrolment else None
        return state if isinstance(state, Active) else None

    @property
    def standing(self) -> str:
        """One word for lists."""
        return "held" if self.held else self.enrolled.standing

    @property
    def starts_allowed(self) -> bool:
        """Whether we may write of our own accord: the patient takes part, has not stopped or paused, and lives."""
        return self.active is not None and isinstance(self.enrolled.contact, Following) and self.held is None

    @property
    def open_check_in(self) -> CheckIn | None:
        """The check-in that waits for answers; there is never more than one."""
        return next((check_in for check_in in self.check_ins if check_in.open), None)

    @property
    def unresolved_alert(self) -> Alert | None:
        """The alert that new flags join."""
        return next((alert for alert in self.alerts if alert.unresolved), None)

    def check_in(self, check_in: CheckInId) -> CheckIn | None:
        """The check-in of that number, where the chart still keeps it."""
        return next((found for found in self.check_ins if found.id == check_in), None)

    def alert(self, alert: AlertId) -> Alert | None:
        """The alert of that number, where the chart still keeps it."""
        return next((found for found in self.alerts if found.id == alert), None)

    def protocol(self, version: Version | None = None) -> CareProtocol:
        """The patient's care protocol in that version, by default as published now."""
        programme = self.clinic.published if version is None else self.programmes.get(version, self.clinic.published)
        return programme.protocols[self.enrolled.plan.protocol]

    @property
    def daytime(self) -> Daytime:
        """The hours in which we may start a conversation with this patient, by their care protocol."""
        plan = self.enrolled.plan
        protocol = self.clinic.published.protocols.get(plan.protocol)
        return plan.daytime if protocol is None else protocol.quiet_hours.daytime(plan.zone)

    def operated_at(self, now: datetime) -> datetime | None:
        """The beginning of the day of the latest operation; None while it lies ahead."""
        plan = self.enrolled.plan
        on = plan.surgery_on.anchor()
        return resolve(on, time(), plan.zone) if on <= local(now, plan.zone).date() else None

    def evidence(self, check_in: CheckIn, now: datetime, silence: Silence | None = None) -> Evidence:
        """What rules may look at on this occasion; with `silence`, what was left unanswered too."""
        protocol = self.protocol(check_in.version)
        return Evidence(
            answers=check_in.known,
            series=self.history,
            check_in=check_in.id,
            at=now,
            operated_at=self.operated_at(now),
            orders=protocol.orders(),
            worst=min(protocol.tiers(check_in.fired), key=lambda tier: tier.rank, default=None),
            silence=silence,
        )
