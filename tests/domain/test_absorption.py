"""Occasions that fall close together, groups, hours and dates of their own: what is asked, what is skipped, and why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from followupbot.domain import check_ins, occasions
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import RECHECK
from followupbot.domain.decision import Decision
from followupbot.domain.facts.check_ins import CheckInAsked
from followupbot.domain.facts.enrolment import PatientEnrolled
from followupbot.domain.facts.occasions import OccasionSkipped, RecheckPlanned
from followupbot.domain.folding import fold
from followupbot.domain.ids import CheckInId, QuestionId, RuleId, TimingId
from followupbot.domain.schedule import Offset, QuietHours, Timing
from tests.builders import (
    CHECK_IN,
    ENROLLED_AT,
    NOW,
    a_clinic,
    a_day,
    a_plan,
    a_programme,
    after,
    an_enrolled_chart,
    at,
)
from tests.domain.one_of_everything import BASELINE, DAY, FULL, MICRO, the_protocol, woken


def a_timing(name: str, days: int, form: Sequence[QuestionId] = MICRO, **more: object) -> Timing:
    """Asks so many days after the operation on 2 March, and is open for ten."""
    timing = Timing(TimingId(name), Offset(days=days), tuple(form), 10 * DAY)
    return replace(timing, **more)  # type: ignore[arg-type] # names are checked at run time


def scheduled(*timings: Timing, absorb_within: timedelta | None = 7 * DAY, surgery: str = "2026-03-02") -> Chart:
    """A patient, enrolled on 9 March, with that schedule and nothing open."""
    clinic = a_clinic(programme=a_programme(the_protocol((BASELINE, *timings), absorb_within)))
    return an_enrolled_chart(a_plan(surgery_on=surgery), clinic)


def story(decision: Decision) -> list[str]:
    """`asked full`, `skipped micro: absorbed`."""
    told = []
    for fact in decision.facts:
        if isinstance(fact, CheckInAsked):
            told.append(f"asked {fact.timing}")
        if isinstance(fact, OccasionSkipped):
            told.append(f"skipped {fact.timing}: {fact.reason}")
    return told


def lived(chart: Chart, until: datetime) -> list[tuple[str, list[str]]]:
    """What happens on which day, by waking whenever it is time."""
    told = []
    while (now := occasions.next_wake_at(chart)) is not None and now <= until:
        decision, chart = woken(chart, now)
        if story(decision):
            told.append((f"{now:%d %B}", story(decision)))
    return told


def planned(chart: Chart, on: str, made_at: datetime = NOW) -> Chart:
    """A re-check is planned for that day."""
    fact = RecheckPlanned(made_at, CHECK_IN, RuleId("pain_high"), a_day(on), MICRO, 3 * DAY)
    return fold(chart, (fact,))


def test_a_small_form_after_a_larger_one_is_absorbed() -> None:
    """Within the days that the protocol says; recorded."""
    chart = scheduled(a_timing("full", 14, FULL), a_timing("micro", 21), a_timing("later", 28))
    assert lived(chart, at("2026-05-01 09:00")) == [
        ("16 March", ["asked full"]),
        ("23 March", ["skipped micro: absorbed"]),
        ("30 March", ["asked later"]),
    ]


def test_a_small_form_before_a_larger_one_is_absorbed_and_the_larger_comes_on_its_day() -> None:
    """Its window does not begin earlier."""
    chart = scheduled(a_timing("micro", 14), a_timing("full", 19, FULL))
    assert lived(chart, at("2026-05-01 09:00")) == [
        ("16 March", ["skipped micro: absorbed"]),
        ("21 March", ["asked full"]),
    ]


def test_where_its_window_has_begun_the_larger_form_comes_in_the_smaller_ones_place() -> None:
    """The part of the window before the day only allows an earlier start (clinical.md 0.11)."""
    timings = (a_timing("micro", 14), a_timing("between", 16), a_timing("full", 19, FULL, open_before=5 * DAY))
    chart = scheduled(*timings, a_timing("next", 30))
    assert lived(chart, at("2026-05-01 09:00")) == [
        ("16 March", ["skipped micro: absorbed", "skipped between: absorbed", "asked full"]),
        ("01 April", ["asked next"]),
    ]


def test_an_early_start_leaves_the_end_of_the_window_where_it_was() -> None:
    """Ten days after its own day."""
    chart = scheduled(a_timing("micro", 14), a_timing("full", 19, FULL, open_before=5 * DAY))
    _, chart = woken(chart, at("2026-03-16 09:00"))
    check_in = chart.open_check_in
    assert check_in is not None
    assert (check_in.timing, check_in.expires_at) == ("full", at("2026-03-21 09:00") + 10 * DAY)


def test_forms_of_one_size_are_both_asked() -> None:
    """Neither stands for the other."""
    chart = scheduled(a_timing("one", 14), a_timing("two", 19))
    assert lived(chart, at("2026-05-01 09:00")) == [("16 March", ["asked one"]), ("21 March", ["asked two"])]


def test_without_such_a_span_only_one_day_has_one_check_in() -> None:
    """The protocol need not say it."""
    chart = scheduled(a_timing("full", 14, FULL), a_timing("small", 14), a_timing("micro", 15), absorb_within=None)
    assert lived(chart, at("2026-05-01 09:00")) == [
        ("16 March", ["skipped small: absorbed", "asked full"]),
        ("17 March", ["asked micro"]),
    ]


@pytest.mark.parametrize(
    ("open_before", "told"),
    [(0, [("16 March", ["asked two_weeks"])]), (7, [("16 March", ["skipped two_weeks: absorbed"])])],
)
def test_what_was_asked_at_enrolment_stands_for_an_occasion_whose_window_had_begun(
    open_before: int, told: list[tuple[str, list[str]]]
) -> None:
    """Nobody answers the same twice in a week."""
    chart = scheduled(a_timing("two_weeks", 14, FULL, open_before=open_before * DAY))
    chart = after(chart, check_ins.ask(chart, BASELINE, ENROLLED_AT))
    assert lived(chart, at("2026-04-01 09:00")) == told


# -- re-checks ---------------------------------------------------------------------------------------------------------


def test_a_re_check_is_asked_on_its_day_and_is_then_done_with() -> None:
    """At the patient's hour, open for as long as the rule says."""
    chart = planned(scheduled(), "2026-03-16")
    assert occasions.next_wake_at(chart) == at("2026-03-16 09:00")
    decision, chart = woken(chart, at("2026-03-16 09:00"))
    assert story(decision) == ["asked recheck"]
    check_in = chart.open_check_in
    assert check_in is not None
    assert (check_in.timing, check_in.form, check_in.expires_at) == (RECHECK, MICRO, at("2026-03-19 09:00"))
    assert (chart.rechecks, chart.active and chart.active.asked_through) == ((), a_day("2026-03-09"))


