"""A red answer alerts whatever else is recorded of the patient, and brings its card to whoever pressed it.

clinical.md 0.4, 0.6, 0.8, 0.11, 0.13, 0.17 and 8c, H11: nothing that anybody has recorded, written or asked for stands
in the way of it, nor does the age of the button.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from followupbot.application import invitations, statuses
from followupbot.domain.decision import Cause, Decision
from followupbot.domain.ids import CardId, Language, PatientId
from followupbot.domain.presses import AnswerPress, CarerPress, CheckNowPress, CrisisPress, HelpPress, StartPress
from followupbot.domain.standing import HALTS
from tests.application.test_front_desk import HER, HIS, SHELL, a_full_world, a_patient
from tests.application.world import World
from tests.builders import ALERT, BLADDER, CHECK_IN, MESSAGE, messages, sent

ENGLISH = Language("en")
CAUDA, CRISIS = CardId("cauda_equina"), CardId("crisis")
IN_A_YEAR = timedelta(days=365)

Happens = Callable[[World, PatientId], object]


def staff_record(status: str, argument: str = "") -> Happens:
    """Staff record that of the patient."""
    cause = Cause("shell:status", SHELL)
    return lambda world, patient: statuses.record(world.store, patient, status, argument, cause, world.now)


def says(command: str, argument: str = "") -> Happens:
    """The patient sends a command."""
    return lambda world, _: world.command(HER, command, argument)


def writes(text: str) -> Happens:
    """The patient writes."""
    return lambda world, _: world.write(HER, text)


def a_year_passes(world: World, _: PatientId) -> None:
    """The check-in expired long ago; nobody has noticed yet."""
    world.now += IN_A_YEAR


STATES: dict[str, Happens] = {
    "following": lambda world, patient: None,
    "paused": says("pause", "4w"),
    "stopped": says("stop"),
    "deletion requested": says("delete"),
    "a death by text": writes("He died"),
    "in hospital by text": writes("I am in hospital"),
    "paused by staff": staff_record("pause", "4w"),
    **{reason: staff_record(status) for status, reason in HALTS.items() if reason != "cancelled"},
    "a year later": a_year_passes,
}


def begun(state: str) -> tuple[World, PatientId]:
    """A patient with the first check-in begun, of whom that is recorded then."""
    world = a_full_world()
    patient = a_patient(world, HER)
    world.press(HER, StartPress(patient, CHECK_IN), MESSAGE)
    STATES[state](world, patient)
    unchanged = {"following", "a year later"}
    assert (world.store.charts[patient].standing == "active") == (state in unchanged)
    return world, patient


def pages(decision: Decision) -> list[str]:
    """The pages that go out."""
    return [line for line in sent(decision) if line.endswith("alerts/new")]


def red(patient: PatientId) -> AnswerPress:
    """The button of an item that is new."""
    return AnswerPress(patient, CHECK_IN, BLADDER, "new", CAUDA, ENGLISH)


@pytest.mark.parametrize("state", STATES)
def test_a_red_answer_alerts_and_brings_its_card_whatever_is_recorded(state: str) -> None:
    """The first clinician is paged in the same decision, and the card says that the clinic knows."""
    world, patient = begun(state)
    decision = world.press(HER, red(patient), MESSAGE)
    assert pages(decision)
    (card,) = (message for message in messages(decision) if message.message == "cards/cauda_equina")
    assert (card.params["recorded"], card.params["reached"], card.daytime) == (True, True, None)
    (alert,) = world.store.charts[patient].alerts
    assert (alert.tier, alert.unresolved) == ("emergency", True)


@pytest.mark.parametrize("state", STATES)
def test_harming_oneself_and_whom_to_call_are_heard_whatever_is_recorded(state: str) -> None:
    """The words that help come first, and an alert stands; `/urgent` and "something has changed" say whom to call."""
    world, patient = begun(state)
    assert sent(world.press(HER, CrisisPress(patient, CRISIS, ENGLISH), MESSAGE))[0] == "patient: cards/crisis"
    assert world.store.charts[patient].unresolved_alert is not None
    assert sent(world.command(HER, "urgent"))[0] == "patient: replies/urgent"
    assert "patient: questions/gate_bladder" in sent(world.press(HER, CheckNowPress(patient), MESSAGE))


@pytest.mark.parametrize("state", [state for state in STATES if state not in {"died", "admitted"}])
def test_not_yet_pages_again_and_brings_the_card_whatever_is_recorded(state: str) -> None:
    """The question was sent before; its button counts for ever."""
    world, patient = begun(state)
    world.press(HER, red(patient), MESSAGE)
    world.now += timedelta(hours=3)
    decision = world.press(HER, HelpPress(patient, ALERT, False, CAUDA, ENGLISH), MESSAGE)
    assert pages(decision)
    assert "patient: cards/cauda_equina" in sent(decision)


def test_a_carers_red_answer_alerts_too_and_who_helps_no_more_gets_the_card_that_says_so() -> None:
    """What a carer presses counts as the patient's; a former carer is a stranger, and reads that nobody knows."""
    world, patient = begun("following")
    invited = invitations.invite(world.store, patient, "MG", SHELL, world.now)
    assert invited is not None
    world.start(HIS, invited.token)
    (carer,) = world.store.charts[patient].enrolled.carers
    world.press(HIS, CarerPress(patient, carer.id, agrees=True), MESSAGE)
    assert pages(world.press(HIS, red(patient), MESSAGE))
    assert world.store.charts[patient].waiting_tier == "emergency"
    world.command(HIS, "stop")
    world.now += timedelta(minutes=2)
    (card,) = messages(world.press(HIS, red(patient), MESSAGE))
    assert (card.message, card.params["recorded"]) == ("cards/cauda_equina", False)
