"""The shapes of questions, scores and conditions, made from the domain's own tables.

A new kind of one of them is a class and a row there; nothing has to be added here.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from dataclasses import Field as DomainField
from datetime import timedelta
from enum import StrEnum
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from followupbot.domain.care_protocol import Asked
from followupbot.domain.comparisons import Amount
from followupbot.domain.conditions import CONDITION_TYPES, Condition
from followupbot.domain.ids import QuestionId
from followupbot.domain.questions import QUESTION_TYPES, Question
from followupbot.domain.replies import Value
from followupbot.domain.scores import SCORE_TYPES, Score
from followupbot.protocol_files.durations import SPAN
from followupbot.protocol_files.reading import Kind, Node, Reading, Scalar, Table, nearest
from followupbot.protocol_files.shapes import (
    NAME,
    REQUIRED,
    Field,
    Keyed,
    Many,
    Name,
    Number,
    OneOf,
    Record,
    Schema,
    Shape,
    Truth,
    Unreadable,
    Whole,
    WholeKey,
    refuse,
)


@dataclass(frozen=True)
class AnswerValue:
    """What an answer is compared with: a number, or the name of a choice."""

    def read(self, node: Node, reading: Reading) -> Value:
        """The number or the name."""
        if isinstance(node, Scalar) and node.kind is Kind.WHOLE:
            return Whole().read(node, reading)
        return Name(str, "a number or a name").read(node, reading)

    def schema(self) -> Schema:
        """An integer or a name."""
        return {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": f"^{NAME.pattern}$"}]}


@dataclass(frozen=True)
class AnyCondition:
    """One condition, picked by its one operator key."""

    def read(self, node: Node, reading: Reading) -> Condition:
        """The condition."""
        if not isinstance(node, Table):
            raise refuse(node, f"a condition, which begins with one of {', '.join(CONDITION_TYPES)}", reading)
        for key, _ in node.entries:
            if key.text not in CONDITION_TYPES:
                reading.report(key.at, f'unknown condition "{key.text}"{nearest(key.text, CONDITION_TYPES)}')
                raise Unreadable
        if len(node.entries) != 1:
            known = " or ".join(name for name in ("all", "any") if name in CONDITION_TYPES)
            reading.report(node.at, f"a condition has one key, found {len(node.entries)}; join several with {known}")
            raise Unreadable
        key, value = node.entries[0]
        return condition_shape(key.text).read(value, reading)

    def schema(self) -> Schema:
        """A reference; see `condition_definition`."""
        return {"$ref": "#/$defs/condition"}


@dataclass(frozen=True)
class AnyQuestion:
    """One question, picked by its `type`, and the condition under which it is put."""

    def read(self, node: Node, reading: Reading) -> Asked:
        """The question."""
        kind = _picked(node, "type", QUESTION_TYPES, "a question", "type of question", reading)
        return question_shape(kind).read(node, reading)

    def schema(self) -> Schema:
        """Any of the question types."""
        return {"anyOf": [question_shape(kind).schema() for kind in QUESTION_TYPES]}


@dataclass(frozen=True)
class AnyScore:
    """One score, picked by its `how`."""

    def read(self, node: Node, reading: Reading) -> Score:
        """The score."""
        kind = _picked(node, "how", SCORE_TYPES, "a score", "way to make a score", reading)
        return score_shape(kind).read(node, reading)

    def schema(self) -> Schema:
        """Any of the ways."""
        return {"anyOf": [score_shape(kind).schema() for kind in SCORE_TYPES]}


def _picked(node: Node, key: str, types: Mapping[str, object], what: str, called: str, reading: Reading) -> str:
    """Which of the types stands behind that key."""
    kind = node.get(key) if isinstance(node, Table) else None
    if kind is None:
        raise refuse(node, f'{what} with a "{key}", which is one of {", ".join(types)}', reading)
    if not isinstance(kind, Scalar) or kind.text not in types:
        known = nearest(kind.text if isinstance(kind, Scalar) else "", types)
        reading.report(kind.at, f"unknown {called}{known}")
        raise Unreadable
    return kind.text


def condition_shape(operator: str) -> Shape[Condition]:
    """What stands behind that operator key: other conditions as they are, else the class's fields by name."""
    kind = CONDITION_TYPES[operator]
    found = class_fields(kind)
    if len(found) == 1 and get_type_hints(kind)[found[0].name] in (Condition, tuple[Condition, ...]):
        return _Only(found[0], kind)
    return Record(f'"{operator}"', found, kind)


