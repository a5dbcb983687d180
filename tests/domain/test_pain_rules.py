"""The pain rules of clinical.md 0.10, as a care protocol says them: each fires where it must, and nowhere else."""

from datetime import timedelta
from random import Random

import pytest

from followupbot.domain.comparisons import AnyOf, AtLeast, Is, RisesBy, WereAtMost
from followupbot.domain.conditions import All, Any, Condition, ConfirmedWithin, HeldBefore, Not
from followupbot.domain.evidence import Evidence, Since
from followupbot.domain.ids import CheckInId, Concern, QuestionId, RuleId
from followupbot.domain.replies import Datum
from followupbot.domain.rules import Against, Rule, Tier, fired, said, trace
from followupbot.domain.series import Reading, Series
from tests.builders import NOW

BACK = QuestionId("back_nrs")
CHANGE = QuestionId("back_change")
EASED = QuestionId("pain_eased")
DAY = timedelta(days=1)
YEAR = 365 * DAY

SAYS_WORSE = AnyOf(CHANGE, ("worse", "much_worse"))
ABOVE_USUAL = All((RisesBy(BACK, 2, Since.USUAL, 3, 90 * DAY), AtLeast(BACK, 4)))
JUMP = All((RisesBy(BACK, 3, Since.LAST), AtLeast(BACK, 5)))


def a_rule(name: str, tier: Tier, condition: Condition) -> Rule:
    return Rule(RuleId(name), condition, tier, Concern("pain"))


PAIN_RULES = (
    a_rule("severe", Tier.SAME_DAY, All((AtLeast(BACK, 8), Is(EASED, "no")))),
    a_rule("sharp", Tier.THIS_WEEK, All((JUMP, SAYS_WORSE))),
    a_rule("sharp_still", Tier.THIS_WEEK, All((HeldBefore(JUMP, 14 * DAY), AtLeast(BACK, 5)))),
    a_rule("sharp_unsure", Tier.RECORD, All((JUMP, Not(SAYS_WORSE)))),
    a_rule("worse", Tier.THIS_WEEK, Any((All((ABOVE_USUAL, SAYS_WORSE)), ConfirmedWithin(ABOVE_USUAL, 14 * DAY)))),
    a_rule("worse_unsure", Tier.RECORD, All((ABOVE_USUAL, Not(SAYS_WORSE)))),
    a_rule("drift", Tier.THIS_WEEK, ConfirmedWithin(RisesBy(BACK, 3, Since.BEST))),
    a_rule("new", Tier.THIS_WEEK, All((WereAtMost(BACK, 1, 2), AtLeast(BACK, 4), SAYS_WORSE))),
)

Said = tuple[timedelta, int, str, str]
"""How long after the occasion before, the pain, the change, whether medicine eases it."""


class Diary:
    """What one patient says, occasion by occasion, from a year after the operation."""

    def __init__(self) -> None:
        self.at = NOW
        self.count = 0
        self.series: dict[QuestionId, Series] = {}

    def say(self, pain: int, change: str = "same", eased: str = "yes", after: timedelta = YEAR) -> Evidence:
        """The evidence once that was said."""
        self.at += after
        self.count += 1
        answers: dict[QuestionId, Datum] = {BACK: pain, CHANGE: change, EASED: eased}
        for question, value in answers.items():
            reading = Reading(value, self.at, CheckInId(self.count))
            self.series[question] = self.series.get(question, Series()).and_then(reading)
        return Evidence(answers, dict(self.series), CheckInId(self.count), self.at, NOW)

    def fires(self, pain: int, change: str = "same", eased: str = "yes", after: timedelta = YEAR) -> list[str]:
        """The rules that fire on what was said."""
        evidence = self.say(pain, change, eased, after)
        return [rule.id for rule in fired(PAIN_RULES, evidence, frozenset(evidence.answers))]


def a_diary(*pains: int) -> Diary:
    """Somebody who has said that, once a year."""
    diary = Diary()
    for pain in pains:
        diary.say(pain)
    return diary


