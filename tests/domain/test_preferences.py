"""When, where and in which language: nothing is asked at night, twice, or not at all for a change of it."""

from datetime import date, time, timedelta

import pytest

from followupbot.domain import occasions, pauses, preferences, wake
from followupbot.domain.chart import Chart
from followupbot.domain.enrolment_state import Travel
from followupbot.domain.ids import Language
from followupbot.domain.outgoing import Rehour
from followupbot.domain.presses import CommandPress
from followupbot.domain.schedule import Daytime, Offset
from tests.builders import (
    NOW,
    TIMINGS,
    a_clinic,
    a_plan,
    a_programme,
    a_protocol,
    a_timing,
    after,
    an_enrolled_chart,
    at,
    buttons,
    kinds,
    messages,
    sent,
)

TOKYO, LOS_ANGELES = "Asia/Tokyo", "America/Los_Angeles"


def daily(zone: str) -> Chart:
    """Somebody who is asked on two days that follow each other."""
    days = [a_timing(f"day_{day}", Offset(days=day), 3) for day in (14, 15)]
    clinic = a_clinic(programme=a_programme(a_protocol(timings=[TIMINGS[0], *days])))
    return an_enrolled_chart(a_plan(zone=zone), clinic)


def test_another_hour_is_for_what_is_still_to_come() -> None:
    """A button for each hour of the day; one at night is refused."""
    chart = an_enrolled_chart()
    chart = after(chart, preferences.set_time(chart, time(18, 30), NOW))
    assert wake.next_wake_at(chart) == at("2026-03-16 18:30")
    for night in (time(8, 59), time(20)):
        assert sent(preferences.set_time(chart, night, NOW)) == ["patient: replies/time_ask"]
    asked = messages(preferences.ask_time(chart, refused=False, now=NOW))[0]
    assert buttons(asked)[0].press == CommandPress(chart.patient, "time", "9:00")
    assert len(buttons(asked)) == 11


def test_another_zone_moves_what_is_to_come_and_what_waits() -> None:
    """Nine in the morning there, and the outbox is told."""
    chart = an_enrolled_chart()
    decision = preferences.set_zone(chart, LOS_ANGELES, NOW)
    assert decision.outgoing[0] == Rehour(Daytime(LOS_ANGELES))
    assert wake.next_wake_at(after(chart, decision)) == at("2026-03-16 09:00", LOS_ANGELES)


def test_who_flies_towards_the_sun_is_asked_twelve_hours_later_at_the_earliest() -> None:
    """Asked in Los Angeles at nine; in Tokyo it is nine again after eight hours. Nothing is skipped."""
    chart = daily(LOS_ANGELES)
    asked_at = at("2026-03-16 09:00", LOS_ANGELES)
    chart = after(chart, occasions.wake(chart, asked_at))
    chart = after(chart, preferences.set_zone(chart, TOKYO, asked_at + timedelta(hours=1)))
    assert at("2026-03-17 09:00", TOKYO) - asked_at == timedelta(hours=8)
    assert occasions.next_wake_at(chart) == asked_at + timedelta(hours=12)
    assert kinds(occasions.wake(chart, asked_at + timedelta(hours=12)))[-1] == "check_in_asked"


def test_a_journey_ends_by_itself_after_its_last_day() -> None:
    """That day is spent there; then home holds again, for what waits too."""
    chart = an_enrolled_chart()
    chart = after(chart, preferences.travel(chart, TOKYO, date(2026, 3, 12), NOW))
    until = at("2026-03-13 00:00", TOKYO)
    assert chart.enrolled.travel == Travel("Europe/Berlin", until)
    assert (chart.enrolled.plan.zone, wake.next_wake_at(chart)) == (TOKYO, until)
    home = wake.wake(chart, until)
    assert (kinds(home), home.outgoing) == (["travel_ended"], (Rehour(Daytime("Europe/Berlin")),))
    assert after(chart, home).enrolled.plan.zone == "Europe/Berlin"


def test_a_second_journey_leads_to_the_same_home() -> None:
    """And living somewhere ends every journey, though it were to there."""
    chart = an_enrolled_chart()
    for zone in (TOKYO, LOS_ANGELES):
        chart = after(chart, preferences.travel(chart, zone, date(2026, 3, 20), NOW))
    assert chart.enrolled.travel is not None
    assert chart.enrolled.travel.home == "Europe/Berlin"
    stayed = after(chart, preferences.set_zone(chart, LOS_ANGELES, NOW))
    assert (stayed.enrolled.plan.zone, stayed.enrolled.travel) == (LOS_ANGELES, None)


@pytest.mark.parametrize("last_day", ["2026-03-01", "2027-06-01", "9999-12-31"])
def test_a_journey_that_is_over_or_has_no_end_is_none(last_day: str) -> None:
    """Who is away for more than a year lives there."""
    decision = preferences.travel(an_enrolled_chart(), TOKYO, date.fromisoformat(last_day), NOW)
    assert (kinds(decision), sent(decision)) == (["preference_asked"], ["patient: replies/zone_ask"])


def test_the_day_in_the_example_lies_ahead_whenever_it_is_read() -> None:
    """A day that is over would be refused to whoever copies it."""
    chart = an_enrolled_chart()
    (asked,) = messages(preferences.ask_zone(chart, refused=False, now=NOW))
    (paused,) = messages(pauses.ask_how_long(chart, refused=False, now=NOW))
    assert (asked.params["until"], paused.params["until"]) == ("2026-03-23", "2026-03-23")


def test_the_confirmation_is_in_the_new_language() -> None:
    """And so is all that follows; a language without words is none."""
    chart = an_enrolled_chart()
    decision = preferences.set_language(chart, Language("es"), NOW)
    assert messages(decision)[0].language == "es"
    assert sent(preferences.set_language(chart, Language("tlh"), NOW)) == ["patient: replies/language_ask"]
    assert preferences.set_language(after(chart, decision), Language("es"), NOW).facts == ()
