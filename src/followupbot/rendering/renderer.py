"""A message's key and parameters become what stands on the phone."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape

from jinja2 import Template, TemplateError

from followupbot.domain.clinic import ClinicSettings
from followupbot.domain.delivery import Attached, Button, Rendered
from followupbot.domain.ids import Language, MessageKey, Version
from followupbot.domain.params import WHOM, Day, Document, Lines, Markup, Param, Picture, Said, Summary, Title
from followupbot.domain.params import Words as WordsOf
from followupbot.domain.presses import Choice
from followupbot.rendering import pictures
from followupbot.rendering.formats import day, locale_of
from followupbot.rendering.html import CAPTION_UNITS_MAX, shorten, strip, units
from followupbot.rendering.templates import CLINIC, ClinicWords, Html, Plain, compile_template
from followupbot.rendering.words import Source, Words

EMERGENCY_NUMBER_KEY = MessageKey("clinic/emergency_number")

QUESTIONS = "questions/"
VOICE_KEY = MessageKey("carers/voice")

CHOSEN: Mapping[bool | None, str] = {None: "", True: "☑ ", False: "☐ "}
"""Of several that may be chosen together, which are: a sign that needs no language."""

_NUMBER = re.compile(r"-?[0-9]+")
_NUMBERED = re.compile(r"(?P<number>[0-9]+) (?P<words>.+)")
_NUMBERED_LINE = re.compile(r"(?P<number>[0-9]+)\. (?P<words>.+)")
"""A red-flag screen's button, `2 as before`, and the line that it is about (clinical.md 0.4)."""

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


class RenderingFailed(ValueError):
    """A template could not be rendered with what it was given; `check` lets no such template be published."""


@dataclass(frozen=True)
class Edition:
    """One version's words and settings, and what of it has been used: templates, and words about the clinic."""

    words: Words
    settings: ClinicSettings
    compiled: dict[tuple[Language, MessageKey, str | None], Template | Plain] = field(default_factory=dict)
    clinics: dict[Language, ClinicWords] = field(default_factory=dict)

    def html(self, language: Language, key: MessageKey, params: Mapping[str, Param]) -> str:
        """The message in Telegram's HTML. LookupError where there is none; RenderingFailed where it cannot be."""
        return self._render(language, key, None, params)

    def label(self, language: Language, key: MessageKey, label: str, params: Mapping[str, Param]) -> str:
        """The words of a button: a number as it is; of a key that message's title or words; else of `buttons`.

        LookupError.
        """
        if _NUMBER.fullmatch(label):
            return label
        if "/" in label:
            title = self.words.message(language, MessageKey(label)).title
            return title or strip(self._render(language, MessageKey(label), None, {}))
        return strip(self._render(language, key, label, params))

    def answer_label(self, language: Language, said: Said) -> str:
        """What a button has room for of what was said: the question's title, then the answer."""
        return shorten(self._title(language, said.question), "; ".join(self._values(language, said)))

    def clinic(self, language: Language) -> ClinicWords:
        """What every template is given about the clinic."""
        if language not in self.clinics:
            self.clinics[language] = self._clinic(language)
        return self.clinics[language]

    def _clinic(self, language: Language) -> ClinicWords:
        number: str | Html | None = self.settings.emergency_number
        if number is None:
            # These words stand inside the clinic's own, so they are given none of it.
            template = self._template(language, EMERGENCY_NUMBER_KEY, None)
            number = Html(_tidy(template.render()))
        crisis = self.settings.crisis
        return ClinicWords(self.settings.name, self.settings.phone, number, crisis.line if crisis else None)

    def _render(self, language: Language, key: MessageKey, label: str | None, params: Mapping[str, Param]) -> str:
        template = self._template(language, key, label)
        context: dict[str, object] = {CLINIC: self.clinic(language)}
        for name, value in params.items():
            if isinstance(value, WordsOf):
                # Words have no parameters of their own, so this goes no deeper.
                context[name] = Html(self._render(language, value.key, None, {}))
            elif isinstance(value, Summary):
                context[name] = Html("\n".join(self._line(language, said) for said in value.lines))
            elif isinstance(value, Title):
                context[name] = self._title(language, value.of)
            elif isinstance(value, Markup):
                context[name] = strip(value.html)
            elif isinstance(value, Said):
                context[name] = "; ".join(self._values(language, value))
            elif isinstance(value, Lines):
                context[name] = Html(self.lines(language, value))
            else:
                context[name] = value
        try:
            return _tidy(template.render(context))
        except (TemplateError, TypeError, ValueError, AttributeError) as error:
            raise RenderingFailed(f"{language}/{key}: {error}") from error

    def lines(self, language: Language, lines: Lines) -> str:
        """Each in its own words, in Telegram's HTML."""
        return "\n".join(self._render(language, line.in_words, None, line.params) for line in lines.each)

    def _line(self, language: Language, said: Said) -> str:
        """What was said to one question: its title, and the words of the buttons that were pressed."""
        values = "; ".join(self._values(language, said))
        return f"• {escape(self._title(language, said.question))}: <b>{escape(values)}</b>"

    def _title(self, language: Language, key: MessageKey) -> str:
        """What was asked years ago may have no words any more; its name is better than no record."""
        try:
            return self.words.message(language, key).title or ""
        except LookupError:
            return key.rpartition("/")[2]

    def _values(self, language: Language, said: Said) -> list[str]:
        values = [self._value(language, said.question, label) for label in said.labels]
        if isinstance(said.value, Day):
            locale = locale_of(language)
            values += [] if locale is None else [day(said.value, locale)]
        elif said.value is not None:
            values.append(str(said.value))
        return values

    def _value(self, language: Language, question: MessageKey, label: str) -> str:
        try:
            return self._in_words(language, question, self.label(language, question, label, {}))
        except LookupError:
            return label

    def _in_words(self, language: Language, question: MessageKey, label: str) -> str:
        """`2 as before` says nothing without the question: the line of that number stands behind it."""
        numbered = _NUMBERED.fullmatch(label)
        if numbered is None:
            return label
        lines = (
            _NUMBERED_LINE.fullmatch(line) for line in self.words.message(language, question).body.text.split("\n")
        )
        named = next(
            (line["words"] for line in lines if line is not None and line["number"] == numbered["number"]), None
        )
        return label if named is None or "{" in named else f"{numbered['words']}: {strip(named)}"

    def _template(self, language: Language, key: MessageKey, label: str | None) -> Template | Plain:
        place = (language, key, label)
        if place not in self.compiled:
            message = self.words.message(language, key)
            source: Source | None = message.body if label is None else message.buttons.get(label)
            if source is None:
                raise LookupError(f"the message {key} in {language} has no button {label}")
            try:
                self.compiled[place] = compile_template(language, source)
            except TemplateError as error:
                raise RenderingFailed(f"{language}/{key}: {error}") from error
        return self.compiled[place]


