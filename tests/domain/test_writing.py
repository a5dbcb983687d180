"""What somebody who takes part writes: every word of the list is answered at once, and no word lowers anything."""

from datetime import timedelta

import pytest

from followupbot.domain import occasions, reminders, writing
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.facts.check_ins import QuestionAnswered
from followupbot.domain.folding import fold
from followupbot.domain.outgoing import Recall
from followupbot.domain.params import Instant
from followupbot.domain.rules import Tier
from followupbot.domain.wake import next_wake_at, wake
from tests.builders import (
    BERLIN,
    BLADDER,
    BREATH,
    CHECK_IN,
    NOW,
    a_chart,
    a_plan,
    after,
    an_alerted_chart,
    an_enrolled_chart,
    at,
    kinds,
    labels,
    messages,
    sent,
)

CHECK_NOW, CRISIS = "buttons/check_now", "buttons/crisis"


def wrote(chart: Chart, text: str) -> Decision:
    """The patient wrote that."""
    return writing.receive(chart, FreeText("n1", text), NOW)


def test_words_that_nothing_understands_are_answered_at_once_with_the_button() -> None:
    """That a computer cannot, and by when somebody reads it: the same working day."""
    decision = wrote(an_enrolled_chart(), "My dog is ill")
    assert sent(decision) == ["patient: replies/note_received"]
    assert labels(messages(decision)[0]) == [CHECK_NOW]
    chart = after(an_enrolled_chart(), decision)
    assert (chart.unread, chart.review_by) == (("n1",), at("2026-03-09 18:00"))


@pytest.mark.parametrize("text", ["I can't feel it when I pee", "No leaking", "it doesn't LEAK any more"])
def test_a_word_of_the_list_offers_the_screens_while_nothing_and_while_a_question_waits(text: str) -> None:
    """Negation is not read."""
    for chart in (an_enrolled_chart(), a_chart(), a_chart(["rf_bladder_feel: no", "rf_saddle: no", "rf_breath: no"])):
        decision = wrote(chart, text)
        assert sent(decision) == ["patient: replies/gate_offered"]
        assert labels(messages(decision)[0]) == [CHECK_NOW]
        assert after(chart, decision).unread == ("n1",)


def test_a_typed_word_never_denies_a_red_flag() -> None:
    """ "none" answers nothing, and the screen stands again."""
    decision = wrote(a_chart(), "none")
    assert (kinds(decision), sent(decision)) == (
        [],
        ["patient: replies/rejected/gate_needs_a_button", "patient: questions/gate_bladder"],
    )


def test_a_try_at_an_answer_is_no_note_and_a_sentence_is_one() -> None:
    """One word or number was meant for the question; more is something said, and the question stands again."""
    chart = a_chart(["rf_bladder_feel: no", "rf_saddle: no", "rf_breath: no"])
    assert sent(wrote(chart, "eleven")) == ["patient: replies/rejected/not_a_number", "patient: questions/back_pain"]
    assert sent(wrote(chart, "please call me")) == ["patient: replies/note_received", "patient: questions/back_pain"]
    assert "question_answered" in kinds(wrote(chart, "3"))


def test_numbers_alone_are_a_try_at_an_answer_and_which_one_it_is_is_asked() -> None:
    """Nothing that people would have to read."""
    chart = a_chart(["rf_bladder_feel: no", "rf_saddle: no", "rf_breath: no"])
    for text in ("6 7", "6 - 7", "6 / 7"):
        assert sent(wrote(chart, text)) == ["patient: replies/rejected/one_number", "patient: questions/back_pain"]


@pytest.mark.parametrize("text", ["thank you", "I leak", "3"])
def test_who_has_an_open_emergency_is_told_again_whom_to_call(text: str) -> None:
    """Whatever they write."""
    for chart in (an_alerted_chart(Tier.EMERGENCY), after_gate(an_alerted_chart(Tier.EMERGENCY))):
        decision = wrote(chart, text)
        assert "patient: replies/still_urgent" in sent(decision)


def test_a_same_day_alert_is_no_emergency() -> None:
    """Its words are for another day."""
    assert sent(wrote(an_alerted_chart(Tier.SAME_DAY), "thank you, all")) == [
        "patient: replies/note_received",
        "patient: questions/gate_bladder",
    ]


def after_gate(chart: Chart) -> Chart:
    """The screens are done with, and a number is asked."""
    said = (QuestionAnswered(NOW, CHECK_IN, BLADDER, "no"), QuestionAnswered(NOW, CHECK_IN, BREATH, "no"))
    return fold(chart, said)


def test_words_about_harming_oneself_offer_that_button_first() -> None:
    """Whatever else is in them."""
    decision = wrote(an_enrolled_chart(), "He died and I want to die, I leak")
    assert sent(decision) == ["patient: replies/crisis_words"]
    assert labels(messages(decision)[0]) == [CRISIS, CHECK_NOW]


