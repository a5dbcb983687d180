"""`followupbot staff`: who works here."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from followupbot import settings
from followupbot.application import admins
from followupbot.cli.terminal import called_wrongly, near, shell
from followupbot.domain import staff
from followupbot.domain.clinic import StaffInvited, StaffJoined, StaffLeft

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
            names = [member.name for member in clinic.staff if isinstance(member.state, StaffJoined | StaffInvited)]
            called_wrongly(f"Nobody here is called {name!r}.{near(name, names)}")
        admins.remove_staff(opened.store, member.id, shell(), opened.clock.now())
    typer.echo(f"{member.name} has left.")
