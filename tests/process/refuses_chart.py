"""`followupbot run` that can't decide about the patient it is told of. A script that tests start."""

import os
import sys
from datetime import datetime
from unittest.mock import patch

from followupbot import logs, settings
from followupbot.bootstrap import process
from followupbot.bootstrap.workplace import Part
from followupbot.domain import wake
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision

POISONED = "POISONED_PATIENT"

_wake = wake.wake


def raising(chart: Chart, now: datetime) -> Decision:
    """Decides about everybody else as always."""
    if chart.patient == os.environ[POISONED]:
        raise ZeroDivisionError
    return _wake(chart, now)


def main() -> None:
    logs.configure()
    with patch.object(wake, "wake", raising):
        sys.exit(process.run(settings.load(), frozenset(Part)))


if __name__ == "__main__":
    main()
