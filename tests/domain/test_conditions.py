"""Conditions over what a patient has said: true, false, or not to be known yet."""

from datetime import timedelta

import pytest

from followupbot.domain.comparisons import (
    AnyOf,
    AtLeast,
    AtMost,
    BaselineConfirmed,
    FallsBy,
    Flagged,
    Includes,
    Is,
    Missed,
    Newly,
    NotAnsweredFor,
    RisesBy,
    Truth,
    Unanswered,
    WereAtMost,
)
from followupbot.domain.conditions import (
    CONDITION_TYPES,
    All,
    Any,
    Condition,
    ConfirmedWithin,
    HeldBefore,
    Not,
    readings_needed,
)
from followupbot.domain.evidence import Evidence, Silence, Since
from followupbot.domain.ids import CheckInId, QuestionId
from followupbot.domain.replies import Value
from followupbot.domain.series import READINGS_MAX, Reading, Series
from followupbot.domain.tiers import Tier
from tests.builders import BACK_PAIN, BLADDER, MOOD, NOW, SADDLE, WEAKNESS

SILENCE = Evidence({})
YES = Is(WEAKNESS, "clearly")
NO = Is(WEAKNESS, "no")
UNKNOWN = Is(MOOD, "low")
CLEARLY = Evidence({WEAKNESS: "clearly"})


@pytest.mark.parametrize(
    ("condition", "value", "truth"),
    [
        (Is(BACK_PAIN, 7), 7, True),
        (Is(BACK_PAIN, 7), 6, False),
        (Is(BACK_PAIN, 7), "7", False),
        (AnyOf(WEAKNESS, ("a_bit", "clearly")), "a_bit", True),
        (AnyOf(WEAKNESS, ("a_bit", "clearly")), "no", False),
        (AtLeast(BACK_PAIN, 7), 6, False),
        (AtLeast(BACK_PAIN, 7), 7, True),
        (AtLeast(BACK_PAIN, 7), 8, True),
        (AtLeast(BACK_PAIN, 1), 0, False),
        (AtLeast(BACK_PAIN, 0), 0, True),
        (AtLeast(WEAKNESS, 1), "clearly", None),
        (AtLeast(BACK_PAIN, 35.5), 35.5, True),  # a score
        (AtLeast(BACK_PAIN, 36), 35.5, False),
        (AtMost(BACK_PAIN, 7), 7, True),
        (AtMost(BACK_PAIN, 7), 8, False),
        (AtMost(WEAKNESS, 7), "clearly", None),
        (Includes(WEAKNESS, "left"), ("left", "right"), True),
        (Includes(WEAKNESS, "left"), ("right",), False),
        (Includes(WEAKNESS, "left"), (), False),
        (Includes(WEAKNESS, "left"), "left", None),
    ],
)
def test_a_condition_looks_at_the_answer_of_this_occasion(condition: Condition, value: Value, truth: Truth) -> None:
    """And the kind of answer must fit."""
    (question,) = condition.questions()
    assert condition.holds(Evidence({question: value})) is truth


@pytest.mark.parametrize(
    "condition",
    [
        Is(WEAKNESS, "no"),
        AnyOf(WEAKNESS, ("no",)),
        AtLeast(BACK_PAIN, 0),
        All((Is(WEAKNESS, "no"),)),
        Any((Is(WEAKNESS, "no"),)),
        Not(Is(WEAKNESS, "no")),
        Includes(WEAKNESS, "no"),
        AtMost(BACK_PAIN, 10),
        RisesBy(BACK_PAIN, 1, Since.LAST),
        FallsBy(BACK_PAIN, 1, Since.BEST),
        Newly(WEAKNESS, "no"),
        WereAtMost(BACK_PAIN, 10, 1),
        Missed(1),
        NotAnsweredFor(timedelta(0)),
        Unanswered(WEAKNESS),
    ],
)
def test_silence_is_neither_yes_nor_no(condition: Condition) -> None:
    """What was not answered is not known, and its opposite is not known either."""
    assert condition.holds(SILENCE) is None


def test_there_is_one_of_each_kind_above() -> None:
    """A new kind of condition comes with its tests."""
    said = {"is", "any_of", "includes", "at_least", "at_most", "flagged", "all", "any", "not"}
    before = {"rises_by", "falls_by", "newly", "were_at_most", "held_before", "confirmed_within"}
    assert set(CONDITION_TYPES) == said | before | {"baseline_confirmed", "missed", "not_answered_for", "unanswered"}


