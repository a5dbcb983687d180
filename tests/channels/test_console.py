"""What stands in a terminal for a message: its words, and what is typed for each of its buttons."""

import pytest

from followupbot.channels.console import screen
from followupbot.domain.delivery import Button, Rendered
from followupbot.domain.ids import CheckInId, PatientId, QuestionId
from followupbot.domain.outgoing import AnswerPress


def a_message(*rows: str, html: str = "<b>1 of 2.</b> How &lt;bad&gt;?") -> Rendered:
    """Each row is its buttons' labels; a button says what its label says, in small letters."""
    return Rendered(html, tuple(tuple(a_button(label) for label in row.split("/")) for row in rows))


def a_button(label: str) -> Button:
    return Button(label, AnswerPress(PatientId("7F3KP"), CheckInId(1), QuestionId("pain"), label.lower()))


@pytest.mark.parametrize(
    ("rows", "typed"),
    [
        (("Never", "Often"), ["1", "2"]),
        (("0/1/2", "3/4"), ["0", "1", "2", "3", "4"]),
        (("0/1", "Not sure"), ["0", "1", "2"]),
        (("Yes", "Skip"), ["1", "s"]),
        (("Skip",), ["s"]),
    ],
    ids=["choice", "scale", "scale and words", "skippable", "typed"],
)
def test_a_number_is_typed_for_itself_and_words_are_counted(rows: tuple[str, ...], typed: list[str]) -> None:
    """Who answers 7 types 7; and Skip is no number, since a number may be what is asked for."""
    assert list(screen.keys(a_message(*rows))) == typed


def test_a_message_stands_without_mark_up_above_its_rows_of_buttons() -> None:
    """Two buttons in one row on the phone stand in one line."""
    shown = list(screen.lines(a_message("New/As before", "None", html="<b>1 of 2.</b> How &lt;bad&gt;?\n\nPress.")))
    assert shown == [
        "| 1 of 2. How <bad>?",
        "|",
        "| Press.",
        "| [1] New  [2] As before",
        "| [3] None",
    ]
