"""One occasion on which questions are put to one patient."""

from dataclasses import replace
from datetime import timedelta

import pytest

from followupbot.domain import alerts, check_ins, lapses
from followupbot.domain.care_protocol import Asked
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import Completed, CutShort, Expired, Waiting
from followupbot.domain.clinic import Clinic
from followupbot.domain.comparisons import AtLeast, Is
from followupbot.domain.conditions import All
from followupbot.domain.decision import Decision
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInCompleted, CheckInExpired
from followupbot.domain.folding import fold
from followupbot.domain.ids import CardId, CheckInId, Concern, Language, QuestionId, RuleId, TimingId, Version
from followupbot.domain.outgoing import Lane, OutgoingMessage, Retire
from followupbot.domain.params import Day, Instant
from followupbot.domain.presses import AnswerPress, StartPress
from followupbot.domain.questions import Scale
from followupbot.domain.rules import Rule, Tier
from tests.builders import (
    ALERT,
    BACK_PAIN,
    BERLIN,
    BLADDER,
    BREATH,
    CHECK_IN,
    DR_ITO,
    DR_SATO,
    ENROLLED_AT,
    FULL_FORM,
    GATE,
    GATE_BREATH,
    MESSAGE,
    MOOD,
    NOW,
    PAIN_EASED,
    PATIENT,
    RULES,
    SADDLE,
    TIMINGS,
    V1,
    WEAKNESS,
    a_chart,
    a_clinic,
    a_flag,
    a_programme,
    a_protocol,
    after,
    an_enrolled_chart,
    an_invited_chart,
    at,
    buttons,
    gone,
    kinds,
    labels,
    messages,
    notice,
    sent,
    with_clinic,
)

EN = Language("en")
SAID = "patient: check_ins/said"

GATES_DENIED = ["rf_bladder_feel: no", "rf_saddle: no", "rf_breath: no"]
ALL_WELL = [*GATES_DENIED, "back_pain: 2", "leg_weakness: no"]
"""Everything but the mood."""


def press(
    chart: Chart, question: QuestionId, value: str, check_in: CheckInId = CHECK_IN, card: str | None = None
) -> Decision:
    borne = None if card is None else CardId(card)
    return check_ins.answer_press(chart, check_in, question, value, MESSAGE, NOW, borne)


def text(chart: Chart, words: str) -> Decision:
    decision = check_ins.answer_text(chart, words, NOW)
    assert decision is not None
    return decision


def closed(chart: Chart) -> Chart:
    return fold(chart, (CheckInCompleted(NOW, CHECK_IN),))


# -- asking ------------------------------------------------------------------------------------------------------------


def test_a_scheduled_check_in_keeps_to_daytime_and_to_its_days_window() -> None:
    """Asked late in the evening: its time runs from 09:00 of its day."""
    chart = an_enrolled_chart()
    decision = check_ins.ask(chart, TIMINGS[1], at("2026-03-16 21:00"), at("2026-03-16 09:00").date())
    (ready,) = messages(decision)
    assert (ready.message, ready.lane, ready.daytime) == (
        "check_ins/ready",
        Lane.CHECK_IN,
        chart.enrolled.plan.daytime,
    )
    assert ready.expires_at == at("2026-03-23 09:00")
    assert ready.params == {"minutes": 1}
    assert [button.press for button in buttons(ready)] == [StartPress(PATIENT, CHECK_IN)]
    check_in = after(chart, decision).open_check_in
    assert check_in is not None
    assert (check_in.state, check_in.expires_at, check_in.version) == (Waiting(), at("2026-03-23 09:00"), V1)


def test_the_first_check_in_is_a_reply_and_comes_at_any_hour() -> None:
    """The patient has just enrolled."""
    (ready,) = messages(check_ins.ask(an_enrolled_chart(), TIMINGS[0], ENROLLED_AT))
    assert (ready.lane, ready.daytime, ready.expires_at) == (Lane.REPLY, None, at("2026-03-16 10:00"))


def test_start_puts_the_first_question_in_the_place_of_the_button() -> None:
    """A gate screen: each item a row, then one button for none."""
    decision = check_ins.begin(a_chart(begun=False), CHECK_IN, MESSAGE, NOW)
    (question,) = messages(decision)
    assert kinds(decision) == ["check_in_begun"]
    assert (question.message, question.in_place_of) == ("questions/gate_bladder", MESSAGE)
    assert [[button.label for button in row] for row in question.choices] == [
        ["rf_bladder_feel.new", "rf_bladder_feel.as_before"],
        ["rf_saddle.new", "rf_saddle.as_before"],
        ["none"],
        ["buttons/later"],
    ]


