"""What stands in a terminal for a message: its words, and what is typed for each of its buttons."""

import pytest

from followupbot.channels.console import screen
from followupbot.domain.delivery import Button, Rendered
from followupbot.domain.ids import CheckInId, PatientId, QuestionId
from followupbot.domain.presses import (
    AnswerPress,
    BackPress,
    ChangePress,
    CheckNowPress,
    CommandPress,
    LaterPress,
    Press,
    SaidPress,
    StartPress,
)

PATIENT, CHECK_IN = PatientId("7F3KP"), CheckInId(1)

PRESSES: dict[str, Press] = {
    "Back": BackPress(PATIENT, CHECK_IN),
    "Keep": StartPress(PATIENT, CHECK_IN),
    "Start": StartPress(PATIENT, CHECK_IN),
    "Pain": ChangePress(PATIENT, CHECK_IN, QuestionId("pain")),
    "More": ChangePress(PATIENT, CHECK_IN, None, 8),
    "Nothing": SaidPress(PATIENT, CHECK_IN),
    "Later": LaterPress(PATIENT, CHECK_IN),
    "Check now": CheckNowPress(PATIENT),
    "Pause": CommandPress(PATIENT, "pause", "4w"),
}


def a_message(*rows: str, html: str = "<b>1 of 2.</b> How &lt;bad&gt;?") -> Rendered:
    """Each row is its buttons' labels; one that is no other button answers what its label says, in small letters."""
    return Rendered(html, tuple(tuple(a_button(label) for label in row.split("/")) for row in rows))


def a_button(label: str) -> Button:
    answer = AnswerPress(PATIENT, CHECK_IN, QuestionId("pain"), label.lower())
    return Button(label, PRESSES.get(label, answer))


@pytest.mark.parametrize(
    ("rows", "typed"),
    [
        (("Never", "Often"), ["1", "2"]),
        (("0/1/2", "3/4"), ["0", "1", "2", "3", "4"]),
        (("0/1", "Not sure"), ["0", "1", "2"]),
        (("Yes", "Skip"), ["1", "s"]),
        (("Skip", "Back/Later"), ["s", "b", "l"]),
        (("Yes", "No", "Back/Keep/Later"), ["1", "2", "b", "k", "l"]),
        (("0/1", "Back/Keep"), ["0", "1", "b", "k"]),
        (("Pain", "Pain", "More", "Nothing"), ["1", "2", "3", "k"]),
        (("Start",), ["1"]),
        (("Check now",), ["a"]),
    ],
    ids=[
        "choice",
        "scale",
        "scale and words",
        "skippable",
        "typed",
        "gone back to",
        "opened anew",
        "the list",
        "start",
        "at any time",
    ],
)
def test_answers_are_numbers_and_everything_else_has_a_letter(rows: tuple[str, ...], typed: list[str]) -> None:
    """Who answers 7 types 7, also where a number is to be typed and Skip, Back and Later are the only buttons."""
    (shown,) = screen.put([a_message(*rows)])
    assert list(shown.keys) == typed


def test_no_two_buttons_that_come_together_have_one_key() -> None:
    """A note is answered with a button, and the question stands again below it; every letter that means more is free.

    What stands beside the conversation does not end the question before it.
    """
    reply, question = screen.put([a_message("Check now", *["Pause"] * 30), a_message("Yes", "Back/Later")])
    keys = [*reply.keys, *question.keys]
    assert len(keys) == len(set(keys)) == 34
    assert set("bklqs").isdisjoint(reply.keys)
    assert not reply.moves_on
    assert question.moves_on


def test_a_message_stands_without_mark_up_above_its_rows_of_buttons() -> None:
    """Two buttons in one row on the phone stand in one line."""
    (shown,) = screen.put([a_message("New/As before", "None", html="<b>1 of 2.</b> How &lt;bad&gt;?\n\nPress.")])
    assert list(shown.lines()) == [
        "| 1 of 2. How <bad>?",
        "|",
        "| Press.",
        "| [1] New  [2] As before",
        "| [3] None",
    ]
