"""Leave, cover and the rota, entered by staff in their chat."""

from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from followupbot.application import duties
from followupbot.application.duties import Refused
from followupbot.domain import alerts, duty
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Crisis, Role
from followupbot.domain.decision import ByClock, Cause, Decision
from followupbot.domain.ids import AlertId
from followupbot.domain.presses import TakePress
from followupbot.domain.rota_state import Leave
from followupbot.domain.tiers import Tier
from tests.application.test_front_desk import ADA, HER, HIS, ITO, SATO, a_full_world, a_patient
from tests.application.world import World
from tests.builders import ADA as ADA_HERSELF
from tests.builders import DR_ITO, DR_SATO, MESSAGE, NOW, a_clinic, a_day, a_flag, a_member, at, messages, some_settings

DR_LEE = a_member("s4", "Dr Lee", Role.CLINICIAN)
CLINIC = a_clinic([DR_ITO, DR_SATO, ADA_HERSELF, DR_LEE])
"""It is Monday, 9 March."""


def leave(who: str, first: str, last: str, cover: str | None = None) -> Leave:
    by_name = {member.name: member.id for member in CLINIC.staff}
    return Leave(by_name[who], a_day(first), a_day(last), None if cover is None else by_name[cover])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("until 2026-03-12", leave("dr_ito", "2026-03-09", "2026-03-12")),
        ("2026-03-12", leave("dr_ito", "2026-03-09", "2026-03-12")),
        ("hasta 2026-03-12 cubre dr lee", leave("dr_ito", "2026-03-09", "2026-03-12", "Dr Lee")),
        ("until 2026-03-12 Dr Lee", leave("dr_ito", "2026-03-09", "2026-03-12", "Dr Lee")),
        ("2026-03-20 to 2026-03-27 cover DR_SATO please", leave("dr_ito", "2026-03-20", "2026-03-27", "dr_sato")),
        ("1w cover Dr Lee", leave("dr_ito", "2026-03-09", "2026-03-16", "Dr Lee")),
        ("10 days", leave("dr_ito", "2026-03-09", "2026-03-19")),
        ("Dr Lee until 2026-03-12", leave("Dr Lee", "2026-03-09", "2026-03-12")),
        ("Dr Lee until 2026-03-12 cover dr_ito", leave("Dr Lee", "2026-03-09", "2026-03-12", "dr_ito")),
        ("", Refused("dates")),
        ("until friday", Refused("dates")),
        ("until 2026-02-30", Refused("dates")),
        ("until 2026-03-08", Refused("dates")),  # that was yesterday
        ("2026-03-20 2026-03-12", Refused("dates")),
        ("until 2062-03-12", Refused("too_long")),
        ("until 2026-03-12 cover Dr Lea", Refused("cover")),  # nothing is guessed: else nobody would cover
        ("until 2026-03-12 cover dr_ito", Refused("cover")),  # for herself
        ("until 2026-03-12 cover ada", Refused("cover")),  # an admin takes no alerts
        ("Dr Lea away until 2026-03-12", Refused("name")),
    ],
)
def test_leave_is_read_by_names_and_dates_and_nothing_is_guessed(typed: str, read: Leave | Refused) -> None:
    """Whoever types it in whichever language; both days count."""
    assert duties.read_leave(CLINIC, DR_ITO, typed, NOW) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-03-18 Dr Lee", ("2026-03-16", ["s4"])),  # any day of the week
        ("2026-03-16 dr_ito, dr lee", ("2026-03-16", ["s1", "s4"])),
        ("2026-03-16 -", ("2026-03-16", [])),
        ("2026-03-16", None),
        ("2026-03-16 Dr Lea", None),
        ("2026-03-16 ada", None),
        ("2026-03-02 Dr Lee", None),  # last week
        ("2036-03-02 Dr Lee", None),
        ("Dr Lee 2026-03-16", None),
    ],
)
def test_a_week_is_read_by_its_date_and_the_names_behind_it(typed: str, read: tuple[str, list[str]] | None) -> None:
    """Everybody named is somebody who may take alerts, or nothing is entered."""
    found = duties.read_week(CLINIC, typed, NOW)
    assert (found and (found[0].isoformat(), list(found[1]))) == read


def _just(decision: Decision, _: Chart) -> Decision:
    return decision


def shown(world: World) -> list[str]:
    """Who was shown what, since the last command."""
    names = {world.store.note_chat(address): name for address, name in ((ITO, "ito"), (SATO, "sato"), (ADA, "ada"))}
    return [f"{names[one.chat]}: {one.message}" for one in world.shown if one.at >= world.now]


def on_call(world: World, when: datetime) -> list[str]:
    return [member.name for member in duty.on_call(world.store.the_clinic, when)]


