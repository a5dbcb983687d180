"""What is said again once a year: year of birth and consent, one tap each, after the first check-in that follows."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from followupbot.domain import check_ins, yearly
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts.enrolment import BirthYearConfirmed, BirthYearMistaken, ConsentGiven
from followupbot.domain.ids import CheckInId, Language, QuestionId
from followupbot.domain.presses import CommandPress, YearlyPress
from followupbot.domain.rules import Tier
from tests.builders import (
    MESSAGE,
    PATIENT,
    TIMINGS,
    V1,
    a_clinic,
    a_plan,
    a_programme,
    after,
    an_enrolled_chart,
    at,
    buttons,
    kinds,
    labels,
    messages,
    notice,
    sent,
    some_settings,
)

A_YEAR_ON = at("2027-03-09 10:00")
"""To the day after consent."""

ALL_WELL = ("gate_bladder none", "gate_breath none", "back_pain 1", "leg_weakness no", "mood good")


def answering(chart: Chart, now: datetime, answers: tuple[str, ...] = ALL_WELL) -> Decision:
    """What comes of the last answer of a check-in that is asked and answered then."""
    number = CheckInId(chart.check_in_count + 1)
    chart = after(chart, check_ins.ask(chart, TIMINGS[0], now))
    decision = Decision()
    for answer in answers:
        question, value = answer.split()
        decision = check_ins.answer_press(chart, number, QuestionId(question), value, MESSAGE, now)
        chart = after(chart, decision)
    return decision


def yearly_of(decision: Decision) -> list[str]:
    return [message for message in sent(decision) if message.startswith("patient: consent/")]


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        (at("2027-03-08 23:00"), []),
        (at("2027-03-09 09:00"), ["patient: consent/yearly_born"]),
        (at("2031-06-01 09:00"), ["patient: consent/yearly_born"]),
    ],
)
def test_it_is_asked_at_the_end_of_the_first_check_in_after_the_anniversary(now: datetime, asked: list[str]) -> None:
    """To the day, in the patient's zone; also when years have gone by."""
    assert yearly_of(answering(an_enrolled_chart(), now)) == asked


def test_whoever_is_asked_is_thanked_before() -> None:
    """One subject: what has another goes side by side, and may come first."""
    told = messages(answering(an_enrolled_chart(), A_YEAR_ON))
    assert [message.message for message in told][-1] == "consent/yearly_born"
    assert len({message.subject for message in told}) == 1


def test_after_an_urgent_flag_it_waits_for_the_next_check_in() -> None:
    """Nothing follows whom to call."""
    answers = (*ALL_WELL[:3], "leg_weakness clearly", "mood good")
    assert yearly_of(answering(an_enrolled_chart(), A_YEAR_ON, answers)) == []


def test_the_right_year_stands_among_others() -> None:
    """Who only taps on does not say that they are the patient."""
    for born in range(1930, 1950):
        question = yearly.ask(an_enrolled_chart(a_plan(born=born)), A_YEAR_ON)[0]
        assert labels(question).count(str(born)) == 1
        assert len(set(labels(question))) == 4
    assert [button.press for button in buttons(yearly.ask(an_enrolled_chart(), A_YEAR_ON)[0])] == [
        YearlyPress(PATIENT, "born", year) for year in ("1952", "1955", "1958", "1961")
    ]


def test_year_and_consent_are_confirmed_with_one_tap_each() -> None:
    """And not again before the next anniversary."""
    chart = an_enrolled_chart()
    born = yearly.hear(chart, "born", "1958", MESSAGE, A_YEAR_ON)
    assert (born.facts, sent(born)) == ((BirthYearConfirmed(A_YEAR_ON),), ["patient: consent/yearly"])
    assert [button.press for button in buttons(messages(born)[0])] == [
        YearlyPress(PATIENT, "consent", "yes"),
        CommandPress(PATIENT, "stop"),
    ]
    chart = after(chart, born)
    consent = yearly.hear(chart, "consent", "yes", MESSAGE, A_YEAR_ON)
    assert consent.facts == (ConsentGiven(A_YEAR_ON, V1, Language("en")),)
    assert sent(consent) == ["patient: enrolment/teach_back"]
    chart = after(chart, consent)
    taught = yearly.hear(chart, "taught", "call", MESSAGE, A_YEAR_ON)
    assert sent(taught) == ["patient: consent/yearly_thanks"]
    chart = after(chart, taught)
    assert chart.active is not None
    assert yearly.ask(chart, at("2028-03-08 20:00")) == ()
    assert len(yearly.ask(chart, at("2028-03-09 09:00"))) == 1


