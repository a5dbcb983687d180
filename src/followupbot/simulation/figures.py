"""What a simulation came to, in figures, and one digest over everything that reached a phone."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from followupbot.domain.facts.alerts import AlertRaised, AlertRaisedAgain, FlagJoined
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInCompleted, CheckInExpired, QuestionAnswered
from followupbot.domain.facts.occasions import OccasionSkipped
from followupbot.domain.ids import CheckInId, PatientId
from followupbot.simulation.promises import Judgement, judge
from followupbot.simulation.telegram import SENDS
from followupbot.simulation.world import BEGINS, World

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Figures:
    """Everything that is printed."""

    patients: int
    years: float
    seed: int
    faults: bool
    digest: str
    planned: int
    asked: int
    answered: int
    missed: int
    skipped: Mapping[str, int]
    answers: int
    sent: int
    edited: int
    refused: Mapping[int, int]
    expired_updates: int
    alerts: Mapping[str, int]
    merged: int
    raised_again: int
    weekly: Mapping[str, tuple[int, ...]]
    """Of each tier, alerts raised in each week."""
    busiest_second: int
    busiest_minute: int
    busiest_minute_at: datetime | None
    went_wrong: Mapping[str, int]
    judgement: Judgement = field(repr=False)


def count(world: World) -> Figures:
    """The figures of a world that has come to its end."""
    telegram, log = world.telegram, world.telegram.log
    facts: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    alerts: Counter[str] = Counter()
    weeks: dict[str, Counter[int]] = {}
    answered: set[tuple[PatientId, CheckInId]] = set()
    for patient in world.patients:
        for fact in world.program.process.store.facts_of(patient):
            facts[type(fact).__name__] += 1
            match fact:
                case CheckInCompleted(check_in=check_in):  # one in which an answer was changed is so twice
                    answered.add((patient, check_in))
                case OccasionSkipped(reason=reason):
                    skipped[reason] += 1
                case AlertRaised(at=at, flag=flag):
                    alerts[flag.tier.value] += 1
                    weeks.setdefault(flag.tier.value, Counter())[(at - BEGINS) // WEEK] += 1
                case _:
                    pass
    last = (world.clock.at - BEGINS) // WEEK
    weekly = {tier: tuple(found[week] for week in range(last + 1)) for tier, found in weeks.items()}
    accepted = [call for call in log if call.accepted]
    most, most_at = telegram.busiest_minute
    return Figures(
        world.size.patients,
        world.size.years,
        world.size.seed,
        world.size.faults,
        digest(world),
        planned=facts[CheckInAsked.__name__] + facts[OccasionSkipped.__name__],
        asked=facts[CheckInAsked.__name__],
        answered=len(answered),
        missed=facts[CheckInExpired.__name__],
        skipped=dict(sorted(skipped.items())),
        answers=facts[QuestionAnswered.__name__],
        sent=sum(call.method in SENDS for call in accepted),
        edited=sum(call.method not in SENDS for call in accepted),
        refused=dict(sorted(Counter(call.status for call in log if not call.accepted).items())),
        expired_updates=len(telegram.expired),
        alerts=dict(sorted(alerts.items())),
        merged=facts[FlagJoined.__name__],
        raised_again=facts[AlertRaisedAgain.__name__],
        weekly=weekly,
        busiest_second=telegram.busiest_second,
        busiest_minute=most,
        busiest_minute_at=most_at,
        went_wrong=dict(sorted(world.faults.counts.items())),
        judgement=judge(world),
    )


def digest(world: World) -> str:
    """The same where, and only where, the same reached the same phones at the same times."""
    summed = hashlib.sha256()
    for call in world.telegram.log:
        line = f"{call.at.isoformat()} {call.method} {call.chat} {call.message} {call.status} {call.sort} {call.text}"
        summed.update(line.encode() + b"\n")
    return summed.hexdigest()
