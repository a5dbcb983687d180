"""Dates as people write them in figures."""

import re
from datetime import date
from enum import StrEnum

_FIGURES = re.compile(r"([0-9]{1,4})\s*[-./\s]\s*([0-9]{1,2})\s*[-./\s]\s*([0-9]{1,4})")


class DateOrder(StrEnum):
    """In which order day, month and year stand where people write a date in figures."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


def parse_day(text: str, order: DateOrder | None = None) -> date | None:
    """The day, as in ISO 8601 or in that order; None where it is none."""
    found = _FIGURES.fullmatch(text.strip().rstrip("."))
    if found is None:
        return None
    first, second, third = found.groups()
    parts: tuple[str, str, str] | None = None
    if len(first) == 4:
        parts = (first, second, third)
    elif len(third) == 4 and order is DateOrder.DAY_FIRST:
        parts = (third, second, first)
    elif len(third) == 4 and order is DateOrder.MONTH_FIRST:
        parts = (third, first, second)
    if parts is None or len(parts[2]) > 2:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
