"""All files of one version become a `Programme`, or every problem in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.clinic import ClinicSettings, Programme
from followupbot.domain.ids import Language, ProtocolKey, RuleId, Version
from followupbot.domain.lexicon import Lexicon
from followupbot.protocol_files import consistency
from followupbot.protocol_files.clinic import protocols_in_use, read_clinic
from followupbot.protocol_files.lexicon import LEXICON_FILE, read_lexicon
from followupbot.protocol_files.problems import Problem, Problems, Severity
from followupbot.protocol_files.protocol import assemble, read_text
from followupbot.protocol_files.reading import Reading, nearest
from followupbot.protocol_files.shapes import NAME, NAME_LENGTH_MAX
from followupbot.protocol_files.sources import CLINIC_FILE, PROTOCOL, PROTOCOLS, VIGNETTES, gather, is_protocol, key_in

PROTOCOLS_KEPT = 8
"""What has been read is kept: `publish` checks the files and then reads them again."""


@dataclass(frozen=True)
class ReadProtocol:
    """A care protocol, and where everything in it stands."""

    protocol: CareProtocol
    reading: Reading
    triggers: Mapping[str, tuple[RuleId, ...]] = field(default_factory=dict)
    """What must lead to a flag, by the names of the rules that see to it."""


@dataclass(frozen=True)
class ReadFiles:
    """What could be read, and what is wrong with the rest."""

    protocols: tuple[ReadProtocol, ...]
    settings: ClinicSettings | None
    clinic: Reading | None
    languages: tuple[Language, ...]
    problems: tuple[Problem, ...]
    used: tuple[ProtocolKey, ...] = ()
    """The care protocols that the clinic uses, whether they are there or not."""
    lexicons: Mapping[Language, Lexicon] = field(default_factory=dict)


def read_files(files: Mapping[str, bytes]) -> ReadFiles:
    """Reads everything but the words."""
    protocols: list[ReadProtocol] = []
    problems: list[Problem] = []
    paths = [path for path in sorted(files) if is_protocol(path)]
    for path in paths:
        read, found = _read_protocol(path, files[path])
        problems += found
        if read is not None:
            protocols.append(read)
    if not paths:
        problems.append(Problem("protocols", 1, 1, "there is no care protocol"))
    clinic, settings, used = None, None, tuple[ProtocolKey, ...]()
    if CLINIC_FILE in files:
        clinic = Reading(CLINIC_FILE, files[CLINIC_FILE])
        settings = read_clinic(clinic)
        used = _find_used(clinic, paths)
        problems += clinic.problems
    else:
        problems.append(Problem(CLINIC_FILE, 1, 1, "there is no file for the clinic"))
    languages = tuple(sorted({Language(path.split("/")[1]) for path in files if path.startswith("messages/")}))
    lexicons, unreadable = _read_lexicons(files)
    problems += unreadable
    return ReadFiles(tuple(protocols), settings, clinic, languages, tuple(problems), used, lexicons)


def to_publish(data: Path) -> dict[str, bytes]:
    """What would be published of the files as they lie on disk now."""
    return in_use(gather(data))


def in_use(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What a clinic with these files publishes: all but the care protocols that it does not use.

    Where the clinic's file can't be read, nobody knows which these are, and it is everything.
    """
    clinic = Reading(CLINIC_FILE, files[CLINIC_FILE])
    if clinic.top is None:
        return dict(files)
    kept = {f"{PROTOCOLS}{key}{ending}" for key in protocols_in_use(clinic) for ending in (PROTOCOL, VIGNETTES)}
    return {path: content for path, content in files.items() if not path.startswith(PROTOCOLS) or path in kept}


def read_programme(version: Version, files: Mapping[str, bytes]) -> Programme:
    """The programme of that version. Raises Problems where an error, not only a warning, stands in a file.

    It holds what the core relies on: every name inside a protocol leads somewhere. Whether the words are complete is
    for `checking` to say, before publishing.
    """
    read = read_files(files)
    errors = [problem for problem in read.problems if problem.severity is Severity.ERROR]
    if errors or read.settings is None:
        raise Problems(errors)
    protocols = {found.protocol.key: found.protocol for found in read.protocols}
    return Programme(version, protocols, read.settings, read.languages, read.lexicons)


def _read_lexicons(files: Mapping[str, bytes]) -> tuple[dict[Language, Lexicon], list[Problem]]:
    """Each language's words that count in free text, and what is wrong with them; one that is missing is no problem."""
    found: dict[Language, Lexicon] = {}
    problems: list[Problem] = []
    for path in sorted(files):
        if not path.startswith("messages/") or not path.endswith(f"/{LEXICON_FILE}"):
            continue
        reading = Reading(path, files[path])
        lexicon = read_lexicon(reading)
        problems += reading.problems
        if lexicon is not None:
            found[Language(path.split("/")[1])] = lexicon
    return found, problems


def _find_used(clinic: Reading, paths: Sequence[str]) -> tuple[ProtocolKey, ...]:
    """The care protocols that the clinic uses; one that it names and that is not there is a problem."""
    used = protocols_in_use(clinic)
    known = [key_in(path) for path in paths]
    for key, at in used.items():
        if at is not None and key not in known:
            clinic.report(at, f'there is no care protocol "{key}"{nearest(key, known)}')
    return tuple(used)


@lru_cache(maxsize=PROTOCOLS_KEPT)
def _read_protocol(path: str, content: bytes) -> tuple[ReadProtocol | None, tuple[Problem, ...]]:
    reading = Reading(path, content)
    key = key_in(path)
    if not NAME.fullmatch(key) or len(key) > NAME_LENGTH_MAX:
        form = f"small letters, digits and _, at most {NAME_LENGTH_MAX}"
        reading.complain((), f'"{key}" is no name for a care protocol: {form}')
    text = read_text(reading)
    protocol = assemble(ProtocolKey(key), text, reading) if text else None
    if text is None or protocol is None:
        return None, tuple(reading.problems)
    consistency.inspect(protocol, text, reading)
    return ReadProtocol(protocol, reading, text.triggers), tuple(reading.problems)
