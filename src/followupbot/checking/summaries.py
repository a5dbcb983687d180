"""Whether all that may be said in one check-in fits in the one message that says it back."""

from collections.abc import Iterator, Sequence
from datetime import date

from followupbot.checking.forms import forms_of
from followupbot.domain.care_protocol import Asked
from followupbot.domain.clinic import ClinicSettings
from followupbot.domain.gates import Gate
from followupbot.domain.ids import Language, MessageKey
from followupbot.domain.params import Day, Said, Summary
from followupbot.domain.questions import Date, Multiple, Number, Scale, Text
from followupbot.protocol_files.problems import Problem
from followupbot.protocol_files.programme import ReadProtocol
from followupbot.rendering import html
from followupbot.rendering.renderer import Edition, RenderingFailed
from followupbot.rendering.words import Words

SAID_KEY = MessageKey("check_ins/said")

SOME_DAY = Day(date(2026, 9, 30))
"""September is the longest month in both languages that ship."""


def check_summaries(words: Words, read: ReadProtocol, settings: ClinicSettings) -> Iterator[Problem]:
    """Each form that is too long for it, where it is first asked, in the first language in which it is."""
    edition = Edition(words, settings)
    for form, path in forms_of(read).items():
        asked = read.protocol.put_by(form)
        for language in read.protocol.languages or words.languages:
            try:
                said = tuple(line for question in asked if (line := _longest(edition, language, question)) is not None)
                text = edition.html(language, SAID_KEY, {"said": Summary(said)})
            except (LookupError, RenderingFailed):
                continue  # What is missing or broken is reported where that is, by `coverage` and `wording`.
            length = html.units(html.strip(text))
            if length > html.TEXT_UNITS_MAX:
                at = read.reading.at(*path)
                fits = f"{length} letters in {language}; Telegram takes {html.TEXT_UNITS_MAX}"
                yield Problem(read.reading.file, at.line, at.column, f"what may be said to this form has {fits}")
                break


def _longest(edition: Edition, language: Language, asked: Asked) -> Said | None:
    """The most that its line may say: every item of a screen, every option of several, else the longest of all."""
    question = asked.question
    key = MessageKey(f"questions/{question.id}")

    def longest(labels: Sequence[str]) -> str:
        return max(labels, key=lambda label: len(edition.label(language, key, label, {})))

    match question:
        case Text():
            return None
        case Gate():
            items = [[f"{item.id}.{value}" for value in question.values(item.id)[1:]] for item in question.items]
            return Said(key, tuple(map(longest, items)))
        case Multiple():
            return Said(key, question.options)
        case Date():
            return Said(key, (), SOME_DAY)
        case Scale() | Number():
            return Said(key, (), question.maximum)
        case _:
            return Said(key, (longest(asked.labels()),))
