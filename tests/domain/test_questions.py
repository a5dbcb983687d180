"""How a reply to each kind of question is read."""

from datetime import date

import pytest

from followupbot.domain.care_protocol import Asked
from followupbot.domain.dates import DateOrder
from followupbot.domain.gates import Gate, GateItem
from followupbot.domain.ids import Concern, Language, QuestionId
from followupbot.domain.questions import (
    QUESTION_TYPES,
    Choice,
    Date,
    Multiple,
    NotAfter,
    Number,
    Question,
    Scale,
    Text,
    YesNo,
)
from followupbot.domain.replies import Answer, Pressed, Read, Rejected, Toggled, Typed, Value, options_by_words

PAIN = QuestionId("pain")
WEAK = QuestionId("weak")
GATE = QuestionId("gate")
BLADDER = QuestionId("bladder")
BREATH = QuestionId("breath")
PLACES = QuestionId("places")
MINUTES = QuestionId("minutes")
SINCE = QuestionId("since")
NOTE = QuestionId("note")

SCALE = Scale(PAIN)
CHOICE = Choice(WEAK, ("no", "a_bit", "clearly"))
SEVERAL = Multiple(PLACES, ("back", "hip", "thigh", "none"), none="none")
SCREEN = Gate(GATE, (GateItem(BLADDER, Concern("bladder_bowel")), GateItem(BREATH, Concern("clot"), as_before=False)))

NONE_IS_NEW = (Answer(BLADDER, "no"), Answer(BREATH, "no"))


@pytest.mark.parametrize(
    ("text", "points"), [("0", 0), ("7", 7), ("10", 10), (" 7 ", 7), ("07", 7), ("7\n", 7), ("010", 10)]
)
def test_a_whole_number_on_the_scale_is_an_answer_pressed_or_typed(text: str, points: int) -> None:
    """0 and 10 belong to it."""
    assert SCALE.read(PAIN, Typed(text)) == (Answer(PAIN, points),)
    assert SCALE.read(PAIN, Pressed(text)) == (Answer(PAIN, points),)


@pytest.mark.parametrize("text", ["11", "99", "100", "9" * 5000])
def test_a_number_beyond_the_scale_is_no_answer(text: str) -> None:
    """It is never cut down to the nearest point."""
    assert SCALE.read(PAIN, Typed(text)) == Rejected("outside_scale")


@pytest.mark.parametrize("text", ["", " ", "-1", "seven", "about 7", "٧", "²", "7½", "+7", "7+", "<7", "70%", "7 legs"])
def test_what_is_no_whole_number_is_no_answer_to_a_scale(text: str) -> None:
    """Nothing is guessed; words of numbers are those of a language, and here is none."""
    assert SCALE.read(PAIN, Typed(text)) == Rejected("not_a_number")


@pytest.mark.parametrize("text", ["7.5", "7,5", "7 8", "6-7", "6/7", "7/8/10"])
def test_of_several_numbers_or_half_a_point_which_it_is_is_asked_again(text: str) -> None:
    """None of them is taken, not even the worse."""
    assert SCALE.read(PAIN, Typed(text)) == Rejected("one_number")


def test_a_number_of_all_the_points_is_an_answer() -> None:
    """7/10 of a scale that ends there; of another it may mean anything."""
    assert SCALE.read(PAIN, Typed("7/10")) == SCALE.read(PAIN, Typed("7 / 10")) == (Answer(PAIN, 7),)
    assert SCALE.read(PAIN, Typed("10/10")) == (Answer(PAIN, 10),)
    assert Scale(PAIN, 0, 5).read(PAIN, Typed("3/10")) == Rejected("one_number")


def test_a_scale_that_starts_above_nought_refuses_less() -> None:
    """1 to 5."""
    assert Scale(PAIN, 1, 5).read(PAIN, Typed("0")) == Rejected("outside_scale")
    assert Scale(PAIN, 1, 5).read(PAIN, Typed("5")) == (Answer(PAIN, 5),)


@pytest.mark.parametrize("option", ["no", "a_bit", "clearly"])
def test_a_choice_is_answered_by_its_button(option: str) -> None:
    """Exactly one of the named options."""
    assert CHOICE.read(WEAK, Pressed(option)) == (Answer(WEAK, option),)


@pytest.mark.parametrize("text", ["no", "No", "clearly", "1", ""])
def test_a_choice_is_not_answered_by_words(text: str) -> None:
    """A typed word is never guessed at: the buttons are shown again."""
    assert CHOICE.read(WEAK, Typed(text)) == Rejected("not_a_choice")