def test_a_re_check_is_absorbed_by_a_larger_form_but_never_by_the_one_that_wanted_it() -> None:
    """The check-in of the 16th is asked; on it somebody says 5, and a week later they are asked again."""
    _, chart = woken(scheduled(a_timing("full", 14, FULL)), at("2026-03-16 09:00"))
    chart = planned(chart, "2026-03-23", made_at=at("2026-03-16 09:05"))
    assert lived(chart, at("2026-03-24 09:00")) == [("23 March", ["asked recheck"])]
    absorbed = planned(scheduled(a_timing("full", 14, FULL)), "2026-03-18")
    assert lived(absorbed, at("2026-03-24 09:00")) == [
        ("16 March", ["asked full"]),
        ("18 March", ["skipped recheck: absorbed"]),
    ]


def test_a_re_check_that_nobody_could_ask_in_time_is_skipped() -> None:
    """The program was down for four days."""
    decision, chart = woken(planned(scheduled(), "2026-03-16"), at("2026-03-20 09:00"))
    assert (story(decision), chart.rechecks) == (["skipped recheck: window_over"], ())


def test_a_re_check_asks_what_the_programme_of_today_still_has() -> None:
    """A version published since may have dropped questions; where it has dropped all, nothing can be asked."""
    chart = planned(scheduled(), "2026-03-16")
    (recheck,) = chart.rechecks
    gone = QuestionId("asked_no_more")
    some = replace(chart, rechecks=(replace(recheck, form=(gone, *MICRO)),))
    _, asked = woken(some, at("2026-03-16 09:00"))
    assert asked.open_check_in is not None
    assert asked.open_check_in.form == MICRO
    nothing = replace(chart, rechecks=(replace(recheck, form=(gone,)),))
    decision, left = woken(nothing, at("2026-03-16 09:00"))
    assert (story(decision), left.rechecks) == (["skipped recheck: questions_gone"], ())