def test_a_baseline_is_confirmed_or_not_and_never_of_an_earlier_occasion() -> None:
    """Nobody's saying anything changes that; what was confirmed then is not known."""
    condition = BaselineConfirmed(SADDLE)
    assert condition.holds(SILENCE) is False
    assert condition.holds(Evidence({}, confirmed=frozenset({SADDLE}))) is True
    assert condition.holds(Evidence({}, confirmed=frozenset({BLADDER}))) is False


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        (All((YES, YES)), True),
        (All((YES, NO)), False),
        (All((YES, UNKNOWN)), None),
        (All((NO, UNKNOWN)), False),
        (All((UNKNOWN, NO)), False),
        (Any((NO, NO)), False),
        (Any((NO, YES)), True),
        (Any((NO, UNKNOWN)), None),
        (Any((YES, UNKNOWN)), True),
        (Any((UNKNOWN, YES)), True),
        (Not(YES), False),
        (Not(NO), True),
        (Not(UNKNOWN), None),
        (Not(All((YES, UNKNOWN))), None),
        (Not(Any((YES, UNKNOWN))), False),
    ],
)
def test_conditions_join_with_three_values(condition: Condition, truth: Truth) -> None:
    """One false settles `all`, one true settles `any`, and the unknown settles nothing."""
    assert condition.holds(CLEARLY) is truth


def test_a_condition_names_every_question_that_it_looks_at() -> None:
    """However deep."""
    deep = All((Is(WEAKNESS, "no"), Not(Any((AtLeast(BACK_PAIN, 3), AnyOf(MOOD, ("low",)))))))
    assert deep.questions() == {WEAKNESS, BACK_PAIN, MOOD}


# -- series ------------------------------------------------------------------------------------------------------------


def a_reading(value: Value, check_in: int) -> Reading:
    return Reading(value, NOW + timedelta(days=30 * check_in), CheckInId(check_in))


def a_series(*values: Value) -> Series:
    """One reading on each occasion."""
    series = Series()
    for check_in, value in enumerate(values, start=1):
        series = series.and_then(a_reading(value, check_in))
    return series


@pytest.mark.parametrize(
    ("values", "best"),
    [
        ((), None),
        ((2,), None),
        ((2, 3), None),  # there is one pair, and the newest reading is in it
        ((2, 3, 9), 3),
        ((5, 1, 4, 2, 2), 4),
        ((5, 1, 4, 2, 2, 9), 2),
        ((0, 9, 0, 9, 0), 9),  # a single good day is no best
        ((1, 1, 2, 2, 3, 3, 4, 4, 5), 1),
        ((1, 1, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8), 1),  # long after its readings have gone
    ],
)
def test_best_is_the_lowest_of_the_higher_of_two_neighbours_without_the_newest(
    values: tuple[int, ...], best: int | None
) -> None:
    """Clinical.md 0.10."""
    assert a_series(*values).best == best


def test_words_have_no_best() -> None:
    """Only numbers are compared."""
    assert a_series("no", "no", "clearly").best is None


def test_a_second_answer_on_the_same_occasion_takes_the_firsts_place() -> None:
    """The reading, the baseline that it was, and nothing in the best."""
    series = a_series(2, 3).and_then(a_reading(9, 2))
    assert [reading.value for reading in series.readings] == [2, 9]
    assert series.best is None
    assert a_series(4).and_then(a_reading(7, 1)).baseline == a_reading(7, 1)
    assert series.baseline == a_reading(2, 1)


def test_a_series_keeps_its_last_readings_and_its_first() -> None:
    """It does not grow with the years."""
    series = a_series(*range(40))
    assert [reading.value for reading in series.readings] == [34, 35, 36, 37, 38, 39]
    assert len(series.readings) == READINGS_MAX
    assert series.baseline == a_reading(0, 1)
    assert series.last == a_reading(39, 40)
    assert Series().last is None


def test_a_series_knows_what_it_was_one_occasion_ago() -> None:
    """What a rule about the occasion before looks at; further back the best is not known."""
    series = a_series(3, 1, 2, 5, 6)
    assert series.best == 2
    assert series.until(CheckInId(5)) == series
    before = series.until(CheckInId(4))
    assert ([reading.value for reading in before.readings], before.best) == ([3, 1, 2, 5], 2)
    assert a_series(3, 1, 2).until(CheckInId(2)).best is None  # there was one reading before, and no pair
    assert series.until(CheckInId(3)).best is None


def test_evidence_is_of_questions() -> None:
    """Another question's answer says nothing."""
    assert Is(QuestionId("other"), "clearly").holds(CLEARLY) is None


# -- against earlier occasions -----------------------------------------------------------------------------------------

DAY = timedelta(days=1)
LIFTING = QuestionId("lifting")
EASY_TO_CANNOT = {LIFTING: ("easy", "hard", "cannot")}


