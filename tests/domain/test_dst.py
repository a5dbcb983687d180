"""Clock changes, in every zone that there is, against a library that does nothing else.

`make dst` tries a million wall-clock times around the changes of 2020 to 2045; here are three zones of theirs:
one of whole hours, one of half an hour, and one that changes four times in most years.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
import whenever
from whenever import PlainDateTime

from followupbot.domain.schedule import Daytime, Offset, local, resolve

whenever.reset_tzpath(())  # as ours: the wheel's rules, and not the machine's own, which may be of another year

YEARS = range(2020, 2046)
AROUND = timedelta(hours=4)
CASES = int(os.environ.get("DST_CASES", "1000000"))


def changes(zones: Iterable[str]) -> Iterator[tuple[str, datetime]]:
    """Every instant at which a zone's offset changes in those years."""
    for name in zones:
        zone = ZoneInfo(name)
        for week in range((date(YEARS[-1] + 1, 1, 1) - date(YEARS[0], 1, 1)).days // 7):
            starts = datetime(YEARS[0], 1, 1, tzinfo=UTC) + timedelta(weeks=week)
            before, after = starts, starts + timedelta(weeks=1)
            if before.astimezone(zone).utcoffset() == after.astimezone(zone).utcoffset():
                continue
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) / 2
                same = middle.astimezone(zone).utcoffset() == starts.astimezone(zone).utcoffset()
                before, after = (middle, after) if same else (before, middle)
            yield name, after.replace(second=0, microsecond=0)


def mismatches(found: Iterator[tuple[str, datetime]], each: int) -> tuple[int, list[str]]:
    """How many wall-clock times were tried, and those where the two disagree."""
    tried, wrong = 0, []
    for zone, change in found:
        wall = (change - AROUND).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        step = 2 * AROUND / each
        for nth in range(each):
            at = (wall + nth * step).replace(second=0, microsecond=0)
            ours = resolve(at.date(), at.time(), zone)
            plain = PlainDateTime(at.year, at.month, at.day, at.hour, at.minute)
            tried += 1
            if ours.timestamp() != plain.assume_tz(zone, disambiguation="compatible").timestamp():
                wrong.append(f"{zone} {at}: {ours}")
    return tried, wrong


def test_skipped_times_come_later_and_repeated_ones_first_as_whenever_says() -> None:
    """The gap leads on, the fold is taken the first time."""
    tried, wrong = mismatches(changes(("Africa/Casablanca", "Australia/Lord_Howe", "Europe/Berlin")), 24)
    assert wrong == []
    assert tried > 2500


@pytest.mark.long
def test_a_million_wall_clock_times_around_every_change_are_resolved_as_whenever_resolves_them() -> None:
    """Every zone and every change, as densely as makes a million; no mismatch."""
    found = list(changes(sorted(available_timezones())))
    tried, wrong = mismatches(iter(found), -(-CASES // len(found)))
    print(
        f"{len(available_timezones())} zones, {len(found)} changes, {tried} wall-clock times, {len(wrong)} mismatches"
    )
    assert wrong == []
    assert tried >= CASES


def test_a_yearly_day_is_anchored_and_never_chained() -> None:
    """From 29 February it is the 28th in short years and the 29th again in leap years; from the 31st likewise."""
    yearly = [Offset(months=12).after(date(2024, 2, 29), years) for years in range(5)]
    assert [(day.month, day.day) for day in yearly] == [(2, 29), (2, 28), (2, 28), (2, 28), (2, 29)]
    monthly = [Offset(months=1).after(date(2026, 1, 31), months) for months in range(1, 5)]
    assert [(day.month, day.day) for day in monthly] == [(2, 28), (3, 31), (4, 30), (5, 31)]


def test_daytime_begins_at_nine_on_the_wall_whatever_the_clocks_did_in_the_night() -> None:
    """Nine is nine, also on a day of 23 or 25 hours, and where a zone has left out a whole day (Apia, 2011)."""
    for zone, night in (
        ("Europe/Berlin", datetime(2026, 3, 29, 0, 30, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 14, 45, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2011, 12, 30, 8, 0, tzinfo=UTC)),
    ):
        assert local(Daytime(zone).next(night), zone).time() == time(9)
