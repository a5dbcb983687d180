"""How much work alerts make: many patients for a year, decided by the domain alone, without Telegram and storage.

The decisions are those that the whole program would take; what is left out is how long a message is on its way.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from followupbot.domain import alerts, patient_code, wake
from followupbot.domain.alert_state import Open
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Programme, Role, StaffJoined, StaffMember
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.alerts import (
    AlertPaged,
    AlertRaised,
    AlertRaisedAgain,
    AlertReopened,
    FlagJoined,
    FlagRecorded,
)
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInCompleted
from followupbot.domain.facts.expectations import ExpectedFlagRecorded, FindingsExpected
from followupbot.domain.ids import ChatId, Language, PatientId, ProtocolKey, StaffId
from followupbot.domain.schedule import PartialDate
from followupbot.domain.tiers import Tier
from followupbot.simulation.characters import DRIFTING, RECOVERING, SILENT, STEADY, Character
from followupbot.simulation.past import Past

BEGINS = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""Counting begins on a Monday."""

ENROLLED_OVER = timedelta(days=90)
"""Everybody has come in in the time before that."""

FOLLOWED_YEARS = 10
"""Operations lie evenly over so many years: a clinic that has followed everybody for as long as the protocol does."""

RED = 0.001
"""Of gate screens: something on it is new. Assumed; no figure for it is known to us [P]."""

COHORT: tuple[tuple[Character, float], ...] = (
    (replace(RECOVERING, red=RED), 0.35),
    (replace(STEADY, red=RED), 0.4),
    (replace(DRIFTING, red=RED), 0.15),
    (SILENT, 0.1),
)
"""Who comes, and in which shares [P]."""

ATTENDED: Mapping[Tier, tuple[timedelta, timedelta]] = {
    Tier.EMERGENCY: (timedelta(minutes=2), timedelta(minutes=12)),
    Tier.SAME_DAY: (timedelta(minutes=10), timedelta(hours=3)),
    Tier.THIS_WEEK: (timedelta(hours=3), timedelta(days=5)),
    Tier.ROUTINE: (timedelta(days=1), timedelta(days=30)),
}
"""When somebody takes an alert in hand, at the earliest and the latest [P]."""

ENDED: Mapping[Tier, tuple[timedelta, timedelta]] = {
    Tier.EMERGENCY: (timedelta(minutes=5), timedelta(minutes=35)),
    Tier.SAME_DAY: (timedelta(minutes=10), timedelta(hours=5)),
    Tier.THIS_WEEK: (timedelta(minutes=10), timedelta(days=2)),
    Tier.ROUTINE: (timedelta(minutes=10), timedelta(days=7)),
}
"""How long after that it has an outcome; sometimes later than its ladder waits, and then it pages again [P]."""

EXPECTED = 0.15
"""Of outcomes: what was found is expected for a while, where that may be said [P]."""

ASKED_AT_HOURS = (9, 10, 13, 17)
"""When they want to be asked [P]."""

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Load:
    """What a year of alerts comes to. `weekly` has, by tier, how many were raised in each week."""

    patients: int
    years: float
    asked: int
    answered: int
    alerts: Mapping[str, int]
    weekly: Mapping[str, tuple[int, ...]]
    merged: int
    expected: int
    expected_flags: int
    raised_again: int
    reopened: int
    pages: int
    kept_only: int
    flagged_share: float
    """Of answered check-ins: those that raised an alert of this_week or above, or joined one."""


@dataclass
class Watched(Past):
    """A past in which alerts wait for somebody to have time for them."""

    _waiting: tuple[datetime, Callable[[datetime], None]] | None = None

    def live(self, until: datetime) -> None:
        """Everything that was due before then has happened."""
        while True:
            due = wake.next_wake_at(self.chart)
            waiting = self._waiting
            if waiting is not None and waiting[0] < until and (due is None or waiting[0] < due):
                self._waiting = None
                waiting[1](waiting[0])
                self._clear_up(waiting[0])
            elif due is not None and due < until:
                presses = self._keep(wake.wake_alerts(self.chart, due))
                presses += self._keep(wake.wake(self.chart, due))
                self._answer(presses, due)
                self._clear_up(due)
            else:
                return

    def _clear_up(self, now: datetime) -> None:
        alert = self.chart.unresolved_alert
        if alert is None or self._waiting is not None:
            return
        earliest, latest = (ATTENDED if isinstance(alert.state, Open) else ENDED)[alert.tier]
        act = self._take if isinstance(alert.state, Open) else self._end
        self._waiting = (now + earliest + (latest - earliest) * self.chance.random(), act)

    def _take(self, now: datetime) -> None:
        alert, clinician = self.chart.unresolved_alert, self.clinician
        if alert is not None and clinician is not None:
            self._keep(alerts.take(self.chart, alert.id, clinician, now))

    def _end(self, now: datetime) -> None:
        alert, clinician = self.chart.unresolved_alert, self.clinician
        if alert is None or clinician is None:
            return
        if isinstance(alert.state, Open):  # it has paged again meanwhile: whoever is busy with it says so first
            self._keep(alerts.take(self.chart, alert.id, clinician, now))
        expecting = self.chart.protocol().expecting
        if expecting is not None and self.chance.random() < EXPECTED:
            reason, span = self.chance.choice(expecting.reasons), self.chance.choice(expecting.spans)
            self._keep(alerts.expect(self.chart, alert.id, clinician, reason, span, now))
        if self.chart.unresolved_alert is not None:
            self._keep(alerts.resolve(self.chart, alert.id, clinician, "called", now))


