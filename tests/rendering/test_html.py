"""Telegram refuses wrong HTML, and then the message is not sent at all; so we refuse it first."""

import pytest

from followupbot.rendering.html import BUTTON_LETTERS_MAX, faults, shorten, strip, units


@pytest.mark.parametrize(
    "html",
    [
        "plain text",
        "<b>bold <i>and italic</i></b> <u>u</u> <s>s</s> <code>x</code> <pre>y</pre>",
        "<blockquote>said</blockquote> <tg-spoiler>hidden</tg-spoiler>",
        '<a href="https://example.org/?a=1&amp;b=2">here</a> <a href="tg://user?id=1">there</a>',
        "&lt;3 &amp; &gt; &quot; &#39; &#x27; &#128512;",
        "x" * 4096,
        "<b>" + "x" * 4096 + "</b>",
        "&amp;" * 4096,
        "😀" * 2048,
    ],
)
def test_what_telegram_takes_has_no_fault(html: str) -> None:
    """Its limit counts UTF-16 units, after the mark-up is gone."""
    assert list(faults(html)) == []


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>x", ["<b> is never closed"]),
        ("x</b>", ["expected no closing tag, found </b>"]),
        ("<b><i>x</b></i>", ["expected </i>, found </b>", "<b> is never closed"]),
        ("<p>x</p>", ["Telegram knows no <p>", "Telegram knows no <p>"]),
        ("a<br>b", ["Telegram knows no <br>"]),
        ('<b class="x">y</b>', ['<b class="x"> is not allowed; the one attribute is <a href="https://…">']),
        ('<a href="javascript:x">y</a>', None),
        ('<a href="http://example.org">y</a>', None),
        ("<a>y</a>", None),
        ("1 < 2", ["< is no tag; write &lt; or &gt; for the signs themselves"]),
        ("2 > 1", ["> is no tag; write &lt; or &gt; for the signs themselves"]),
        ("A&E", ["& is not allowed; write &amp; for an ampersand"]),
        ("&nbsp;", ["&nbsp; is not allowed; write &amp; for an ampersand"]),
        ("", ["the text is empty"]),
        ("<b></b>", ["the text is empty"]),
        ("x" * 4097, ["the text has 4097 letters; Telegram takes 4096"]),
        ("😀" * 2049, ["the text has 4098 letters; Telegram takes 4096"]),
        ("<b>x</b>" * 101, ["101 pieces of mark-up; Telegram takes 100"]),
    ],
)
def test_what_telegram_refuses_has_a_fault(html: str, expected: list[str] | None) -> None:
    """In words for somebody who has to put it right."""
    found = list(faults(html))
    assert found == (expected or found)
    assert found


def test_bare_text_is_what_is_read_on_the_phone() -> None:
    """A less-than sign that somebody wrote is not taken for mark-up."""
    assert strip('<b>A&amp;E</b> &lt;b&gt; <a href="https://x">y</a>') == "A&E <b> y"
    assert units("é😀") == 3


@pytest.mark.parametrize(
    ("title", "answer", "shown"),
    [
        ("Back pain, 0 to 10", "3", "Back pain, 0 to 10: 3"),
        ("Feeling and breath", "None of these is new", "Feeling and breath: None of these is new"),
        ("Vejiga e intestino", "Nada de esto es nuevo", "Vejiga e intestino: Nada de esto es…"),
        ("Cambio del dolor de espalda", "Más o menos igual", "Cambio del dolor de espalda"),
        ("Cambio de dolor", "Más o menos igual; como antes", "Cambio de dolor: Más o menos igual…"),
        ("Your own words", "", "Your own words"),
        ("x" * 40, "3", "x" * 40),
        ("Mood", "😀" * 30, "Mood"),
        ("Mood", " ".join(["😀😀😀"] * 6), "Mood: 😀😀😀 😀😀😀 😀😀😀 😀😀😀…"),
        ("Mood", "x" * 60, "Mood"),
        ("", "About the same", "About the same"),
    ],
)
def test_a_button_shows_of_what_was_said_as_much_as_there_is_room_for(title: str, answer: str, shown: str) -> None:
    """The whole title, and of the answer all, or the greater part up to the end of a word, or nothing."""
    assert shorten(title, answer) == shown
    assert units(shown) <= BUTTON_LETTERS_MAX
