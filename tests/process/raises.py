"""`followupbot run` whose handler raises for certain words. A script that tests start."""

import sys
from datetime import datetime
from unittest.mock import patch

from followupbot import logs, settings
from followupbot.application.front_desk import FrontDesk
from followupbot.bootstrap import process
from followupbot.bootstrap.workplace import Part
from followupbot.domain.decision import Decision
from followupbot.domain.ids import Language, MessageId

WORDS = "these words are too much for the handler"

_wrote = FrontDesk.wrote


def raising(
    desk: FrontDesk,
    address: int,
    text: str,
    message: MessageId,
    cause_key: str,
    now: datetime,
    language: Language | None = None,
) -> Decision:
    """Takes any other words as always."""
    if text == WORDS:
        raise ZeroDivisionError(text)
    return _wrote(desk, address, text, message, cause_key, now, language)


def main() -> None:
    logs.configure()
    with patch.object(FrontDesk, "wrote", raising):
        sys.exit(process.run(settings.load(), frozenset(Part)))


if __name__ == "__main__":
    main()
