"""What staff record about a patient's life, from chat and terminal."""

import pytest

from followupbot.application import admins, statuses
from followupbot.application.policy import Action
from followupbot.domain.clinic import Role
from followupbot.domain.decision import ByShell, ByStaff, Cause
from followupbot.domain.enrolment_state import Halted
from followupbot.domain.ids import PatientId
from followupbot.domain.standing import STATUSES, NotRecorded
from tests.application.test_front_desk import HER, a_full_world, a_patient
from tests.application.world import World

DATES = {"operated": "2026-03-05", "reoperated": "2026-03-05", "pause": "2w"}


def staff(world: World, role: Role) -> ByStaff:
    return ByStaff(next(member.id for member in world.store.the_clinic.staff if member.role is role))


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_can_be_typed(status: str) -> None:
    """Each is either recorded or refused for a reason that has words."""
    world = a_full_world()
    patient = a_patient(world, HER)
    cause = admins.a_call(ByShell("root"))
    done = statuses.record(world.store, patient, status, DATES.get(status, ""), cause, world.now)
    refused = {"cancelled": "operated_already", "operated": "operated_already", "resume": "nothing_halted"}
    assert done == NotRecorded(refused[status]) if status in refused else not isinstance(done, NotRecorded)


@pytest.mark.parametrize(
    ("status", "argument", "why"),
    [
        ("sleeping", "", "no_such_status"),
        ("reoperated", "soon", "date_unreadable"),
        ("pause", "a bit", "date_unreadable"),
    ],
)
def test_what_cannot_be_read_is_said_and_changes_nothing(status: str, argument: str, why: str) -> None:
    """To whoever typed it."""
    world = a_full_world()
    patient = a_patient(world, HER)
    before = world.store.charts[patient]
    cause = Cause("c1", staff(world, Role.LEAD))
    assert statuses.record(world.store, patient, status, argument, cause, world.now) == NotRecorded(why)
    assert world.store.charts[patient] == before
    world.deliver()
    assert world.shown[-1].message == "staff/status_refused"


def test_a_lead_records_it_from_their_chat_and_is_told() -> None:
    """With how to take it back."""
    world = a_full_world()
    patient = a_patient(world, HER)
    statuses.record(world.store, patient, "died", "", Cause("c1", staff(world, Role.LEAD)), world.now)
    world.deliver()
    assert world.store.charts[patient].enrolled.contact == Halted("died")
    assert (world.shown[-1].message, world.shown[-1].params["undo"]) == ("staff/status_recorded", True)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.ADMIN])
def test_others_may_not_and_that_they_tried_is_recorded(role: Role) -> None:
    """A status changes what a patient is sent."""
    world = a_full_world()
    patient = a_patient(world, HER)
    with pytest.raises(statuses.NotAllowed):
        statuses.record(world.store, patient, "died", "", Cause("c1", staff(world, role)), world.now)
    assert [(refusal.action, refusal.subject) for refusal in world.store.refusals] == [
        (Action.SET_PATIENT_STATUS, patient)
    ]


def test_there_must_be_such_a_patient() -> None:
    """A code that is nobody's makes nobody."""
    world = a_full_world()
    with pytest.raises(LookupError):
        statuses.record(world.store, PatientId("ZZZZZ"), "died", "", Cause("c1", ByShell("root")), world.now)
