"""`followupbot invite`: links and QR codes for patients and staff."""

import json
import sys
import zoneinfo
from collections.abc import Callable, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import segno
import typer

from followupbot import settings
from followupbot.application import admins, calls, invitations
from followupbot.channels.console import screen
from followupbot.cli.calls import NOT_ALLOWED, YES, caller
from followupbot.cli.patients import known
from followupbot.cli.terminal import called_wrongly, found_wrong, near, shell
from followupbot.domain import enrolment, patient_code
from followupbot.domain import staff as staff_of
from followupbot.domain.carer_state import CARERS_MAX, INITIALS_LENGTH_MAX, read_initials
from followupbot.domain.clinic import Role, StaffJoined
from followupbot.domain.enrolment import AGE_MIN
from followupbot.domain.enrolment_state import Halted, Plan
from followupbot.domain.ids import Language, MessageKey, ProtocolKey
from followupbot.domain.schedule import DAY_STARTS, DEFAULT_QUIET_HOURS, SURGERY_YEAR_MIN, PartialDate, local

if TYPE_CHECKING:
    from followupbot.bootstrap.house import House

T = TypeVar("T")

CONSENT_BY_PHONE = MessageKey("consent/by_phone")

QR_SCALE = 8
"""Pixels a module: sharp on paper at a hand's width."""

app = typer.Typer(no_args_is_help=True, help="Make a one-time link (and QR code) for a patient or a staff member.")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

OPTIONAL = frozenset({"--born", "--protocol"})

SAID_ALREADY = frozenset({"unknown_zone", "unknown_language", "unknown_protocol"})
"""With what was meant perhaps, which only the terminal knows."""

PROBLEMS = {
    "hour_outside_daytime": "--at: we ask from {0.ends:%H:%M} to before {0.starts:%H:%M} on the patient's clock.",
    "surgery_too_early": f"--surgery-on: expected {SURGERY_YEAR_MIN} or later.",
    "surgery_too_far_ahead": "--surgery-on: expected at most 12 months ahead.",
    "born_impossible": "--born: expected a year of birth between 1900 and this year.",
    "under_age": f"--born: expected somebody of {AGE_MIN} or older; the consent is for grown-ups.",
}


