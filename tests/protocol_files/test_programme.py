"""All files of one version are one programme, or every problem in them at once."""

import pytest

from followupbot.domain.ids import ProtocolKey, Version
from followupbot.protocol_files.problems import Problems
from followupbot.protocol_files.programme import in_use, read_files, read_programme
from tests.protocol_files.examples import CLINIC, PROTOCOL, replaced

FILES = {"clinic.yaml": CLINIC.encode(), "protocols/example.yaml": PROTOCOL.encode()}
VERSION = Version("abc")


def test_a_programme_has_its_protocols_settings_and_languages() -> None:
    """A language is a folder with a message in it."""
    words = {"messages/es/consent/ask.j2": b"x", "messages/en/consent/ask.j2": b"x"}
    programme = read_programme(VERSION, FILES | words)
    assert programme.version == VERSION
    assert list(programme.protocols) == [ProtocolKey("example")]
    assert programme.settings.name == "Hillside"
    assert programme.languages == ("en", "es")


def test_problems_of_all_files_come_together() -> None:
    """Whoever puts them right sees all of them."""
    broken = {
        "clinic.yaml": replaced(CLINIC, "language: en", "langage: en").encode(),
        "protocols/example.yaml": replaced(PROTOCOL, "type: scale", "type: scal").encode(),
        "protocols/Any.yaml": b"",
    }
    with pytest.raises(Problems) as caught:
        read_programme(VERSION, broken)
    assert [str(problem) for problem in caught.value.problems] == [
        'clinic.yaml:3:1: error: unknown key "langage"; did you mean "language"?',
        'protocols/Any.yaml:1:1: error: "Any" is no name for a care protocol: small letters, digits and _, at most 24',
        "protocols/Any.yaml:1:1: error: the file is empty",
        'protocols/example.yaml:10:11: error: unknown type of question; did you mean "scale"?',
    ]


@pytest.mark.parametrize("missing", ["clinic.yaml", "protocols/example.yaml"])
def test_a_programme_needs_a_clinic_and_a_protocol(missing: str) -> None:
    """Else there is nothing to run."""
    with pytest.raises(Problems, match="there is no"):
        read_programme(VERSION, {path: content for path, content in FILES.items() if path != missing})


def test_a_warning_keeps_no_programme_from_running() -> None:
    """A form that nothing asks does no harm."""
    spare = replaced(PROTOCOL, "forms:\n", "forms:\n  spare: [gate]\n").encode()
    assert read_programme(VERSION, FILES | {"protocols/example.yaml": spare}).protocols


def test_a_programme_is_not_read_without_words_that_it_has() -> None:
    """Or nobody's words would offer the gate in that language, and nobody would hear of it."""
    files = FILES | {"messages/en/lexicon.yaml": b"gate: {}\n"}
    with pytest.raises(Problems, match=r"messages/en/lexicon\.yaml:1:1: error: "):
        read_programme(VERSION, files)


def test_a_care_protocol_may_be_called_lexicon() -> None:
    """Only among the messages it is a list of words."""
    files = {"clinic.yaml": f"{CLINIC}protocols: [lexicon]\n".encode(), "protocols/lexicon.yaml": PROTOCOL.encode()}
    assert read_programme(VERSION, files).lexicons == {}


SHIPPED = {"protocols/lumbar_fusion.yaml": b"", "protocols/lumbar_fusion.vignettes.yaml": b"", "messages/en/x.j2": b""}


def used(*lines: str) -> set[str]:
    """What a clinic publishes with these lines in its file."""
    clinic = "\n".join([*CLINIC.splitlines(), *lines]).encode()
    return set(in_use(FILES | SHIPPED | {"clinic.yaml": clinic})) - {"clinic.yaml", "messages/en/x.j2"}


def test_only_the_protocols_that_the_clinic_names_are_in_use() -> None:
    """Without a word about it the one that ships for patients; with a file that nobody can read, nobody knows."""
    lumbar = {"protocols/lumbar_fusion.yaml", "protocols/lumbar_fusion.vignettes.yaml"}
    assert used() == lumbar
    assert used("protocols: [example]") == {"protocols/example.yaml"}
    assert used("protocols: [lumbar_fusion, example]") == lumbar | {"protocols/example.yaml"}
    assert used("protocols: [example]", "nmae: 1") == {"protocols/example.yaml"}
    assert used("protocols: [") == lumbar | {"protocols/example.yaml"}


def test_a_protocol_that_is_named_and_not_there_is_said_beside_what_else_is_wrong() -> None:
    """With its place, and the others are still read."""
    clinic = f"{CLINIC}nmae: 1\nprotocols: [exmaple, knee]\n".encode()
    found = read_files(FILES | {"clinic.yaml": clinic})
    assert [str(problem).partition(": ")[2] for problem in found.problems] == [
        'error: unknown key "nmae"; known here: canary, consent_changed_on, crisis',
        'error: there is no care protocol "exmaple"; did you mean "example"?',
        'error: there is no care protocol "knee"; known here: example',
    ]
    assert [(problem.line, problem.column) for problem in found.problems] == [(12, 1), (13, 13), (13, 22)]
    assert [read.protocol.key for read in found.protocols] == ["example"]
