"""`followupbot run` whose SQLite is full between two signals (`PRAGMA max_page_count`). A script that tests start."""

import logging
import signal
import sys
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from followupbot import logs, settings
from followupbot.bootstrap import process
from followupbot.bootstrap.workplace import Part
from followupbot.storage import engine

FULL, ROOM = signal.SIGUSR1, signal.SIGUSR2

PAGES_MAX = 1_073_741_823
"""SQLite's own default."""

log = logging.getLogger(__name__)


class Disk:
    """Full, or not."""

    def __init__(self) -> None:
        self.full = False

    def fill(self, *_: object) -> None:
        self.full = True
        log.warning("the database takes no page more")

    def make_room(self, *_: object) -> None:
        self.full = False

    def limit(self, connection: Any, *_: object) -> None:
        """Each time before a connection is used. One page is less than there are: none may be added."""
        connection.execute(f"PRAGMA max_page_count={1 if self.full else PAGES_MAX}")


def main() -> None:
    logs.configure()
    disk = Disk()
    signal.signal(FULL, disk.fill)
    signal.signal(ROOM, disk.make_room)
    began = engine.Database.__init__

    def begin(database: engine.Database, url: str, **more: int) -> None:
        began(database, url, **more)
        if database.sqlite:
            event.listen(database.engine, "checkout", disk.limit)

    with patch.object(engine.Database, "__init__", begin):
        sys.exit(process.run(settings.load(), frozenset(Part)))


if __name__ == "__main__":
    main()
