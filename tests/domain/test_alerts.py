"""Getting a clinician to take flags in hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import alerts, ladders
from followupbot.domain.alert_state import Alert, Open, Resolved, Taken
from followupbot.domain.care_protocol import AtClosing, Paging, Within, WorkingDays
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import AlertDetail, Clinic, Role, StaffMember
from followupbot.domain.facts.alerts import AlertPaged, AlertReopened, AlertTaken
from followupbot.domain.ids import AlertId, CheckInId, MessageKey, StaffId
from followupbot.domain.outgoing import Amend, Lane, OutgoingMessage, ToClinician
from followupbot.domain.params import Instant, Words
from followupbot.domain.presses import DetailsPress, HandOverPress, ResolvePress, TakePress
from followupbot.domain.rules import Tier
from tests.builders import (
    ADA,
    ALERT,
    BERLIN,
    DR_ITO,
    DR_SATO,
    LADDER,
    NOW,
    PATIENT,
    a_chart,
    a_clinic,
    a_flag,
    a_member,
    a_plan,
    a_programme,
    a_protocol,
    a_taken_chart,
    after,
    an_alerted_chart,
    at,
    buttons,
    gone,
    invited,
    kinds,
    labels,
    messages,
    notice,
    sent,
    some_settings,
    with_clinic,
)

MINUTES_5 = timedelta(minutes=5)
SATURDAY = at("2026-03-14 11:00")


def the_alert(chart: Chart) -> Alert:
    alert = chart.alert(ALERT)
    assert alert is not None
    return alert


def nobody_there() -> Clinic:
    return a_clinic([invited(DR_ITO), gone(DR_SATO), ADA])


# -- raising -----------------------------------------------------------------------------------------------------------


def test_an_emergency_pages_the_first_step_at_once_at_any_hour() -> None:
    """Saturday; the page is in the same decision as the alert."""
    decision = alerts.raise_flag(a_chart(), a_flag(Tier.EMERGENCY), SATURDAY)
    assert kinds(decision) == ["alert_raised", "alert_paged"]
    assert sent(decision) == ["dr_ito: alerts/new"]
    assert the_alert(after(a_chart(), decision)).due_at == SATURDAY + MINUTES_5


def test_everybody_on_a_step_is_paged() -> None:
    """Two clinicians on the first step."""
    dr_abe = a_member("s4", "dr_abe", Role.CLINICIAN)
    chart = a_chart(clinic=a_clinic([DR_ITO, DR_SATO, dr_abe]))
    decision = alerts.raise_flag(chart, a_flag(Tier.EMERGENCY), NOW)
    assert sent(decision) == ["dr_ito: alerts/new", "s4: alerts/new"]


def test_a_same_day_flag_pages_in_opening_hours_and_is_due_at_closing() -> None:
    """Monday morning."""
    decision = alerts.raise_flag(a_chart(), a_flag(Tier.SAME_DAY), NOW)
    assert sent(decision) == ["dr_ito: alerts/new"]
    assert the_alert(after(a_chart(), decision)).due_at == at("2026-03-09 18:00")


def test_a_same_day_flag_raised_out_of_hours_pages_at_opening() -> None:
    """Saturday: Monday, 08:00, due at Monday's closing."""
    decision = alerts.raise_flag(a_chart(), a_flag(Tier.SAME_DAY), SATURDAY)
    chart = after(a_chart(), decision)
    assert (kinds(decision), sent(decision)) == (["alert_raised"], [])
    assert alerts.next_wake_at(chart) == at("2026-03-16 08:00")
    assert the_alert(chart).due_at == at("2026-03-16 18:00")
    assert sent(alerts.wake(chart, at("2026-03-16 07:59"))) == []
    assert sent(alerts.wake(chart, at("2026-03-16 08:00"))) == ["dr_ito: alerts/new"]


