"""`followupbot check` and `followupbot publish`: the clinic's own files, looked at and put to work."""

import json
from pathlib import Path
from typing import Annotated

import typer

from followupbot import settings
from followupbot.application import admins
from followupbot.bootstrap.clocks import SystemClock
from followupbot.cli.terminal import called_wrongly, found_wrong, shell
from followupbot.protocol_files import sources
from followupbot.protocol_files.problems import Problem, Severity


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files to look at; without any, all that `publish` would publish.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="For other programs: one object, with a list of problems.")
    ] = False,
) -> None:
    """Look at protocols, words and clinic.yaml, and say what is wrong: file:line:column, and what was expected.

    Example: followupbot check protocols/lumbar_fusion.yaml
    """
    from followupbot.checking.check import as_dicts, check_paths  # here and below: no other command looks at files

    data = settings.load().data
    missing = [str(path) for path in paths or () if not path.exists()]
    if missing:
        called_wrongly(f"There is no {', no '.join(missing)}.")
    problems = check_paths(data, paths or (), SystemClock().now().date())
    if as_json:
        typer.echo(json.dumps({"problems": as_dicts(problems)}, ensure_ascii=False))
        raise typer.Exit(_exit_code(problems))
    _report(problems)
    if not paths and not data.is_dir():
        typer.echo(f"There is no data folder {data}: only the files that ship were looked at.", err=True)
    typer.echo("Nothing is refused." if problems else "Nothing is wrong.")


def publish() -> None:
    """Put protocols, words and clinic.yaml to work: new check-ins and alerts use them from now on.

    What `check` refuses is not published, and the version that works goes on working.

    Example: followupbot publish
    """
    from followupbot.bootstrap import house  # here and not above: `check` needs no database
    from followupbot.checking.check import check_gathered
    from followupbot.protocol_files.programme import in_use

    loaded = settings.load()
    with house.open_house(loaded) as opened:
        files = sources.gather(loaded.data)
        _report(check_gathered(loaded.data, files, SystemClock().now().date()))
        try:
            version, changed = admins.publish(opened.store, in_use(files), shell(), opened.clock.now())
        except admins.ProtocolsDropped as error:
            counts = " and ".join(f"{key} ({_patients(count)})" for key, count in sorted(error.patients.items()))
            found_wrong(
                f"Not published: patients are on care protocols that would be gone: {counts}.\n"
                f"Keep them in {loaded.data / sources.CLINIC_FILE} below protocols."
            )
    typer.echo(f"Published as {version[:12]}." if changed else f"Nothing has changed since {version[:12]}.")


def _patients(count: int) -> str:
    return "1 patient" if count == 1 else f"{count} patients"


def _report(problems: list[Problem]) -> None:
    """Each problem on a line of its own, the warnings after the errors; errors end the command with exit code 1."""
    for severity in (Severity.ERROR, Severity.WARNING):
        for problem in problems:
            if problem.severity is severity:
                typer.echo(str(problem), err=True)
    if code := _exit_code(problems):
        raise typer.Exit(code)


def _exit_code(problems: list[Problem]) -> int:
    return int(any(problem.severity is Severity.ERROR for problem in problems))
