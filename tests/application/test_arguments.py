"""What stands behind a slash command is read in either language, and never guessed."""

from datetime import date, time

import pytest

from followupbot.application.arguments import Place, read_place, read_time, read_until
from followupbot.domain.ids import Language

TODAY = date(2026, 11, 30)
LANGUAGES = (Language("en"), Language("es"))


@pytest.mark.parametrize(
    ("argument", "until"),
    [
        ("4w", "2026-12-28"),
        ("10d", "2026-12-10"),
        ("2 weeks", "2026-12-14"),
        ("2 semanas", "2026-12-14"),
        ("10 días", "2026-12-10"),
        ("3m", "2027-02-28"),
        ("3 meses", "2027-02-28"),
        ("until 2027-01-31", "2027-01-31"),
        ("hasta 2027-01-31", "2027-01-31"),
        ("", None),
        ("soon", None),
        ("4", None),
        ("2 years", None),
        ("-4w", "2026-12-28"),
        ("1000w", None),
        ("until 2027-02-30", None),
    ],
)
def test_a_length_or_a_day(argument: str, until: str | None) -> None:
    """Months end where the month ends."""
    assert read_until(argument, TODAY) == (date.fromisoformat(until) if until else None)


@pytest.mark.parametrize(
    ("argument", "hour"),
    [("10", time(10)), ("10:30", time(10, 30)), ("9.15 h", time(9, 15)), ("24", None), ("10:60", None), ("noon", None)],
)
def test_a_time_of_day(argument: str, hour: time | None) -> None:
    """On a clock of 24 hours."""
    assert read_time(argument) == hour


@pytest.mark.parametrize(
    ("argument", "zone"),
    [
        ("Europe/Madrid", "Europe/Madrid"),
        ("madrid", "Europe/Madrid"),
        ("Nueva York", "America/New_York"),
        ("Londres hasta 2026-12-10", "Europe/London"),
        ("Buenos Aires 2026-12-10", "America/Buenos_Aires"),
    ],
)
def test_a_place_by_its_zone_or_its_city(argument: str, zone: str) -> None:
    """In either language, with or without a last day."""
    assert read_place(argument, LANGUAGES) == Place(zone)


def test_a_slip_is_helped_with_and_never_taken_for_a_place() -> None:
    """Somebody has to press what they mean."""
    assert read_place("Madrd", LANGUAGES) == Place(None, ("Europe/Madrid",))
    assert read_place("nowhere at all", LANGUAGES) == Place(None)
    assert read_place("x" * 10_000, LANGUAGES) == Place(None)
