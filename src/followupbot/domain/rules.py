"""Rules: when what a patient has said becomes a finding for clinic review, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from followupbot.domain.conditions import Condition, Evidence
from followupbot.domain.ids import CardId, Concern, QuestionId, RuleId, TopicId
from followupbot.domain.questions import Answer, Value


class Tier(StrEnum):
    """How soon a human must look; clinical.md 2 gives the clinical meaning of each."""

    EMERGENCY = "emergency"
    SAME_DAY = "same_day"
    THIS_WEEK = "this_week"
    ROUTINE = "routine"
    RECORD = "record"

    @property
    def rank(self) -> int:
        """0 for the most urgent."""
        return list(Tier).index(self)

    def worse_than(self, other: "Tier") -> bool:
        """Whether this tier is the more urgent of the two."""
        return self.rank < other.rank


@dataclass(frozen=True)
class Rule:
    """When `condition` holds, a flag of `tier` about `concern` is raised.

    An emergency rule names the `card` that the patient gets at that very tap.
    """

    id: RuleId
    condition: Condition
    tier: Tier
    concern: Concern
    version: int = 1
    education: TopicId | None = None
    card: CardId | None = None


@dataclass(frozen=True)
class Trace:
    """Why a rule fired: which rule in which version, on which answers. Enough to say it in words, years later."""

    rule: RuleId
    version: int
    inputs: tuple[Answer, ...]


def fired(rules: Iterable[Rule], evidence: Evidence, because_of: frozenset[QuestionId]) -> tuple[Rule, ...]:
    """The rules that look at one of the questions in `because_of` and hold, in the protocol's order."""
    return tuple(
        rule for rule in rules if rule.condition.questions() & because_of and rule.condition.holds(evidence) is True
    )


def trace(rule: Rule, evidence: Evidence) -> Trace:
    """The rule, and the answers of this occasion that it looked at."""
    inputs = tuple(
        Answer(question, evidence.answers[question])
        for question in sorted(rule.condition.questions())
        if question in evidence.answers
    )
    return Trace(rule.id, rule.version, inputs)


def emergency_card(rules: Iterable[Rule], question: QuestionId, value: Value) -> CardId | None:
    """The card that this answer alone, with nothing else known, brings; None where it brings none."""
    evidence = Evidence({question: value})
    for rule in fired(rules, evidence, frozenset((question,))):
        if rule.tier is Tier.EMERGENCY:
            return rule.card
    return None
