"""A question as it is put: which comes next, and the buttons below it."""

from datetime import date

import pytest

from followupbot.domain import check_ins, prompts
from followupbot.domain.chart import Chart
from followupbot.domain.decision import FreeText
from followupbot.domain.facts.check_ins import QuestionAnswered
from followupbot.domain.ids import QuestionId
from followupbot.domain.params import Day
from followupbot.domain.presses import AnswerPress
from followupbot.domain.questions import Date, Question, Scale
from followupbot.domain.replies import SKIPPED, Value
from tests.builders import CHECK_IN, MESSAGE, NOW, after, buttons, kinds, labels, messages, notice, sent
from tests.domain.one_of_everything import NOTE, PLACES, SINCE, a_chart_of, press, said

BEFORE_PLACES = ("gate none", "back_nrs 2")
BEFORE_WALK = (*BEFORE_PLACES, "places skip")
BEFORE_MOOD = ("interest not_at_all", "mood not_at_all", "smokes no")


def answer(chart: Chart, question: str) -> Value | None:
    check_in = chart.check_in(CHECK_IN)
    assert check_in is not None
    return check_in.answer(QuestionId(question))


def written(chart: Chart, text: str) -> Chart:
    decision = check_ins.answer_text(chart, text, NOW)
    assert decision is not None
    return after(chart, decision)


def test_several_are_chosen_in_place_and_recorded_by_done() -> None:
    """Each press shows the same question again, with what is chosen now; Done is there once something is."""
    chart = said(a_chart_of(), *BEFORE_PLACES)
    (shown,) = messages(check_ins.begin(chart, CHECK_IN, MESSAGE, NOW))
    assert [(b.label, b.press.value, b.chosen) for b in buttons(shown) if isinstance(b.press, AnswerPress)] == [
        ("back", "t1", False),
        ("hip", "t2", False),
        ("none", "t4", False),
        ("skip", "skip", None),
    ]
    decision = press(chart, "places t3")
    (again,) = messages(decision)
    assert (decision.facts, decision.notice, again.in_place_of) == ((), None, MESSAGE)
    assert [(b.label, b.press.value, b.chosen) for b in buttons(again) if isinstance(b.press, AnswerPress)] == [
        ("back", "t2", True),
        ("hip", "t1", True),
        ("none", "t4", False),
        ("done", "d3", None),
        ("skip", "skip", None),
    ]
    done = press(chart, "places d3")
    assert kinds(done) == ["question_answered", "alert_raised"]
    assert answer(after(chart, done), "places") == ("back", "hip")
    assert sent(done)[-1] == "patient: questions/walk_minutes"


def test_an_old_button_of_several_changes_nothing_once_it_was_answered() -> None:
    """It says so."""
    chart = said(a_chart_of(), *BEFORE_PLACES, "places d1")
    for old in ("places t3", "places d2"):
        decision = press(chart, old)
        assert (decision.facts, messages(decision)) == ((), [])
        assert notice(decision) == "replies/notices/already_answered"


def test_a_question_that_is_skipped_is_done_with_and_says_nothing() -> None:
    """No rule fires on it and it is no reading."""
    chart = said(a_chart_of(), *BEFORE_PLACES)
    decision = press(chart, "places skip")
    chart = after(chart, decision)
    assert (kinds(decision), answer(chart, "places")) == (["question_answered"], "skipped")
    assert PLACES not in chart.history
    assert sent(decision) == ["patient: questions/walk_minutes"]


def test_a_number_and_a_date_are_typed() -> None:
    """With no button but the one that skips."""
    chart = said(a_chart_of(), *BEFORE_WALK)
    (asked,) = messages(check_ins.begin(chart, CHECK_IN, MESSAGE, NOW))
    assert labels(asked) == ["buttons/back", "buttons/later"]
    wrong = check_ins.answer_text(chart, "half an hour", NOW)
    assert wrong is not None
    assert sent(wrong) == ["patient: replies/rejected/not_a_number", "patient: questions/walk_minutes"]
    chart = written(chart, "30")
    (since,) = messages(check_ins.begin(chart, CHECK_IN, MESSAGE, NOW))
    assert (answer(chart, "walk_minutes"), since.message, labels(since)) == (
        30,
        "questions/since",
        ["skip", "buttons/back", "buttons/later"],
    )
    assert answer(written(chart, "2026-03-01"), "since") == "2026-03-01"
    assert SINCE in written(chart, "2026-03-01").history


def test_words_are_kept_apart_and_only_that_they_were_given_is_an_answer() -> None:
    """For people to read: the fact refers to them and bears none of them."""
    chart = written(said(a_chart_of(), *BEFORE_WALK), "30")
    chart = said(chart, "since skip", *BEFORE_MOOD)
    decision = check_ins.answer_text(chart, "I cannot feel it when I pee", NOW)
    assert decision is not None
    assert kinds(decision) == ["question_answered", "note_received", "check_in_completed"]
    assert decision.facts[0] == QuestionAnswered(NOW, CHECK_IN, NOTE, "given")
    assert decision.texts == (FreeText("c1/note", "I cannot feel it when I pee"),)
    assert after(chart, decision).notes == 1


def test_a_question_that_waits_for_a_flag_is_asked_once_there_is_one() -> None:
    """How soon do you need to talk to us: not where there is nothing to talk about."""
    chart = written(said(a_chart_of(), *BEFORE_WALK), "30")
    calm = said(chart, "since skip", "interest not_at_all", "mood not_at_all")
    assert sent(press(calm, "smokes no")) == ["patient: questions/note"]
    flagged = press(calm, "smokes yes")
    assert sent(flagged) == ["patient: questions/urgency_self"]
    raised = press(after(calm, flagged), "urgency_self today")
    assert kinds(raised)[:4] == ["question_answered", "flag_joined", "alert_raised_again", "alert_paged"]


def test_what_one_button_of_a_gate_says_is_asked_about_after_the_last_screen() -> None:
    """Its degree (clinical.md 0.4)."""
    decision = press(a_chart_of(), "rf_foot new")
    assert (kinds(decision), sent(decision)) == (["question_answered"], ["patient: questions/rf_foot_degree"])


@pytest.mark.parametrize(
    ("question", "value", "shown"),
    [
        (Scale(QuestionId("leg"), 0, 10), 6, ((), 6)),
        (Scale(QuestionId("leg"), 0, 10), "old", (("old",), None)),
        (Date(QuestionId("leg")), "2026-03-02", ((), Day(date(2026, 3, 2)))),
        (Date(QuestionId("leg")), "worse", (("worse",), None)),
        (None, "worse", (("worse",), None)),
        (None, SKIPPED, (("skip",), None)),
    ],
)
def test_what_was_said_is_shown_though_its_question_has_changed_or_gone(
    question: Question | None, value: Value, shown: tuple[tuple[str, ...], int | Day | None]
) -> None:
    """A new version may give a name to another type of question; the record of years goes on being readable."""
    found = prompts.said_once(question, QuestionId("leg"), value)
    assert (found.question, (found.labels, found.value)) == ("questions/leg", shown)
