"""Everything that would be published, checked together."""

import gc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time
from pathlib import Path

from followupbot.checking.coverage import check_coverage, check_unused, told_as_one
from followupbot.checking.language import check_lexicons, read_limits
from followupbot.checking.reach import check_reach
from followupbot.checking.summaries import check_summaries
from followupbot.checking.vignettes import check_vignettes
from followupbot.checking.windows import check_windows
from followupbot.checking.wording import Files, check_words
from followupbot.domain.care_protocol import Asked, CareProtocol
from followupbot.domain.clinic import ClinicSettings, OpeningHours, Role
from followupbot.domain.ids import Language
from followupbot.domain.prompts import OF_CARER
from followupbot.protocol_files.problems import Problem, Problems, Severity
from followupbot.protocol_files.programme import ReadProtocol, in_use, read_files
from followupbot.protocol_files.reading import nearest
from followupbot.protocol_files.sources import (
    CLINIC_FILE,
    VIGNETTES,
    WORDS_DATA,
    belongs,
    beside,
    gather,
    is_protocol,
    obstacles,
    own_paths,
)
from followupbot.rendering.contracts import CONTRACTS, gate_contract, rule_contract
from followupbot.rendering.contracts.terms import Contract
from followupbot.rendering.words import Words

PRESS_LETTERS_MAX = 68
"""What a button's 64 bytes bear beside its kind and the patient's code: number, names and dots, packed into them."""

CHECK_IN_DIGITS_MAX = 5
"""Of a check-in's number: one a day for 270 years."""

NOWHERE = Path("/nonexistent")

_STAND_IN = ClinicSettings("Clinic", OpeningHours("UTC", {0: (time(9), time(17))}), (Role.CLINICIAN,), Language("en"))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for cycles: what is made here is needed to the end, and looking takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_uncollected()
def check(
    files: Mapping[str, bytes], today: date | None = None, play: bool = True, mine: Collection[str] = ()
) -> list[Problem]:
    """Every problem of a programme's files, in the order of files and lines. With `today`, expired reviews too.

    `play`: the vignettes are played, which takes the longest. Of files that are `mine` those that nothing needs, too.
    """
    read = read_files(files)
    played = check_vignettes(files, read) if play else ()
    words = Words(files)
    problems = list(read.problems)
    limits, found_in_files = read_limits(files, words.languages)
    problems += found_in_files
    problems += check_lexicons(files, words.languages)
    own = own_contracts(read.protocols)
    problems += check_words(words, read.settings or _STAND_IN, Files(files), today, own, limits)
    problems += check_coverage(words, read.protocols, read.used)
    if len(read.protocols) == sum(map(is_protocol, files)):
        problems += check_unused(words, read.protocols, own, mine)
    for found in read.protocols:
        problems += _check_presses(found, words.languages)
        if not any(problem.severity is Severity.ERROR for problem in found.reading.problems):
            problems += check_reach(found)
            problems += check_windows(found)
            problems += check_summaries(words, found, read.settings or _STAND_IN)
    problems += played
    if read.settings is not None and read.clinic is not None:
        at = read.clinic.at("language")
        if read.settings.language not in words.languages:
            text = (
                f'there are no messages in "{read.settings.language}"{nearest(read.settings.language, words.languages)}'
            )
            problems.append(Problem(CLINIC_FILE, at.line, at.column, text))
        for found in read.protocols:
            if found.protocol.key in read.used:
                problems += _check_ladder(found, read.settings)
    return list(Problems(problems).problems)


def check_paths(data: Path, paths: Sequence[Path] = (), today: date | None = None) -> list[Problem]:
    """What is wrong with the clinic's files in `data`, or with the files or folders named, among those that ship.

    Problems name the files as they lie on disk.
    """
    if not paths:
        return check_gathered(data, gather(data), today)
    named = {name: file for path in paths for name, file in _named(path)}
    files = gather(NOWHERE) | {name: file.read_bytes() for name, file in named.items() if belongs(name)}
    return _on_disk(check(files, today, mine=named), named, files)


def check_gathered(data: Path, files: Mapping[str, bytes], today: date | None = None) -> list[Problem]:
    """What is wrong with the files that were gathered from `data`, whatever lies there by now.

    Who publishes them checks these very bytes. Problems name the files as they lie on disk.
    """
    named = {path: data / path for path in own_paths(data)}
    unused = named.keys() & files.keys() - in_use(files).keys()
    problems = check(files, today, mine=named)
    problems += [
        Problem(name, 1, 1, f"not used: add it to protocols in {CLINIC_FILE}", Severity.WARNING)
        for name in unused
        if not name.endswith(VIGNETTES)
    ]
    in_the_way = [Problem(str(data / name), 1, 1, why) for name, why in sorted(obstacles(data).items())]
    return [*in_the_way, *_on_disk(problems, named, files)]


