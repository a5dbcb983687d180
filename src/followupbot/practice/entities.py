"""Styled text as Telegram counts it: offsets and lengths in UTF-16 code units; and as the page may show it."""

import re
from dataclasses import dataclass, replace
from html import escape

from followupbot.practice.refusals import Json

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "spoiler": ('<span class="spoiler">', "</span>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote>", "</blockquote>"),
    "bot_command": ('<span class="command">', "</span>"),
    "mention": ('<span class="mention">', "</span>"),
}
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w/<>])(?P<bot_command>/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z]\w{3,31})\b"
)


@dataclass(frozen=True)
class Entity:
    """One stretch of styled text; `url` only for links, `date` only for a time."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    unix_time: int = 0
    custom_emoji_id: str = ""

    @property
    def end(self) -> int:
        """The first unit after it."""
        return self.offset + self.length

    def to_json(self) -> Json:
        """The entity as a Bot API MessageEntity."""
        extras = {
            "url": self.url,
            "language": self.language,
            "unix_time": self.unix_time,
            "custom_emoji_id": self.custom_emoji_id,
        }
        found = {key: value for key, value in extras.items() if value}
        return {"type": self.type, "offset": self.offset, "length": self.length, **found}


@dataclass(frozen=True)
class Styled:
    """Plain text and the entities over it."""

    text: str
    entities: tuple[Entity, ...] = ()


def utf16_length(text: str) -> int:
    """How long Telegram says the text is: characters beyond U+FFFF, such as most emoji, count twice."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def trimmed(styled: Styled) -> Styled:
    """The text without white space at either end, entities moved and cut to match, as Telegram stores it."""
    text = styled.text
    start = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    size = utf16_length(text)
    kept = []
    for entity in styled.entities:
        begin, end = max(0, entity.offset - start), min(size, entity.end - start)
        if end > begin:
            kept.append(replace(entity, offset=begin, length=end - begin))
    return Styled(text, tuple(kept))


def found_in(text: str) -> tuple[Entity, ...]:
    """The commands, mentions and addresses Telegram would find in the plain text by itself."""
    found = []
    for match in _FOUND.finditer(text):
        kind = str(match.lastgroup)
        found.append(Entity(kind, utf16_length(text[: match.start()]), utf16_length(match.group())))
    return tuple(found)


def with_found(styled: Styled) -> tuple[Entity, ...]:
    """The bot's own entities, and those found in the text where the bot styled nothing."""
    taken = [(entity.offset, entity.end) for entity in styled.entities if entity.type in {"code", "pre", "text_link"}]
    extra = [e for e in found_in(styled.text) if all(e.end <= begin or e.offset >= end for begin, end in taken)]
    return tuple(sorted((*styled.entities, *extra), key=lambda e: (e.offset, -e.length)))


def to_page(styled: Styled) -> str:
    """The text as HTML that is safe to show: escaped, and with no tags but the few this module writes."""
    units = styled.text.encode("utf-16-le")
    entities = [entity for entity in with_found(styled) if _tags(entity) is not None]
    edges = sorted({0, len(units) // 2} | {edge for e in entities for edge in (e.offset, e.end)})
    pieces: list[str] = []
    stack: list[Entity] = []
    for index, edge in enumerate(edges):
        while any(entity.end <= edge for entity in stack):
            pieces.append(_pair(stack.pop())[1])
        for entity in entities:
            if entity.offset <= edge < entity.end and entity not in stack:
                stack.append(entity)
                pieces.append(_pair(entity)[0])
        if index + 1 < len(edges):
            piece = units[edge * 2 : edges[index + 1] * 2].decode("utf-16-le", errors="replace")
            pieces.append(escape(piece))
    return "".join(pieces)


def _tags(entity: Entity) -> tuple[str, str] | None:
    if entity.type == "text_link" and entity.url.startswith(("http://", "https://")):
        return f'<a href="{escape(entity.url)}" rel="noopener noreferrer" target="_blank">', "</a>"
    return _TAGS.get(entity.type)


def _pair(entity: Entity) -> tuple[str, str]:
    tags = _tags(entity)
    assert tags is not None
    return tags
