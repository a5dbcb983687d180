"""A message file is an optional front matter and a text; what is neither is reported with its place."""

from datetime import date

import pytest

from followupbot.domain.ids import Language, MessageKey
from followupbot.rendering.words import MESSAGE_BYTES_MAX, Message, Source, Words

EN, KEY = Language("en"), MessageKey("cards/x")
PATH = "messages/en/cards/x.j2"


def message(content: str) -> Message:
    """The message in that file."""
    return Words({PATH: content.encode()}).message(EN, KEY)


def test_a_file_without_front_matter_is_all_text() -> None:
    """Most are."""
    assert message("Call <b>now</b>.\n") == Message(EN, KEY, PATH, Source("Call <b>now</b>.\n"))


def test_a_front_matter_has_buttons_and_sources_and_the_text_keeps_its_line() -> None:
    """So that a problem is found where it stands in the file."""
    read = message(
        "---\nbuttons:\n  take: I will take this\n  a.new: '1 new'\nsources:\n  - Somebody 2020\n"
        "reviewed_on: 2026-01-31\nreview_by: 2027-01-31\n---\nText\n"
    )
    assert read.body == Source("Text\n", 10)
    assert read.buttons == {"take": Source("I will take this", 3, 9), "a.new": Source("1 new", 4, 10)}
    assert read.sources == ("Somebody 2020",)
    assert (read.reviewed_on, read.review_by, read.review_line) == (date(2026, 1, 31), date(2027, 1, 31), 8)


def test_a_line_in_the_text_may_be_a_rule() -> None:
    """Only the first line of the file opens a front matter."""
    assert message("One\n---\nTwo").body.text == "One\n---\nTwo"


@pytest.mark.parametrize(
    ("content", "line", "column", "text"),
    [
        (b"---\nbuttons:\n  a: b\n", 1, 1, "never closes"),
        (b"---\nbutton:\n  a: b\n---\n", 2, 1, 'unknown key "button"; known here: buttons'),
        (b"---\nbuttons:\n  a: b\n  a: c\n---\n", 4, 3, '"a" stands here twice'),
        (b"---\nbuttons: [a]\n---\n", 2, 10, "expected buttons as keys with values"),
        (b"---\nbuttons:\n  a: [b]\n---\n", 3, 6, "expected a button's text"),
        (b"---\nbuttons:\n  a: {{ b }}\n---\n", 3, 6, "expected a button's text"),
        (b"---\nbuttons:\n\ta: b\n---\n", 3, 1, "may not begin with a tab"),
        (b"---\nreview_by: soon\n---\n", 2, 12, "expected a date like"),
        (b"---\nsources: me\n---\n", 2, 10, "expected a list of sources"),
        (b"---\njust words\n---\n", 2, 1, "expected the front matter as keys with values"),
        (b"caf\xe9\n", 1, 1, "not UTF-8"),
        (b"x" * (MESSAGE_BYTES_MAX + 1), 1, 1, "longer than 4096 bytes"),
    ],
)
def test_a_file_that_holds_no_message_is_a_fault_with_its_place(
    content: bytes, line: int, column: int, text: str
) -> None:
    """And there is no such message."""
    words = Words({PATH: content})
    (fault,) = words.faults
    assert (fault.file, fault.line, fault.column) == (PATH, line, column)
    assert text in fault.message
    with pytest.raises(LookupError):
        words.message(EN, KEY)


@pytest.mark.parametrize("path", ["messages/en/Cards/x.j2", "messages/x.j2", "messages/en/a b.j2", "messages/en/x.txt"])
def test_a_file_of_another_name_is_a_fault(path: str) -> None:
    """Nobody would ever see what stands in it."""
    assert [fault.file for fault in Words({path: b"x"}).faults] == [path]
