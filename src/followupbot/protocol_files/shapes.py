"""What may stand in a file: each shape reads a part of it, and says the same as JSON Schema."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from followupbot.protocol_files.reading import Kind, Listing, Node, Reading, Scalar, Table, describe, likeliest, nearest

NAME = re.compile(r"[a-z][a-z0-9_]*")
NAME_LENGTH_MAX = 24
"""Names travel in a button's 64 bytes, two or three of them together."""

LIST_LENGTH_MAX = 200
TEXT_LENGTH_MAX = 200
"""The clinic's name is the longest text in these files; words for people are in `messages/`."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
K = TypeVar("K", bound=str | int)
N = TypeVar("N", bound=str)

Schema = dict[str, Any]
"""A part of a JSON Schema (draft 2020-12)."""


class Unreadable(Exception):
    """This part gives no value; what is wrong with it has been reported."""


class Shape(Protocol[T_co]):
    """One kind of thing that may stand in a file."""

    def read(self, node: Node, reading: Reading) -> T_co:
        """The value. Everything wrong with it is reported first, then Unreadable is raised."""

    def schema(self) -> Schema:
        """The same as JSON Schema."""


def refuse(node: Node, expected: str, reading: Reading, hint: str = "") -> Unreadable:
    """Reports that something else was expected here; to be raised."""
    reading.report(node.at, f"expected {expected}, found {describe(node)}{hint}")
    return Unreadable()


@dataclass(frozen=True)
class Name(Generic[N]):
    """A name for use inside the files: small letters, digits and `_`. `make` is the identifier's type."""

    make: Callable[[str], N]
    what: str = "a name"

    def read(self, node: Node, reading: Reading) -> N:
        """The name."""
        if not isinstance(node, Scalar):
            raise refuse(node, self.what, reading)
        if node.kind in (Kind.TRUTH, Kind.NOTHING) and node.text:
            raise refuse(node, f"{self.what} (in quotes, if you mean the word)", reading)
        if not NAME.fullmatch(node.text) or len(node.text) > NAME_LENGTH_MAX:
            form = f"{self.what}: small letters, digits and _, at most {NAME_LENGTH_MAX}"
            raise refuse(node, form, reading)
        return self.make(node.text)

    def schema(self) -> Schema:
        """A string with the pattern of names."""
        return {"type": "string", "pattern": f"^{NAME.pattern}$", "maxLength": NAME_LENGTH_MAX}


@dataclass(frozen=True)
class Text:
    """Any short text."""

    what: str = "text"

    def read(self, node: Node, reading: Reading) -> str:
        """The text, without spaces around it."""
        if not isinstance(node, Scalar) or node.kind is Kind.NOTHING or not node.text.strip():
            raise refuse(node, self.what, reading)
        if node.kind is not Kind.TEXT:
            raise refuse(node, f"{self.what}, in quotes", reading)
        if len(node.text) > TEXT_LENGTH_MAX:
            raise refuse(node, f"{self.what} of at most {TEXT_LENGTH_MAX} letters", reading)
        return node.text.strip()

    def schema(self) -> Schema:
        """A short string."""
        return {"type": "string", "minLength": 1, "maxLength": TEXT_LENGTH_MAX}


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    minimum: int = 0
    maximum: int = 1_000_000

    def read(self, node: Node, reading: Reading) -> int:
        """The number."""
        if not isinstance(node, Scalar) or node.kind is not Kind.WHOLE or not re.fullmatch(r"[-+]?[0-9]+", node.text):
            raise refuse(node, "a whole number", reading)
        number = int(node.text) if len(node.text) <= 9 else self.maximum + 1
        if not self.minimum <= number <= self.maximum:
            raise refuse(node, f"a whole number from {self.minimum} to {self.maximum}", reading)
        return number

    def schema(self) -> Schema:
        """An integer between the bounds."""
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class WholeKey:
    """A whole number that something stands behind."""

    def read(self, node: Node, reading: Reading) -> int:
        """The number."""
        return Whole().read(node, reading)

    def schema(self) -> Schema:
        """A key is text in JSON."""
        return {"type": "string", "pattern": "^[0-9]{1,7}$"}


