"""An alert while the clinic's people change: on call, away, out of reach, gone. Somebody hears it, or it is said."""

from datetime import datetime, timedelta

from followupbot.domain import alerts, wake
from followupbot.domain.alert_state import Open, Taken
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Role
from followupbot.domain.decision import Decision
from followupbot.domain.facts.rota import LeaveEntered, WeekAssigned
from followupbot.domain.facts.staff import GroupBound, StaffMemberRemoved
from followupbot.domain.folding import apply_to_clinic
from followupbot.domain.ids import ChatId, GroupId
from followupbot.domain.outgoing import Amend, ToGroup
from followupbot.domain.rota_state import Leave
from followupbot.domain.rules import Tier
from tests.builders import (
    ADA,
    ALERT,
    DR_ITO,
    DR_SATO,
    NOW,
    a_chart,
    a_clinic,
    a_day,
    a_flag,
    a_member,
    a_taken_chart,
    after,
    an_alerted_chart,
    at,
    blocked,
    kinds,
    messages,
    sent,
    with_clinic,
)

DR_LEE = a_member("s4", "dr_lee", Role.CLINICIAN)
STAFF = (DR_ITO, DR_SATO, ADA, DR_LEE)
MINUTE = timedelta(minutes=1)
FRIDAY_NIGHT = at("2026-03-13 22:00")


def with_lee_on_call(clinic: Clinic | None = None) -> Clinic:
    """Lee has the week; Ito and Sato work here too."""
    week = WeekAssigned(NOW, a_day("2026-03-09"), (DR_LEE.id,))
    return apply_to_clinic(clinic or a_clinic(STAFF), week)


def woken(chart: Chart, now: datetime) -> tuple[Decision, Chart]:
    """What the alerts' own timers do then, and the chart after; woken again they do nothing."""
    decision = wake.wake_alerts(chart, now)
    chart = after(chart, decision)
    assert wake.wake_alerts(chart, now) == Decision()
    next_at = wake.next_alert_at(chart)
    assert next_at is None or next_at > now
    return decision, chart


def test_same_day_out_of_hours_buzzes_whoever_is_on_call_at_once_and_nobody_else() -> None:
    """Friday night; Lee is on call, is asked every half hour, and the lead sleeps."""
    chart = a_chart(clinic=with_lee_on_call())
    decision = alerts.raise_flag(chart, a_flag(Tier.SAME_DAY), FRIDAY_NIGHT)
    assert sent(decision) == ["s4: alerts/new"]
    chart = after(chart, decision)
    for half_hours in (1, 2, 3):
        decision, chart = woken(chart, FRIDAY_NIGHT + half_hours * 30 * MINUTE)
        assert sent(decision) == ["s4: alerts/new"]


def test_an_emergency_goes_to_whoever_is_on_call_and_then_to_everybody() -> None:
    """Lee, the lead, and from the second round on Ito too."""
    chart = a_chart(clinic=with_lee_on_call())
    decision = alerts.raise_flag(chart, a_flag(Tier.EMERGENCY), FRIDAY_NIGHT)
    assert sent(decision) == ["s4: alerts/new"]
    chart = after(chart, decision)
    rounds = []
    for step in (1, 2, 3):
        decision, chart = woken(chart, FRIDAY_NIGHT + step * 5 * MINUTE)
        rounds.append(sent(decision))
    assert rounds == [["dr_sato: alerts/new"], ["dr_ito: alerts/new", "s4: alerts/new"], ["dr_sato: alerts/new"]]


def test_somebody_who_comes_on_call_while_an_alert_waits_for_opening_is_buzzed_at_once() -> None:
    """The rota was entered on Saturday."""
    chart = an_alerted_chart(Tier.SAME_DAY, FRIDAY_NIGHT, a_clinic(STAFF))
    assert wake.next_alert_at(chart) == at("2026-03-16 08:00")
    decision, _ = woken(with_clinic(chart, with_lee_on_call()), at("2026-03-14 11:00"))
    assert sent(decision) == ["s4: alerts/new"]


def test_the_next_step_is_paged_at_once_when_nobody_who_was_paged_can_be_reached_any_more() -> None:
    """Ito's chat has refused the page: no five minutes are lost."""
    chart = an_alerted_chart(Tier.EMERGENCY)
    decision, chart = woken(with_clinic(chart, a_clinic([blocked(DR_ITO), DR_SATO, ADA])), NOW + MINUTE)
    assert sent(decision) == ["dr_sato: alerts/new"]
    assert wake.next_alert_at(chart) == NOW + 6 * MINUTE


def test_a_step_on_which_somebody_else_was_paged_too_keeps_its_time() -> None:
    """Lee has the page."""
    chart = an_alerted_chart(Tier.EMERGENCY, clinic=a_clinic(STAFF))
    decision, _ = woken(with_clinic(chart, a_clinic([blocked(DR_ITO), DR_SATO, ADA, DR_LEE])), NOW + MINUTE)
    assert decision == Decision()