@app.command()
def patient(
    surgery_on: Annotated[
        str | None, typer.Option(help="The operation: a day, a month or a year (2019-03-14, 2019-03, 2019).")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="The patient's time zone, such as Europe/Madrid.")] = None,
    language: Annotated[str | None, typer.Option(help="The patient's language: a folder below messages/.")] = None,
    at: Annotated[str | None, typer.Option(help="The hour at which to ask, on the patient's clock: HH:MM.")] = None,
    born: Annotated[str | None, typer.Option(metavar="YEAR", help="Year of birth; asked at enrolment.")] = None,
    protocol: Annotated[str | None, typer.Option(help="The care protocol, where the clinic has several.")] = None,
    again: Annotated[
        str | None, typer.Option(metavar="CODE", help="A new link for a known patient; older links are void.")
    ] = None,
    by_phone: Annotated[
        bool, typer.Option("--by-phone", help="No link: consent is taken now, and the patient is called.")
    ] = False,
    as_name: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="With --by-phone: who takes the consent.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a link for a patient; or, with --by-phone, take in one without Telegram, who is called.

    Example: followupbot invite patient --surgery-on 2019-03-14 --zone Europe/Madrid --language en --at 10:00
    """
    from followupbot.bootstrap import house  # here and below: it takes longer than many a command

    others = {
        "--surgery-on": surgery_on,
        "--zone": zone,
        "--language": language,
        "--at": at,
        "--born": born,
        "--protocol": protocol,
    }
    if as_name is not None and not by_phone:
        called_wrongly("--as says who takes the consent, and goes with --by-phone only.")
    with house.open_house(settings.load()) as opened:
        now = opened.clock.now()
        if again is not None:
            given = [option for option, value in others.items() if value is not None]
            given += ["--by-phone"] if by_phone else []
            if given:
                called_wrongly(f"--again takes no other option than --json; it was given {', '.join(given)}.")
            code = patient_code.parse(again)
            chart = None if code is None else opened.store.chart(code)
            if code is None or chart is None:
                called_wrongly(f"--again: no patient has the code {again!r}.")
            contact = chart.enrolled.contact
            if isinstance(contact, Halted):
                found_wrong(f"{code}: {contact.reason} is recorded. To go on, first: followupbot patient {code} resume")
            bot = _bot_name(opened)
            invited = admins.invite_patient_again(opened.store, code, shell(), now)
        elif by_phone:
            _take_in(opened, _plan(opened, others, now), as_name, as_json)
            return
        else:
            plan = _plan(opened, others, now)
            bot = _bot_name(opened)
            code, invited = admins.invite_patient(opened.store, plan, shell(), now)
        link = admins.LINK.format(bot=bot, token=invited.token)
        if as_json:
            typer.echo(json.dumps({"code": code, "link": link, "expires_at": invited.expires_at.isoformat()}))
            return
        _show(code, f"Patient {code}", link, invited.expires_at, opened.settings.data / "invitations")


@app.command()
def carer(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The code of the patient, who has agreed to it.")],
    initials: Annotated[str, typer.Option(help="What stands before messages about the patient: 1 to 4 letters.")],
    as_json: AsJson = False,
) -> None:
    """Make a link for somebody who helps a patient answer. The patient must have agreed.

    Example: followupbot invite carer 7F3K9 --initials MG
    """
    from followupbot.bootstrap import house

    name = read_initials(initials)
    if name is None:
        called_wrongly(f"--initials: expected 1 to {INITIALS_LENGTH_MAX} letters or digits, such as MG.")
    with house.open_house(settings.load()) as opened:
        patient = known(opened, code)
        bot = _bot_name(opened)
        invited = invitations.invite(opened.store, patient, name, shell(), opened.clock.now())
        if invited is None:
            called_wrongly(f"Patient {patient} takes no part yet, or has {CARERS_MAX} helpers already.")
        link = admins.LINK.format(bot=bot, token=invited.token)
        if as_json:
            typer.echo(json.dumps({"code": patient, "link": link, "expires_at": invited.expires_at.isoformat()}))
            return
        _show(f"{patient}_carer", f"Carer of {patient}", link, invited.expires_at, opened.settings.data / "invitations")


@app.command()
def staff(
    role: Annotated[Role, typer.Option(help="What they may do.")],
    name: Annotated[str, typer.Option(help="Their name, as patients and colleagues read it.")],
    as_json: AsJson = False,
) -> None:
    """Make a link for somebody who works at the clinic.

    Example: followupbot invite staff --role clinician --name "Dr Ito"
    """
    from followupbot.bootstrap import house

    wanted = name.strip()
    if not wanted or len(wanted) > staff_of.NAME_LENGTH_MAX or not wanted.isprintable():
        called_wrongly(f"--name: expected 1 to {staff_of.NAME_LENGTH_MAX} letters on one line.")
    with house.open_house(settings.load()) as opened:
        known = staff_of.called(opened.store.clinic(), wanted)
        if known is not None and isinstance(known.state, StaffJoined):
            called_wrongly(f"--name: {known.name} works here already. Remove them first, or choose another name.")
        bot = _bot_name(opened)
        invited = admins.invite_staff(opened.store, wanted, role, shell(), opened.clock.now())
        link = admins.LINK.format(bot=bot, token=invited.token)
        if as_json:
            typer.echo(json.dumps({"name": wanted, "link": link, "expires_at": invited.expires_at.isoformat()}))
            return
        _show(_file_of(wanted), f"{wanted}, {role}", link, invited.expires_at, opened.settings.data / "invitations")


def _take_in(opened: "House", plan: Plan, as_name: str | None, as_json: bool) -> None:
    """Consent is read out, and taken or not; then the patient has a code and is on the call list."""
    by = caller(opened, as_name)
    programme = opened.store.clinic().published
    params = {"years": programme.protocols[plan.protocol].years}
    message = opened.renderer.render(programme.version, plan.language, CONSENT_BY_PHONE, params)
    for line in screen.put([message])[0].lines():
        typer.echo(line, err=True)
    typer.echo("\nRead this out. Does the patient agree? (yes or no)", err=True)
    if sys.stdin.readline().strip().casefold() not in YES:
        found_wrong("Nothing was recorded: the patient has not agreed.")
    try:
        code = calls.add_patient(opened.store, plan, by, opened.clock.now())
    except calls.NotAllowed:
        found_wrong(NOT_ALLOWED.format(who=as_name))
    if as_json:
        typer.echo(json.dumps({"code": code}))
        return
    typer.echo(f"Patient {code} takes part, by telephone.\nTo ask now: followupbot answer {code}")


def _plan(opened: "House", typed: Mapping[str, str | None], now: datetime) -> Plan:
    """The plan as typed; every mistake in it is said at once."""
    programme = opened.store.clinic().published
    missing = [option for option, value in typed.items() if value is None and option not in OPTIONAL]
    wrong = [f"Missing {', '.join(missing)}. See: followupbot invite patient --help"] if missing else []

    def read(option: str, reader: Callable[[str], T], stand_in: T, expected: str) -> T:
        """What was typed behind that option; the stand-in lets the rest be looked at where it can't be read."""
        text = typed[option]
        if text is None:
            return stand_in
        try:
            return reader(text)
        except ValueError:
            wrong.append(f"{option}: expected {expected}, not {text!r}.")
            return stand_in

    zones = zoneinfo.available_timezones()
    zone = typed["--zone"]
    if zone is not None and zone not in zones:
        wrong.append(f"--zone: there is no time zone {zone!r}.{near(zone, filter(_of_a_place, zones))}")
    language = typed["--language"]
    if language is not None and language not in programme.languages:
        known = ", ".join(programme.languages)
        wrong.append(f"--language: there are no words in {language!r}. Expected one of: {known}.")
    protocols = ", ".join(sorted(programme.protocols))
    key = typed["--protocol"]
    if key is None and len(programme.protocols) == 1:
        key = protocols
    if key is None:
        wrong.append(f"--protocol: the clinic has several. Expected one of: {protocols}.")
    elif key not in programme.protocols:
        near_by = near(key, programme.protocols)
        wrong.append(f"--protocol: no care protocol {key!r} is published.{near_by} Expected one of: {protocols}.")
    today = local(now, zone if zone in zones else "UTC").date()
    plan = Plan(
        ProtocolKey(key or ""),
        read("--surgery-on", PartialDate.parse, PartialDate(today.year), "YYYY-MM-DD, YYYY-MM or YYYY"),
        zone or "",
        Language(language or ""),
        read("--at", _hour, DAY_STARTS, "HH:MM, such as 10:00"),
        read("--born", _year, None, "a year, such as 1958"),
    )
    protocol = programme.protocols.get(plan.protocol)
    quiet = DEFAULT_QUIET_HOURS if protocol is None else protocol.quiet_hours
    found = enrolment.problems(plan, programme, today)
    wrong += [PROBLEMS[problem].format(quiet) for problem in found if problem not in SAID_ALREADY]
    if wrong:
        called_wrongly("\n".join(wrong))
    return plan


