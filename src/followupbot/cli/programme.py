"""`followupbot check` and `followupbot publish`: the clinic's own files, looked at and put to work."""

from pathlib import Path
from typing import Annotated

import typer

from followupbot import settings
from followupbot.application import admins
from followupbot.bootstrap import house
from followupbot.bootstrap.clocks import SystemClock
from followupbot.checking.check import check_paths
from followupbot.cli.terminal import called_wrongly, shell
from followupbot.protocol_files.reading import Problem, Severity
from followupbot.protocol_files.sources import gather


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files to look at; without any, all that `publish` would publish.")
    ] = None,
) -> None:
    """Look at protocols, words and clinic.yaml, and say what is wrong: file:line:column, and what was expected.

    Example: followupbot check protocols/lumbar_fusion.yaml
    """
    data = settings.load().data
    missing = [str(path) for path in paths or () if not path.exists()]
    if missing:
        called_wrongly(f"There is no {', no '.join(missing)}.")
    _report(check_paths(data, paths or (), SystemClock().now().date()))
    if not paths and not data.is_dir():
        typer.echo(f"There is no data folder {data}: only the files that ship were looked at.", err=True)
    typer.echo("Nothing is wrong.")


def publish() -> None:
    """Put protocols, words and clinic.yaml to work: new check-ins and alerts use them from now on.

    What `check` refuses is not published, and the version that works goes on working.

    Example: followupbot publish
    """
    loaded = settings.load()
    files = gather(loaded.data)
    _report(check_paths(loaded.data, (), SystemClock().now().date()))
    with house.open_house(loaded) as opened:
        version, changed = admins.publish(opened.store, files, shell(), opened.clock.now())
    typer.echo(f"Published as {version[:12]}." if changed else f"Nothing has changed since {version[:12]}.")


def _report(problems: list[Problem]) -> None:
    """Each problem on a line of its own; errors end the command with exit code 1."""
    for problem in problems:
        typer.echo(str(problem), err=True)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise typer.Exit(1)