@pytest.mark.parametrize(
    ("before", "pain", "change", "eased", "rules"),
    [
        # Severe: 8, not eased by usual medicine, on one reading.
        ((), 8, "same", "no", ["severe"]),
        ((), 7, "same", "no", []),
        ((), 8, "same", "yes", []),
        ((), 8, "same", "partly", []),
        # Sharp: 3 more than last time, and 5, and says worse; else a re-check.
        ((2,), 5, "worse", "yes", ["sharp"]),
        ((2,), 5, "much_worse", "yes", ["sharp"]),
        ((2,), 5, "same", "yes", ["sharp_unsure"]),
        ((3,), 5, "worse", "yes", []),
        ((1,), 4, "worse", "yes", []),
        # Worse: 2 more than usual, and 4, and says worse; with fewer than three readings there is no usual.
        ((2, 2, 2), 4, "worse", "yes", ["worse"]),
        ((2, 2, 2), 4, "same", "yes", ["worse_unsure"]),
        ((2, 2, 3), 4, "worse", "yes", ["worse"]),
        ((2, 3, 3), 4, "worse", "yes", []),
        ((1, 1, 1), 3, "worse", "yes", []),
        ((2, 2), 4, "worse", "yes", []),
        # Drift: 3 more than at best, twice in a row.
        ((2, 2, 4, 5), 5, "same", "yes", ["drift"]),
        ((2, 2, 4, 4), 5, "same", "yes", []),
        ((2, 2, 4, 5), 4, "same", "yes", []),
        ((2, 5, 5), 5, "same", "yes", []),  # 2 was said once, and is no best
        # New: the last two 1 or less, now 4, and says worse.
        ((0, 1), 4, "worse", "yes", ["new"]),
        ((0, 1), 4, "same", "yes", []),
        ((0, 2), 4, "worse", "yes", []),
        ((0, 1), 3, "worse", "yes", []),
    ],
)
def test_each_pain_rule_fires_where_it_must(
    before: tuple[int, ...], pain: int, change: str, eased: str, rules: list[str]
) -> None:
    """And not one step below."""
    assert a_diary(*before).fires(pain, change, eased) == rules


def test_a_rise_that_is_the_same_a_week_later_is_a_finding() -> None:
    """Worse at the re-check, though the patient does not say so; what is back to usual is none."""
    still, back = a_diary(2, 2, 2), a_diary(2, 2, 2)
    assert (still.fires(4), still.fires(4, after=7 * DAY)) == (["worse_unsure"], ["worse", "worse_unsure"])
    assert (back.fires(4), back.fires(3, after=7 * DAY)) == (["worse_unsure"], [])
    late = a_diary(2, 2, 2)
    assert (late.fires(4), late.fires(4, after=15 * DAY)) == (["worse_unsure"], ["worse_unsure"])


def test_a_jump_that_is_there_a_week_later_is_a_finding() -> None:
    """Sharp at the re-check, which by then is no jump any more."""
    diary = a_diary(2)
    assert (diary.fires(6), diary.fires(5, after=7 * DAY)) == (["sharp_unsure"], ["sharp_still"])


def test_a_slow_decline_is_flagged() -> None:
    """1, 1, 2, 2, 3, 3, 4, 4, 5, one a year, the patient saying "about the same": every step is small."""
    diary = Diary()
    story = [diary.fires(pain) for pain in (1, 1, 2, 2, 3, 3, 4, 4, 5)]
    flagged = [[name for name in rules if not name.endswith("unsure")] for rules in story]
    assert flagged == [[], [], [], [], [], [], [], ["drift"], ["drift"]]


def test_a_trace_says_what_was_compared() -> None:
    """So that the rule's own words can say it: `rules/drift`."""
    evidence = a_diary(2, 2, 4, 5).say(6)
    (drift,) = (rule for rule in PAIN_RULES if rule.id == "drift")
    found = trace(drift, evidence)
    assert found.against == (Against("best_back_nrs", 2), Against("last_back_nrs", 5))
    assert said(drift, found) == {"cur_back_nrs": 6, "best_back_nrs": 2, "last_back_nrs": 5}
    (worse,) = (rule for rule in PAIN_RULES if rule.id == "worse")
    assert said(worse, trace(worse, evidence)) == {
        "cur_back_nrs": 6,
        "cur_back_change": "same",
        "last_back_nrs": 5,
        "usual_back_nrs": 4,
    }


def test_with_no_true_change_few_check_ins_are_flagged() -> None:
    """At most one in ten at this_week and above: noise of SD 1.5 around a level that stays (issue 3).

    "Worse" is said for 15 of 100 readings, "not eased" for 30 of 100 of 8 or more; each re-check is answered.
    """
    random = Random(7)
    flagged = 0
    for _ in range(PATIENTS):
        diary, level = Diary(), random.randint(1, 6)
        for _ in range(READINGS):
            names = _noisy(diary, level, random, YEAR)
            if any(name.endswith("unsure") for name in names):
                names += _noisy(diary, level, random, 7 * DAY)
            flagged += any(not name.endswith("unsure") for name in names)
    assert flagged / (PATIENTS * READINGS) <= 0.1


PATIENTS, READINGS = 300, 20


def _noisy(diary: Diary, level: int, random: Random, after: timedelta) -> list[str]:
    pain = min(10, max(0, round(random.gauss(level, 1.5))))
    change = "worse" if random.random() < 0.15 else "same"
    eased = "no" if random.random() < 0.3 else "yes"
    return diary.fires(pain, change, eased, after)
