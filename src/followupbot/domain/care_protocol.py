"""The clinic's plan: what is asked, when, what it means, and who is told how fast."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from followupbot.domain.conditions import Condition, Evidence
from followupbot.domain.ids import CardId, ProtocolKey, QuestionId, TimingId
from followupbot.domain.questions import Question, Value
from followupbot.domain.rules import Rule, Tier, emergency_card
from followupbot.domain.schedule import Timing


@dataclass(frozen=True)
class Asked:
    """A question, and the condition under which it is put."""

    question: Question
    ask_if: Condition | None = None


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
class Paging:
    """How alerts of one tier reach people.

    `waits` has one entry a step of the ladder: how long that step has before the next is paged; after the last the
    first is paged again, until somebody takes it. Empty: nobody is buzzed, the alert stands in the list.
    `at_any_hour` is False where paging keeps to opening hours. A taken alert without an outcome pages from the first
    step again after `again_after` (clinical.md 0.6, 0.7).
    """

    due: Due
    waits: tuple[timedelta, ...] = ()
    at_any_hour: bool = False
    again_after: timedelta | None = None


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

    def question(self, question: QuestionId) -> Question | None:
        """The question, or the gate screen that holds the item, of that name."""
        for asked in self.asked:
            if asked.question.id == question or question in asked.question.ids():
                return asked.question
        return None

    def timing(self, timing: TimingId) -> Timing:
        """The timing of that name."""
        return next(found for found in self.timings if found.id == timing)

    def to_ask(self, form: tuple[QuestionId, ...], evidence: Evidence) -> tuple[Question, ...]:
        """The form's questions that apply, in its order. What an unanswered condition decides is not asked yet."""
        by_id = {asked.question.id: asked for asked in self.asked}
        chosen = [by_id[question] for question in form]
        return tuple(asked.question for asked in chosen if asked.ask_if is None or asked.ask_if.holds(evidence) is True)

    def card_for(self, question: QuestionId, value: Value) -> CardId | None:
        """The emergency card that this press alone brings, so that the button can carry its name."""
        return emergency_card(self.rules, question, value)