@pytest.mark.parametrize(("tier", "due"), [(Tier.THIS_WEEK, "2026-03-16 18:00"), (Tier.ROUTINE, "2026-04-20 18:00")])
def test_this_week_and_routine_stand_in_the_list_and_buzz_nobody(tier: Tier, due: str) -> None:
    """Due after five working days, six weeks."""
    chart = an_alerted_chart(tier)
    assert (the_alert(chart).state, the_alert(chart).due_at) == (Open(0, None), at(due))
    assert alerts.next_wake_at(chart) is None
    assert alerts.wake(chart, NOW + timedelta(days=300)).outgoing == ()


def test_a_flag_of_tier_record_is_kept_and_nobody_is_told() -> None:
    """No alert."""
    decision = alerts.raise_flag(a_chart(), a_flag(Tier.RECORD), NOW)
    assert (kinds(decision), decision.outgoing) == (["flag_recorded"], ())
    assert after(a_chart(), decision).alerts == ()


def test_the_ladder_is_frozen_when_the_alert_is_raised() -> None:
    """A clinic that turns its ladder round changes nothing for alerts that are out."""
    chart = an_alerted_chart(Tier.EMERGENCY)
    turned = a_clinic(programme=a_programme(settings=some_settings(ladder=[Role.LEAD, Role.CLINICIAN])))
    decision = alerts.wake(with_clinic(chart, turned), NOW + MINUTES_5)
    assert sent(decision) == ["dr_sato: alerts/new"]


def test_a_ladder_with_more_roles_than_waits_gives_the_last_wait_to_the_rest() -> None:
    """One wait of five minutes, three steps."""
    ladder = {**LADDER, Tier.EMERGENCY: Paging(Within(MINUTES_5), (MINUTES_5,), at_any_hour=True)}
    settings = some_settings(ladder=[Role.CLINICIAN, Role.LEAD, Role.ADMIN])
    chart = an_alerted_chart(
        Tier.EMERGENCY, clinic=a_clinic(programme=a_programme(a_protocol(ladder=ladder), settings))
    )
    assert [(step.role, step.wait) for step in the_alert(chart).ladder.steps] == [
        ("clinician", MINUTES_5),
        ("lead", MINUTES_5),
        ("admin", MINUTES_5),
    ]


# -- paging ------------------------------------------------------------------------------------------------------------


def pages(chart: Chart, minutes: Sequence[int]) -> list[list[str]]:
    """Who is paged so many minutes after `NOW`."""
    paged = []
    for minute in minutes:
        decision = alerts.wake(chart, NOW + timedelta(minutes=minute))
        paged.append(sent(decision))
        chart = after(chart, decision)
    return paged


def test_an_emergency_that_nobody_takes_goes_round_and_round() -> None:
    """Five minutes a step."""
    chart = an_alerted_chart(Tier.EMERGENCY)
    assert pages(chart, [4, 5, 9, 10, 15, 20]) == [
        [],
        ["dr_sato: alerts/new"],
        [],
        ["dr_ito: alerts/new"],
        ["dr_sato: alerts/new"],
        ["dr_ito: alerts/new"],
    ]


def test_a_ladder_of_three_steps_is_climbed_in_order_and_passes_over_who_is_not_there() -> None:
    """Clinician, lead, admin, and with the admin, who can't act on it, the next who can; then without the lead."""
    settings = some_settings(ladder=[Role.CLINICIAN, Role.LEAD, Role.ADMIN])
    programme = a_programme(settings=settings)
    chart = an_alerted_chart(Tier.EMERGENCY, clinic=a_clinic(programme=programme))
    both = ["ada: alerts/new", "dr_ito: alerts/new"]
    assert pages(chart, [5, 10, 15]) == [["dr_sato: alerts/new"], both, ["dr_sato: alerts/new"]]
    without = with_clinic(chart, a_clinic([DR_ITO, ADA], programme))
    assert pages(without, [5, 10, 15]) == [both, both, both]


def test_a_same_day_alert_goes_round_in_opening_hours() -> None:
    """At 17:45 the first step, due again half an hour later: the second step is paged when the clinic opens."""
    chart = an_alerted_chart(Tier.SAME_DAY, at("2026-03-09 17:45"))
    assert alerts.next_wake_at(chart) == at("2026-03-10 08:00")
    assert sent(alerts.wake(chart, at("2026-03-10 08:00"))) == ["dr_sato: alerts/new"]


