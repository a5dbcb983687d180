"""Whether every word that may be needed is there, in every language, with every button."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.gates import Gate
from followupbot.domain.ids import Language, MessageKey, ProtocolKey, TopicId
from followupbot.domain.prompts import OF_CARER
from followupbot.protocol_files.problems import Problem, Severity
from followupbot.protocol_files.programme import ReadProtocol
from followupbot.protocol_files.reading import Path, likeliest, nearest
from followupbot.rendering.contracts import LANGUAGES_OFFERED, contract, fixed_keys
from followupbot.rendering.contracts.terms import Contract
from followupbot.rendering.words import Message, Words

MISSING = "this message is missing"
NO_WORDS = "has no words:"

MISSING_TOLD_MAX = 20
"""With more than so many messages missing a language is told of as a whole: nobody reads 700 lines."""


@dataclass(frozen=True)
class Needed:
    """A message that a protocol names, and where."""

    key: MessageKey
    what: str
    path: Path


def check_coverage(
    words: Words, protocols: tuple[ReadProtocol, ...], used: Collection[ProtocolKey]
) -> Iterator[Problem]:
    """Every message and button that is needed and is not there, and every button that nothing needs.

    A care protocol that is not `used` needs no words in a language that the clinic has added.
    """
    for language in words.languages:
        for key in fixed_keys():
            if not _is_there(words, language, MessageKey(key)):
                yield Problem(f"messages/{language}/{key}.j2", 1, 1, MISSING)
        for read in protocols:
            if read.protocol.key not in used and language not in read.protocol.languages:
                continue
            yield from _check_protocol(words, language, read)
    for read in protocols:
        yield from _check_languages(words, read)
    labels = _labels(protocols)
    buttons = labels | {key: set[str](words.languages) for key in LANGUAGES_OFFERED}
    for message in words:
        yield from _check_buttons(message, buttons)
        if message.key in labels and message.title is None:
            text = 'it has no "title", by which the list of what was said calls it; add one between --- lines'
            yield Problem(message.file, 1, 1, text)
        if message.key.startswith("education/") and message.title is None:
            text = 'it has no "title", which its button in /learn bears; add one between --- lines'
            yield Problem(message.file, 1, 1, text)


def told_as_one(problems: Iterable[Problem], languages: Collection[Language]) -> list[Problem]:
    """The same, with one problem in the place of hundreds for a language that is hardly begun, or a folder misspelt."""
    found = list(problems)
    for language in sorted(languages):
        folder = f"messages/{language}/"
        missing = [problem for problem in found if problem.file.startswith(folder) and problem.message == MISSING]
        if len(missing) <= MISSING_TOLD_MAX:
            continue
        meant = likeliest(language, [other for other in languages if other != language])
        hint = f'; did you mean "messages/{meant}"?' if meant else "; copy another language's folder and translate it"
        text = f"a language needs every message, and of this one {len(missing)} are missing, such as {missing[0].file}"
        followers = f"{NO_WORDS} {folder}"
        found = [problem for problem in found if problem not in missing and followers not in problem.message]
        found.append(Problem(folder.removesuffix("/"), 1, 1, text + hint))
    return found


def check_unused(
    words: Words, protocols: tuple[ReadProtocol, ...], own: Mapping[str, Contract], mine: Collection[str]
) -> Iterator[Problem]:
    """Words in files that are `mine` of a question or rule that no care protocol has: somebody thinks they are read."""
    asked = _labels(protocols).keys()
    for message in words:
        folder, _, name = message.key.rpartition("/")
        known = {"questions": asked, "rules": own.keys()}.get(folder)
        if message.file in mine and known is not None and message.key not in known:
            names = (key.rpartition("/")[2] for key in known if key.startswith(f"{folder}/"))
            text = f'no care protocol has the {folder.removesuffix("s")} "{name}"{nearest(name, names)}'
            yield Problem(message.file, 1, 1, text, Severity.WARNING)


def _is_there(words: Words, language: Language, key: MessageKey) -> bool:
    """Whether there is a file for it. What is wrong with one that cannot be read has been said."""
    path = f"messages/{language}/{key}.j2"
    return key in words.messages[language] or any(fault.file == path for fault in words.faults)


def _check_protocol(words: Words, language: Language, read: ReadProtocol) -> Iterator[Problem]:
    for needed in _needed(read.protocol):
        if not _is_there(words, language, needed.key):
            at = read.reading.at(*needed.path)
            folder = needed.key.rpartition("/")[0]
            there = [key.rpartition("/")[2] for key in words.messages[language] if key.rpartition("/")[0] == folder]
            meant = likeliest(needed.key.rpartition("/")[2], there)
            hint = f'; did you mean "{meant}"?' if meant else ""
            message = f"{needed.what} {NO_WORDS} messages/{language}/{needed.key}.j2 is missing{hint}"
            yield Problem(read.reading.file, at.line, at.column, message)


def _check_languages(words: Words, read: ReadProtocol) -> Iterator[Problem]:
    for n, language in enumerate(read.protocol.languages):
        if language not in words.messages:
            at = read.reading.at("languages", n)
            text = f'there are no messages in "{language}"{nearest(language, words.languages)}'
            yield Problem(read.reading.file, at.line, at.column, text)


def _needed(protocol: CareProtocol) -> Iterator[Needed]:
    for n, asked in enumerate(protocol.asked):
        question, path = asked.question, ("questions", n)
        yield Needed(MessageKey(f"questions/{question.id}"), f'the question "{question.id}"', (*path, "id"))
        theirs = asked.for_carer()
        if theirs is not None and theirs != asked:
            what = f'the question "{question.id}", without what is private,'
            yield Needed(MessageKey(f"questions/{question.id}{OF_CARER}"), what, (*path, "id"))
        if isinstance(question, Gate):
            for i, item in enumerate(question.items):
                key = MessageKey(f"alerts/concerns/{item.concern}")
                yield Needed(key, f'the concern "{item.concern}"', (*path, "items", i, "concern"))
    for n, rule in enumerate(protocol.rules):
        path = ("rules", n)
        yield Needed(MessageKey(f"rules/{rule.id}"), f'the rule "{rule.id}"', (*path, "id"))
        concern = MessageKey(f"alerts/concerns/{rule.concern}")
        yield Needed(concern, f'the concern "{rule.concern}"', (*path, "concern"))
        if rule.card is not None:
            yield Needed(MessageKey(f"cards/{rule.card}"), f'the card "{rule.card}"', (*path, "card"))
        if rule.education is not None:
            yield from _topic(rule.education, (*path, "education"))
    for n, outcome in enumerate(protocol.outcomes):
        key = MessageKey(f"alerts/outcomes/{outcome.id}")
        yield Needed(key, f'the outcome "{outcome.id}"', ("outcomes", n, "id"))
    for n, reason in enumerate(protocol.expecting.reasons if protocol.expecting else ()):
        yield Needed(MessageKey(f"alerts/reasons/{reason}"), f'the reason "{reason}"', ("expecting", "reasons", n))
    for n, timing in enumerate(protocol.timings):
        if timing.teaches is not None:
            yield from _topic(timing.teaches, ("timings", n, "teaches"))


def _topic(topic: TopicId, path: Path) -> Iterator[Needed]:
    """What the patient reads, and where it comes from."""
    yield Needed(MessageKey(f"education/{topic}"), f'the topic "{topic}"', path)
    yield Needed(MessageKey(f"education_sources/{topic}"), f'"where it comes from" of the topic "{topic}"', path)


def _labels(protocols: tuple[ReadProtocol, ...]) -> dict[str, set[str]]:
    """The buttons of each question's message. Protocols that share a question share its words."""
    labels: dict[str, set[str]] = defaultdict(set)
    for read in protocols:
        for asked in read.protocol.asked:
            labels[f"questions/{asked.question.id}"].update(asked.labels())
            carers = asked.for_carer()
            if carers is not None and carers != asked:
                labels[f"questions/{asked.question.id}{OF_CARER}"].update(carers.labels())
    return labels


def _check_buttons(message: Message, labels: dict[str, set[str]]) -> Iterator[Problem]:
    found = contract(message.key)
    if found is None or (found.buttons is None and message.key not in labels):
        return
    needed = labels[message.key] if found.buttons is None else set(found.buttons)
    for name in sorted(needed - message.buttons.keys()):
        yield Problem(message.file, 1, 1, f'the button "{name}" has no words; add it to "buttons" between --- lines')
    for name in sorted(message.buttons.keys() - needed):
        source = message.buttons[name]
        text = f'no button is named "{name}"{nearest(name, needed - message.buttons.keys())}'
        yield Problem(message.file, source.line, source.column, text)
