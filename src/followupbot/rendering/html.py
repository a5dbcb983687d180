"""Telegram's HTML: what it takes, how long it may be, and what is left when the mark-up goes."""

import re
from collections.abc import Iterator
from html import unescape

TEXT_UNITS_MAX = 4096
"""UTF-16 units after parsing; Telegram refuses a longer message."""

CAPTION_UNITS_MAX = 1024
"""The same for words that stand below a picture or a file."""

BUTTON_LETTERS_MAX = 40
"""A row on a narrow phone; Telegram cuts off what is longer."""

TAGS_MAX = 100
"""Telegram ignores mark-up past the hundredth piece."""

TAGS = frozenset(
    ["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote", "a", "tg-spoiler"]
)

_MARK_UP = re.compile(r"<[^<>]*>|<|>|&[^;\s<>&]{0,20};|&")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z-]+)(?P<rest>[^<>]*)>")
_HREF = re.compile(r' href="(?:https://|tg://)[^"<>]+"')
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")


def faults(html: str) -> Iterator[str]:
    """What Telegram would refuse, in words; nothing where it takes the text."""
    open_tags: list[str] = []
    count = 0
    for found in _MARK_UP.finditer(html):
        piece = found[0]
        if piece.startswith("&"):
            if not _ENTITY.fullmatch(piece):
                yield f"{piece} is not allowed; write &amp; for an ampersand"
            continue
        tag = _TAG.fullmatch(piece)
        if tag is None:
            yield f"{piece} is no tag; write &lt; or &gt; for the signs themselves"
        elif tag["name"] not in TAGS:
            yield f"Telegram knows no <{tag['name']}>"
        elif tag["end"]:
            if not open_tags or open_tags[-1] != tag["name"]:
                wanted = f"</{open_tags[-1]}>" if open_tags else "no closing tag"
                yield f"expected {wanted}, found {piece}"
            else:
                open_tags.pop()
        else:
            count += 1
            open_tags.append(tag["name"])
            if not (_HREF.fullmatch(tag["rest"]) if tag["name"] == "a" else not tag["rest"].strip()):
                yield f'{piece} is not allowed; the one attribute is <a href="https://…">'
    for name in open_tags:
        yield f"<{name}> is never closed"
    if count > TAGS_MAX:
        yield f"{count} pieces of mark-up; Telegram takes {TAGS_MAX}"
    length = units(strip(html))
    if length == 0:
        yield "the text is empty"
    if length > TEXT_UNITS_MAX:
        yield f"the text has {length} letters; Telegram takes {TEXT_UNITS_MAX}"


def strip(html: str) -> str:
    """The bare text, as it is read on the phone."""
    return unescape(_TAG.sub("", html))


def units(text: str) -> int:
    """The length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def shorten(title: str, answer: str) -> str:
    """`title: answer`, or as much of it as a button shows, cut between two words.

    Of an answer at least half is shown, or nothing: "More or…" is no way to say "More or less the same".
    """
    text = f"{title}: {answer}" if title and answer else title or answer
    if units(text) <= BUTTON_LETTERS_MAX:
        return text
    while units(text) >= BUTTON_LETTERS_MAX:
        text = text[:-1]
    whole = text.rpartition(" ")[0].rstrip(" :;,.")
    shown = len(whole) - len(f"{title}: ")
    return f"{whole}…" if 2 * shown >= len(answer) else title