def test_a_page_that_was_held_up_until_after_closing_waits_for_opening() -> None:
    """The program was down from 17:30 to 21:00: nobody is buzzed at 21:00."""
    chart = an_alerted_chart(Tier.SAME_DAY, at("2026-03-09 17:15"))
    decision = alerts.wake(chart, at("2026-03-09 21:00"))
    assert sent(decision) == []
    later = after(chart, decision)
    assert alerts.next_wake_at(later) == at("2026-03-10 08:00")
    assert sent(alerts.wake(later, at("2026-03-10 08:00"))) == ["dr_ito: alerts/new"]


def test_a_step_with_nobody_on_it_costs_no_time() -> None:
    """The only clinician has not joined: the lead is paged at once, and again at each turn of the first step."""
    chart = a_chart(clinic=a_clinic([invited(DR_ITO), DR_SATO, ADA]))
    decision = alerts.raise_flag(chart, a_flag(Tier.EMERGENCY), NOW)
    assert sent(decision) == ["dr_sato: alerts/new"]
    assert pages(after(chart, decision), [5, 10]) == [["dr_sato: alerts/new"], ["dr_sato: alerts/new"]]


def test_with_nobody_reachable_the_operator_is_told_each_time() -> None:
    """And the fact says that nobody was paged."""
    chart = a_chart(clinic=nobody_there())
    decision = alerts.raise_flag(chart, a_flag(Tier.EMERGENCY), NOW)
    paged = decision.facts[1]
    assert isinstance(paged, AlertPaged)
    assert paged.staff == ()
    assert sent(decision) == ["ada: operator/nobody_reachable"]
    assert pages(after(chart, decision), [4, 5, 10]) == [
        [],
        ["ada: operator/nobody_reachable"],
        ["ada: operator/nobody_reachable"],
    ]
    alert = the_alert(after(chart, decision))
    assert not ladders.reachable(chart, alert, NOW)
    assert ladders.reachable(with_clinic(chart, a_clinic([DR_SATO])), alert, NOW)


def test_who_joins_later_is_paged_at_the_next_step() -> None:
    """Who stands on a step is looked up when it is paged."""
    chart = after(
        a_chart(clinic=nobody_there()), alerts.raise_flag(a_chart(clinic=nobody_there()), a_flag(Tier.EMERGENCY), NOW)
    )
    assert sent(alerts.wake(with_clinic(chart, a_clinic([DR_SATO])), NOW + MINUTES_5)) == ["dr_sato: alerts/new"]


def test_each_page_is_a_message_of_its_own() -> None:
    """Keys are unique for ever: a page that bears an old key would never be sent."""
    chart, keys = an_alerted_chart(Tier.EMERGENCY), []
    for minute in range(5, 60, 5):
        decision = alerts.wake(chart, NOW + timedelta(minutes=minute))
        keys += [message.key for message in messages(decision)]
        chart = after(chart, decision)
    assert len(keys) == 11
    assert len(set(keys)) == 11


def the_page(clinic: Clinic, tier: Tier = Tier.EMERGENCY, surgery_on: str = "2026-03-02") -> OutgoingMessage:
    decision = alerts.raise_flag(a_chart(clinic=clinic, plan=a_plan(surgery_on)), a_flag(tier), NOW)
    return messages(decision)[0]


def test_a_page_says_code_tier_concern_years_and_when_it_is_due() -> None:
    """Never a name, never an answer (clinical.md 0.9)."""
    page = the_page(a_clinic(), surgery_on="2019-03-10")
    assert dict(page.params) == {
        "code": PATIENT,
        "tier": Words(MessageKey("alerts/tiers/emergency")),
        "concern": Words(MessageKey("alerts/concerns/weakness")),
        "others": None,
        "years": 6,  # it is the day before the seventh anniversary
        "about": False,
        "due": Instant(NOW + MINUTES_5, BERLIN),
        "days": None,
        "reported": Instant(NOW, BERLIN),
        "again": 0,
    }
    assert (page.lane, page.daytime, page.to) == (Lane.ALERT, None, ToClinician(DR_ITO.id))
    assert [button.press for button in buttons(page)] == [TakePress(PATIENT, ALERT)]


