"""The clinic's plan: what is asked, when, what it means, and who is told how fast."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property, lru_cache

from followupbot.domain.comparisons import Truth
from followupbot.domain.conditions import Condition
from followupbot.domain.evidence import Evidence
from followupbot.domain.gates import Gate
from followupbot.domain.ids import CardId, Language, ProtocolKey, QuestionId, RuleId, TimingId, TopicId
from followupbot.domain.questions import Choice, Question
from followupbot.domain.replies import SKIP, SKIPPED, Answer, Pressed, Read, Rejected, Reply, Toggled, Value
from followupbot.domain.rules import Rule, Tier, emergency_card
from followupbot.domain.schedule import DEFAULT_QUIET_HOURS, QuietHours, Timing
from followupbot.domain.scores import Score

BUTTONS_KEPT = 4096


@dataclass(frozen=True)
class Asked:
    """A question, the condition under which it is put, and whether the patient may leave it out."""

    question: Question
    ask_if: Condition | None = None
    skippable: bool = False
    private: bool = False
    """The patient alone is asked, never a carer (clinical.md 0.19)."""

    def read(self, asked: QuestionId, reply: Reply) -> Read:
        """What the reply comes to; where the question may be skipped, the button that does so is an answer too."""
        if self.skippable and asked == self.question.id and reply == Pressed(SKIP):
            return (Answer(asked, SKIPPED),)
        return self.question.read(asked, reply)

    def for_carer(self) -> "Asked | None":
        """The question as a carer is asked it, without the items that are private; None where nothing is left."""
        if self.private:
            return None
        if not isinstance(self.question, Gate) or not any(item.private for item in self.question.items):
            return self
        items = tuple(item for item in self.question.items if not item.private)
        return replace(self, question=replace(self.question, items=items)) if items else None

    def labels(self) -> tuple[str, ...]:
        """The names of its buttons that need words."""
        return (*self.question.labels(), SKIP) if self.skippable else self.question.labels()

    def presses(self) -> tuple[tuple[QuestionId, str], ...]:
        """What its buttons say, one for each."""
        own = self.question.presses()
        return (*own, (self.question.id, SKIP)) if self.skippable else own

    def applies(self, evidence: Evidence) -> Truth:
        """Whether it is put; None where an answer that decides that is still to come."""
        return True if self.ask_if is None else self.ask_if.holds(evidence)


@dataclass(frozen=True)
class Within:
    """Due this long after it was raised, by the clock."""

    span: timedelta


@dataclass(frozen=True)
class AtClosing:
    """Due when the clinic closes; raised after closing, when it closes on its next open day."""


@dataclass(frozen=True)
class WorkingDays:
    """Due at closing, so many working days after it was raised."""

    days: int


Due = Within | AtClosing | WorkingDays


@dataclass(frozen=True)
class HelpCheck:
    """So long `after` a card the patient is asked whether help is there; silence `within` means "not yet"."""

    after: timedelta
    within: timedelta


@dataclass(frozen=True)
class Unscheduled:
    """A check-in that the patient asks for: what it asks, and for how long it takes answers."""

    form: tuple[QuestionId, ...]
    open_for: timedelta


@dataclass(frozen=True)
class Paging:
    """How alerts of one tier reach people.

    `waits` has one entry a step of the ladder: how long that step has before the next is paged; after the last the
    first is paged again, until somebody takes it. Empty: nobody is buzzed, the alert stands in the list.
    `at_any_hour` is False where paging keeps to opening hours. A taken alert without an outcome pages from the first
    step again after `again_after` (clinical.md 0.6, 0.7). `help_check` is there for an emergency alone.
    """

    due: Due
    waits: tuple[timedelta, ...] = ()
    at_any_hour: bool = False
    again_after: timedelta | None = None
    help_check: HelpCheck | None = None


@dataclass(frozen=True)
class AlertOutcome:
    """One way in which an alert may end; the words are `alerts/outcomes/<id>`.

    With `confirms_baseline` a clinician has spoken to the patient and confirms that what is told as "had this before,
    unchanged" is old and unchanged (clinical.md 0.2); it is offered only where an alert tells of something like that.
    """

    id: str
    confirms_baseline: bool = False


OUTCOMES = tuple(map(AlertOutcome, ("called", "appointment", "sent_to_hospital", "no_action")))
"""Those of a protocol that names none."""


@dataclass(frozen=True)
class Expecting:
    """For which `reasons` (the words are `alerts/reasons/<reason>`), and for how long, a finding may be expected."""

    reasons: tuple[str, ...]
    spans: tuple[timedelta, ...]


APPROVERS_MIN = 2
"""A spinal clinician and a clinical safety officer (clinical.md 0.16)."""


@dataclass(frozen=True)
class CareProtocol:
    """One care protocol in one published version."""

    key: ProtocolKey
    asked: tuple[Asked, ...]
    rules: tuple[Rule, ...]
    timings: tuple[Timing, ...]
    ladder: Mapping[Tier, Paging]
    at_enrolment: TimingId
    """The timing whose form is asked at enrolment; late enrolment is never back-filled (clinical.md 8b)."""
    years: int = 10
    """For how many years patients are told that we ask."""
    approved_by: tuple[str, ...] = ()
    """Who has approved it; see `approved`."""
    scores: tuple[Score, ...] = ()
    after_card: QuestionId | None = None
    """The one question that follows an emergency card. It never lowers a tier (clinical.md 0.3)."""
    absorb_within: timedelta | None = None
    """Of two forms that fall so close together the larger stands for both, recorded. None: only on one day."""
    quiet_hours: QuietHours = DEFAULT_QUIET_HOURS
    languages: tuple[Language, ...] = ()
    """Languages in which every word of it must be there. Empty: those that there are."""
    urgent: Unscheduled | None = None
    """What "Something has changed: check now" asks. None: that button is not offered."""
    report: Unscheduled | None = None
    """What `/report` asks."""
    outcomes: tuple[AlertOutcome, ...] = OUTCOMES
    """How an alert may end, in the order of the buttons."""
    expecting: Expecting | None = None
    """What "expected until" offers (clinical.md 0.15). None: it is not offered."""

    def asked_as(self, question: QuestionId) -> Asked | None:
        """The question, or the gate screen that holds the item, of that name, and how it is put."""
        return self._by_name.get(question)

    def question(self, question: QuestionId) -> Question | None:
        """The question, or the gate screen that holds the item, of that name."""
        asked = self.asked_as(question)
        return None if asked is None else asked.question

    @property
    def approved(self) -> bool:
        """Whether as many different people have put their names to it as must (clinical.md 0.16)."""
        return len({" ".join(name.split()).casefold() for name in self.approved_by}) >= APPROVERS_MIN

    @property
    def onset(self) -> Asked | None:
        """The one question that follows an emergency card."""
        return None if self.after_card is None else self.asked_as(self.after_card)

    def score(self, score: QuestionId) -> Score | None:
        """The score of that name."""
        return next((found for found in self.scores if found.id == score), None)

    def orders(self) -> Mapping[QuestionId, tuple[str, ...]]:
        """The options of each question that has steps, in their order."""
        return self._orders

    def gates(self) -> tuple[Gate, ...]:
        """The red-flag screens, in the order written."""
        return tuple(asked.question for asked in self.asked if isinstance(asked.question, Gate))

    def rule(self, rule: RuleId) -> Rule | None:
        """The rule of that name."""
        return next((found for found in self.rules if found.id == rule), None)

    def rules_about(self, questions: frozenset[QuestionId]) -> tuple[Rule, ...]:
        """The rules that look at one of these questions or scores, in the order written."""
        places = {place for question in questions for place in self._places_about.get(question, ())}
        return tuple(self.rules[place] for place in sorted(places))

    def tiers(self, rules: Iterable[RuleId]) -> tuple[Tier, ...]:
        """The tiers of the rules of these names."""
        return tuple(self._tiers[rule] for rule in rules if rule in self._tiers)

    def timing(self, timing: TimingId) -> Timing:
        """The timing of that name."""
        return next(found for found in self.timings if found.id == timing)

    def teaches(self, timing: TimingId) -> TopicId | None:
        """The topic that a check-in of that timing, which may be there no more, ends with where no rule has one."""
        return next((found.teaches for found in self.timings if found.id == timing), None)

    def outcome(self, outcome: str) -> AlertOutcome | None:
        """The way of that name in which an alert may end."""
        return next((found for found in self.outcomes if found.id == outcome), None)

    def put_by(self, form: tuple[QuestionId, ...]) -> tuple[Asked, ...]:
        """The form's questions in its order, those that do not apply too."""
        return tuple(self._by_name[question] for question in form)

    def to_ask(self, form: tuple[QuestionId, ...], evidence: Evidence) -> tuple[Asked, ...]:
        """The form's questions that apply, in its order. What an unanswered condition decides is not asked yet."""
        return tuple(
            asked for asked in self.put_by(form) if asked.ask_if is None or asked.ask_if.holds(evidence) is True
        )

    def may_ask(self, form: tuple[QuestionId, ...], evidence: Evidence) -> frozenset[QuestionId]:
        """The names of all that the form asks or may come to ask."""
        possible = (asked.question for asked in self.put_by(form) if asked.applies(evidence) is not False)
        return frozenset(name for question in possible for name in question.ids())

    @cached_property
    def pauses(self) -> tuple[timedelta, ...]:
        """After how long a pause a rule may fire, the shortest first."""
        return tuple(sorted({pause for rule in self.rules for pause in rule.pauses}))

    @cached_property
    def _orders(self) -> Mapping[QuestionId, tuple[str, ...]]:
        questions = [asked.question for asked in self.asked]
        return {found.id: found.options for found in questions if isinstance(found, Choice)}

    @cached_property
    def _by_name(self) -> Mapping[QuestionId, Asked]:
        names = {name: asked for asked in reversed(self.asked) for name in asked.question.ids()}
        return names | {asked.question.id: asked for asked in reversed(self.asked)}

    @cached_property
    def _places_about(self) -> Mapping[QuestionId, tuple[int, ...]]:
        found: dict[QuestionId, tuple[int, ...]] = {}
        for place, rule in enumerate(self.rules):
            for question in rule.questions:
                found[question] = (*found.get(question, ()), place)
        return found

    @cached_property
    def _tiers(self) -> Mapping[RuleId, Tier]:
        return {rule.id: rule.tier for rule in self.rules}

    @cached_property
    def emergency_items(self) -> frozenset[QuestionId]:
        """Whatever an answer to which may be an emergency."""
        return frozenset(self._emergencies)

    @cached_property
    def _emergencies(self) -> Mapping[QuestionId, tuple[Rule, ...]]:
        emergencies = [rule for rule in self.rules if rule.tier is Tier.EMERGENCY]
        looked_at = {question for rule in emergencies for question in rule.questions}
        return {question: tuple(rule for rule in emergencies if question in rule.questions) for question in looked_at}

    @cached_property
    def card_on(self) -> Callable[[QuestionId, str], CardId | None]:
        """The emergency card that a button brings, by what it says; every question is put with all its buttons."""
        return lru_cache(maxsize=BUTTONS_KEPT)(self._card_on)

    def _card_on(self, question: QuestionId, value: str) -> CardId | None:
        asked = self.asked_as(question)
        read = Rejected("unknown") if asked is None else asked.read(question, Pressed(value))
        answers = () if isinstance(read, Rejected | Toggled) else read
        return next((card for answer in answers if (card := self.card_for(answer.question, answer.value))), None)

    def card_for(self, question: QuestionId, value: Value) -> CardId | None:
        """The emergency card that this press alone brings, so that the button can carry its name."""
        emergencies = self._emergencies.get(question)
        return emergency_card(emergencies, question, value) if emergencies else None
