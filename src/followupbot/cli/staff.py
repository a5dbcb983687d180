"""`followupbot staff`: who works here."""

from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from followupbot import settings
from followupbot.application import admins, duties
from followupbot.cli.rota import called
from followupbot.cli.terminal import called_wrongly, near, shell
from followupbot.domain import rota, staff
from followupbot.domain.clinic import StaffBlocked, StaffInvited, StaffJoined, StaffLeft
from followupbot.domain.rota_state import Leave
from followupbot.protocol_files.clinic import parse_date

app = typer.Typer(no_args_is_help=True, help="See and change who works at the clinic.")

STATES = {
    "invited": "invited, has not joined",
    "joined": "can be reached",
    "blocked": "has blocked the bot",
    "left": "has left",
}


@app.command("list")
def list_() -> None:
    """List everybody with their role, and whether they can be reached.

    Example: followupbot staff list
    """
    from followupbot.bootstrap import house  # here and not above: it takes longer than many a command

    with house.open_house(settings.load()) as opened:
        members = [member for member in opened.store.clinic().staff if not isinstance(member.state, StaffLeft)]
        now = opened.clock.now()
    if not members:
        typer.echo("Nobody works here yet. See: followupbot invite staff --help")
        return
    table = Table("Name", "Role", "State")
    for member in members:
        state = STATES[member.state.kind]
        if isinstance(member.state, StaffInvited) and member.state.expires_at <= now:
            state = "the link has expired"
        table.add_row(member.name, member.role, state)
    Console().print(table)


@app.command()
def remove(name: Annotated[str, typer.Argument(metavar="NAME", help="Their name, as `staff list` shows it.")]) -> None:
    """Remove somebody: they may do nothing any more, and are paged no more.

    Example: followupbot staff remove "Dr Ito"
    """
    from followupbot.bootstrap import house  # as above

    with house.open_house(settings.load()) as opened:
        clinic = opened.store.clinic()
        member = staff.called(clinic, name)
        if member is None:
            names = [
                member.name
                for member in clinic.staff
                if isinstance(member.state, StaffJoined | StaffInvited | StaffBlocked)
            ]
            called_wrongly(f"Nobody here is called {name!r}.{near(name, names)}")
        admins.remove_staff(opened.store, member.id, shell(), opened.clock.now())
    typer.echo(f"{member.name} has left.")


@app.command()
def away(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who is away.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day away, such as 2027-01-31.")],
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="The first day; without it, today.")
    ] = None,
    cover: Annotated[str | None, typer.Option("--cover", metavar="NAME", help="Who gets their alerts.")] = None,
) -> None:
    """Enter somebody's leave: no alert buzzes them from the first day through the last.

    It takes the place of whatever leave of theirs it overlaps. What they have in hand stays in hand.

    Example: followupbot staff away "Dr Ito" --until 2027-01-31 --cover "Dr Sato"
    """
    from followupbot.bootstrap import (
        house,  # as above
        missing,
    )

    with house.open_house(settings.load()) as opened:
        clinic, now = opened.store.clinic(), opened.clock.now()
        today = clinic.settings.hours.today(now)
        last, first = _date("--until", until), today if since is None else _date("--from", since)
        if last < max(first, today):
            called_wrongly(f"--until: expected a day from {max(first, today)} on; {last} is before it")
        if (last - first).days > rota.LEAVE_DAYS_MAX:
            called_wrongly(
                f"--until: expected leave of at most {rota.LEAVE_DAYS_MAX} days; whoever stays away is removed"
            )
        member = called(clinic, name)
        covering = None if cover is None else called(clinic, cover)
        if covering is not None and covering.id == member.id:
            called_wrongly(f"--cover: expected somebody else than {member.name}")
        leave = Leave(member.id, first, last, None if covering is None else covering.id)
        duties.enter_leave(opened.store, leave, shell(), now)
        gaps = list(missing.gap_lines(opened.store.clinic(), now))
    covered = "Nobody covers" if covering is None else f"{covering.name} covers"
    typer.echo(f"{member.name} is away from {first} to {last}. {covered}.")
    for gap in gaps:
        typer.echo(f"PROBLEM: {gap}")


@app.command()
def back(name: Annotated[str, typer.Argument(metavar="NAME", help="Who is back.")]) -> None:
    """End somebody's leave: the one that runs, or else the next one.

    Example: followupbot staff back "Dr Ito"
    """
    from followupbot.bootstrap import house  # as above

    with house.open_house(settings.load()) as opened:
        member = called(opened.store.clinic(), name)
        if not duties.end_leave(opened.store, member.id, shell(), opened.clock.now()):
            called_wrongly(f"No leave of {member.name} is entered.")
    typer.echo(f"{member.name} is back.")


def _date(option: str, text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        called_wrongly(f"{option}: expected {error}")
