"""A check-in that the patient asks for: every red flag now, or how things are."""

from dataclasses import replace
from datetime import timedelta

from followupbot.domain import check_ins, unscheduled
from followupbot.domain.care_protocol import Unscheduled
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import Expired
from followupbot.domain.comparisons import AtLeast, Unanswered
from followupbot.domain.conditions import All
from followupbot.domain.decision import Decision
from followupbot.domain.folding import fold
from followupbot.domain.ids import CheckInId, Concern, RuleId
from followupbot.domain.outgoing import Lane
from followupbot.domain.presses import AnswerPress
from followupbot.domain.rules import Rule, Tier
from tests.builders import (
    BACK_PAIN,
    BLADDER,
    CHECK_IN,
    GATE,
    GATE_BREATH,
    MESSAGE,
    MOOD,
    NOW,
    PAIN_EASED,
    RULES,
    SADDLE,
    WEAKNESS,
    a_chart,
    a_clinic,
    a_plan,
    a_programme,
    a_protocol,
    after,
    an_enrolled_chart,
    buttons,
    kinds,
    labels,
    messages,
    sent,
    with_clinic,
)

SECOND = CheckInId(2)


def asked(decision: Decision) -> list[str]:
    """What is sent, by its keys."""
    return [message.message for message in messages(decision)]


def test_with_nothing_open_the_screens_are_asked_at_any_hour() -> None:
    """No Start button stands between somebody who is afraid and the first screen."""
    chart = an_enrolled_chart()
    decision = unscheduled.check_now(chart, NOW)
    assert kinds(decision) == ["check_in_asked", "check_in_begun"]
    (screen,) = messages(decision)
    assert (screen.message, screen.daytime, screen.lane) == ("questions/gate_bladder", None, Lane.REPLY)
    opened = after(chart, decision).open_check_in
    assert opened is not None
    assert (opened.timing, opened.form) == ("urgent", (GATE, GATE_BREATH))


def test_a_check_in_that_waits_is_it() -> None:
    """Its screens come first anyway, and the rest is not asked a second time."""
    decision = unscheduled.check_now(a_chart(begun=False), NOW)
    assert kinds(decision) == ["check_in_begun"]
    assert asked(decision) == ["questions/gate_bladder"]


def test_one_whose_screens_were_denied_makes_place_and_nothing_of_it_is_lost() -> None:
    """The screens anew, then what was left; the answers stay, it is no miss, and its time is as long."""
    chart = a_chart(["rf_bladder_feel: no", "rf_saddle: no", "rf_breath: no", "back_pain: 3"])
    (before,) = chart.check_ins
    decision = unscheduled.check_now(chart, NOW)
    assert kinds(decision) == ["check_in_replaced", "check_in_asked", "check_in_begun"]
    assert asked(decision) == ["questions/gate_bladder"]
    now = after(chart, decision)
    old, new = now.check_ins
    assert (old.state, old.answers) == (Expired(NOW, missed=False), before.answers)
    assert (new.form, new.expires_at) == ((GATE, GATE_BREATH, PAIN_EASED, WEAKNESS, MOOD), before.expires_at)
    assert now.misses == 0
    assert now.answered_at is None, "the screens still ask since when they asked before"


def test_what_was_half_said_is_taken_for_the_worse_when_another_takes_its_place() -> None:
    """Pain of 9, and the button before its medicine was asked about: nobody asks that any more, so a human does.

    The patient hears at once whom to call, before the screens.
    """
    unsaid = Rule(
        RuleId("severe_unsaid"),
        All((AtLeast(BACK_PAIN, 8), Unanswered(PAIN_EASED, timedelta(hours=1)))),
        Tier.SAME_DAY,
        Concern("pain"),
    )
    clinic = a_clinic(programme=a_programme(a_protocol(rules=(*RULES, unsaid))))
    chart = a_chart(["rf_bladder_feel: no", "rf_saddle: no", "rf_breath: no", "back_pain: 9"], clinic=clinic)
    for decision in (unscheduled.check_now(chart, NOW), unscheduled.urgent(chart, NOW)):
        assert [alert.tier for alert in after(chart, decision).alerts] == ["same_day"]
        assert "dr_ito: alerts/new" in sent(decision)
        assert asked(decision)[-2:] == ["check_ins/done/same_day", "questions/gate_bladder"]


