"""At the end of a check-in: the list of what was said, one answer opened anew from it, or all left as it is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import changes, check_ins
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import Begun, CheckIn, Completed
from followupbot.domain.facts.check_ins import CheckInCompleted, QuestionAnswered, QuestionReopened
from followupbot.domain.ids import CarerId, QuestionId
from followupbot.domain.outgoing import Lane, OutgoingMessage
from followupbot.domain.params import Said
from followupbot.domain.presses import BackPress, ChangePress, CheckNowPress, SaidPress, StartPress
from followupbot.domain.rules import Tier
from tests.builders import CHECK_IN, MESSAGE, NOW, PATIENT, after, buttons, kinds, labels, messages, notice, sent
from tests.domain.one_of_everything import (
    BASELINE,
    DEGREE,
    FULL,
    GATE,
    INTEREST,
    MICRO,
    MOOD,
    NOTE,
    PAIN,
    PLACES,
    SADDLE,
    SMOKES,
    URGENCY,
    a_chart_of,
    press,
    said,
    the_protocol,
)

PRIVATE = (MOOD, INTEREST)
A_WEEK = timedelta(days=7)


def asked_which(chart: Chart, first: int = 0) -> OutgoingMessage:
    """The list, which records nothing."""
    decision = changes.ask_which(chart, CHECK_IN, first, MESSAGE, NOW)
    assert decision.facts == ()
    (message,) = messages(decision)
    assert message.message == "check_ins/change"
    return message


def opens(message: OutgoingMessage) -> list[QuestionId | None]:
    """Which questions its buttons open."""
    return [button.press.question for button in buttons(message) if isinstance(button.press, ChangePress)]


def opened(chart: Chart, question: QuestionId) -> Chart:
    return after(chart, changes.reopen(chart, CHECK_IN, question, MESSAGE, NOW))


def the_check_in(chart: Chart) -> CheckIn:
    found = chart.check_in(CHECK_IN)
    assert found is not None
    return found


def done(*form: QuestionId) -> Chart:
    """Everything of that form was answered, as of who is well."""
    chart = said(a_chart_of(form=form or MICRO), "gate none", "back_nrs 3")
    assert the_check_in(chart).state == Completed(NOW)
    return chart


def done_in_full() -> Chart:
    """A long one: eleven questions, of which one is about something that does not apply."""
    chart = said(a_chart_of(form=FULL), "gate none", "back_nrs 3", "places d3")
    for typed in ("20", "2026-03-01"):
        decision = check_ins.answer_text(chart, typed, NOW)
        assert decision is not None
        chart = after(chart, decision)
    return said(chart, "interest skip", "mood several_days", "smokes no", "urgency_self no_need", "note skip")


# -- the list ----------------------------------------------------------------------------------------------------------


def test_each_answer_has_a_button_in_a_row_of_its_own_that_says_what_was_said() -> None:
    """In the order of the questions; below them one that changes nothing. The list takes the place of what was said."""
    shown = asked_which(done())
    assert [len(row) for row in shown.choices] == [1, 1, 1]
    assert [(button.press, button.said) for button in buttons(shown)] == [
        (ChangePress(PATIENT, CHECK_IN, GATE), Said("questions/gate", ("none",))),  # type: ignore[arg-type]
        (ChangePress(PATIENT, CHECK_IN, PAIN), Said("questions/back_nrs", (), 3)),  # type: ignore[arg-type]
        (SaidPress(PATIENT, CHECK_IN), None),
    ]
    assert labels(shown) == ["questions/gate", "questions/back_nrs", "nothing"]
    assert (shown.in_place_of, shown.lane) == (MESSAGE, Lane.REPLY)
    assert shown.params == {"first": 1, "last": 2, "of": 2}


def test_what_was_said_has_the_button_that_leads_to_the_list() -> None:
    """It names no question."""
    decision = press(said(a_chart_of(form=MICRO), "gate none"), "back_nrs 3")
    assert [button.press for button in buttons(messages(decision)[0])] == [ChangePress(PATIENT, CHECK_IN)]


def test_a_long_list_has_eight_answers_a_page_and_each_answer_on_one_of_them() -> None:
    """On, and back; words of one's own by their title, and what was left out by that."""
    chart = done_in_full()
    first, second = asked_which(chart), asked_which(chart, 8)
    assert opens(first) == [GATE, PAIN, *FULL[3:9], None]
    assert opens(second) == [URGENCY, NOTE, None]
    assert labels(first)[8:] == ["more", "nothing"]
    assert labels(second)[-2:] == ["buttons/back", "nothing"]
    assert (first.params["last"], second.params["first"], second.params["last"]) == (8, 9, second.params["of"])
    more, back = buttons(first)[8].press, buttons(second)[-2].press
    assert (more, back) == (ChangePress(PATIENT, CHECK_IN, None, 8), ChangePress(PATIENT, CHECK_IN, None, 0))
    note = buttons(second)[-3].said
    assert note == Said("questions/note", ("skip",))  # type: ignore[arg-type]


