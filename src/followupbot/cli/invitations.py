"""`followupbot invite`: links and QR codes for patients and staff."""

import json
import sys
import zoneinfo
from datetime import datetime, time
from pathlib import Path
from typing import Annotated

import segno
import typer

from followupbot import settings
from followupbot.application import admins
from followupbot.bootstrap import house
from followupbot.bootstrap.house import House
from followupbot.cli.terminal import called_wrongly, found_wrong, near, shell
from followupbot.domain import enrolment, patient_code
from followupbot.domain import staff as staff_of
from followupbot.domain.chart import Plan
from followupbot.domain.clinic import Role, StaffJoined
from followupbot.domain.ids import Language, ProtocolKey
from followupbot.domain.schedule import DAY_ENDS, DAY_STARTS, SURGERY_YEAR_MIN, PartialDate, local

LINK = "https://t.me/{bot}?start={token}"

QR_SCALE = 8
"""Pixels a module: sharp on paper at a hand's width."""

app = typer.Typer(no_args_is_help=True, help="Make a one-time link (and QR code) for a patient or a staff member.")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]

PROBLEMS = {
    "hour_outside_daytime": f"--at: we ask from {DAY_STARTS:%H:%M} to before {DAY_ENDS:%H:%M} on the patient's clock.",
    "surgery_too_early": f"--surgery-on: expected {SURGERY_YEAR_MIN} or later.",
    "surgery_too_far_ahead": "--surgery-on: expected at most 12 months ahead.",
    "born_impossible": "--born: expected a year of birth between 1900 and this year.",
}


@app.command()
def patient(
    surgery_on: Annotated[
        str | None, typer.Option(help="The operation: a day, a month or a year (2019-03-14, 2019-03, 2019).")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="The patient's time zone, such as Europe/Madrid.")] = None,
    language: Annotated[str | None, typer.Option(help="The patient's language: a folder below messages/.")] = None,
    at: Annotated[str | None, typer.Option(help="The hour at which to ask, on the patient's clock: HH:MM.")] = None,
    born: Annotated[int | None, typer.Option(help="Year of birth; asked at enrolment.")] = None,
    protocol: Annotated[str | None, typer.Option(help="The care protocol, where the clinic has several.")] = None,
    again: Annotated[
        str | None, typer.Option(metavar="CODE", help="A new link for a known patient; older links are void.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a link for a patient.

    Example: followupbot invite patient --surgery-on 2019-03-14 --zone Europe/Madrid --language en --at 10:00
    """
    others = {"--surgery-on": surgery_on, "--zone": zone, "--language": language, "--at": at, "--born": born}
    with house.open_house(settings.load()) as opened:
        now = opened.clock.now()
        if again is not None:
            given = [option for option, value in {**others, "--protocol": protocol}.items() if value is not None]
            if given:
                called_wrongly(f"--again takes no other option than --json; it was given {', '.join(given)}.")
            code = patient_code.parse(again)
            if code is None or opened.store.chart(code) is None:
                called_wrongly(f"--again: no patient has the code {again!r}.")
            bot = _bot_name(opened)
            invited = admins.invite_patient_again(opened.store, code, shell(), now)
        else:
            missing = [option for option, value in others.items() if value is None and option != "--born"]
            if missing:
                called_wrongly(f"Missing {', '.join(missing)}. See: followupbot invite patient --help")
            plan = _plan(opened, surgery_on or "", zone or "", language or "", at or "", born, protocol, now)
            bot = _bot_name(opened)
            code, invited = admins.invite_patient(opened.store, plan, shell(), now)
        link = LINK.format(bot=bot, token=invited.token)
        if as_json:
            typer.echo(json.dumps({"code": code, "link": link, "expires_at": invited.expires_at.isoformat()}))
            return
        _show(code, f"Patient {code}", link, invited.expires_at, opened.settings.data / "invitations")


@app.command()
def staff(
    role: Annotated[Role, typer.Option(help="What they may do.")],
    name: Annotated[str, typer.Option(help="Their name, as patients and colleagues read it.")],
    as_json: AsJson = False,
) -> None:
    """Make a link for somebody who works at the clinic.

    Example: followupbot invite staff --role clinician --name "Dr Ito"
    """
    wanted = name.strip()
    if not wanted or len(wanted) > staff_of.NAME_LENGTH_MAX or not wanted.isprintable():
        called_wrongly(f"--name: expected 1 to {staff_of.NAME_LENGTH_MAX} letters on one line.")
    with house.open_house(settings.load()) as opened:
        known = staff_of.called(opened.store.clinic(), wanted)
        if known is not None and isinstance(known.state, StaffJoined):
            called_wrongly(f"--name: {known.name} works here already. Remove them first, or choose another name.")
        bot = _bot_name(opened)
        invited = admins.invite_staff(opened.store, wanted, role, shell(), opened.clock.now())
        link = LINK.format(bot=bot, token=invited.token)
        if as_json:
            typer.echo(json.dumps({"name": wanted, "link": link, "expires_at": invited.expires_at.isoformat()}))
            return
        _show("staff", f"{wanted}, {role}", link, invited.expires_at, opened.settings.data / "invitations")


def _plan(
    opened: House,
    surgery_on: str,
    zone: str,
    language: str,
    at: str,
    born: int | None,
    protocol: str | None,
    now: datetime,
) -> Plan:
    """The plan as typed; every mistake in it is said at once."""
    programme = opened.store.clinic().published
    wrong = []
    surgery = _surgery(surgery_on)
    if surgery is None:
        wrong.append(f"--surgery-on: expected YYYY-MM-DD, YYYY-MM or YYYY, not {surgery_on!r}.")
    zones = zoneinfo.available_timezones()
    if zone not in zones:
        wrong.append(f"--zone: there is no time zone {zone!r}.{near(zone, zones)}")
    hour = _hour(at)
    if hour is None:
        wrong.append(f"--at: expected HH:MM, such as 10:00, not {at!r}.")
    if language not in programme.languages:
        known = ", ".join(programme.languages)
        wrong.append(f"--language: there are no words in {language!r}. Expected one of: {known}.")
    key = protocol or next(iter(sorted(programme.protocols)))
    if key not in programme.protocols:
        wrong.append(f"--protocol: no care protocol {key!r} is published.{near(key, programme.protocols)}")
    if surgery is not None and hour is not None and not wrong:
        plan = Plan(ProtocolKey(key), surgery, zone, Language(language), hour, born)
        today = local(now, zone).date()
        wrong += [PROBLEMS[problem] for problem in enrolment.problems(plan, programme, today)]
        if not wrong:
            return plan
    called_wrongly("\n".join(wrong))


def _surgery(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text)
    except ValueError:
        return None


def _hour(text: str) -> time | None:
    hours, colon, minutes = text.partition(":")
    if not (colon and len(minutes) == 2 and 1 <= len(hours) <= 2 and (hours + minutes).isascii()):
        return None
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        return None


def _bot_name(opened: House) -> str:
    """The bot's name, which links need: as it was learnt, else as Telegram says it now."""
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
    if sys.stdout.isatty() or sys.stdout.encoding.lower().startswith("utf"):
        code.terminal(compact=True, border=2)
    folder.mkdir(mode=0o700, exist_ok=True)
    picture = folder / f"{file}.png"
    picture.touch(mode=0o600)
    code.save(str(picture), scale=QR_SCALE, kind="png")
    typer.echo(f"\nTo print: {picture} (delete it when it has been used)")
