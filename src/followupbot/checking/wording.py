"""Whether every message can be rendered, with whatever it may be given, into something that Telegram takes."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from followupbot.checking.language import Limits
from followupbot.domain.clinic import ClinicSettings, Crisis
from followupbot.domain.ids import Language, MessageKey
from followupbot.domain.params import Param
from followupbot.domain.params import Words as WordsOf
from followupbot.protocol_files.problems import Problem, Severity
from followupbot.protocol_files.reading import likeliest
from followupbot.rendering import html
from followupbot.rendering.contracts import CONTRACTS, contract
from followupbot.rendering.contracts.terms import NOTICE_LENGTH_MAX, Contract
from followupbot.rendering.param_kinds import AWKWARD_NAME
from followupbot.rendering.renderer import EMERGENCY_NUMBER_KEY, Edition, RenderingFailed
from followupbot.rendering.templates import CLINIC, Html, environment, inspect
from followupbot.rendering.words import Message, Source, Words

CARDS = "cards/"

WORDS_SOUGHT = 3
"""So many of a sentence are enough to find it by in its template."""

ENTITY_ENDS_NOT = r"(?!#?\w+;)"

_SIGNS = re.compile(r"[{}]|\*\*|__|[^\n -~]")

UNSEEN = frozenset({"Cc", "Cf"})
"""Controls, and letters that turn the others around: what is left behind where text was copied."""

JOINERS = frozenset("\u200c\u200d\u200e\u200f")
"""Of these what emoji of several parts, and languages that are written from right to left, are made with."""

_PIECE = re.compile(r"</?[^<>]+>|&\S*")
_MARK_UP = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}|<[^<>]*>", re.DOTALL)


@dataclass(frozen=True)
class Files:
    """The files as they are, for the column of a word in its line."""

    content: Mapping[str, bytes]

    def column(self, file: str, line: int, word: str = "") -> int:
        """Where that word, or else the first letter, stands in the line."""
        lines = self.content.get(file, b"").decode("utf-8", "replace").splitlines()
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        found = text.find(word) if word else -1
        return found + 1 if found >= 0 else len(text) - len(text.lstrip()) + 1


def check_words(
    words: Words,
    settings: ClinicSettings,
    files: Files,
    today: date | None,
    own: Mapping[str, Contract],
    limits: Mapping[Language, Limits],
) -> Iterator[Problem]:
    """What is wrong with the messages themselves; whether all are there is for `coverage` to say.

    `own` has the contracts that come from a protocol: of `rules/<rule>` what the rule looks at, of a red-flag screen
    that it shows whom to call. `limits` say how easily patients must be able to read them.
    """
    for fault in words.faults:
        yield Problem(fault.file, fault.line, fault.column, fault.message)
    unknown = {language for language in words.languages if not _known(language)}
    for language in sorted(unknown):
        yield Problem(f"messages/{language}", 1, 1, f'"{language}" is no language that we know how to write dates in')
    editions = _editions(words, settings)
    for message in words:
        if message.language in unknown:
            continue
        if message.key.startswith("rules/") and message.key not in own:
            continue  # Its rule is in a protocol that cannot be read, or in none: nobody knows what it is given.
        found = own.get(message.key) or contract(message.key)
        if found is None:
            yield Problem(message.file, 1, 1, f"no message of this name is ever sent{_like(message.key)}")
            continue
        faults = list(_check_templates(message, found, files))
        yield from faults
        if not faults:
            used = _used(message, found)
            unfit = list(
                _check_rendered(message, used, editions if _depends_on_clinic(message, used) else editions[:1])
            )
            yield from unfit
            if not unfit and message.language in limits and limits[message.language].concern(message):
                yield from _check_ease(message, used, editions[0], limits[message.language])
        yield from _check_title(message, limits.get(message.language), files)
        yield from _check_sources(message, found, today)


def _known(language: Language) -> bool:
    try:
        environment(language)
    except LookupError:
        return False
    return True


def _like(key: str) -> str:
    meant = likeliest(key, [name for name in CONTRACTS if not name.endswith("*")])
    return f'; did you mean "{meant}"?' if meant else ""


def _editions(words: Words, settings: ClinicSettings) -> tuple[Edition, ...]:
    """The clinic as it is, one that has set nothing, and one whose name is as awkward as a name can be."""
    bare = replace(settings, phone=None, emergency_number=None, crisis=None)
    crisis = Crisis(line="+44 (0)20 7946 0000 00")
    awkward = replace(settings, name=AWKWARD_NAME, phone=crisis.line, emergency_number="999", crisis=crisis)
    own = Edition(words, settings)
    return (own, Edition(words, bare, own.compiled), Edition(words, awkward, own.compiled))


def _check_templates(message: Message, found: Contract, files: Files) -> Iterator[Problem]:
    params = frozenset(found.params)
    for source in (message.body, *message.buttons.values()):
        faults = inspect(message.language, source, params)
        for fault in faults:
            column = files.column(message.file, fault.line, fault.word)
            yield Problem(message.file, fault.line, column, fault.message)
        if not faults:
            yield from _check_signs(message, source)
    if message.key == EMERGENCY_NUMBER_KEY and "clinic" in message.body.text:
        yield Problem(message.file, message.body.line, 1, "these words stand inside clinic, and are given none of it")


def _check_signs(message: Message, source: Source) -> Iterator[Problem]:
    """The first sign that means something elsewhere and is shown as it is, or that nobody can see."""
    text = _MARK_UP.sub(_blank, source.text)
    for found in _SIGNS.finditer(text):
        said = _misplaced(found[0])
        if said is not None:
            lines = text[: found.start()].split("\n")
            column = len(lines[-1]) + (source.column if len(lines) == 1 else 1)
            yield Problem(message.file, source.line + len(lines) - 1, column, said)
            return


def _misplaced(sign: str) -> str | None:
    if sign in "{}":
        return f"a single {sign} is shown as it is; what is to be put in stands between {{{{ and }}}}"
    if sign in {"**", "__"}:
        return f"{sign} is shown as it is; write <b>…</b> for bold letters"
    if unicodedata.category(sign) in UNSEEN and sign not in JOINERS:
        return f"nobody can see the character U+{ord(sign):04X}; delete it"
    return None


def _used(message: Message, found: Contract) -> Contract:
    """The contract without what the message makes no use of: each combination of that would be rendered for nothing."""
    texts = [source.text for source in (message.body, *message.buttons.values())]
    names = {name for name in found.params if name in found.shows or any(name in text for text in texts)}
    return replace(found, params={name: kind for name, kind in found.params.items() if name in names})


def _depends_on_clinic(message: Message, found: Contract) -> bool:
    texts = [source.text for source in (message.body, *message.buttons.values())]
    return any(CLINIC in text for text in texts) or any(kind.words_below for kind in found.params.values())


def _check_rendered(message: Message, found: Contract, editions: tuple[Edition, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for edition in editions:
        for params in found.samples():
            try:
                faults = [(message.body, fault) for fault in _faults(message, found, edition, params)]
                faults += [
                    (source, fault)
                    for name, source in message.buttons.items()
                    for fault in _label_faults(edition.label(message.language, message.key, name, params), name)
                ]
            except RenderingFailed as error:
                faults = [(message.body, str(error.__cause__))]
            except LookupError:
                continue  # A word that is missing is reported where it is missing, by `coverage`.
            for source, fault in faults:
                if fault not in seen:
                    seen.add(fault)
                    yield _problem(message, source, f"{fault}{_case(params)}", _piece(fault))


def _check_ease(message: Message, found: Contract, edition: Edition, limits: Limits) -> Iterator[Problem]:
    """What is hard to read in it, in the first form that is, and each word that no patient is to read."""
    for source in (message.body, *message.buttons.values()):
        for n, line in enumerate(_MARK_UP.sub(_blank, source.text).split("\n")):
            for word in limits.banned_in(line):
                column = word.start() + (source.column if n == 0 else 1)
                yield Problem(message.file, source.line + n, column, _banned(word[0]))
    try:
        texts = {html.strip(edition.html(message.language, message.key, params)) for params in found.samples()}
    except LookupError:
        return  # A word that is missing is reported where it is missing, by `coverage`.
    faults = {fault for text in sorted(texts) for fault in limits.faults(text)}
    for fault in sorted(faults)[:1]:
        begins = " ".join(fault.partition('"')[2].split()[:WORDS_SOUGHT])
        yield _problem(message, message.body, fault, begins)
    if message.key.startswith(CARDS):
        for said in limits.cards_say:
            if not all(said.casefold() in text.casefold() for text in texts):
                yield _problem(message, message.body, f'each card in this language says "{said}"; this one does not')


def _banned(word: str) -> str:
    return f'"{word}" is no word for a patient in this language; choose another'


def _check_title(message: Message, limits: Limits | None, files: Files) -> Iterator[Problem]:
    """It stands on a button, or before what was said."""
    if message.title is None:
        return
    if html.units(message.title) > html.BUTTON_LETTERS_MAX:
        column = files.column(message.file, message.title_line, message.title)
        text = f"the title has {html.units(message.title)} letters; a phone shows {html.BUTTON_LETTERS_MAX} on a button"
        yield Problem(message.file, message.title_line, column, text)
    if limits is not None and limits.concern(message):
        for word in limits.banned_in(message.title):
            column = files.column(message.file, message.title_line, word[0])
            yield Problem(message.file, message.title_line, column, _banned(word[0]))


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _faults(message: Message, found: Contract, edition: Edition, params: Mapping[str, Param]) -> Iterator[str]:
    text = edition.html(message.language, message.key, params)
    yield from html.faults(text)
    bare = html.strip(text).casefold()
    for name in found.shows:
        shown = _shown(edition, message.language, name, params).casefold()
        if not shown:
            continue  # The clinic has none.
        if shown not in bare:
            yield f"it does not show {{{{ {name} }}}}"
        elif name == found.opens and shown not in bare.lstrip().partition("\n")[0]:
            yield f"its first line does not show {{{{ {name} }}}}"
    for said in found.says:
        if said not in bare:
            yield f'it does not say "{said}"'
    if found.pressed and html.units(bare) > html.BUTTON_LETTERS_MAX:
        yield f"it has {html.units(bare)} letters; a phone shows {html.BUTTON_LETTERS_MAX} on a button"
    if found.plain:
        if "<" in text:
            yield "it may have no mark-up"
        if "\n" in text:
            yield "it may have one line only"
        if html.units(bare) > NOTICE_LENGTH_MAX and AWKWARD_NAME.casefold() not in bare:
            yield f"it has {html.units(bare)} letters; there is room for {NOTICE_LENGTH_MAX}"


def _shown(edition: Edition, language: Language, name: str, params: Mapping[str, Param]) -> str:
    clinic, _, part = name.partition(".")
    if clinic == "clinic" and part:
        value = getattr(edition.clinic(language), part)
        return html.strip(value.text) if isinstance(value, Html) else value or ""
    value = params[name]
    if isinstance(value, WordsOf):
        return html.strip(edition.html(language, value.key, {}))
    return str(value)


def _label_faults(label: str, name: str) -> Iterator[str]:
    if not label:
        yield f'the button "{name}" is empty'
    elif html.units(label) > html.BUTTON_LETTERS_MAX:
        yield f'the button "{name}" has {html.units(label)} letters; a phone shows {html.BUTTON_LETTERS_MAX}'


def _check_sources(message: Message, found: Contract, today: date | None) -> Iterator[Problem]:
    if not found.sourced:
        return
    if not message.sources:
        yield Problem(message.file, 1, 1, 'it does not say where its facts come from; add "sources" between --- lines')
    if message.reviewed_on is None or message.review_by is None:
        message_text = 'it does not say when it was reviewed; add "reviewed_on" and "review_by" between --- lines'
        yield Problem(message.file, 1, 1, message_text)
    elif today is not None and message.review_by < today:
        text = f"it was to be reviewed by {message.review_by.isoformat()}"
        yield Problem(message.file, message.review_line, 1, text, Severity.WARNING)


def _problem(message: Message, source: Source, text: str, about: str = "") -> Problem:
    """Where what it is about stands in the template, if it stands there once; else where the template begins."""
    # An ampersand by itself is sought where it begins no entity.
    places = [found.start() for found in re.finditer(re.escape(about) + ENTITY_ENDS_NOT, source.text)]
    if not about or len(places) != 1:
        return Problem(message.file, source.line, source.column, text)
    lines = source.text[: places[0]].split("\n")
    column = len(lines[-1]) + (source.column if len(lines) == 1 else 1)
    return Problem(message.file, source.line + len(lines) - 1, column, text)


def _piece(fault: str) -> str:
    """The piece of mark-up that the fault is about: the last one that it names, before it says what to write."""
    return next(reversed(_PIECE.findall(fault.partition(";")[0])), "")


def _case(params: Mapping[str, Param]) -> str:
    """With which parameters it is so; nothing where it is always so."""
    shown = [f"{name} {_sample(value)}" for name, value in params.items()]
    return f" (tried with {', '.join(shown)})" if shown else ""


def _sample(value: Param) -> str:
    match value:
        case WordsOf(key):
            return MessageKey(key)
        case str():
            return f'"{value if len(value) <= 20 else value[:19] + "…"}"'
        case None | bool() | int():
            return str(value).lower()
        case _:
            return "a date"