def test_start_tapped_twice_begins_once() -> None:
    """The question stands where it stood."""
    decision = check_ins.begin(a_chart(), CHECK_IN, MESSAGE, NOW)
    assert (kinds(decision), sent(decision)) == ([], ["patient: questions/gate_bladder"])


@pytest.mark.parametrize("check_in", [CHECK_IN, CheckInId(9)])
def test_start_of_a_check_in_that_is_over_takes_the_button_away(check_in: CheckInId) -> None:
    """Also where the chart has forgotten it."""
    decision = check_ins.begin(closed(a_chart(ALL_WELL)), check_in, MESSAGE, NOW)
    assert (decision.facts, notice(decision)) == ((), "replies/notices/over")
    (retired,) = decision.outgoing
    assert isinstance(retired, Retire)
    assert retired.message == MESSAGE


def test_an_emergency_button_bears_its_card_and_its_language() -> None:
    """So that no database is needed; the others bear none (clinical.md 0.5)."""
    (question,) = messages(check_ins.begin(a_chart(begun=False), CHECK_IN, MESSAGE, NOW))
    presses = {button.label: button.press for button in buttons(question)}
    assert presses["rf_saddle.new"] == AnswerPress(PATIENT, CHECK_IN, SADDLE, "new", CardId("cauda_equina"), EN)
    assert presses["rf_saddle.as_before"] == AnswerPress(PATIENT, CHECK_IN, SADDLE, "as_before")
    assert presses["none"] == AnswerPress(PATIENT, CHECK_IN, GATE, "none")


def test_a_scale_stands_in_two_rows() -> None:
    """0 to 5, 6 to 10."""
    (question,) = messages(press(a_chart(GATES_DENIED[:2]), GATE_BREATH, "none"))
    assert [[button.label for button in row] for row in question.choices] == [
        ["0", "1", "2", "3", "4", "5"],
        ["6", "7", "8", "9", "10"],
        ["buttons/back", "buttons/later"],
    ]


def test_a_choice_has_one_button_a_row() -> None:
    """Words are longer than numbers."""
    (question,) = messages(press(a_chart(GATES_DENIED), BACK_PAIN, "3"))
    assert [[button.label for button in row] for row in question.choices] == [
        ["no"],
        ["a_bit"],
        ["clearly"],
        ["buttons/back", "buttons/later"],
    ]


def test_questions_say_since_when_something_is_new() -> None:
    """At first since the operation, afterwards since the last answered check-in (clinical.md 0.1)."""
    (first,) = messages(check_ins.begin(a_chart(begun=False), CHECK_IN, MESSAGE, NOW))
    assert (first.params["first"], first.params["since"]) == (True, None)
    answered = after(closed(a_chart(ALL_WELL)), check_ins.ask(closed(a_chart(ALL_WELL)), TIMINGS[1], NOW))
    (second,) = messages(check_ins.begin(answered, CheckInId(2), MESSAGE, NOW))
    assert (second.params["first"], second.params["since"]) == (False, Day(at("2026-03-09 10:05").date()))


# -- answering ---------------------------------------------------------------------------------------------------------


def test_each_answer_is_recorded_and_the_next_question_takes_its_place() -> None:
    """The whole check-in, question by question."""
    chart, story = a_chart(begun=False), []
    for question, value in [
        (GATE, "none"),
        (GATE_BREATH, "none"),
        (BACK_PAIN, "3"),
        (WEAKNESS, "no"),
        (MOOD, "good"),
    ]:
        decision = press(chart, question, value)
        story.append((kinds(decision), sent(decision), notice(decision)))
        chart = after(chart, decision)
    saved = "replies/notices/saved"
    assert story == [
        (["check_in_begun", *["question_answered"] * 2], ["patient: questions/gate_breath"], saved),
        (["question_answered"], ["patient: questions/back_pain"], saved),
        (["question_answered"], ["patient: questions/leg_weakness"], saved),
        (["question_answered"], ["patient: questions/mood"], saved),
        (["question_answered", "check_in_completed"], [SAID, "patient: check_ins/done/no_flag"], saved),
    ]
    check_in = chart.check_in(CHECK_IN)
    assert check_in is not None
    assert check_in.state == Completed(NOW)
    assert [reading.value for reading in chart.history[BACK_PAIN].readings] == [3]