def test_what_to_do_in_an_emergency_is_asked_each_year_until_it_is_said_right() -> None:
    """Explained and asked again at once; whoever goes away is asked after the next check-in (clinical.md 6)."""
    chart = an_enrolled_chart(a_plan(born=None))
    assert yearly.hear(chart, "taught", "call", MESSAGE, A_YEAR_ON).facts == ()
    chart = after(chart, yearly.hear(chart, "consent", "yes", MESSAGE, A_YEAR_ON))
    wrong = yearly.hear(chart, "taught", "wait", MESSAGE, A_YEAR_ON)
    assert (kinds(wrong), sent(wrong)) == (["teach_back_answered"], ["patient: enrolment/teach_back_again"])
    assert labels(messages(wrong)[0]) == ["wait", "call", "write"]
    chart = after(chart, wrong)
    assert [message.message for message in yearly.ask(chart, at("2027-06-01 09:00"))] == ["enrolment/teach_back_again"]
    right = yearly.hear(chart, "taught", "call", MESSAGE, at("2027-06-01 09:01"))
    assert sent(right) == ["patient: consent/yearly_thanks"]
    chart = after(chart, right)
    assert yearly.ask(chart, at("2027-06-02 09:00")) == ()
    assert notice(yearly.hear(chart, "taught", "call", MESSAGE, A_YEAR_ON)) == "replies/notices/already_answered"
    assert chart.active is not None, "a wrong answer ends nothing"


def test_without_a_year_of_birth_only_consent_is_asked() -> None:
    """There is nothing to compare with."""
    asked = yearly.ask(an_enrolled_chart(a_plan(born=None)), A_YEAR_ON)
    assert [message.message for message in asked] == ["consent/yearly"]


def test_whoever_agreed_to_an_older_text_is_asked_again() -> None:
    """After the next check-in, from that day on, in its own words; and whoever has agreed since is not."""
    settings = replace(some_settings(), consent_changed_on=date(2026, 9, 1))
    chart = an_enrolled_chart(a_plan(born=None), a_clinic(programme=a_programme(settings=settings)))
    assert yearly.ask(chart, at("2026-08-31 20:00")) == ()
    (asked,) = yearly.ask(chart, at("2026-09-01 09:00"))
    assert (asked.message, [button.label for button in buttons(asked)]) == ("consent/changed", ["go_on", "stop"])
    chart = after(chart, yearly.hear(chart, "consent", "yes", MESSAGE, at("2026-09-02 09:00")))
    chart = after(chart, yearly.hear(chart, "taught", "call", MESSAGE, at("2026-09-02 09:01")))
    assert yearly.ask(chart, at("2026-09-03 09:00")) == ()


def test_a_wrong_year_puts_the_patient_on_the_staffs_list() -> None:
    """Buzzing nobody; the patient is told kindly."""
    decision = yearly.hear(an_enrolled_chart(), "born", "1955", MESSAGE, A_YEAR_ON)
    assert decision.facts[0] == BirthYearMistaken(A_YEAR_ON)
    assert sent(decision) == ["patient: consent/yearly_not_you"]
    alert = after(an_enrolled_chart(), decision).unresolved_alert
    assert alert is not None
    assert (alert.tier, alert.flags[0].concern) == (Tier.ROUTINE, "other")


def test_old_buttons_of_last_year_change_nothing() -> None:
    """Before the anniversary, or once it has been said."""
    decision = yearly.hear(an_enrolled_chart(), "consent", "yes", MESSAGE, at("2026-12-01 10:00"))
    assert (decision.facts, notice(decision)) == ((), "replies/notices/already_answered")


def test_who_consented_on_a_29_february_is_asked_on_the_28th_in_other_years() -> None:
    """Every year has one."""
    chart = an_enrolled_chart(a_plan("2024-01-10"), enrolled_at=at("2024-02-29 10:00"))
    assert yearly.ask(chart, at("2025-02-27 10:00")) == ()
    assert len(yearly.ask(chart, at("2025-02-28 10:00"))) == 1
