"""Everything about one patient that the core may look at. Frozen state, bounded however many years go by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from followupbot.domain.alert_state import Alert, Baseline, Expectation
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.check_in_state import CheckIn, PlannedRecheck
from followupbot.domain.clinic import Clinic, Programme
from followupbot.domain.enrolment_state import (
    ASKED_FOR,
    BEYOND_REACH,
    Active,
    AskedFor,
    Enrolment,
    Following,
    Halted,
    Stopped,
)
from followupbot.domain.evidence import Evidence, Silence
from followupbot.domain.ids import AlertId, CarerId, CheckInId, PatientId, QuestionId, Version
from followupbot.domain.lexicon import Lexicon, Theme
from followupbot.domain.schedule import Daytime, local, resolve
from followupbot.domain.series import Series
from followupbot.domain.tiers import Tier, worst

CLOSED_CHECK_INS_MAX = 4
RESOLVED_ALERTS_MAX = 4
"""Closed ones that a chart keeps, so that an old button finds its question; all are in the facts for ever."""


UNREAD_MAX = 40
"""Texts of a patient that wait to be read, by their references; with more, the oldest are in the record only."""


CANCELLED_MAX = 40
"""Days ahead that staff take out of a schedule; with more, the patient is paused."""

RECHECKS_MAX = 8
"""Days for which a re-check is planned; with more, what is planned last is asked with the next check-in anyway."""


EXPECTATIONS_MAX = 12
"""Findings of one patient that are expected at a time; with more, that is not offered: somebody should look anew."""


@dataclass(frozen=True)
class Hold:
    """Words for a death, or for a stay in hospital, which staff have yet to read (clinical.md 0.13)."""

    note: str
    reason: str
    at: datetime


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
    cancelled: tuple[date, ...] = ()
    """Days that staff have taken out of the schedule, and that lie ahead."""
    notes: int = 0
    """Texts in the patient's own words, since the last that staff have read."""
    unread: tuple[str, ...] = ()
    """What refers to them, the oldest first."""
    review_by: datetime | None = None
    """When the first of them is to be read."""
    unread_since: datetime | None = None
    """When the first of them came."""
    texts: int = 0
    """Texts in the patient's own words, ever."""
    holds: tuple[Hold, ...] = ()
    """Of these texts those for which we start nothing until staff have read them."""
    baselines: tuple[Baseline, ...] = ()
    """What a clinician has confirmed to be old and unchanged (clinical.md 0.2)."""
    expectations: tuple[Expectation, ...] = ()
    """Findings that nobody is told of for a while (clinical.md 0.15)."""
    legal_hold_since: datetime | None = None
    """While it is set nothing about the patient is erased and nothing of it runs out."""
    speaker: CarerId | None = field(default=None, compare=False)
    """The carer on whose word something is decided; None where it is the patient, or nobody. Carried by storage."""
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
    def apart(self) -> bool:
        """Whether a carer speaks for a patient who has a chat of their own, and is asked there what is private."""
        return self.speaker is not None and self.enrolled.chat is not None

    @property
    def held(self) -> str | None:
        """Why we start nothing until staff have read it: the theme of what the patient wrote, a death before all."""
        reasons = [hold.reason for hold in self.holds]
        return Theme.DEATH if Theme.DEATH in reasons else next(iter(reasons), None)

    @property
    def standing(self) -> str:
        """One word for lists. What staff have recorded goes before words that they may not have read."""
        halted = isinstance(self.enrolled.contact, Halted)
        return "held" if self.held and not halted else self.enrolled.standing

    @property
    def died(self) -> bool:
        """Whether staff have recorded that, whatever was asked for before or since."""
        return self.enrolment is not None and self.enrolment.halted == "died"

    @property
    def starts_allowed(self) -> bool:
        """Whether we may write of our own accord: the patient takes part, has not stopped or paused, and lives."""
        return self.active is not None and isinstance(self.enrolled.contact, Following) and self.held is None

    @property
    def beyond_reach(self) -> bool:
        """Whether the patient has died, by what staff recorded or somebody wrote, or lies in hospital, as recorded.

        Words about a hospital are not enough: "I can't get there" must lower nothing (clinical.md 0.8).
        """
        return self.held == Theme.DEATH or self.enrolled.halted in BEYOND_REACH

    def reads_of(self, alert: Alert) -> bool:
        """Whether what belongs to this emergency still goes to the patient: not to who is beyond reach.

        What was said in it after the words for a death was said by somebody who lives.
        """
        deaths = [hold.at for hold in self.holds if hold.reason == Theme.DEATH]
        if not self.beyond_reach or not deaths or isinstance(self.enrolled.contact, Halted):
            return not self.beyond_reach
        heard = [flag.at for flag in alert.flags] + ([alert.help_told.at] if alert.help_told else [])
        return max(heard) > max(deaths)

    def hears_of(self, alert: Alert) -> bool:
        """Whether the patient is told what becomes of it: after they stopped, or are held, of an emergency only."""
        quiet = isinstance(self.enrolled.contact, Stopped | Halted) or self.held is not None
        return self.reads_of(alert) and (alert.tier is Tier.EMERGENCY or not quiet)

    def asked_for(self, now: datetime) -> AskedFor | None:
        """What whoever speaks was asked a moment ago, by a command or on the way in, with nothing recorded since."""
        asking = None if self.enrolment is None else self.enrolment.asking
        if asking is None or asking.version != self.version or asking.carer != self.speaker:
            return None
        return asking.what if now - asking.at < ASKED_FOR else None

    @property
    def open_check_in(self) -> CheckIn | None:
        """The check-in that waits for answers; there is never more than one."""
        return next((check_in for check_in in self.check_ins if check_in.open), None)

    @property
    def unresolved_alert(self) -> Alert | None:
        """The alert that new flags join."""
        return next((alert for alert in self.alerts if alert.unresolved), None)

    @property
    def waiting_tier(self) -> Tier | None:
        """How soon somebody is to look at this patient; None where nothing waits for that."""
        alert = self.unresolved_alert
        return None if alert is None else alert.tier

    @property
    def urgent(self) -> bool:
        """Whether somebody is to look at this patient today."""
        return self.waiting_tier is not None and self.waiting_tier.urgent

    @property
    def confirmed(self) -> frozenset[QuestionId]:
        """The items whose old trouble is confirmed to be that."""
        return frozenset(baseline.item for baseline in self.baselines)

    def years_since_surgery(self, now: datetime) -> int:
        """Whole years on the patient's calendar; 0 also where the operation lies ahead."""
        plan = self.enrolled.plan
        anchor, today = plan.surgery_on.anchor(), local(now, plan.zone).date()
        return max(0, today.year - anchor.year - ((today.month, today.day) < (anchor.month, anchor.day)))

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
    def lexicon(self) -> Lexicon:
        """The words of the patient's language that count in what is written."""
        return self.clinic.published.lexicons.get(self.enrolled.plan.language, Lexicon())

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
            worst=worst(protocol.tiers(check_in.fired)),
            silence=silence,
            confirmed=self.confirmed,
        )
