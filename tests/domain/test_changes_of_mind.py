"""Back, another answer, another time: what was said stays on the record, and safety runs on the worse."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import changes, check_ins
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import Begun, Completed
from followupbot.domain.comparisons import AtLeast, Is
from followupbot.domain.conditions import All
from followupbot.domain.facts.check_ins import QuestionAnswered, QuestionReopened, ScoreRecorded
from followupbot.domain.ids import QuestionId
from followupbot.domain.params import Day, Said, Summary
from followupbot.domain.presses import BackPress, LaterPress, StartPress
from followupbot.domain.rules import Tier
from tests.builders import (
    CHECK_IN,
    MESSAGE,
    NOW,
    PATIENT,
    a_clinic,
    a_programme,
    after,
    buttons,
    kinds,
    labels,
    messages,
    notice,
    sent,
    with_clinic,
)
from tests.domain.one_of_everything import (
    GATE,
    MICRO,
    MOOD,
    NOTE,
    PAIN,
    PLACES,
    SMOKES,
    a_chart_of,
    a_rule,
    press,
    said,
    the_protocol,
)

TO_THE_END = ("gate none", "back_nrs 3")


def back(chart: Chart, question: QuestionId) -> Chart:
    return after(chart, changes.go_back(chart, CHECK_IN, question, MESSAGE, NOW))


def opened(chart: Chart, question: QuestionId) -> Chart:
    """That question was chosen from the list at the end."""
    return after(chart, changes.reopen(chart, CHECK_IN, question, MESSAGE, NOW))


def tiers(chart: Chart) -> list[Tier]:
    return [flag.tier for alert in chart.alerts for flag in alert.flags]


def test_the_way_back_and_later_stand_in_one_last_row() -> None:
    """Below every answer; on the first screen there is nothing before."""
    first = messages(check_ins.begin(a_chart_of(begun=False), CHECK_IN, MESSAGE, NOW))[0]
    assert [button.label for button in first.choices[-1]] == ["buttons/later"]
    second = messages(press(a_chart_of(), "gate none"))[0]
    assert [button.press for button in second.choices[-1]] == [
        BackPress(PATIENT, CHECK_IN, PAIN),
        LaterPress(PATIENT, CHECK_IN),
    ]


def test_back_shows_the_question_before_and_the_answer_may_stay() -> None:
    """What was said stands until something else is said."""
    chart = said(a_chart_of(), "gate none", "back_nrs 3")
    decision = changes.go_back(chart, CHECK_IN, PLACES, MESSAGE, NOW)
    assert decision.facts == (QuestionReopened(NOW, CHECK_IN, PAIN),)
    assert sent(decision) == ["patient: questions/back_nrs"]
    assert buttons(messages(decision)[0])[-2].press == StartPress(PATIENT, CHECK_IN)
    assert labels(messages(decision)[0])[-3:] == ["buttons/back", "buttons/keep", "buttons/later"]
    kept = check_ins.begin(after(chart, decision), CHECK_IN, MESSAGE, NOW)
    assert (kept.facts, sent(kept)) == ((QuestionReopened(NOW, CHECK_IN, None),), ["patient: questions/places"])


def test_back_pressed_twice_goes_back_once() -> None:
    """The button names the question below which it stood."""
    chart = back(said(a_chart_of(), "gate none", "back_nrs 3"), PLACES)
    again = changes.go_back(chart, CHECK_IN, PLACES, MESSAGE, NOW)
    assert (again.facts, sent(again)) == ((), ["patient: questions/back_nrs"])


def test_a_changed_answer_is_a_second_fact_and_the_check_in_goes_on_where_it_was() -> None:
    """Both are on the record."""
    chart = back(said(a_chart_of(), "gate none", "back_nrs 3"), PLACES)
    decision = press(chart, "back_nrs 4")
    assert QuestionAnswered(NOW, CHECK_IN, PAIN, 4) in decision.facts
    assert sent(decision) == ["patient: questions/places"]
    changed = after(chart, decision).check_in(CHECK_IN)
    assert changed is not None
    assert (changed.answer(PAIN), [answer.value for answer in changed.superseded]) == (4, [3])


def test_the_same_answer_again_is_no_second_fact() -> None:
    """It only goes on."""
    chart = back(said(a_chart_of(), "gate none", "back_nrs 3"), PLACES)
    decision = press(chart, "back_nrs 3")
    assert decision.facts == (QuestionReopened(NOW, CHECK_IN, None),)
    assert sent(decision) == ["patient: questions/places"]


def test_what_was_typed_answers_the_question_that_was_gone_back_to() -> None:
    """As a press does."""
    chart = back(said(a_chart_of(), "gate none", "back_nrs 3"), PLACES)
    typed = check_ins.answer_text(chart, "4", NOW)
    assert typed is not None
    assert kinds(typed)[0] == "question_answered"


def test_words_of_ones_own_that_are_given_anew_are_kept_beside_the_first() -> None:
    """Under a name of their own: what is kept under one that is taken would be lost, and nobody would read it."""
    chart = said(a_chart_of(form=(GATE, NOTE)), "gate none")
    first = check_ins.answer_text(chart, "I sleep badly", NOW)
    assert first is not None
    reopened = opened(after(chart, first), NOTE)
    second = check_ins.answer_text(reopened, "and I fell twice", NOW + timedelta(minutes=1))
    assert second is not None
    kept = [*first.texts, *second.texts]
    assert [text.text for text in kept] == ["I sleep badly", "and I fell twice"]
    assert after(reopened, second).unread == tuple(text.note for text in kept)
    assert len({text.note for text in kept}) == 2


@pytest.mark.parametrize(("first", "then"), [("rf_saddle as_before", "gate none"), ("rf_foot new", "gate none")])
def test_a_red_flag_item_is_never_taken_back(first: str, then: str) -> None:
    """The flag stands, and what depends on it is still asked: safety runs on the worse."""
    chart = said(a_chart_of(), first)
    before = tiers(chart)
    item = QuestionId(first.split()[0])
    gone_back = back(chart, PAIN)
    decision = press(gone_back, then)
    assert QuestionAnswered(NOW, CHECK_IN, item, "no") in decision.facts
    changed = after(gone_back, decision)
    check_in = changed.check_in(CHECK_IN)
    assert check_in is not None
    assert check_in.answer(item) == first.split()[1]
    assert (tiers(changed), changed.unresolved_alert) == (before, chart.unresolved_alert)


def test_a_flag_that_was_raised_stands_when_its_answer_is_changed() -> None:
    """From worse to better."""
    chart = said(a_chart_of(form=(GATE, SMOKES, PAIN)), "gate none", "smokes yes")
    assert tiers(chart) == [Tier.ROUTINE]
    assert tiers(said(back(chart, PAIN), "smokes no")) == [Tier.ROUTINE]


def test_a_rule_of_two_answers_fires_on_the_worse_of_each() -> None:
    """Whatever was changed before the second was given."""
    both = a_rule("both", All((AtLeast(PAIN, 8), Is(SMOKES, "yes"))), Tier.SAME_DAY)
    chart = a_chart_of(replace(the_protocol(), rules=(both,)), form=(GATE, PAIN, SMOKES))
    chart = said(chart, "gate none", "back_nrs 9")
    assert tiers(said(back(chart, SMOKES), "back_nrs 2", "smokes yes")) == [Tier.SAME_DAY]


def test_a_score_is_made_again_when_one_of_its_items_is_changed() -> None:
    """The record shows both."""
    chart = said(a_chart_of(form=(GATE, QuestionId("interest"), MOOD, SMOKES)), "gate none")
    chart = said(chart, "interest nearly_every_day", "mood several_days")
    decision = press(back(chart, SMOKES), "mood not_at_all")
    assert [fact.value for fact in decision.facts if isinstance(fact, ScoreRecorded)] == [3]


# -- at the end --------------------------------------------------------------------------------------------------------


def test_at_the_end_stands_what_was_said_and_then_what_happens_now() -> None:
    """In the words of the buttons; a number as it is."""
    decision = press(said(a_chart_of(form=MICRO), "gate none"), "back_nrs 3")
    assert sent(decision)[:2] == ["patient: check_ins/said", "patient: check_ins/done/no_flag"]
    assert messages(decision)[0].params == {
        "said": Summary((Said("questions/gate", ("none",)), Said("questions/back_nrs", (), 3)))  # type: ignore[arg-type]
    }


def test_every_kind_of_answer_has_its_words() -> None:
    """Several that were chosen, a date, what was skipped; a text of one's own is left out."""
    chart = said(a_chart_of(), "gate none", "back_nrs 3", "places d3")
    typed = check_ins.answer_text(chart, "20", NOW)
    assert typed is not None
    chart = after(chart, typed)
    typed = check_ins.answer_text(chart, "2026-03-01", NOW)
    assert typed is not None
    chart = said(after(chart, typed), "interest skip", "mood skip")
    decision = press(said(chart, "smokes no", "urgency_self no_need"), "note skip")
    summary = messages(decision)[0].params["said"]
    assert isinstance(summary, Summary)
    shown = {line.question: line.labels or line.value for line in summary.lines}
    assert shown == {
        "questions/gate": ("none",),
        "questions/back_nrs": 3,
        "questions/places": ("back", "hip"),
        "questions/walk_minutes": 20,
        "questions/since": Day(NOW.date().replace(day=1)),
        "questions/interest": ("skip",),
        "questions/mood": ("skip",),
        "questions/smokes": ("no",),
        "questions/urgency_self": ("no_need",),
    }