def test_an_emergency_that_joins_an_old_alert_is_for_now_and_not_for_the_next_working_day() -> None:
    """Weeks after a routine alert was raised, two minutes before midnight."""
    chart = an_alerted_chart(Tier.ROUTINE)
    late = at("2026-03-31 23:58")
    page = messages(alerts.raise_flag(chart, a_flag(Tier.EMERGENCY, check_in=2), late))[0]
    assert (page.params["due"], page.params["days"]) == (Instant(late + MINUTES_5, BERLIN), None)


def test_a_clinic_may_leave_the_concern_out() -> None:
    """`alert_detail: code`. What is left is what a group is told: the code, the tier, by when (clinical.md 0.9)."""
    page = the_page(a_clinic(programme=a_programme(settings=some_settings(detail=AlertDetail.CODE))))
    told = {name for name, value in page.params.items() if value is not None}
    assert told == {"code", "tier", "due", "again"}


@pytest.mark.parametrize(
    ("surgery_on", "years", "about"),
    [("2019-03-09", 7, False), ("2019-03", 6, True), ("2025", 0, True), ("2026-03-02", 0, False)],
)
def test_years_since_surgery_are_whole_years(surgery_on: str, years: int, about: bool) -> None:
    """Counted on 9 March 2026; "about" where the day is not known (clinical.md 0.12)."""
    params = the_page(a_clinic(), surgery_on=surgery_on).params
    assert (params["years"], params["about"]) == (years, about)


def test_a_repeated_page_says_how_often_it_was_sent_before() -> None:
    """The third page."""
    chart = an_alerted_chart(Tier.EMERGENCY)
    chart = after(chart, alerts.wake(chart, NOW + MINUTES_5))
    (page,) = messages(alerts.wake(chart, NOW + 2 * MINUTES_5))
    assert page.params["again"] == 2


# -- taking ------------------------------------------------------------------------------------------------------------


def test_taking_an_alert_stops_its_pages_and_tells_the_patient() -> None:
    """All copies say who has it; its taker alone has the outcomes to press."""
    chart = an_alerted_chart(Tier.EMERGENCY)
    decision = alerts.take(chart, ALERT, DR_ITO, NOW + timedelta(minutes=2))
    assert decision.facts == (AlertTaken(NOW + timedelta(minutes=2), ALERT, DR_ITO.id, NOW + timedelta(minutes=32)),)
    amended, seen = decision.outgoing
    assert isinstance(amended, Amend)
    assert (amended.message, amended.params["by"]) == ("alerts/taken", "dr_ito")
    assert amended.own is not None
    assert (amended.own.staff, amended.own.message) == (DR_ITO.id, "alerts/yours")
    assert [button.press for row in amended.own.choices for button in row] == [
        DetailsPress(PATIENT, ALERT),
        *(
            ResolvePress(PATIENT, ALERT, outcome)
            for outcome in ("called", "appointment", "sent_to_hospital", "no_action")
        ),
        HandOverPress(PATIENT, ALERT),
    ]
    assert isinstance(seen, OutgoingMessage)
    assert (seen.message, seen.params["role"]) == ("replies/seen/emergency", Words(MessageKey("roles/clinician")))
    assert notice(decision) == "alerts/notices/has_it"
    assert alerts.wake(after(chart, decision), NOW + timedelta(minutes=31)) == alerts.wake(a_chart(), NOW)