def now_after(*values: Value, question: QuestionId = BACK_PAIN, days: int = 30) -> Evidence:
    """One reading of that question on each occasion, so many days apart; the last is of this occasion.

    The operation was 100 days before the first.
    """
    series = Series()
    first = NOW
    for check_in, value in enumerate(values, start=1):
        series = series.and_then(Reading(value, first + days * check_in * DAY, CheckInId(check_in)))
    return Evidence(
        answers={question: values[-1]},
        series={question: series},
        check_in=CheckInId(len(values)),
        at=first + days * len(values) * DAY,
        operated_at=first + (days - 100) * DAY,
        orders=EASY_TO_CANNOT,
    )


def usual(question: QuestionId = BACK_PAIN, settled: int = 90, by: int = 2) -> RisesBy:
    """Two more than the median of three readings."""
    return RisesBy(question, by, Since.USUAL, 3, settled * DAY)


@pytest.mark.parametrize(
    ("condition", "values", "truth"),
    [
        (RisesBy(BACK_PAIN, 3, Since.LAST), (2, 5), True),
        (RisesBy(BACK_PAIN, 3, Since.LAST), (2, 4), False),
        (RisesBy(BACK_PAIN, 3, Since.LAST), (5, 2), False),
        (RisesBy(BACK_PAIN, 3, Since.LAST), (5,), None),
        (FallsBy(BACK_PAIN, 3, Since.LAST), (5, 2), True),
        (FallsBy(BACK_PAIN, 3, Since.LAST), (5, 3), False),
        (FallsBy(BACK_PAIN, 3, Since.LAST), (2, 5), False),
        (usual(), (9, 1, 3, 2, 4), True),  # the usual is 2: what was further back does not count
        (usual(), (1, 3, 2, 3), False),
        (usual(), (1, 2, 4), None),  # two readings before are too few
        (usual(settled=100), (1, 2, 3, 9), True),  # the first came exactly so long after the operation
        (usual(settled=101), (1, 2, 3, 9), None),  # and is too early by a day
        (RisesBy(BACK_PAIN, 3, Since.BEST), (1, 2, 4, 5), True),
        (RisesBy(BACK_PAIN, 3, Since.BEST), (1, 2, 4, 4), False),
        (RisesBy(BACK_PAIN, 3, Since.BEST), (1, 5), None),  # a single reading is no best
        (RisesBy(BACK_PAIN, 3, Since.BEST), (0, 8, 8), False),  # one good day among bad ones is none either
        (Newly(BACK_PAIN, 5), (4, 5), True),
        (Newly(BACK_PAIN, 5), (5, 5), False),
        (Newly(BACK_PAIN, 5), (5,), True),
        (Newly(BACK_PAIN, 5), (5, 4), False),
        (WereAtMost(BACK_PAIN, 1, 2), (9, 1, 0, 4), True),
        (WereAtMost(BACK_PAIN, 1, 2), (1, 2, 4), False),
        (WereAtMost(BACK_PAIN, 1, 2), (1, 4), None),
    ],
)
def test_an_answer_is_set_beside_earlier_ones(condition: Condition, values: tuple[int, ...], truth: Truth) -> None:
    """Clinical.md 0.10; with too little before there is nothing to say."""
    assert condition.holds(now_after(*values)) is truth


@pytest.mark.parametrize(
    ("condition", "values", "truth"),
    [
        (RisesBy(LIFTING, 2, Since.LAST), ("easy", "cannot"), True),
        (RisesBy(LIFTING, 2, Since.LAST), ("hard", "cannot"), False),
        (FallsBy(LIFTING, 1, Since.LAST), ("hard", "easy"), True),
        (usual(LIFTING, by=1), ("easy", "easy", "hard", "hard"), True),
        (RisesBy(LIFTING, 1, Since.LAST), ("gone", "cannot"), None),  # an option of an older version
        (Newly(LIFTING, "cannot"), ("hard", "cannot"), True),
        (Newly(LIFTING, "cannot"), ("cannot", "cannot"), False),
    ],
)
def test_the_steps_of_a_choice_count_in_its_order(condition: Condition, values: tuple[str, ...], truth: Truth) -> None:
    """The first option is 0."""
    assert condition.holds(now_after(*values, question=LIFTING)) is truth


def test_of_several_one_is_new_that_was_not_chosen_before() -> None:
    """A new body area (clinical.md 0.10)."""
    evidence = now_after(("back",), ("back", "hip"), question=LIFTING)
    assert Newly(LIFTING, "hip").holds(evidence) is True
    assert Newly(LIFTING, "back").holds(evidence) is False


HIGH = AtLeast(BACK_PAIN, 5)


