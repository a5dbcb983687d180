"""Whether those who are to be paged can be reached: shown by a press, each month; told to lead and admin."""

from dataclasses import replace
from datetime import datetime, timedelta

from followupbot.domain import clinic_wake, duty, reach, rota
from followupbot.domain.clinic import Clinic, Role, StaffJoined, Unready, Want
from followupbot.domain.decision import Decision
from followupbot.domain.facts.rota import LeaveEntered
from followupbot.domain.facts.staff import StaffMemberBlocked
from followupbot.domain.folding import apply_to_clinic
from followupbot.domain.ids import ChatId
from followupbot.domain.rota_state import Leave
from tests.builders import ADA, DR_ITO, DR_SATO, NOW, a_clinic, a_day, at, kinds, messages, notice, sent

VERIFIED = at("2026-03-02 10:00")
A_MONTH_ON = VERIFIED + timedelta(days=28)
GROUPS_CHAT = ChatId("groups-chat")


def a_verified_clinic() -> Clinic:
    """Ito and Sato have shown on 2 March that they can be reached."""
    return a_clinic([replace(DR_ITO, verified_at=VERIFIED), replace(DR_SATO, verified_at=VERIFIED), ADA])


def until(clinic: Clinic, then: datetime, now: datetime = VERIFIED) -> tuple[Clinic, list[tuple[str, str]]]:
    """The clinic then, and what was sent on which day; its own timers wake it, and each time later than before."""
    told = []
    while (at_ := clinic_wake.next_wake_at(clinic, now)) is not None and at_ <= then:
        assert at_ > now, "what is due has been done"
        now = at_
        decision = clinic_wake.wake(clinic, now)
        clinic = rota.after(clinic, decision)
        assert clinic_wake.wake(clinic, now) == Decision(), "deciding twice decides nothing more"
        told += [(f"{now:%d %b}", line) for line in sent(decision)]
    return clinic, told


def test_each_month_everybody_on_the_ladder_is_asked_and_asked_again_and_then_lead_and_admin_are_told() -> None:
    """In opening hours; admins stand on no step here and are not asked."""
    _, told = until(a_verified_clinic(), VERIFIED + timedelta(days=36))
    assert told == [
        ("30 Mar", "dr_ito: staff/reach"),
        ("30 Mar", "dr_sato: staff/reach"),
        ("02 Apr", "dr_ito: staff/reach"),
        ("02 Apr", "dr_sato: staff/reach"),
        ("06 Apr", "dr_ito: staff/reach"),
        ("06 Apr", "dr_sato: staff/reach"),
        ("06 Apr", "dr_sato: staff/unready_unverified"),
        ("06 Apr", "ada: staff/unready_unverified"),
        ("06 Apr", "dr_sato: staff/unready_unverified"),
        ("06 Apr", "ada: staff/unready_unverified"),
    ]


def test_whoever_presses_is_asked_again_in_a_month() -> None:
    """And the step counts as ready all along."""
    clinic, _ = until(a_verified_clinic(), A_MONTH_ON)
    for member in (DR_ITO, DR_SATO):
        decision = reach.confirm(clinic, member.id, member, A_MONTH_ON + timedelta(minutes=5))
        assert (kinds(decision), notice(decision)) == (["reach_confirmed"], "staff/notices/reached")
        clinic = rota.after(clinic, decision)
    _, told = until(clinic, A_MONTH_ON + timedelta(days=29), A_MONTH_ON + timedelta(minutes=5))
    assert told == [("27 Apr", "dr_ito: staff/reach"), ("27 Apr", "dr_sato: staff/reach")]


def test_who_is_away_is_not_asked() -> None:
    """The question comes when they are back."""
    clinic = apply_to_clinic(
        a_verified_clinic(), LeaveEntered(NOW, Leave(DR_ITO.id, a_day("2026-03-25"), a_day("2026-03-31")))
    )
    _, told = until(clinic, at("2026-04-01 09:00"))
    assert told == [("30 Mar", "dr_sato: staff/reach"), ("01 Apr", "dr_ito: staff/reach")]


def test_who_blocks_us_cannot_be_reached_at_once_and_lead_and_admin_know() -> None:
    """And can be again as soon as they let us."""
    decision = reach.block(a_verified_clinic(), DR_ITO.id, NOW)
    assert kinds(decision) == ["staff_member_blocked"]
    assert sent(decision) == ["dr_sato: staff/blocked", "ada: staff/blocked"]
    clinic = rota.after(a_verified_clinic(), decision)
    assert clinic.reachable(Role.CLINICIAN) == ()
    assert reach.block(clinic, DR_ITO.id, NOW) == Decision(), "told once"
    back = reach.unblock(clinic, DR_ITO.id, NOW)
    assert kinds(back) == ["staff_member_unblocked"]
    member = rota.after(clinic, back).member(DR_ITO.id)
    assert member is not None
    assert member.state == StaffJoined(ChatId("chat-of-dr_ito"))


