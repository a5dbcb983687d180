"""The sandbox that templates run in, and the little of Jinja that they may use.

A template of a clinic is data from outside: it may show what it is given and choose between texts, nothing else.
Source: reliability.md 5, where loops, multiplication and calls took a program down.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from followupbot.domain.ids import Language
from followupbot.domain.params import Day, Instant
from followupbot.rendering import formats
from followupbot.rendering.words import Source

FILTERS = ("time", "day", "when", "brief", "number", "city", "sentence")

CLINIC = "clinic"
CLINIC_PARTS = ("name", "phone", "emergency_number", "crisis_line")

_FIRST_LETTER = re.compile(r"(?<![^>])[^<>\s]")
"""Of a text that may begin with a tag."""

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Const,
    nodes.Filter,
)

_IN_WORDS: dict[type[nodes.Node], str] = {
    nodes.Call: "a call",
    nodes.For: "a loop",
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.Include: "{% include %}",
    nodes.Import: "{% import %}",
    nodes.FromImport: "{% import %}",
    nodes.Extends: "{% extends %}",
    nodes.Block: "{% block %}",
    nodes.Macro: "{% macro %}",
    nodes.Test: '"is"',
    nodes.Getitem: "[…]",
    nodes.Concat: '"~"',
    nodes.FilterBlock: "{% filter %}",
    **dict.fromkeys((nodes.List, nodes.Tuple, nodes.Dict), "a list"),
    **dict.fromkeys((nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow), "arithmetic"),
}


@dataclass(frozen=True)
class Html:
    """Text that is mark-up already: what a template made. Everything else is escaped when it is shown."""

    text: str

    def __html__(self) -> str:
        """How Jinja asks for it."""
        return self.text


@dataclass(frozen=True)
class ClinicWords:
    """What every template is given about the clinic."""

    name: str
    phone: str | None
    emergency_number: str | Html
    crisis_line: str | None = None


@dataclass(frozen=True, order=True)
class TemplateFault:
    """One thing in a template that may not stand there, by its line in the file; `word` stands in that line."""

    line: int
    message: str
    word: str = ""


@lru_cache(maxsize=64)
def environment(language: Language) -> ImmutableSandboxedEnvironment:
    """The sandbox for one language. LookupError where nobody knows how that language writes dates."""
    locale = formats.locale_of(language)
    if locale is None:
        raise LookupError(f"no such language: {language}")
    made = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_showable,
        extensions=(),
    )
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters |= _filters(locale)
    return made


@dataclass(frozen=True)
class Plain:
    """A template with nothing of Jinja in it, as most buttons are: it renders as it stands, and needs no compiling."""

    text: str

    def render(self, *_contexts: Mapping[str, object], **_params: object) -> str:
        """The text, whatever it is given, as a template of Jinja is."""
        return self.text


def compile_template(language: Language, source: Source) -> Template | Plain:
    """The template, ready to render. Raises jinja2.TemplateSyntaxError."""
    if _is_plain(source.text):
        return Plain(source.text)
    return environment(language).from_string(_parsed(language, source.text))


@lru_cache(maxsize=32)
def _parsed(language: Language, text: str) -> nodes.Template:
    """Kept for a moment: `check` compiles what it has just inspected."""
    return environment(language).parse(text)


def _is_plain(text: str) -> bool:
    return "{" not in text and "\r" not in text  # a lone \r is an end of line to Jinja


def inspect(language: Language, source: Source, params: frozenset[str]) -> list[TemplateFault]:
    """Everything in the template that may not stand there, in branches never taken too."""
    if _is_plain(source.text):
        return []
    try:
        tree = _parsed(language, source.text)
    except TemplateSyntaxError as error:
        return [TemplateFault(source.line + error.lineno - 1, f"this is no template: {error.message}")]
    found = [
        TemplateFault(source.line + node.lineno - 1, message, word)
        for node in _walk(tree)
        for message, word in _faults(node, params)
    ]
    return sorted(set(found))


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    if isinstance(node, _ALLOWED):
        for child in node.iter_child_nodes():
            if not (isinstance(node, nodes.Getattr) and _is_clinic(node.node)):
                yield from _walk(child)


def _faults(node: nodes.Node, params: frozenset[str]) -> Iterator[tuple[str, str]]:
    match node:
        case nodes.Name() if node.name == CLINIC:
            yield f"clinic has parts: {', '.join(f'clinic.{part}' for part in CLINIC_PARTS)}", CLINIC
        case nodes.Name() if node.name not in params:
            known = ", ".join(sorted(params)) or "none"
            yield f'this message is not given "{node.name}"; it is given: {known}', node.name
        case nodes.Getattr() if not _is_clinic(node.node):
            yield f'".{node.attr}" is not allowed; only clinic has parts', node.attr
        case nodes.Getattr() if node.attr not in CLINIC_PARTS:
            parts = ", ".join(CLINIC_PARTS)
            yield f'clinic has no "{node.attr}"; it has: {parts}', node.attr
        case nodes.Filter() if node.name not in FILTERS or node.args or node.kwargs:
            yield f'the filter "{node.name}" is not allowed here; allowed: {", ".join(FILTERS)}', node.name
        case nodes.Const() if not isinstance(node.value, str | int | bool | None):
            yield "only text, whole numbers, true, false and none are allowed", ""
        case _ if not isinstance(node, _ALLOWED):
            name = _IN_WORDS.get(type(node), type(node).__name__)
            yield f"{name} is not allowed in a message", ""
        case _:
            pass


def _is_clinic(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == CLINIC


def _showable(value: object) -> object:
    """Lets text and numbers through. A bare `None` or `True`, or a time without a filter, is never shown to anybody."""
    if isinstance(value, bool) or not isinstance(value, str | int | Html | StrictUndefined):
        what = "None" if value is None else type(value).__name__
        filters = ", ".join(FILTERS)
        raise TypeError(f"{what} cannot be shown as it is; choose with if, or use one of the filters {filters}")
    return value


def _filters(locale: Locale) -> dict[str, object]:
    def clock_time(value: Instant) -> str:
        return formats.clock_time(value, locale)

    def day(value: Instant | Day) -> str:
        return formats.day(value, locale)

    def when(value: Instant) -> str:
        return formats.when(value, locale)

    def brief(value: Instant) -> str:
        return formats.brief(value, locale)

    def sentence(value: str | Html) -> str | Html:
        """The text with a capital letter first."""
        if isinstance(value, Html):
            return Html(_FIRST_LETTER.sub(lambda found: found[0].upper(), value.text, count=1))
        return value[:1].upper() + value[1:]

    def number(value: int | float) -> str:
        return formats.number(value, locale)

    def city(value: str) -> str:
        return formats.city(value, locale)

    return {
        **{"time": clock_time, "day": day, "when": when, "brief": brief},
        **{"number": number, "city": city, "sentence": sentence},
    }
