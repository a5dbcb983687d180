"""When a care protocol asks: calendars, clocks that change, and dates that are not fully known."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from followupbot.domain.schedule import Daytime, Offset, PartialDate, Timing, local, resolve
from tests.builders import BERLIN, FULL_FORM, a_day, a_timing, at


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone", "instant"),
    [
        ("2026-01-15 09:00", BERLIN, "2026-01-15 08:00"),
        ("2026-07-15 09:00", BERLIN, "2026-07-15 07:00"),
        ("2026-03-29 02:30", BERLIN, "2026-03-29 01:30"),  # skipped: 03:30 summer time
        ("2026-10-25 02:30", BERLIN, "2026-10-25 00:30"),  # comes twice: the first
        ("2026-10-04 02:15", "Australia/Lord_Howe", "2026-10-03 15:45"),  # half an hour is skipped: 02:45
        ("2026-04-05 01:45", "Australia/Lord_Howe", "2026-04-04 14:45"),  # half an hour comes twice: the first
        ("2011-12-30 09:00", "Pacific/Apia", "2011-12-30 19:00"),  # a whole day is skipped: the 31st, 09:00
    ],
)
def test_a_wall_clock_time_is_one_instant_also_where_it_is_skipped_or_repeated(
    wall: str, zone: str, instant: str
) -> None:
    """The later where a clock change skips it, the first where it repeats it."""
    assert at(wall, zone) == utc(instant)


def test_apias_skipped_day_is_asked_on_the_next_morning() -> None:
    """There was no 30 December 2011 in Samoa."""
    assert local(resolve(a_day("2011-12-30"), time(9), "Pacific/Apia"), "Pacific/Apia").date() == a_day("2011-12-31")


@pytest.mark.parametrize(
    ("anchor", "offset", "day"),
    [
        ("2026-01-31", Offset(months=1), "2026-02-28"),
        ("2024-01-31", Offset(months=1), "2024-02-29"),
        ("2026-08-31", Offset(months=1), "2026-09-30"),
        ("2026-12-31", Offset(months=2), "2027-02-28"),
        ("2024-02-29", Offset(months=12), "2025-02-28"),
        ("2024-02-29", Offset(months=48), "2028-02-29"),
        ("2026-03-02", Offset(days=14), "2026-03-16"),
        ("2026-11-30", Offset(months=1, days=2), "2027-01-01"),
        ("2026-05-15", Offset(), "2026-05-15"),
    ],
)
def test_months_keep_the_day_and_are_clamped_to_the_months_end(anchor: str, offset: Offset, day: str) -> None:
    """Days add up; months keep the day of the month."""
    assert offset.after(a_day(anchor)) == a_day(day)


def test_times_multiplies_the_offset_and_not_its_clamped_result() -> None:
    """31 January, twice one month later, is 31 March."""
    assert Offset(months=1).after(a_day("2026-01-31"), 2) == a_day("2026-03-31")


def some_days(timing: Timing, anchor: str, count: int) -> list[str]:
    days = timing.days(a_day(anchor))
    return [str(next(days)) for _ in range(count)]


def test_a_timing_without_repeat_asks_once() -> None:
    """One line of the schedule, one day."""
    assert list(a_timing("six_weeks", Offset(days=42), 14).days(a_day("2026-03-02"))) == [a_day("2026-04-13")]


def test_a_yearly_timing_is_on_29_february_again_in_each_leap_year() -> None:
    """A short month shifts nothing after it."""
    yearly = a_timing("yearly", Offset(months=12), 60, Offset(months=12))
    assert some_days(yearly, "2024-02-29", 4) == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_a_monthly_timing_after_the_31st_is_on_the_last_day_of_short_months_only() -> None:
    """The first occurrence is clamped, the second is not."""
    monthly = a_timing("monthly", Offset(months=1), 20, Offset(months=1))
    assert some_days(monthly, "2026-01-31", 4) == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]


def test_a_repeat_in_days_adds_up_from_the_first_day() -> None:
    """Two weeks after the operation, then every week."""
    weekly = a_timing("weekly", Offset(days=14), 5, Offset(days=7))
    assert some_days(weekly, "2026-03-02", 3) == ["2026-03-16", "2026-03-23", "2026-03-30"]


def test_a_repeat_in_months_counts_from_the_first_day_after_days() -> None:
    """Two weeks after the operation, then on that day of each month."""
    monthly = a_timing("monthly", Offset(days=14), 20, Offset(months=1))
    assert some_days(monthly, "2026-01-17", 4) == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_a_repeating_timing_has_an_end() -> None:
    """Nothing is followed for ever."""
    assert len(list(a_timing("monthly", Offset(), 5, Offset(months=1)).days(a_day("2026-01-31")))) == 200


@pytest.mark.parametrize("repeat", [Offset(days=1), Offset(days=7), Offset(months=1), Offset(months=12)])
def test_a_repeating_timing_ends_for_nobody_who_grows_old(repeat: Offset) -> None:
    """From any day on there is a next one, the same as in one list from the beginning."""
    timing, anchor = a_timing("on_and_on", Offset(days=42), 5, repeat), a_day("2020-01-31")
    listed = list(timing.days(anchor))
    assert list(timing.days(anchor, listed[150]))[:20] == listed[151:171]
    late = a_day("2095-06-01")
    following = next(timing.days(anchor, late))
    assert late < following <= late + timedelta(days=366)


@pytest.mark.parametrize(
    ("text", "anchor"), [("2019-03-14", "2019-03-14"), ("2019-03", "2019-03-15"), ("2019", "2019-07-01")]
)
def test_a_date_is_kept_as_precisely_as_it_is_known(text: str, anchor: str) -> None:
    """Offsets count from the day, the 15th of the month, or 1 July."""
    assert PartialDate.parse(text).anchor() == a_day(anchor)
    assert str(PartialDate.parse(f" {text} ")) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "19",
        "2019-",
        "2019-3",
        "2019-3-14",
        "2019-13",
        "2019-00",
        "2019-02-29",
        "2019-02-30",
        "2019-03-14-01",
        "14.03.2019",
        "2019/03/14",
        "0000",
        "-2019",
        "２０１９",
        "20l9",
        "2019-0x",
        "2019 03",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    """Only the three forms are read."""
    with pytest.raises(ValueError):  # noqa: PT011 # date() and ours have texts of their own
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-09 09:00", "2026-03-09 09:00"),
        ("2026-03-09 19:59", "2026-03-09 19:59"),
        ("2026-03-09 20:00", "2026-03-10 09:00"),
        ("2026-03-09 23:30", "2026-03-10 09:00"),
        ("2026-03-09 08:59", "2026-03-09 09:00"),
        ("2026-03-28 21:00", "2026-03-29 09:00"),  # the night is an hour shorter
        ("2026-10-24 21:00", "2026-10-25 09:00"),  # and an hour longer
        ("2026-12-31 22:00", "2027-01-01 09:00"),
    ],
)
def test_what_we_start_waits_for_the_day(now: str, then: str) -> None:
    """From 09:00 to before 20:00 on the patient's wall clock."""
    assert Daytime(BERLIN).next(at(now)) == at(then)


def test_the_night_of_a_clock_change_is_as_long_as_it_is() -> None:
    """Eleven hours from 21:00 to 09:00 when an hour is skipped."""
    evening = at("2026-03-28 21:00")
    assert Daytime(BERLIN).next(evening) - evening == timedelta(hours=11)


def test_the_evening_before_apias_skipped_day_waits_for_the_day_after_it() -> None:
    """29 December 2011, 21:00: the next morning there is on the 31st."""
    zone = "Pacific/Apia"
    assert Daytime(zone).next(at("2011-12-29 21:00", zone)) == at("2011-12-31 09:00", zone)


def test_a_protocol_may_only_ask_for_a_shorter_day() -> None:
    """Hours of its own hold where they are narrower."""
    assert Daytime(BERLIN, time(10), time(18)).next(at("2026-03-09 18:30")) == at("2026-03-10 10:00")


def test_a_timing_asks_its_form() -> None:
    """The builders' timings ask everything."""
    assert a_timing("x", Offset(), 7) == Timing(a_timing("x", Offset(), 7).id, Offset(), FULL_FORM, timedelta(days=7))
    assert isinstance(next(a_timing("x", Offset(), 7).days(a_day("2026-03-02"))), date)
