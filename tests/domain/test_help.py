"""Whether help is there: asked two hours after a card, until it is (clinical.md 0.6)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import alerts, check_ins, help, writing
from followupbot.domain.alert_state import HelpAwaited, HelpToAsk, HelpTold, Open, Taken
from followupbot.domain.chart import Chart
from followupbot.domain.decision import FreeText
from followupbot.domain.enrolment_state import HaltReason
from followupbot.domain.facts.alerts import AlertResolved
from followupbot.domain.facts.patient import FollowUpHalted, PatientHeld
from followupbot.domain.folding import fold
from followupbot.domain.ids import AlertId, CardId
from followupbot.domain.outgoing import Lane
from followupbot.domain.presses import HelpPress
from followupbot.domain.wake import next_wake_at, wake_alerts
from tests.builders import (
    ADA,
    ALERT,
    BREATH,
    CHECK_IN,
    DR_ITO,
    DR_SATO,
    MESSAGE,
    NOW,
    PATIENT,
    SADDLE,
    a_chart,
    a_clinic,
    after,
    buttons,
    gone,
    kinds,
    labels,
    messages,
    notice,
    sent,
    with_clinic,
)

TWO_HOURS, ONE_HOUR, MINUTE = timedelta(hours=2), timedelta(hours=1), timedelta(minutes=1)
CARD = CardId("cauda_equina")


def with_a_card() -> Chart:
    """A patient who has just said that something is new, and got the card."""
    chart = a_chart()
    return after(chart, check_ins.answer_press(chart, CHECK_IN, SADDLE, "new", MESSAGE, NOW))


def taken(chart: Chart) -> Chart:
    """Dr Ito has it in hand, and it pages again only in a year."""
    chart = after(chart, alerts.take(chart, ALERT, DR_ITO, NOW))
    (alert,) = chart.alerts
    state = alert.state
    assert isinstance(state, Taken)
    return replace(chart, alerts=(replace(alert, state=replace(state, reopen_at=NOW + timedelta(days=365))),))


def asked() -> Chart:
    """A patient who has been asked two hours later; meanwhile somebody has it in hand."""
    chart = taken(with_a_card())
    return after(chart, help.wake(chart, NOW + TWO_HOURS))


def test_it_is_asked_two_hours_after_the_card_at_any_hour() -> None:
    """In the alert lane, with two buttons; the one that says "not yet" bears the card (clinical.md 0.5)."""
    chart = taken(with_a_card())
    assert next_wake_at(chart) == help.next_wake_at(chart) == NOW + TWO_HOURS
    assert help.wake(chart, NOW + TWO_HOURS - MINUTE).facts == ()
    decision = help.wake(chart, NOW + TWO_HOURS)
    assert kinds(decision) == ["help_asked"]
    (question,) = messages(decision)
    assert (question.message, question.lane, question.daytime) == ("replies/getting_help", Lane.ALERT, None)
    assert labels(question) == ["yes", "not_yet"]
    assert buttons(question)[1].press == HelpPress(PATIENT, ALERT, False, CARD, chart.enrolled.plan.language)
    assert help.next_wake_at(after(chart, decision)) == NOW + TWO_HOURS + ONE_HOUR


def test_yes_is_recorded_and_nothing_more_is_asked() -> None:
    """It stands with the alert, where the clinician looks."""
    at = NOW + TWO_HOURS + MINUTE
    decision = help.answer(asked(), ALERT, True, None, MESSAGE, at)
    assert kinds(decision) == ["help_answered"]
    assert sent(decision) == ["patient: replies/help_is_there"]
    told = after(asked(), decision)
    assert told.alerts[0].help_told == HelpTold(at, getting=True)
    assert help.next_wake_at(told) is None
    assert help.wake(told, at + TWO_HOURS + ONE_HOUR).facts == ()
    assert help.answer(told, ALERT, True, None, MESSAGE, at).facts == ()


def test_not_yet_brings_the_card_again_and_pages_from_the_first_step_whoever_has_it() -> None:
    """And it is asked once more two hours later."""
    at = NOW + TWO_HOURS + MINUTE
    decision = help.answer(asked(), ALERT, False, CARD, MESSAGE, at)
    assert sent(decision) == ["dr_ito: alerts/new", "patient: cards/cauda_equina"]
    assert messages(decision)[1].lane is Lane.ALERT
    chart = after(asked(), decision)
    assert chart.alerts[0].help_told == HelpTold(at, getting=False)
    assert chart.alerts[0].state == Open(1, at + timedelta(minutes=5), (DR_ITO.id,))
    assert chart.alerts[0].help == HelpToAsk(at + TWO_HOURS)


def test_not_yet_tapped_twice_is_one_page_and_one_card() -> None:
    """A shaking thumb."""
    at = NOW + TWO_HOURS + MINUTE
    chart = after(asked(), help.answer(asked(), ALERT, False, CARD, MESSAGE, at))
    again = help.answer(chart, ALERT, False, CARD, MESSAGE, at + timedelta(seconds=2))
    assert (again.facts, again.outgoing, notice(again)) == ((), (), "replies/notices/already_answered")


def test_not_yet_counts_after_a_yes() -> None:
    """Safety runs on the worse answer."""
    at = NOW + TWO_HOURS + MINUTE
    chart = after(asked(), help.answer(asked(), ALERT, True, None, MESSAGE, at))
    decision = help.answer(chart, ALERT, False, CARD, MESSAGE, at + MINUTE)
    assert sent(decision) == ["dr_ito: alerts/new", "patient: cards/cauda_equina"]


def test_silence_is_not_yet() -> None:
    """An hour after the question; nobody is paged twice at one moment."""
    at = NOW + TWO_HOURS + ONE_HOUR
    decision = wake_alerts(asked(), at)
    assert sent(decision) == ["dr_ito: alerts/new", "patient: cards/cauda_equina"]
    chart = after(asked(), decision)
    assert chart.alerts[0].help == HelpToAsk(at + TWO_HOURS)
    assert wake_alerts(chart, at).facts == ()


def test_pressing_the_red_button_again_does_not_put_the_question_off() -> None:
    """The same card again, an hour later: asked when it would have been. One of another kind neither."""
    chart = with_a_card()
    for item, card in ((SADDLE, CARD), (BREATH, CardId("breathing"))):
        chart = after(chart, check_ins.answer_press(chart, CHECK_IN, item, "new", MESSAGE, NOW + ONE_HOUR))
        assert (chart.alerts[0].card, chart.alerts[0].help) == (card, HelpToAsk(NOW + TWO_HOURS))


def test_a_card_while_the_answer_is_awaited_asks_no_second_time() -> None:
    """The same card: the question stands."""
    at = NOW + TWO_HOURS + MINUTE
    chart = after(asked(), check_ins.answer_press(asked(), CHECK_IN, SADDLE, "new", MESSAGE, at))
    assert chart.alerts[0].help == HelpAwaited(NOW + TWO_HOURS + ONE_HOUR)


def test_nothing_is_asked_once_there_is_an_outcome() -> None:
    """A human has said how it ended."""
    chart = taken(with_a_card())
    chart = fold(chart, (AlertResolved(NOW + MINUTE, ALERT, DR_ITO.id, "sent_to_hospital"),))
    assert help.next_wake_at(chart) is None
    assert help.wake(chart, NOW + TWO_HOURS).facts == ()


def test_not_yet_after_an_outcome_is_an_emergency_once_more() -> None:
    """An old button still means what it says."""
    chart = fold(asked(), (AlertResolved(NOW + TWO_HOURS, ALERT, DR_ITO.id, "called"),))
    decision = help.answer(chart, ALERT, False, CARD, MESSAGE, NOW + TWO_HOURS + MINUTE)
    assert kinds(decision) == ["alert_raised", "alert_paged", "card_sent"]
    assert sent(decision) == ["dr_ito: alerts/new", "patient: cards/cauda_equina"]


def test_not_yet_about_an_alert_that_the_chart_has_forgotten_brings_its_card() -> None:
    """Years later, with nothing recorded, which it says."""
    decision = help.answer(a_chart(), AlertId(9), False, CARD, MESSAGE, NOW)
    (card,) = messages(decision)
    assert (card.message, card.params["recorded"]) == ("cards/cauda_equina", False)


def test_nothing_is_asked_while_staff_have_yet_to_read_that_somebody_died() -> None:
    """The ladder goes on paging; the phone of a widow stays quiet."""
    chart = fold(taken(with_a_card()), (PatientHeld(NOW, "death", "n1"),))
    assert help.next_wake_at(chart) is None
    assert help.wake(chart, NOW + TWO_HOURS).outgoing == ()


def test_words_about_a_hospital_silence_nothing_of_an_emergency() -> None:
    """ "I can't get to the hospital" lowers nothing: it is asked, silence pages, and "seen" comes (clinical.md 0.8)."""
    chart = with_a_card()
    held = after(chart, writing.receive(chart, FreeText("n1", "I am not in hospital yet"), NOW))
    assert held.held == "admission"
    assert sent(help.wake(held, NOW + TWO_HOURS)) == ["patient: replies/getting_help"]
    assert "patient: replies/seen/emergency" in sent(alerts.take(held, ALERT, DR_ITO, NOW))
    nobody = with_clinic(held, a_clinic([gone(DR_ITO), gone(DR_SATO)]))
    assert "patient: replies/not_reached/emergency" in sent(alerts.wake(nobody, NOW + 5 * MINUTE))


def test_a_red_answer_after_news_of_a_death_is_an_emergency_like_any_other() -> None:
    """Whoever presses it lives: it may be the husband who died, and the patient who feels nothing."""
    chart = a_chart()
    held = after(chart, writing.receive(chart, FreeText("n1", "My husband died"), NOW))
    later = NOW + MINUTE
    pressed = after(held, check_ins.answer_press(held, CHECK_IN, SADDLE, "new", MESSAGE, later))
    assert pressed.held == "death"
    assert sent(help.wake(pressed, later + TWO_HOURS)) == ["patient: replies/getting_help"]
    assert "patient: replies/seen/emergency" in sent(alerts.take(pressed, ALERT, DR_ITO, later))


@pytest.mark.parametrize("reason", ["died", "admitted"])
def test_nobody_writes_that_the_clinic_was_not_reached_to_who_has_died_or_lies_in_hospital(reason: HaltReason) -> None:
    """The operator knows; a phone that belongs to a family now stays quiet (8c, H14)."""
    chart = fold(with_a_card(), (FollowUpHalted(NOW, reason),))
    nobody = with_clinic(chart, a_clinic([gone(DR_ITO), gone(DR_SATO), ADA]))
    told = sent(alerts.wake(nobody, NOW + 5 * MINUTE))
    assert told
    assert all(line.startswith("ada") for line in told)
