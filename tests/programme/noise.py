"""Patients whose pain does not change, and what the pain rules make of the noise in their answers.

The issue's model: usual levels 1 to 6 equally often, readings rounded and clipped to 0-10, noise of SD 1.5, twenty
yearly readings, "worse" said for 15 % of readings whatever they are, "not eased" for 30 % of readings of 8 or more,
every re-check answered. `python -m tests.programme.noise` prints what comes of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.evidence import Evidence
from followupbot.domain.ids import CheckInId, QuestionId
from followupbot.domain.replies import Value
from followupbot.domain.rules import Rule, Tier, fired
from followupbot.domain.series import Reading, Series
from tests.programme.shipped import protocol as shipped

PATIENTS = 600
SEED = 20260302

YEARS = 20
LEVELS = range(1, 7)
NOISE_SD = 1.5
SAYS_WORSE = 0.15
NOT_EASED = 0.30
EASED_FROM = 8

OPERATED_AT = datetime(2000, 1, 3, 9, tzinfo=UTC)
YEAR = timedelta(days=365)

EASED = QuestionId("pain_eased")

SaysWorse = Callable[[Random, int, int | None], bool]
"""Whether the patient says worse: by chance, this reading, and the one before."""


def by_chance(chance: Random, now: int, before: int | None) -> bool:
    """15 % of readings, independently."""
    return chance.random() < SAYS_WORSE


def at_each_rise_of_2(chance: Random, now: int, before: int | None) -> bool:
    """Whenever the number is 2 higher than last time."""
    return before is not None and now - before >= 2


@dataclass(frozen=True)
class Site:
    """One place that may hurt: its number, and the question how it changed."""

    nrs: QuestionId
    change: QuestionId
    rules: str
    """How the names of its rules begin."""


BACK = Site(QuestionId("back_nrs"), QuestionId("back_change"), "back_")
LEFT = Site(QuestionId("leg_nrs_l"), QuestionId("leg_change"), "left_")
RIGHT = Site(QuestionId("leg_nrs_r"), QuestionId("leg_change"), "right_")


@dataclass
class Tally:
    """How many check-ins there were, re-checks among them, and how many of either were flagged."""

    check_ins: int = 0
    flagged: int = 0
    scheduled: int = 0
    scheduled_flagged: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Flagged at this_week and above, of all check-ins."""
        return self.flagged / self.check_ins

    @property
    def scheduled_rate(self) -> float:
        """The same, of the yearly check-ins alone."""
        return self.scheduled_flagged / self.scheduled


class Patient:
    """The series of one patient, as a chart keeps them, and the rules that look at them."""

    def __init__(self, protocol: CareProtocol, sites: Sequence[Site]) -> None:
        prefixes = tuple(site.rules for site in sites)
        self._rules = tuple(rule for rule in protocol.rules if rule.id.startswith(prefixes))
        self._orders = protocol.orders()
        self._series: dict[QuestionId, Series] = {}
        self._check_ins = 0

    def answers(self, said: dict[QuestionId, Value], at: datetime) -> tuple[Rule, ...]:
        """The rules that fire on this occasion."""
        self._check_ins += 1
        occasion = CheckInId(self._check_ins)
        for question, value in said.items():
            series = self._series.get(question, Series())
            self._series[question] = series.and_then(Reading(value, at, occasion))
        evidence = Evidence(said, self._series, occasion, at, OPERATED_AT, self._orders)
        return fired(self._rules, evidence, frozenset(said))

    def last(self, question: QuestionId) -> int | None:
        """The newest number."""
        series = self._series.get(question)
        last = series.last if series else None
        return last.value if last is not None and isinstance(last.value, int) else None


def simulate(
    protocol: CareProtocol, patients: int, seed: int, says_worse: SaysWorse, sites: Sequence[Site] = (BACK,)
) -> Tally:
    """What the rules make of so many patients in whom nothing changes."""
    chance, tally = Random(seed), Tally()
    for number in range(patients):
        level = LEVELS[number % len(LEVELS)]
        patient = Patient(protocol, sites)
        for year in range(1, YEARS + 1):
            at = OPERATED_AT + year * YEAR
            planned = _check_in(patient, chance, level, at, says_worse, sites, tally, scheduled=True)
            for after in planned:
                _check_in(patient, chance, level, at + after, says_worse, sites, tally, scheduled=False)
    return tally


def _check_in(
    patient: Patient,
    chance: Random,
    level: int,
    at: datetime,
    says_worse: SaysWorse,
    sites: Sequence[Site],
    tally: Tally,
    scheduled: bool,
) -> tuple[timedelta, ...]:
    """One check-in; and after how long it is to be asked again."""
    said: dict[QuestionId, Value] = {}
    for site in sites:
        now = min(10, max(0, round(chance.gauss(level, NOISE_SD))))
        worse = says_worse(chance, now, patient.last(site.nrs))
        said |= {site.nrs: now, site.change: "worse" if worse else said.get(site.change, "same")}
        if now >= EASED_FROM and EASED not in said:
            said[EASED] = "no" if chance.random() < NOT_EASED else "yes"
    rules = patient.answers(said, at)
    flags = [rule for rule in rules if rule.tier.at_least(Tier.THIS_WEEK)]
    tally.check_ins += 1
    tally.scheduled += scheduled
    tally.flagged += bool(flags)
    tally.scheduled_flagged += scheduled and bool(flags)
    for rule in flags:
        tally.by_rule[rule.id] = tally.by_rule.get(rule.id, 0) + 1
    return tuple(sorted({recheck.after for rule in rules for recheck in rule.rechecks}))


def shown(what: str, tally: Tally) -> str:
    """One line of the report."""
    rules = ", ".join(f"{rule} {count}" for rule, count in sorted(tally.by_rule.items()))
    return (
        f"{what}: {tally.rate:.1%} of {tally.check_ins} check-ins, {tally.scheduled_rate:.1%} of the "
        f"{tally.scheduled} yearly ones ({rules})"
    )


def main() -> None:
    """The rate that the tests hold to its limit, and beside it those that nobody can promise."""
    print(shown("no true change", simulate(shipped(), PATIENTS, SEED, by_chance)))
    print(shown('"worse" at each rise of 2', simulate(shipped(), PATIENTS, SEED, at_each_rise_of_2)))
    print(shown("back and both legs", simulate(shipped(), PATIENTS, SEED, by_chance, (BACK, LEFT, RIGHT))))


if __name__ == "__main__":
    main()
