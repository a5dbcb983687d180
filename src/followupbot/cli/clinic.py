"""`followupbot init`."""

import sys

import typer

from followupbot import settings

NEXT = """\
Print the recovery sheet now, and keep it apart: followupbot keys sheet
Then put name, hours and telephone into clinic.yaml: followupbot publish
What is still missing, and how to mend it: followupbot doctor"""


def init() -> None:
    """Make the data folder, the keys, the database and a clinic.yaml that works as it is.

    Run again it changes nothing, but brings an older database up to date.

    Example: FOLLOWUPBOT_DATA=/srv/clinic followupbot init
    """
    from followupbot.bootstrap import house  # here and not above: it takes longer than many a command

    for line in house.initialise(settings.load()):
        typer.echo(line)
    if sys.stdout.isatty():  # not into a log
        typer.echo(NEXT)
