"""Reads a message in Telegram's HTML, or says why Telegram would not: closed tag list, nesting, character references.

The order of the checks and the words follow what the published server does; see tdlib's MessageEntity.cpp.
"""

import re
from dataclasses import dataclass

from followupbot.practice.entities import Entity, Styled, utf16_length
from followupbot.practice.refusals import bad_request

_PLAIN = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = frozenset(_PLAIN) | {"a", "tg-emoji", "tg-time", "pre", "code", "blockquote"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]{1,7})|#(?P<dec>[0-9]{1,8})|(?P<name>[A-Za-z]+));?")
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"""[^\s=>/"']*""")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_SPACE = re.compile(r"\s*")
# A link must be one that Telegram opens; "tel:" and the like are dropped without a word.
_LINK = re.compile(r"(?:(?:https?|ftp)://|tg://|ton://)\S+$|^(?!\w+:)[\w-]+(?:\.[\w-]+)+(?:[/?#:]\S*)?$", re.IGNORECASE)


@dataclass
class _Open:
    tag: str
    arguments: dict[str, str]
    offset: int
    text_from: int


class _Reader:
    """One pass over the source; `at` is where it is, `text` what a person will read."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.size = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def read(self) -> Styled:
        while self.at < len(self.source):
            if self.source[self.at] != "<":
                self._character()
            elif self.source.startswith("</", self.at):
                self._end_tag()
            else:
                self._start_tag()
        if self.open:
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return Styled("".join(self.text), _settled(self.entities))

    def _character(self) -> None:
        piece, self.at = _character_at(self.source, self.at)
        if "\ud800" <= piece <= "\udfff":
            raise _wrong(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate"
                " code units"
            )
        self.text.append(piece)
        self.size += utf16_length(piece)

    def _start_tag(self) -> None:
        begin = self.at
        name = self._match(_TAG_NAME, begin + 1)
        if self.at >= len(self.source):
            raise _wrong(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        tag = name.lower()
        if tag not in TAGS:
            raise _wrong(f'Unsupported start tag "{tag}" at byte offset {self._bytes(begin)}')
        arguments: dict[str, str] = {}
        self._match(_SPACE, self.at)
        while self._peek() != ">":
            key, value = self._attribute(tag, begin)
            arguments[key] = value
            self._match(_SPACE, self.at)
            if self.at >= len(self.source):
                raise _wrong(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        self.at += 1
        if tag == "span" and arguments.get("class") != "tg-spoiler":
            raise _wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.open.append(_Open(tag, arguments, self.size, len(self.text)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        name = self._match(_ATTRIBUTE_NAME, self.at)
        if not name:
            raise _wrong(f'Empty attribute name in the tag "{tag}" at byte offset {self._bytes(begin)}')
        self._match(_SPACE, self.at)
        if self._peek() != "=":
            if self.at >= len(self.source):
                raise _wrong(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
            return name, "1"
        self._match(_SPACE, self.at + 1)
        quote = self._peek()
        if not quote:
            raise _wrong(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
        if quote in "\"'":
            return name, self._quoted(quote)
        token_begin = self.at
        value = self._match(_NAME_TOKEN, self.at).lower()
        if self._peek() != ">" and not self._peek().isspace():
            raise _wrong(f"Unexpected end of name token at byte offset {self._bytes(token_begin)}")
        return name, value

    def _quoted(self, quote: str) -> str:
        self.at += 1
        letters: list[str] = []
        while self.at < len(self.source) and self.source[self.at] != quote:
            piece, self.at = _character_at(self.source, self.at)
            letters.append(piece)
        self.at += 1
        return "".join(letters)

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise _wrong(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        name = self._match(_TAG_NAME, begin + 2).lower()
        self._match(_SPACE, self.at)
        if self._peek() != ">":
            raise _wrong(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        self.at += 1
        opened = self.open.pop()
        if name and name != opened.tag:
            raise _wrong(
                f'Unmatched end tag at byte offset {self._bytes(begin)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        if self.size > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        offset, length = opened.offset, self.size - opened.offset
        if opened.tag == "a":
            url = opened.arguments.get("href") or "".join(self.text[opened.text_from :])
            if _LINK.match(url):
                self.entities.append(Entity("text_link", offset, length, url=url if "://" in url else f"http://{url}"))
        elif opened.tag == "tg-emoji":
            emoji = opened.arguments.get("emoji-id", "")
            if not emoji.isdigit() or int(emoji) == 0:
                raise bad_request("invalid custom emoji identifier specified")
            self.entities.append(Entity("custom_emoji", offset, length, custom_emoji_id=emoji))
        elif opened.tag == "tg-time":
            unix = opened.arguments.get("unix", "")
            if unix.isdigit() and int(unix) > 0:
                self.entities.append(Entity("date_time", offset, length, unix_time=int(unix)))
        elif opened.tag == "blockquote":
            kind = "expandable_blockquote" if "expandable" in opened.arguments else "blockquote"
            self.entities.append(Entity(kind, offset, length))
        elif opened.tag in {"pre", "code"}:
            language = opened.arguments.get("class", "").removeprefix("language-") if opened.tag == "code" else ""
            self.entities.append(Entity(opened.tag, offset, length, language=language))
        else:
            self.entities.append(Entity(_PLAIN[opened.tag], offset, length))

    def _match(self, pattern: re.Pattern[str], start: int) -> str:
        found = pattern.match(self.source, start)
        assert found is not None, "every pattern here also matches nothing"
        self.at = found.end()
        return found.group()

    def _peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def _bytes(self, position: int) -> int:
        return len(self.source[:position].encode("utf-8", errors="replace"))


def parse(source: str) -> Styled:
    """The text and entities of the HTML; raises Refused 400 "can't parse entities" as Telegram does."""
    return _Reader(source).read()


def _character_at(source: str, at: int) -> tuple[str, int]:
    """The character there, a reference decoded, and where the next begins; an unknown reference stays as written."""
    if source[at] == "&" and (found := _REFERENCE.match(source, at)):
        if found["name"]:
            piece = _NAMED.get(found["name"], "")
        else:
            code = int(found["hex"], 16) if found["hex"] else int(found["dec"])
            piece = chr(code) if 0 < code < 0x10FFFF else ""
        if piece:
            return piece, found.end()
    return source[at], at + 1


def _settled(entities: list[Entity]) -> tuple[Entity, ...]:
    """What Telegram keeps: `<pre><code>` is one block, code holds nothing else, quotations hold no quotation."""
    merged = [
        Entity("pre", e.offset, e.length, language=_inner_language(e, entities)) if e.type == "pre" else e
        for e in entities
        if not (e.type == "code" and any(p.type == "pre" and _within(e, p) for p in entities))
    ]
    blocks = [e for e in merged if e.type in {"pre", "code"}]
    quotes = [e for e in merged if e.type.endswith("blockquote")]
    kept = [
        e
        for e in merged
        if not any(block is not e and _within(e, block) for block in blocks)
        and not (e in quotes and any(quote is not e and _within(e, quote) and quote != e for quote in quotes))
    ]
    return tuple(sorted(kept, key=lambda e: (e.offset, -e.length)))


def _inner_language(pre: Entity, entities: list[Entity]) -> str:
    return next((e.language for e in entities if e.type == "code" and _within(e, pre)), "")


def _within(inner: Entity, outer: Entity) -> bool:
    return outer.offset <= inner.offset and inner.end <= outer.end


def _wrong(words: str) -> Exception:
    return bad_request(f"can't parse entities: {words}")
