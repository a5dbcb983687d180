"""Times are written on the reader's wall clock, in the reader's language."""

from datetime import UTC, date, datetime

import pytest

from followupbot.domain.ids import Language
from followupbot.domain.params import Day, Instant
from followupbot.rendering.formats import brief, city, clock_time, day, locale_of, when


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("en", "Europe/London", ("17:00", "16 March 2026", "Monday, 16 March 2026, 17:00", "Mon 16 Mar, 17:00")),
        ("en", "Asia/Kathmandu", ("22:45", "16 March 2026", "Monday, 16 March 2026, 22:45", "Mon 16 Mar, 22:45")),
        ("en", "Pacific/Auckland", ("06:00", "17 March 2026", "Tuesday, 17 March 2026, 06:00", "Tue 17 Mar, 06:00")),
        (
            "es",
            "Europe/Madrid",
            ("18:00", "16 de marzo de 2026", "lunes, 16 de marzo de 2026, 18:00", "lun, 16 mar, 18:00"),
        ),
    ],
)
def test_a_time_is_written_as_its_readers_write_it(language: str, zone: str, expected: tuple[str, ...]) -> None:
    """English is written with the day before the month, and with 24 hours."""
    locale = locale_of(Language(language))
    assert locale is not None
    instant = Instant(datetime(2026, 3, 16, 17, tzinfo=UTC), zone)
    shown = (clock_time(instant, locale), day(instant, locale), when(instant, locale), brief(instant, locale))
    assert shown == expected


def test_a_date_has_no_zone() -> None:
    """A day is the same day everywhere."""
    locale = locale_of(Language("en"))
    assert locale is not None
    assert day(Day(date(2026, 3, 1)), locale) == "1 March 2026"


@pytest.mark.parametrize("language", ["xx", "../etc", "", "e"])
def test_nobody_knows_how_an_unknown_language_writes_dates(language: str) -> None:
    """`check` says so, long before a message is sent."""
    assert locale_of(Language(language)) is None


@pytest.mark.parametrize(
    ("zone", "names"),
    [
        ("Europe/Madrid", ("Madrid", "Madrid")),
        ("America/New_York", ("New York", "Nueva York")),
        ("America/Argentina/Buenos_Aires", ("Buenos Aires", "Buenos Aires")),
        ("Moon/Crater", ("Moon/Crater", "Moon/Crater")),
    ],
)
def test_a_zone_is_called_by_its_city(zone: str, names: tuple[str, str]) -> None:
    """Nobody at home says Europe/Madrid; and what nobody knows is shown as it is."""
    english, spanish = locale_of(Language("en")), locale_of(Language("es"))
    assert english is not None
    assert spanish is not None
    assert (city(zone, english), city(zone, spanish)) == names
