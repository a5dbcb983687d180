"""How a person becomes a patient whom we follow, and every wrong turn on the way."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from followupbot.domain import enrolment, preparation
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import (
    Confirming,
    Declined,
    Identifying,
    Invitation,
    Locked,
    Plan,
    Practising,
    Reading,
)
from followupbot.domain.facts.enrolment import PatientConnected, PatientInvited, TeachBackAnswered
from followupbot.domain.ids import ChatId, Language, ProtocolKey, TokenHash
from followupbot.domain.outgoing import OutgoingMessage, Retire
from followupbot.domain.params import Instant
from followupbot.domain.presses import ConsentPress, NextPress
from followupbot.domain.schedule import PartialDate
from followupbot.domain.wake import next_wake_at
from tests.builders import (
    ENROLLED_AT,
    MESSAGE,
    NOW,
    PATIENT,
    PATIENTS_CHAT,
    a_chart,
    a_day,
    a_plan,
    a_programme,
    after,
    an_enrolled_chart,
    an_invited_chart,
    at,
    buttons,
    kinds,
    labels,
    messages,
    notice,
    sent,
)

TOKEN = TokenHash("token")
NEW_CHAT = ChatId("new-phone")


def connect(chart: Chart, token: str = "token", chat: ChatId = PATIENTS_CHAT) -> Decision:
    return enrolment.connect(chart, chat, TokenHash(token), NOW)


def reading(plan: Plan | None = None) -> Chart:
    chart = an_invited_chart(plan)
    return after(chart, connect(chart))


def consenting(plan: Plan | None = None) -> Chart:
    chart = reading(plan)
    for screen in (1, 2):
        chart = after(chart, enrolment.read_on(chart, screen, MESSAGE, NOW))
    return chart


def identifying(plan: Plan | None = None) -> Chart:
    chart = consenting(plan)
    return after(chart, enrolment.consent(chart, agrees=True, pressed=MESSAGE, now=NOW))


def locked() -> Chart:
    chart = identifying()
    for _ in range(3):
        chart = after(chart, enrolment.identify(chart, "1959", NOW))
    return chart


def confirming(plan: Plan | None = None) -> Chart:
    chart = identifying(plan)
    return after(chart, enrolment.identify(chart, "1958", NOW))


def teaching_back(plan: Plan | None = None) -> Chart:
    chart = confirming(plan)
    return after(chart, preparation.confirm_plan(chart, MESSAGE, NOW))


def practising(plan: Plan | None = None) -> Chart:
    chart = teaching_back(plan)
    return after(chart, preparation.teach_back(chart, "call", MESSAGE, NOW))


# -- the plan ----------------------------------------------------------------------------------------------------------

TODAY = a_day("2026-03-09")


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        (a_plan(), ()),
        (a_plan("1950-01-01"), ()),
        (a_plan("1949-12-31"), ("surgery_too_early",)),
        (a_plan("1949"), ("surgery_too_early",)),
        (a_plan("2027-03-09"), ()),
        (a_plan("2027-03-10"), ()),
        (a_plan("2027-03-11"), ("surgery_too_far_ahead",)),
        (a_plan("2028"), ("surgery_too_far_ahead",)),
        (a_plan(zone="Europe/Berlyn"), ("unknown_zone",)),
        (a_plan(zone=""), ("unknown_zone",)),
        (a_plan(zone="Europe"), ("unknown_zone",)),
        (a_plan(zone="../../etc/passwd"), ("unknown_zone",)),
        (a_plan(language="xx"), ("unknown_language",)),
        (a_plan(ask_at=time(8, 59)), ("hour_outside_daytime",)),
        (a_plan(ask_at=time(19, 59)), ()),
        (a_plan(ask_at=time(20)), ("hour_outside_daytime",)),
        (a_plan(born=1899), ("born_impossible",)),
        (a_plan(born=1900), ()),
        (a_plan(born=2008), ()),
        (a_plan(born=2009), ("under_age",)),
        (a_plan(born=2026), ("under_age",)),
        (a_plan(born=2027), ("born_impossible",)),
        (a_plan(born=None), ()),
        (replace(a_plan(), protocol=ProtocolKey("knee")), ("unknown_protocol",)),
        (
            a_plan("1900", "Moon", 1, time(3), "xx"),
            (
                "unknown_zone",
                "unknown_language",
                "hour_outside_daytime",
                "surgery_too_early",
                "born_impossible",
            ),
        ),
    ],
)
def test_a_plan_that_cannot_be_carried_out_says_all_that_is_wrong(plan: Plan, found: tuple[str, ...]) -> None:
    """Surgery from 1950 to twelve months ahead (clinical.md 0.12); nobody under 18 (6, consent)."""
    assert enrolment.problems(plan, a_programme(), TODAY) == found


# -- the link ----------------------------------------------------------------------------------------------------------


def test_the_link_connects_the_chat_and_there_is_something_to_read() -> None:
    """One button; the link is used up."""
    decision = connect(an_invited_chart())
    assert (kinds(decision), sent(decision)) == (["patient_connected"], ["patient: consent/read_1"])
    assert messages(decision)[0].params == {"years": 10}
    assert messages(decision)[0].subject == f"{PATIENT}/talk"
    assert [button.press for button in buttons(decision.outgoing[0])] == [NextPress(PATIENT, 1)]
    assert consenting().enrolled.chat == PATIENTS_CHAT
    assert consenting().enrolled.invitation is None


@pytest.mark.parametrize(
    ("chart", "token", "now"),
    [
        (consenting(), "token", NOW),
        (an_invited_chart(), "guessed", NOW),
        (an_invited_chart(), "token", at("2026-03-16 10:00")),
    ],
    ids=["used", "foreign", "expired"],
)
def test_a_link_that_leads_nowhere_is_refused_in_one_and_the_same_way(chart: Chart, token: str, now: datetime) -> None:
    """Who guesses learns nothing, and nothing is recorded."""
    decision = enrolment.connect(chart, ChatId("somebody"), TokenHash(token), now)
    assert (decision.facts, sent(decision)) == ((), ["somebody: enrolment/link_refused"])


def test_a_link_is_good_until_the_moment_it_expires() -> None:
    """One second before."""
    last = at("2026-03-16 10:00") - timedelta(seconds=1)
    assert kinds(enrolment.connect(an_invited_chart(), PATIENTS_CHAT, TOKEN, last)) == ["patient_connected"]


def test_consent_is_asked_last_after_all_that_it_is_about() -> None:
    """Screen after screen; an old Next does nothing."""
    chart = reading()
    second = enrolment.read_on(chart, 1, MESSAGE, NOW)
    assert sent(second) == ["patient: consent/read_2"]
    chart = after(chart, second)
    assert enrolment.read_on(chart, 1, MESSAGE, NOW).facts == ()
    last = enrolment.read_on(chart, 2, MESSAGE, NOW)
    assert sent(last) == ["patient: consent/ask"]
    assert [button.press for button in buttons(messages(last)[0])] == [
        ConsentPress(PATIENT, agrees=True),
        ConsentPress(PATIENT, agrees=False),
    ]


# -- consent -----------------------------------------------------------------------------------------------------------


def test_agreeing_asks_for_the_year_of_birth() -> None:
    """The text they saw is recorded, and its buttons are gone."""
    decision = enrolment.consent(consenting(), agrees=True, pressed=MESSAGE, now=NOW)
    retired, born = decision.outgoing
    assert kinds(decision) == ["consent_given"]
    assert isinstance(retired, Retire)
    assert retired.message == MESSAGE
    assert isinstance(born, OutgoingMessage)
    assert born.message == "consent/born"
    assert identifying().enrolled.state == Identifying(NOW)


def test_declining_ends_it_kindly() -> None:
    """Nothing is ever asked; the answer takes the question's place."""
    decision = enrolment.consent(consenting(), agrees=False, pressed=MESSAGE, now=NOW)
    assert (kinds(decision), sent(decision)) == (["consent_declined"], ["patient: consent/declined"])
    chart = after(consenting(), decision)
    assert (chart.enrolled.state, next_wake_at(chart)) == (Declined(NOW), None)


