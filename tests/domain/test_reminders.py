"""Reminding a patient of a check-in that waits (clinical.md 0.20)."""

from datetime import datetime, timedelta

import pytest

from followupbot.domain import alerts, check_ins
from followupbot.domain.chart import Chart
from followupbot.domain.facts.check_ins import CheckInReminded, ReminderWithheld
from followupbot.domain.ids import TimingId
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Instant
from followupbot.domain.presses import StartPress
from followupbot.domain.rules import Tier
from followupbot.domain.schedule import Offset, Timing
from tests.builders import (
    BERLIN,
    CHECK_IN,
    PATIENT,
    a_clinic,
    a_flag,
    a_programme,
    after,
    an_enrolled_chart,
    at,
    buttons,
    kinds,
    messages,
    sent,
)
from tests.domain.one_of_everything import DAY, FULL, MICRO, said, the_protocol, woken

REMINDED = Timing(TimingId("reminded"), Offset(days=14), MICRO, 7 * DAY, reminders=(DAY, 3 * DAY))


def asked(now: str = "2026-03-16 09:00", timing: Timing = REMINDED) -> Chart:
    """The check-in of 16 March was put to the patient at that time."""
    chart = an_enrolled_chart(clinic=a_clinic(programme=a_programme(the_protocol((timing,)))))
    return after(chart, check_ins.ask(chart, timing, at(now), at("2026-03-16 09:00").date()))


def test_somebody_who_has_not_answered_is_reminded_twice_and_no_more() -> None:
    """On days 1 and 3, by day, with the button that begins it; then it expires."""
    chart = asked()
    told = []
    while (now := check_ins.next_wake_at(chart)) is not None:
        decision, chart = woken(chart, now)
        told.append((now, kinds(decision), sent(decision)))
    reminded = (["check_in_reminded"], ["patient: check_ins/reminder"])
    assert told == [(at("2026-03-17 09:00"), *reminded), (at("2026-03-19 09:00"), *reminded)]
    assert check_ins.next_wake_at(chart) is None


def test_a_reminder_is_something_that_we_start() -> None:
    """It waits for the morning, and nobody gets it after the window."""
    (reminder,) = messages(woken(asked(), at("2026-03-17 09:00"))[0])
    assert (reminder.lane, reminder.daytime) == (Lane.CHECK_IN, asked().daytime)
    assert reminder.expires_at == at("2026-03-23 09:00")
    assert reminder.params == {"begun": False, "minutes": 1, "until": Instant(at("2026-03-23 09:00"), BERLIN)}
    assert [button.press for button in buttons(reminder)] == [StartPress(PATIENT, CHECK_IN)]


def test_one_that_comes_late_on_the_day_of_the_next_gives_way_to_it() -> None:
    """An outage that ends at night, or that morning: we begin once on any day of the patient's (issue 4.4)."""
    for back in ("2026-03-19 01:00", "2026-03-19 08:30"):
        late, chart = woken(asked(), at(back))
        assert late.facts == (ReminderWithheld(at(back), CHECK_IN, 1, "late"),)
        assert sent(woken(chart, at("2026-03-19 09:00"))[0]) == ["patient: check_ins/reminder"]
    the_day_before, _ = woken(asked(), at("2026-03-18 12:00"))
    assert kinds(the_day_before) == ["check_in_reminded"]
    in_the_evening, _ = woken(asked(), at("2026-03-18 23:00"))
    assert kinds(in_the_evening) == ["reminder_withheld"], "it would go the next morning"


def test_somebody_who_has_begun_is_reminded_too() -> None:
    """In other words."""
    chart = said(asked(), "gate none", now=at("2026-03-16 10:00"))
    (reminder,) = messages(woken(chart, at("2026-03-17 09:00"))[0])
    assert reminder.params["begun"] is True


@pytest.mark.parametrize(
    ("tier", "fact"),
    [
        (Tier.EMERGENCY, "reminder_withheld"),
        (Tier.SAME_DAY, "reminder_withheld"),
        (Tier.THIS_WEEK, "check_in_reminded"),
    ],
)
def test_nobody_is_reminded_while_an_urgent_flag_is_open(tier: Tier, fact: str) -> None:
    """The reason is recorded, and the next reminder is on its own."""
    chart = asked()
    chart = after(chart, alerts.raise_flag(chart, a_flag(tier), at("2026-03-16 12:00")))
    decision, chart = woken(chart, at("2026-03-17 09:00"))
    assert kinds(decision) == [fact]
    check_in = chart.open_check_in
    assert check_in is not None
    assert check_in.reminders == 1


def test_of_reminders_that_nobody_could_send_in_time_one_goes() -> None:
    """The program was down for three days."""
    now = at("2026-03-20 11:00")
    decision, _ = woken(asked(), now)
    assert decision.facts == (ReminderWithheld(now, CHECK_IN, 1, "late"), CheckInReminded(now, CHECK_IN, 2))
    assert sent(decision) == ["patient: check_ins/reminder"]


def test_nobody_is_reminded_of_what_is_done() -> None:
    """Or over."""
    done = said(asked(timing=REMINDED), "gate none", "back_nrs 2", now=at("2026-03-16 10:00"))
    assert check_ins.next_wake_at(done) is None
    decision, _ = woken(asked(), at("2026-03-23 09:00"))
    assert kinds(decision) == ["check_in_expired"]


@pytest.mark.parametrize(
    ("asked_at", "reminders", "times"),
    [
        ("2026-03-16 21:30", (DAY,), [at("2026-03-18 09:00")]),  # it went out on the 17th, at nine
        ("2026-03-16 09:00", (timedelta(hours=12),), [at("2026-03-17 09:00")]),
        ("2026-03-16 09:00", (8 * DAY,), []),  # the window is over
        ("2026-03-22 15:00", (DAY,), []),
        ("2026-03-27 09:00", (2 * DAY,), [at("2026-03-29 09:00")]),  # nine o'clock also when the clocks change
    ],
)
def test_reminders_keep_to_the_day_and_to_the_window(
    asked_at: str, reminders: tuple[timedelta, ...], times: list[datetime]
) -> None:
    """Counted in days on the patient's wall clock, from when it went out."""
    on = max(at("2026-03-16 09:00"), at(asked_at) - 5 * DAY)
    timing = Timing(TimingId("reminded"), Offset(days=14), FULL, 7 * DAY, reminders=reminders)
    chart = an_enrolled_chart(clinic=a_clinic(programme=a_programme(the_protocol((timing,)))))
    day = at("2026-03-27 09:00").date() if on > at("2026-03-20 09:00") else at("2026-03-16 09:00").date()
    check_in = after(chart, check_ins.ask(chart, timing, at(asked_at), day)).open_check_in
    assert check_in is not None
    assert list(check_in.remind_at) == times
