"""Administration in the bot: links, who works here, how it stands."""

import pytest

from followupbot.application import admins
from followupbot.domain.clinic import Role, StaffJoined, StaffLeft
from followupbot.domain.decision import ByShell
from followupbot.domain.params import Lines, Words
from tests.application.test_front_desk import ADA, HER, ITO, SATO, STRANGER, a_full_world, a_patient
from tests.application.world import World

PLAN = "2026-03-01 Europe/Berlin en 10:00"


def a_named_world() -> World:
    """The bot's name is known, so that links can be made."""
    world = a_full_world()
    admins.name_bot(world.store, "the_bot", ByShell("root"), world.now)
    return world


@pytest.mark.parametrize("address", [ITO, SATO, ADA])
def test_a_patient_is_invited_with_a_link_that_leads_in(address: int) -> None:
    """Every role may; the link stands in the chat of who asked."""
    world = a_named_world()
    world.command(address, "invite", f"patient {PLAN}")
    shown = world.shown[-1]
    assert shown.message == "staff/admin/invited_patient"
    link = str(shown.params["link"])
    assert link.startswith("https://t.me/the_bot?start=")
    world.start(HER, link.partition("start=")[2])
    chart = world.store.charts[next(iter(world.store.charts))]
    assert (chart.patient, chart.enrolled.chat) == (shown.params["code"], world.store.note_chat(HER))


def test_the_same_update_twice_invites_once() -> None:
    """As it comes after a crash."""
    world = a_named_world()
    world.delivers_twice = True
    world.command(ITO, "invite", f"patient {PLAN}")
    world.command(ADA, "invite", "staff clinician Dr Abe")
    assert len(world.store.charts) == 1


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("2026-03-01 Europe/Berlin en", "unreadable"),
        ("yesterday Europe/Berlin en 10:00", "unreadable"),
        ("2026-03-01 Berlin en 10:00", "unknown_zone"),
        ("2026-03-01 Europe/Berlin xx 10:00", "unknown_language"),
        ("2026-03-01 Europe/Berlin en 03:00", "hour_outside_daytime"),
        ("1939-03-01 Europe/Berlin en 10:00", "surgery_too_early"),
        ("2029-03-01 Europe/Berlin en 10:00", "surgery_too_far_ahead"),
        ("2026-03-01 Europe/Berlin en 10:00 1850", "born_impossible"),
        ("2026-03-01 Europe/Berlin en 10:00 2015", "under_age"),
        ("2026-03-01 Europe/Berlin en 10:00 nonsense", "unreadable"),
        ("2026-03-01 Europe/Berlin en 10:00 1958 1985", "unreadable"),
        ("2026-03-01 Europe/Berlin en 10:00 lumbar_fusion lumbar_fusion", "unreadable"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_the_reason(typed: str, problem: str) -> None:
    """And nobody is invited."""
    world = a_named_world()
    world.command(ITO, "invite", f"patient {typed}")
    why = world.shown[-1].params["problem"]
    assert isinstance(why, Words)
    assert why.key == f"staff/admin/invite_problems/{problem}"
    assert world.store.charts == {}


def test_only_admins_invite_and_remove_colleagues() -> None:
    """A clinician who tries is refused, and that is recorded; nobody removes themselves."""
    world = a_named_world()
    world.command(ITO, "invite", "staff clinician Dr Abe")
    assert world.shown[-1].message == "staff/not_for_this_role"
    assert [refusal.action for refusal in world.store.refusals] == ["manage_staff"]
    world.command(ADA, "invite", "staff clinician Dr Abe")
    link = str(world.shown[-1].params["link"])
    world.start(STRANGER, link.partition("start=")[2])
    abe = world.store.the_clinic.staff[-1]
    assert (abe.name, abe.role, isinstance(abe.state, StaffJoined)) == ("Dr Abe", Role.CLINICIAN, True)
    world.command(ADA, "invite", "staff lead dr abe")
    assert world.shown[-1].message == "staff/admin/invite_problem"
    world.command(ADA, "staff", "remove dr abe")
    assert isinstance(world.store.the_clinic.staff[-1].state, StaffLeft)
    world.command(ADA, "staff", "remove ada")
    assert world.shown[-1].message == "staff/admin/nobody_called"


def test_staff_and_status_are_lists_without_patients() -> None:
    """Names of colleagues and numbers; no code."""
    world = a_named_world()
    patient = a_patient(world, HER)
    world.command(ADA, "staff")
    lines = world.shown[-1].params["lines"]
    assert isinstance(lines, Lines)
    assert [line.params["name"] for line in lines.each] == ["dr_ito", "dr_sato", "ada"]
    world.command(ADA, "status")
    assert world.shown[-1].message == "staff/admin/status"
    assert patient not in repr(world.shown[-1].params)
    for address in (ITO, SATO):
        world.command(address, "status")
        assert world.shown[-1].message == "staff/not_for_this_role"
