"""`followupbot run` that says to one person as much a second as to all together. A script that tests start.

A talk of many steps is then over in a moment; how much Telegram takes is for tests/application/test_limiter.py.
"""

import sys
from unittest.mock import patch

from followupbot import logs, settings
from followupbot.application.limiter import BULK
from followupbot.bootstrap import process
from followupbot.bootstrap.workplace import Part


def main() -> None:
    logs.configure()
    with patch("followupbot.application.limiter.PRIVATE", BULK):
        sys.exit(process.run(settings.load(), frozenset(Part)))


if __name__ == "__main__":
    main()