def _on_disk(problems: Sequence[Problem], named: Mapping[str, Path], files: Collection[str]) -> list[Problem]:
    """These problems and the files that nothing reads, in order, each file by its path on disk."""
    unread = [
        Problem(name, 1, 1, f"nothing reads a file of this name; expected {_expected(name)}", Severity.WARNING)
        for name in named
        if not belongs(name)
    ]
    on_disk = {name: str(file) for name, file in named.items()}
    languages = {Language(name.split("/")[1]) for name in files if name.startswith("messages/")}
    found = Problems([*told_as_one(problems, languages), *unread]).problems
    return [replace(problem, file=on_disk.get(problem.file, problem.file)) for problem in found]


def as_dicts(problems: Iterable[Problem]) -> list[dict[str, str | int]]:
    """The problems for other programs: file, line, column, severity, message."""
    return [
        {
            "file": found.file,
            "line": found.line,
            "column": found.column,
            "severity": found.severity.value,
            "message": found.message,
        }
        for found in problems
    ]


def _named(path: Path) -> Iterator[tuple[str, Path]]:
    """The file, or all files of a folder, by their paths in a programme."""
    if not path.exists():
        raise FileNotFoundError(path)
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file() and not beside(file):
            yield _place(file.resolve()), file


def _place(file: Path) -> str:
    """The path in a programme of a file that may lie anywhere."""
    folder = "messages" if file.suffix == ".j2" or file.name in WORDS_DATA else "protocols"
    if folder in file.parts[:-1]:
        below = len(file.parts) - 1 - file.parts[::-1].index(folder)
        return "/".join(file.parts[below:])
    return CLINIC_FILE if file.name == CLINIC_FILE else f"{folder}/{file.name}"


def _expected(name: str) -> str:
    folder = name.partition("/")[0]
    return "messages/<language>/<name>.j2" if folder == "messages" else f"protocols/<name>.yaml or {CLINIC_FILE}"


def _check_presses(read: ReadProtocol, languages: tuple[Language, ...]) -> Iterator[Problem]:
    language = max((len(name) for name in languages), default=2)
    for n, asked in enumerate(read.protocol.asked):
        longest = max(_presses(read.protocol, asked, language), default=0)
        if longest > PRESS_LETTERS_MAX:
            at = read.reading.at("questions", n, "id")
            over = longest - PRESS_LETTERS_MAX
            text = f"the names of the question, its answer and its card are {over} letters too long for a button"
            yield Problem(read.reading.file, at.line, at.column, text)


def _presses(protocol: CareProtocol, asked: Asked, language: int) -> Iterator[int]:
    """How many letters each of the question's buttons has to carry."""
    for name, value in asked.presses():
        card = protocol.card_on(name, value)
        parts = [CHECK_IN_DIGITS_MAX, len(name), len(value)]
        parts += [len(card), language] if card else []
        yield sum(parts) + len(parts) - 1


def own_contracts(protocols: Sequence[ReadProtocol]) -> Mapping[str, Contract]:
    """What the words of each rule are given, and each red-flag screen must show.

    Of protocols that share a rule's name, what both give; so also of one that has the name of a finding of our own.
    """
    found = {key: known for key, known in CONTRACTS.items() if key.startswith("rules/") and not key.endswith("*")}
    for read in protocols:
        for gate in read.protocol.gates():
            found[f"questions/{gate.id}"] = found[f"questions/{gate.id}{OF_CARER}"] = gate_contract()
        for rule in read.protocol.rules:
            key, made = f"rules/{rule.id}", rule_contract(read.protocol, rule)
            before = found.get(key, made).params
            found[key] = Contract({name: kind for name, kind in made.params.items() if name in before})
    return found


def _check_ladder(read: ReadProtocol, settings: ClinicSettings) -> Iterator[Problem]:
    for tier, paging in read.protocol.ladder.items():
        if len(paging.waits) > len(settings.ladder):
            at = read.reading.at("ladder", tier, "waits")
            nobody = f"nobody stands on step {len(settings.ladder) + 1}"
            text = f"{len(paging.waits)} waits, but the ladder in {CLINIC_FILE} has {len(settings.ladder)}: {nobody}"
            yield Problem(read.reading.file, at.line, at.column, text)