def test_a_choice_does_not_know_an_option_that_it_has_not() -> None:
    """An old or made-up button."""
    assert CHOICE.read(WEAK, Pressed("sometimes")) == Rejected("not_a_choice")


def test_none_of_these_denies_every_item_of_the_screen() -> None:
    """One button, one answer for each item."""
    assert SCREEN.read(GATE, Pressed("none")) == NONE_IS_NEW


@pytest.mark.parametrize(
    ("item", "value"),
    [(BLADDER, "new"), (BLADDER, "as_before"), (BREATH, "new")],
)
def test_an_items_button_answers_that_item_alone(item: QuestionId, value: str) -> None:
    """The others stay unanswered."""
    assert SCREEN.read(item, Pressed(value)) == (Answer(item, value),)


@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (BREATH, "as_before"),  # breathing has one button
        (BLADDER, "no"),  # an item is denied by the screen's button alone
        (BLADDER, "none"),
        (GATE, "new"),
        (GATE, "no"),
        (QuestionId("other"), "new"),
        (QuestionId("other"), "none"),
    ],
)
def test_a_gate_refuses_every_other_button(asked: QuestionId, value: str) -> None:
    """What no button says is no answer."""
    assert SCREEN.read(asked, Pressed(value)) == Rejected("gate_needs_a_button")


@pytest.mark.parametrize(("text", "item"), [("1", BLADDER), (" 2 ", BREATH), ("2.", BREATH), ("01", BLADDER)])
def test_a_typed_item_number_says_that_the_item_is_new(text: str, item: QuestionId) -> None:
    """Clinical.md 0.4."""
    assert SCREEN.read(GATE, Typed(text)) == (Answer(item, "new"),)


@pytest.mark.parametrize("text", ["1 2", "1, 2", "1/2", "2 1 2"])
def test_several_typed_item_numbers_say_that_each_is_new(text: str) -> None:
    """Whoever has more than one of them writes more than one number."""
    read = SCREEN.read(GATE, Typed(text))
    assert isinstance(read, tuple)
    assert set(read) == {Answer(BLADDER, "new"), Answer(BREATH, "new")}
    assert len(read) == 2


@pytest.mark.parametrize(
    "text", ["no", "No", "none", "None of these", "0", "00", "3", "12", "-1", "", ".", "no 1", "1 3", "nein", "9" * 999]
)
def test_typed_words_never_answer_a_gate(text: str) -> None:
    """A safety question is only ever denied by its button (clinical.md 0.4, 0.8)."""
    assert SCREEN.read(GATE, Typed(text)) == Rejected("gate_needs_a_button")


# -- yes or no, and several --------------------------------------------------------------------------------------------


def test_yes_and_no_are_pressed_and_never_typed() -> None:
    """A word is not guessed at."""
    question = YesNo(WEAK)
    assert question.read(WEAK, Pressed("yes")) == (Answer(WEAK, "yes"),)
    assert question.read(WEAK, Pressed("no")) == (Answer(WEAK, "no"),)
    assert question.read(WEAK, Typed("yes")) == Rejected("not_a_choice")


def test_each_button_of_several_carries_what_will_be_chosen_once_it_is_pressed() -> None:
    """So that an old button says what it said, and nothing has to be remembered."""
    assert [SEVERAL.toggled(0, option) for option in SEVERAL.options] == [1, 2, 4, 8]
    assert [SEVERAL.toggled(3, option) for option in SEVERAL.options] == [2, 1, 7, 8]
    assert [SEVERAL.toggled(8, option) for option in SEVERAL.options] == [1, 2, 4, 0]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("t0", Toggled(0)),
        ("t3", Toggled(3)),
        ("d3", (Answer(PLACES, ("back", "hip")),)),
        ("d8", (Answer(PLACES, ("none",)),)),
        ("d0", Rejected("not_a_choice")),  # where "none of these" is a button, silence does not stand for it
        ("d9", Rejected("not_a_choice")),  # none of these, and the back
        ("t9", Rejected("not_a_choice")),
        ("d16", Rejected("not_a_choice")),
        ("d99999", Rejected("not_a_choice")),
        ("d03", Rejected("not_a_choice")),
        ("d", Rejected("not_a_choice")),
        ("back", Rejected("not_a_choice")),
    ],
)
def test_several_are_chosen_one_by_one_and_recorded_by_done(said: str, read: Read) -> None:
    """Nothing is an answer before Done, and only what buttons say is read."""
    assert SEVERAL.read(PLACES, Pressed(said)) == read


