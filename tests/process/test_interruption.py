"""The program was down for longer than Telegram keeps a pressed button."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from followupbot.storage.tables import outbox
from tests.process.harness import BRISK, Clinic
from tests.process.telegram import until

pytestmark = pytest.mark.fault

QUESTION = "I cannot feel when my bladder is full"
SORRY = "Sorry, we were away"


def goes_back(clinic: Clinic, by: timedelta) -> None:
    """Everything that was heard so far was heard that much earlier."""
    ms = int(by.total_seconds() * 1000)
    statements = (
        "UPDATE heard SET heard_at = heard_at - :ms, heard_machine_ms = heard_machine_ms - :ms",
        "UPDATE causes SET at = at - :ms",
    )
    with clinic.opened() as house:
        for statement in map(sa.text, statements):
            house.database.unit(lambda c: c.execute(statement, {"ms": ms}))  # noqa: B023 # called at once


def all_is_out(clinic: Clinic) -> bool:
    """No message waits, and of none that Telegram has is the answer still to be written down."""
    open_rows = sa.select(sa.func.count()).where(outbox.c.state.in_(("pending", "sending")))
    with clinic.opened() as house, house.database.read() as connection:
        return not connection.scalar(open_rows)


POSTGRES = pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.long])


@pytest.mark.parametrize("engine_name", ["sqlite", POSTGRES])
def test_whoever_was_in_the_middle_of_a_check_in_is_asked_again(clinic: Clinic) -> None:
    """Once, with the reason; and not after a restart of seconds."""
    clinic.run(script=BRISK).ready()
    maria = clinic.goes_to_gate("Maria")
    joan = clinic.join("Joan")
    joan.reads("Two short screens to read")
    until(lambda: all_is_out(clinic), "what was sent to be written down")  # what is under way is not asked again
    clinic.programs[-1].kill()
    program = clinic.run(script=BRISK).ready()
    until(lambda: clinic.telegram.log("getUpdates"), "a poll")
    program.stop()
    assert (maria.count(SORRY), joan.count(SORRY)) == (0, 0)

    goes_back(clinic, timedelta(minutes=3))
    asked = maria.count(QUESTION)
    program = clinic.run(script=BRISK).ready()
    maria.reads(SORRY, within=20)
    maria.reads(QUESTION, times=asked + 1)
    joan.reads(SORRY)
    joan.reads("Two short screens to read", times=2)
    program.stop()
    clinic.run(script=BRISK).ready()
    with clinic.opened() as house:
        until(lambda: not house.store.clinic().interruptions, "all to be asked")
    assert (maria.count(SORRY), joan.count(SORRY), maria.count(QUESTION)) == (1, 1, asked + 1)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_after_a_day_staff_have_the_list_of_who_may_have_written(clinic: Clinic) -> None:
    """Here by the clinicians, since there is no lead."""
    clinic.run(script=BRISK).ready()
    ito, ada = clinic.staff_joins("Dr Ito"), clinic.staff_joins("Ada")
    clinic.goes_to_gate("Maria")
    clinic.programs[-1].stop()
    goes_back(clinic, timedelta(hours=21))
    clinic.run(script=BRISK).ready()
    assert clinic.codes["Maria"] in ito.reads("We did not hear patients", within=20)["text"]
    ada.reads("did not hear Telegram for a very long time")
