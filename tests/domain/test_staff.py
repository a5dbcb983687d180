"""The people who work at the clinic."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from followupbot.domain import staff
from followupbot.domain.clinic import Clinic, Crisis, Role, StaffJoined
from followupbot.domain.facts.staff import StaffMemberInvited, StaffMemberJoined
from followupbot.domain.folding import apply_to_clinic
from followupbot.domain.ids import ChatId, StaffId, TokenHash
from tests.builders import (
    ADA,
    DR_ITO,
    DR_SATO,
    NOW,
    PATIENT,
    a_clinic,
    a_programme,
    at,
    gone,
    invited,
    sent,
    some_settings,
)

TOKEN = TokenHash("token-of-dr_ito")
CHAT = ChatId("a-chat")


def test_an_invited_staff_member_joins_by_the_link() -> None:
    """And is welcomed in that chat."""
    clinic = a_clinic([invited(DR_ITO), DR_SATO])
    decision = staff.join(clinic, CHAT, TOKEN, NOW)
    assert decision.facts == (StaffMemberJoined(NOW, DR_ITO.id, CHAT),)
    assert sent(decision) == ["dr_ito: staff/welcome"]


@pytest.mark.parametrize(
    ("clinic", "token", "now"),
    [
        (a_clinic([invited(DR_ITO)]), "guessed", NOW),
        (a_clinic([invited(DR_ITO)]), TOKEN, at("2026-03-20 10:00")),
        (a_clinic([DR_ITO]), TOKEN, NOW),
        (a_clinic([gone(DR_ITO)]), TOKEN, NOW),
    ],
    ids=["foreign", "expired", "used", "left"],
)
def test_a_staff_link_that_leads_nowhere_is_refused_like_a_patients(clinic: Clinic, token: str, now: datetime) -> None:
    """Nothing is recorded."""
    decision = staff.join(clinic, CHAT, TokenHash(token), now)
    assert (decision.facts, sent(decision)) == ((), ["a-chat: enrolment/link_refused"])


def test_staff_are_counted_and_a_number_is_never_used_again() -> None:
    """Also after somebody has left."""
    clinic = a_clinic([DR_ITO, gone(DR_SATO)])
    decision = staff.invite(clinic, " dr_abe ", Role.LEAD, TOKEN, NOW, NOW)
    assert decision.facts == (StaffMemberInvited(NOW, StaffId("s3"), "dr_abe", Role.LEAD, TOKEN, NOW),)


def test_who_has_not_joined_is_invited_again_under_the_same_number() -> None:
    """The older link leads nowhere then."""
    clinic = a_clinic([invited(DR_ITO), DR_SATO])
    (fact,) = staff.invite(clinic, "DR_ITO", Role.LEAD, TokenHash("new"), NOW + timedelta(days=7), NOW).facts
    assert isinstance(fact, StaffMemberInvited)
    assert fact.staff == DR_ITO.id
    assert staff.join(apply_to_clinic(clinic, fact), CHAT, TOKEN, NOW).facts == ()


def test_a_name_is_found_whatever_its_case_among_those_who_work_here() -> None:
    """Who has left leaves the name free."""
    clinic = a_clinic([DR_ITO, gone(DR_SATO)])
    assert staff.called(clinic, " Dr_Ito ") == DR_ITO
    assert staff.called(clinic, "dr_sato") is None
    with pytest.raises(AssertionError):
        staff.invite(clinic, "dr_ito", Role.LEAD, TOKEN, NOW, NOW)


def test_the_plain_page_goes_to_everybody_on_the_ladder_and_the_operator() -> None:
    """An alert's own timers have failed."""
    decision = staff.page_everybody(a_clinic(), PATIENT, NOW)
    assert sent(decision) == ["dr_ito: alerts/fallback", "dr_sato: alerts/fallback", "ada: operator/chart_failed"]
    assert [fact.kind for fact in decision.facts] == ["operator_notified"]


def test_the_plain_page_goes_to_who_stands_on_the_crisis_ladder_alone_too() -> None:
    """What has failed may be the alert that only they are paged for."""
    settings = replace(some_settings([Role.CLINICIAN]), crisis=Crisis(ladder=(Role.LEAD,)))
    decision = staff.page_everybody(a_clinic(programme=a_programme(settings=settings)), PATIENT, NOW)
    assert sent(decision)[:2] == ["dr_ito: alerts/fallback", "dr_sato: alerts/fallback"]


def test_the_operator_is_every_admin_with_a_chat() -> None:
    """With none there, it is recorded all the same: `status` shows it."""
    assert sent(staff.notify_operator(a_clinic(), "k", "d", NOW)) == ["ada: operator/k"]
    nobody = staff.notify_operator(a_clinic([invited(ADA)]), "k", "d", NOW)
    assert (sent(nobody), len(nobody.facts)) == ([], 1)


def test_a_staff_member_who_writes_is_told_that_it_is_no_command() -> None:
    """Nothing is recorded."""
    decision = staff.not_understood(a_clinic(), DR_ITO, NOW)
    assert (decision.facts, sent(decision)) == ((), ["dr_ito: staff/not_understood"])
    assert isinstance(DR_ITO.state, StaffJoined)
