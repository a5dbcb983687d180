"""`followupbot init`."""

import typer

from followupbot import settings
from followupbot.bootstrap import house


def init() -> None:
    """Make the data folder, the keys, the database and a clinic.yaml that works as it is.

    Run again it changes nothing, but brings an older database up to date.

    Example: FOLLOWUPBOT_DATA=/srv/clinic followupbot init
    """
    for line in house.initialise(settings.load()):
        typer.echo(line)
