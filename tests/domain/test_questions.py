"""How a reply to each kind of question is read."""

import pytest

from followupbot.domain.ids import Concern, QuestionId
from followupbot.domain.questions import (
    QUESTION_TYPES,
    Answer,
    Choice,
    Gate,
    GateItem,
    Pressed,
    Question,
    Rejected,
    Scale,
    Typed,
    Value,
)

PAIN = QuestionId("pain")
WEAK = QuestionId("weak")
GATE = QuestionId("gate")
BLADDER = QuestionId("bladder")
BREATH = QuestionId("breath")

SCALE = Scale(PAIN)
CHOICE = Choice(WEAK, ("no", "a_bit", "clearly"))
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


@pytest.mark.parametrize("text", ["", " ", "-1", "7.5", "7,5", "7/10", "seven", "about 7", "٧", "²", "7 8", "+7"])
def test_what_is_no_whole_number_is_no_answer_to_a_scale(text: str) -> None:
    """Nothing is guessed."""
    assert SCALE.read(PAIN, Typed(text)) == Rejected("not_a_number")


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


@pytest.mark.parametrize(
    "text", ["no", "No", "none", "None of these", "0", "00", "3", "12", "-1", "", ".", "no 1", "1 2", "nein", "9" * 999]
)
def test_typed_words_never_answer_a_gate(text: str) -> None:
    """A safety question is only ever denied by its button (clinical.md 0.4, 0.8)."""
    assert SCREEN.read(GATE, Typed(text)) == Rejected("gate_needs_a_button")


ONE_OF_EACH: tuple[Question, ...] = (SCALE, CHOICE, SCREEN)


def test_there_is_one_of_each_kind_here() -> None:
    """A new kind of question comes with its tests."""
    assert {question.KIND for question in ONE_OF_EACH} == set(QUESTION_TYPES)


@pytest.mark.parametrize("question", ONE_OF_EACH)
def test_every_value_of_a_question_can_be_said_by_a_button(question: Question) -> None:
    """What a rule may look for, a patient can say."""
    said: set[tuple[QuestionId, Value]] = set()
    for name in (question.id, *question.ids()):
        for value in ("none", *map(str, question.values(name))):
            read = question.read(name, Pressed(value))
            said |= set() if isinstance(read, Rejected) else {(answer.question, answer.value) for answer in read}
    assert said == {(name, value) for name in question.ids() for value in question.values(name)}


@pytest.mark.parametrize("question", ONE_OF_EACH)
def test_a_question_knows_no_values_for_names_that_are_not_its_own(question: Question) -> None:
    """Nor does it read a press that names another."""
    other = QuestionId("other")
    assert question.values(other) == ()
    assert isinstance(question.read(other, Pressed("1")), Rejected)