# -- groups, anchors, hours --------------------------------------------------------------------------------------------


def test_a_group_starts_whole_or_not_at_all() -> None:
    """Enrolled on the 7th day: the group that began on the 5th is over, the one that begins on the 8th is whole."""
    late = [a_timing(f"late_{day}", day, group="late") for day in (5, 9)]
    whole = [a_timing(f"whole_{day}", day, group="whole") for day in (8, 30)]
    assert lived(scheduled(*late, *whole), at("2026-05-01 09:00")) == [
        ("10 March", ["asked whole_8"]),
        ("11 March", ["skipped late_9: group_not_whole"]),
        ("01 April", ["asked whole_30"]),
    ]


def test_one_timing_that_needs_a_precise_date_keeps_back_its_group() -> None:
    """The operation was in March: the anchor is the 15th."""
    short = a_timing("short", 14, group="early")
    long = a_timing("long", 30, group="early", open_for=60 * DAY)
    chart = scheduled(short, long, surgery="2026-03")
    chart = replace(chart, enrolment=replace(chart.enrolled))
    assert lived(chart, at("2026-05-01 09:00")) == [
        ("29 March", ["skipped short: imprecise_date"]),
        ("14 April", ["skipped long: imprecise_date"]),
    ]


def test_a_timing_from_a_date_that_nobody_knows_never_asks() -> None:
    """Only the operation's can be entered so far; `check` warns."""
    chart = scheduled(a_timing("after_discharge", 14, anchor="discharge"))
    assert occasions.next_wake_at(chart) is None


def test_a_timing_may_have_an_hour_of_its_own_and_an_end() -> None:
    """At six in the evening, each week, up to the 28th day."""
    weekly = a_timing("weekly", 14, repeat=Offset(days=7), until=Offset(days=28), hour=time(18))
    chart = scheduled(weekly)
    asked = []
    while (now := occasions.next_wake_at(chart)) is not None:
        decision, chart = woken(chart, now)
        asked += [now for fact in decision.facts if isinstance(fact, CheckInAsked)]
    assert asked == [at("2026-03-16 18:00"), at("2026-03-23 18:00"), at("2026-03-30 18:00")]


def test_occasions_of_one_day_are_due_together_at_the_larger_ones_hour() -> None:
    """The one that is due earlier is not asked first and then drowned."""
    small, large = a_timing("small", 14, hour=time(9)), a_timing("large", 14, FULL, hour=time(18))
    assert lived(scheduled(small, large), at("2026-04-01 09:00")) == [
        ("16 March", ["skipped small: absorbed", "asked large"])
    ]
    assert occasions.next_wake_at(scheduled(small, large)) == at("2026-03-16 18:00")


def test_quiet_hours_may_be_longer_than_the_night() -> None:
    """A check-in that is due keeps to them."""
    chart = scheduled(a_timing("micro", 14))
    protocol = replace(the_protocol((BASELINE, a_timing("micro", 14))), quiet_hours=QuietHours(time(18), time(10)))
    quiet = replace(chart, clinic=a_clinic(programme=a_programme(protocol)))
    assert (quiet.daytime.starts, quiet.daytime.ends) == (time(10), time(18))
    assert quiet.daytime.next(at("2026-03-16 09:00")) == at("2026-03-16 10:00")


def test_before_the_operation_nothing_of_the_schedule_is_asked() -> None:
    """Whatever hour or group it has."""
    chart = an_enrolled_chart(clinic=a_clinic(programme=a_programme(the_protocol())), operated=False)
    assert occasions.next_wake_at(chart) is None
    assert isinstance(PatientEnrolled(NOW, a_day("2026-03-09"), operated=False), PatientEnrolled)
    assert chart.check_in(CheckInId(1)) is None