@pytest.mark.parametrize(("tier", "keeps_to_daytime"), [(Tier.EMERGENCY, False), (Tier.SAME_DAY, True)])
def test_seen_goes_at_any_hour_for_an_emergency_only(tier: Tier, keeps_to_daytime: bool) -> None:
    """Clinical.md 0.11."""
    (seen,) = messages(alerts.take(an_alerted_chart(tier), ALERT, DR_ITO, NOW))
    assert (seen.daytime is not None) is keeps_to_daytime


def test_a_second_tap_changes_nothing() -> None:
    """They have it already."""
    decision = alerts.take(a_taken_chart(Tier.EMERGENCY), ALERT, DR_ITO, NOW)
    assert (decision.facts, decision.outgoing, notice(decision)) == ((), (), "alerts/notices/has_it")


def test_what_one_has_taken_another_cannot_take() -> None:
    """They are told who has it."""
    decision = alerts.take(a_taken_chart(Tier.EMERGENCY), ALERT, DR_SATO, NOW)
    assert (decision.facts, decision.outgoing, notice(decision)) == ((), (), "alerts/notices/taken_by")
    assert decision.notice is not None
    assert decision.notice.params == {"by": "dr_ito"}


def test_what_somebody_had_who_has_left_can_be_taken() -> None:
    """Else a this_week alert would be theirs for ever."""
    chart = with_clinic(a_taken_chart(Tier.THIS_WEEK), a_clinic([gone(DR_ITO), DR_SATO]))
    assert kinds(alerts.take(chart, ALERT, DR_SATO, NOW)) == ["alert_taken"]


@pytest.mark.parametrize("alert", [AlertId(2), AlertId(0)])
def test_an_alert_that_the_chart_does_not_know_is_over(alert: AlertId) -> None:
    """It was resolved so long ago that the chart has forgotten it."""
    chart = an_alerted_chart(Tier.EMERGENCY)
    assert notice(alerts.take(chart, alert, DR_ITO, NOW)) == "alerts/notices/resolved"
    assert notice(alerts.resolve(chart, alert, DR_ITO, "called", NOW)) == "alerts/notices/resolved"


def test_a_taken_emergency_without_outcome_pages_again_from_the_first_step() -> None:
    """After thirty minutes, whoever had it; taken from the second step."""
    chart = an_alerted_chart(Tier.EMERGENCY)
    chart = after(chart, alerts.wake(chart, NOW + MINUTES_5))
    chart = after(chart, alerts.take(chart, ALERT, DR_SATO, NOW + MINUTES_5))
    assert alerts.next_wake_at(chart) == NOW + timedelta(minutes=35)
    decision = alerts.wake(chart, NOW + timedelta(minutes=35))
    assert kinds(decision) == ["alert_reopened", "alert_paged"]
    assert sent(decision) == ["dr_ito: alerts/new"]


def test_a_taken_same_day_alert_without_outcome_pages_again_in_opening_hours() -> None:
    """Taken at 16:00, four hours later the clinic is closed."""
    chart = a_taken_chart(Tier.SAME_DAY, at("2026-03-09 16:00"))
    decision = alerts.wake(chart, at("2026-03-09 20:00"))
    assert decision.facts == (AlertReopened(at("2026-03-09 20:00"), ALERT, at("2026-03-10 08:00")),)
    assert sent(alerts.wake(after(chart, decision), at("2026-03-10 08:00"))) == ["dr_ito: alerts/new"]


def test_a_taken_this_week_alert_stays_taken() -> None:
    """Nothing runs out."""
    assert alerts.next_wake_at(a_taken_chart(Tier.THIS_WEEK)) is None


def test_without_a_step_there_is_nobody_to_page_again() -> None:
    """A protocol may say `again_after` for a tier that pages nobody."""
    ladder = {**LADDER, Tier.THIS_WEEK: Paging(WorkingDays(5), again_after=timedelta(days=2))}
    chart = a_taken_chart(Tier.THIS_WEEK, clinic=a_clinic(programme=a_programme(a_protocol(ladder=ladder))))
    assert alerts.next_wake_at(chart) is None


# -- resolving ---------------------------------------------------------------------------------------------------------


