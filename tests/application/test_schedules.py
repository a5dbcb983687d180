"""`/schedule CODE`: shown, changed with a preview, and only by who may."""

from followupbot.domain.params import Lines
from followupbot.domain.plan_changes import coming
from tests.application.test_desk import press
from tests.application.test_front_desk import ADA, HER, ITO, SATO, a_full_world, a_patient


def test_a_change_is_shown_first_and_made_once_it_is_confirmed() -> None:
    """By leads and admins; a clinician may not."""
    world = a_full_world()
    patient = a_patient(world, HER)
    before = coming(world.store._carrying(world.store.charts[patient]), world.now)
    command = f"{patient} cancel {before[0].day}"
    world.command(ITO, "schedule", command)
    assert world.shown[-1].message == "staff/not_for_this_role"
    world.command(SATO, "schedule", command)
    assert world.shown[-1].message == "staff/schedule_preview"
    assert world.store.charts[patient].cancelled == ()
    press(world, SATO, "yes")
    assert world.shown[-1].message == "staff/schedule_changed"
    assert world.store.charts[patient].cancelled == (before[0].day,)
    world.command(ADA, "schedule", patient)
    lines = world.shown[-1].params["lines"]
    assert isinstance(lines, Lines)
    assert world.shown[-1].message == "staff/schedule"
    world.command(ADA, "schedule", f"{patient} cancel tomorrow")
    assert world.shown[-1].message == "staff/schedule_problem"
    world.command(ADA, "schedule")
    assert world.shown[-1].message == "staff/schedule_how"
