"""Kill -9 at any moment of the main job: nothing acknowledged is lost, nothing doubled but what was in hand."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest

from tests.kill.judge import in_flight, judge
from tests.kill.story import Story
from tests.process.harness import Clinic, Program
from tests.process.telegram import until
from tests.process.troubles import plain

KILLS = int(os.environ.get("KILLS", "50"))
SEED = int(os.environ.get("SEED", "20261122"))

LIVES_MAX = {"sqlite": 2.0, "postgresql": 3.5}
"""Seconds from the first words with Telegram to the kill, at most. With PostgreSQL the sender waits up to three seconds
for the lease of the one that was killed."""

ACTIVE_MAX = 8
"""Patients at any time; fewer in a short run, which has to see them through to the end."""

KILLED_AT_START = 0.15
START_TAKES = 1.2
"""How often it is killed before it has come up, and within how many seconds."""

ENDS_WITHIN = 90.0


@pytest.mark.long
def test_kill_9_at_any_moment(clinic: Clinic, engine_name: str, record_property: Callable[[str, object], None]) -> None:
    """The figures stand in a table at the end of the run."""
    began = time.monotonic()
    chance = random.Random(SEED)
    story = Story(clinic, SEED, max(2, min(ACTIVE_MAX, KILLS // 2)))
    had_in_hand: Counter[str] = Counter()
    try:
        story.begin()
        for _ in range(KILLS):
            program = clinic.run()
            if chance.random() < KILLED_AT_START:
                time.sleep(chance.uniform(0, START_TAKES))
            else:
                program.ready()
                time.sleep(chance.uniform(0, LIVES_MAX[engine_name]))
            kill(clinic, program)
            with clinic.opened() as house:
                had_in_hand += in_flight(house)
            assert story.failed is None
        story.no_more.set()
        program = clinic.run().ready()
        came_to_its_end(clinic, story)
        assert program.stop()[0] == 0
    finally:
        story.end()
    with clinic.opened() as house:
        verdict = judge(house, clinic.telegram.log(), story.patients, story.written, had_in_hand)
    figures = {
        "database": engine_name,
        "kills": KILLS,
        "patients": len(story.patients),
        "messages": verdict.messages,
        "in hand": verdict.in_flight,
        "duplicates": verdict.duplicates,
        "past the outbox": verdict.past_the_outbox,
        "lost": len(verdict.lost),
        "doubled": len(verdict.doubled),
        "out of order": len(verdict.out_of_order),
        "seconds": round(time.monotonic() - began),
    }
    record_property("kill", figures)
    assert (verdict.lost, verdict.doubled, verdict.out_of_order) == ([], [], [])


def kill(clinic: Clinic, program: Program) -> None:
    """The process is gone, and so is what it had told the database to do."""
    program.kill()
    if clinic.on_sqlite:
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> %s"
    )
    with psycopg.connect(plain(clinic), autocommit=True) as connection:
        pid = connection.info.backend_pid
        until(lambda: connection.execute(others, (pid,)).fetchone() == (0,), "the server to let go of the dead")


def unfinished(clinic: Clinic) -> dict[str, int]:
    """What the database still has to do. Not from phones: on these a second copy of a page keeps its button."""
    with clinic.opened() as house, house.database.read() as connection:
        queries = {
            "to send": "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')",
            "alerts": "SELECT count(*) FROM alerts WHERE tier = 'emergency' AND state <> 'resolved'",
        }
        return {name: connection.exec_driver_sql(query).scalar_one() for name, query in queries.items()}


def came_to_its_end(clinic: Clinic, story: Story) -> None:
    """Everybody is through, no alert waits, and nothing is left to send."""

    def nothing_left() -> bool:
        assert story.failed is None
        return not (story.waits_for() or clinic.telegram.waiting() or any(unfinished(clinic).values()))

    try:
        until(nothing_left, "", ENDS_WITHIN)
    except AssertionError:
        stuck = {patient.code: patient.phone.texts()[-2:] for patient in story.waits_for()}
        raise AssertionError(
            f"the story does not come to its end: {stuck}, {unfinished(clinic)}, "
            f"updates {clinic.telegram.waiting()}; the log:\n{clinic.programs[-1].log()[-3000:]}"
        ) from None
