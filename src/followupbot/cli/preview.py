"""`followupbot preview`: a care protocol's conversation in the terminal, as a patient would have it."""

from pathlib import Path
from typing import Annotated

import typer

from followupbot import settings


def preview(
    protocol: Annotated[str, typer.Argument(help="The name of a care protocol, or its file.")],
    language: Annotated[
        str | None, typer.Option(help="The patient's language: a folder below messages/. By default the clinic's.")
    ] = None,
    day: Annotated[
        int | None, typer.Option(min=0, help="The check-in of that day after the operation. By default the first.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(help="A file with what the patient said before, written as vignettes are.")
    ] = None,
) -> None:
    """Talk to a care protocol as a patient would. Nothing is sent, and nothing is kept.

    Last comes what the clinic would get: flags and why, the alert, and when it is asked again. With --history and
    without --day it is the check-in that comes next, such as a re-check.

    Example: followupbot preview lumbar_fusion --language es --day 42
    """
    from followupbot.cli import rehearsals  # here and not above: `--help` needs no protocol, words or renderer

    rehearsals.hold(settings.load().data, protocol, language, day, history)
