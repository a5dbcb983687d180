"""What whoever has an alert can do with it: look, hand it over, expect it, confirm what is old."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import alerts, details, digest, expectations, handling, lists, pages, patient_page, wake
from followupbot.domain.alert_state import Flag, Open, Resolved, Taken
from followupbot.domain.chart import EXPECTATIONS_MAX, Chart
from followupbot.domain.clinic import Clinic, Role, StaffMember
from followupbot.domain.facts.check_ins import CheckInAsked, QuestionAnswered
from followupbot.domain.facts.reports import DigestSent
from followupbot.domain.folding import apply_to_clinic, fold
from followupbot.domain.ids import CarerId, CheckInId, Concern, MessageKey, QuestionId, RuleId, TimingId
from followupbot.domain.outgoing import Amend, ToClinician
from followupbot.domain.params import Line, Lines, Picture, Words
from followupbot.domain.presses import Choice, EndExpectedPress, ExpectPress, HandOverPress
from followupbot.domain.replies import Answer, Value
from followupbot.domain.rules import Tier, Trace
from tests.builders import (
    ALERT,
    BACK_PAIN,
    BLADDER,
    CHECK_IN,
    DR_ITO,
    DR_SATO,
    ENROLLED_AT,
    MESSAGE,
    NOW,
    PAIN_EASED,
    SADDLE,
    V1,
    WEAKNESS,
    a_chart,
    a_clinic,
    a_day,
    a_member,
    a_programme,
    a_taken_chart,
    a_whole_protocol,
    after,
    at,
    kinds,
    labels,
    messages,
    notice,
)

DAY = timedelta(days=1)
WEEK = 7 * DAY
OLD = "baseline_confirmed"

DR_ABE = a_member("s4", "dr_abe", Role.CLINICIAN)


def the_clinic() -> Clinic:
    return a_clinic((DR_ITO, DR_SATO, DR_ABE), a_programme(a_whole_protocol()))


def pain(value: int = 8, eased: str = "no", check_in: int = 1, tier: Tier = Tier.SAME_DAY, version: int = 3) -> Flag:
    """Severe pain, not eased."""
    inputs = (Answer(BACK_PAIN, value), Answer(PAIN_EASED, eased))
    return Flag(CheckInId(check_in), tier, Concern("pain"), Trace(RuleId("pain_severe"), version, inputs), NOW)


def before(item: QuestionId, rule: str, value: Value = "as_before") -> Flag:
    trace = Trace(RuleId(rule), 1, (Answer(item, value),))
    tier = Tier.SAME_DAY if value == "as_before" else Tier.EMERGENCY
    return Flag(CHECK_IN, tier, Concern("feeling"), trace, NOW)


def in_hand(*flags: Flag) -> Chart:
    """Dr Ito has an alert that tells of these."""
    chart = a_chart(clinic=the_clinic())
    for flag in flags:
        chart = after(chart, alerts.raise_flag(chart, flag, NOW))
    return after(chart, alerts.take(chart, ALERT, DR_ITO, NOW))


def expected(chart: Chart, days: int = 7) -> Chart:
    return after(chart, handling.expect(chart, ALERT, DR_ITO, "known_to_team", days, NOW))


# -- looking -----------------------------------------------------------------------------------------------------------


def test_details_say_what_was_found_in_words_and_by_which_rule() -> None:
    """The rule's own words with what was said, then the answers, the rule and its version."""
    chart = in_hand(pain(9))
    (shown,) = messages(details.show(chart, ALERT, DR_ITO, (), NOW))
    assert (shown.message, shown.to) == ("alerts/details", ToClinician(DR_ITO.id))
    flags = shown.params["flags"]
    assert isinstance(flags, Lines)
    words, rule = flags.each
    assert words == Line(MessageKey("rules/pain_severe"), {"cur_back_pain": 9, "cur_pain_eased": "no"})
    assert (rule.in_words, rule.params["rule"], rule.params["version"]) == ("alerts/rule", "pain_severe", 3)


