"""`followupbot backup`, `restore` and `release`: the whole clinic in a file, and back again."""

from pathlib import Path
from typing import Annotated

import typer

from followupbot import settings
from followupbot.cli.terminal import found_wrong

TIME = "%Y-%m-%d %H:%M UTC"

IN_QUARANTINE = """\
Nothing is sent and nothing is taken in until: followupbot release
Look first at what would go: followupbot release --list"""

SHOWN_MAX = 40
"""Lines of a list; the rest is counted."""


def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that the backup goes into.")],
) -> None:
    """Put everything but the keys into one encrypted file, while the program runs on.

    Beside it lies its manifest: counts, hashes, and the seal for `verify --seal`. The keys need a copy of their own:
    `followupbot keys copy`.

    Example: followupbot backup /mnt/backups
    """
    from followupbot.bootstrap import backups, house  # here and below, because they bring the whole program

    with house.open_house(settings.load()) as opened:
        made = backups.make(opened, folder)
    rows = sum(content.rows for content in made.manifest.tables.values())
    typer.echo(f"{made.path}: {rows} rows of {len(made.manifest.tables)} tables.")
    typer.echo(f"The record's seal: {made.manifest.chains}:{made.manifest.digest}")


def restore(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="In the place of what the database has now, which is gone then.")
    ] = False,
) -> None:
    """Put a backup into the database. Keys stay as they are, and erased patients erased; nothing is sent.

    Example: followupbot restore /mnt/backups/followupbot-20260301T020000Z.backup
    """
    from followupbot.bootstrap import backups, occupants
    from followupbot.bootstrap.clocks import SystemClock

    loaded = settings.load()
    if not path.is_file():
        found_wrong(f"There is no backup {path}.")
    with occupants.alone(loaded):
        restored = backups.put_back(loaded, path, SystemClock().now(), replace=replace)
    manifest = restored.manifest
    rows = sum(content.rows for content in manifest.tables.values())
    typer.echo(f"Restored as of {manifest.at:{TIME}}: {rows} rows of {len(manifest.tables)} tables.")
    typer.echo("What came in after that is not there: those who answered since then are to be asked again.")
    if restored.erased:
        typer.echo(f"Erased again: {', '.join(restored.erased)}.")
    typer.echo(f"To check the record: followupbot verify --seal {manifest.chains}:{manifest.digest}")
    typer.echo(IN_QUARANTINE)


def release(
    only_list: Annotated[bool, typer.Option("--list", help="Say what would be sent, and release nothing.")] = False,
) -> None:
    """End the quarantine of a restored database: messages go out and updates come in again.

    Example: followupbot release --list
    """
    from followupbot.bootstrap import house, quarantine

    with house.open_house(settings.load()) as opened:
        found = quarantine.look(opened)
        if found is None:
            typer.echo("There is no quarantine: messages go out, and updates come in.")
            return
        typer.echo(f"In quarantine since {found.since:{TIME}}, with a backup of {found.backup}.")
        typer.echo(f"Messages that would go now or when their hour comes: {found.count}")
        for line in found.lines[:SHOWN_MAX]:
            to = f"staff {line.staff}" if line.staff else "the patient"
            typer.echo(f"  {line.about}, to {to}: {line.message}, not before {line.not_before_at:{TIME}}")
        if found.count > SHOWN_MAX:
            typer.echo(f"  and {found.count - min(SHOWN_MAX, len(found.lines))} more")
        typer.echo(f"Charts in which something is due: {found.charts_due}")
        if not only_list:
            quarantine.release(opened)
            typer.echo("Released.")