@dataclass(frozen=True)
class Number:
    """A number, with decimals or without; one without stays whole."""

    maximum: int = 1_000_000

    def read(self, node: Node, reading: Reading) -> int | float:
        """The number."""
        known = isinstance(node, Scalar) and node.kind in (Kind.WHOLE, Kind.NUMBER)
        if not isinstance(node, Scalar) or not known or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", node.text):
            raise refuse(node, "a number like 2 or 35.5", reading)
        number = float(node.text) if "." in node.text else int(node.text)
        if number > self.maximum:
            raise refuse(node, f"a number of at most {self.maximum}", reading)
        return number

    def schema(self) -> Schema:
        """A number from 0."""
        return {"type": "number", "minimum": 0, "maximum": self.maximum}


@dataclass(frozen=True)
class Truth:
    """Yes or no."""

    def read(self, node: Node, reading: Reading) -> bool:
        """The truth value."""
        if not isinstance(node, Scalar) or node.kind is not Kind.TRUTH:
            raise refuse(node, "true or false", reading)
        return node.text.lower() == "true"

    def schema(self) -> Schema:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class OneOf(Generic[T]):
    """One of a few words."""

    words: Mapping[str, T]

    def read(self, node: Node, reading: Reading) -> T:
        """What the word stands for."""
        if not isinstance(node, Scalar) or node.kind is Kind.NOTHING:
            raise refuse(node, f"one of {', '.join(self.words)}", reading)
        if node.text not in self.words:
            reading.report(node.at, f'unknown: "{node.text}"{nearest(node.text, self.words)}')
            raise Unreadable
        return self.words[node.text]

    def schema(self) -> Schema:
        """An enumeration."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """A text with a form of its own. `parse` raises ValueError(what was expected, perhaps a hint)."""

    parse: Callable[[str], T]
    pattern: str
    examples: tuple[str, ...]

    def read(self, node: Node, reading: Reading) -> T:
        """What the text says."""
        if not isinstance(node, Scalar) or node.kind is Kind.NOTHING:
            raise refuse(node, f"something like {self.examples[0]}", reading)
        try:
            return self.parse(node.text.strip())
        except ValueError as error:
            expected, *hint = error.args
            raise refuse(node, expected, reading, *hint) from None

    def schema(self) -> Schema:
        """A string with that pattern."""
        return {"type": "string", "pattern": self.pattern, "examples": [*self.examples]}


@dataclass(frozen=True)
class Nullable(Generic[T]):
    """Something, or nothing after the colon."""

    of: Shape[T]

    def read(self, node: Node, reading: Reading) -> T | None:
        """The value, or None."""
        return None if isinstance(node, Scalar) and node.kind is Kind.NOTHING else self.of.read(node, reading)

    def schema(self) -> Schema:
        """The value's schema, or null."""
        return {"anyOf": [self.of.schema(), {"type": "null"}]}


@dataclass(frozen=True)
class Many(Generic[T]):
    """A list of things of one shape."""

    of: Shape[T]
    minimum: int = 1
    maximum: int = LIST_LENGTH_MAX

    def read(self, node: Node, reading: Reading) -> tuple[T, ...]:
        """All of them, in the file's order."""
        if not isinstance(node, Listing):
            raise refuse(node, "a list", reading)
        if not self.minimum <= len(node.items) <= self.maximum:
            bound = f"at least {self.minimum}" if len(node.items) < self.minimum else f"at most {self.maximum}"
            reading.report(node.at, f"expected {bound} here, found {len(node.items)}")
            raise Unreadable
        read = [_attempt(self.of, item, reading) for item in node.items]
        if any(value is _FAILED for value in read):
            raise Unreadable
        return tuple(read)

    def schema(self) -> Schema:
        """An array."""
        return {"type": "array", "items": self.of.schema(), "minItems": self.minimum, "maxItems": self.maximum}


