"""The rota of backups: what is kept of many years of daily ones."""

from datetime import UTC, datetime, timedelta

from followupbot.upkeep.rota import to_remove

BEGAN = datetime(2026, 1, 1, 2, tzinfo=UTC)


def kept_after(days: int) -> list[datetime]:
    """One a day, thinned out each day, as the program does it."""
    there: list[datetime] = []
    for day in range(days):
        there.append(BEGAN + timedelta(days=day))
        gone = to_remove(there)
        there = [at for at in there if at not in gone]
    return there


def test_of_two_years_there_are_seven_daily_five_weekly_and_twelve_monthly_ones() -> None:
    """And those weekly and monthly ones are really there: what is kept for a month was not removed before."""
    days = 730
    there = kept_after(days)
    last = BEGAN + timedelta(days=days - 1)
    assert [at for at in there if at > last - timedelta(days=7)] == [last - timedelta(days=6 - ago) for ago in range(7)]
    assert len({at.isocalendar()[:2] for at in there if at > last - timedelta(weeks=5)}) == 5
    assert len({(at.year, at.month) for at in there}) == 12
    assert 12 <= len(there) <= 7 + 5 + 12


def test_nothing_is_removed_while_there_are_few() -> None:
    assert to_remove([BEGAN + timedelta(days=day) for day in range(7)]) == set()
    assert to_remove([]) == set()


def test_several_on_one_day_are_thinned_out_but_never_the_newest() -> None:
    """Somebody made three by hand."""
    three = [BEGAN + timedelta(hours=hour) for hour in range(3)]
    assert to_remove(three) == {three[1]}
