"""`followupbot demo`."""

import asyncio
import errno
import sys
from typing import Annotated

import typer

from followupbot.cli.terminal import found_wrong

SHOWN = """\
The practice clinic is open. Nothing here reaches a real chat.

  {address}

On each phone, open the invitation. Then answer on Maria's phone: say that something is new, and look at Dr Ito's.
Ctrl-C ends it."""


def demo(
    speed: Annotated[float, typer.Option(min=1, max=100_000, help="How much faster the clinic's clock runs.")] = 1,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port; 0 takes any free one.")] = 8090,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    once: Annotated[bool, typer.Option("--once", help="Print one story and exit.")] = False,
) -> None:
    """Show the practice clinic: a patient's and a clinician's phone in the browser, and the real bot. No token.

    Example: followupbot demo --once
    """
    from followupbot.bootstrap import demo as practice_clinic  # here, because it brings the whole program

    if once:
        try:
            asyncio.run(practice_clinic.play(typer.echo))
        except practice_clinic.StoryStuck as error:
            found_wrong(str(error))
        return
    has_screen = browser and sys.stdout.isatty()
    try:
        problem = asyncio.run(
            practice_clinic.show(speed, port, has_screen, lambda address: typer.echo(SHOWN.format(address=address)))
        )
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        found_wrong(f"--port: {port} can't be used: {error.strerror}. Try: followupbot demo --port 0")
    if problem is not None:
        found_wrong(problem)