def _of_a_place(zone: str) -> bool:
    """Whether it is named after a place: EST is like CEST, and half the world away."""
    return "/" in zone


def _hour(text: str) -> time:
    """Reads `9:30` and `09:30`. ValueError where it is no time of the day."""
    hours, _, minutes = text.strip().partition(":")
    if not (len(hours) in {1, 2} and len(minutes) == 2 and _digits(hours + minutes)):
        raise ValueError(text)
    return time(int(hours), int(minutes))


def _year(text: str) -> int | None:
    if not (len(text.strip()) == 4 and _digits(text.strip())):
        raise ValueError(text)
    return int(text)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _bot_name(opened: "House") -> str:
    """The bot's name, which links need: as it was learnt, else as Telegram says it now."""
    from followupbot.bootstrap import house

    known = opened.store.clinic().bot_name
    if known is not None:
        return known
    name = house.learn_bot_name(opened)
    if name.problem is not None:
        found_wrong(name.problem)
    assert name.name is not None
    return name.name


def _show(file: str, who: str, link: str, expires_at: datetime, folder: Path) -> None:
    """The link, its QR code for the terminal, and a picture of it to print."""
    code = segno.make_qr(link)
    typer.echo(f"{who}\n{link}\nIt works once, until {expires_at:%Y-%m-%d %H:%M} UTC.\n")
    if sys.stdout.isatty() or (sys.stdout.encoding or "").lower().startswith("utf"):
        code.terminal(compact=True, border=2)
    picture = folder / f"{file}.png"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        picture.unlink(missing_ok=True)
        picture.touch(mode=0o600)
        code.save(str(picture), scale=QR_SCALE, kind="png")
    except OSError as error:
        found_wrong(f"\nThe link works, but its picture {picture} can't be written: {error.strerror}.")
    typer.echo(f"\nTo print: {picture} (delete it when it has been used)")


def _file_of(name: str) -> str:
    """A file name of its own for each person."""
    return "".join(character if character.isalnum() else "_" for character in name.casefold())
