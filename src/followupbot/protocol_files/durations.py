"""Lengths of time as people write them: `5 minutes`, `2 weeks`, `6 months`, `5 working days`."""

import re
from collections.abc import Mapping
from datetime import time, timedelta

from followupbot.domain.care_protocol import AtClosing, Due, Within, WorkingDays
from followupbot.domain.schedule import Offset
from followupbot.protocol_files.reading import nearest
from followupbot.protocol_files.shapes import Parsed

SPAN_MAX = timedelta(days=366)
"""Nothing waits longer than a year for an answer or for a clinician."""

OFFSET_YEARS_MAX = 60
"""Longer than a follow-up lasts."""

SPANS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
OFFSETS = {"day": Offset(days=1), "week": Offset(days=7), "month": Offset(months=1), "year": Offset(months=12)}

_AMOUNT = re.compile(r"([0-9]{1,4}) +(.+)")
_HOUR = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_WORKING_DAYS = re.compile(r"([0-9]{1,3}) +working +days?")


def parse_span(text: str) -> timedelta:
    """A length of time by the clock. ValueError says what was expected, and what was probably meant."""
    count, unit = _amount(text, SPANS, "a time like 5 minutes, 4 hours or 7 days")
    span = SPANS[unit] * count
    if not timedelta() < span <= SPAN_MAX:
        raise ValueError(f"a time of more than nothing and at most {SPAN_MAX.days} days")
    return span


def parse_offset(text: str) -> Offset:
    """A distance on the calendar. ValueError says what was expected, and what was probably meant."""
    count, unit = _amount(text, OFFSETS, "a time like 7 days, 2 weeks, 6 months or 1 year")
    offset = Offset(OFFSETS[unit].days * count, OFFSETS[unit].months * count)
    if offset.days > OFFSET_YEARS_MAX * 366 or offset.months > OFFSET_YEARS_MAX * 12:
        raise ValueError(f"at most {OFFSET_YEARS_MAX} years")
    return offset


def parse_repeat(text: str) -> Offset:
    """A distance on the calendar that is not nothing."""
    offset = parse_offset(text)
    if offset == Offset():
        raise ValueError("a time of at least 1 day")
    return offset


def parse_hour(text: str) -> time:
    """A time of day. ValueError says what was expected."""
    found = _HOUR.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError("a time of day like 10:00")
    return time(int(found[1]), int(found[2]))


def parse_due(text: str) -> Due:
    """By when somebody has to act. ValueError says what was expected, and what was probably meant."""
    if text == "closing":
        return AtClosing()
    working = _WORKING_DAYS.fullmatch(text)
    if working:
        return WorkingDays(int(working[1]))
    try:
        return Within(parse_span(text))
    except ValueError as error:
        expected, *hint = error.args
        raise ValueError(f"closing, a number of working days, or {expected}", *hint) from None


def _amount(text: str, units: Mapping[str, object], form: str) -> tuple[int, str]:
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise ValueError(form)
    count, word = int(found[1]), found[2]
    unit = word.removesuffix("s")
    if unit not in units:
        # "months" is no misspelling of "minutes".
        hint = "" if unit in SPANS or unit in OFFSETS else nearest(word, [f"{name}s" for name in units])
        raise ValueError(form, hint)
    return count, unit


_SPAN_PATTERN = "[0-9]{1,4} +(minute|hour|day|week)s?"
_OFFSET_PATTERN = "[0-9]{1,4} +(day|week|month|year)s?"

SPAN = Parsed(parse_span, f"^{_SPAN_PATTERN}$", ("5 minutes", "4 hours", "7 days", "2 weeks"))
OFFSET = Parsed(parse_offset, f"^{_OFFSET_PATTERN}$", ("7 days", "2 weeks", "6 months", "1 year"))
REPEAT = Parsed(parse_repeat, f"^{_OFFSET_PATTERN}$", ("1 year", "6 months"))
HOUR = Parsed(parse_hour, "^[0-9]{1,2}:[0-9]{2}$", ("10:00", "18:30"))
DUE = Parsed(
    parse_due, f"^(closing|[0-9]{{1,3}} +working +days?|{_SPAN_PATTERN})$", ("5 minutes", "closing", "5 working days")
)
