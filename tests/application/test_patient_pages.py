"""`/patient CODE`: what staff see of one patient in a chat, and what a lead records there."""

import pytest

from followupbot.application import patient_pages
from followupbot.application.policy import Action
from followupbot.domain.alert_state import Taken
from followupbot.domain.decision import ByPatient, ByStaff
from followupbot.domain.enrolment_state import Halted
from followupbot.domain.ids import MessageKey
from followupbot.domain.params import Lines, Words
from followupbot.domain.presses import AnswerPress, ResolvePress
from tests.application.test_front_desk import ADA, HER, ITO, SATO, a_full_world, a_patient
from tests.application.world import Shown
from tests.builders import BLADDER, MESSAGE


def lines_of(shown: Shown) -> list[str]:
    """Which lines it shows, by their words' names."""
    lines = shown.params["lines"]
    assert isinstance(lines, Lines)
    return [line.in_words.rpartition("/")[2] for line in lines.each]


def test_a_clinician_sees_how_it_stands_and_the_view_is_in_the_access_log() -> None:
    """Neither answers nor identity are sent to a chat."""
    world = a_full_world()
    patient = a_patient(world, HER)
    world.command(ITO, "patient", patient.lower())
    shown = world.shown[-1]
    assert shown.message == "staff/patient"
    assert lines_of(shown) == ["standing", "surgery", "clock", "open", "heard", "next"]
    assert [(view.action, view.subject) for view in world.store.views] == [(Action.SEE_PATIENT, patient)]


def test_an_open_alert_can_be_taken_from_there() -> None:
    """One button; afterwards it says who has it."""
    world = a_full_world()
    patient = a_patient(world, HER)
    check_in = world.store.charts[patient].open_check_in
    assert check_in is not None
    world.press(HER, AnswerPress(patient, check_in.id, BLADDER, "new"), MESSAGE)
    world.command(ITO, "patient", patient)
    (row,) = world.shown[-1].rows
    world.press(ITO, row[0].press, world.messages(ITO)[-1].id)
    alert = world.store.charts[patient].unresolved_alert
    assert alert is not None
    assert isinstance(alert.state, Taken)
    world.command(ITO, "patient", patient)
    assert "alert" in lines_of(world.shown[-1])
    world.press(ITO, ResolvePress(patient, alert.id, "called"), MESSAGE)
    world.command(SATO, "patient", patient)
    assert {"alert", "last_alert"} & set(lines_of(world.shown[-1])) == {"last_alert"}, "whoever comes next sees the end"
    assert world.shown[-1].rows == ()


@pytest.mark.parametrize(
    ("typed", "answer"), [("", "which_patient"), ("7F3K9", "no_such_patient"), ("Ana", "no_such_patient")]
)
def test_what_is_no_code_is_helped_with(typed: str, answer: str) -> None:
    """Without repeating what was typed, which may be a name."""
    world = a_full_world()
    world.command(ITO, "patient", typed)
    assert world.shown[-1].message == f"staff/{answer}"
    assert world.shown[-1].params == {}


def test_an_admin_sees_no_patient() -> None:
    """Who looks after the program has no need to; that it was tried is recorded."""
    world = a_full_world()
    patient = a_patient(world, HER)
    world.command(ADA, "patient", patient)
    assert world.shown[-1].message == "staff/not_for_this_role"
    assert [refusal.action for refusal in world.store.refusals] == [Action.SEE_PATIENT]


def test_a_lead_records_a_status_behind_the_code_and_a_clinician_may_not() -> None:
    """`/patient CODE died`, at once (clinical.md 0.13)."""
    world = a_full_world()
    patient = a_patient(world, HER)
    world.command(ITO, "patient", f"{patient} died")
    assert world.shown[-1].message == "staff/not_for_this_role"
    world.command(SATO, "patient", f"{patient} Died")
    assert world.store.charts[patient].enrolled.contact == Halted("died")
    world.command(SATO, "patient", patient)
    lines = world.shown[-1].params["lines"]
    assert isinstance(lines, Lines)
    assert lines.each[0].params == {"standing": Words(MessageKey("staff/standings/died"))}


def test_who_breaks_the_glass_sees_and_every_lead_is_told() -> None:
    """An admin, in an emergency: on record before anything is shown; the reason is sent to nobody."""
    world = a_full_world()
    patient = a_patient(world, HER)
    ada = world.store.staff_of(world.store.note_chat(ADA))
    assert ada is not None
    seen = patient_pages.break_glass(world.store, patient, "nobody else is here", ByStaff(ada), world.now)
    world.deliver()
    assert seen["code"] == patient
    assert [(view.action, view.subject) for view in world.store.views] == [(Action.BREAK_GLASS, patient)]
    told = world.shown[-1]
    assert (told.message, told.chat) == ("staff/glass_broken", world.store.note_chat(SATO))
    assert told.params == {"code": patient, "name": "ada"}
    with pytest.raises(patient_pages.NotAllowed):
        patient_pages.break_glass(world.store, patient, "curious", ByPatient(patient), world.now)
    assert [refusal.action for refusal in world.store.refusals] == [Action.BREAK_GLASS]
