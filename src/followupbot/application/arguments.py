"""What stands behind a slash command, read: until when, at which hour, where. No word of any language is needed."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from followupbot.domain.day_times import HOURS_MAX, MINUTES_MAX
from followupbot.domain.ids import Language
from followupbot.domain.lexicon import Lexicon
from followupbot.domain.schedule import Offset
from followupbot.domain.spelling import plain, without

ARGUMENT_CHARS_MAX = 100
"""Nothing that is meant as an argument is longer."""

NUMBER_MAX = 999

UNITS = {"d": Offset(days=1), "w": Offset(days=7), "s": Offset(days=7), "m": Offset(months=1)}
"""By the first letter of day or día, week, semana, month or mes."""

LIKE_ENOUGH = 0.75
"""How alike a typed name and a city's are where the one may be meant by the other; 1 is the same."""

SURELY_ALIKE = 0.85
"""The same where nobody has typed a command: "back" is nobody's slip for Baku, and "Madrd" is one for Madrid."""

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


def read_time(argument: str, lexicons: Iterable[Lexicon] = ()) -> time | None:
    """The time of day that is meant by `10`, `10:30` or `10.30 h`, or in words by one of these; None where none is."""
    found = _TIME.fullmatch(argument.strip().lower())
    if found is not None:
        hour, minutes = int(found[1]), int(found[2] or 0)
        return time(hour, minutes) if hour <= HOURS_MAX and minutes <= MINUTES_MAX else None
    said = argument[:ARGUMENT_CHARS_MAX]
    times = (lexicon.times.read(said, lexicon.numbers) for lexicon in lexicons)
    return next((found for found in times if found is not None), None)


def read_length(argument: str, lexicons: Iterable[Lexicon]) -> str:
    """A length of time as `read_until` takes it, "two weeks" as `2 weeks`; what is no such words stays as it is."""
    for lexicon in lexicons:
        numbers = lexicon.numbers
        words = without(plain(argument[:ARGUMENT_CHARS_MAX]).split(), numbers.around)
        if len(words) == 2 and (number := numbers.one(words[0])) is not None:  # a number and a unit
            return f"{number} {words[1]}"
    return argument


def read_place(
    argument: str, languages: Sequence[Language], beside: Iterable[str] = (), alike: float = LIKE_ENOUGH
) -> Place:
    """The zone of that name, or of the city of that name in one of the languages; else those that may be meant.

    A country that has one zone is a place too, and so is a city with its country. `beside` are words that may stand
    beside a place; `alike` is how alike a name must be to be meant.
    """
    words = plain(_DAY.split(argument[:ARGUMENT_CHARS_MAX])[0])
    known = _zones(tuple(languages))
    bare = " ".join(without(words.split(), beside))
    # What stands before the day, `until` in whichever language, is no part of the name.
    for typed in (words, words.rpartition(" ")[0] if read_day(argument) else "", bare):
        zone = known.get(typed) or _in_country(typed, tuple(languages))
        if zone is not None:
            return Place(zone)
    like = get_close_matches(bare, known, n=NEAR_MAX * 2, cutoff=alike)
    return Place(None, tuple(dict.fromkeys(known[found] for found in like))[:NEAR_MAX])


def read_language(argument: str, known: Iterable[str]) -> Language | None:
    """Which of these is meant by its code, or by its name in any of them; None where it is none."""
    known = tuple(known)
    said = plain(argument[:ARGUMENT_CHARS_MAX])
    for language in known:
        if said in {language, *(plain(name) for name in _names(language, known))}:
            return Language(language)
    return None


@lru_cache(maxsize=8)
def _zones(languages: tuple[Language, ...]) -> dict[str, str]:
    """Zones by their own name, by their city's, and by what the city is called in those languages."""
    cities = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    names = {plain(zone.rpartition("/")[2]): zone for zone in cities}
    names |= {plain(zone): zone for zone in cities}
    for language in languages:
        names |= {plain(str(city)): zone for zone, city in _cities(language).items() if zone in cities}
    return names


def _in_country(typed: str, languages: tuple[Language, ...]) -> str | None:
    """The one zone of the country of that name, or the zone of the city in front of it where it lies there."""
    words = typed.split()
    for at in range(len(words)):
        zones = _countries(languages).get(" ".join(words[at:]), ())
        if at == 0 and len(zones) == 1:
            return zones[0]
        city = _zones(languages).get(" ".join(words[:at]))
        if city is not None and city in zones:
            return city
    return None


@lru_cache(maxsize=8)
def _countries(languages: tuple[Language, ...]) -> dict[str, tuple[str, ...]]:
    """The zones of each country, by what it is called in those languages."""
    zones = get_global("territory_zones")
    found: dict[str, tuple[str, ...]] = {}
    for language in languages:
        for code, name in _locale_names(language, "territories").items():
            found |= {plain(name): tuple(zones[code])} if code in zones else {}
    return found


def _names(language: str, known: Sequence[str]) -> Iterator[str]:
    for other in known:
        name = _locale_names(Language(other), "languages").get(language)
        if name is not None:
            yield name


def _locale_names(language: Language, what: str) -> Mapping[str, str]:
    try:
        names: Mapping[str, str] = getattr(Locale.parse(language), what)
    except (UnknownLocaleError, ValueError):
        return {}
    return names


def _cities(language: Language) -> dict[str, str]:
    try:
        zones = Locale.parse(language).time_zones
    except (UnknownLocaleError, ValueError):
        return {}
    return {zone: names["city"] for zone, names in zones.items() if "city" in names}
