"""How the words of one language are measured: what its `language.yaml` says, and what does not keep to it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from followupbot.checking.ease import MEASURES, Measure, count, sentences
from followupbot.domain.ids import Language
from followupbot.protocol_files.lexicon import LEXICON_FILE
from followupbot.protocol_files.problems import Problem
from followupbot.protocol_files.reading import Reading, nearest
from followupbot.protocol_files.shapes import Field, Many, OneOf, Record, Text, Unreadable, Whole
from followupbot.rendering.contracts import CONTRACTS
from followupbot.rendering.words import Message

LANGUAGE_FILE = "language.yaml"

MEASURED_WORDS_MIN = 20
"""A measure of fewer words says nothing: one long word decides it."""

SENTENCE_SHOWN_MAX = 60
BANNED_MAX = 300
ENDING = r"[^\W_]*"


@dataclass(frozen=True)
class Limits:
    """What the words that patients read must keep to in one language."""

    measure: Measure
    name: str
    limit: int
    sentence_words_max: int
    text_letters_max: int
    folders: tuple[str, ...]
    cards_say: tuple[str, ...]
    banned: re.Pattern[str] | None

    def concern(self, message: Message) -> bool:
        """Whether a patient reads it."""
        return message.key.partition("/")[0] in self.folders

    def faults(self, text: str) -> Iterator[str]:
        """What is wrong with the text as it stands on the phone."""
        if len(text) > self.text_letters_max:
            yield f"the text has {len(text)} letters; this language's limit is {self.text_letters_max}"
        for sentence in sentences(text):
            words = sum(count(sentence, self.measure.syllables).sentences)
            if words > self.sentence_words_max:
                shown = sentence if len(sentence) <= SENTENCE_SHOWN_MAX else sentence[: SENTENCE_SHOWN_MAX - 1] + "…"
                yield f'a sentence has {words} words; the limit is {self.sentence_words_max}: "{shown}"'
        counted = count(text, self.measure.syllables)
        if counted.words < MEASURED_WORDS_MIN:
            return
        value = self.measure.of(counted)
        if value > self.limit if self.measure.harder_is_more else value < self.limit:
            bound = "at most" if self.measure.harder_is_more else "at least"
            yield f"it is hard to read: {self.name} {value:.1f}, expected {bound} {self.limit}"

    def banned_in(self, text: str) -> Iterator[re.Match[str]]:
        """Each word that does not belong in what a patient reads, and where it stands."""
        if self.banned is not None:
            yield from self.banned.finditer(text)


def _limits(measure: str, banned: tuple[str, ...], **values: object) -> Limits:
    words = [re.escape(word[:-1]) + ENDING if word.endswith("*") else re.escape(word) for word in banned]
    pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])", re.IGNORECASE) if words else None
    return Limits(measure=MEASURES[measure], name=measure, banned=pattern, **values)  # type: ignore[arg-type] # Record


FILE = Record(
    "a language's file",
    (
        Field("measure", OneOf({name: name for name in MEASURES}), doc="How reading ease is measured."),
        Field("limit", Whole(0, 100), doc="The hardest that a text may be, by that measure."),
        Field("sentence_words_max", Whole(5, 100), doc="Of one sentence."),
        Field("text_letters_max", Whole(100, 4096), doc="Of one message."),
        Field("folders", Many(Text("a folder of messages")), doc="What patients read."),
        Field("cards_say", Many(Text("some words")), doc="What each card says, such as for whoever cannot phone."),
        Field("banned", Many(Text("a word"), 0, BANNED_MAX), (), "Words that no patient is to read."),
    ),
    _limits,
)


def check_lexicons(files: Mapping[str, bytes], known: Iterable[Language]) -> Iterator[Problem]:
    """Each language that has no words that offer the gate; what is wrong with those that are there, reading says."""
    for language in known:
        path = f"messages/{language}/{LEXICON_FILE}"
        if path not in files:
            yield Problem(path, 1, 1, "there is no file that says which words in free text offer the gate")


def read_limits(files: Mapping[str, bytes], known: Iterable[Language]) -> tuple[dict[Language, Limits], list[Problem]]:
    """The limits of each language, and every problem with their files, one that is not there among them."""
    found: dict[Language, Limits] = {}
    problems: list[Problem] = []
    folders = {key.partition("/")[0] for key in CONTRACTS}
    for language in known:
        path = f"messages/{language}/{LANGUAGE_FILE}"
        if path not in files:
            text = "there is no file that says how this language is measured"
            problems.append(Problem(path, 1, 1, text))
            continue
        reading = Reading(path, files[path])
        try:
            limits = None if reading.top is None else FILE.read(reading.top, reading)
        except Unreadable:
            limits = None
        if limits is not None:
            found[language] = limits
            for n, folder in enumerate(limits.folders):
                if folder not in folders:
                    reading.complain(("folders", n), f'no messages lie in "{folder}"{nearest(folder, folders)}')
        problems += reading.problems
    return found, problems