def test_several_without_a_button_for_none_may_be_none() -> None:
    """Then nothing chosen is the answer."""
    question = Multiple(PLACES, ("back", "hip"))
    assert question.read(PLACES, Pressed("d0")) == (Answer(PLACES, ()),)
    assert question.read(PLACES, Typed("back")) == Rejected("not_a_choice")


# -- what is typed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("30", (Answer(MINUTES, 30),)),
        (" 0 ", (Answer(MINUTES, 0),)),
        ("240", (Answer(MINUTES, 240),)),
        ("241", Rejected("outside_range")),
        ("9" * 5000, Rejected("outside_range")),
        ("half an hour", Rejected("not_a_number")),
        ("30 min", Rejected("not_a_number")),
        ("1.5", Rejected("one_number")),
        ("-3", Rejected("not_a_number")),
    ],
)
def test_a_number_is_typed_in_whole_units(text: str, read: Read) -> None:
    """Nothing is cut down, rounded or guessed."""
    assert Number(MINUTES, "minutes", 0, 240).read(MINUTES, Typed(text)) == read


TODAY = date(2026, 3, 16)
ENGLISH, SPANISH, GERMAN = Language("en"), Language("es"), Language("de")
WHEN = Date(SINCE, NotAfter.TODAY, {ENGLISH: DateOrder.DAY_FIRST, SPANISH: DateOrder.DAY_FIRST})


@pytest.mark.parametrize(
    ("text", "language", "read"),
    [
        ("2026-03-14", GERMAN, (Answer(SINCE, "2026-03-14"),)),
        ("2026-3-4", ENGLISH, (Answer(SINCE, "2026-03-04"),)),
        ("14/3/2026", ENGLISH, (Answer(SINCE, "2026-03-14"),)),
        ("14.03.2026.", SPANISH, (Answer(SINCE, "2026-03-14"),)),
        (" 14 - 3 - 2026 ", SPANISH, (Answer(SINCE, "2026-03-14"),)),
        ("2026-03-16", ENGLISH, (Answer(SINCE, "2026-03-16"),)),
        ("2026-03-17", ENGLISH, Rejected("date_ahead")),
        ("14/3/2026", GERMAN, Rejected("not_a_date")),  # the protocol does not say how Germans write it
        ("3/14/2026", ENGLISH, Rejected("not_a_date")),
        ("14/3/26", ENGLISH, Rejected("not_a_date")),
        ("2026-02-30", ENGLISH, Rejected("not_a_date")),
        ("0000-01-01", ENGLISH, Rejected("not_a_date")),
        ("last week", ENGLISH, Rejected("not_a_date")),
        ("2026", ENGLISH, Rejected("not_a_date")),
        ("", ENGLISH, Rejected("not_a_date")),
    ],
)
def test_a_date_is_typed_as_people_of_that_language_write_it(text: str, language: Language, read: Read) -> None:
    """Or in the order of ISO 8601, which means one thing everywhere. No year is guessed."""
    assert WHEN.read(SINCE, Typed(text, TODAY, language)) == read


def test_where_months_come_first_a_date_is_read_so() -> None:
    """The protocol says it for each language."""
    american = Date(SINCE, order={ENGLISH: DateOrder.MONTH_FIRST})
    assert american.read(SINCE, Typed("3/4/2026", TODAY, ENGLISH)) == (Answer(SINCE, "2026-03-04"),)
    assert american.read(SINCE, Typed("2999-01-01", TODAY, ENGLISH)) == (Answer(SINCE, "2999-01-01"),)


def test_of_a_text_only_that_it_was_given_is_an_answer() -> None:
    """No rule reads what somebody writes (clinical.md 0.8)."""
    assert Text(NOTE).read(NOTE, Typed("I cannot feel it when I pee")) == (Answer(NOTE, "given"),)
    assert Text(NOTE).read(NOTE, Typed("  ")) == Rejected("not_text")
    assert Text(NOTE).read(NOTE, Pressed("given")) == Rejected("not_text")


# -- skipping ----------------------------------------------------------------------------------------------------------