def test_details_say_which_helper_gave_an_answer_that_the_rule_looked_at() -> None:
    """A clinician who calls knows whom to ask; what the patient said over it since is the patient's."""
    chart, helper = in_hand(pain(9)), CarerId(2)

    def helpers(*carers: CarerId | None) -> object:
        facts = [QuestionAnswered(NOW, CHECK_IN, BACK_PAIN, 9, carer=carer) for carer in carers]
        other = QuestionAnswered(NOW, CheckInId(7), PAIN_EASED, "no", carer=CarerId(3))
        lines = messages(details.show(chart, ALERT, DR_ITO, (*facts, other), NOW))[0].params["flags"]
        assert isinstance(lines, Lines)
        return lines.each[-1].params["helpers"]

    assert helpers(helper) == "2"
    assert helpers(None) is None
    assert helpers(helper, None) is None


def test_details_say_who_entered_an_answer_from_the_telephone() -> None:
    """Staff by their name, who was at a terminal by their account."""
    chart = in_hand(pain(9))

    def entered_by(by: str | None) -> object:
        facts = [QuestionAnswered(NOW, CHECK_IN, BACK_PAIN, 9, entered_by=by)]
        lines = messages(details.show(chart, ALERT, DR_ITO, facts, NOW))[0].params["flags"]
        assert isinstance(lines, Lines)
        return lines.each[-1].params["entered_by"]

    assert entered_by(f"staff:{DR_ITO.id}") == DR_ITO.name
    assert entered_by("shell:nurse") == "nurse"
    assert entered_by(None) is None


def test_the_picture_of_how_it_has_gone_comes_below() -> None:
    """From the second answer on."""
    chart = in_hand(pain())
    facts = [
        fact
        for number, value in enumerate((2, 3, 8), start=1)
        for fact in (
            CheckInAsked(ENROLLED_AT + number * DAY, CheckInId(number), TimingId("t"), V1, (BACK_PAIN,), NOW + WEEK),
            QuestionAnswered(ENROLLED_AT + number * DAY, CheckInId(number), BACK_PAIN, value),
        )
    ]
    _, trend = messages(details.show(chart, ALERT, DR_ITO, facts, NOW))
    picture = trend.params["picture"]
    assert isinstance(picture, Picture)
    assert [point.value for point in picture.trends[0].points] == [2, 3, 8]
    assert labels(trend) == ["to_alert"]


@pytest.mark.parametrize("other", [DR_SATO, DR_ABE], ids=lambda member: member.name)
def test_only_who_has_it_sees_details_or_any_of_the_menus(other: StaffMember) -> None:
    """Others are told who has it."""
    chart = in_hand(pain())
    decisions = [
        details.show(chart, ALERT, other, (), NOW),
        handling.show(chart, ALERT, other, MESSAGE, NOW),
        handling.ask_whom(chart, ALERT, other, 0, MESSAGE, NOW),
        handling.hand_over(chart, ALERT, other, DR_ITO.id, NOW),
        handling.ask_what_is_expected(chart, ALERT, other, None, MESSAGE, NOW),
        handling.expect(chart, ALERT, other, "known_to_team", 7, NOW),
        handling.ask_to_confirm(chart, ALERT, other, OLD, MESSAGE, NOW),
    ]
    for decision in decisions:
        assert (decision.facts, decision.outgoing, notice(decision)) == ((), (), "alerts/notices/taken_by")


def test_a_finding_whose_rule_is_gone_is_shown_by_its_name() -> None:
    """Never a message that cannot be rendered."""
    gone = replace(pain(), trace=Trace(RuleId("of_old"), 1, ()))
    assert pages.why(in_hand(gone), gone) == Line(MessageKey("alerts/rule_of_old"), {"rule": "of_old"})


# -- handing it over ---------------------------------------------------------------------------------------------------


