"""`followupbot identity`: who a patient is, entered from a file, so that it stands in no shell's history."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from followupbot import settings
from followupbot.cli.patients import known
from followupbot.cli.terminal import called_wrongly, found_wrong, shell
from followupbot.domain import identity as identities
from followupbot.domain.identity import FILE_CHARS_MAX, Unreadable

STANDARD_INPUT = "-"


def identity(
    code: Annotated[str, typer.Argument(metavar="CODE", help="The patient's code.")],
    file: Annotated[
        str,
        typer.Option("--file", metavar="FILE", help="One a line, such as `phone: 600 000 000`; - for standard input."),
    ],
) -> None:
    """Enter who a patient is: name, phone, record number, levels operated, contact needs, trusted person.

    What the file holds takes the place of what was entered before. It is kept encrypted with the patient's own key,
    never sent to Telegram, and shown by `followupbot patient CODE` alone, which records every view.

    Example: followupbot identity 7F3K9 --file -
    """
    from followupbot.application import admins
    from followupbot.application import identities as entering
    from followupbot.bootstrap.house import open_house  # here and not above: it takes longer than many a command

    with open_house(settings.load()) as opened:
        patient = known(opened, code)
        found = identities.read(_content(file))
        if isinstance(found, Unreadable):
            found_wrong("\n".join((*(f"{file}: {problem}" for problem in found.problems), "Nothing was changed.")))
        entering.enter(opened.store, patient, found, admins.a_call(shell()), opened.clock.now())
    kept = ", ".join(field for field in identities.FIELDS if field in found.values)
    typer.echo(f"{patient}: kept {kept}.")
    if "phone" not in found.values:
        typer.echo("There is no phone number: the patient stays on the staff's list.")
    if file != STANDARD_INPUT:
        typer.echo(f"Delete {file} now: it is not encrypted.")


def _content(file: str) -> str:
    if file == STANDARD_INPUT:
        return sys.stdin.read(FILE_CHARS_MAX + 1)
    try:
        with Path(file).open(encoding="utf-8") as opened:
            return opened.read(FILE_CHARS_MAX + 1)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        called_wrongly(f"--file: {file} can't be read: {why}.")