def test_the_patient_who_was_told_that_the_clinic_knows_hears_when_it_could_not_be_reached() -> None:
    """Everybody has blocked us; the operator is told too. And somebody who is back is paged at once."""
    nobody = a_clinic([blocked(DR_ITO), blocked(DR_SATO), ADA])
    decision, chart = woken(with_clinic(an_alerted_chart(Tier.EMERGENCY), nobody), NOW + MINUTE)
    assert sent(decision) == ["ada: operator/nobody_reachable", "patient: replies/not_reached/emergency"]
    assert messages(decision)[1].daytime is None, "at any hour"
    decision, chart = woken(chart, NOW + 6 * MINUTE)
    assert sent(decision) == ["ada: operator/nobody_reachable"], "the patient is told once"
    decision, _ = woken(with_clinic(chart, a_clinic([blocked(DR_ITO), DR_SATO, ADA])), NOW + 7 * MINUTE)
    assert sent(decision) == ["dr_sato: alerts/new"]


def test_a_same_day_alert_that_reaches_nobody_any_more_is_told_to_the_patient_too() -> None:
    """In daytime."""
    nobody = a_clinic([blocked(DR_ITO), blocked(DR_SATO), ADA])
    decision, _ = woken(with_clinic(an_alerted_chart(Tier.SAME_DAY), nobody), NOW + MINUTE)
    assert sent(decision) == ["ada: operator/nobody_reachable", "patient: replies/not_reached/same_day"]
    assert messages(decision)[1].daytime is not None


def test_what_a_leaver_had_is_open_again_at_once_and_pages() -> None:
    """Ito had taken it."""
    left = apply_to_clinic(a_clinic(), StaffMemberRemoved(NOW, DR_ITO.id))
    decision, chart = woken(with_clinic(a_taken_chart(Tier.SAME_DAY), left), NOW + MINUTE)
    assert kinds(decision) == ["alert_reopened", "alert_paged"]
    assert sent(decision) == ["dr_sato: alerts/new"]
    assert isinstance(chart.alerts[0].state, Open)


def test_what_a_leaver_had_that_buzzes_nobody_is_open_in_the_list() -> None:
    """This week's: no page, and no longer in hand."""
    left = apply_to_clinic(a_clinic(), StaffMemberRemoved(NOW, DR_ITO.id))
    chart = a_taken_chart(Tier.THIS_WEEK)
    assert isinstance(chart.alerts[0].state, Taken)
    decision, chart = woken(with_clinic(chart, left), NOW + MINUTE)
    assert (kinds(decision), sent(decision)) == (["alert_reopened"], [])
    assert chart.alerts[0].state == Open(0, None)


def test_an_emergency_reaches_who_is_away_or_on_no_step_rather_than_nobody() -> None:
    """The ladder is the lead alone, who has left; the clinician is on leave."""
    clinic = apply_to_clinic(a_clinic([DR_ITO, ADA]), LeaveEntered(NOW, Leave(DR_ITO.id, NOW.date(), NOW.date())))
    decision = alerts.raise_flag(a_chart(clinic=clinic), a_flag(Tier.EMERGENCY), NOW, (Role.LEAD,))
    assert sent(decision) == ["dr_ito: alerts/new"]
    same_day = alerts.raise_flag(a_chart(clinic=clinic), a_flag(Tier.SAME_DAY), NOW)
    assert sent(same_day) == ["ada: operator/nobody_reachable"], "leave is leave for what can wait until tomorrow"


def test_a_group_gets_the_page_without_concern_or_years_and_with_the_button() -> None:
    """Code, tier and due time are all that stands there (clinical.md 0.9)."""
    clinic = apply_to_clinic(a_clinic(), GroupBound(NOW, GroupId("g1"), ChatId("a-group"), Role.CLINICIAN))
    decision = alerts.raise_flag(a_chart(clinic=clinic), a_flag(Tier.SAME_DAY), NOW)
    assert sent(decision) == ["dr_ito: alerts/new", "g1: alerts/new"]
    private, group = messages(decision)
    assert group.to == ToGroup(GroupId("g1"))
    assert (private.params["concern"] is None, group.params["concern"], group.params["years"]) == (False, None, None)
    assert group.choices == private.choices


def test_whoever_takes_it_has_the_buttons_of_its_end_in_their_own_chat() -> None:
    """Also where they pressed in a group: storage sends who has no copy one."""
    chart = an_alerted_chart(Tier.SAME_DAY)
    amend = next(item for item in alerts.take(chart, ALERT, DR_SATO, NOW).outgoing if isinstance(item, Amend))
    assert amend.own is not None
    assert amend.own.staff == DR_SATO.id