def test_who_has_it_says_how_it_ended() -> None:
    """Once; the copies say so and have no buttons."""
    chart = a_taken_chart(Tier.EMERGENCY)
    decision = alerts.resolve(chart, ALERT, DR_ITO, "called", NOW)
    resolved = after(chart, decision)
    assert the_alert(resolved).state == Resolved(DR_ITO.id, NOW, "called")
    (amended,) = decision.outgoing
    assert isinstance(amended, Amend)
    assert (amended.message, amended.own) == ("alerts/resolved", None)
    assert alerts.resolve(resolved, ALERT, DR_ITO, "no_action", NOW).facts == ()
    assert alerts.take(resolved, ALERT, DR_SATO, NOW).facts == ()
    assert alerts.next_wake_at(resolved) is None


@pytest.mark.parametrize(
    ("chart", "by", "outcome", "told"),
    [
        (a_taken_chart(Tier.EMERGENCY), DR_SATO, "called", "taken_by"),
        (an_alerted_chart(Tier.EMERGENCY), DR_ITO, "called", "not_yours"),
        (a_taken_chart(Tier.EMERGENCY), DR_ITO, "made_up", "not_yours"),
    ],
    ids=["another has it", "nobody has it", "no such outcome"],
)
def test_only_who_has_it_resolves_it_with_a_known_outcome(
    chart: Chart, by: StaffMember, outcome: str, told: str
) -> None:
    """Else nothing is recorded. Who could not take it either is told whose it is."""
    decision = alerts.resolve(chart, ALERT, by, outcome, NOW)
    assert (decision.facts, decision.outgoing, notice(decision)) == ((), (), f"alerts/notices/{told}")


# -- more flags --------------------------------------------------------------------------------------------------------


def test_flags_of_one_check_in_join_one_alert() -> None:
    """The same tier, or a lesser one, pages nobody again."""
    chart = an_alerted_chart(Tier.SAME_DAY)
    for tier in (Tier.SAME_DAY, Tier.ROUTINE):
        decision = alerts.raise_flag(chart, a_flag(tier, rule="other"), NOW)
        assert (kinds(decision), sent(decision)) == (["flag_joined"], [])
        chart = after(chart, decision)
    assert [flag.tier for flag in the_alert(chart).flags] == ["same_day", "same_day", "routine"]
    assert the_alert(chart).tier == "same_day"


def test_a_worse_tier_raises_the_alert_again() -> None:
    """From the first step of the worse tier's ladder, due when the worse is."""
    chart = an_alerted_chart(Tier.THIS_WEEK)
    decision = alerts.raise_flag(chart, a_flag(Tier.EMERGENCY), NOW)
    assert kinds(decision) == ["flag_joined", "alert_raised_again", "alert_paged"]
    assert sent(decision) == ["dr_ito: alerts/new"]
    alert = the_alert(after(chart, decision))
    assert (alert.tier, alert.due_at) == (Tier.EMERGENCY, NOW + MINUTES_5)


def test_a_worse_tier_takes_the_alert_from_whoever_had_it() -> None:
    """Who took it at same_day has not seen the emergency."""
    decision = alerts.raise_flag(a_taken_chart(Tier.SAME_DAY), a_flag(Tier.EMERGENCY), NOW)
    assert sent(decision) == ["dr_ito: alerts/new"]


def test_a_flag_of_a_later_check_in_raises_a_taken_alert_again() -> None:
    """Who took it knows nothing of what was said since. Its tier and its earlier due time stay."""
    chart = a_taken_chart(Tier.SAME_DAY)
    decision = alerts.raise_flag(chart, a_flag(Tier.THIS_WEEK, check_in=2), NOW + timedelta(days=1))
    assert kinds(decision) == ["flag_joined", "alert_raised_again", "alert_paged"]
    alert = the_alert(after(chart, decision))
    assert (alert.tier, alert.due_at) == (Tier.SAME_DAY, at("2026-03-09 18:00"))


