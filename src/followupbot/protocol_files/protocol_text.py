"""A care protocol as it is written: which fields each part of its file has, and what may stand there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from followupbot.domain.care_protocol import OUTCOMES, AlertOutcome, Asked, Due, Expecting, HelpCheck, Paging
from followupbot.domain.conditions import Condition
from followupbot.domain.ids import CardId, Concern, Language, QuestionId, RuleId, TimingId, TopicId
from followupbot.domain.rules import Rule, Tier
from followupbot.domain.schedule import SURGERY, Offset, QuietHours
from followupbot.domain.scores import Score
from followupbot.protocol_files.durations import DUE, HOUR, OFFSET, OFFSET_YEARS_MAX, REPEAT, SPAN
from followupbot.protocol_files.reading import Node, Reading, Scalar
from followupbot.protocol_files.shapes import (
    Field,
    Keyed,
    Many,
    Name,
    OneOf,
    OneOrMany,
    Record,
    Schema,
    Text,
    Truth,
    Whole,
)
from followupbot.protocol_files.tables import AnyCondition, AnyQuestion, AnyScore

AT_ENROLMENT = "enrolment"
NOBODY = "nobody"

WAITS_MAX = 10
"""Steps of a ladder; more clinicians than that are not woken one after the other."""

OUTCOMES_MAX = 8
REASONS_MAX = 6
SPANS_MAX = 4
"""Buttons below an alert; more do not fit a phone."""

RULE_VERSION_MAX = 9999
REMINDERS_MAX = 5
LANGUAGES_MAX = 20

TIERS = {tier.value: tier for tier in Tier}


@dataclass(frozen=True)
class After:
    """When a timing asks for the first time: a time after the operation, or at enrolment, which is None."""

    def read(self, node: Node, reading: Reading) -> Offset | None:
        """The distance from the operation; None for enrolment."""
        if isinstance(node, Scalar) and node.text == AT_ENROLMENT:
            return None
        return OFFSET.read(node, reading)

    def schema(self) -> Schema:
        """A distance, or the word."""
        return {"anyOf": [{"const": AT_ENROLMENT}, OFFSET.schema()]}


@dataclass(frozen=True)
class Approvers:
    """Who has approved it: `nobody`, or names."""

    def read(self, node: Node, reading: Reading) -> tuple[str, ...]:
        """The names."""
        if isinstance(node, Scalar) and node.text == NOBODY:
            return ()
        return Many(Text("a person's name")).read(node, reading)

    def schema(self) -> Schema:
        """The word, or a list of names."""
        return {"anyOf": [{"const": NOBODY}, Many(Text()).schema()]}


@dataclass(frozen=True)
class TimingLine:
    """One timing as it is written: the form by its name, the first time perhaps at enrolment."""

    id: TimingId
    after: Offset | None
    form: str
    open_for: timedelta
    repeat: Offset | None
    until: Offset | None
    anchor: str
    open_before: timedelta
    hour: time | None
    reminders: tuple[timedelta, ...]
    group: str | None
    teaches: TopicId | None


@dataclass(frozen=True)
class RecheckLine:
    """One re-check as it is written: the form by its name."""

    after: timedelta
    form: str
    open_for: timedelta
    reminders: tuple[timedelta, ...]


@dataclass(frozen=True)
class UnscheduledLine:
    """A check-in that the patient asks for, as it is written: the form by its name."""

    form: str
    open_for: timedelta


@dataclass(frozen=True)
class RuleLine:
    """One rule as it is written."""

    rule: Rule
    rechecks: tuple[RecheckLine, ...]


@dataclass(frozen=True)
class ProtocolText:
    """A care protocol as it is written, every part of it in its right form."""

    approved_by: tuple[str, ...]
    years: int
    questions: tuple[Asked, ...]
    forms: Mapping[str, tuple[QuestionId, ...]]
    rules: tuple[RuleLine, ...]
    timings: tuple[TimingLine, ...]
    ladder: Mapping[Tier, Paging]
    scores: tuple[Score, ...]
    after_card: QuestionId | None
    absorb_within: timedelta | None
    quiet_hours: QuietHours
    languages: tuple[Language, ...]
    triggers: Mapping[str, tuple[RuleId, ...]]
    urgent: UnscheduledLine | None
    report: UnscheduledLine | None
    outcomes: tuple[AlertOutcome, ...]
    expecting: Expecting | None


def _rule(when: Condition, recheck: tuple[RecheckLine, ...], **values: Any) -> RuleLine:
    return RuleLine(Rule(condition=when, **values), recheck)


def _paging(due: Due, **values: Any) -> Paging:
    return Paging(due=due, **values)


_QUESTION = Name(QuestionId, "the name of a question")
_TRIGGERS = Keyed(Name(str, "the name of a trigger"), Many(Name(RuleId, "the name of a rule")))

RECHECK = Record(
    "a re-check",
    (
        Field("after", SPAN, doc="How long after the rule has fired it asks."),
        Field("form", Name(str, "the name of a form"), doc="Which of the forms is asked."),
        Field("open_for", SPAN, doc="How long after asking it still takes answers."),
        Field("reminders", Many(SPAN, 1, REMINDERS_MAX), (), "How long after asking somebody is reminded."),
    ),
    RecheckLine,
)

RULE = Record(
    "a rule",
    (
        Field("id", Name(RuleId, "the rule's name"), doc="Its name in the record, for ever."),
        Field("when", AnyCondition(), doc="The condition under which it fires."),
        Field("tier", OneOf(TIERS), doc="How soon a human must look."),
        Field("concern", Name(Concern), doc="The one word that an alert shows: alerts/concerns/<concern>."),
        Field("version", Whole(1, RULE_VERSION_MAX), 1, "One more at each change of meaning."),
        Field("education", Name(TopicId), None, "The topic that may follow: education/<topic>."),
        Field("card", Name(CardId), None, "With an emergency: the card that the patient gets at once, cards/<card>."),
        Field("recheck", OneOrMany(RECHECK), (), "A smaller form that is asked some days later."),
    ),
    _rule,
)

TIMING = Record(
    "a timing",
    (
        Field("id", Name(TimingId, "the timing's name"), doc="Its name in the record, for ever."),
        Field("after", After(), doc="How long after the operation it asks; or enrolment."),
        Field("form", Name(str, "the name of a form"), doc="Which of the forms is asked."),
        Field("open_for", SPAN, doc="How long after asking it still takes answers."),
        Field("repeat", REPEAT, None, "It asks again at every such distance after the first time."),
        Field("until", OFFSET, None, "The last time is not later than this after the anchor."),
        Field("anchor", Name(str, "the name of a date"), SURGERY, "The date that it counts from."),
        Field("open_before", SPAN, timedelta(), "How much earlier it may start: late enrolment, an absorbed form."),
        Field("hour", HOUR, None, "In place of the hour that the patient has chosen."),
        Field("reminders", Many(SPAN, 1, REMINDERS_MAX), (), "How long after asking somebody is reminded."),
        Field("group", Name(str), None, "Timings of one group start whole or not at all."),
        Field("teaches", Name(TopicId), None, "The topic after a check-in that raised nothing with one."),
    ),
    TimingLine,
)

UNSCHEDULED = Record(
    "a check-in that the patient asks for",
    (
        Field("form", Name(str, "the name of a form"), doc="Which of the forms is asked."),
        Field("open_for", SPAN, doc="How long after asking it still takes answers."),
    ),
    UnscheduledLine,
)

HELP_CHECK = Record(
    'asking "Are you getting help?"',
    (
        Field("after", SPAN, doc="How long after an emergency card it is asked."),
        Field("within", SPAN, doc='Without an answer for so long it is taken for "not yet".'),
    ),
    HelpCheck,
)

PAGING = Record(
    "a tier's line of the ladder",
    (
        Field("due", DUE, doc="By when somebody has to act: a time, closing, or working days."),
        Field("waits", Many(SPAN, 0, WAITS_MAX), (), "How long each step has before the next is paged; none: no buzz."),
        Field("at_any_hour", Truth(), False, "true: pages day and night; false: in opening hours."),
        Field("again_after", SPAN, None, "Pages again when it was taken and has no outcome for so long."),
        Field(
            "help_check",
            HELP_CHECK,
            None,
            "With emergency: when a patient who got a card is asked whether help is there.",
        ),
    ),
    _paging,
)

QUIET_HOURS = Record(
    "quiet hours",
    (
        Field("starts", HOUR, doc="From then on nothing that we start is sent; 20:00 or earlier."),
        Field("ends", HOUR, doc="Until then; 09:00 or later."),
    ),
    QuietHours,
)

OUTCOME = Record(
    "a way in which an alert may end",
    (
        Field("id", Name(str, "the outcome's name"), doc="Its name in the record, for ever; alerts/outcomes/<id>."),
        Field("confirms_baseline", Truth(), False, "true: what was told as old and unchanged is confirmed to be that."),
    ),
    AlertOutcome,
)

EXPECTING = Record(
    'what "expected until" offers',
    (
        Field("reasons", Many(Name(str, "a reason's name"), 1, REASONS_MAX), doc="Why; alerts/reasons/<reason>."),
        Field("spans", Many(SPAN, 1, SPANS_MAX), doc="For how long, in whole days."),
    ),
    Expecting,
)

PROTOCOL = Record(
    "a care protocol",
    (
        Field("approved_by", Approvers(), doc="nobody, or the names of those who approved it."),
        Field("years", Whole(1, OFFSET_YEARS_MAX), doc="For how many years patients are told that we ask."),
        Field("questions", Many(AnyQuestion()), doc="Everything that may be asked."),
        Field("forms", Keyed(Name(str, "the name of a form"), Many(_QUESTION)), doc="Which questions, in which order."),
        Field("rules", Many(RULE), doc="When an answer becomes a finding for review."),
        Field("timings", Many(TIMING), doc="When it asks."),
        Field("ladder", Keyed(OneOf(TIERS), PAGING), doc="Who is told how fast, for each tier."),
        Field("scores", Many(AnyScore()), (), "Several answers made into one number."),
        Field("after_card", _QUESTION, None, "The one question that follows an emergency card."),
        Field("absorb_within", SPAN, None, "Of two forms so close together the larger stands for both."),
        Field("quiet_hours", QUIET_HOURS, QuietHours(), "When nothing is started; may only widen 20:00 to 09:00."),
        Field("urgent", UNSCHEDULED, None, 'What "Something has changed: check now" asks.'),
        Field("report", UNSCHEDULED, None, "What /report asks."),
        Field(
            "outcomes", Many(OUTCOME, 1, OUTCOMES_MAX), OUTCOMES, "How an alert may end, in the order of the buttons."
        ),
        Field("expecting", EXPECTING, None, 'What "expected until" offers; without it, it is not offered.'),
        Field("languages", Many(Name(Language), 1, LANGUAGES_MAX), (), "Languages that must have every word of it."),
        Field(
            "triggers", _TRIGGERS, {}, "What must lead to a flag, and the rules that see to it; each with a vignette."
        ),
    ),
    ProtocolText,
)