def test_an_answer_opened_anew_may_stay_and_the_check_in_ends_again() -> None:
    """Also when nothing is changed."""
    done = said(a_chart_of(form=MICRO), *TO_THE_END)
    reopened = opened(done, PAIN)
    check_in = reopened.check_in(CHECK_IN)
    assert check_in is not None
    assert check_in.state == Begun()
    for decision in (press(reopened, "back_nrs 2"), check_ins.begin(reopened, CHECK_IN, MESSAGE, NOW)):
        assert kinds(decision)[-1] == "check_in_completed"
        assert sent(decision)[0] == "patient: check_ins/said"
        ended = after(reopened, decision).check_in(CHECK_IN)
        assert ended is not None
        assert ended.state == Completed(NOW)


def test_the_questions_count_from_the_same_day_as_they_did() -> None:
    """A check-in that ended a minute ago is no time since which anything could be new (clinical.md 0.1)."""
    done = said(a_chart_of(form=MICRO), *TO_THE_END)
    decision = changes.reopen(done, CHECK_IN, GATE, MESSAGE, NOW)
    assert (messages(decision)[0].params["first"], messages(decision)[0].params["since"]) == (True, None)


# -- another time ------------------------------------------------------------------------------------------------------


def test_later_keeps_everything_and_offers_to_go_on() -> None:
    """Nothing is recorded, reminders come as planned."""
    decision = check_ins.put_off(said(a_chart_of(), "gate none"), CHECK_IN, MESSAGE, NOW)
    assert (decision.facts, sent(decision)) == ((), ["patient: check_ins/later"])
    assert [button.press for button in buttons(messages(decision)[0])] == [StartPress(PATIENT, CHECK_IN)]


