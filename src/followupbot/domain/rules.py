"""Rules: when what a patient has said becomes a finding for clinic review, and why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from followupbot.domain.comparisons import FallsBy, Missed, Newly, NotAnsweredFor, RisesBy, WereAtMost
from followupbot.domain.conditions import (
    All,
    Any,
    Condition,
    ConfirmedWithin,
    HeldBefore,
    Not,
    leaves,
    of_silence,
    pauses,
)
from followupbot.domain.evidence import Evidence, Since
from followupbot.domain.ids import CardId, Concern, QuestionId, RuleId, TopicId
from followupbot.domain.replies import Answer, Datum, Value
from followupbot.domain.tiers import Tier as Tier  # a rule without a tier is none, so they are found together


@dataclass(frozen=True)
class Recheck:
    """A smaller form, asked `after` the rule has fired: whether what was said then is still so."""

    after: timedelta
    form: tuple[QuestionId, ...]
    open_for: timedelta
    reminders: tuple[timedelta, ...] = ()


@dataclass(frozen=True)
class Rule:
    """When `condition` holds, a flag of `tier` about `concern` is raised, and each of `rechecks` is planned.

    An emergency rule names the `card` that the patient gets at that very tap.
    """

    id: RuleId
    condition: Condition
    tier: Tier
    concern: Concern
    version: int = 1
    education: TopicId | None = None
    card: CardId | None = None
    rechecks: tuple[Recheck, ...] = ()

    @cached_property
    def questions(self) -> frozenset[QuestionId]:
        """The questions it looks at; at each press every rule is asked for them."""
        return self.condition.questions()

    @cached_property
    def of_silence(self) -> bool:
        """Whether it can fire by nobody's saying anything."""
        return of_silence(self.condition)

    @cached_property
    def pauses(self) -> frozenset[timedelta]:
        """After how long a pause in an open check-in it may fire."""
        return frozenset(pauses(self.condition))


@dataclass(frozen=True)
class Against:
    """What an answer was compared with. `name` is what the words of the rule call it: `usual_back_nrs`, `misses`."""

    name: str
    value: Datum


@dataclass(frozen=True)
class Trace:
    """Why a rule fired: which rule in which version, on which answers, compared with what.

    Enough to say it in words, years later: `rules/<rule>`.
    """

    rule: RuleId
    version: int
    inputs: tuple[Answer, ...]
    against: tuple[Against, ...] = ()


def fired(rules: Iterable[Rule], evidence: Evidence, because_of: frozenset[QuestionId]) -> tuple[Rule, ...]:
    """The rules that look at one of the questions in `because_of` and hold, in the protocol's order."""
    return tuple(
        rule for rule in rules if not rule.questions.isdisjoint(because_of) and rule.condition.holds(evidence) is True
    )


def fired_by_silence(rules: Iterable[Rule], evidence: Evidence) -> tuple[Rule, ...]:
    """The rules about what was left unanswered that hold, in the protocol's order."""
    return tuple(rule for rule in rules if rule.of_silence and rule.condition.holds(evidence) is True)


def trace(rule: Rule, evidence: Evidence) -> Trace:
    """The rule, the answers of this occasion that it looked at, and what it compared them with."""
    answers = [
        (question, evidence.answers[question]) for question in sorted(rule.questions) if question in evidence.answers
    ]
    inputs = tuple(Answer(question, value) for question, value in answers if not isinstance(value, float))
    # A score need not be a whole number, as an answer is.
    against: dict[str, Datum] = {f"cur_{question}": value for question, value in answers if isinstance(value, float)}
    against |= dict(_against(rule.condition, evidence))
    return Trace(rule.id, rule.version, inputs, tuple(Against(name, against[name]) for name in sorted(against)))


def said_names(rule: Rule) -> tuple[str, ...]:
    """Everything that the rule's words may be given: `cur_…` for each question, and what it is compared with."""
    names = {f"cur_{question}" for question in rule.questions} | set(_names(rule.condition))
    return tuple(sorted(names))


def said(rule: Rule, found: Trace) -> dict[str, Datum | None]:
    """What the rule's words are given for that trace; None where nothing was said, or there was nothing before."""
    values: dict[str, Datum] = {f"cur_{answer.question}": answer.value for answer in found.inputs}
    values |= {against.name: against.value for against in found.against}
    return {name: values.get(name) for name in said_names(rule)}


def emergency_card(rules: Iterable[Rule], question: QuestionId, value: Value) -> CardId | None:
    """The card that this answer alone, with nothing else known, brings; None where it brings none."""
    evidence = Evidence({question: value})
    emergencies = (rule for rule in rules if rule.tier is Tier.EMERGENCY)
    return next((rule.card for rule in fired(emergencies, evidence, frozenset((question,)))), None)


def _names(condition: Condition) -> Iterator[str]:
    """What is compared, by the names that words have for it."""
    match condition:
        case All(conditions) | Any(conditions):
            for part in conditions:
                yield from _names(part)
        case Not(part):
            yield from _names(part)
        case HeldBefore(part) | ConfirmedWithin(part):
            yield from (f"last_{question}" for question in part.questions())
            yield from _names(part)
        case RisesBy() | FallsBy():
            yield f"{condition.since}_{condition.question}"
        case Newly() | WereAtMost():
            yield f"last_{condition.question}"
        case Missed():
            yield "misses"
        case NotAnsweredFor():
            yield "silent_days"
        case _:
            pass


def _against(condition: Condition, evidence: Evidence) -> Iterator[tuple[str, Datum]]:
    for name in _names(condition):
        if name in {"misses", "silent_days"}:
            if evidence.silence is not None:
                yield name, evidence.silence.misses if name == "misses" else evidence.silence.lasted.days
        elif name.startswith("last_"):
            before = evidence.reading_before(QuestionId(name.removeprefix("last_")))
            if before is not None:
                yield name, before.value
    for leaf in leaves(condition):
        if isinstance(leaf, RisesBy | FallsBy) and leaf.since is not Since.LAST:
            number = evidence.reference(leaf.question, leaf.since, leaf.readings, leaf.settled_after)
            if number is not None:
                yield f"{leaf.since}_{leaf.question}", _in_words(leaf.question, number, evidence)


def _in_words(question: QuestionId, number: int | float, evidence: Evidence) -> Datum:
    """The number, or the name of the option that stands at that place."""
    order = evidence.orders.get(question, ())
    return order[int(number)] if order and number == int(number) else number
