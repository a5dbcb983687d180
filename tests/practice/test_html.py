"""What Telegram's HTML allows, entity by entity, and what it refuses, word by word."""

import pytest

from followupbot.practice.entities import Entity, Styled, to_page, trimmed, utf16_length
from followupbot.practice.html import parse
from followupbot.practice.refusals import Refused


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", ()),
        ("<b>bold</b> and <em>slanted</em>", "bold and slanted", (Entity("bold", 0, 4), Entity("italic", 9, 7))),
        ("<STRONG>x</strong>", "x", (Entity("bold", 0, 1),)),
        ("<b>a<i>b</i></b>", "ab", (Entity("bold", 0, 2), Entity("italic", 1, 1))),
        ("<u>u</u><ins>u</ins><s>s</s><del>d</del><strike>k</strike>", "uusdk", None),
        ("🦴 <b>x</b>", "🦴 x", (Entity("bold", 3, 1),)),  # an emoji is two units
        ("&lt;b&gt; &amp; &quot;", '<b> & "', ()),
        ("&#8364; &#x20AC; &#128640;", "€ € 🚀", ()),
        ("a &nbsp; b &unknown;", "a &nbsp; b &unknown;", ()),  # not known, so left as written
        ("fish & chips", "fish & chips", ()),
        ('<a href="https://example.org/?a=1&amp;b=2">site</a>', "site", None),
        ('<a href="tel:+41441234567">call</a>', "call", ()),  # Telegram drops such links without a word
        ('<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>', "xy", None),
        ('<pre><code class="language-py">x</code></pre>', "x", (Entity("pre", 0, 1, language="py"),)),
        ("<code><b>x</b></code>", "x", (Entity("code", 0, 1),)),
        ("<blockquote expandable>x</blockquote>", "x", (Entity("expandable_blockquote", 0, 1),)),
        ('<tg-time unix="1767258000">noon</tg-time>', "noon", (Entity("date_time", 0, 4, unix_time=1767258000),)),
        ("<b></b>x", "x", ()),
        ("<b>x</>", "x", (Entity("bold", 0, 1),)),
    ],
)
def test_allowed_html_becomes_text_and_entities(source: str, text: str, entities: tuple[Entity, ...] | None) -> None:
    styled = parse(source)
    assert styled.text == text
    if entities is not None:
        assert styled.entities == entities


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("one<br>two", 'Unsupported start tag "br" at byte offset 3'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("pain < 5", 'Unsupported start tag "" at byte offset 5'),
        ("é <h1>x</h1>", 'Unsupported start tag "h1" at byte offset 3'),  # bytes, not letters
        ("pain <5", "Unclosed start tag at byte offset 5"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("<b />", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=https://x.org>x</a>", "Unexpected end of name token at byte offset 8"),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
        ("&#xD800;", "Text contains invalid Unicode characters after decoding HTML entities"),
    ],
)
def test_wrong_html_is_refused_with_telegrams_words(source: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(source)
    assert refused.value.code == 400
    assert refused.value.description.startswith(f"Bad Request: can't parse entities: {words}")


def test_length_is_counted_in_utf16_units() -> None:
    assert [utf16_length(text) for text in ("abc", "é", "€", "🚀", "👨‍👩‍👧")] == [3, 1, 1, 2, 8]


def test_white_space_at_the_ends_is_gone_and_entities_move_with_the_text() -> None:
    assert trimmed(parse("  \n<b> yes </b>\n")) == Styled("yes", (Entity("bold", 0, 3),))


@pytest.mark.parametrize(
    ("styled", "page"),
    [
        (Styled("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (Styled("ab", (Entity("bold", 0, 2), Entity("italic", 1, 1))), "<b>a<i>b</i></b>"),
        # Overlapping, as only the `entities` parameter can have it.
        (Styled("abc", (Entity("bold", 0, 2), Entity("italic", 1, 2))), "<b>a<i>b</i></b><i>c</i>"),
        (Styled("x", (Entity("text_link", 0, 1, url="javascript:alert(1)"),)), "x"),
        (
            Styled("x", (Entity("text_link", 0, 1, url='https://a.org/"onclick="x'),)),
            '<a href="https://a.org/&quot;onclick=&quot;x" rel="noopener noreferrer" target="_blank">x</a>',
        ),
        (Styled("🚀b", (Entity("bold", 2, 1),)), "🚀<b>b</b>"),
    ],
)
def test_the_page_gets_html_that_is_safe_and_well_formed(styled: Styled, page: str) -> None:
    assert to_page(styled) == page
