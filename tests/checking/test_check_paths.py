"""A clinic checks its own files, or one file that it is working on, among those that ship."""

from pathlib import Path

import pytest

from followupbot.checking.check import check_gathered, check_paths
from followupbot.protocol_files.sources import gather, shipped
from tests.files import put

NOT_SAID = 'error: it does not say "112"'
BAD_CARD = "<b>Go to hospital.</b>\n"
NOT_SHOWN = "error: it does not show {{ clinic.emergency_number }}"


def test_a_clinic_without_own_files_has_no_problem(tmp_path: Path) -> None:
    """It runs what ships."""
    assert check_paths(tmp_path) == []


def test_own_files_are_checked_and_named_as_they_lie_on_disk(tmp_path: Path) -> None:
    """So a terminal makes links of them."""
    card = put(tmp_path, "messages/en/cards/cauda_equina.j2", BAD_CARD)
    assert [str(problem) for problem in check_paths(tmp_path)] == [
        f"{card}:1:1: {fault}" for fault in (NOT_SAID, NOT_SHOWN)
    ]


def test_what_was_gathered_is_checked_and_not_what_lies_there_since(tmp_path: Path) -> None:
    """Or what is published would not be what was checked."""
    card = put(tmp_path, "messages/en/cards/cauda_equina.j2", BAD_CARD)
    files = gather(tmp_path)
    mended = shipped("messages")
    assert mended is not None
    card.write_bytes((mended / "en" / "cards" / "cauda_equina.j2").read_bytes())
    assert [str(problem) for problem in check_gathered(tmp_path, files)] == [
        f"{card}:1:1: {fault}" for fault in (NOT_SAID, NOT_SHOWN)
    ]
    assert check_paths(tmp_path) == []


def test_an_own_file_that_nothing_reads_is_a_warning(tmp_path: Path) -> None:
    """Somebody thinks that it does something."""
    stray = put(tmp_path, "protocols/mine.yml", "x")
    put(tmp_path, "protocols/README.md", "x")
    expected = f"{stray}:1:1: warning: nothing reads a file of this name; expected protocols/<name>.yaml or clinic.yaml"
    assert [str(problem) for problem in check_paths(tmp_path)] == [expected]


def test_a_file_from_anywhere_is_checked_among_those_that_ship(tmp_path: Path) -> None:
    """The clinic's other files stay out of it."""
    put(tmp_path / "data", "clinic.yaml", "broken: [")
    card = put(tmp_path, "draft/messages/en/cards/cauda_equina.j2", BAD_CARD)
    found = [str(problem) for problem in check_paths(tmp_path / "data", [card])]
    assert found == [f"{card}:1:1: {fault}" for fault in (NOT_SAID, NOT_SHOWN)]


def test_a_protocol_or_a_clinics_file_may_lie_outside_any_folder(tmp_path: Path) -> None:
    """As somebody got it by mail."""
    protocol = put(tmp_path, "hip.yaml", "rules: 1\n")
    clinic = put(tmp_path, "clinic.yaml", "name: 1\n")
    files = {problem.file for problem in check_paths(tmp_path, [protocol, clinic])}
    assert files == {str(protocol), str(clinic)}


def test_the_folders_that_ship_can_be_checked_by_name(tmp_path: Path) -> None:
    """The schema and the explanations beside the files are nothing to complain about."""
    folders = [folder for folder in (shipped("protocols"), shipped("messages")) if folder]
    assert check_paths(tmp_path, folders) == []


def test_what_belongs_to_a_language_is_found_in_its_folder(tmp_path: Path) -> None:
    """How it is measured, and which words offer the gate, lie beside the messages."""
    limits = put(tmp_path, "draft/messages/es/language.yaml", "measure: inflez\n")
    lexicon = put(tmp_path, "draft/messages/es/lexicon.yaml", "gate: {}\n")
    found = check_paths(tmp_path / "data", [limits, lexicon])
    assert {problem.file for problem in found} == {str(limits), str(lexicon)}
    assert any('did you mean "inflesz"?' in problem.message for problem in found)


def test_a_file_that_is_not_there_is_the_callers_mistake(tmp_path: Path) -> None:
    """A misspelt path must not pass as a clean file."""
    with pytest.raises(FileNotFoundError):
        check_paths(tmp_path, [tmp_path / "nothing.yaml"])
