"""`make bench ARGS="--facts 1000000"`: how long it takes to verify a record of that size."""

import tempfile
import time
from datetime import timedelta
from pathlib import Path

from followupbot.application import admins
from followupbot.bootstrap.house import House, initialise, open_house
from followupbot.domain.decision import ByShell, Cause, Decision
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.facts.notes import NoteReceived, NotesRead
from followupbot.domain.ids import Language, ProtocolKey
from followupbot.domain.schedule import PartialDate
from followupbot.settings import Settings
from followupbot.upkeep.verify import verify

BY = ByShell("bench")
FACTS_A_PATIENT = 500
"""About what ten years of check-ins leave."""


def measure(facts: int) -> None:
    """Write that many facts, verify them, and print the rates."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate({"data": Path(folder) / "data"})
        initialise(settings)
        with open_house(settings) as house:
            began = time.perf_counter()
            for number in range(max(1, facts // FACTS_A_PATIENT)):
                _fill(house, number)
            wrote = time.perf_counter() - began
            began = time.perf_counter()
            report = verify(house.database, house.keys)
            took = time.perf_counter() - began
    assert report.whole, report.findings
    print(f"{report.facts} facts in {report.chains} chains, on SQLite, in one process")
    print(f"written in  {wrote:8.1f} s, {report.facts / wrote:9.0f} a second")
    print(f"verified in {took:8.1f} s, {report.facts / took:9.0f} a second")


def _fill(house: House, number: int) -> None:
    now = house.clock.now() + timedelta(seconds=number)
    plan = Plan(ProtocolKey("lumbar_fusion"), PartialDate(now.year - 4), "Europe/Madrid", Language("en"), now.time())
    code, _ = admins.invite_patient(house.store, plan, BY, now)
    notes = [f"n{n}" for n in range(FACTS_A_PATIENT // 2)]
    facts = [fact for note in notes for fact in (NoteReceived(now, note), NotesRead(now, (note,)))]
    house.store.transact(code, Cause(f"bench:{number}", BY), lambda _: Decision(tuple(facts)))
