"""Who is paged when: rota, leave and cover, opening hours; and what is to be seen to before it is missed."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from followupbot.domain import duty
from followupbot.domain.clinic import Clinic, Crisis, Role, StaffMember, Unready, Want
from followupbot.domain.duty import Gap
from followupbot.domain.facts.rota import LeaveEntered, WeekAssigned
from followupbot.domain.facts.staff import GroupBound, StaffMemberRemoved
from followupbot.domain.folding import apply_to_clinic
from followupbot.domain.ids import ChatId, GroupId, StaffId
from followupbot.domain.rota_state import Leave
from tests.builders import (
    ADA,
    DR_ITO,
    DR_SATO,
    NOW,
    a_clinic,
    a_day,
    a_member,
    a_programme,
    at,
    blocked,
    gone,
    invited,
    some_settings,
)

DR_LEE = a_member("s4", "dr_lee", Role.CLINICIAN)
STAFF = (DR_ITO, DR_SATO, ADA, DR_LEE)

MONDAY, SATURDAY, NIGHT = NOW, at("2026-03-14 11:00"), at("2026-03-10 03:00")


def a_rota(*weeks: tuple[str, tuple[StaffMember, ...]], staff: tuple[StaffMember, ...] = STAFF) -> Clinic:
    """A clinic with these people on call in the weeks of these Mondays."""
    clinic = a_clinic(staff)
    for monday, people in weeks:
        clinic = apply_to_clinic(clinic, WeekAssigned(NOW, a_day(monday), tuple(one.id for one in people)))
    return clinic


def away(clinic: Clinic, who: StaffMember, first: str, last: str, cover: StaffMember | None = None) -> Clinic:
    """The same clinic, with somebody on leave."""
    leave = Leave(who.id, a_day(first), a_day(last), None if cover is None else cover.id)
    return apply_to_clinic(clinic, LeaveEntered(NOW, leave))


def names(staff: tuple[StaffMember, ...]) -> list[str]:
    return [member.name for member in staff]


def paged(clinic: Clinic, now: datetime, role: Role = Role.CLINICIAN, emergency: bool = False) -> list[str]:
    """Who is buzzed first on that step."""
    return names(duty.to_page(clinic, role, now, at_any_hour=emergency))


ITOS_WEEK = ("2026-03-09", (DR_ITO,))


@pytest.mark.parametrize(
    ("clinic", "now", "emergency", "people"),
    [
        (a_rota(), MONDAY, False, ["dr_ito", "dr_lee"]),  # no rota: everybody of the step
        (a_rota(), NIGHT, False, []),  # out of hours nobody is on call
        (a_rota(), NIGHT, True, ["dr_ito", "dr_lee"]),
        (a_rota(ITOS_WEEK), MONDAY, False, ["dr_ito"]),
        (a_rota(ITOS_WEEK), NIGHT, False, ["dr_ito"]),
        (a_rota(ITOS_WEEK), SATURDAY, True, ["dr_ito"]),
        (a_rota(ITOS_WEEK), at("2026-03-16 09:00"), True, ["dr_ito", "dr_lee"]),  # a week that nobody has
        (a_rota(ITOS_WEEK), at("2026-03-16 03:00"), False, []),
        (away(a_rota(ITOS_WEEK), DR_ITO, "2026-03-09", "2026-03-11", DR_LEE), NIGHT, False, ["dr_lee"]),
        (away(a_rota(ITOS_WEEK), DR_ITO, "2026-03-09", "2026-03-11"), NIGHT, False, []),
        (away(a_rota(ITOS_WEEK), DR_ITO, "2026-03-09", "2026-03-11"), NIGHT, True, ["dr_lee"]),
        (away(a_rota(ITOS_WEEK), DR_ITO, "2026-03-09", "2026-03-09"), NIGHT, True, ["dr_ito"]),  # the last day is over
        (away(a_rota(), DR_ITO, "2026-03-09", "2026-03-11", DR_SATO), MONDAY, False, ["dr_sato", "dr_lee"]),
        (a_rota(ITOS_WEEK, staff=(blocked(DR_ITO), DR_SATO, DR_LEE)), NIGHT, True, ["dr_lee"]),
        (a_rota(ITOS_WEEK, staff=(blocked(DR_ITO), DR_SATO, DR_LEE)), NIGHT, False, []),
        (a_rota(("2026-03-09", (DR_SATO,))), MONDAY, False, ["dr_ito", "dr_lee"]),  # on call on the lead's step
    ],
)
def test_the_step_is_for_whoever_is_on_it_now(
    clinic: Clinic, now: datetime, emergency: bool, people: list[str]
) -> None:
    """Looked up when paged, by rota, leave, cover, hours, and who can be reached."""
    assert paged(clinic, now, emergency=emergency) == people


def test_a_cover_who_is_away_too_is_covered_by_their_own_cover_and_a_circle_is_nobody() -> None:
    """Ito is covered by Lee, Lee by Sato; then Sato by Ito."""
    clinic = away(
        away(a_rota(ITOS_WEEK), DR_ITO, "2026-03-09", "2026-03-13", DR_LEE), DR_LEE, "2026-03-09", "2026-03-13", DR_SATO
    )
    assert names(duty.on_call(clinic, NIGHT)) == ["dr_sato"]
    circle = away(clinic, DR_SATO, "2026-03-09", "2026-03-13", DR_ITO)
    assert names(duty.on_call(circle, NIGHT)) == []
    assert names(duty.anybody(circle, NIGHT)) == ["dr_ito", "dr_lee", "dr_sato"], "an emergency reaches who is away too"


def test_a_leaver_is_on_no_week_and_covers_nobody_from_that_moment() -> None:
    """Who they covered for is away without cover."""
    clinic = away(a_rota(("2026-03-09", (DR_ITO, DR_LEE))), DR_LEE, "2026-03-09", "2026-03-13", DR_ITO)
    left = apply_to_clinic(clinic, StaffMemberRemoved(NOW, DR_ITO.id))
    assert left.rota[0].staff == (DR_LEE.id,)
    assert left.leave == (Leave(DR_LEE.id, a_day("2026-03-09"), a_day("2026-03-13"), None),)
    assert duty.on_call(left, NIGHT) == ()


@pytest.mark.parametrize(
    ("clinic", "now", "then"),
    [
        (a_rota(), SATURDAY, "2026-03-16 08:00"),
        (a_rota(ITOS_WEEK), SATURDAY, "2026-03-14 11:00"),
        (a_rota(ITOS_WEEK), at("2026-03-15 23:00"), "2026-03-15 23:00"),
        (a_rota(("2026-03-16", (DR_ITO,))), SATURDAY, "2026-03-16 00:00"),  # on call from Monday's midnight
        (away(a_rota(ITOS_WEEK), DR_ITO, "2026-03-09", "2026-03-14"), SATURDAY, "2026-03-15 00:00"),
        (a_rota(("2026-03-16", (DR_ITO,))), MONDAY, "2026-03-09 10:05"),
    ],
)
def test_what_does_not_go_at_any_hour_waits_for_the_clinic_or_for_somebody_on_call(
    clinic: Clinic, now: datetime, then: str
) -> None:
    """Who is on call changes at midnight."""
    assert duty.may_buzz_at(clinic, now) == at(then)


def day(text: str) -> date:
    return a_day(f"2026-03-{text}")


@pytest.mark.parametrize(
    ("clinic", "found"),
    [
        (a_rota(), ()),  # this clinic keeps no rota
        (a_rota(ITOS_WEEK), (Gap(None, day("16"), day("16")),)),  # Monday in seven days
        (a_rota(ITOS_WEEK, ("2026-03-16", (DR_LEE,))), ()),
        (
            away(a_rota(ITOS_WEEK, ("2026-03-16", (DR_LEE,))), DR_ITO, "2026-03-12", "2026-03-15"),
            (Gap(None, day("12"), day("15")),),
        ),
        (away(a_rota(), DR_SATO, "2026-03-11", "2026-03-11"), (Gap(Role.LEAD, day("11"), day("11")),)),
        (away(a_rota(), DR_SATO, "2026-03-11", "2026-03-11", DR_LEE), ()),
        (away(a_rota(), DR_SATO, "2026-03-17", "2026-03-30"), ()),  # further ahead than a week
    ],
)
def test_a_gap_is_shown_seven_days_before(clinic: Clinic, found: tuple[Gap, ...]) -> None:
    """Nobody on call, where there is a rota; a step whose people are all away."""
    assert duty.gaps(clinic, MONDAY) == found


def test_a_rota_that_has_run_out_is_a_gap_all_along() -> None:
    """It is not taken for a clinic that never kept one."""
    clinic = a_rota(ITOS_WEEK)
    assert duty.gaps(clinic, at("2026-06-01 10:00")) == (Gap(None, a_day("2026-06-01"), a_day("2026-06-08")),)


def pressed(who: StaffMember, when: str) -> StaffMember:
    """The same person, who has shown then that they can be reached."""
    return replace(who, verified_at=at(when))


@pytest.mark.parametrize(
    ("staff", "found"),
    [
        ((pressed(DR_ITO, "2026-03-01 10:00"), pressed(DR_SATO, "2026-03-01 10:00")), ()),
        ((DR_ITO, pressed(DR_SATO, "2026-03-01 10:00")), (Unready(Role.CLINICIAN, Want.UNVERIFIED),)),
        (
            (pressed(DR_ITO, "2026-02-02 10:04"), pressed(DR_SATO, "2026-02-02 10:06")),  # 35 days ago, and less
            (Unready(Role.CLINICIAN, Want.UNVERIFIED),),
        ),
        ((pressed(DR_ITO, "2026-03-01 10:00"),), (Unready(Role.LEAD, Want.NOBODY),)),
        ((blocked(DR_ITO), pressed(DR_SATO, "2026-03-01 10:00")), (Unready(Role.CLINICIAN, Want.NOBODY),)),
        ((gone(DR_ITO), invited(DR_SATO)), (Unready(Role.CLINICIAN, Want.NOBODY), Unready(Role.LEAD, Want.NOBODY))),
    ],
)
def test_a_step_is_ready_when_somebody_on_it_has_pressed_within_the_month(
    staff: tuple[StaffMember, ...], found: tuple[Unready, ...]
) -> None:
    """And can be written to."""
    assert duty.unready(a_clinic(staff), NOW) == found


def test_a_group_is_paged_with_its_step_and_out_of_hours_for_an_emergency_only() -> None:
    """Nobody knows who of a group is awake."""
    clinic = apply_to_clinic(a_rota(ITOS_WEEK), GroupBound(NOW, GroupId("g1"), ChatId("a-group"), Role.CLINICIAN))

    def groups(role: Role, now: datetime, emergency: bool) -> int:
        return len(duty.groups_to_page(clinic, role, now, at_any_hour=emergency))

    assert groups(Role.CLINICIAN, MONDAY, False) == 1
    assert groups(Role.LEAD, MONDAY, False) == 0
    assert groups(Role.CLINICIAN, NIGHT, False) == 0
    assert groups(Role.CLINICIAN, NIGHT, True) == 1


def test_leave_that_is_entered_again_takes_the_place_of_what_it_overlaps() -> None:
    """A summer holiday stays beside a day in spring."""
    clinic = away(away(a_rota(), DR_ITO, "2026-07-01", "2026-07-14"), DR_ITO, "2026-03-09", "2026-03-11")
    clinic = away(clinic, DR_ITO, "2026-03-10", "2026-03-12", DR_LEE)
    assert [(leave.first.isoformat(), leave.cover) for leave in clinic.leave] == [
        ("2026-07-01", None),
        ("2026-03-10", StaffId("s4")),
    ]


CRISIS_LEAD = a_programme(settings=replace(some_settings([Role.CLINICIAN]), crisis=Crisis(ladder=(Role.LEAD,))))
"""The lead stands on the crisis ladder, and on no other."""


def test_a_role_that_only_the_crisis_ladder_has_must_be_ready_too() -> None:
    """Else nobody learns that the button about harming oneself reaches nobody, until somebody presses it."""
    clinic = a_clinic((DR_ITO, invited(DR_SATO)), CRISIS_LEAD)
    assert Unready(Role.LEAD, Want.NOBODY) in duty.unready(clinic, NOW)


def test_a_day_on_which_only_the_crisis_ladder_has_nobody_is_a_gap() -> None:
    """Shown before, as any other is."""
    clinic = away(a_clinic(STAFF, CRISIS_LEAD), DR_SATO, "2026-03-10", "2026-03-11")
    assert duty.gaps(clinic, NOW) == (Gap(Role.LEAD, a_day("2026-03-10"), a_day("2026-03-11")),)