# -- a death, a stay in hospital ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["My husband died on Monday", "She is in hospital"])
def test_a_death_or_a_stay_in_hospital_is_answered_by_one_sentence_and_holds_what_we_start(text: str) -> None:
    """What has not gone out yet is called back (clinical.md 0.13)."""
    decision = wrote(an_enrolled_chart(), text)
    assert kinds(decision) == ["note_received", "patient_held"]
    assert decision.outgoing[0] == Recall()
    assert sent(decision) == ["patient: replies/read_by_people"]
    assert labels(messages(decision)[0]) == []


def test_while_it_is_held_nothing_is_asked_and_nobody_is_reminded() -> None:
    """For a year; and no clock spins on what is due."""
    chart = after(a_chart(begun=False), wrote(a_chart(begun=False), "My husband died"))
    assert not chart.starts_allowed
    assert next_wake_at(chart) is None
    later = NOW + timedelta(days=365)
    assert wake(chart, later).outgoing == ()
    assert occasions.wake(chart, later).facts == ()
    assert reminders.due(chart, chart.check_ins[0], later).outgoing == ()


def test_once_staff_have_read_it_everything_goes_on() -> None:
    """A check-in that waited is offered anew, by day."""
    chart = after(a_chart(begun=False), wrote(a_chart(begun=False), "My husband died"))
    decision = writing.read(chart, chart.unread, NOW + timedelta(hours=1))
    assert kinds(decision) == ["notes_read"]
    (ready,) = messages(decision)
    assert (ready.message, ready.daytime is not None) == ("check_ins/ready", True)
    free = after(chart, decision)
    assert (free.held, free.unread, free.review_by, free.notes) == (None, (), None, 0)
    assert next_wake_at(free) is not None
    assert writing.read(free, (), NOW) == Decision()


def test_what_came_while_they_read_is_still_to_be_read() -> None:
    """Only what was shown has been read."""
    chart = after(an_enrolled_chart(), wrote(an_enrolled_chart(), "one thing"))
    both = after(chart, writing.receive(chart, FreeText("n2", "another thing"), NOW))
    left = after(both, writing.read(both, chart.unread, NOW))
    assert (left.unread, left.notes, left.review_by) == (("n2",), 1, at("2026-03-09 18:00"))


def test_the_hold_lasts_until_the_words_that_hold_have_been_read_themselves() -> None:
    """Not only those that came before them, nor those that staff happened to be shown (clinical.md 0.13)."""
    chart = after(an_enrolled_chart(), wrote(an_enrolled_chart(), "one thing"))
    held = after(chart, writing.receive(chart, FreeText("n2", "he died"), NOW))
    twice = after(held, writing.receive(held, FreeText("n3", "yes, he died"), NOW))
    still = after(twice, writing.read(twice, ("n1", "n2"), NOW))
    assert (still.held, still.starts_allowed) == ("death", False)
    free = after(still, writing.read(still, ("n3",), NOW))
    assert (free.held, free.starts_allowed) == (None, True)


def test_news_of_a_death_weighs_more_than_a_stay_in_hospital() -> None:
    """Whichever came first."""
    chart = after(an_enrolled_chart(), wrote(an_enrolled_chart(), "he is in hospital"))
    assert (chart.held, chart.beyond_reach) == ("admission", False)
    dead = after(chart, writing.receive(chart, FreeText("n2", "he died"), NOW))
    assert (dead.held, dead.beyond_reach) == ("death", True)


def test_before_the_operation_no_screen_is_offered() -> None:
    """No words speak of a button that is not there; what to do now is said all the same."""
    chart = an_enrolled_chart(a_plan("2026-12-01"), operated=False)
    decision = wrote(chart, "I leak")
    assert sent(decision) == ["patient: replies/urgent", "patient: replies/note_received"]
    assert [labels(message) for message in messages(decision)] == [["buttons/crisis"], []]


@pytest.mark.parametrize(
    ("text", "reply"),
    [("My dog is ill", "note_received"), ("I leak", "gate_offered"), ("I want to die", "crisis_words")],
)
def test_out_of_hours_a_text_is_answered_with_when_the_clinic_opens(text: str, reply: str) -> None:
    """On the patient's own clock; in opening hours nothing more is promised than that somebody reads it."""
    saturday = at("2026-03-14 20:00")
    (late,) = messages(writing.receive(an_enrolled_chart(), FreeText("n1", text), saturday))
    assert (late.message, late.params) == (f"replies/{reply}", {"opens": Instant(at("2026-03-16 08:00"), BERLIN)})
    (early,) = messages(wrote(an_enrolled_chart(), text))
    assert early.params == {"opens": None}


def test_a_text_raised_after_closing_is_read_on_the_next_working_day() -> None:
    """Friday evening: Monday."""
    friday = at("2026-03-13 19:00")
    decision = writing.receive(an_enrolled_chart(), FreeText("n1", "hello there"), friday)
    assert fold(an_enrolled_chart(), decision.facts).review_by == at("2026-03-16 18:00")  # type: ignore[arg-type]
