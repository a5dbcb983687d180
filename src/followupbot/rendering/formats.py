"""Times and dates as people of a language write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.numbers import format_decimal, parse_pattern

from followupbot.domain.ids import Language
from followupbot.domain.params import Day, Instant

LOCALES = {Language("en"): "en_GB"}
"""Where a language alone would mean other habits than ours: plain `en` puts the month before the day."""


_NUMBER = parse_pattern("#,##0.#")


def locale_of(language: Language) -> Locale | None:
    """How people of that language write dates; None where nobody knows."""
    try:
        return Locale.parse(LOCALES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return None


def clock_time(value: Instant, locale: Locale) -> str:
    """`17:00`"""
    return str(format_time(_wall(value).time(), "short", locale=locale))


def day(value: Instant | Day, locale: Locale) -> str:
    """`16 March 2026`"""
    return str(format_date(value.on if isinstance(value, Day) else _wall(value).date(), "long", locale=locale))


def when(value: Instant, locale: Locale) -> str:
    """`Monday 16 March 2026, 17:00`"""
    return f"{format_date(_wall(value).date(), 'full', locale=locale)}, {clock_time(value, locale)}"


def brief(value: Instant, locale: Locale) -> str:
    """`Mon 16 Mar, 17:00`, for whoever has five seconds, of what is months away at most."""
    return f"{format_skeleton('MMMEd', _wall(value), locale=locale)}, {clock_time(value, locale)}"


def number(value: int | float, locale: Locale) -> str:
    """`35.5`, `35,5`"""
    return str(format_decimal(value, format=_NUMBER, locale=locale))


def city(zone: str, locale: Locale) -> str:
    """`New York`, `Nueva York`: what a zone is called by its best known city; its own name where it has none."""
    try:
        named = get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True)
    except (LookupError, ValueError, OSError):
        return zone
    return str(named).rpartition("/")[2] or zone


def _wall(value: Instant) -> datetime:
    return value.at.astimezone(ZoneInfo(value.zone))