def test_an_old_later_of_what_is_over_is_answered_kindly() -> None:
    """The button is gone."""
    decision = check_ins.put_off(said(a_chart_of(form=MICRO), *TO_THE_END), CHECK_IN, MESSAGE, NOW)
    assert (sent(decision), notice(decision)) == ([], "replies/notices/over")


# -- the words on a button ---------------------------------------------------------------------------------------------


def test_a_typed_word_counts_where_it_is_on_a_button_in_the_patients_language() -> None:
    """In another language's words, or on a red-flag screen, it is no answer."""
    labels = {"smokes": {"yes": "Yes", "no": "No, never"}, "gate": {"none": "None of these"}}
    programme = replace(a_programme(the_protocol()), labels={"en": labels, "es": {"smokes": {"yes": "Sí"}}})  # type: ignore[dict-item]
    chart = with_clinic(a_chart_of(form=(GATE, SMOKES)), a_clinic(programme=programme))
    gate = check_ins.answer_text(chart, "None of these", NOW)
    assert gate is None or gate.facts == () or kinds(gate) == ["note_received"]
    chart = said(chart, "gate none")
    foreign = check_ins.answer_text(chart, "sí", NOW)
    assert foreign is None or "question_answered" not in kinds(foreign)
    typed = check_ins.answer_text(chart, "No", NOW)
    assert typed is not None
    assert typed.facts[0] == QuestionAnswered(NOW, CHECK_IN, SMOKES, "no")