def test_it_is_handed_over_to_a_colleague_by_a_button() -> None:
    """Everybody who may take it and can be reached, by name; not oneself."""
    chart = in_hand(pain())
    (menu,) = messages(handling.ask_whom(chart, ALERT, DR_ITO, 0, MESSAGE, NOW))
    assert (menu.message, menu.in_place_of) == ("alerts/hand_over", MESSAGE)
    assert [menu.params["name_1"], menu.params["name_2"], menu.params["name_3"]] == ["dr_abe", "dr_sato", None]
    assert labels(menu) == ["name_1", "name_2", "buttons/back"]


def test_until_the_colleague_takes_it_it_stays_whose_it_was() -> None:
    """They are buzzed; all copies say so; nothing is told to the patient, and its time runs on."""
    chart = in_hand(pain())
    decision = handling.hand_over(chart, ALERT, DR_ITO, DR_ABE.id, NOW + timedelta(hours=1))
    amended, offer = decision.outgoing
    assert isinstance(amended, Amend)
    assert amended.params["offered_to"] == "dr_abe"
    assert [message.message for message in messages(decision)] == ["alerts/offer"]
    assert offer in messages(decision)
    offered = after(chart, decision)
    assert notice(alerts.take(offered, ALERT, DR_SATO, NOW)) == "alerts/notices/taken_by"
    taken = alerts.take(offered, ALERT, DR_ABE, NOW + timedelta(hours=2))
    assert messages(taken) == []
    state = after(offered, taken).alerts[0].state
    assert state == Taken(DR_ABE.id, NOW + timedelta(hours=2), NOW + timedelta(hours=4))


def test_more_colleagues_than_fit_are_on_the_next_screen() -> None:
    """Round and round."""
    many = [a_member(f"s{n}", f"dr_{n:02}", Role.CLINICIAN) for n in range(10, 18)]
    chart = a_chart(clinic=a_clinic((DR_ITO, *many), a_programme(a_whole_protocol())))
    chart = after(chart, alerts.raise_flag(chart, pain(), NOW))
    chart = after(chart, alerts.take(chart, ALERT, DR_ITO, NOW))
    (first,) = messages(handling.ask_whom(chart, ALERT, DR_ITO, 0, MESSAGE, NOW))
    more = first.choices[-2][0].press
    assert isinstance(more, HandOverPress)
    assert more.first == handling.COLLEAGUES_SHOWN_MAX
    (second,) = messages(handling.ask_whom(chart, ALERT, DR_ITO, more.first, MESSAGE, NOW))
    assert [second.params["name_1"], second.params["name_2"], second.params["name_3"]] == ["dr_16", "dr_17", None]


# -- expected until ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flags", "offered"),
    [
        ([pain()], True),
        ([pain(), before(SADDLE, "saddle_before")], False),
        ([before(BLADDER, "bladder_before")], False),
        ([Flag(CHECK_IN, Tier.SAME_DAY, Concern("weakness"), Trace(RuleId("weak_clear"), 1, ()), NOW)], False),
        ([pain(tier=Tier.EMERGENCY)], False),
        ([Flag(CheckInId(0), Tier.SAME_DAY, Concern("mood"), Trace(RuleId("harming_myself"), 1, ()), NOW)], False),
    ],
    ids=["pain", "with an item that is an emergency when new", "such an item", "weakness", "an emergency", "self-harm"],
)
def test_expected_until_is_offered_for_nothing_that_must_always_be_told(flags: list[Flag], offered: bool) -> None:
    """Clinical.md 0.15; and asked for all the same, by an old button, it is refused."""
    chart = in_hand(*flags)
    shown = {button.label for row in pages.yours_choices(chart, chart.alerts[0]) for button in row}
    assert ("expect" in shown) is offered
    assert bool(handling.expect(chart, ALERT, DR_ITO, "healing", 7, NOW).facts) is offered


