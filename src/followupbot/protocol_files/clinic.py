"""`clinic.yaml` becomes `ClinicSettings`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from followupbot.domain.clinic import CLOSED_RUN_MAX, AlertDetail, ClinicSettings, Crisis, OpeningHours, Role
from followupbot.domain.ids import Language, ProtocolKey
from followupbot.protocol_files.problems import Place
from followupbot.protocol_files.reading import Listing, Node, Reading, Scalar, Table, nearest
from followupbot.protocol_files.shapes import (
    Field,
    Keyed,
    Many,
    Name,
    Nullable,
    OneOf,
    Parsed,
    Record,
    Schema,
    Text,
    Truth,
    Unreadable,
    refuse,
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

PROTOCOLS_DEFAULT = (ProtocolKey("lumbar_fusion"),)
"""What a clinic uses whose file does not say: the one care protocol that ships for patients."""

LADDER_STEPS_MAX = 10
CLOSED_DAYS_MAX = 400

_HOURS = re.compile(r"(?P<opens>[0-9]{1,2}:[0-9]{2}) *[-–] *(?P<closes>[0-9]{1,2}:[0-9]{2})")
_PHONE = re.compile(r"[+0-9][0-9 ()./-]{0,29}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Za-z]{2,8})*")


@dataclass(frozen=True)
class Zone:
    """A time zone of the IANA database."""

    def read(self, node: Node, reading: Reading) -> str:
        """Its name."""
        expected = "a time zone like Europe/London"
        if not isinstance(node, Scalar) or not node.text:
            raise refuse(node, expected, reading)
        zones = available_timezones()
        if node.text not in zones:
            by_small = {zone.lower(): zone for zone in zones}
            city = {zone.rsplit("/", 1)[-1].lower(): zone for zone in sorted(zones)}
            wanted = node.text.strip().lower().replace(" ", "_")
            found = by_small.get(wanted) or city.get(wanted.rsplit("/", 1)[-1])
            hint = f'; did you mean "{found}"?' if found else nearest(node.text, zones)
            reading.report(node.at, f'"{node.text}" is no time zone{hint}')
            raise Unreadable
        return node.text

    def schema(self) -> Schema:
        """A string; the names are too many to list."""
        return {"type": "string", "examples": ["Europe/London", "Europe/Madrid", "UTC"]}


def parse_hours(text: str) -> tuple[time, time]:
    """Opening and closing time. ValueError says what was expected."""
    found = _HOURS.fullmatch(text)
    if not found:
        raise ValueError("hours like 09:00-17:00")
    opens, closes = (_time(found[part]) for part in ("opens", "closes"))
    if opens >= closes:
        raise ValueError(f"an hour of closing after {opens:%H:%M}")
    return opens, closes


def parse_phone(text: str) -> str:
    """A phone number as it is to be shown. ValueError says what was expected."""
    if not _PHONE.fullmatch(text):
        raise ValueError("a phone number: digits, spaces, and perhaps a + in front")
    return " ".join(text.split())


def parse_date(text: str) -> date:
    """A day. ValueError says what was expected."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date like 2026-12-25") from None


