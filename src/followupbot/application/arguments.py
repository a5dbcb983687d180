"""What stands behind a slash command, read: until when, at which hour, where. No word of any language is needed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from followupbot.domain.ids import Language
from followupbot.domain.schedule import Offset
from followupbot.domain.spelling import plain

ARGUMENT_CHARS_MAX = 100
"""Nothing that is meant as an argument is longer."""

NUMBER_MAX = 999

UNITS = {"d": Offset(days=1), "w": Offset(days=7), "s": Offset(days=7), "m": Offset(months=1)}
"""By the first letter of day or día, week, semana, month or mes."""

LIKE_ENOUGH = 0.75
"""How alike a typed name and a city's are where the one may be meant by the other; 1 is the same."""

NEAR_MAX = 3

_LENGTH = re.compile(r"([0-9]{1,3}) ?([a-z])[a-z]*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([0-9]{1,2})(?:[:.h ]([0-9]{2}))? ?h?")


@dataclass(frozen=True)
class Place:
    """Where somebody is. `zone` is None where the name is no zone's; `near` are those that may be meant."""

    zone: str | None
    near: tuple[str, ...] = ()


def read_until(argument: str, today: date) -> date | None:
    """The day that `4w`, `10 days`, `3 meses` or `until 2027-01-31` leads to; None where it is none of these."""
    day = read_day(argument)
    if day is not None:
        return day
    found = _LENGTH.fullmatch(plain(argument[:ARGUMENT_CHARS_MAX]))
    unit = UNITS.get(found[2]) if found else None
    if found is None or unit is None or int(found[1]) > NUMBER_MAX:
        return None
    return unit.after(today, int(found[1]))


def read_day(argument: str) -> date | None:
    """The day that stands in it as `2027-01-31`; None without one, or where there is no such day."""
    found = _DAY.search(argument[:ARGUMENT_CHARS_MAX])
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def read_days(argument: str) -> tuple[str, tuple[date, ...], str]:
    """What stands before the first day like `2027-01-31`, the days in their order, and what stands behind the last.

    No day where there is none, or one of them is no day of the calendar; then all of it stands before.
    """
    argument = argument[:ARGUMENT_CHARS_MAX]
    found = list(_DAY.finditer(argument))
    try:
        days = tuple(date.fromisoformat(day[0]) for day in found)
    except ValueError:
        return argument, (), ""
    return (argument[: found[0].start()], days, argument[found[-1].end() :]) if found else (argument, (), "")


def read_time(argument: str) -> time | None:
    """The time of day that is meant by `10`, `10:30` or `10.30 h`; None where it is none."""
    found = _TIME.fullmatch(argument.strip().lower())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        return None
    return time(int(found[1]), int(found[2] or 0))


def read_place(argument: str, languages: Sequence[Language]) -> Place:
    """The zone of that name, or of the city of that name in one of the languages; else those that may be meant."""
    name = _DAY.split(argument[:ARGUMENT_CHARS_MAX])[0].strip()
    words = plain(name)
    known = _zones(tuple(languages))
    # What stands before the day, `until` in whichever language, is no part of the name.
    for typed in (words, words.rpartition(" ")[0] if read_day(argument) else ""):
        if typed in known:
            return Place(known[typed])
    like = get_close_matches(words, known, n=NEAR_MAX * 2, cutoff=LIKE_ENOUGH)
    return Place(None, tuple(dict.fromkeys(known[found] for found in like))[:NEAR_MAX])


@lru_cache(maxsize=8)
def _zones(languages: tuple[Language, ...]) -> dict[str, str]:
    """Zones by their own name, by their city's, and by what the city is called in those languages."""
    cities = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    names = {plain(zone.rpartition("/")[2]): zone for zone in cities}
    names |= {plain(zone): zone for zone in cities}
    for language in languages:
        names |= {plain(str(city)): zone for zone, city in _cities(language).items() if zone in cities}
    return names


def _cities(language: Language) -> dict[str, str]:
    try:
        zones = Locale.parse(language).time_zones
    except (UnknownLocaleError, ValueError):
        return {}
    return {zone: names["city"] for zone, names in zones.items() if "city" in names}
