"""What the facts by which the program watches itself add up to."""

from dataclasses import replace
from typing import assert_never

from followupbot.domain.clinic import INTERRUPTIONS_MAX, TROUBLES_MAX, Canary, Clinic, Interruption, Notice
from followupbot.domain.facts.watch import (
    CanaryPut,
    CanaryRaised,
    CanaryReceived,
    ClockConfirmed,
    ClockDoubted,
    IntakeInterrupted,
    InterruptionMended,
    TroubleBegan,
    TroubleEnded,
    WatchFact,
)


def folded(clinic: Clinic, fact: WatchFact) -> Clinic:
    """The clinic after the fact, but for its version."""
    match fact:
        case IntakeInterrupted():
            interruption = Interruption(fact.since, fact.until)
            return replace(clinic, interruptions=(*clinic.interruptions, interruption)[-INTERRUPTIONS_MAX:])
        case InterruptionMended():
            left = tuple(waiting for waiting in clinic.interruptions if waiting.since != fact.since)
            return replace(clinic, interruptions=left)
        case TroubleBegan():
            trouble = Notice(fact.key, fact.detail, fact.at)
            return replace(clinic, troubles=(*_without(clinic, fact), trouble)[-TROUBLES_MAX:])
        case TroubleEnded():
            return replace(clinic, troubles=_without(clinic, fact))
        case CanaryPut():
            # Who had the one before stays, so that the next one goes to another.
            last = None if clinic.canary is None else clinic.canary.staff or clinic.canary.last
            return replace(clinic, canary=Canary(fact.number, fact.at, last=last))
        case CanaryRaised():
            assert clinic.canary is not None, "an alert of a canary follows its press"
            return replace(clinic, canary=replace(clinic.canary, staff=fact.staff))
        case CanaryReceived():
            assert clinic.canary is not None, "what was received was raised"
            return replace(clinic, canary=replace(clinic.canary, received_at=fact.at))
        case ClockDoubted():
            return replace(clinic, clock_doubted_at=clinic.clock_doubted_at or fact.at)
        case ClockConfirmed():
            return replace(clinic, clock_doubted_at=None)
        case _:
            assert_never(fact)


def _without(clinic: Clinic, fact: TroubleBegan | TroubleEnded) -> tuple[Notice, ...]:
    return tuple(known for known in clinic.troubles if (known.key, known.detail) != (fact.key, fact.detail))