def parse_language(text: str) -> Language:
    """The name of a language's folder. ValueError says what was expected."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError("a language like en or es")
    return Language(text)


def _time(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    try:
        return time(hour, minute)
    except ValueError:
        raise ValueError(f"a time of day, and {text} is none") from None


def _settings(
    zone: str, opening_hours: Mapping[str, tuple[time, time]], closed_on: tuple[date, ...], **values: Any
) -> ClinicSettings:
    weekly = {WEEKDAYS.index(day): hours for day, hours in opening_hours.items()}
    return ClinicSettings(hours=OpeningHours(zone, weekly, frozenset(closed_on)), **values)


PHONE = Nullable(Parsed(parse_phone, f"^{_PHONE.pattern}$", ("+44 20 7946 0000", "112")))
HOURS = Parsed(parse_hours, r"^[0-9]{1,2}:[0-9]{2} *[-–] *[0-9]{1,2}:[0-9]{2}$", ("09:00-17:00",))
DATE = Parsed(parse_date, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", ("2026-12-25",))
LANGUAGE = Parsed(parse_language, f"^{_LANGUAGE.pattern}$", ("en", "es"))
ROLES = OneOf({role.value: role for role in Role})
WEEKDAY = OneOf({day: day for day in WEEKDAYS})
PROTOCOLS = Many(Name(ProtocolKey, "the name of a care protocol"))

CRISIS = Record(
    "the part for who thinks of harming themselves",
    (
        Field("line", PHONE, None, "The number of a crisis line, which patients are given."),
        Field(
            "ladder", Many(ROLES, 0, LADDER_STEPS_MAX), (), "Which role is paged first, second and so on, at any hour."
        ),
    ),
    Crisis,
)

CLINIC = Record(
    "the clinic's file",
    (
        Field("name", Text("the clinic's name"), doc="The clinic's name, as patients know it."),
        Field("zone", Zone(), doc="The time zone of the opening hours."),
        Field("language", LANGUAGE, doc="The staff's language."),
        Field("protocols", PROTOCOLS, PROTOCOLS_DEFAULT, "The care protocols in use; left out: [lumbar_fusion]."),
        Field("phone", PHONE, None, "The number that patients call."),
        Field("emergency_number", PHONE, None, "The number for an ambulance."),
        Field("opening_hours", Keyed(WEEKDAY, HOURS), doc="When somebody looks at what is not an emergency."),
        Field("closed_on", Many(DATE, 0, CLOSED_DAYS_MAX), (), "Bank holidays and other days when it is shut."),
        Field("ladder", Many(ROLES, 1, LADDER_STEPS_MAX), doc="Which role is paged first, second and so on."),
        Field("crisis", CRISIS, None, "For who thinks of harming themselves."),
        Field(
            "consent_changed_on", DATE, None, "The day from which whoever agreed before it is asked for consent anew."
        ),
        Field("canary", Truth(), True, "Whether alerts are tested once a day, silently."),
        Field("alert_detail", OneOf({d.value: d for d in AlertDetail}), AlertDetail.CONCERN, "What an alert shows."),
    ),
    _settings,
)


def read_clinic(reading: Reading) -> ClinicSettings | None:
    """The settings; None where a part could not be read, all of which is then reported."""
    if reading.top is None:
        return None
    try:
        settings = CLINIC.read(reading.top, reading)
    except Unreadable:
        return None
    if not settings.hours.weekly:
        reading.complain(("opening_hours",), "the clinic is open on no day of the week")
        return None
    if shut := _shut_from(settings.hours):
        message = f"the clinic is shut for more than {CLOSED_RUN_MAX} days in a row from {shut.isoformat()}"
        reading.complain(("closed_on",), message)
        return None
    return settings


def protocols_in_use(reading: Reading) -> dict[ProtocolKey, Place | None]:
    """Each care protocol that the clinic uses, and where it is named; also where other keys could not be read."""
    named = reading.top.get("protocols") if isinstance(reading.top, Table) else None
    if named is None:
        return dict.fromkeys(PROTOCOLS_DEFAULT)
    items = named.items if isinstance(named, Listing) else ()
    return {ProtocolKey(item.text): item.at for item in items if isinstance(item, Scalar)}


def _shut_from(hours: OpeningHours) -> date | None:
    """The first day of a run of shut days that is too long."""
    run: list[date] = []
    for day in sorted(hours.closed_on):
        between = run and any(hours.on(date.fromordinal(n)) for n in range(run[-1].toordinal() + 1, day.toordinal()))
        run = [day] if between or not run else [*run, day]
        if (day - run[0]).days >= CLOSED_RUN_MAX:
            return run[0]
    return None
