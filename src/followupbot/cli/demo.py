"""`followupbot demo`."""

import asyncio
import errno
import sys
from pathlib import Path
from typing import Annotated

import typer

from followupbot import settings
from followupbot.cli.terminal import found_wrong

SHOWN = """\
The practice clinic is open. Nothing here reaches a real chat.

  {address}

Open it in a browser: the page tells you what to do. The clinic's time can be stopped, sped up, and moved on.
Ctrl-C ends it."""

AT_A_TERMINAL = """
In another terminal, as at the clinic's own: who the patient behind an alert's code is.

  FOLLOWUPBOT_DATA={data} followupbot patient CODE"""


def demo(
    speed: Annotated[float, typer.Option(min=1, max=100_000, help="How much faster the clinic's clock runs.")] = 1,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The page's port; 0 takes any free one.")] = 8090,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    once: Annotated[bool, typer.Option("--once", help="Print one story and exit.")] = False,
    own: Annotated[
        bool, typer.Option("--own", help="With your clinic's own protocols, words and clinic.yaml, to learn on them.")
    ] = False,
    postgres: Annotated[bool, typer.Option("--postgres", help="On a private PostgreSQL in place of SQLite.")] = False,
) -> None:
    """Show the practice clinic: the real bot, made-up patients with years behind them, five phones in the browser.

    It needs no token, and nothing in it reaches a real chat. Staff can be given it to learn on.

    Example: followupbot demo --once
    """
    from followupbot.bootstrap import demo as practice_clinic  # here, because it brings the whole program
    from followupbot.bootstrap.key_files import HouseClosed
    from followupbot.bootstrap.transcript import StoryStuck

    wishes = practice_clinic.Wishes(
        1.0 if once else speed, 0 if once else port, settings.load().data if own else None, postgres
    )
    if once:
        try:
            asyncio.run(practice_clinic.play(wishes, typer.echo))
        except (StoryStuck, HouseClosed) as error:
            found_wrong(str(error))
        return
    has_screen = browser and sys.stdout.isatty()
    try:
        problem = asyncio.run(practice_clinic.show(wishes, has_screen, _say_open))
    except HouseClosed as error:
        found_wrong(str(error))
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        found_wrong(f"--port: {port} can't be used: {error.strerror}. Try: followupbot demo --port 0")
    if problem is not None:
        found_wrong(problem)


def _say_open(address: str, data: Path | None) -> None:
    """Where it is; and how other commands find it, which they can't on a private PostgreSQL."""
    typer.echo(SHOWN.format(address=address) + ("" if data is None else "\n" + AT_A_TERMINAL.format(data=data)))
