"""A database that goes away and comes back while everybody is at work: nothing acknowledged is lost or doubled."""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from followupbot.storage.engine import Database
from tests.kill import tight
from tests.kill.judge import judge
from tests.kill.story import Story
from tests.kill.test_kill import came_to_its_end, in_hand
from tests.process.harness import Clinic, Program
from tests.process.troubles import stopped

OUTAGES = int(os.environ.get("OUTAGES", "3"))

WORKS_FOR, AWAY_FOR = 4.0, 5.0
"""Seconds: longer than a confirmation is tried for, so that what was sent meanwhile is left to its lease."""


@pytest.mark.long
@pytest.mark.parametrize(
    ("engine_name", "trouble"),
    [
        pytest.param("postgresql", "stopped", marks=pytest.mark.postgres),
        pytest.param("sqlite", "full"),
    ],
)
def test_a_database_that_goes_away_under_load(
    clinic: Clinic, engine_name: str, trouble: str, record_property: Callable[[str, object], None]
) -> None:
    """The same process goes on by itself each time. The judge is Telegram's own log, as for kill -9."""
    began = time.monotonic()
    story = Story(clinic, 20261127, 4)
    had_in_hand: Counter[str] = Counter()
    database = Database(clinic.settings().database)
    program = clinic.run(script=Path(tight.__file__)).ready()
    try:
        story.begin()
        for _ in range(OUTAGES):
            time.sleep(WORKS_FOR)
            if trouble == "stopped":
                with stopped(clinic, program):
                    time.sleep(AWAY_FOR)
                had_in_hand += in_hand(clinic, database)
            else:
                had_in_hand += full_for_a_while(clinic, program, database)
            assert program.process.poll() is None, program.log()
            assert story.failed is None
        story.no_more.set()
        came_to_its_end(clinic, story)
        assert program.stop()[0] == 0
    finally:
        story.end()
        database.close()
    with clinic.opened() as house:
        verdict = judge(house, clinic.telegram.log(), story.patients, story.written, had_in_hand)
    record_property(
        "figures",
        {
            "under load": f"{engine_name} {trouble}",
            "times": OUTAGES,
            "patients": len(story.patients),
            "messages": verdict.messages,
            "duplicates": verdict.duplicates,
            "past the outbox": verdict.past_the_outbox,
            "lost": len(verdict.lost),
            "doubled": len(verdict.doubled),
            "out of order": len(verdict.out_of_order),
            "seconds": round(time.monotonic() - began),
        },
    )
    assert (verdict.lost, verdict.doubled, verdict.out_of_order) == ([], [], [])


def full_for_a_while(clinic: Clinic, program: Program, database: Database) -> Counter[str]:
    """The database takes no page more; what the program had in hand at the end of it."""
    program.process.send_signal(tight.FULL)
    program.wait_for("the database takes no page more")
    time.sleep(AWAY_FOR)
    found = in_hand(clinic, database)
    program.process.send_signal(tight.ROOM)
    return found
