"""`followupbot run` that calls a part stopped after three seconds, not minutes. A script that tests start."""

import sys
from unittest.mock import patch

from followupbot import logs, settings
from followupbot.bootstrap import process
from followupbot.bootstrap.workplace import Part


def main() -> None:
    logs.configure()
    with (
        patch("followupbot.web.health.STALE_AFTER_MS", 3_000),
        patch("followupbot.channels.telegram.polling.LONG_POLL_SECONDS", 1),
        patch("followupbot.bootstrap.pages.WATCH_SECONDS", 0.2),
    ):
        sys.exit(process.run(settings.load(), frozenset(Part)))


if __name__ == "__main__":
    main()