@pytest.mark.parametrize("agrees", [True, False])
def test_consent_is_given_or_declined_once(agrees: bool) -> None:
    """An old button changes nothing."""
    for chart in (identifying(), an_enrolled_chart(), locked()):
        decision = enrolment.consent(chart, agrees=agrees, pressed=MESSAGE, now=NOW)
        assert (decision.facts, decision.outgoing) == ((), ())
        assert notice(decision) == "replies/notices/already_answered"


def test_without_a_year_of_birth_in_the_plan_agreeing_goes_on_to_the_plan() -> None:
    """There is nothing to compare with."""
    decision = enrolment.consent(consenting(a_plan(born=None)), agrees=True, pressed=MESSAGE, now=NOW)
    assert (kinds(decision), sent(decision)) == (["consent_given"], ["patient: enrolment/plan"])


# -- year of birth -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1958", " 1958\n"])
def test_the_right_year_asks_whether_the_plan_is_right(text: str) -> None:
    """It is they."""
    decision = enrolment.identify(identifying(), text, NOW)
    assert (kinds(decision), sent(decision)) == (["birth_year_confirmed"], ["patient: enrolment/plan"])


def test_the_wrong_year_three_times_locks_the_enrolment() -> None:
    """Staff must invite again."""
    chart, story = identifying(), []
    for text in ("1959", "58", "nineteen fifty-eight"):
        decision = enrolment.identify(chart, text, NOW)
        story.append((sent(decision), messages(decision)[0].params))
        chart = after(chart, decision)
    assert story == [
        (["patient: replies/rejected/birth_year"], {"left": 2}),
        (["patient: replies/rejected/birth_year"], {"left": 1}),
        (["patient: consent/locked"], {}),
    ]
    assert (chart.enrolled.state, next_wake_at(chart)) == (Locked(NOW), None)


