"""A care protocol that has one of everything, for tests of how a check-in goes with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from followupbot.domain import check_ins, occasions, wake
from followupbot.domain.care_protocol import Asked, CareProtocol
from followupbot.domain.chart import Chart
from followupbot.domain.comparisons import AnyOf, AtLeast, Flagged, Includes, Is, Missed, Unanswered
from followupbot.domain.conditions import All, Condition
from followupbot.domain.decision import Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInBegun
from followupbot.domain.folding import fold
from followupbot.domain.gates import Gate, GateItem
from followupbot.domain.ids import CardId, CheckInId, Concern, QuestionId, RuleId, TimingId
from followupbot.domain.questions import Choice, Date, Multiple, Number, Scale, Text, YesNo
from followupbot.domain.rules import Recheck, Rule, Tier
from followupbot.domain.schedule import Offset, Timing
from followupbot.domain.scores import Sum
from tests.builders import (
    CHECK_IN,
    ENROLLED_AT,
    MESSAGE,
    NOW,
    V1,
    a_clinic,
    a_programme,
    a_protocol,
    after,
    an_enrolled_chart,
)

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

GATE, SADDLE, FOOT = QuestionId("gate"), QuestionId("rf_saddle"), QuestionId("rf_foot")
DEGREE = QuestionId("rf_foot_degree")
ONSET = QuestionId("rf_onset")
PAIN = QuestionId("back_nrs")
PLACES = QuestionId("places")
WALK = QuestionId("walk_minutes")
SINCE = QuestionId("since")
INTEREST, MOOD, PHQ2 = QuestionId("interest"), QuestionId("mood"), QuestionId("phq2")
SMOKES = QuestionId("smokes")
URGENCY = QuestionId("urgency_self")
NOTE = QuestionId("note")

MOODS = ("not_at_all", "several_days", "nearly_every_day")

ASKED = (
    Asked(Gate(GATE, (GateItem(SADDLE, Concern("feeling")), GateItem(FOOT, Concern("weakness"), as_before=False)))),
    Asked(Choice(DEGREE, ("a_bit", "clearly")), Is(FOOT, "new")),
    Asked(Choice(ONSET, ("two_weeks", "longer")), Is(SADDLE, "new")),
    Asked(Scale(PAIN)),
    Asked(Multiple(PLACES, ("back", "hip", "none"), none="none"), skippable=True),
    Asked(Number(WALK, "minutes", 0, 240)),
    Asked(Date(SINCE), skippable=True),
    Asked(Choice(INTEREST, MOODS), skippable=True),
    Asked(Choice(MOOD, MOODS), skippable=True),
    Asked(YesNo(SMOKES)),
    Asked(Choice(URGENCY, ("today", "no_need")), Flagged(Tier.ROUTINE)),
    Asked(Text(NOTE), skippable=True),
)

MICRO = (GATE, DEGREE, PAIN)
FULL = (GATE, DEGREE, PAIN, PLACES, WALK, SINCE, INTEREST, MOOD, SMOKES, URGENCY, NOTE)

BASELINE = Timing(TimingId("baseline"), Offset(), FULL, 7 * DAY)

IN_A_WEEK = Recheck(7 * DAY, MICRO, 3 * DAY, (DAY,))


def a_rule(
    name: str, condition: Condition, tier: Tier, rechecks: tuple[Recheck, ...] = (), card: str | None = None
) -> Rule:
    """A rule of that name."""
    borne = None if card is None else CardId(card)
    return Rule(RuleId(name), condition, tier, Concern("pain"), card=borne, rechecks=rechecks)


RULES = (
    a_rule("saddle_new", Is(SADDLE, "new"), Tier.EMERGENCY, card="cauda_equina"),
    a_rule("saddle_before", Is(SADDLE, "as_before"), Tier.SAME_DAY),
    a_rule("foot_clear", Is(DEGREE, "clearly"), Tier.SAME_DAY),
    a_rule("foot_unsaid", All((Is(FOOT, "new"), Unanswered(DEGREE, HOUR))), Tier.SAME_DAY),
    a_rule("onset_longer", AnyOf(ONSET, ("longer",)), Tier.RECORD),
    a_rule("pain_high", AtLeast(PAIN, 5), Tier.RECORD, (IN_A_WEEK,)),
    a_rule("hip", Includes(PLACES, "hip"), Tier.ROUTINE),
    a_rule("mood_low", AtLeast(PHQ2, 3), Tier.THIS_WEEK),
    a_rule("smokes", Is(SMOKES, "yes"), Tier.ROUTINE),
    a_rule("today", Is(URGENCY, "today"), Tier.SAME_DAY),
    a_rule("missed_twice", Missed(2), Tier.ROUTINE),
)


def the_protocol(timings: Sequence[Timing] = (BASELINE,), absorb_within: timedelta | None = 7 * DAY) -> CareProtocol:
    """All of it."""
    return replace(
        a_protocol(ASKED, RULES, timings),
        scores=(Sum(PHQ2, (INTEREST, MOOD), 2, {"not_at_all": 0, "several_days": 1, "nearly_every_day": 3}),),
        after_card=ONSET,
        absorb_within=absorb_within,
    )


def a_chart_of(protocol: CareProtocol | None = None, form: Sequence[QuestionId] = FULL, begun: bool = True) -> Chart:
    """A patient in the first check-in, asked at enrolment and open for a week."""
    chart = an_enrolled_chart(clinic=a_clinic(programme=a_programme(protocol or the_protocol())))
    facts: list[ChartFact] = [
        CheckInAsked(ENROLLED_AT, CHECK_IN, TimingId("baseline"), V1, tuple(form), ENROLLED_AT + 7 * DAY)
    ]
    return fold(chart, [*facts, CheckInBegun(ENROLLED_AT, CHECK_IN)] if begun else facts)


def said(chart: Chart, *answers: str, now: datetime = NOW, check_in: CheckInId = CHECK_IN) -> Chart:
    """The chart once `gate none`, `back_nrs 5` … were pressed and kept."""
    for answer in answers:
        question, value = answer.split()
        chart = after(chart, check_ins.answer_press(chart, check_in, QuestionId(question), value, MESSAGE, now))
    return chart


def press(chart: Chart, answer: str, now: datetime = NOW, check_in: CheckInId = CHECK_IN) -> Decision:
    """What comes of pressing `back_nrs 5`."""
    question, value = answer.split()
    return check_ins.answer_press(chart, check_in, QuestionId(question), value, MESSAGE, now)


def woken(chart: Chart, now: datetime) -> tuple[Decision, Chart]:
    """What comes of a wake, and the chart after; its next wake is later than now, or there is none."""
    decision = wake.wake(chart, now)
    chart = after(chart, decision)
    next_at = min(
        (at for at in (occasions.next_wake_at(chart), check_ins.next_wake_at(chart)) if at is not None), default=None
    )
    assert next_at is None or next_at > now, "what is due is done"
    return decision, chart
