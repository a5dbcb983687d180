"""`followupbot run` whose auditor looks often, and whose clock can be set. A script that tests start.

The wall clock is ahead by what stands, in milliseconds, in the file that FOLLOWUPBOT_TEST_CLOCK names. As long as the
file of FOLLOWUPBOT_TEST_STUCK is there, no update can be set aside.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from followupbot import logs, settings
from followupbot.bootstrap import clock_watch, process
from followupbot.bootstrap.workplace import Part
from followupbot.storage import charts

_wall = clock_watch.wall_ms


def wall_ms() -> int:
    file = Path(os.environ.get("FOLLOWUPBOT_TEST_CLOCK", "/nowhere"))
    return _wall() + (int(file.read_text()) if file.exists() else 0)


_set_aside = charts.Charts.set_aside


def set_aside(self: charts.Charts, *more: Any) -> None:
    if Path(os.environ.get("FOLLOWUPBOT_TEST_STUCK", "/nowhere")).exists():
        raise ZeroDivisionError
    _set_aside(self, *more)


def main() -> None:
    logs.configure()
    with (
        patch("followupbot.storage.charts.Charts.set_aside", set_aside),
        patch("followupbot.bootstrap.auditor.UPDATES_WAIT_AFTER_MS", 2_000),
        patch("followupbot.web.health.STALE_AFTER_MS", 3_000),
        patch("followupbot.channels.telegram.polling.LONG_POLL_SECONDS", 1),
        patch("followupbot.bootstrap.pages.WATCH_SECONDS", 0.2),
        patch("followupbot.bootstrap.auditor.AUDIT_SECONDS", 0.2),
        patch("followupbot.bootstrap.auditor.HEARTBEAT_SECONDS", 0.2),
        patch("followupbot.bootstrap.auditor.DATABASE_AWAY_AFTER", 1.0),
        patch("followupbot.bootstrap.reception.CANARY_SECONDS", float(os.environ.get("FOLLOWUPBOT_TEST_CANARY", 60))),
        patch("followupbot.domain.canary.AFTER_OPENING", timedelta()),
        patch("followupbot.bootstrap.clockwork.ClockWatch", lambda: clock_watch.ClockWatch(wall_ms)),
    ):
        sys.exit(process.run(settings.load(), frozenset(Part)))


if __name__ == "__main__":
    main()
