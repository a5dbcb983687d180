"""When the clinic is open, and who can be reached."""

from datetime import timedelta

import pytest

from followupbot.domain.clinic import OpeningHours, Role
from tests.builders import ADA, BERLIN, DR_ITO, DR_SATO, a_clinic, a_member, at, gone, invited, some_hours

HOURS = some_hours(closed_on=["2026-04-03", "2026-04-06"])
"""Closed on Good Friday and Easter Monday."""


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-09 07:59", "2026-03-09 08:00"),
        ("2026-03-09 08:00", "2026-03-09 08:00"),
        ("2026-03-09 12:00", "2026-03-09 12:00"),
        ("2026-03-09 17:59", "2026-03-09 17:59"),
        ("2026-03-09 18:00", "2026-03-10 08:00"),
        ("2026-03-13 18:00", "2026-03-16 08:00"),  # Friday evening: Monday
        ("2026-03-14 12:00", "2026-03-16 08:00"),
        ("2026-04-02 18:00", "2026-04-07 08:00"),  # Maundy Thursday evening: the Tuesday after Easter
        ("2026-04-03 10:00", "2026-04-07 08:00"),
        ("2026-03-28 10:00", "2026-03-30 08:00"),  # the clocks change on Sunday
    ],
)
def test_the_clinic_opens_next(now: str, opens: str) -> None:
    """Now where it is open, else at the next opening of a working day."""
    assert HOURS.next_open(at(now)) == at(opens)


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        ("2026-03-09 07:00", "2026-03-09 18:00"),
        ("2026-03-09 17:59", "2026-03-09 18:00"),
        ("2026-03-09 18:00", "2026-03-10 18:00"),
        ("2026-03-13 19:00", "2026-03-16 18:00"),
        ("2026-04-02 20:00", "2026-04-07 18:00"),
    ],
)
def test_what_is_due_at_closing_is_due_on_a_working_day(now: str, closes: str) -> None:
    """Raised after closing, it is due at the next working day's (clinical.md 0.7)."""
    assert HOURS.next_closing(at(now)) == at(closes)


@pytest.mark.parametrize(
    ("now", "days", "due"),
    [
        ("2026-03-09 10:00", 1, "2026-03-10 18:00"),
        ("2026-03-09 10:00", 5, "2026-03-16 18:00"),
        ("2026-03-09 22:00", 5, "2026-03-16 18:00"),
        ("2026-03-14 10:00", 5, "2026-03-20 18:00"),  # Saturday: Monday is the first
        ("2026-04-01 10:00", 2, "2026-04-07 18:00"),  # Wednesday, Thursday, Easter, Tuesday
        ("2026-03-27 10:00", 1, "2026-03-30 18:00"),
    ],
)
def test_working_days_are_counted_from_tomorrow(now: str, days: int, due: str) -> None:
    """Closed days do not count."""
    assert HOURS.working_days_after(at(now), days) == at(due)


def test_a_day_of_the_clock_change_has_its_hours_on_the_wall_clock() -> None:
    """A clinic that is open on Sundays opens an hour earlier by the sun."""
    sundays = OpeningHours(BERLIN, {6: HOURS.weekly[0]})
    assert sundays.next_open(at("2026-03-29 00:00")) == at("2026-03-29 08:00")
    assert at("2026-03-29 08:00") - at("2026-03-29 00:00") == timedelta(hours=7)


def test_a_clinic_that_never_opens_is_a_mistake() -> None:
    """`check` refuses it; here it does not loop for ever."""
    with pytest.raises(AssertionError):
        OpeningHours(BERLIN, {}).next_open(at("2026-03-09 10:00"))


def test_who_can_be_reached_has_a_chat() -> None:
    """Neither who has not joined nor who has left."""
    dr_abe = a_member("s4", "dr_abe", Role.CLINICIAN)
    dr_kato = a_member("s5", "dr_kato", Role.CLINICIAN)
    clinic = a_clinic([DR_ITO, invited(dr_abe), gone(dr_kato), DR_SATO, ADA])
    assert clinic.reachable(Role.CLINICIAN) == (DR_ITO,)
    assert clinic.member(dr_kato.id) == gone(dr_kato)
