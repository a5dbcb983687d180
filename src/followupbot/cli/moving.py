"""`followupbot move`."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from followupbot import settings
from followupbot.cli.terminal import called_wrongly

NEXT = """\
The old database was left as it is. Next:
1. {how}
   Everything else stays: the data folder, and the master key.
2. followupbot verify
3. followupbot run
4. When all is well, delete what was left behind: it still holds everything.
Never run both: people would be told everything twice."""


def move(
    to: Annotated[
        str,
        typer.Option(metavar="URL", help="An empty database: postgresql+psycopg://USER@HOST/NAME or sqlite:///PATH."),
    ],
) -> None:
    """Copy the clinic into another database, keys included, and compare both. The old one is left as it is.

    Example: followupbot move --to postgresql+psycopg://followupbot@127.0.0.1/clinic
    """
    from followupbot.bootstrap import moving  # here, because it brings the whole program

    loaded = settings.load()
    try:
        target = settings.load(database_url=to)
    except settings.SettingsWrong:
        called_wrongly("--to: expected sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME.")
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Copying", total=None)
        moved = moving.move(loaded, target, lambda table, rows: bar.update(task, advance=rows, description=table))
    typer.echo(
        f"Copied {moved.tables} tables with {moved.rows} rows, and {moved.keys} keys; "
        "counts and hashes are the same on both sides."
    )
    default = target.database == settings.load(database_url=None).database
    how = "Unset FOLLOWUPBOT_DATABASE_URL." if default else "Set FOLLOWUPBOT_DATABASE_URL to what you gave as --to."
    typer.echo(NEXT.format(how=how))
