"""How a person becomes a patient whom we follow, and every wrong turn on the way."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from followupbot.domain import enrolment
from followupbot.domain.chart import Chart, Consenting, Declined, Identifying, Invitation, Locked, Plan
from followupbot.domain.decision import Decision
from followupbot.domain.facts import PatientConnected, PatientInvited
from followupbot.domain.ids import ChatId, Language, ProtocolKey, TokenHash
from followupbot.domain.outgoing import ConsentPress, OutgoingMessage, Retire
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
    messages,
    notice,
    sent,
)

TOKEN = TokenHash("token")
NEW_CHAT = ChatId("new-phone")


def connect(chart: Chart, token: str = "token", chat: ChatId = PATIENTS_CHAT) -> Decision:
    return enrolment.connect(chart, chat, TokenHash(token), NOW)


def consenting(plan: Plan | None = None) -> Chart:
    chart = an_invited_chart(plan)
    return after(chart, connect(chart))


def identifying(plan: Plan | None = None) -> Chart:
    chart = consenting(plan)
    return after(chart, enrolment.consent(chart, agrees=True, pressed=MESSAGE, now=NOW))


def locked() -> Chart:
    chart = identifying()
    for _ in range(3):
        chart = after(chart, enrolment.identify(chart, "1959", NOW))
    return chart


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
        (a_plan(born=2026), ()),
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
    """Surgery from 1950 to twelve months ahead (clinical.md 0.12)."""
    assert enrolment.problems(plan, a_programme(), TODAY) == found


# -- the link ----------------------------------------------------------------------------------------------------------


def test_the_link_connects_the_chat_and_asks_for_consent() -> None:
    """Two buttons; the link is used up."""
    decision = connect(an_invited_chart())
    assert (kinds(decision), sent(decision)) == (["patient_connected"], ["patient: consent/ask"])
    assert messages(decision)[0].params == {"years": 10}
    assert messages(decision)[0].subject == f"{PATIENT}/talk"
    assert [button.press for button in buttons(decision.outgoing[0])] == [
        ConsentPress(PATIENT, agrees=True),
        ConsentPress(PATIENT, agrees=False),
    ]
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


def test_without_a_year_of_birth_in_the_plan_agreeing_enrols() -> None:
    """There is nothing to compare with."""
    decision = enrolment.consent(consenting(a_plan(born=None)), agrees=True, pressed=MESSAGE, now=NOW)
    assert kinds(decision) == ["consent_given", "patient_enrolled", "check_in_asked"]


# -- year of birth -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1958", " 1958\n"])
def test_the_right_year_enrols_and_the_first_check_in_stands_ready(text: str) -> None:
    """Welcome, then the Start button."""
    decision = enrolment.identify(identifying(), text, NOW)
    assert kinds(decision) == ["patient_enrolled", "check_in_asked"]
    assert sent(decision) == ["patient: enrolment/welcome", "patient: check_ins/ready"]
    assert messages(decision)[0].params == {"ask_at": "09:00"}
    active = after(identifying(), decision).active
    assert active is not None
    assert (active.consented_at, active.enrolled_at, active.asked_through) == (NOW, NOW, TODAY)


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


def test_the_right_year_after_two_wrong_ones_enrols() -> None:
    """Three tries."""
    chart = identifying()
    for text in ("1959", "1957"):
        chart = after(chart, enrolment.identify(chart, text, NOW))
    assert after(chart, enrolment.identify(chart, "1958", NOW)).active is not None


# -- an operation ahead ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("surgery_on", ["2026-03-10", "2026-04", "2026"])
def test_with_the_operation_ahead_nothing_post_operative_is_sent(surgery_on: str) -> None:
    """Until staff confirm it (clinical.md 0.12)."""
    chart = identifying(a_plan(surgery_on))
    decision = enrolment.identify(chart, "1958", NOW)
    assert (kinds(decision), sent(decision)) == (["patient_enrolled"], ["patient: enrolment/surgery_ahead"])
    assert messages(decision)[0].params == {"surgery_on": surgery_on}
    assert next_wake_at(after(chart, decision)) is None


def test_an_operation_today_is_no_longer_ahead() -> None:
    """In the patient's zone."""
    chart = identifying(a_plan("2026-03-09"))
    assert "check_in_asked" in kinds(enrolment.identify(chart, "1958", NOW))


# -- a new link --------------------------------------------------------------------------------------------------------


def again(chart: Chart) -> Chart:
    renewed = Invitation(TokenHash("second"), NOW + timedelta(days=7))
    return after(chart, enrolment.invite_again(renewed, NOW))


def test_a_new_link_voids_the_old_one() -> None:
    """Only the second leads anywhere."""
    chart = again(an_invited_chart())
    assert sent(connect(chart, "token", NEW_CHAT)) == ["new-phone: enrolment/link_refused"]
    assert sent(connect(chart, "second", NEW_CHAT)) == ["patient: consent/ask"]


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
    assert sent(decision) == ["patient: consent/ask"]
    assert after(again(chart), decision).enrolled.state == Consenting()


# -- words where none were asked for -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        (consenting(), "consent/ask"),
        (identifying(), "consent/born"),
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