def test_the_right_year_after_two_wrong_ones_goes_on() -> None:
    """Three tries."""
    chart = identifying()
    for text in ("1959", "1957"):
        chart = after(chart, enrolment.identify(chart, text, NOW))
    assert after(chart, enrolment.identify(chart, "1958", NOW)).enrolled.state == Confirming(NOW)


# -- is this right? ----------------------------------------------------------------------------------------------------


def test_language_zone_and_hour_stand_on_one_screen() -> None:
    """Each with a button of its own, and one for all of them."""
    message = messages(enrolment.identify(identifying(), "1958", NOW))[0]
    assert message.params == {"here": Instant(NOW, "Europe/Berlin"), "zone": "Europe/Berlin", "ask_at": "09:00"}
    assert labels(message) == ["right", "language", "zone", "hour"]


@pytest.mark.parametrize(
    ("part", "value", "plan"),
    [
        ("zone", "canary", replace(a_plan(), zone="Atlantic/Canary")),
        ("hour", "18", replace(a_plan(), ask_at=time(18))),
    ],
)
def test_a_part_of_the_plan_is_changed_by_buttons(part: str, value: str, plan: Plan) -> None:
    """What may be chosen is shown; then the question stands again."""
    choosing = preparation.change_plan(confirming(), part, None, MESSAGE, NOW)
    assert (kinds(choosing), sent(choosing)) == (["preference_asked"], [f"patient: enrolment/plan_{part}"])
    assert value in labels(messages(choosing)[0])
    decision = preparation.change_plan(confirming(), part, value, MESSAGE, NOW)
    assert sent(decision) == ["patient: enrolment/plan"]
    chart = after(confirming(), decision)
    assert (chart.enrolled.plan, chart.enrolled.state) == (plan, Confirming(NOW))


def test_whoever_changes_the_language_reads_it_all_again_and_consents_in_it() -> None:
    """Consent to a text that one cannot read is none."""
    decision = preparation.change_plan(confirming(), "language", "es", MESSAGE, NOW)
    assert sent(decision) == ["patient: consent/read_1"]
    assert messages(decision)[0].language == "es"
    assert after(confirming(), decision).enrolled.state == Reading(1)