def test_a_flag_of_the_same_check_in_joins_a_taken_alert() -> None:
    """Its taker looks at the whole check-in."""
    chart = a_taken_chart(Tier.SAME_DAY)
    assert kinds(alerts.raise_flag(chart, a_flag(Tier.THIS_WEEK, check_in=1), NOW)) == ["flag_joined"]


def test_a_flag_of_the_newest_known_check_in_joins_also_where_the_alert_bears_older_ones() -> None:
    """Taken after the second check-in had raised a flag: its taker knows both."""
    chart = an_alerted_chart(Tier.SAME_DAY)
    chart = after(chart, alerts.raise_flag(chart, a_flag(Tier.ROUTINE, check_in=2), NOW))
    chart = after(chart, alerts.take(chart, ALERT, DR_ITO, NOW))
    assert kinds(alerts.raise_flag(chart, a_flag(Tier.ROUTINE, check_in=2), NOW)) == ["flag_joined"]
    assert "alert_raised_again" in kinds(alerts.raise_flag(chart, a_flag(Tier.ROUTINE, check_in=3), NOW))


def test_an_emergency_raises_a_taken_emergency_again() -> None:
    """A second red item of the same check-in, after somebody took the first."""
    decision = alerts.raise_flag(a_taken_chart(Tier.EMERGENCY), a_flag(Tier.EMERGENCY, rule="saddle_new"), NOW)
    assert sent(decision) == ["dr_ito: alerts/new"]


def test_a_flag_after_the_outcome_raises_a_new_alert() -> None:
    """The second."""
    chart = a_taken_chart(Tier.SAME_DAY)
    chart = after(chart, alerts.resolve(chart, ALERT, DR_ITO, "called", NOW))
    later = after(chart, alerts.raise_flag(chart, a_flag(Tier.THIS_WEEK), NOW))
    assert [(alert.id, alert.tier, type(alert.state)) for alert in later.alerts] == [
        (1, "same_day", Resolved),
        (2, "this_week", Open),
    ]


def test_the_concern_shown_is_that_of_the_worst_flag() -> None:
    """Pain came first, the bladder is what matters; that there is something else is said."""
    chart = a_chart()
    chart = after(chart, alerts.raise_flag(chart, a_flag(Tier.SAME_DAY, concern="pain"), NOW))
    (page,) = messages(alerts.raise_flag(chart, a_flag(Tier.EMERGENCY, concern="bladder_bowel"), NOW))
    assert page.params["others"] == 1
    concern = page.params["concern"]
    assert isinstance(concern, Words)
    assert concern.key == "alerts/concerns/bladder_bowel"


def test_whoever_takes_an_alert_sees_that_something_else_joined_it() -> None:
    """Words of despair join an emergency that nobody has taken: nobody may close it as the clot that it began as."""
    chart = after(a_chart(), alerts.raise_flag(a_chart(), a_flag(Tier.EMERGENCY, concern="clot"), NOW))
    chart = after(chart, alerts.raise_flag(chart, a_flag(Tier.EMERGENCY, concern="mood", rule="crisis"), NOW))
    (amended,) = (sent for sent in alerts.take(chart, ALERT, DR_ITO, NOW).outgoing if isinstance(sent, Amend))
    assert amended.own is not None
    assert amended.own.params["others"] == 1


def test_a_taken_alert_names_its_taker_even_where_the_clinic_does_not_know_them() -> None:
    """Nobody is struck off, but a restored clinic may be older than the chart."""
    chart = a_taken_chart(Tier.EMERGENCY)
    stranger = replace(the_alert(chart), state=Taken(StaffId("s9"), NOW, None))
    decision = alerts.take(replace(chart, alerts=(stranger,)), ALERT, DR_SATO, NOW)
    assert kinds(decision) == ["alert_taken"]


def test_due_and_pages_use_the_ladder_of_the_tier() -> None:
    """The builders' ladder is what the tests above count on."""
    assert LADDER[Tier.SAME_DAY].due == AtClosing()
    assert labels(the_page(a_clinic())) == ["take"]
    assert a_flag(Tier.SAME_DAY).check_in == CheckInId(1)
