"""The practice clinic's page skips to whatever is due next: of a patient, or of the clinic itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from followupbot.application import canaries, rounds
from followupbot.bootstrap import demo
from followupbot.bootstrap.clocks import SpedClock
from followupbot.bootstrap.house import build, initialise
from followupbot.bootstrap.steering import SteeredClock
from followupbot.domain.clinic import Role
from followupbot.practice import Practice


async def test_the_page_skips_to_the_digest_and_then_to_the_daily_test_of_alerts(tmp_path: Path) -> None:
    """Nobody is followed here: a Saturday, then Monday's opening, then half an hour later."""
    clock = SpedClock(datetime(2026, 11, 28, 12, tzinfo=UTC), 1)
    clock.set_speed(0)
    steered = SteeredClock(clock)
    settings = demo._settings(tmp_path / "data", "http://127.0.0.1:1", f"sqlite:///{tmp_path}/data/followupbot.db")
    initialise(settings, clock, demo.BY)
    house = build(settings, clock)
    try:
        demo._joins(Practice(token=demo.TOKEN, username=demo.BOT_NAME), house, "Nurse Kim", Role.CLINICIAN)
        for next_at in demo._timers(house, clock):
            steered.wait_for(next_at)
        opens = house.store.clinic().settings.hours.next_open(clock.now())
        assert await steered.skip()
        assert opens <= clock.now() < opens + timedelta(seconds=1)
        assert rounds.once_clinic(house.store, clock.now()), "the digest"
        assert await steered.skip()
        assert opens + timedelta(minutes=30) <= clock.now() < opens + timedelta(minutes=31)
        assert canaries.put(house.store, clock.now()), "the test of alerts"
    finally:
        house.close()
