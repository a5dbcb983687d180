"""The guided story keeps step with what is done on the phones."""

import pytest

from followupbot.bootstrap.guided_story import GuidedStory, steps_of
from followupbot.channels.telegram import callback_data
from followupbot.domain.ids import AlertId, CardId, CheckInId, Language, PatientId, QuestionId
from followupbot.domain.presses import AnswerPress, Press, StartPress, TakePress
from followupbot.domain.replies import NEW, NONE_OF_THESE
from followupbot.practice import Person, Practice
from followupbot.practice.entities import Styled
from followupbot.practice.keyboards import Markup

MARIA = PatientId("7F3KP")
START = StartPress(MARIA, CheckInId(1))
NONE = AnswerPress(MARIA, CheckInId(1), QuestionId("gate_bladder_bowel"), NONE_OF_THESE)
FOOT = AnswerPress(MARIA, CheckInId(1), QuestionId("rf_foot"), NEW)
TAKE = TakePress(MARIA, AlertId(1))
BLADDER = AnswerPress(MARIA, CheckInId(2), QuestionId("rf_bladder_start"), NEW, CardId("cauda_equina"), Language("en"))


@pytest.fixture
def practice() -> Practice:
    return Practice()


@pytest.fixture
def maria(practice: Practice) -> Person:
    return known(practice, "Maria")


@pytest.fixture
def kim(practice: Practice) -> Person:
    return known(practice, "Kim")


def known(practice: Practice, name: str) -> Person:
    person = practice.user(name)
    person.came_long_ago()
    return person


def show(person: Person, *presses: Press) -> int:
    """The bot has sent a message with these buttons; its number."""
    row = tuple({"text": press.kind, "callback_data": callback_data.encode(press)} for press in presses)
    telegram = person.telegram
    return telegram.add_message(telegram.chat(person.id), telegram.bot, Styled("?"), markup=Markup((row,))).id


def test_it_waits_on_the_right_phone_with_the_right_button_lit(maria: Person, kim: Person) -> None:
    story = GuidedStory(steps_of(maria, kim))
    first = story.shown()
    assert first is not None
    assert (first.step, first.phone, first.waits) == ("begin", None, False)
    story.go_on()
    message = show(maria, START)
    shown = story.shown()
    assert shown is not None
    assert (shown.step, shown.phone, shown.buttons) == ("start", maria.id, (callback_data.encode(START),))
    maria.press(message, callback_data.encode(START))
    shown = story.shown()
    assert shown is not None
    assert (shown.step, shown.buttons) == ("screen_1", ()), "its button has not come yet"


def test_who_runs_ahead_is_where_they_have_got_to(maria: Person, kim: Person) -> None:
    story = GuidedStory(steps_of(maria, kim))
    message = show(maria, START, NONE, FOOT)
    maria.press(message, callback_data.encode(FOOT))
    shown = story.shown()
    assert shown is not None
    assert shown.step == "how_much"


def test_another_persons_press_counts_for_nothing(maria: Person, kim: Person) -> None:
    story = GuidedStory(steps_of(maria, kim))
    maria.press(show(maria, TAKE), callback_data.encode(TAKE))
    shown = story.shown()
    assert shown is not None
    assert shown.step == "begin"


def test_what_is_written_goes_on_too_and_it_ends(maria: Person, kim: Person) -> None:
    story = GuidedStory(steps_of(maria, kim))
    maria.text("/urgent")
    shown = story.shown()
    assert shown is not None
    assert shown.step == "card"
    maria.press(show(maria, BLADDER), callback_data.encode(BLADDER))
    shown = story.shown()
    assert shown is not None
    assert (shown.step, shown.number) == ("years", shown.steps)
    story.go_on()
    assert story.shown() is None
