"""What answers come to: scores, and re-checks."""

from followupbot.domain import check_ins, lapses
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import RECHECK
from followupbot.domain.facts.check_ins import ScoreRecorded
from followupbot.domain.facts.occasions import RecheckPlanned
from followupbot.domain.ids import CheckInId, RuleId
from followupbot.domain.schedule import Offset, Timing
from tests.builders import CHECK_IN, NOW, a_day, after, kinds, sent
from tests.domain.one_of_everything import DAY, FULL, MICRO, PHQ2, a_chart_of, press, said

BEFORE_MOOD = ("gate none", "back_nrs 2", "places skip")


def at_the_moods() -> Chart:
    chart = said(a_chart_of(), *BEFORE_MOOD)
    typed = check_ins.answer_text(chart, "30", NOW)
    assert typed is not None
    return said(after(chart, typed), "since skip")


def test_a_score_is_recorded_with_the_last_of_its_items_and_rules_look_at_it() -> None:
    """PHQ-2 of 3 or more."""
    chart = said(at_the_moods(), "interest nearly_every_day")
    decision = press(chart, "mood not_at_all")
    assert kinds(decision) == ["question_answered", "score_recorded", "alert_raised"]
    assert decision.facts[1] == ScoreRecorded(NOW, CHECK_IN, PHQ2, 3)
    last = after(chart, decision).history[PHQ2].last
    assert last is not None
    assert last.value == 3


def test_a_score_of_which_too_much_is_missing_is_recorded_as_none() -> None:
    """And no rule fires on it."""
    chart = said(at_the_moods(), "interest nearly_every_day")
    decision = press(chart, "mood skip")
    assert kinds(decision) == ["question_answered", "score_recorded"]
    assert decision.facts[1] == ScoreRecorded(NOW, CHECK_IN, PHQ2, None)
    assert PHQ2 not in after(chart, decision).history


def test_a_rule_plans_its_re_check_once() -> None:
    """Pain of 5, on a Monday: asked again a week later."""
    chart = said(a_chart_of(), "gate none")
    decision = press(chart, "back_nrs 5")
    assert kinds(decision) == ["question_answered", "flag_recorded", "recheck_planned"]
    planned = RecheckPlanned(NOW, CHECK_IN, RuleId("pain_high"), a_day("2026-03-16"), MICRO, 3 * DAY, (DAY,))
    assert decision.facts[2] == planned
    assert [found.on for found in after(chart, decision).rechecks] == [a_day("2026-03-16")]


def test_a_re_check_plans_no_re_check() -> None:
    """Or it would go on for ever."""
    chart = said(a_chart_of(form=FULL), "gate none", "back_nrs 5")
    timing = Timing(RECHECK, Offset(), MICRO, 3 * DAY)
    asked = after(chart, lapses.lapse(chart, chart.check_ins[0], NOW))
    asked = after(asked, check_ins.ask(asked, timing, NOW, a_day("2026-03-16")))
    second = CheckInId(2)
    assert asked.rechecks == ()
    asked = said(asked, "gate none", check_in=second)
    decision = press(asked, "back_nrs 5", check_in=second)
    assert kinds(decision) == ["question_answered", "flag_recorded", "check_in_completed"]
    assert sent(decision) == ["patient: check_ins/said", "patient: check_ins/done/no_flag"]
