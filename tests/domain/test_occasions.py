"""The occasions of the schedule: each asked or skipped, recorded, and none twice."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from followupbot.domain import occasions, wake
from followupbot.domain.chart import Chart
from followupbot.domain.facts.check_ins import CheckInAsked
from followupbot.domain.facts.occasions import OccasionSkipped
from followupbot.domain.ids import TimingId
from followupbot.domain.schedule import Offset, Timing
from tests.builders import (
    BACK_PAIN,
    CHECK_IN,
    TIMINGS,
    a_chart,
    a_clinic,
    a_plan,
    a_programme,
    a_protocol,
    a_timing,
    after,
    an_enrolled_chart,
    an_invited_chart,
    at,
    kinds,
    sent,
    with_clinic,
)


def story(chart: Chart, *wakes: str) -> tuple[list[str], Chart]:
    """What is asked and skipped when the chart is looked at then."""
    told = []
    for text in wakes:
        decision = occasions.wake(chart, at(text))
        chart = after(chart, decision)
        for fact in decision.facts:
            match fact:
                case CheckInAsked():
                    told.append(f"asked {fact.timing}")
                case OccasionSkipped():
                    told.append(f"skipped {fact.timing} {fact.reason}")
                case _:
                    told.append(fact.kind)
    return told, chart


def with_timings(*timings: Timing) -> Chart:
    clinic = a_clinic(programme=a_programme(a_protocol(timings=[TIMINGS[0], *timings])))
    return an_enrolled_chart(clinic=clinic)


def test_a_check_in_is_asked_on_its_day_at_the_patients_hour() -> None:
    """Two weeks after the operation, at 09:00, not a minute earlier, and once."""
    chart = an_enrolled_chart()
    assert occasions.next_wake_at(chart) == at("2026-03-16 09:00")
    told, _ = story(chart, "2026-03-16 08:59", "2026-03-16 09:00", "2026-03-16 09:01", "2026-03-17 09:00")
    assert told == ["asked two_weeks"]


def test_the_hour_is_the_patients_also_after_a_clock_change() -> None:
    """Six weeks after the operation it is summer: 09:00 is an hour earlier by the sun."""
    chart = an_enrolled_chart()
    _, chart = story(chart, "2026-03-16 09:00", "2026-03-23 09:00")
    assert occasions.next_wake_at(chart) == at("2026-04-13 09:00")
    assert at("2026-04-13 09:00").hour == 7


def test_a_late_enrolment_is_never_back_filled() -> None:
    """Enrolled at four and a half months: the next is at six, and nothing is recorded about those before."""
    chart = an_enrolled_chart(enrolled_at=at("2026-07-15 10:00"))
    assert occasions.wake(chart, at("2026-07-15 10:01")).facts == ()
    assert occasions.next_wake_at(chart) == at("2026-09-02 09:00")


def test_the_day_of_enrolment_itself_is_not_asked_again() -> None:
    """Enrolled early on the day that two weeks falls on: the first check-in is asked now."""
    chart = an_enrolled_chart(enrolled_at=at("2026-03-16 08:00"))
    assert occasions.wake(chart, at("2026-03-16 09:00")).facts == ()


def test_after_a_long_silence_of_ours_what_is_over_is_skipped_and_recorded() -> None:
    """Nothing ran from 9 March to 1 May: two weeks is over, six weeks too."""
    told, chart = story(an_enrolled_chart(), "2026-05-01 10:00")
    assert told == ["skipped two_weeks window_over", "skipped six_weeks window_over"]
    assert occasions.next_wake_at(chart) == at("2026-06-02 09:00")


def test_a_window_is_over_at_its_very_end() -> None:
    """Seven days after 16 March, 09:00."""
    assert story(an_enrolled_chart(), "2026-03-23 08:59")[0] == ["asked two_weeks"]
    assert story(an_enrolled_chart(), "2026-03-23 09:00")[0] == ["skipped two_weeks window_over"]


def test_of_two_that_are_due_the_later_of_the_same_size_is_asked() -> None:
    """Nothing ran for a while; both windows are open."""
    early, late = a_timing("early", Offset(days=14), 30), a_timing("late", Offset(days=21), 30)
    told, chart = story(with_timings(early, late), "2026-03-25 10:00", "2026-03-26 10:00")
    assert told == ["skipped early absorbed", "asked late"]
    assert len([check_in for check_in in chart.check_ins if check_in.open]) == 1


@pytest.mark.parametrize("days", [(14, 21), (21, 14), (14, 14)])
def test_of_two_that_are_due_the_larger_form_is_asked(days: tuple[int, int]) -> None:
    """Whichever day came first."""
    small = replace(a_timing("small", Offset(days=days[0]), 30), form=(BACK_PAIN,))
    full = a_timing("full", Offset(days=days[1]), 30)
    told, chart = story(with_timings(small, full), "2026-03-25 10:00", "2026-03-27 10:00")
    assert told == ["skipped small absorbed", "asked full"]
    assert occasions.next_wake_at(chart) == at("2026-03-16 09:00") + timedelta(days=30 + days[1] - 14)


@pytest.mark.parametrize("surgery_on", ["2026-03", "2026"])
def test_with_an_imprecise_date_short_windows_are_skipped_and_recorded(surgery_on: str) -> None:
    """Windows under 30 days (clinical.md 0.12); six months and the years are asked."""
    chart = an_enrolled_chart(a_plan(surgery_on), enrolled_at=at("2026-03-01 10:00"))
    told, _ = story(chart, *walk("2026-03-02", 560))
    assert told == [
        "skipped two_weeks imprecise_date",
        "skipped six_weeks imprecise_date",
        "skipped three_months imprecise_date",
        "asked six_months",
        "check_in_expired",
        "asked yearly",
        "check_in_expired",
    ]


def walk(start: str, days: int) -> list[str]:
    first = datetime.fromisoformat(f"{start} 09:00")
    return [str(first + timedelta(days=day))[:16] for day in range(days)]


def test_a_new_occasion_ends_the_old_check_in() -> None:
    """Two check-ins at a time would be one too many; nothing of the gate was answered, so it is a miss."""
    early, late = a_timing("early", Offset(days=14), 30), a_timing("late", Offset(days=21), 30)
    told, chart = story(with_timings(early, late), "2026-03-16 09:00", "2026-03-23 09:00")
    assert told == ["asked early", "check_in_expired", "asked late"]
    assert chart.misses == 1


def test_an_occasion_that_is_skipped_ends_no_open_check_in() -> None:
    """The first check-in waits for answers while a short window of an imprecise date passes."""
    chart = a_chart(plan=a_plan("2026-03"), expires_at=at("2026-04-20 10:00"))
    told, chart = story(chart, "2026-03-29 09:00")
    assert told == ["skipped two_weeks imprecise_date"]
    assert chart.open_check_in is not None
    assert chart.open_check_in.id == CHECK_IN


def test_a_check_in_expires_when_its_time_is_over() -> None:
    """And wakes the chart for it."""
    chart = a_chart(expires_at=at("2026-03-12 10:00"))
    assert occasions.next_wake_at(chart) == at("2026-03-12 10:00")
    told, chart = story(chart, "2026-03-12 09:59", "2026-03-12 10:00", "2026-03-12 10:01")
    assert told == ["check_in_expired"]


def test_before_the_operation_nothing_is_due() -> None:
    """However long it takes."""
    chart = an_enrolled_chart(operated=False)
    assert (occasions.wake(chart, at("2036-01-01 09:00")).facts, occasions.next_wake_at(chart)) == ((), None)


def test_who_does_not_take_part_is_not_asked() -> None:
    """Invited, and nothing more."""
    chart = an_invited_chart()
    assert (wake.wake(chart, at("2036-01-01 09:00")).facts, wake.next_wake_at(chart)) == ((), None)


def test_a_check_in_uses_the_programme_that_is_published_when_it_is_asked() -> None:
    """A timing that a new version brings is asked."""
    extra = a_timing("extra", Offset(days=10), 7)
    chart = with_clinic(an_enrolled_chart(), a_clinic(programme=a_programme(a_protocol(timings=[*TIMINGS, extra]))))
    assert story(chart, "2026-03-12 09:00")[0] == ["asked extra"]


def test_the_timing_of_enrolment_is_never_the_schedules() -> None:
    """Its offset is nought."""
    chart = an_enrolled_chart(enrolled_at=at("2026-03-01 10:00"))
    assert story(chart, "2026-03-02 09:00")[0] == []
    assert TIMINGS[0].id == TimingId("baseline")


def test_years_go_by_and_each_is_asked_once() -> None:
    """Twenty years, looked at on each of their days; the last check-in is still open."""
    told, chart = story(an_enrolled_chart(), *walk("2026-03-10", 20 * 365 + 5))
    assert told.count("asked yearly") == 20
    assert [line for line in told if line.startswith("skipped")] == []
    assert len([line for line in told if line.startswith("asked")]) == 24
    assert (told.count("check_in_expired"), chart.misses) == (23, 23)
    assert sent(occasions.wake(chart, at("2046-03-08 09:00"))) == []
    assert kinds(occasions.wake(chart, at("2047-03-02 09:00"))) == ["check_in_expired", "check_in_asked"]