def test_it_asks_why_and_then_until_when() -> None:
    """Both are buttons; the ends are dates."""
    chart = in_hand(pain())
    (why,) = messages(handling.ask_what_is_expected(chart, ALERT, DR_ITO, None, MESSAGE, NOW))
    assert labels(why) == ["alerts/reasons/known_to_team", "alerts/reasons/healing", "buttons/back"]
    (when,) = messages(handling.ask_what_is_expected(chart, ALERT, DR_ITO, "healing", MESSAGE, NOW))
    assert when.choices[1][0].press == ExpectPress(chart.patient, ALERT, "healing", 28)


@pytest.mark.parametrize(("reason", "days"), [("made_up", 7), ("healing", 8), ("healing", 3650)])
def test_no_reason_and_no_end_of_ones_own(reason: str, days: int) -> None:
    """Only what the protocol offers."""
    assert handling.expect(in_hand(pain()), ALERT, DR_ITO, reason, days, NOW).facts == ()


def test_the_alert_ends_in_that_and_the_same_again_tells_nobody() -> None:
    """It is recorded; less on a scale is no worse."""
    chart = expected(in_hand(pain(8)))
    assert chart.alerts[0].state == Resolved(DR_ITO.id, NOW, "expected")
    for value in (8, 7):
        decision = alerts.raise_flag(chart, pain(value, check_in=2), NOW + DAY)
        assert (kinds(decision), decision.outgoing) == (["expected_flag_recorded"], ())
        chart = after(chart, decision)
    assert [found.held for found in chart.expectations] == [2]


@pytest.mark.parametrize(
    "flag",
    [
        pain(9),
        pain(8, eased="partly"),
        pain(8, tier=Tier.EMERGENCY),
        pain(8, version=4),
        replace(pain(), trace=Trace(RuleId("pain_severe"), 3, (Answer(WEAKNESS, "no"),))),
    ],
    ids=["higher", "another answer", "worse tier", "another version of the rule", "something not said then"],
)
def test_anything_worse_or_other_is_told_and_ends_it(flag: Flag) -> None:
    """So nothing is quiet that has once been worse."""
    chart = expected(in_hand(pain(8)))
    decision = alerts.raise_flag(chart, flag, NOW + DAY)
    assert kinds(decision)[:2] == ["expectation_ended", "alert_raised"]
    assert after(chart, decision).expectations == ()


def test_another_rule_is_told_and_what_was_expected_stays() -> None:
    """Weakness beside the pain that is known."""
    chart = expected(in_hand(pain()))
    flag = Flag(CheckInId(2), Tier.SAME_DAY, Concern("weakness"), Trace(RuleId("weak_clear"), 1, ()), NOW)
    later = after(chart, alerts.raise_flag(chart, flag, NOW + DAY))
    assert later.unresolved_alert is not None
    assert len(later.expectations) == 1


def test_it_ends_on_its_day() -> None:
    """By itself; from then on the same is told again."""
    chart = expected(in_hand(pain()), days=7)
    assert wake.next_wake_at(chart) is not None
    assert kinds(expectations.wake(chart, NOW + WEEK - DAY)) == []
    over = after(chart, expectations.wake(chart, NOW + WEEK))
    assert over.expectations == ()
    assert "alert_raised" in kinds(alerts.raise_flag(over, pain(check_in=2), NOW + WEEK))
    # Also where nothing ran in time to end it.
    assert "alert_raised" in kinds(alerts.raise_flag(chart, pain(check_in=2), NOW + WEEK))


def test_somebody_ends_it_before_its_day() -> None:
    """And is told where nothing was expected any more."""
    chart = expected(in_hand(pain()), days=28)
    ended = expectations.end(chart, DR_SATO.id, MESSAGE, at("2026-03-16 09:00"))
    assert after(chart, ended).expectations == ()
    assert notice(expectations.end(after(chart, ended), DR_SATO.id, MESSAGE, NOW)) == "alerts/notices/nothing_expected"


