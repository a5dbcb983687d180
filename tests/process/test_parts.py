"""With PostgreSQL the parts may run in processes of their own, and a sender may stand by for another."""

import signal
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


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_each_part_in_two_processes_one_works_and_the_other_takes_over(clinic: Clinic) -> None:
    """Two of everything; each is killed once and replaced; nobody is asked or answered twice, and 409 never comes."""
    names = ("intake", "sender", "clock")
    running = {name: [clinic.run("--only", name), clinic.run("--only", name)] for name in names}
    web = clinic.run("--only", "web")
    ito, ada = clinic.join("Dr Ito"), clinic.join("Ada")
    for phone in (ito, ada):
        phone.reads("Welcome", within=60)  # seven processes begin at once
    said = 0
    for name in (None, *names):
        if name is not None:
            running[name].pop(0).kill()
            running[name].append(clinic.run("--only", name))
        for phone in (ito, ada):
            phone.write("Is anybody there?")
        said += 1
        for phone in (ito, ada):
            phone.reads("did not understand", within=15, times=said)
    until(lambda: clinic.telegram.waiting() == [], "all to be confirmed")
    assert [phone.count("did not understand") for phone in (ito, ada)] == [said, said]
    refused = [call["status"] for call in clinic.telegram.log("getUpdates") if not call["accepted"]]
    assert 409 not in refused
    assert web.health()[0] == 200
    everybody = [*(program for pair in running.values() for program in pair), web]
    assert {program.stop()[0] for program in everybody} == {0}


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_the_sender_is_woken_by_another_process(clinic: Clinic) -> None:
    """By NOTIFY, and not by its look at each second: ten answers in far less than the half second each would wait."""
    clinic.run("--only", "intake").ready()
    clinic.run("--only", "sender").ready().wait_for("our turn")
    ito = clinic.staff_joins("Dr Ito")
    waited = []
    for times in range(1, 11):
        asked = time.monotonic()
        ito.write("Is anybody there?")
        ito.reads("did not understand", times=times)
        waited.append(time.monotonic() - asked)
        time.sleep(1.0)  # what one chat may have
    assert sorted(waited)[5] < 0.3, waited


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("part", ["sender", "intake"])
def test_one_that_was_frozen_for_longer_than_its_turn_does_nothing_more_when_it_thaws(
    clinic: Clinic, part: str
) -> None:
    """Another has taken over. Only the message that was in hand may come twice; whatever follows comes once."""
    rest = ",".join(sorted({"sender", "intake", "clock", "web"} - {part}))
    others = clinic.run("--only", rest).ready()
    first = clinic.run("--only", part)
    first.wait_for("our turn")
    second = clinic.run("--only", part)
    ito = clinic.staff_joins("Dr Ito")
    clinic.telegram.fault("sendMessage", "slow", seconds=2)
    ito.write("nought")
    until(lambda: part == "intake" or clinic.telegram.log("getUpdates"), "it to be taken in")
    time.sleep(0.3)
    first.process.send_signal(signal.SIGSTOP)
    second.wait_for("our turn", within=15)
    ito.reads("did not understand", within=15)
    time.sleep(3)
    before = ito.count("did not understand")
    assert before == 1 if part == "intake" else before in {1, 2}
    ito.write("one")
    ito.reads("did not understand", within=10, times=before + 1)

    first.process.send_signal(signal.SIGCONT)
    first.wait_for("another process has the turn", within=10)
    ito.write("two")
    ito.reads("did not understand", within=10, times=before + 2)
    time.sleep(2)
    until(lambda: clinic.telegram.waiting() == [], "all to be confirmed")
    assert ito.count("did not understand") == before + 2
    assert [program.stop()[0] for program in (first, second, others)] == [0, 0, 0]
