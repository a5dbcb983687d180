"""Conditions over what a patient has said: true, false, or not to be known yet."""

from datetime import timedelta

import pytest

from followupbot.domain.conditions import (
    CONDITION_TYPES,
    READINGS_MAX,
    All,
    Any,
    AnyOf,
    AtLeast,
    Condition,
    Evidence,
    Is,
    Not,
    Reading,
    Series,
    Truth,
)
from followupbot.domain.ids import CheckInId, QuestionId
from followupbot.domain.questions import Value
from tests.builders import BACK_PAIN, MOOD, NOW, WEAKNESS

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
    ],
)
def test_silence_is_neither_yes_nor_no(condition: Condition) -> None:
    """What was not answered is not known, and its opposite is not known either."""
    assert condition.holds(SILENCE) is None


def test_there_is_one_of_each_kind_above() -> None:
    """A new kind of condition comes with its tests."""
    assert set(CONDITION_TYPES) == {"is", "any_of", "at_least", "all", "any", "not"}


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


def test_evidence_is_of_questions() -> None:
    """Another question's answer says nothing."""
    assert Is(QuestionId("other"), "clearly").holds(CLEARLY) is None
