"""`followupbot patient`: one patient, at the terminal."""

from typing import Annotated

import typer

from followupbot import settings
from followupbot.cli.terminal import called_wrongly, shell
from followupbot.domain import patient_code

app = typer.Typer(no_args_is_help=True, help="See to one patient, by their code.")


@app.callback()
def patient(
    context: typer.Context, code: Annotated[str, typer.Argument(metavar="CODE", help="The patient's code.")]
) -> None:
    """Keep the code for the command behind it."""
    context.obj = code


@app.command()
def read(context: typer.Context) -> None:
    """Show what the patient wrote that nobody has read. What was held back for it goes on. It is in the access log.

    Example: followupbot patient 7F3K9 read
    """
    from followupbot.application import records
    from followupbot.bootstrap.house import open_house

    with open_house(settings.load()) as opened:
        code = patient_code.parse(context.obj)
        found = None if code is None else records.read_notes(opened.store, code, shell(), opened.clock.now())
        if found is None:
            called_wrongly(f"No patient has the code {context.obj!r}.")
    typer.echo("\n\n".join(found.texts) or "There is nothing to read.")
    if found.held:
        typer.echo("\nMessages were held back until somebody had read this. They go on from now.")