def test_words_of_ones_own_are_not_on_the_button() -> None:
    """They stand in a chat once; the record has them."""
    chart = said(a_chart_of(form=(GATE, NOTE)), "gate none")
    decision = check_ins.answer_text(chart, "I sleep badly", NOW)
    assert decision is not None
    assert buttons(asked_which(after(chart, decision)))[1].said == Said("questions/note", ())  # type: ignore[arg-type]


@pytest.mark.parametrize("first", [2, 8, 999_999_999])
def test_a_page_that_there_is_not_any_more_is_the_first(first: int) -> None:
    """An answer took others with it; whoever made that number up sees no more."""
    assert opens(asked_which(done(), first)) == [GATE, PAIN]


def test_the_list_may_be_asked_for_again_and_comes_again() -> None:
    """No two of these messages have one key: a page that was left is shown anew."""
    chart = done_in_full()
    keys = [
        messages(changes.ask_which(chart, CHECK_IN, first, MESSAGE, NOW + timedelta(milliseconds=n)))[0].key
        for n, first in enumerate((0, 8, 0))
    ]
    keys += [
        messages(changes.leave(chart, CHECK_IN, MESSAGE, NOW + timedelta(milliseconds=n)))[0].key for n in range(2)
    ]
    assert len(set(keys)) == 5


# -- one opened anew ---------------------------------------------------------------------------------------------------


def test_a_tap_opens_that_question_and_after_it_stands_what_was_said_and_what_happens_now() -> None:
    """The first of them, with one tap; both answers are kept. Nothing else is asked again."""
    chart = done_in_full()
    decision = changes.reopen(chart, CHECK_IN, GATE, MESSAGE, NOW)
    assert (decision.facts, sent(decision)) == ((QuestionReopened(NOW, CHECK_IN, GATE),), ["patient: questions/gate"])
    assert messages(decision)[0].in_place_of == MESSAGE
    answered = press(opened(chart, PAIN), "back_nrs 4")
    assert sent(answered)[:2] == ["patient: check_ins/said", "patient: check_ins/done/routine"]
    ended = the_check_in(after(opened(chart, PAIN), answered))
    assert (ended.state, ended.answer(PAIN)) == (Completed(NOW), 4)
    assert [answer.value for answer in ended.superseded] == [3]


def test_what_follows_from_the_new_answer_and_was_never_asked_is_asked() -> None:
    """And then it is at its end again."""
    decision = press(opened(done(), GATE), "rf_foot new")
    assert sent(decision) == ["patient: questions/rf_foot_degree"]
    changed = after(opened(done(), GATE), decision)
    assert the_check_in(changed).state == Begun()
    ending = press(changed, f"{DEGREE} clearly")
    assert "patient: check_ins/said" in sent(ending)
    assert the_check_in(after(changed, ending)).state == Completed(NOW)
    assert Tier.SAME_DAY in [flag.tier for alert in after(changed, ending).alerts for flag in alert.flags]


