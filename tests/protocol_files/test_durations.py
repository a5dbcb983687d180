"""Lengths of time are written as people say them, with the unit always there."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from followupbot.domain.care_protocol import AtClosing, Within, WorkingDays
from followupbot.domain.schedule import Offset
from followupbot.protocol_files.durations import parse_due, parse_offset, parse_repeat, parse_span


@pytest.mark.parametrize(
    ("parse", "text", "expected"),
    [
        (parse_span, "5 minutes", timedelta(minutes=5)),
        (parse_span, "1 hour", timedelta(hours=1)),
        (parse_span, "2  weeks", timedelta(days=14)),
        (parse_offset, "0 days", Offset()),
        (parse_offset, "2 weeks", Offset(days=14)),
        (parse_offset, "6 months", Offset(months=6)),
        (parse_offset, "1 year", Offset(months=12)),
        (parse_repeat, "1 year", Offset(months=12)),
        (parse_due, "closing", AtClosing()),
        (parse_due, "1 working day", WorkingDays(1)),
        (parse_due, "6 weeks", Within(timedelta(weeks=6))),
    ],
)
def test_a_length_of_time_is_read(parse: Callable[[str], object], text: str, expected: object) -> None:
    """Months and years stay what they are: no month has a fixed number of days."""
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_span, "0 minutes"),
        (parse_span, "367 days"),
        (parse_span, "1 month"),
        (parse_span, "5"),
        (parse_span, "-5 minutes"),
        (parse_span, "five minutes"),
        (parse_span, "5minutes"),
        (parse_span, "٥ minutes"),
        (parse_offset, "5 minutes"),
        (parse_offset, "61 years"),
        (parse_repeat, "0 days"),
        (parse_due, "soon"),
        (parse_due, "5 workdays"),
    ],
)
def test_anything_else_is_refused(parse: Callable[[str], object], text: str) -> None:
    """Nothing is guessed at."""
    with pytest.raises(ValueError, match=r"a time|at most|closing"):
        parse(text)