def test_the_lead_who_blocks_us_is_not_told_so_in_the_chat_that_refuses_us() -> None:
    """The admin is."""
    assert sent(reach.block(a_verified_clinic(), DR_SATO.id, NOW)) == ["ada: staff/blocked"]


def test_a_step_with_nobody_is_told_once_and_again_only_after_it_was_ready() -> None:
    """Not at each tick."""
    clinic = apply_to_clinic(a_verified_clinic(), StaffMemberBlocked(NOW, DR_ITO.id))
    first = clinic_wake.wake(clinic, NOW)
    assert sent(first) == ["dr_sato: staff/unready_nobody", "ada: staff/unready_nobody"]
    clinic = rota.after(clinic, first)
    assert clinic_wake.wake(clinic, NOW + timedelta(days=1)) == Decision()
    ready = rota.after(clinic, reach.unblock(clinic, DR_ITO.id, NOW))
    assert sent(clinic_wake.wake(ready, NOW)) == []
    assert rota.after(ready, clinic_wake.wake(ready, NOW)).unready_told == ()


def test_a_group_is_asked_when_it_is_bound_and_anybody_on_its_step_may_press() -> None:
    """Who stands on another step shows nothing by a press."""
    decision = rota.bind(a_verified_clinic(), GROUPS_CHAT, Role.CLINICIAN, NOW)
    assert (kinds(decision), sent(decision)) == (["group_bound"], ["g1: staff/reach_group"])
    clinic = rota.after(a_verified_clinic(), decision)
    assert notice(reach.confirm(clinic, "g1", DR_SATO, NOW)) == "staff/notices/not_for_you"
    clinic = rota.after(clinic, reach.confirm(clinic, "g1", DR_ITO, NOW))
    assert clinic.groups[0].verified_at == NOW


def test_nobody_presses_for_somebody_else() -> None:
    """A forwarded question is its owner's."""
    assert notice(reach.confirm(a_verified_clinic(), DR_ITO.id, DR_SATO, NOW)) == "staff/notices/not_for_you"


def test_a_group_in_which_nobody_presses_is_a_step_that_is_not_verified() -> None:
    """At once for whoever looks at the list; after a day lead and admin are told, once."""
    clinic = a_verified_clinic()
    clinic = rota.after(clinic, rota.bind(clinic, GROUPS_CHAT, Role.CLINICIAN, VERIFIED))
    group = Unready(Role.CLINICIAN, Want.GROUP)
    assert duty.unready(clinic, VERIFIED) == (group,)
    unpressed, told = until(clinic, VERIFIED + timedelta(days=4))
    assert told == [
        ("03 Mar", "dr_sato: staff/unready_group"),
        ("03 Mar", "ada: staff/unready_group"),
        ("05 Mar", "g1: staff/reach_group"),
    ]
    pressed = rota.after(unpressed, reach.confirm(unpressed, "g1", DR_ITO, VERIFIED + timedelta(days=4)))
    assert duty.unready(pressed, VERIFIED + timedelta(days=4)) == ()
    (unread,) = (found for found in duty.unready(pressed, VERIFIED + timedelta(days=39)) if found.want is Want.GROUP)
    assert unread == group, "a month later it is to be shown anew"


def test_a_group_that_is_lost_is_told_to_lead_and_admin() -> None:
    """And is paged no more."""
    clinic = rota.after(a_verified_clinic(), rota.bind(a_verified_clinic(), GROUPS_CHAT, Role.CLINICIAN, NOW))
    decision = rota.unbind(clinic, clinic.groups[0], NOW, lost=True)
    assert sent(decision) == ["dr_sato: staff/group_lost", "ada: staff/group_lost"]
    assert rota.after(clinic, decision).groups == ()


def test_a_group_that_is_bound_again_pages_for_the_other_step_and_keeps_its_id() -> None:
    """Its copies of alerts are found again."""
    clinic = rota.after(a_verified_clinic(), rota.bind(a_verified_clinic(), GROUPS_CHAT, Role.CLINICIAN, NOW))
    clinic = rota.after(clinic, rota.bind(clinic, GROUPS_CHAT, Role.LEAD, NOW))
    assert [(group.id, group.role) for group in clinic.groups] == [("g1", Role.LEAD)]


def test_what_lead_and_admin_are_told_differs_in_its_key_from_person_to_person() -> None:
    """The outbox takes a key once."""
    keys = [message.key for message in messages(reach.block(a_verified_clinic(), DR_ITO.id, NOW))]
    assert len(keys) == len(set(keys)) == 2