def test_a_question_is_put_where_its_condition_holds() -> None:
    """Severe pain asks whether medicine eases it."""
    assert sent(press(a_chart(GATES_DENIED), BACK_PAIN, "6")) == ["patient: questions/leg_weakness"]
    (eased,) = messages(press(a_chart(GATES_DENIED), BACK_PAIN, "7"))
    assert (eased.message, eased.params["number"], eased.params["of"]) == ("questions/pain_eased", 4, 6)


def test_any_press_but_an_emergency_goes_on_to_the_next_screen() -> None:
    """ "As before" on one item: the others of that screen stay unanswered (clinical.md 0.4)."""
    decision = press(a_chart(), BLADDER, "as_before")
    assert sent(decision) == [
        "dr_ito: alerts/new",
        "patient: check_ins/done/same_day",
        "patient: questions/gate_breath",
    ]


def test_whom_to_call_today_is_said_at_the_press_and_once() -> None:
    """Whoever goes away then has read it (clinical.md 0.7); what is said later repeats it at the end alone."""
    chart = a_chart([*GATES_DENIED, "back_pain: 9"])
    first = press(chart, PAIN_EASED, "no")
    assert sent(first)[-2:] == ["patient: check_ins/done/same_day", "patient: questions/leg_weakness"]
    chart = after(chart, first)
    second = press(chart, WEAKNESS, "clearly")
    assert sent(second) == ["patient: questions/mood"]
    last = press(after(chart, second), MOOD, "good")
    assert "patient: check_ins/done/same_day" in sent(last)


def test_had_it_before_is_same_day() -> None:
    """No clinician has confirmed a baseline (clinical.md 0.2)."""
    (alert,) = after(a_chart(), press(a_chart(), SADDLE, "as_before")).alerts
    assert (alert.tier, alert.flags[0].concern) == (Tier.SAME_DAY, "feeling")


def test_a_double_tap_is_recorded_once() -> None:
    """The first answer stands, also against another button of the same question."""
    chart = a_chart([*GATES_DENIED, "back_pain: 3"])
    for value in ("3", "9"):
        decision = press(chart, BACK_PAIN, value)
        assert (decision.facts, decision.outgoing) == ((), ())
        assert notice(decision) == "replies/notices/already_answered"


def test_a_double_tap_on_the_last_answer_leaves_the_ending_alone() -> None:
    """The message that was pressed is the ending now."""
    chart = after(a_chart(ALL_WELL), press(a_chart(ALL_WELL), MOOD, "good"))
    decision = press(chart, MOOD, "good")
    assert (decision.facts, decision.outgoing) == ((), ())
    assert notice(decision) == "replies/notices/already_answered"


def test_a_gate_screen_that_is_done_with_takes_no_second_press() -> None:
    """ "None" after "as before": the screen is answered."""
    chart = after(a_chart(), press(a_chart(), BLADDER, "as_before"))
    assert (press(chart, GATE, "none").facts, press(chart, SADDLE, "as_before").facts) == ((), ())


@pytest.mark.parametrize(
    ("chart", "check_in", "question", "value"),
    [
        (closed(a_chart(GATES_DENIED)), CHECK_IN, WEAKNESS, "clearly"),
        (a_chart(), CheckInId(9), WEAKNESS, "clearly"),
        (a_chart(), CHECK_IN, QuestionId("gone"), "clearly"),
        (a_chart(), CHECK_IN, WEAKNESS, "made_up"),
        (a_chart(), CHECK_IN, GATE, "no"),
    ],
    ids=["closed", "forgotten", "no such question", "no such answer", "no such button"],
)
def test_a_stale_button_is_answered_kindly_and_taken_away(
    chart: Chart, check_in: CheckInId, question: QuestionId, value: str
) -> None:
    """Nothing is recorded, and it is said how to say it now: what was pressed may have been a fever (8c, H11)."""
    decision = press(chart, question, value, check_in)
    assert (decision.facts, notice(decision)) == ((), "replies/notices/over")
    assert [type(outgoing) for outgoing in decision.outgoing] == [Retire, OutgoingMessage]
    (over,) = messages(decision)
    assert (over.message, labels(over)) == ("check_ins/over", ["buttons/check_now"])
    assert messages(press(chart, question, value, check_in))[0].key == over.key


