"""Scores: several answers become one number, or none where too much is missing."""

import pytest

from followupbot.domain.ids import QuestionId
from followupbot.domain.scores import SCORE_TYPES, Figure, Mean, PercentOfMaximum, Score, Sum, Table

TEN = tuple(QuestionId(f"i{n}") for n in range(10))
TWO = TEN[:2]
POINTS = {"not_at_all": 0, "several_days": 1, "more_than_half": 2, "nearly_every_day": 3}

PHQ2 = Sum(QuestionId("phq2"), TWO, 2, POINTS)
MOST = Sum(QuestionId("most"), TEN, 8)
MEAN = Mean(QuestionId("mean"), TEN, 3)
DISABILITY = PercentOfMaximum(QuestionId("disability"), TEN, 8, maximum_per_item=5)
T_SCORE = Table(QuestionId("t"), TWO, {2: 41.8, 3: 45.0, 10: 66.6})


def of(score: Score, *values: int | str | None) -> Figure | None:
    """The score of so many items, None being one that was not answered."""
    answers = {item: value for item, value in zip(TEN, values, strict=False) if value is not None}
    return score.of_answers(answers)


@pytest.mark.parametrize(
    ("score", "values", "figure"),
    [
        (PHQ2, ("nearly_every_day", "not_at_all"), 3),
        (PHQ2, ("not_at_all", "not_at_all"), 0),
        (PHQ2, ("nearly_every_day", None), None),  # PHQ-2 needs both (clinical.md 4)
        (PHQ2, ("nearly_every_day", "sometimes"), None),  # a word without points is missing, never 0
        (MOST, (1,) * 8, 8),
        (MOST, (1,) * 7, None),
        (MEAN, (1, 2, 2), 1.6),
        (MEAN, (1, 2, 3), 2),
        (MEAN, (1, 2), None),
        # The Oswestry Disability Index's own examples, and its lower limit (clinical.md 4).
        (DISABILITY, (2, 2, 2, 2, 2, 2, 2, 1, 1), 35.5),  # 16 of 45
        (DISABILITY, (2, 2, 2, 2, 2, 2, 2, 1, 1, 0), 32),  # 16 of 50
        (DISABILITY, (5,) * 10, 100),
        (DISABILITY, (0,) * 10, 0),
        (DISABILITY, (2,) * 8, 40),
        (DISABILITY, (2,) * 7, None),
        # By a table, and not scorable with an item missing (clinical.md 4, PROMIS).
        (T_SCORE, (1, 1), 41.8),
        (T_SCORE, (5, 5), 66.6),
        (T_SCORE, (5, None), None),
        (T_SCORE, (4, 4), None),  # the table has no such line
    ],
)
def test_a_score_is_what_the_published_examples_say(
    score: Score, values: tuple[int | str | None, ...], figure: Figure | None
) -> None:
    """What is missing is never 0 (hazard H8)."""
    found = of(score, *values)
    assert (found, type(found)) == (figure, type(figure))


def test_there_is_one_of_each_way_above() -> None:
    """A new way to make a score comes with its tests."""
    assert {score.KIND for score in (PHQ2, MEAN, DISABILITY, T_SCORE)} == set(SCORE_TYPES)


def test_nothing_answered_is_no_score() -> None:
    """Whatever the minimum is."""
    assert Mean(QuestionId("m"), TEN, 0).of_answers({}) is None
    assert PercentOfMaximum(QuestionId("p"), TEN, 0, 5).of_answers({}) is None
