"""The daily test of alerts: by the published rules, to one staff member in turn, silent, and in nobody's record."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import canary, rota
from followupbot.domain.clinic import Clinic, Crisis, Role
from followupbot.domain.decision import Decision
from followupbot.domain.outgoing import Lane
from followupbot.domain.rules import Tier
from tests.builders import (
    ADA,
    DR_ITO,
    DR_SATO,
    RULES,
    a_clinic,
    a_programme,
    a_protocol,
    at,
    invited,
    kinds,
    messages,
    sent,
    some_settings,
)

MORNING = at("2026-03-09 08:30")
TODAY = MORNING.date().toordinal()


def after_test(clinic: Clinic, days: int) -> tuple[Clinic, Decision]:
    """That many days later the press has come in."""
    now = MORNING + timedelta(days=days)
    clinic = rota.after(clinic, canary.put(clinic, now))
    decision = canary.press(clinic, TODAY + days, now)
    return rota.after(clinic, decision), decision


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ("2026-03-09 08:29", False),
        ("2026-03-09 08:30", True),
        ("2026-03-09 17:59", True),
        ("2026-03-09 18:00", False),
        ("2026-03-08 12:00", False),  # a Sunday
    ],
)
def test_it_is_made_in_opening_hours(when: str, due: bool) -> None:
    assert (canary.due(a_clinic(), at(when)) is not None) is due


def test_it_is_made_once_a_day_and_again_where_the_program_ended_before_the_press() -> None:
    clinic = rota.after(a_clinic(), canary.put(a_clinic(), MORNING))
    assert canary.due(clinic, MORNING) == TODAY
    assert canary.put(clinic, MORNING) == Decision()
    clinic = rota.after(clinic, canary.press(clinic, TODAY, MORNING))
    assert canary.due(clinic, MORNING + timedelta(hours=3)) is None
    assert canary.due(clinic, MORNING + timedelta(days=1)) == TODAY + 1


def test_it_can_be_switched_off_and_needs_somebody_to_go_to() -> None:
    off = a_programme(settings=replace(some_settings(), canary=False))
    assert canary.due(a_clinic(programme=off), MORNING) is None
    assert canary.due(a_clinic([invited(DR_ITO)]), MORNING) is None


def test_its_alert_goes_by_lane_0_marked_and_silent() -> None:
    _, decision = after_test(a_clinic(), 0)
    assert (kinds(decision), sent(decision)) == (["canary_raised"], ["dr_ito: alerts/test"])
    (message,) = messages(decision)
    assert (message.lane, message.silent, message.key) == (Lane.ALERT, True, canary.key(TODAY))


def test_whoever_is_paged_gets_it_in_turn_and_admins_only_where_nobody_is() -> None:
    clinic, heard = a_clinic([DR_ITO, DR_SATO, ADA]), list[str]()
    for days in range(4):
        clinic, decision = after_test(clinic, days)
        heard += sent(decision)
    assert heard == ["dr_ito: alerts/test", "dr_sato: alerts/test"] * 2
    assert sent(after_test(a_clinic([ADA]), 0)[1]) == ["ada: alerts/test"]


def test_a_press_that_raises_no_emergency_is_no_alert() -> None:
    """Somebody has published rules under which nothing red is heard: no receipt comes, and the operator is told."""
    deaf = tuple(rule for rule in RULES if rule.tier is not Tier.EMERGENCY)
    clinic, decision = after_test(a_clinic(programme=a_programme(a_protocol(rules=deaf))), 0)
    assert decision == Decision()
    assert canary.lost(clinic, MORNING + timedelta(minutes=6))


def test_another_number_or_a_second_press_changes_nothing() -> None:
    clinic, _ = after_test(a_clinic(), 0)
    assert canary.press(clinic, TODAY, MORNING) == Decision()
    assert canary.press(clinic, TODAY + 1, MORNING) == Decision()
    assert canary.press(a_clinic(), TODAY, MORNING) == Decision()
    clinic = rota.after(clinic, canary.receive(clinic, TODAY, MORNING))
    assert canary.receive(clinic, TODAY, MORNING) == Decision()
    assert not canary.lost(clinic, MORNING + timedelta(hours=1))


@pytest.mark.parametrize(
    ("when", "then"),
    [
        ("2026-03-09 07:00", "2026-03-09 08:30"),
        ("2026-03-09 08:10", "2026-03-09 08:30"),
        ("2026-03-09 12:00", "2026-03-10 08:30"),  # today's is due already
        ("2026-03-09 19:00", "2026-03-10 08:30"),
        ("2026-03-06 18:00", "2026-03-09 08:30"),  # a Friday evening
    ],
)
def test_it_is_known_when_the_next_one_is_due(when: str, then: str) -> None:
    assert canary.next_at(a_clinic(), at(when)) == at(then)


def test_after_todays_the_next_one_is_tomorrows_and_where_it_is_switched_off_there_is_none() -> None:
    clinic, _ = after_test(a_clinic(), 0)
    assert canary.next_at(clinic, MORNING + timedelta(hours=1)) == MORNING + timedelta(days=1)
    off = a_programme(settings=replace(some_settings(), canary=False))
    assert canary.next_at(a_clinic(programme=off), MORNING) is None


def test_who_stands_on_the_crisis_ladder_alone_has_a_turn_too() -> None:
    """Their alert is to come through as well."""
    settings = replace(some_settings([Role.CLINICIAN]), crisis=Crisis(ladder=(Role.LEAD,)))
    clinic, first = after_test(a_clinic(programme=a_programme(settings=settings)), 0)
    _, second = after_test(clinic, 1)
    assert [sent(first), sent(second)] == [["dr_ito: alerts/test"], ["dr_sato: alerts/test"]]