# -- typing ------------------------------------------------------------------------------------------------------------


def test_a_typed_number_answers_the_question_that_stands() -> None:
    """As a new message: there is no button to take the place of."""
    decision = text(a_chart(GATES_DENIED), " 3 ")
    (question,) = messages(decision)
    assert kinds(decision) == ["question_answered"]
    assert (question.message, question.in_place_of) == ("questions/leg_weakness", None)


@pytest.mark.parametrize("words", ["no", "none", "0"])
def test_a_typed_denial_answers_nothing_on_a_gate_and_shows_the_buttons_again(words: str) -> None:
    """Clinical.md 0.4."""
    decision = text(a_chart(), words)
    assert decision.facts == ()
    assert sent(decision) == ["patient: replies/rejected/gate_needs_a_button", "patient: questions/gate_bladder"]
    assert "none" in labels(decision.outgoing[1])


def test_a_typed_item_number_is_an_emergency() -> None:
    """Item 2 of the screen is new: the card at that message."""
    decision = text(a_chart(), "2")
    assert kinds(decision) == ["question_answered", "alert_raised", "alert_paged", "check_in_cut_short", "card_sent"]
    assert sent(decision) == ["dr_ito: alerts/new", "patient: cards/cauda_equina"]


@pytest.mark.parametrize(("words", "reason"), [("11", "outside_scale"), ("bad", "not_a_number")])
def test_a_rejected_reply_says_what_was_expected_and_repeats_the_question(words: str, reason: str) -> None:
    """Nothing is recorded."""
    decision = text(a_chart(GATES_DENIED), words)
    assert decision.facts == ()
    assert sent(decision) == [f"patient: replies/rejected/{reason}", "patient: questions/back_pain"]


def test_words_are_no_answer_before_the_check_in_has_begun_or_after_it() -> None:
    """They are a note then."""
    assert check_ins.answer_text(a_chart(begun=False), "3", NOW) is None
    assert check_ins.answer_text(closed(a_chart(ALL_WELL)), "3", NOW) is None
    assert check_ins.answer_text(an_enrolled_chart(), "3", NOW) is None


# -- emergencies -------------------------------------------------------------------------------------------------------


def test_an_emergency_cuts_the_check_in_short_and_nothing_follows_but_the_card() -> None:
    """A new message in the alert lane; the pressed message loses its buttons (clinical.md 0.4)."""
    chart = a_chart()
    decision = press(chart, BLADDER, "new")
    assert kinds(decision) == ["question_answered", "alert_raised", "alert_paged", "check_in_cut_short", "card_sent"]
    page, card, retired = decision.outgoing
    assert isinstance(page, OutgoingMessage)
    assert isinstance(card, OutgoingMessage)
    assert isinstance(retired, Retire)
    assert (page.message, card.message) == ("alerts/new", "cards/cauda_equina")
    assert (card.lane, card.daytime, card.in_place_of, card.expires_at) == (Lane.ALERT, None, None, None)
    assert card.params == {"recorded": True, "reached": True}
    assert card.subject != page.subject
    ended = after(chart, decision).check_in(CHECK_IN)
    assert ended is not None
    assert ended.state == CutShort(NOW)


def test_the_card_says_when_nobody_can_be_reached() -> None:
    """Clinical.md 0.16."""
    nobody = a_clinic([gone(DR_ITO), gone(DR_SATO)])
    (card,) = messages(press(a_chart(clinic=nobody), BLADDER, "new"))
    assert card.params == {"recorded": True, "reached": False}


@pytest.mark.parametrize(("item", "card"), [(BLADDER, "cauda_equina"), (SADDLE, "cauda_equina"), (BREATH, "breathing")])
def test_each_red_item_brings_its_card(item: QuestionId, card: str) -> None:
    """Whatever was denied before."""
    decision = press(a_chart(GATES_DENIED), item, "new")
    assert f"patient: cards/{card}" in sent(decision)


def test_an_item_that_was_denied_and_is_new_now_counts() -> None:
    """The answer on record is the worse one."""
    chart = a_chart([*GATES_DENIED, "back_pain: 3"])
    later = after(chart, press(chart, BLADDER, "new"))
    check_in = later.check_in(CHECK_IN)
    assert check_in is not None
    assert (check_in.answer(BLADDER), check_in.answer(SADDLE), check_in.answer(BACK_PAIN)) == ("new", "no", 3)
    assert [alert.tier for alert in later.alerts] == ["emergency"]
    assert later.history[BLADDER].readings[-1].value == "new"
    assert len(later.history[BLADDER].readings) == 1