def test_leads_read_of_all_of_them_in_one_message_with_the_first_digest_of_a_week() -> None:
    """Without a buzz, however many patients there are; how many more there are stands below."""
    charts = [expected(in_hand(pain()), days=28)] * 40
    monday, tuesday = at("2026-03-16 08:00"), at("2026-03-17 08:00")
    clinic = apply_to_clinic(charts[0].clinic, DigestSent(at("2026-03-13 08:00"), a_day("2026-03-13")))
    assert digest.is_first_of_week(clinic, monday)
    (told,) = [
        one for one in messages(digest.send(clinic, (), {}, (), monday, charts)) if one.message != "staff/digest"
    ]
    assert (told.message, told.to, told.silent) == ("staff/digest_expected", ToClinician(DR_SATO.id), True)
    lines = told.params["lines"]
    assert isinstance(lines, Lines)
    assert [line.in_words for line in lines.each[:3]] == [
        "staff/expected_of",
        "alerts/expectation",
        "staff/expected_of",
    ]
    assert (len(lines.each), told.params["more"]) == (24, 28)
    assert not digest.is_first_of_week(apply_to_clinic(clinic, DigestSent(monday, monday.date())), tuesday)


def test_who_has_something_expected_is_on_a_list_and_their_page_ends_it() -> None:
    """So that whoever reads list or digest sees of whom nothing is told for now (clinical.md 0.15)."""
    chart = expected(in_hand(pain()))
    assert [(line.kind, line.since) for line in lists.listed(chart) if line.kind == "expected"] == [("expected", NOW)]
    assert patient_page.choices(chart) == ((Choice("end", EndExpectedPress(chart.patient)),),)
    ended = after(chart, expectations.end(chart, DR_SATO.id, MESSAGE, NOW))
    assert "expected" not in {line.kind for line in lists.listed(ended)}
    assert patient_page.choices(ended) == ()


def test_no_more_is_expected_than_somebody_can_look_through() -> None:
    """Then it is not offered."""
    chart = expected(in_hand(pain()))
    full = replace(chart, expectations=chart.expectations * EXPECTATIONS_MAX)
    again = after(full, alerts.raise_flag(full, pain(9), NOW))
    assert again.unresolved_alert is not None
    assert expectations.may_be_offered(chart, again.unresolved_alert)
    assert not expectations.may_be_offered(full, again.unresolved_alert)


def test_what_is_expected_stands_on_the_page_of_the_patient() -> None:
    """With reason, end and who said so; and so does a confirmed baseline, with what it is about."""
    lines = patient_page.params(expected(in_hand(pain())), NOW)["lines"]
    assert isinstance(lines, Lines)
    (line,) = [line for line in lines.each if line.in_words == "staff/patient/expected"]
    assert (line.params["by"], line.params["reason"]) == ("dr_ito", Words(MessageKey("alerts/reasons/known_to_team")))
    chart = in_hand(before(SADDLE, "saddle_before"))
    lines = patient_page.params(after(chart, alerts.resolve(chart, ALERT, DR_ITO, OLD, NOW)), NOW)["lines"]
    assert isinstance(lines, Lines)
    (line,) = [line for line in lines.each if line.in_words == "staff/patient/baseline"]
    assert (line.params["by"], line.params["concern"]) == ("dr_ito", Words(MessageKey("alerts/concerns/feeling")))


# -- a baseline --------------------------------------------------------------------------------------------------------


def test_what_is_told_as_old_can_be_confirmed_after_it_was_shown() -> None:
    """Only by that outcome, only where there is something to confirm, and the screen says what it is."""
    chart = in_hand(before(SADDLE, "saddle_before"))
    (asked,) = messages(handling.ask_to_confirm(chart, ALERT, DR_ITO, OLD, MESSAGE, NOW))
    lines = asked.params["lines"]
    assert isinstance(lines, Lines)
    assert [line.in_words for line in lines.each] == ["rules/saddle_before"]
    decision = alerts.resolve(chart, ALERT, DR_ITO, OLD, NOW)
    assert kinds(decision) == ["baseline_confirmed", "alert_resolved"]
    assert after(chart, decision).confirmed == {SADDLE}
    assert alerts.resolve(in_hand(pain()), ALERT, DR_ITO, OLD, NOW).facts == ()