@dataclass
class _Count:
    facts: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    weeks: dict[str, Counter[int]] = field(default_factory=dict)
    flagged: set[tuple[PatientId, int]] = field(default_factory=set)

    def add(self, patient: PatientId, fact: ChartFact) -> None:
        self.facts[type(fact).__name__] += 1
        match fact:
            case AlertRaised(at=at, flag=flag):
                self.alerts[flag.tier.value] += 1
                self.weeks.setdefault(flag.tier.value, Counter())[(at - BEGINS) // WEEK] += 1
            case _:
                pass
        if isinstance(fact, AlertRaised | FlagJoined) and fact.flag.tier.at_least(Tier.THIS_WEEK):
            self.flagged.add((patient, fact.flag.check_in))


def measure(
    programme: Programme,
    protocol: ProtocolKey,
    patients: int,
    years: float,
    seed: int,
    progress: Callable[[int], None] = lambda _: None,
) -> Load:
    """The year's alerts. `progress` is told how many patients are through."""
    count = _Count()
    ends = BEGINS + timedelta(days=365.25 * years)
    for number, past in enumerate(_everybody(programme, protocol, patients, seed), start=1):
        past.live(ends)
        for fact in past.facts:
            if fact.at >= BEGINS:
                count.add(past.chart.patient, fact)
        progress(number)
    weeks = (ends - BEGINS) // WEEK + 1
    answered = count.facts[CheckInCompleted.__name__]
    return Load(
        patients,
        years,
        count.facts[CheckInAsked.__name__],
        answered,
        {tier.value: count.alerts[tier.value] for tier in Tier if count.alerts[tier.value]},
        {
            tier.value: tuple(count.weeks[tier.value][week] for week in range(weeks))
            for tier in Tier
            if tier in count.weeks
        },
        count.facts[FlagJoined.__name__],
        count.facts[FindingsExpected.__name__],
        count.facts[ExpectedFlagRecorded.__name__],
        count.facts[AlertRaisedAgain.__name__],
        count.facts[AlertReopened.__name__],
        count.facts[AlertPaged.__name__],
        count.facts[FlagRecorded.__name__],
        len(count.flagged) / answered if answered else 0.0,
    )


def draw_character(chance: random.Random) -> Character:
    """One of the cohort, each as often as it comes."""
    return chance.choices([one for one, _ in COHORT], [share for _, share in COHORT])[0]


def draw_plan(chance: random.Random, programme: Programme, protocol: ProtocolKey, operated: date) -> Plan:
    """In the clinic's zone, in any of its languages, at one of the hours that people choose."""
    on = PartialDate(operated.year, operated.month, operated.day)
    language = Language(chance.choice(sorted(programme.languages)))
    return Plan(protocol, on, programme.settings.hours.zone, language, time(chance.choice(ASKED_AT_HOURS), 0))


def _everybody(programme: Programme, protocol: ProtocolKey, patients: int, seed: int) -> Iterator[Watched]:
    doctor = StaffMember(StaffId("s1"), "Dr Ito", Role.CLINICIAN, StaffJoined(ChatId("s1")))
    lead = StaffMember(StaffId("s2"), "Dr Sato", Role.LEAD, StaffJoined(ChatId("s2")))
    clinic = Clinic(1, (doctor, lead), programme.version, programme=programme)
    for number in range(patients):
        chance = random.Random(f"{seed}/load/{number}")
        character = draw_character(chance)
        code = patient_code.nth(number)
        chart = Chart(code, clinic=clinic, programmes={programme.version: programme})
        enrolled = BEGINS - ENROLLED_OVER * chance.random()
        operated = enrolled.date() - timedelta(days=1 + chance.random() * 365.25 * FOLLOWED_YEARS)
        plan = draw_plan(chance, programme, protocol, operated)
        past = Watched(chart, character, chance, doctor)
        past.enrol(plan, ChatId(f"p{number}"), enrolled)
        past.live(BEGINS)
        yield past