def question_shape(kind: str) -> Record[Asked]:
    """A question of that type."""
    cls: Callable[..., Question] = QUESTION_TYPES[kind]

    def build(ask_if: Condition | None, skippable: bool, private: bool, **values: Any) -> Asked:
        return Asked(cls(**values), ask_if, skippable, private)

    ask_if = Field("ask_if", AnyCondition(), None, "Put only where this holds.")
    skippable = Field("skippable", Truth(), False, "A button leaves it out; no rule fires on that.")
    private = Field("private", Truth(), False, "The patient alone is asked, never a carer.")
    type_key = {"type": {"const": kind, "description": _doc(QUESTION_TYPES[kind])}}
    return Record(f"a {kind}", (*class_fields(QUESTION_TYPES[kind]), ask_if, skippable, private), build, also=type_key)


def score_shape(kind: str) -> Record[Score]:
    """A score that is made in that way."""
    how = {"how": {"const": kind, "description": _doc(SCORE_TYPES[kind])}}
    return Record(f"a {kind}", class_fields(SCORE_TYPES[kind]), SCORE_TYPES[kind], also=how)


def condition_definition() -> Schema:
    """The JSON Schema of a condition."""
    forms = [
        {
            "type": "object",
            "description": _doc(kind),
            "properties": {operator: condition_shape(operator).schema()},
            "required": [operator],
            "additionalProperties": False,
        }
        for operator, kind in CONDITION_TYPES.items()
    ]
    return {"oneOf": forms}


def class_fields(cls: type[Any]) -> tuple[Field, ...]:
    """The keys that a frozen dataclass of the domain is written with: its fields, by their types."""
    hints: Mapping[str, Any] = get_type_hints(cls)
    return tuple(Field(field.name, _shape_of(hints[field.name]), _default(field)) for field in fields(cls))


def _default(field: "DomainField[Any]") -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return REQUIRED if field.default is MISSING else field.default


@dataclass(frozen=True)
class _Only:
    """A class of one field is written as that field's value."""

    field: Field
    build: Callable[..., Condition]

    def read(self, node: Node, reading: Reading) -> Condition:
        return self.build(self.field.shape.read(node, reading))

    def schema(self) -> Schema:
        return self.field.shape.schema()


def _shape_of(hint: Any) -> Shape[Any]:
    if hint == Condition:
        return AnyCondition()
    if hint == Value:
        return AnswerValue()
    if hint == Amount:
        return Number()
    if get_origin(hint) in (Union, types.UnionType):
        return _shape_of(_without_none(hint))
    if isinstance(hint, NewType):
        return Name(hint, "the name of a question" if hint is QuestionId else "a name")
    if get_origin(hint) is tuple:
        return Many(_shape_of(get_args(hint)[0]))
    if get_origin(hint) is Mapping:
        key, value = get_args(hint)
        return Keyed(WholeKey() if key is int else _shape_of(key), _shape_of(value))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return OneOf({member.value: member for member in hint})
    return _PLAIN[hint]() if hint in _PLAIN else Record(f"one of the {hint.__name__}s", class_fields(hint), hint)


_PLAIN: Mapping[Any, Callable[[], Shape[Any]]] = {
    bool: Truth,
    int: Whole,
    str: lambda: Name(str),
    timedelta: lambda: SPAN,
}


def _without_none(hint: Any) -> Any:
    """What may be left out is left out, not written as nothing."""
    kinds = [kind for kind in get_args(hint) if kind is not types.NoneType]
    if len(kinds) != 1:
        raise AssertionError(f"protocol files have no form for {hint}; give it one in _shape_of")
    return kinds[0]


def _doc(cls: type[object]) -> str:
    return (cls.__doc__ or "").split("\n", 1)[0]