@pytest.mark.parametrize(
    ("condition", "values", "truth"),
    [
        (ConfirmedWithin(HIGH, 14 * DAY), (5, 6), True),
        (ConfirmedWithin(HIGH, 14 * DAY), (5, 4), False),
        (ConfirmedWithin(HIGH, 14 * DAY), (4, 5), False),
        (ConfirmedWithin(HIGH, 14 * DAY), (5, 4, 6), False),  # in a row
        (ConfirmedWithin(HIGH, 14 * DAY), (6,), False),
        (ConfirmedWithin(HIGH, 6 * DAY), (5, 6), False),  # a day too long ago
        (ConfirmedWithin(HIGH, 7 * DAY), (5, 6), True),
        (ConfirmedWithin(HIGH), (5, 6), True),
        (HeldBefore(HIGH, 14 * DAY), (5, 1), True),
        (HeldBefore(HIGH), (1, 5), False),
        (HeldBefore(HIGH), (5,), False),
        (HeldBefore(HeldBefore(HIGH)), (5, 1, 1), True),
        (HeldBefore(RisesBy(BACK_PAIN, 3, Since.LAST)), (1, 4, 4), True),
        (HeldBefore(RisesBy(BACK_PAIN, 3, Since.LAST)), (1, 2, 5), False),
        (ConfirmedWithin(RisesBy(BACK_PAIN, 3, Since.BEST)), (1, 1, 4, 4), True),
        (ConfirmedWithin(RisesBy(BACK_PAIN, 3, Since.BEST)), (1, 1, 3, 4), False),
        (ConfirmedWithin(RisesBy(BACK_PAIN, 3, Since.BEST)), (1, 1, 4, 3), False),
    ],
)
def test_a_condition_may_have_to_hold_twice(condition: Condition, values: tuple[int, ...], truth: Truth) -> None:
    """A week apart: what was compared then is compared as it was then."""
    assert condition.holds(now_after(*values, days=7)) is truth


def test_the_occasion_before_is_the_one_that_asked_any_of_it() -> None:
    """Weakness was not asked then, so that it held is not known; another question's occasion is none."""
    evidence = now_after(5, 6)
    both = All((HIGH, Is(WEAKNESS, "clearly")))
    assert HeldBefore(both).holds(evidence) is None
    assert HeldBefore(Is(WEAKNESS, "clearly")).holds(evidence) is False


# -- silence -----------------------------------------------------------------------------------------------------------


def silent(misses: int = 0, lasted: int = 0, waits: bool = True, paused: int = 0, over: bool = True) -> Evidence:
    """Nobody says how weak; spans are in days."""
    unanswered = frozenset((WEAKNESS,) if waits else ())
    return Evidence({}, silence=Silence(misses, lasted * DAY, unanswered, paused * DAY, over))


@pytest.mark.parametrize(
    ("condition", "evidence", "truth"),
    [
        (Missed(2), silent(misses=2), True),
        (Missed(2), silent(misses=3), True),
        (Missed(2), silent(misses=1), False),
        (Missed(2), silent(misses=2, over=False), None),
        (NotAnsweredFor(30 * DAY), silent(lasted=30), True),
        (NotAnsweredFor(30 * DAY), silent(lasted=29), False),
        (NotAnsweredFor(30 * DAY), silent(lasted=30, over=False), None),
        (Unanswered(WEAKNESS), silent(), True),
        (Unanswered(WEAKNESS), silent(waits=False), False),
        (Unanswered(WEAKNESS), silent(paused=9, over=False), None),
        (Unanswered(WEAKNESS, DAY), silent(paused=1, over=False), True),
        (Unanswered(WEAKNESS, DAY), silent(paused=0, over=False), None),
        (Unanswered(WEAKNESS, DAY), silent(paused=1, over=False, waits=False), False),
    ],
)
def test_what_nobody_says_is_known_in_the_end(condition: Condition, evidence: Evidence, truth: Truth) -> None:
    """Or, where the protocol says so, after a pause; never while the patient may be about to answer."""
    assert condition.holds(evidence) is truth


@pytest.mark.parametrize(
    ("worst", "truth"), [(None, False), (Tier.RECORD, False), (Tier.ROUTINE, True), (Tier.EMERGENCY, True)]
)
def test_a_question_may_wait_for_a_flag(worst: Tier | None, truth: Truth) -> None:
    """Of that tier or of a more urgent one."""
    assert Flagged(Tier.ROUTINE).holds(Evidence({}, worst=worst)) is truth


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        (HIGH, 1),
        (Newly(BACK_PAIN, 1), 2),
        (usual(), 4),
        (ConfirmedWithin(usual()), 5),
        (WereAtMost(BACK_PAIN, 1, 2), 3),
        (All((HIGH, Not(HeldBefore(HeldBefore(HIGH))))), 3),
    ],
)
def test_a_condition_knows_how_far_it_looks_back(condition: Condition, needed: int) -> None:
    """A chart keeps six readings."""
    assert readings_needed(condition) == needed