def test_a_question_that_may_be_skipped_has_a_button_for_it() -> None:
    """Any other kind of question refuses the same press."""
    assert Asked(SCALE, skippable=True).read(PAIN, Pressed("skip")) == (Answer(PAIN, "skipped"),)
    assert Asked(SCALE).read(PAIN, Pressed("skip")) == Rejected("not_a_number")
    assert Asked(SCALE, skippable=True).read(WEAK, Pressed("skip")) == Rejected("not_a_number")
    assert Asked(SCALE, skippable=True).read(PAIN, Typed("skip")) == Rejected("not_a_number")
    assert Asked(SCALE, skippable=True).labels() == ("skip",)
    assert Asked(CHOICE).labels() == ("no", "a_bit", "clearly")
    assert Asked(CHOICE, skippable=True).presses()[-1] == (WEAK, "skip")


# -- every kind --------------------------------------------------------------------------------------------------------

PRESSED: tuple[Question, ...] = (SCALE, YesNo(WEAK), CHOICE, SEVERAL, SCREEN)
TYPED: tuple[Question, ...] = (Number(MINUTES, "minutes", 0, 240), WHEN, Text(NOTE))
ONE_OF_EACH = (*PRESSED, *TYPED)


def test_there_is_one_of_each_kind_here() -> None:
    """A new kind of question comes with its tests."""
    assert {question.KIND for question in ONE_OF_EACH} == set(QUESTION_TYPES)


@pytest.mark.parametrize("question", PRESSED)
def test_every_value_of_a_question_can_be_said_by_a_button(question: Question) -> None:
    """What a rule may look for, a patient can say."""
    said: set[tuple[QuestionId, Value]] = set()
    for name, value in question.presses():
        read = question.read(name, Pressed(value))
        assert not isinstance(read, Rejected), "every button is read"
        for answer in () if isinstance(read, Toggled) else read:
            values = answer.value if isinstance(answer.value, tuple) else (answer.value,)
            said |= {(answer.question, one) for one in values}
    assert said == {(name, value) for name in question.ids() for value in question.values(name)}


@pytest.mark.parametrize("question", TYPED)
def test_what_is_typed_has_no_button(question: Question) -> None:
    """And none is read."""
    assert (question.presses(), question.labels()) == ((), ())
    assert all(isinstance(question.read(question.id, Pressed(value)), Rejected) for value in ("t1", "d1", "none", ""))


@pytest.mark.parametrize("question", ONE_OF_EACH)
def test_a_question_knows_no_values_for_names_that_are_not_its_own(question: Question) -> None:
    """Nor does it read a press that names another."""
    other = QuestionId("other")
    assert not question.values(other)
    assert isinstance(question.read(other, Pressed("1")), Rejected)


# -- words on buttons --------------------------------------------------------------------------------------------------

LABELS = {"no": "No, it is the same", "yes": "Sí, ha cambiado"}


@pytest.mark.parametrize(("text", "option"), [("no", "no"), ("SI!", "yes"), (" Sí, ha cambiado. ", "yes")])
def test_the_words_on_a_button_count_as_its_press(text: str, option: str) -> None:
    """Whole or up to the first comma; capitals, accents and marks do not matter."""
    question = Choice(QuestionId("phone_changed"), ("no", "yes"))
    typed = Typed(text, options=options_by_words(LABELS))
    assert question.read(question.id, typed) == (Answer(question.id, option),)


@pytest.mark.parametrize("text", ["nope", "no no", "", "it is"])
def test_what_is_on_no_button_is_no_answer(text: str) -> None:
    """It is never guessed at."""
    question = Choice(QuestionId("phone_changed"), ("no", "yes"))
    assert question.read(question.id, Typed(text, options=options_by_words(LABELS))) == Rejected("not_a_choice")


def test_words_that_two_buttons_share_mean_neither() -> None:
    """`Yes, a bit` and `Yes, a lot`."""
    words = options_by_words({"bit": "Yes, a bit", "lot": "Yes, a lot", "no": "No"})
    assert words == {"yes a bit": "bit", "yes a lot": "lot", "no": "no"}


def test_a_typed_word_never_answers_a_red_flag_screen() -> None:
    """Not even the words on its button (clinical.md 0.8)."""
    gate = Gate(QuestionId("gate"), (GateItem(QuestionId("rf_foot"), Concern("weakness")),))
    typed = Typed("None of these", options=options_by_words({"none": "None of these"}))
    assert gate.read(gate.id, typed) == Rejected("gate_needs_a_button")
