"""`followupbot rota`: who is on call in which week, and the groups that are paged."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from followupbot import settings
from followupbot.application import duties, groups
from followupbot.cli.terminal import called_wrongly, found_wrong, near, shell
from followupbot.domain import duty, rota
from followupbot.domain.clinic import Clinic, Role, StaffMember
from followupbot.domain.rota_page import WEEKS_SHOWN
from followupbot.domain.rota_state import monday_of
from followupbot.protocol_files.clinic import parse_date

app = typer.Typer(no_args_is_help=True, help="See and change who is on call, and which groups are paged.")

WEEK = Annotated[str, typer.Argument(metavar="DATE", help="Any day of the week, such as 2027-01-25.")]


@app.command()
def show(
    weeks: Annotated[int, typer.Option(min=1, max=104, help="So many weeks, this one first.")] = WEEKS_SHOWN,
) -> None:
    """Show who is on call in the coming weeks, who is away, which groups are paged, and what is missing.

    Exit code 1: somebody is missing in the next seven days, or a step of the ladder can't be relied on.

    Example: followupbot rota show --weeks 10
    """
    from followupbot.bootstrap import house  # here and not above: it takes longer than many a command
    from followupbot.bootstrap import missing as missing_lines

    with house.open_house(settings.load()) as opened:
        clinic, now = opened.store.clinic(), opened.clock.now()
    today = clinic.settings.hours.today(now)
    if clinic.rota:
        table = Table("Week from", "On call")
        for ahead in range(weeks):
            monday = monday_of(today) + timedelta(weeks=ahead)
            table.add_row(monday.isoformat(), ", ".join(one.name for one in duty.assigned(clinic, monday)) or "nobody")
        Console().print(table)
    else:
        typer.echo("There is no rota: out of hours only an emergency buzzes. See: followupbot rota set --help")
    for leave in sorted(clinic.leave, key=lambda one: one.first):
        if leave.last >= today:
            cover = f", covered by {clinic.name(leave.cover)}" if leave.cover else ", without cover"
            typer.echo(f"Away: {clinic.name(leave.staff)}, {leave.first} to {leave.last}{cover}")
    for group in clinic.groups:
        read = f"read on {group.verified_at:%Y-%m-%d}" if group.verified_at else "nobody has pressed its button yet"
        typer.echo(f"Group {group.id}: paged with {group.role}; {read}")
    missing = [*missing_lines.gap_lines(clinic, now), *missing_lines.unready_lines(clinic, now)]
    for line in missing:
        typer.echo(f"PROBLEM: {line}")
    if missing:
        raise typer.Exit(1)


@app.command("set")
def set_(week: WEEK, names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Who is on call.")]) -> None:
    """Say who is on call in a week, from its Monday 00:00 to the next one; whoever was is no more.

    Example: followupbot rota set 2027-01-25 "Dr Ito" "Dr Sato"
    """
    _assign(week, names)


@app.command()
def clear(week: WEEK) -> None:
    """Say that nobody is on call in a week: it is shown as a gap.

    Example: followupbot rota clear 2027-01-25
    """
    _assign(week, [])


@app.command()
def group(role: Annotated[Role, typer.Argument(metavar="ROLE", help="Whose step the group is paged with.")]) -> None:
    """Print the link that puts the bot into a group of staff, which is paged with that step from then on.

    A lead or an admin opens it on their phone and chooses the group; in a group that has the bot already, they send
    /bind ROLE, and /unbind to end it. Only the code, how soon, and by when are shown there.

    Example: followupbot rota group clinician
    """
    from followupbot.bootstrap import house

    with house.open_house(settings.load()) as opened:
        clinic = opened.store.clinic()
    if role not in clinic.settings.paged:
        called_wrongly(f"ROLE: {role} is no step of the ladder, which is: {', '.join(clinic.settings.paged)}")
    if clinic.bot_name is None:
        found_wrong("The bot's name is not known yet. Run `followupbot doctor`, which asks Telegram for it.")
    typer.echo(f"https://t.me/{clinic.bot_name}?startgroup={groups.BIND_LINK}{role}")


def called(clinic: Clinic, name: str) -> StaffMember:
    """The one of that name who may take alerts; else the command ends and says who does."""
    people = duties.on_call_choices(clinic)
    found = next((one for one in people if one.name.casefold() == name.strip().casefold()), None)
    if found is None:
        called_wrongly(f"Nobody who may take alerts is called {name!r}.{near(name, [one.name for one in people])}")
    return found


def _assign(week: str, names: Sequence[str]) -> None:
    from followupbot.bootstrap import house

    try:
        monday = monday_of(parse_date(week))
    except ValueError as error:
        called_wrongly(f"DATE: expected {error}")
    with house.open_house(settings.load()) as opened:
        clinic, now = opened.store.clinic(), opened.clock.now()
        today = clinic.settings.hours.today(now)
        if not monday_of(today) <= monday <= rota.last_monday(today):
            called_wrongly(f"DATE: expected a week from this one on, up to {rota.last_monday(today)}; {week} is none")
        people = [called(clinic, name) for name in names]
        duties.assign_week(opened.store, monday, [one.id for one in people], shell(), now)
    who = ", ".join(one.name for one in people) or "nobody"
    typer.echo(f"On call from {monday} to {rota.week_ends(monday)}: {who}.")