class Renderer:
    """The application's port of that name. Each version is read once and kept."""

    def __init__(
        self,
        files_of: Callable[[Version], Mapping[str, bytes]],
        settings_of: Callable[[Version], ClinicSettings],
    ) -> None:
        self._files_of = files_of
        self._settings_of = settings_of
        self._editions: dict[Version, Edition] = {}

    def render(
        self,
        words: Version,
        language: Language,
        message: MessageKey,
        params: Mapping[str, Param],
        choices: Sequence[Sequence[Choice]] = (),
    ) -> Rendered:
        """The words in that language. LookupError where there are none; RenderingFailed where a template breaks."""
        edition = self.edition(words)
        whom = params.get(WHOM)
        html = edition.html(language, message, params)
        if isinstance(whom, str):
            html = f"{_heading(edition, language, message, whom)}\n{html}"
        buttons = tuple(
            tuple(Button(_label(edition, language, message, choice, params), choice.press) for choice in row)
            for row in choices
        )
        return Rendered(html, buttons, file=_file(edition, language, params) or _picture(html, params))

    def plain(self, rendered: Rendered) -> Rendered:
        """The same without any mark-up."""
        return rendered if rendered.plain else replace(rendered, html=strip(rendered.html), plain=True)

    def edition(self, version: Version) -> Edition:
        """That version, read from now on: what is sent after this needs no database. LookupError."""
        if version not in self._editions:
            self._editions[version] = Edition(Words(self._files_of(version)), self._settings_of(version))
        return self._editions[version]


def _heading(edition: Edition, language: Language, message: MessageKey, whom: str) -> str:
    """Whom a message is about. Above a question it is said too whose voice it has: whoever helps is not meant by it."""
    if message.startswith(QUESTIONS):
        try:
            return edition.html(language, VOICE_KEY, {WHOM: whom})
        except LookupError:
            pass  # words that were published before there was such a line
    return f"<b>{escape(whom)}</b>"


def _label(
    edition: Edition, language: Language, message: MessageKey, choice: Choice, params: Mapping[str, Param]
) -> str:
    if choice.said is not None:
        return edition.answer_label(language, choice.said)
    return CHOSEN[choice.chosen] + edition.label(language, message, choice.label, params)


def _file(edition: Edition, language: Language, params: Mapping[str, Param]) -> Attached | None:
    """A message has one file at most."""
    document = next((value for value in params.values() if isinstance(value, Document)), None)
    if document is None:
        return None
    content = document.content
    text = strip(edition.lines(language, content)) if isinstance(content, Lines) else content
    return Attached(document.file, text.encode())


def _picture(html: str, params: Mapping[str, Param]) -> Attached | None:
    """None where the words are too many to stand below one: they say the same."""
    picture = next((value for value in params.values() if isinstance(value, Picture)), None)
    if picture is None or units(strip(html)) > CAPTION_UNITS_MAX:
        return None
    return Attached("progress.png", pictures.draw(picture.trends), picture=True)


def _tidy(text: str) -> str:
    """Without spaces at the ends, and never two empty lines: what branches not taken leave behind."""
    return _BLANK_LINES.sub("\n\n", text).strip()
