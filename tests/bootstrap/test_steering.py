"""The practice clinic's time: no alarm is for the page that moved it on."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from followupbot.bootstrap import steering
from followupbot.bootstrap.clocks import SpedClock
from followupbot.bootstrap.steering import SteeredClock

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)


async def test_nothing_is_late_for_having_been_leapt_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that waited for a moment when somebody pressed "Next event" has not waited for a day."""
    machine = [time.monotonic()]
    monkeypatch.setattr(time, "monotonic", lambda: machine[0])
    steered = SteeredClock(SpedClock(NOW))
    steered.wait_for(lambda: NOW + timedelta(days=1))
    machine[0] += steering.LEAP_SECONDS + 1
    assert steered.stretch() == 1
    await steered.skip()
    assert timedelta(minutes=2) * steered.stretch() > timedelta(days=1)
    machine[0] += steering.LEAP_SECONDS + 1
    assert steered.stretch() == 1
    steered.has_leapt()
    assert steered.stretch() == steering.LEAP_STRETCH
    steered.set_speed(1440)
    machine[0] += steering.LEAP_SECONDS + 1
    assert steered.stretch() == 1440, "at a day in a minute two minutes are over before anybody can send"