def test_who_is_away_says_so_and_whoever_covers_is_told() -> None:
    """Ito's step is the lead's too on these days; then Ito is back early."""
    world = a_full_world()
    world.command(ITO, "away", "until 2026-03-12 cover dr_sato")
    assert shown(world) == ["ito: staff/away_set", "sato: staff/you_cover"]
    assert world.shown[-2].params["gap"] is False
    assert len(world.store.the_clinic.leave) == 1
    world.command(ITO, "back")
    assert shown(world) == ["ito: staff/back_set"]
    assert not list(world.store.the_clinic.leave)
    world.command(ITO, "back")
    assert shown(world) == ["ito: staff/back_nothing"]


def test_leave_that_leaves_nobody_says_so_at_once() -> None:
    """Ito is the only clinician."""
    world = a_full_world()
    world.command(ITO, "away", "until 2026-03-12")
    assert world.shown[-1].params["gap"] is True


def test_a_lead_enters_a_colleagues_leave_and_a_colleague_a_leads_not() -> None:
    """The one who is away is told; what was refused is recorded."""
    world = a_full_world()
    world.command(SATO, "away", "dr_ito until 2026-03-12 cover dr_sato")
    assert shown(world) == ["sato: staff/away_set", "ito: staff/you_are_away"]
    world.command(ITO, "away", "dr_sato until 2026-03-12")
    assert shown(world) == ["ito: staff/not_for_this_role"]
    assert [refusal.action for refusal in world.store.refusals] == ["enter_leave_of_others"]
    assert len(world.store.the_clinic.leave) == 1


def test_lead_and_admin_keep_the_rota_and_everybody_sees_it() -> None:
    """A clinician who tries is refused."""
    world = a_full_world()
    world.command(ADA, "rota", "2026-03-09 dr_ito")
    assert on_call(world, at("2026-03-14 03:00")) == ["dr_ito"]
    world.command(SATO, "rota", "2026-03-09 dr_ito, dr_sato")
    assert on_call(world, at("2026-03-14 03:00")) == ["dr_ito", "dr_sato"]
    world.command(ITO, "rota", "2026-03-09 dr_sato")
    assert shown(world) == ["ito: staff/not_for_this_role"]
    world.command(ITO, "rota")
    assert shown(world) == ["ito: staff/rota"]
    world.command(ADA, "rota", "next week dr_ito")
    assert shown(world) == ["ada: staff/rota_ask"]
    assert on_call(world, at("2026-03-14 03:00")) == ["dr_ito", "dr_sato"]


def test_a_group_is_paged_with_a_role_that_stands_on_the_crisis_ladder_alone() -> None:
    """And is told of it where it asks which steps there are."""
    world = a_full_world()
    settings = replace(some_settings([Role.CLINICIAN]), crisis=Crisis(ladder=(Role.LEAD,)))
    version = world.store.clinic().published.version
    world.store.programmes[version] = replace(world.store.clinic().published, settings=settings)
    world.store.the_clinic = replace(world.store.the_clinic, programme=world.store.programmes[version])
    (asked,) = messages(world.command_in_group(-100, SATO, "bind"))
    assert asked.params["steps"] == "clinician, lead"
    world.command_in_group(-100, SATO, "bind", "lead")
    assert [group.role for group in world.store.clinic().groups] == [Role.LEAD]


def test_what_somebody_has_in_hand_is_offered_to_the_colleague_and_stays_theirs_until_it_is_taken() -> None:
    """Both of Ito's alerts, with one command; Sato takes one."""
    world = a_full_world()
    patients = [a_patient(world, address) for address in (HER, HIS)]
    for patient in patients:
        chart = world.store.chart(patient)
        assert chart is not None
        raised = alerts.raise_flag(chart, a_flag(Tier.SAME_DAY), world.now)
        world.store.transact(patient, Cause(f"test:{patient}", ByClock()), partial(_just, raised))
        world.press(ITO, TakePress(patient, AlertId(1)), MESSAGE)
    ito = world.store.the_clinic.staff[0].id
    assert [patient for patient, _ in world.store.in_hand(ito)] == sorted(patients)
    world.command(ITO, "handover", "dr_lee")
    assert shown(world) == ["ito: staff/handover_ask"]
    world.command(ITO, "handover", "Dr_Sato")
    assert [line for line in shown(world) if not line.startswith("ito: alerts/")] == [
        "sato: alerts/offer",
        "sato: alerts/offer",
        "ito: staff/handover_asked",
    ]
    assert len(world.store.in_hand(ito)) == 2
    world.press(SATO, TakePress(patients[0], AlertId(1)), MESSAGE)
    assert [patient for patient, _ in world.store.in_hand(ito)] == [patients[1]]


def test_who_has_nothing_in_hand_hands_nothing_over() -> None:
    """And is told so."""
    world = a_full_world()
    world.command(ITO, "handover", "dr_sato")
    assert shown(world) == ["ito: staff/handover_nothing"]
