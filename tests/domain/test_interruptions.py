"""After a time in which nobody was heard, whoever may have pressed a button is asked again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import interruptions
from followupbot.domain.addressing import check_in_subject
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Interruption, Role
from followupbot.domain.facts.enrolment import ConsentGiven, PatientConnected
from followupbot.domain.facts.patient import PatientBlocked, PatientHeld, PatientStopped
from followupbot.domain.folding import fold
from followupbot.domain.ids import Language
from followupbot.domain.params import Instant
from tests.builders import (
    ADA,
    BERLIN,
    CHECK_IN,
    DR_ITO,
    DR_SATO,
    ENROLLED_AT,
    PATIENT,
    PATIENTS_CHAT,
    V1,
    a_chart,
    a_clinic,
    a_member,
    an_enrolled_chart,
    an_invited_chart,
    at,
    kinds,
    messages,
    sent,
)
from tests.domain.test_carers import helped

AWAY = Interruption(at("2026-03-09 10:10"), at("2026-03-09 10:20"))
NIGHT = Interruption(at("2026-03-09 22:00"), at("2026-03-10 02:00"))
SUBJECT = check_in_subject(PATIENT, CHECK_IN)


def asked_again(chart: Chart, in_talk: bool = True, away: Interruption = AWAY) -> list[str]:
    """What is sent."""
    return sent(interruptions.ask_again(chart, away, in_talk, (), away.until))


def test_the_question_of_a_talk_that_was_cut_off_comes_again_at_once_and_at_any_hour() -> None:
    decision = interruptions.ask_again(a_chart(), NIGHT, True, (), NIGHT.until)
    assert sent(decision) == ["patient: replies/interrupted", "patient: questions/gate_bladder"]
    assert [message.daytime for message in messages(decision)] == [None, None]
    assert {message.subject for message in messages(decision)} == {SUBJECT}, "so they come in this order"
    assert messages(decision)[0].params == {
        "since": Instant(NIGHT.since, BERLIN),
        "until": Instant(NIGHT.until, BERLIN),
    }


def test_whoever_was_not_in_a_talk_hears_of_it_in_daytime_and_once_a_day() -> None:
    """A network that comes and goes does not make us write ten times."""
    chart = a_chart(begun=False)
    first = messages(interruptions.ask_again(chart, NIGHT, False, (), NIGHT.until))
    later = replace(NIGHT, since=NIGHT.until, until=NIGHT.until + timedelta(minutes=3))
    second = messages(interruptions.ask_again(chart, later, False, (), later.until))
    assert [message.message for message in first] == ["replies/interrupted", "check_ins/ready"]
    assert [message.daytime for message in first] == [chart.daytime] * 2
    assert [message.key for message in second] == [message.key for message in first]
    other = messages(interruptions.ask_again(chart, later, False, (), later.until + timedelta(days=1)))
    assert {message.key for message in other}.isdisjoint(message.key for message in first)


def test_two_interruptions_of_a_talk_are_two_questions() -> None:
    keys = [
        message.key
        for away in (AWAY, replace(AWAY, since=AWAY.until, until=AWAY.until + timedelta(minutes=5)))
        for message in messages(interruptions.ask_again(a_chart(), away, True, (), away.until))
    ]
    assert len(set(keys)) == 4


def test_what_was_sent_since_or_still_waits_is_not_said_twice() -> None:
    """The whole network was away: the question of the morning has not gone out yet."""
    assert sent(interruptions.ask_again(a_chart(), AWAY, True, (SUBJECT,), AWAY.until)) == []


@pytest.mark.parametrize("in_talk", [True, False])
def test_a_screen_of_the_enrolment_comes_again(in_talk: bool) -> None:
    chart = fold(an_invited_chart(), (PatientConnected(ENROLLED_AT, PATIENTS_CHAT),))
    assert asked_again(chart, in_talk) == ["patient: replies/interrupted", "patient: consent/read_1"]


def test_a_year_of_birth_is_typed_and_not_lost() -> None:
    chart = fold(
        an_invited_chart(),
        (PatientConnected(ENROLLED_AT, PATIENTS_CHAT), ConsentGiven(ENROLLED_AT, V1, Language("en"))),
    )
    assert asked_again(chart) == []


def test_nobody_is_asked_of_whom_nothing_is_asked_or_who_is_to_be_left_alone() -> None:
    """Also not where a death was told of, or the chat refuses us."""
    assert asked_again(an_enrolled_chart()) == []
    assert asked_again(an_invited_chart()) == []
    assert asked_again(fold(a_chart(), (PatientBlocked(ENROLLED_AT),))) == []
    assert asked_again(fold(a_chart(), (PatientHeld(ENROLLED_AT, "death", "n1"),))) == []


def test_where_somebody_helps_all_are_asked_by_a_neutral_line() -> None:
    """The question itself may have what a carer is not asked (clinical.md 0.19); theirs may be the lost press."""
    for chart in (helped(), replace(helped(), enrolment=replace(helped().enrolled, chat=None))):
        for in_talk in (True, False):
            assert asked_again(chart, in_talk) == ["patient: replies/interrupted", "patient: check_ins/ready"]


def test_a_talk_about_a_hospital_goes_on_where_it_was_cut_off() -> None:
    """It is a reply to their own press (clinical.md 0.11); what we would start ourselves waits to be read."""
    held = fold(a_chart(), (PatientHeld(ENROLLED_AT, "admission", "n1"),))
    assert asked_again(held) == ["patient: replies/interrupted", "patient: questions/gate_bladder"]
    assert asked_again(held, in_talk=False) == []


def test_of_who_has_stopped_only_a_talk_that_they_began_goes_on() -> None:
    """They sent /urgent after /stop."""
    chart = fold(a_chart(), (PatientStopped(ENROLLED_AT),))
    assert chart.open_check_in is not None
    assert asked_again(chart, in_talk=False) == []
    assert asked_again(chart, in_talk=True) == ["patient: replies/interrupted", "patient: questions/gate_bladder"]


def test_after_twenty_hours_the_lead_knows_who_may_have_written() -> None:
    """And the operator that it was so long."""
    long = Interruption(AWAY.since, AWAY.since + timedelta(hours=20))
    decision = interruptions.mended(a_clinic(), long, [PATIENT], long.until)
    assert kinds(decision) == ["interruption_mended", "operator_notified"]
    assert sent(decision) == ["dr_sato: staff/may_have_written", "ada: operator/long_interruption"]
    assert messages(decision)[0].params["codes"] == PATIENT
    shorter = replace(long, until=long.until - timedelta(seconds=1))
    assert sent(interruptions.mended(a_clinic(), shorter, [PATIENT], long.until)) == []


def test_without_a_lead_the_clinicians_know_and_without_them_the_admins() -> None:
    long = Interruption(AWAY.since, AWAY.since + timedelta(hours=30))

    def readers(*staff: str) -> list[str]:
        known = {"ito": DR_ITO, "ada": ADA, "chen": a_member("s9", "dr_chen", Role.CLINICIAN)}
        decision = interruptions.mended(a_clinic([known[name] for name in staff]), long, [], long.until)
        return [line for line in sent(decision) if "may_have" in line]

    assert DR_SATO.role is Role.LEAD
    assert readers("ito", "chen", "ada") == ["dr_ito: staff/may_have_written", "s9: staff/may_have_written"]
    assert readers("ada") == ["ada: staff/may_have_written"]


def test_a_long_list_says_how_many_more_there_are() -> None:
    long = Interruption(AWAY.since, AWAY.since + timedelta(hours=30))
    params = messages(interruptions.mended(a_clinic(), long, [PATIENT] * 61, long.until))[0].params
    assert (str(params["codes"]).count(PATIENT), params["more"]) == (60, 1)
