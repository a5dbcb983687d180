""" "I am thinking of harming myself" (clinical.md 0.14)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import alerts, crisis
from followupbot.domain.alert_state import HelpToAsk, Open
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Crisis, Role
from followupbot.domain.ids import CardId
from followupbot.domain.outgoing import Lane
from followupbot.domain.rules import Tier
from tests.builders import (
    ADA,
    ALERT,
    DR_ITO,
    NOW,
    a_chart,
    a_clinic,
    a_programme,
    after,
    an_alerted_chart,
    kinds,
    messages,
    sent,
    some_settings,
)

CARD = CardId("crisis")
SATURDAY = NOW + timedelta(days=5)
LADDER = a_clinic(programme=a_programme(settings=replace(some_settings(), crisis=Crisis("116 123", (Role.LEAD,)))))


def test_with_a_ladder_of_its_own_its_people_are_paged_at_any_hour() -> None:
    """The words that help come first; the lead alone stands on that ladder."""
    decision = crisis.press(a_chart(clinic=LADDER), CARD, SATURDAY)
    assert sent(decision) == ["patient: cards/crisis", "dr_sato: alerts/new"]
    (card, _) = messages(decision)
    assert (card.lane, card.daytime, card.params["reached"]) == (Lane.ALERT, None, True)
    (alert,) = after(a_chart(clinic=LADDER), decision).alerts
    assert (alert.tier, alert.flags[0].concern, alert.due_at) == (
        Tier.EMERGENCY,
        "mood",
        SATURDAY + timedelta(minutes=5),
    )
    assert alert.help == HelpToAsk(SATURDAY + timedelta(hours=2))


def test_without_one_it_says_when_somebody_looks_and_never_that_the_clinic_knows() -> None:
    """Somebody looks on the clinic's next day; nobody is buzzed out of hours."""
    decision = crisis.press(a_chart(), CARD, SATURDAY)
    assert sent(decision) == ["patient: cards/crisis", "patient: replies/crisis_seen_by"]
    card, when = messages(decision)
    assert (card.params["recorded"], card.params["reached"]) == (True, None), "and never that it could not be reached"
    (alert,) = after(a_chart(), decision).alerts
    assert (alert.tier, alert.help) == (Tier.SAME_DAY, None), "nobody would hear that help is not there"
    assert when.params["due"].at == alert.due_at  # type: ignore[union-attr] # an instant


def test_beside_an_alert_that_is_late_no_time_is_promised_that_has_passed() -> None:
    """Played: who pressed it four hours into an emergency nobody had taken read that somebody looks three hours ago."""
    decision = crisis.press(an_alerted_chart(Tier.EMERGENCY), CARD, NOW + timedelta(hours=4))
    (when,) = (message for message in messages(decision) if message.message == "replies/crisis_seen_by")
    assert when.params["due"] is None


def test_without_a_ladder_and_with_nobody_in_reach_it_says_so_and_promises_nobody() -> None:
    """Both sentences beside each other would contradict themselves (clinical.md 0.14, 0.16)."""
    decision = crisis.press(a_chart(clinic=a_clinic([ADA])), CARD, SATURDAY)
    assert sent(decision) == ["patient: cards/crisis"]
    assert messages(decision)[0].params["reached"] is False


def test_pressed_again_the_words_come_again_and_nobody_is_paged_twice() -> None:
    """While it waits to be taken."""
    chart = after(a_chart(clinic=LADDER), crisis.press(a_chart(clinic=LADDER), CARD, NOW))
    again = crisis.press(chart, CARD, NOW + timedelta(minutes=2))
    assert (kinds(again), sent(again)) == ([], ["patient: cards/crisis"])


def test_said_again_after_somebody_took_it_it_pages_again() -> None:
    """Who took it knows nothing of the second time."""
    chart = after(a_chart(clinic=LADDER), crisis.press(a_chart(clinic=LADDER), CARD, NOW))
    chart = after(chart, alerts.take(chart, ALERT, DR_ITO, NOW))
    again = crisis.press(chart, CARD, NOW + timedelta(minutes=2))
    assert "dr_sato: alerts/new" in sent(again)


@pytest.mark.parametrize("tier", [Tier.SAME_DAY, Tier.EMERGENCY])
def test_beside_an_alert_that_somebody_has_it_pages_again_with_a_sound_without_a_ladder_of_its_own(tier: Tier) -> None:
    """Who took the other matter knows nothing of it, and a line that buzzes nobody may be read the next day."""
    chart = an_alerted_chart(tier)
    chart = after(chart, alerts.take(chart, ALERT, DR_ITO, NOW))
    pressed = crisis.press(chart, CARD, NOW + timedelta(minutes=30))
    assert "dr_ito: alerts/new" in sent(pressed)
    assert not any(message.silent for message in messages(pressed) if message.message == "alerts/new")
    (alert,) = after(chart, pressed).alerts
    assert (alert.tier, isinstance(alert.state, Open)) == (tier, True)


def test_beside_an_open_emergency_its_people_come_first_and_the_others_stay() -> None:
    """Nobody who was on the ladder is forgotten."""
    chart: Chart = an_alerted_chart(Tier.EMERGENCY, clinic=LADDER)
    chart = after(chart, crisis.press(chart, CARD, NOW + timedelta(minutes=1)))
    (alert,) = chart.alerts
    assert [step.role for step in alert.ladder.steps] == [Role.LEAD, Role.CLINICIAN]
    assert isinstance(alert.state, Open)
    assert [flag.concern for flag in alert.flags] == ["weakness", "mood"]