@pytest.mark.parametrize(("part", "value"), [("hour", "8"), ("hour", "20"), ("zone", "moon"), ("born", "1990")])
def test_only_what_was_offered_can_be_chosen(part: str, value: str) -> None:
    """Nothing that we start goes out at night, whatever a button says."""
    assert preparation.change_plan(confirming(), part, value, MESSAGE, NOW).facts == ()


# -- the teach-back and the practice -----------------------------------------------------------------------------------


def test_a_wrong_answer_to_the_teach_back_is_explained_and_asked_again() -> None:
    """Until it is right; how often it took is on the record (clinical.md 6)."""
    chart, story = teaching_back(), []
    for answer in ("write", "wait", "call"):
        decision = preparation.teach_back(chart, answer, MESSAGE, NOW)
        story.append((decision.facts, sent(decision)))
        chart = after(chart, decision)
    assert story == [
        ((TeachBackAnswered(NOW, "write", False, 1),), ["patient: enrolment/teach_back_again"]),
        ((TeachBackAnswered(NOW, "wait", False, 2),), ["patient: enrolment/teach_back_again"]),
        ((TeachBackAnswered(NOW, "call", True, 3),), ["patient: enrolment/practice"]),
    ]
    assert chart.enrolled.state == Practising(NOW)


def test_after_the_practice_the_first_check_in_stands_ready() -> None:
    """Welcome, then the Start button; what was pressed is nowhere."""
    decision = preparation.practise(practising(), MESSAGE, NOW)
    assert kinds(decision) == ["patient_enrolled", "check_in_asked"]
    assert sent(decision) == ["patient: enrolment/welcome", "patient: check_ins/ready"]
    assert messages(decision)[0].params == {"ask_at": "09:00"}
    active = after(practising(), decision).active
    assert active is not None
    assert (active.consented_at, active.enrolled_at, active.asked_through) == (NOW, NOW, TODAY)


def test_old_buttons_of_the_way_in_change_nothing() -> None:
    """A slow thumb, a second phone."""
    chart = a_chart()
    for decision in (
        enrolment.read_on(chart, 1, MESSAGE, NOW),
        preparation.confirm_plan(chart, MESSAGE, NOW),
        preparation.change_plan(chart, "hour", "12", MESSAGE, NOW),
        preparation.teach_back(chart, "wait", MESSAGE, NOW),
        preparation.practise(chart, MESSAGE, NOW),
    ):
        assert (decision.facts, decision.outgoing) == ((), ())
        assert notice(decision) == "replies/notices/already_answered"


def test_no_more_than_six_screens_come_before_the_practice() -> None:
    """clinical.md 0.20."""
    steps = [
        connect(an_invited_chart()),
        enrolment.read_on(reading(), 1, MESSAGE, NOW),
        enrolment.read_on(after(reading(), enrolment.read_on(reading(), 1, MESSAGE, NOW)), 2, MESSAGE, NOW),
        enrolment.consent(consenting(), True, MESSAGE, NOW),
        enrolment.identify(identifying(), "1958", NOW),
        preparation.confirm_plan(confirming(), MESSAGE, NOW),
    ]
    assert [len(messages(step)) for step in steps] == [1] * 6
    assert sent(preparation.teach_back(teaching_back(), "call", MESSAGE, NOW)) == ["patient: enrolment/practice"]


# -- an operation ahead ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("surgery_on", ["2026-03-10", "2026-04", "2026"])
def test_with_the_operation_ahead_nothing_post_operative_is_sent(surgery_on: str) -> None:
    """Until staff confirm it (clinical.md 0.12)."""
    chart = practising(a_plan(surgery_on))
    decision = preparation.practise(chart, MESSAGE, NOW)
    assert (kinds(decision), sent(decision)) == (["patient_enrolled"], ["patient: enrolment/surgery_ahead"])
    assert messages(decision)[0].params == {"surgery_on": surgery_on}
    assert next_wake_at(after(chart, decision)) is None


