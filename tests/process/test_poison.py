"""What can't be handled at the head of each line: the others wait less than a second for it, and people see it."""

import json
import time
from pathlib import Path

import pytest

from tests.process import raises, refuses_chart
from tests.process.harness import FIRST_SCREEN, Clinic
from tests.process.telegram import Phone, until
from tests.wave.seed import seed

pytestmark = pytest.mark.fault

OTHERS_WITHIN = 1.0

ENGINES = [
    pytest.param("sqlite"),
    pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.long]),
]


def answered_within(phone: Phone, words: str) -> float:
    """Seconds from what somebody writes to these words."""
    before = phone.count(words)
    wrote = time.monotonic()
    phone.write("Is anybody there?")
    phone.reads(words, times=before + 1)
    return time.monotonic() - wrote


@pytest.mark.parametrize("engine_name", ENGINES)
def test_an_update_that_no_handler_takes(clinic: Clinic) -> None:
    """Set aside, with a notice to the operator; it stands in `status`."""
    program = clinic.run(script=Path(raises.__file__)).ready()
    ada, maria = clinic.staff_joins("Ada"), clinic.join("Maria")
    maria.reads(FIRST_SCREEN)
    usual = answered_within(ada, "did not understand")
    maria.write(raises.WORDS)
    until(lambda: "the handler raised" in program.log(), "the poison to be at the head")
    assert answered_within(ada, "did not understand") < usual + OTHERS_WITHIN
    ada.reads("could not be handled and was set aside")
    assert json.loads(clinic.cli("status", "--json").stdout)["updates"]["set_aside"]


@pytest.mark.parametrize("engine_name", ENGINES)
def test_a_message_that_telegram_refuses_in_every_form(clinic: Clinic) -> None:
    """Dead, with a notice to the operator; it stands in `status`, and what comes after it in its chat is sent."""
    clinic.run().ready()
    ada, ito, maria = clinic.staff_joins("Ada"), clinic.staff_joins("Dr Ito"), clinic.join("Maria")
    maria.reads(FIRST_SCREEN)
    usual = answered_within(ito, "did not understand")
    clinic.telegram.fault("sendMessage", "400_parse", chat=maria.id, times=2)
    maria.write("Hello?")
    assert answered_within(ito, "did not understand") < usual + OTHERS_WITHIN
    ada.reads("could not be sent", within=20)
    sent = [call for call in clinic.telegram.log("sendMessage") if call["fault"] == "400_parse"]
    assert ["parse_mode" in call["params"] for call in sent] == [True, False]  # once bare, and no more
    status = json.loads(clinic.cli("status", "--json").stdout)
    assert status["outbox"]["reply"]["states"]["dead"] == 1
    assert not status["well"]
    maria.write("Hello?")
    maria.reads(FIRST_SCREEN, times=2)


@pytest.mark.parametrize("engine_name", ENGINES)
def test_a_chart_about_which_nobody_can_decide(clinic: Clinic) -> None:
    """Left alone for ten minutes, with a notice to the operator; the others of the same round are asked at once."""
    first = clinic.run().ready()
    ada = clinic.staff_joins("Ada")
    first.stop()
    with clinic.opened() as house:
        patients = seed(house, clinic.telegram, 5)
        (poisoned, *_) = house.store.due(house.clock.now(), 10)
    patients.pop(poisoned)
    clinic.run(script=Path(refuses_chart.__file__), **{refuses_chart.POISONED: poisoned})
    until(lambda: all(phone.texts() for phone in patients.values()), "the others to be asked", within=30)
    ada.reads(poisoned)
    log = clinic.telegram.log("sendMessage")
    asked = [call["at"] for call in log if int(call["params"]["chat_id"]) in {phone.id for phone in patients.values()}]
    assert max(asked) - min(asked) < OTHERS_WITHIN
    told = next(call["at"] for call in log if poisoned in call["params"]["text"])
    assert abs(told - max(asked)) < OTHERS_WITHIN
