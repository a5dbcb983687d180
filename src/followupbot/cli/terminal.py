"""What commands have in common: who types, what they are shown, and how a mistake in what was typed is said."""

import difflib
import getpass
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NoReturn

import typer

from followupbot.domain import patient_code
from followupbot.domain.decision import ByShell

if TYPE_CHECKING:
    from followupbot.channels.console.screen import Screen


def shell() -> ByShell:
    """Whoever sits at the terminal; the shell is the root of trust, and its user is recorded."""
    try:
        return ByShell(getpass.getuser())
    except (KeyError, OSError):  # a container without a user database
        return ByShell("unknown")


NOT_ALLOWED = "You may not do this. That it was tried is recorded."


def called_wrongly(message: str) -> NoReturn:
    """The command ends with exit code 2 and this message."""
    typer.echo(message, err=True)
    raise typer.Exit(2)


def no_patient(code: str) -> NoReturn:
    """The command ends: that is nobody's code, and where it can be nobody's, that it was mistyped."""
    mistyped = " Look at it again: it has five characters, and the last one checks the others."
    called_wrongly(f"No patient has the code {code!r}.{'' if patient_code.parse(code) else mistyped}")


def found_wrong(message: str) -> NoReturn:
    """The command ends with exit code 1 and this message."""
    typer.echo(message, err=True)
    raise typer.Exit(1)


NEAR_MISS = 0.62
"""How alike two names are for one to be offered for the other: as Madrid and Europe/Madrid are, and not as Spain and
Japan are."""


def near(word: str, known: Iterable[str]) -> str:
    """A suggestion to put behind an error message; empty where nothing is near."""
    lower = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), lower, n=1, cutoff=NEAR_MISS)
    return f" Did you mean {lower[found[0]]}?" if found else ""


def typed() -> Iterator[str]:
    """What is typed, line by line; where it comes from a file, it is shown as if it had been typed."""
    while True:
        if sys.stdin.isatty():
            try:
                line = input("> ")
            except EOFError:
                typer.echo()
                return
        else:
            line = sys.stdin.readline()
            if not line:
                return
            typer.echo(f"> {line.strip()}")
        if line.strip():
            typer.echo()
            yield line.strip()


def show(messages: Iterable["Screen"]) -> None:
    """Each message as it stands on the patient's phone, with what is typed for its buttons."""
    for message in messages:
        for line in message.lines():
            typer.echo(line)
        typer.echo()