def test_what_was_said_before_another_takes_its_place_was_told_at_the_press() -> None:
    """Nothing stands between the wish to be asked and the first screen."""
    chart = a_chart()
    pressed = check_ins.answer_press(chart, CHECK_IN, BLADDER, "as_before", MESSAGE, NOW)
    assert "patient: check_ins/done/same_day" in sent(pressed)
    assert sent(unscheduled.check_now(after(chart, pressed), NOW)) == ["patient: questions/gate_bladder"]


def test_what_is_left_keeps_its_order_behind_the_screens() -> None:
    """What both ask stands where the one that makes place had it: its note stays last."""
    chart = a_chart(["rf_bladder_feel: no", "rf_saddle: no"])
    protocol = replace(chart.protocol(), urgent=Unscheduled((GATE, GATE_BREATH, MOOD), timedelta(days=1)))
    chart = with_clinic(chart, a_clinic(programme=a_programme(protocol)))
    opened = after(chart, unscheduled.check_now(chart, NOW)).open_check_in
    assert opened is not None
    assert opened.form == (GATE, GATE_BREATH, BACK_PAIN, PAIN_EASED, WEAKNESS, MOOD)


def test_a_new_finding_there_is_an_emergency() -> None:
    """Denied a minute ago, new now."""
    chart = a_chart(["rf_bladder_feel: no", "rf_saddle: no", "rf_breath: no", "back_pain: 3"])
    decision = unscheduled.check_now(chart, NOW)
    press = next(button.press for button in buttons(messages(decision)[0]) if button.label == "rf_saddle.new")
    assert isinstance(press, AnswerPress)
    chart = after(chart, decision)
    card = check_ins.answer_press(chart, press.check_in, SADDLE, "new", MESSAGE, NOW)
    assert "patient: cards/cauda_equina" in sent(card)


def test_asked_for_twice_it_goes_on() -> None:
    """The second press of the same button asks nothing anew while the first screen stands."""
    chart = after(an_enrolled_chart(), unscheduled.check_now(an_enrolled_chart(), NOW))
    again = unscheduled.check_now(chart, NOW + timedelta(seconds=5))
    assert (kinds(again), asked(again)) == ([], ["questions/gate_bladder"])


def test_urgent_begins_with_whom_to_call() -> None:
    """Then the screens; below the first stands the button about harming oneself."""
    decision = unscheduled.urgent(an_enrolled_chart(), NOW)
    assert asked(decision) == ["replies/urgent", "questions/gate_bladder"]
    card = messages(decision)[0]
    assert (card.lane, card.daytime, labels(card)) == (Lane.ALERT, None, ["buttons/crisis"])


def test_before_the_operation_nothing_is_asked_but_whom_to_call_is_said() -> None:
    """The screens speak of "since your operation" (clinical.md 0.12)."""
    chart = an_enrolled_chart(a_plan("2026-12-01"), operated=False)
    assert asked(unscheduled.urgent(chart, NOW)) == asked(unscheduled.check_now(chart, NOW)) == ["replies/urgent"]
    assert unscheduled.report(chart, NOW) is None


def test_report_goes_on_with_what_is_open_and_else_asks_the_small_form() -> None:
    """With the screens first."""
    going_on = unscheduled.report(a_chart(["rf_bladder_feel: no", "rf_saddle: no"]), NOW)
    assert going_on is not None
    assert asked(going_on) == ["questions/gate_breath"]
    chart: Chart = an_enrolled_chart()
    begun = unscheduled.report(chart, NOW)
    assert begun is not None
    opened = after(chart, begun).open_check_in
    assert opened is not None
    assert (opened.timing, opened.form) == ("report", (GATE, GATE_BREATH, BACK_PAIN, WEAKNESS))


def test_the_schedule_goes_on_as_if_nothing_had_been_asked() -> None:
    """An unscheduled check-in deals with no day of it."""
    chart = an_enrolled_chart()
    begun = after(chart, unscheduled.check_now(chart, NOW))
    assert begun.active == chart.active
    assert fold(chart, ()).check_in(CHECK_IN) is None
    assert begun.check_in_count == 1
    assert begun.check_in(SECOND) is None
