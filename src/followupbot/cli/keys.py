"""`followupbot keys`: what opens everything, changed, copied, and written down."""

from pathlib import Path
from typing import Annotated

import typer

from followupbot import settings
from followupbot.cli.terminal import found_wrong

app = typer.Typer(no_args_is_help=True, help="Change, copy and write down the keys.")

SHEET = """\
followupbot: recovery sheet, made {at:%Y-%m-%d}
Keep it on paper, apart from the machine and from all backups. Whoever has it and a copy of the data reads everything.

Data folder:  {data}
Database:     {database}
Master key:   {master}
Backup key:   {backup}

To set up a new machine:
1. Install followupbot, and put the two keys into {data}: master.key and backup.key, each on one line (chmod 400).
2. followupbot keys put-back FILE   (the newest copy of the patients' keys; it lies apart from the backups)
3. followupbot restore FILE         (the newest backup)
4. followupbot verify, then followupbot release
Both keys are needed, and the copy of the patients' keys too: without any of them nothing can be read, by anybody."""


@app.command()
def rotate() -> None:
    """Wrap every key with a new master key, while the program runs on. The old one opens everything until it is done.

    Example: followupbot keys rotate
    """
    from followupbot.bootstrap import backups, house, key_files  # here and below, because they bring the whole program

    loaded = settings.load()
    with house.open_house(loaded) as opened:
        count, waits = key_files.rotate(loaded, opened.keys)
        backups.copy_keys(loaded, opened.keys)
    typer.echo(f"{count} keys are wrapped with a new master key.")
    if waits is None:
        typer.echo(f"It is in {loaded.master_key_path}. Keep a copy apart: followupbot keys sheet")
    else:
        typer.echo(f"It is in {waits}. Put it where the old one came from, and then remove that file.")
    typer.echo("The old master key still opens old copies of the keys: destroy them, and the old recovery sheet.")


@app.command()
def copy(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file, which is replaced; apart from all backups.")],
) -> None:
    """Copy the patients' keys, wrapped and encrypted, into a file. Only the newest copy is to be kept.

    Example: followupbot keys copy /mnt/usb/followupbot.keys
    """
    from followupbot.bootstrap import backups, house

    loaded = settings.load()
    with house.open_house(loaded) as opened:
        backups.copy_keys(loaded, opened.keys, path)
        count = len(opened.keys.wrapped())
    typer.echo(f"{path}: {count} keys. Older copies open what was erased since: destroy them.")


@app.command("put-back")
def put_back(path: Annotated[Path, typer.Argument(metavar="FILE", help="The copy.")]) -> None:
    """Put the patients' keys back where they are lost. Those of erased patients stay destroyed.

    Example: followupbot keys put-back /mnt/usb/followupbot.keys
    """
    from followupbot.bootstrap import backups

    if not path.is_file():
        found_wrong(f"There is no copy {path}.")
    late = backups.put_keys_back(settings.load(), path)
    typer.echo("The keys are back.")
    if late:
        typer.echo(f"Erased since that copy was made, and destroyed again: {', '.join(late)}.")


@app.command()
def sheet() -> None:
    """Print the recovery sheet, which has the master key and the backup key on it.

    Example: followupbot keys sheet
    """
    from followupbot.bootstrap import house, key_files
    from followupbot.bootstrap.clocks import SystemClock

    loaded = settings.load()
    typer.echo(
        SHEET.format(
            at=SystemClock().now(),
            data=loaded.data,
            database=house.shown(loaded),
            master=key_files.as_text(key_files.master_key(loaded)),
            backup=key_files.as_text(key_files.backup_key(loaded)),
        )
    )