def test_a_red_flag_in_an_answer_that_is_changed_brings_its_card_at_that_very_tap() -> None:
    """As a new message in the alert lane, and people have an alert (clinical.md 0.4)."""
    decision = press(opened(done_in_full(), GATE), f"{SADDLE} new")
    (card, *_) = [message for message in messages(decision) if message.message.startswith("cards/")]
    assert (card.message, card.lane, card.in_place_of) == ("cards/cauda_equina", Lane.ALERT, None)
    assert after(opened(done_in_full(), GATE), decision).waiting_tier is Tier.EMERGENCY
    assert not any(message.message.startswith("check_ins/") for message in messages(decision))


def test_back_from_it_is_the_list_and_its_answer_stays() -> None:
    """It is at its end again: who puts the phone down now is not reminded of anything."""
    chart = opened(done(), PAIN)
    row = messages(changes.reopen(done(), CHECK_IN, PAIN, MESSAGE, NOW))[0].choices[-1]
    assert [button.label for button in row] == ["buttons/back", "buttons/keep"]
    assert [button.press for button in row] == [BackPress(PATIENT, CHECK_IN), StartPress(PATIENT, CHECK_IN)]
    decision = changes.ask_which(chart, CHECK_IN, 0, MESSAGE, NOW)
    assert decision.facts == (QuestionReopened(NOW, CHECK_IN, None), CheckInCompleted(NOW, CHECK_IN))
    assert sent(decision) == ["patient: check_ins/change"]
    assert the_check_in(after(chart, decision)).answer(PAIN) == 3


def test_back_from_a_question_is_the_page_of_the_list_that_it_is_on() -> None:
    """Who turned the page to it need not turn it again."""
    chart = opened(done_in_full(), NOTE)
    (shown,) = messages(changes.ask_which(chart, CHECK_IN, 0, MESSAGE, NOW))
    assert opens(shown) == [URGENCY, NOTE, None]


def test_a_double_tap_opens_it_once() -> None:
    """And the same answer pressed twice is one."""
    chart = opened(done(), PAIN)
    again = changes.reopen(chart, CHECK_IN, PAIN, MESSAGE, NOW)
    assert (again.facts, sent(again)) == ((), ["patient: questions/back_nrs"])
    changed = said(chart, "back_nrs 4")
    twice = press(changed, "back_nrs 4")
    assert (twice.facts, notice(twice)) == ((), "replies/notices/already_answered")


def test_an_old_button_of_what_has_no_answer_any_more_leads_to_the_list() -> None:
    """The foot was told of, its degree too, and then it was not so."""
    for question in (DEGREE, QuestionId("no_such_question"), PLACES):
        decision = changes.reopen(done(), CHECK_IN, question, MESSAGE, NOW)
        assert (decision.facts, sent(decision)) == ((), ["patient: check_ins/change"])


def test_an_old_button_in_the_middle_of_what_follows_loses_nothing() -> None:
    """The list has what was said so far; who changes nothing is asked what is still to be asked."""
    chart = said(opened(done(), GATE), "rf_foot new")
    assert opens(asked_which(chart)) == [GATE, PAIN]
    left = changes.leave(chart, CHECK_IN, MESSAGE, NOW)
    assert (left.facts, sent(left)) == ((), ["patient: questions/rf_foot_degree"])


def test_who_goes_from_a_question_in_the_middle_to_the_list_is_not_at_the_end() -> None:
    """Nor is a check-in in which something waits for the patient, when somebody who helps them leaves the list."""
    chart = said(a_chart_of(form=(GATE, PAIN, SMOKES)), "gate none", "back_nrs 3")
    gone_back = after(chart, changes.go_back(chart, CHECK_IN, SMOKES, MESSAGE, NOW))
    assert the_check_in(gone_back).reopened == PAIN
    decision = changes.ask_which(gone_back, CHECK_IN, 0, MESSAGE, NOW)
    assert decision.facts == (QuestionReopened(NOW, CHECK_IN, None),)
    private = tuple(replace(each, private=each.question.id == SMOKES) for each in the_protocol().asked)
    helped = said(a_chart_of(replace(the_protocol(), asked=private), (GATE, PAIN, SMOKES)), "gate none", "back_nrs 3")
    helped = opened(replace(helped, speaker=CarerId(1)), PAIN)
    assert changes.ask_which(helped, CHECK_IN, 0, MESSAGE, NOW).facts == (QuestionReopened(NOW, CHECK_IN, None),)