@pytest.mark.parametrize(
    "chart",
    [
        a_chart(begun=False),
        closed(a_chart(ALL_WELL)),
        fold(a_chart(GATES_DENIED), (CheckInExpired(NOW, CHECK_IN, missed=False),)),
        an_enrolled_chart(),
    ],
    ids=["waiting", "completed", "expired", "forgotten"],
)
def test_a_stale_emergency_button_still_brings_card_and_alert(chart: Chart) -> None:
    """However old it is."""
    decision = press(chart, BLADDER, "new")
    assert sent(decision) == ["dr_ito: alerts/new", "patient: cards/cauda_equina"]
    (alert,) = after(chart, decision).alerts
    assert (alert.tier, alert.flags[0].trace.inputs[0].value) == (Tier.EMERGENCY, "new")


def test_a_forgotten_check_in_whose_question_is_gone_brings_the_buttons_own_card() -> None:
    """In the form that says that nothing was recorded."""
    decision = press(an_enrolled_chart(), QuestionId("gone"), "new", card="cauda_equina")
    (card,) = messages(decision)
    assert (card.message, card.lane, card.params) == (
        "cards/cauda_equina",
        Lane.ALERT,
        {"recorded": False, "reached": False},
    )
    assert (decision.facts, type(decision.outgoing[1])) == ((), Retire)


def test_an_emergency_tapped_twice_brings_one_card_and_one_flag() -> None:
    """Within a minute; the outbox sends each key once."""
    first = press(a_chart(), BLADDER, "new")
    second = press(after(a_chart(), first), BLADDER, "new")
    assert second.facts == ()
    assert messages(second)[0].key == messages(first)[1].key


def test_an_emergency_pressed_again_later_brings_the_card_again() -> None:
    """The first card may be out of sight; the alert is out already."""
    chart = after(a_chart(), press(a_chart(), BLADDER, "new"))
    second = check_ins.answer_press(chart, CHECK_IN, BLADDER, "new", MESSAGE, NOW + timedelta(minutes=2))
    assert (second.facts, sent(second)) == ((), ["patient: cards/cauda_equina"])
    assert messages(second)[0].key != messages(press(a_chart(), BLADDER, "new"))[1].key


def resolved(chart: Chart) -> Chart:
    chart = after(chart, alerts.take(chart, ALERT, DR_ITO, NOW))
    return after(chart, alerts.resolve(chart, ALERT, DR_ITO, "called", NOW))


@pytest.mark.parametrize("item", [BLADDER, SADDLE])
def test_an_emergency_pressed_after_the_outcome_raises_a_new_alert(item: QuestionId) -> None:
    """Whether it is the same item or another of the same old screen."""
    chart = resolved(after(a_chart(), press(a_chart(), BLADDER, "new")))
    decision = press(chart, item, "new")
    assert sent(decision) == ["dr_ito: alerts/new", "patient: cards/cauda_equina"]
    assert [alert.tier for alert in after(chart, decision).alerts if alert.unresolved] == ["emergency"]


def test_two_items_under_one_rule_never_leave_the_second_without_alert() -> None:
    """One rule for both; the first has had its outcome."""
    both = replace(RULES[0], condition=AtLeast(BACK_PAIN, 9))
    chart = a_chart(clinic=a_clinic(programme=a_programme(a_protocol(rules=[both]))), form=[BACK_PAIN])
    chart = resolved(after(chart, press(chart, BACK_PAIN, "9")))
    decision = press(chart, BACK_PAIN, "10")
    assert sent(decision) == ["dr_ito: alerts/new", "patient: cards/cauda_equina"]


def test_an_emergency_that_needs_two_answers_brings_its_card_too() -> None:
    """No button bears it; the check-in is cut short all the same."""
    both = Rule(
        RuleId("both"),
        All((Is(WEAKNESS, "clearly"), AtLeast(BACK_PAIN, 8))),
        Tier.EMERGENCY,
        Concern("weakness"),
        card=CardId("cauda_equina"),
    )
    chart = a_chart(["back_pain: 9"], clinic=a_clinic(programme=a_programme(a_protocol(rules=[both]))))
    decision = press(chart, WEAKNESS, "clearly")
    assert sent(decision) == ["dr_ito: alerts/new", "patient: cards/cauda_equina"]
    assert kinds(decision)[-2:] == ["check_in_cut_short", "card_sent"]


