"""The commands, and what happens to errors: each is one clear message, on standard error.

Exit codes: 0 done, 1 something is wrong, 2 called wrongly.
"""

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from followupbot import __version__, logs
from followupbot.cli import (
    calls,
    clinic,
    clock,
    demo,
    erasure,
    health,
    identities,
    invitations,
    keeping,
    keys,
    moving,
    patients,
    preview,
    programme,
    rota,
    running,
    schedules,
    simulation,
    staff,
)
from followupbot.settings import SettingsWrong

PACKAGE = Path(__file__).parents[1]

ERROR_CHARS_MAX = 300

app = typer.Typer(
    name="followupbot",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # `main` says it: typer's own shows variables, and so what patients said
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Asks people who had bones of their spine fused how they are, for years, and tells the clinic what is new.\n\n"
    "To see it without a token: followupbot demo. For a clinic of your own: followupbot init, then followupbot doctor.",
)
app.command()(clinic.init)
app.add_typer(invitations.app, name="invite")
app.add_typer(staff.app, name="staff")
app.add_typer(rota.app, name="rota")
app.add_typer(patients.app, name="patient")
app.command()(identities.identity)
app.command()(schedules.schedule)
app.command()(calls.answer)
app.command()(running.run)
app.command()(demo.demo)
app.command()(programme.publish)
app.command()(programme.check)
app.command()(preview.preview)
app.command()(simulation.simulate)
app.command()(clock.clock)
app.command()(health.status)
app.command()(health.verify)
app.command()(moving.move)
app.command()(health.doctor)
app.command()(keeping.backup)
app.command()(keeping.restore)
app.command()(keeping.release)
app.command()(erasure.erase)
app.command()(erasure.hold)
app.command()(erasure.retention)
app.add_typer(keys.app, name="keys")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"followupbot {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Keep options that go before any command."""
    del version  # its callback has done it


def main(run: Callable[[], object] = app) -> None:
    """Run a command; whatever is wrong is said in a few lines, and never with what variables held."""
    logs.configure()
    try:
        run()
    except Exception as error:
        from followupbot.bootstrap.key_files import HouseClosed  # only now: most commands need no database

        expected = isinstance(error, SettingsWrong | HouseClosed)
        typer.echo(str(error) if expected else _unexpected(error), err=True)
        sys.exit(1)


def _unexpected(error: Exception) -> str:
    """Which error it is, and the way to it through our own code: enough to find it by, and nothing of a patient."""
    said = logs.described(error).partition("\n")[0][:ERROR_CHARS_MAX]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if PACKAGE in Path(frame.filename).parents]
    places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
    return "\n".join([f"This should not have happened: {said}", *places])
