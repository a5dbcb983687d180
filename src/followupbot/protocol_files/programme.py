"""All files of one version become a `Programme`, or every problem in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.clinic import ClinicSettings, Programme
from followupbot.domain.ids import Language, ProtocolKey, Version
from followupbot.domain.lexicon import Lexicon
from followupbot.protocol_files import consistency
from followupbot.protocol_files.clinic import read_clinic
from followupbot.protocol_files.lexicon import read_lexicon
from followupbot.protocol_files.protocol import assemble, read_text
from followupbot.protocol_files.reading import Problem, Problems, Reading, Severity
from followupbot.protocol_files.shapes import NAME, NAME_LENGTH_MAX
from followupbot.protocol_files.sources import CLINIC_FILE

VIGNETTES = ".vignettes.yaml"
"""Histories beside a protocol, which `check` plays; they are published with it and are no protocol."""


@dataclass(frozen=True)
class ReadProtocol:
    """A care protocol, and where everything in it stands."""

    protocol: CareProtocol
    reading: Reading


@dataclass(frozen=True)
class ReadFiles:
    """What could be read, and what is wrong with the rest."""

    protocols: tuple[ReadProtocol, ...]
    settings: ClinicSettings | None
    clinic: Reading | None
    languages: tuple[Language, ...]
    problems: tuple[Problem, ...]
    lexicons: Mapping[Language, Lexicon] = field(default_factory=dict)


def read_files(files: Mapping[str, bytes]) -> ReadFiles:
    """Reads everything but the words."""
    protocols, problems = [], []
    paths = [path for path in sorted(files) if path.startswith("protocols/") and not path.endswith(VIGNETTES)]
    for path in paths:
        read, found = _read_protocol(path, files[path])
        problems += found
        if read is not None:
            protocols.append(read)
    if not paths:
        problems.append(Problem("protocols", 1, 1, "there is no care protocol"))
    clinic, settings = None, None
    if CLINIC_FILE in files:
        clinic = Reading(CLINIC_FILE, files[CLINIC_FILE])
        settings = read_clinic(clinic)
        problems += clinic.problems
    else:
        problems.append(Problem(CLINIC_FILE, 1, 1, "there is no file for the clinic"))
    languages = tuple(sorted({Language(path.split("/")[1]) for path in files if path.startswith("messages/")}))
    lexicons, found = _read_lexicons(files)
    problems += found
    return ReadFiles(tuple(protocols), settings, clinic, languages, tuple(problems), lexicons)


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
    lexicons, problems = {}, []
    for path in sorted(path for path in files if path.startswith("messages/") and path.endswith("/lexicon.yaml")):
        lexicons[Language(path.split("/")[1])], reading = read_lexicon(path, files[path])
        problems += reading.problems
    return lexicons, problems


def _read_protocol(path: str, content: bytes) -> tuple[ReadProtocol | None, list[Problem]]:
    reading = Reading(path, content)
    key = path.removeprefix("protocols/").removesuffix(".yaml")
    if not NAME.fullmatch(key) or len(key) > NAME_LENGTH_MAX:
        form = f"small letters, digits and _, at most {NAME_LENGTH_MAX}"
        reading.complain((), f'"{key}" is no name for a care protocol: {form}')
    text = read_text(reading)
    protocol = assemble(ProtocolKey(key), text, reading) if text else None
    if text is None or protocol is None:
        return None, reading.problems
    consistency.inspect(protocol, text, reading)
    return ReadProtocol(protocol, reading), reading.problems