def test_a_check_in_is_read_in_the_version_it_was_asked_in() -> None:
    """The published one has lost every rule; the old button still is an emergency."""
    newer = a_programme(a_protocol(rules=[]), version=Version("v2"))
    chart = with_clinic(a_chart(), a_clinic(programme=newer))
    decision = press(chart, BLADDER, "new")
    assert "patient: cards/cauda_equina" in sent(decision)


# -- flags and what follows --------------------------------------------------------------------------------------------


def test_a_rule_flags_once_on_one_occasion() -> None:
    """Its first answer raised it; a later answer of another question it looks at does not raise it again."""
    chart = a_chart([*GATES_DENIED, "back_pain: 9"])
    chart = after(chart, press(chart, PAIN_EASED, "no"))
    check_in = chart.check_in(CHECK_IN)
    assert check_in is not None
    assert check_in.fired == ("pain_severe",)
    assert [flag.trace.rule for flag in chart.alerts[0].flags] == ["pain_severe"]
    assert press(chart, BACK_PAIN, "9").facts == ()


def test_flags_of_one_check_in_have_one_alert() -> None:
    """Pain and weakness, both for the same day: one page."""
    chart = a_chart([*GATES_DENIED, "back_pain: 9"])
    chart = after(chart, press(chart, PAIN_EASED, "no"))
    decision = press(chart, WEAKNESS, "clearly")
    assert kinds(decision) == ["question_answered", "flag_joined"]
    assert [flag.concern for flag in after(chart, decision).alerts[0].flags] == ["pain", "weakness"]


@pytest.mark.parametrize(
    ("weakness", "mood", "said"),
    [
        ("no", "good", ["check_ins/done/no_flag"]),
        ("no", "mixed", ["check_ins/done/no_flag"]),
        ("no", "low", ["check_ins/done/routine", "education/mood"]),
        ("a_bit", "good", ["check_ins/done/this_week", "education/weakness"]),
        ("a_bit", "low", ["check_ins/done/this_week", "education/weakness"]),
        ("clearly", "good", ["check_ins/done/same_day"]),
        ("clearly", "low", ["check_ins/done/same_day"]),
    ],
)
def test_what_is_said_at_the_end_depends_on_the_worst_tier(weakness: str, mood: str, said: list[str]) -> None:
    """One topic at most, and none after an urgent flag."""
    chart = a_chart([*GATES_DENIED, "back_pain: 2"])
    chart = after(chart, press(chart, WEAKNESS, weakness))
    decision = press(chart, MOOD, mood)
    assert sent(decision) == [SAID, *(f"patient: {message}" for message in said)]
    assert [message.in_place_of for message in messages(decision)[:2]] == [MESSAGE, None]


def test_a_same_day_ending_says_when_somebody_looks_and_whether_they_could_be_reached() -> None:
    """In the patient's zone."""
    chart = a_chart([*GATES_DENIED, "back_pain: 2"])
    chart = after(chart, press(chart, WEAKNESS, "clearly"))
    _, done = messages(press(chart, MOOD, "good"))
    assert done.params == {"due": Instant(at("2026-03-09 18:00"), BERLIN), "reached": True, "told_now": True}


def test_a_lesser_ending_says_when_somebody_looks_or_nothing() -> None:
    """This week: by when. Routine: no time is promised."""
    chart = a_chart([*GATES_DENIED, "back_pain: 2"])
    slight = after(chart, press(chart, WEAKNESS, "a_bit"))
    assert messages(press(slight, MOOD, "good"))[1].params == {"due": Instant(at("2026-03-16 18:00"), BERLIN)}
    none = after(chart, press(chart, WEAKNESS, "no"))
    assert messages(press(none, MOOD, "low"))[1].params == {}


def test_an_urgent_flag_counts_at_the_end_also_when_its_alert_has_had_its_outcome() -> None:
    """Somebody was quick; what was said was said, and no education follows it."""
    chart = a_chart([*GATES_DENIED, "back_pain: 2"])
    chart = resolved(after(chart, press(chart, WEAKNESS, "clearly")))
    assert sent(press(chart, MOOD, "low")) == [SAID, "patient: check_ins/done/same_day"]