def test_an_operation_today_is_no_longer_ahead() -> None:
    """In the patient's zone."""
    chart = practising(a_plan("2026-03-09"))
    assert "check_in_asked" in kinds(preparation.practise(chart, MESSAGE, NOW))


# -- a new link --------------------------------------------------------------------------------------------------------


def again(chart: Chart) -> Chart:
    renewed = Invitation(TokenHash("second"), NOW + timedelta(days=7))
    return after(chart, enrolment.invite_again(renewed, NOW))


def test_a_new_link_voids_the_old_one() -> None:
    """Only the second leads anywhere."""
    chart = again(an_invited_chart())
    assert sent(connect(chart, "token", NEW_CHAT)) == ["new-phone: enrolment/link_refused"]
    assert sent(connect(chart, "second", NEW_CHAT)) == ["patient: consent/read_1"]


def test_connecting_again_keeps_everything_and_repeats_what_was_asked() -> None:
    """A new phone: history, schedule, open check-in (clinical.md 0.19)."""
    before = again(a_chart(["rf_bladder_feel: no", "rf_saddle: no", "rf_breath: no"]))
    decision = connect(before, "second", NEW_CHAT)
    chart = after(before, decision)
    assert sent(decision) == ["patient: enrolment/connected_again", "patient: questions/back_pain"]
    assert chart.enrolled == replace(before.enrolled, chat=NEW_CHAT, invitation=None)
    assert (chart.check_ins, chart.history, chart.alerts) == (before.check_ins, before.history, before.alerts)


@pytest.mark.parametrize(
    "chart", [locked(), after(consenting(), enrolment.consent(consenting(), False, MESSAGE, NOW)), identifying()]
)
def test_a_new_link_begins_the_enrolment_anew(chart: Chart) -> None:
    """After three wrong years, after declining, or half-way."""
    decision = connect(again(chart), "second", NEW_CHAT)
    assert sent(decision) == ["patient: consent/read_1"]
    assert after(again(chart), decision).enrolled.state == Reading(1)


# -- words where none were asked for -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        (reading(), "consent/read_1"),
        (consenting(), "consent/ask"),
        (identifying(), "consent/born"),
        (confirming(), "enrolment/plan"),
        (teaching_back(), "enrolment/teach_back"),
        (practising(), "enrolment/practice"),
        (locked(), "consent/locked"),
        (after(consenting(), enrolment.consent(consenting(), False, MESSAGE, NOW)), "consent/declined"),
        (an_enrolled_chart(), "replies/nothing_open"),
        (a_chart(begun=False), "check_ins/ready"),
        (a_chart(), "questions/gate_bladder"),
    ],
)
def test_who_comes_with_nothing_to_read_hears_the_question_that_stands(chart: Chart, said: str) -> None:
    """Or that none does."""
    decision = enrolment.wait(chart, NOW)
    assert (decision.facts, sent(decision)) == ((), [f"patient: {said}"])


# -- blocking ----------------------------------------------------------------------------------------------------------


def test_a_blocked_chat_is_recorded_once_and_unblocked_once() -> None:
    """And a new link unblocks."""
    chart = an_enrolled_chart()
    assert enrolment.unblock(chart, NOW).facts == ()
    blocked = after(chart, enrolment.block(chart, NOW))
    assert blocked.enrolled.blocked
    assert enrolment.block(blocked, NOW).facts == ()
    assert not after(blocked, enrolment.unblock(blocked, NOW)).enrolled.blocked
    assert not after(blocked, Decision((PatientConnected(NOW, NEW_CHAT),))).enrolled.blocked
    assert enrolment.block(Chart(PATIENT), NOW) == enrolment.unblock(Chart(PATIENT), NOW) == Decision()


def test_inviting_records_the_plan_and_the_link() -> None:
    """Nothing is sent: there is no chat yet."""
    invitation = Invitation(TOKEN, ENROLLED_AT)
    decision = enrolment.invite(Chart(PATIENT), a_plan(), invitation, NOW)
    assert decision == Decision((PatientInvited(NOW, a_plan(), invitation),))
    assert a_plan().surgery_on == PartialDate(2026, 3, 2)
    assert a_plan().language == Language("en")
