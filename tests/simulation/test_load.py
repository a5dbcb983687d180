"""The load of alerts, by the domain alone."""

from pathlib import Path

import pytest

from followupbot.bootstrap import simulating
from followupbot.protocol_files.sources import gather


def test_the_same_seed_makes_the_same_load_and_every_alert_stands_in_its_week() -> None:
    """What is printed by week adds up to what is printed by tier."""
    files = gather(Path("/nonexistent"))
    first, second = (simulating.measure_load("lumbar_fusion", 15, 2, 3, files) for _ in range(2))
    assert first == second
    assert first.answered > 10
    assert {tier: sum(weeks) for tier, weeks in first.weekly.items()} == first.alerts
    assert sum(first.alerts.values()) > 0


def test_a_protocol_that_there_is_not_has_no_load() -> None:
    """A name that was mistyped is no crash."""
    with pytest.raises(simulating.NoSuchProtocol, match="lumbar_fusion"):
        simulating.measure_load("cervical", 1, 1, 1, gather(Path("/nonexistent")))
