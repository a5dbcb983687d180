"""With PostgreSQL the parts may run in processes of their own, and a sender may stand by for another."""

import time

import pytest

from tests.process.harness import STOPS_WITHIN, Clinic
from tests.process.telegram import until

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_one_sender_sends_and_the_other_takes_over(clinic: Clinic) -> None:
    """At once after a stop, within seconds after kill -9; and nothing is sent twice."""
    others = clinic.run("--only", "intake,clock,web").ready()
    first = clinic.run("--only", "sender").ready()
    ito = clinic.staff_joins("Dr Ito")
    # While the first one's send is under way, the second must not take it for a dead one's.
    clinic.telegram.fault("sendMessage", "slow", seconds=3)
    ito.write("nought")
    second = clinic.run("--only", "sender").ready()
    third = clinic.run("--only", "sender").ready()
    until(lambda: clinic.telegram.log("sendMessage")[-1]["fault"] == "slow", "the slow send to end")
    assert ito.count("did not understand") == 1

    code, seconds = first.stop()
    assert (code, seconds < STOPS_WITHIN) == (0, True)
    ito.write("one")
    ito.reads("did not understand", within=5, times=2)

    asked = time.monotonic()
    second.kill()
    third.kill()
    fourth = clinic.run("--only", "sender").ready()
    ito.write("two")
    ito.reads("did not understand", times=3)
    assert time.monotonic() - asked < 10
    until(lambda: clinic.telegram.waiting() == [], "all to be confirmed")
    assert ito.count("did not understand") == 3
    assert others.health()[1]["age_ms"].keys() == {"intake", "clock"}
    assert [program.stop()[0] for program in (fourth, others)] == [0, 0]
