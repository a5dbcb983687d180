"""`followupbot clock`: whether the machine's clock is trusted."""

from typing import Annotated

import typer

from followupbot import settings
from followupbot.application import admins
from followupbot.cli.terminal import shell


def clock(
    right: Annotated[bool, typer.Option("--right", help="You have looked: the machine's clock is right.")] = False,
) -> None:
    """Say whether check-ins wait because the machine's clock has jumped; with --right they go on.

    Example: followupbot clock --right
    """
    from followupbot.bootstrap import house  # here and not above: it takes longer than many a command

    with house.open_house(settings.load()) as opened:
        now = opened.clock.now()
        if right:
            held = admins.confirm_clock(opened.store, shell(), now)
            typer.echo("Check-ins go on." if held else "The clock was trusted already; nothing was changed.")
            return
        since = opened.store.clinic().clock_doubted_at
    typer.echo(f"The machine's clock shows {now:%Y-%m-%d %H:%M:%S} UTC.")
    if since is None:
        typer.echo("It is trusted.")
    else:
        typer.echo("It has jumped, and check-ins wait. Is it right? Then run: followupbot clock --right")