@dataclass(frozen=True)
class OneOrMany(Generic[T]):
    """One thing, or a list of them."""

    of: Shape[T]

    def read(self, node: Node, reading: Reading) -> tuple[T, ...]:
        """All of them."""
        return Many(self.of).read(node, reading) if isinstance(node, Listing) else (self.of.read(node, reading),)

    def schema(self) -> Schema:
        """The thing's schema, or an array."""
        return {"anyOf": [self.of.schema(), Many(self.of).schema()]}


@dataclass(frozen=True)
class Keyed(Generic[K, T]):
    """Values of one shape, each behind a key."""

    key: Shape[K]
    of: Shape[T]

    def read(self, node: Node, reading: Reading) -> dict[K, T]:
        """All of them, in the file's order."""
        if not isinstance(node, Table):
            raise refuse(node, "keys with values", reading)
        read = [
            (
                _attempt(self.key, key, reading),
                _attempt(self.of, value, reading),
            )
            for key, value in node.entries
        ]
        if any(part is _FAILED for pair in read for part in pair):
            raise Unreadable
        return dict(read)

    def schema(self) -> Schema:
        """An object whose keys have a pattern."""
        return {"type": "object", "propertyNames": self.key.schema(), "additionalProperties": self.of.schema()}


@dataclass(frozen=True)
class Required:
    """Stands for the default of what may not be left out."""


REQUIRED = Required()


@dataclass(frozen=True)
class Field:
    """One key of a record."""

    name: str
    shape: Shape[Any]
    default: Any = REQUIRED
    doc: str = ""

    @property
    def required(self) -> bool:
        """Whether it may not be left out."""
        return self.default is REQUIRED


@dataclass(frozen=True)
class Record(Generic[T]):
    """Keys with a meaning each. `build` gets them by name, defaults filled in; `also` are keys read elsewhere."""

    what: str
    fields: tuple[Field, ...]
    build: Callable[..., T]
    also: Mapping[str, Schema] | None = None

    def read(self, node: Node, reading: Reading) -> T:
        """The value; unknown, missing and wrong keys are all reported."""
        if not isinstance(node, Table):
            raise refuse(node, f"{self.what} as keys with values", reading)
        known = {field.name: field for field in self.fields}
        failed = False
        meant: set[str | None] = set()
        values = {field.name: field.default for field in self.fields if not field.required}
        for key, value in node.entries:
            field = known.get(key.text)
            if field is not None:
                result = _attempt(field.shape, value, reading)
                failed |= result is _FAILED
                values[key.text] = result
            elif key.text not in (self.also or {}):
                unused = [name for name in known if node.get(name) is None]
                meant.add(likeliest(key.text, unused))
                # Keys are plain letters: one that only looks like them is spelled out.
                spelled = key.text.encode("ascii", "backslashreplace").decode()
                reading.report(key.at, f'unknown key "{spelled}"{nearest(key.text, unused)}')
                failed = True
        for field in self.fields:
            if field.required and node.get(field.name) is None and field.name not in meant:
                about = f" ({field.doc})" if field.doc else ""
                reading.report(node.at, f'{self.what} has no "{field.name}"{about}')
                failed = True
        if failed:
            raise Unreadable
        return self.build(**values)

    def schema(self) -> Schema:
        """An object without other keys."""
        properties = dict(self.also or {})
        for field in self.fields:
            about = {"description": field.doc} if field.doc else {}
            properties[field.name] = {**field.shape.schema(), **about}
        required = [*(self.also or {}), *(field.name for field in self.fields if field.required)]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_FAILED: Any = object()


def _attempt(shape: Shape[T], node: Node, reading: Reading) -> T:
    try:
        return shape.read(node, reading)
    except Unreadable:
        failed: T = _FAILED
        return failed