def test_no_other_outcome_confirms_anything() -> None:
    """Somebody who was only called has not been confirmed."""
    chart = in_hand(before(SADDLE, "saddle_before"))
    assert after(chart, alerts.resolve(chart, ALERT, DR_ITO, "called", NOW)).confirmed == frozenset()


def test_what_is_told_as_old_and_as_new_in_one_alert_is_not_old() -> None:
    """The patient has changed the answer."""
    chart = in_hand(before(SADDLE, "saddle_before"), before(SADDLE, "saddle_new", "new"))
    assert alerts.resolve(chart, ALERT, DR_ITO, OLD, NOW).facts == ()


def test_new_or_worse_takes_the_baseline_away() -> None:
    """Whichever way it becomes known: as an answer, or as a flag of a check-in that the chart keeps no more."""
    chart = in_hand(before(SADDLE, "saddle_before"))
    chart = after(chart, alerts.resolve(chart, ALERT, DR_ITO, OLD, NOW))
    answered = fold(chart, [QuestionAnswered(NOW, CHECK_IN, SADDLE, "new")])
    flagged = after(chart, alerts.raise_flag(chart, before(SADDLE, "saddle_new", "new"), NOW))
    other = fold(chart, [QuestionAnswered(NOW, CHECK_IN, BLADDER, "new")])
    assert (answered.confirmed, flagged.confirmed, other.confirmed) == (frozenset(), frozenset(), frozenset({SADDLE}))


# -- more of one check-in ----------------------------------------------------------------------------------------------


def test_who_has_it_sees_without_a_buzz_what_else_has_joined() -> None:
    """They took it while the patient was still answering."""
    chart = in_hand(pain())
    decision = alerts.raise_flag(chart, before(SADDLE, "saddle_before"), NOW)
    (told,) = messages(decision)
    assert (kinds(decision), told.message, told.to, told.silent) == (
        ["flag_joined"],
        "alerts/joined",
        ToClinician(DR_ITO.id),
        True,
    )
    routine = Flag(CHECK_IN, Tier.ROUTINE, Concern("mood"), Trace(RuleId("mood_low"), 1, ()), NOW)
    assert messages(alerts.raise_flag(chart, routine, NOW)) == []


def test_an_alert_that_nobody_has_in_hand_offers_nothing() -> None:
    """It was open again in the meantime."""
    chart = a_taken_chart(Tier.EMERGENCY)
    reopened = after(chart, alerts.page_again(chart, ALERT, NOW))
    assert isinstance(reopened.alerts[0].state, Open)
    assert notice(handling.show(reopened, ALERT, DR_ITO, MESSAGE, NOW)) == "alerts/notices/not_yours"


def test_of_what_is_equally_urgent_the_alert_names_what_says_most() -> None:
    """A patient who asks to be seen today, and says why."""
    asks = replace(pain(), concern=Concern("other"), trace=Trace(RuleId("asks_for_today"), 1, ()))
    for flags, named in (((asks, pain()), "pain"), ((asks, pain(tier=Tier.THIS_WEEK)), "other"), ((asks,), "other")):
        alert = in_hand(*flags).alert(ALERT)
        assert alert is not None
        params = pages.yours_params(in_hand(*flags), alert, NOW)
        assert params["concern"] == Words(MessageKey(f"alerts/concerns/{named}"))


def test_findings_of_which_all_is_the_same_are_one_line() -> None:
    """Pain of the back and of a leg, expected for the same reason until the same day."""
    leg = replace(pain(), trace=replace(pain().trace, rule=RuleId("left_severe")))
    (known,) = expected(in_hand(pain())).expectations
    found = expectations.lines(expected(in_hand(pain())), (known, replace(known, flag=leg)))
    assert len(found.each) == 1