def test_no_education_while_an_urgent_alert_of_an_earlier_check_in_has_no_outcome() -> None:
    """The ending speaks of this check-in; the topic waits for another time."""
    chart = a_chart([*GATES_DENIED, "back_pain: 2", "leg_weakness: no"])
    chart = after(chart, alerts.raise_flag(chart, a_flag(Tier.SAME_DAY, check_in=9), NOW))
    assert sent(press(chart, MOOD, "low")) == [SAID, "patient: check_ins/done/routine"]


def test_messages_keep_their_order_by_what_they_are_about() -> None:
    """Those of a check-in wait for each other, a card for nothing."""
    (question,) = messages(check_ins.begin(a_chart(begun=False), CHECK_IN, MESSAGE, NOW))
    page, card = messages(press(a_chart(), BLADDER, "new"))
    assert question.subject == f"{PATIENT}/c1"
    assert (page.subject, card.subject) == (f"{PATIENT}/a1", f"{PATIENT}/a1/card")


def test_education_comes_after_the_ending() -> None:
    """The same subject keeps the order; the lowest lane."""
    _, done, education = messages(press(a_chart(ALL_WELL), MOOD, "low"))
    assert (education.lane, education.subject) == (Lane.EDUCATION, done.subject)


# -- the end -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "missed"),
    [
        ([], True),
        (["rf_bladder_feel: no", "rf_saddle: no"], True),  # the second screen is unanswered
        (GATES_DENIED, False),
        (["rf_bladder_feel: as_before", "rf_breath: no"], False),
    ],
)
def test_a_miss_is_a_check_in_that_expires_with_its_gate_unfinished(answers: list[str], missed: bool) -> None:
    """Whatever else was answered."""
    chart = a_chart(answers)
    check_in = chart.open_check_in
    assert check_in is not None
    expired = lapses.expire(chart, check_in, NOW)
    assert expired == CheckInExpired(NOW, CHECK_IN, missed)
    later = fold(chart, (expired,))
    assert later.misses == (1 if missed else 0)
    ended = later.check_in(CHECK_IN)
    assert ended is not None
    assert ended.state == Expired(NOW, missed)


@pytest.mark.parametrize(("answers", "missed"), [([], True), (["back_pain: 3"], False)])
def test_without_a_gate_a_miss_is_a_check_in_without_an_answer(answers: list[str], missed: bool) -> None:
    """A form may have no gate."""
    chart = a_chart(answers, form=[BACK_PAIN, WEAKNESS])
    check_in = chart.open_check_in
    assert check_in is not None
    assert lapses.expire(chart, check_in, NOW).missed is missed


# -- repeating ---------------------------------------------------------------------------------------------------------


def test_what_waits_is_repeated() -> None:
    """The Start button, or the question that stands; nothing where nothing is open."""
    waiting = check_ins.repeat(a_chart(begun=False), NOW)
    assert waiting is not None
    assert (waiting.facts, sent(waiting), messages(waiting)[0].daytime) == ((), ["patient: check_ins/ready"], None)
    begun = check_ins.repeat(a_chart(GATES_DENIED), NOW)
    assert begun is not None
    assert sent(begun) == ["patient: questions/back_pain"]
    assert check_ins.repeat(closed(a_chart()), NOW) is None
    assert check_ins.repeat(an_invited_chart(), NOW) is None


def test_a_repeated_message_is_sent_although_it_was_sent_before() -> None:
    """Its key is its own."""
    asked = check_ins.ask(an_enrolled_chart(), TIMINGS[0], NOW)
    again = check_ins.repeat(after(an_enrolled_chart(), asked), NOW)
    assert again is not None
    assert messages(again)[0].key != messages(asked)[0].key


def test_a_long_form_promises_more_minutes() -> None:
    """About six buttons a minute."""
    form = (*FULL_FORM, QuestionId("one_more"))
    clinic: Clinic = a_clinic(programme=a_programme(a_protocol(asked=[Asked(Scale(name)) for name in form])))
    asked = CheckInAsked(NOW, CheckInId(1), TimingId("baseline"), V1, form, NOW + timedelta(days=1))
    chart = fold(an_enrolled_chart(clinic=clinic), (asked,))
    repeated = check_ins.repeat(chart, NOW)
    assert repeated is not None
    assert messages(repeated)[0].params == {"minutes": 2}
