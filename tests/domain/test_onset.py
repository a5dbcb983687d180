"""The one question after an emergency card: when it began. It takes nothing back (clinical.md 0.3, 0.4)."""

from dataclasses import replace

from followupbot.domain.check_in_state import CutShort
from followupbot.domain.ids import CheckInId
from followupbot.domain.outgoing import Lane
from followupbot.domain.rules import Tier
from tests.builders import CHECK_IN, MESSAGE, NOW, after, kinds, labels, messages, notice, sent
from tests.domain.one_of_everything import a_chart_of, press, said, the_protocol


def test_onset_is_asked_after_the_card_and_behind_it() -> None:
    """In the same lane and order, as a message of its own; the card has its own, never edited."""
    decision = press(a_chart_of(), "rf_saddle new")
    card, onset = messages(decision)[-2:]
    assert (card.message, onset.message) == ("cards/cauda_equina", "questions/rf_onset")
    assert (onset.lane, onset.subject, onset.in_place_of) == (Lane.ALERT, card.subject, None)
    assert labels(onset) == ["two_weeks", "longer"]
    assert kinds(decision)[-2:] == ["check_in_cut_short", "card_sent"]


def test_what_is_said_of_the_onset_is_recorded_and_changes_no_tier() -> None:
    """It may add a flag; the patient hears once more to go."""
    chart = said(a_chart_of(), "rf_saddle new")
    before = chart.unresolved_alert
    assert before is not None
    decision = press(chart, "rf_onset longer")
    chart = after(chart, decision)
    assert (kinds(decision), sent(decision)) == (
        ["question_answered", "flag_recorded"],
        ["patient: check_ins/done/emergency"],
    )
    assert messages(decision)[0].in_place_of == MESSAGE
    alert, check_in = chart.unresolved_alert, chart.check_in(CHECK_IN)
    assert alert == before
    assert alert.tier is Tier.EMERGENCY
    assert check_in is not None
    assert check_in.state == CutShort(NOW)
    again = press(chart, "rf_onset two_weeks")
    assert (again.facts, messages(again)) == ((), [])


def test_the_card_comes_again_and_onset_only_while_it_is_unanswered() -> None:
    """Pressed again, later."""
    later = NOW.replace(minute=30)
    chart = said(a_chart_of(), "rf_saddle new")
    assert sent(press(chart, "rf_saddle new", later))[-2:] == [
        "patient: cards/cauda_equina",
        "patient: questions/rf_onset",
    ]
    told = said(chart, "rf_onset longer")
    assert sent(press(told, "rf_saddle new", later)) == ["patient: cards/cauda_equina"]


def test_nothing_but_onset_is_answered_after_an_emergency() -> None:
    """The rest of the check-in is dropped."""
    chart = said(a_chart_of(), "rf_saddle new")
    assert notice(press(chart, "back_nrs 3")) == "replies/notices/over"


def test_without_such_a_question_the_card_stands_alone() -> None:
    """A protocol need not have one."""
    protocol = replace(the_protocol(), after_card=None)
    assert sent(press(a_chart_of(protocol), "rf_saddle new"))[-1] == "patient: cards/cauda_equina"


def test_onset_of_a_check_in_that_is_still_open_is_no_answer_yet() -> None:
    """Nobody has asked."""
    decision = press(a_chart_of(), "rf_onset longer", check_in=CheckInId(9))
    assert decision.facts == ()
