"""Kill -9 at any moment of the main job: nothing acknowledged is lost, nothing doubled but what was in hand."""

import os
import random
import time
from collections import Counter
from collections.abc import Callable

import psycopg
import pytest
import sqlalchemy as sa

from followupbot.storage.engine import Database
from followupbot.storage.tables import outbox
from tests.kill.judge import judge
from tests.kill.story import Story
from tests.process.harness import Clinic, Nursery
from tests.process.telegram import until
from tests.process.troubles import plain

KILLS = int(os.environ.get("KILLS", "50"))
STORIES = int(os.environ.get("STORIES", "2"))
"""Clinics on each database that share the kills: two processes on two cores are quicker than one."""

SEED = int(os.environ.get("SEED", "20261122"))

LIVES_MAX = {"sqlite": 1.2, "postgresql": 3.5}
"""Seconds from the first words with Telegram to the kill, at most. With PostgreSQL the sender waits up to three seconds
for the lease of the one that was killed."""

ACTIVE_MAX = 8
"""Patients at any time; fewer in a short run, which has to see them through to the end."""

KILLED_AT_START = 0.15
START_TAKES = 0.6
"""How often it is killed before it has come up, and within how many seconds."""

COMES_UP_WITHIN = 60.0
ENDS_WITHIN = 180.0


@pytest.mark.long
@pytest.mark.parametrize("story_number", range(STORIES))
def test_kill_9_at_any_moment(
    clinic: Clinic, engine_name: str, story_number: int, record_property: Callable[[str, object], None]
) -> None:
    """The figures stand in a table at the end of the run."""
    began = time.monotonic()
    kills = KILLS // STORIES + (story_number < KILLS % STORIES)
    seed = SEED + story_number
    chance = random.Random(seed)
    story = Story(clinic, seed, max(2, min(ACTIVE_MAX, kills // 2)))
    had_in_hand: Counter[str] = Counter()
    database = Database(clinic.settings().database)
    try:
        story.begin()
        with Nursery(clinic) as nursery:
            for _ in range(kills):
                program = nursery.run()
                if chance.random() < KILLED_AT_START:
                    time.sleep(chance.uniform(0, START_TAKES))
                else:
                    program.wait_for("event=introduced", COMES_UP_WITHIN)
                    time.sleep(chance.uniform(0, LIVES_MAX[engine_name]))
                program.kill()
                had_in_hand += in_hand(clinic, database)
                assert story.failed is None
        story.no_more.set()
        last = clinic.run().ready()
        came_to_its_end(clinic, story)
        assert last.stop()[0] == 0
    finally:
        story.end()
        database.close()
    with clinic.opened() as house:
        verdict = judge(house, clinic.telegram.log(), story.patients, story.written, had_in_hand)
    figures = {
        "database": engine_name,
        "kills": kills,
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
    record_property("figures", figures)
    assert (verdict.lost, verdict.doubled, verdict.out_of_order) == ([], [], [])


def in_hand(clinic: Clinic, database: Database) -> Counter[str]:
    """What a process had in hand when it was killed, by key; what it had told PostgreSQL to do is done by then."""
    if not clinic.on_sqlite:
        let_go(clinic)
    with database.read() as connection:
        return Counter(connection.scalars(sa.select(outbox.c.key).where(outbox.c.state == "sending")))


def let_go(clinic: Clinic) -> None:
    """The server works no more for the dead."""
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
        " AND application_name LIKE 'followupbot%%' AND state <> 'idle'"
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
