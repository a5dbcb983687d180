"""`make bench`: what a tap costs, from the update to the commit, against the bare commit that it can't do without.

And what `check` costs, of the programme that ships, against only reading its files.
"""

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import time as Hour
from datetime import timedelta
from pathlib import Path

from bench import record
from followupbot.application import admins
from followupbot.application.front_desk import FrontDesk
from followupbot.bootstrap.house import House, initialise, open_house
from followupbot.checking.check import check
from followupbot.domain.decision import ByShell
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import CheckInId, Language, MessageId, PatientId, ProtocolKey, QuestionId
from followupbot.domain.presses import (
    AnswerPress,
    ConfirmPlanPress,
    ConsentPress,
    NextPress,
    PracticePress,
    Press,
    StartPress,
    TeachBackPress,
)
from followupbot.domain.schedule import PartialDate
from followupbot.domain.screens import RED_FLAG_RIGHT
from followupbot.protocol_files.reading import Reading
from followupbot.protocol_files.sources import gather
from followupbot.settings import Settings

BY = ByShell("bench")
CHECK_IN = CheckInId(1)


def main() -> None:
    """Measure and print; nothing is asserted, since a machine's speed is no property of the program."""
    arguments = argparse.ArgumentParser(prog="python -m bench")
    arguments.add_argument("--patients", type=int, default=100)
    arguments.add_argument("--facts", type=int, help="instead: how long it takes to verify so many")
    asked = arguments.parse_args()
    if asked.facts is not None:
        record.measure(asked.facts)
        return
    patients = asked.patients
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate({"data": Path(folder) / "data"})
        initialise(settings)
        with open_house(settings) as house:
            taps = _taps(house, patients)
            idle = _milliseconds(200, lambda: house.store.due(house.clock.now(), 100))
            claim = _milliseconds(200, lambda: house.outbox.claim(house.clock.now(), house.clock.machine_now(), 0))
        floor = _floor(Path(folder) / "floor.db")
    files = gather(Path("/nonexistent"))
    yaml = [path for path in files if path.endswith(".yaml")]
    read = _milliseconds(3, lambda: [Reading(path, files[path]) for path in yaml])
    words = _milliseconds(3, lambda: check(files, play=False))
    whole = _milliseconds(3, lambda: check(files))
    print(f"{patients} patients, one answer each, SQLite with synchronous=FULL; medians of one run")
    print(f"a bare commit of one row             {floor:8.3f} ms     1.0")
    for name, cost in (("an answer, decided and committed", taps), ("an idle round", idle), ("an idle claim", claim)):
        print(f"{name:<36} {cost:8.3f} ms  {cost / floor:6.1f}")
    print(f"reading the YAML of what ships       {read:8.3f} ms     1.0")
    for name, cost in (("checking it, and all words", words), ("and playing the vignettes", whole)):
        print(f"{name:<36} {cost:8.3f} ms  {cost / read:6.1f}")


def _taps(house: House, patients: int) -> float:
    """Milliseconds from a press to its commit."""
    desk = FrontDesk(house.store, house.outbox)
    took = []
    for number in range(1, patients + 1):
        now = house.clock.now() + timedelta(minutes=number)  # no more links are taken in an hour than a clinic sends
        plan = Plan(ProtocolKey("lumbar_fusion"), PartialDate(now.year - 4), "Europe/Madrid", Language("en"), Hour(10))
        code, invited = admins.invite_patient(house.store, plan, BY, now)
        message = MessageId(number)
        desk.started(number, invited.token, f"{number}/start", now)
        for step, pressed in enumerate(_way_in(code)):
            desk.pressed(number, pressed, message, f"{number}/way/{step}", now)
        desk.pressed(number, StartPress(code, CHECK_IN), message, f"{number}/begin", now)
        press = _first_answer(house, code)
        began = time.perf_counter()
        desk.pressed(number, press, message, f"{number}/answer", now)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def _way_in(code: PatientId) -> tuple[Press, ...]:
    """From the link to the first check-in."""
    return (
        NextPress(code, 1),
        NextPress(code, 2),
        ConsentPress(code, agrees=True),
        ConfirmPlanPress(code),
        TeachBackPress(code, RED_FLAG_RIGHT),
        PracticePress(code, "tea"),
    )


def _first_answer(house: House, code: PatientId) -> AnswerPress:
    """ "None of these" on the first screen."""
    chart = house.store.chart(code)
    assert chart is not None
    check_in = chart.check_in(CHECK_IN)
    assert check_in is not None
    return AnswerPress(code, CHECK_IN, QuestionId(check_in.form[0]), "none")


def _floor(path: Path) -> float:
    """Milliseconds of one row's commit with nothing else around it."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE row (n INTEGER PRIMARY KEY, body BLOB)")
    try:
        return _milliseconds(200, lambda: connection.execute("INSERT INTO row (body) VALUES (?)", (b"\0" * 1000,)))
    finally:
        connection.close()


def _milliseconds(times: int, work: Callable[[], object]) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    main()