# -- all left as it is -------------------------------------------------------------------------------------------------


def test_who_changes_nothing_sees_what_they_said_and_nothing_is_recorded() -> None:
    """In the place of the list, with the button that leads there again."""
    decision = changes.leave(done(), CHECK_IN, MESSAGE, NOW)
    assert (decision.facts, sent(decision)) == ((), ["patient: check_ins/said"])
    assert messages(decision)[0].in_place_of == MESSAGE
    assert labels(messages(decision)[0]) == ["change"]


def test_a_check_in_that_is_over_says_so_kindly_and_how_something_new_is_told() -> None:
    """What was said is kept, and nothing of it is changed; it may be a fever that is not in it."""
    late = NOW + A_WEEK
    for decision in (
        changes.ask_which(done(), CHECK_IN, 0, MESSAGE, late),
        changes.reopen(done(), CHECK_IN, PAIN, MESSAGE, late),
    ):
        assert (decision.facts, notice(decision)) == ((), "replies/notices/over")
        (told,) = messages(decision)
        assert told.message == "check_ins/unchanged"
        assert [button.press for button in buttons(told)] == [CheckNowPress(PATIENT)]
    another = check_ins.ask(done(), BASELINE, NOW)
    assert sent(changes.ask_which(after(done(), another), CHECK_IN, 0, MESSAGE, NOW)) == [
        "patient: check_ins/unchanged"
    ], "a newer one is asked"
    left = changes.leave(done(), CHECK_IN, MESSAGE, late)
    assert (left.facts, sent(left), notice(left)) == ((), [], "replies/notices/over")


def test_while_help_is_awaited_nothing_is_changed_and_nothing_stands_below_the_card() -> None:
    """What an emergency has cut short is not taken up again."""
    red = said(done(), f"{SADDLE} new")
    for decision in (
        changes.ask_which(red, CHECK_IN, 0, MESSAGE, NOW),
        changes.reopen(red, CHECK_IN, PAIN, MESSAGE, NOW),
        changes.leave(red, CHECK_IN, MESSAGE, NOW),
    ):
        assert (decision.facts, sent(decision), notice(decision)) == ((), [], "replies/notices/over")


# -- somebody who helps ------------------------------------------------------------------------------------------------


def test_a_carer_does_not_see_in_the_list_what_only_the_patient_is_asked() -> None:
    """Nor does a button that they got hold of open it (clinical.md 0.19)."""
    asked = tuple(replace(each, private=each.question.id in PRIVATE) for each in the_protocol().asked)
    form = (GATE, PAIN, INTEREST, MOOD, SMOKES)
    chart = said(a_chart_of(replace(the_protocol(), asked=asked), form), "gate none", "back_nrs 3")
    chart = said(chart, "interest several_days", "mood several_days", "smokes no")
    assert opens(asked_which(chart)) == [GATE, PAIN, INTEREST, MOOD, SMOKES]
    helped = replace(chart, speaker=CarerId(1))
    assert opens(asked_which(helped)) == [GATE, PAIN, SMOKES]
    stolen = changes.reopen(helped, CHECK_IN, MOOD, MESSAGE, NOW)
    assert (stolen.facts, opens(messages(stolen)[0])) == ((), [GATE, PAIN, SMOKES])
    changed = press(after(helped, changes.reopen(helped, CHECK_IN, PAIN, MESSAGE, NOW)), "back_nrs 4")
    assert QuestionAnswered(NOW, CHECK_IN, PAIN, 4, carer=CarerId(1)) in changed.facts
    assert kinds(changed)[-1] == "check_in_completed"
