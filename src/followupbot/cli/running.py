"""`followupbot run`."""

from typing import TYPE_CHECKING, Annotated

import typer

from followupbot import settings
from followupbot.cli.terminal import called_wrongly, found_wrong, near

if TYPE_CHECKING:
    from followupbot.bootstrap.workplace import Part

HOW_TO_BEGIN = """\
There is no bot token. Get one from @BotFather in Telegram, then set FOLLOWUPBOT_TELEGRAM_TOKEN (or ..._FILE).
To see the program without one: followupbot demo"""


def run(
    only: Annotated[
        str | None,
        typer.Option(metavar="PARTS", help="Only these parts, with commas: intake,sender,clock,web. Needs PostgreSQL."),
    ] = None,
) -> None:
    """Run the bot, the clock and the pages until SIGTERM.

    Example: FOLLOWUPBOT_TELEGRAM_TOKEN_FILE=/etc/followupbot/token followupbot run
    """
    from followupbot.bootstrap import process  # here and below, because it brings the whole program
    from followupbot.bootstrap.workplace import Part

    loaded = settings.load()
    parts = _parts(only)
    if loaded.on_sqlite and parts != frozenset(Part):
        called_wrongly(
            "On SQLite one process does everything: leave out --only, or set FOLLOWUPBOT_DATABASE_URL to PostgreSQL."
        )
    loaded.webhook()  # says what is wrong with it before anything begins
    if loaded.token() is None:
        found_wrong(HOW_TO_BEGIN)
    problem = process.run(loaded, parts)
    if problem is not None:
        found_wrong(problem)


def _parts(only: str | None) -> "frozenset[Part]":
    from followupbot.bootstrap.workplace import Part

    if only is None:
        return frozenset(Part)
    known = [part.value for part in Part]
    parts = set()
    for word in only.split(","):
        if word.strip() not in known:
            called_wrongly(
                f"--only: expected some of {', '.join(known)}, not {word.strip()!r}.{near(word.strip(), known)}"
            )
        parts.add(Part(word.strip()))
    return frozenset(parts)
