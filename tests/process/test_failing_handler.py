"""An update that our own code cannot take is not lost, does not stop the others, and is given up the third time."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from followupbot.storage.tables import updates_failed
from tests.process import raises
from tests.process.harness import FIRST_SCREEN, Clinic
from tests.process.telegram import until
from tests.process.troubles import stopped

pytestmark = pytest.mark.fault

POSTGRES = pytest.mark.postgres
LONG = pytest.mark.long

SCRIPT = Path(raises.__file__)


@pytest.mark.parametrize("engine_name", ["sqlite", pytest.param("postgresql", marks=[POSTGRES, LONG])])
def test_the_third_failure_sets_an_update_aside_also_across_kill_9(clinic: Clinic) -> None:
    """Until then it is not confirmed; then `status` shows it, the operator knows, and the next one is handled."""
    telegram = clinic.telegram
    program = clinic.run(script=SCRIPT).ready()
    ada = clinic.staff_joins("Ada")
    maria = clinic.join("Maria")
    maria.reads(FIRST_SCREEN)
    program.kill()

    maria.write(raises.WORDS)
    (update,) = telegram.waiting()
    program = clinic.run(script=SCRIPT)
    until(lambda: failures(clinic, update), "the first failure to be counted")
    program.kill()
    failed_before = failures(clinic, update)
    assert failed_before < 3, "it was killed before the third time"
    assert not telegram.confirmed(update)

    maria.write("Hello?")
    program = clinic.run(script=SCRIPT)
    ada.reads("could not be handled and was set aside")
    assert program.log().count("the handler raised") == 3 - failed_before
    until(lambda: telegram.waiting() == [], "both updates to be confirmed")
    maria.reads(FIRST_SCREEN, times=2)  # what was written after it is answered
    status = json.loads(clinic.cli("status", "--json").stdout)
    assert failures(clinic, update) == 3
    (set_aside,) = status["updates"]["set_aside"]
    assert set_aside["update"] == update
    assert "ZeroDivisionError" in set_aside["error"]
    assert raises.WORDS not in json.dumps(status)
    assert not status["well"]
    assert str(update) in clinic.cli("status").stdout


def failures(clinic: Clinic, update: int) -> int:
    """How often handling the update has failed, as the database has it."""
    with clinic.opened() as house, house.database.read() as connection:
        query = sa.select(updates_failed.c.attempts).where(updates_failed.c.update_id == update)
        return connection.scalar(query) or 0


@pytest.mark.parametrize(
    "engine_name", [pytest.param("sqlite", marks=LONG), pytest.param("postgresql", marks=POSTGRES)]
)
def test_a_database_that_fails_never_counts(clinic: Clinic) -> None:
    """However often it was tried in vain, the update is handled afterwards as if nothing had been."""
    program = clinic.run().ready()
    ada = clinic.staff_joins("Ada")
    with stopped(clinic, program):
        ada.write("Is anybody there?")
        asked = len(clinic.telegram.log("getUpdates"))
        # Asked for about twice a second while it is in hand, and tried four times in the first two seconds.
        until(lambda: len(clinic.telegram.log("getUpdates")) > asked + 5, "time to pass", within=20)
        assert len(clinic.telegram.waiting()) == 1
    ada.reads("did not understand", within=20)
    status = json.loads(clinic.cli("status", "--json").stdout)
    assert status["updates"] == {"failed": 0, "set_aside": []}
