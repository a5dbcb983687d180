"""What an admin slips with beside a file's own lines: what lies in a file's place, vignettes, a language hardly begun.

Slips inside a file lie in `broken_words.txt`, and in `broken_clinics.txt` and `broken_protocols.txt` of
`tests/protocol_files`. Each is told once, where it is, with what to do.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from followupbot.checking.check import check_paths
from followupbot.checking.coverage import MISSING, MISSING_TOLD_MAX, NO_WORDS, told_as_one
from followupbot.checking.vignettes import ALIKE_TOLD_MAX, check_vignettes
from followupbot.domain.ids import Language
from followupbot.protocol_files.problems import Problem, Severity
from followupbot.protocol_files.programme import read_files
from followupbot.protocol_files.sources import NOT_READABLE, gather, obstacles
from tests.checking.test_triggers import BESIDE, FILE, SHIPPED, VIGNETTES, read
from tests.files import put
from tests.protocol_files.examples import replaced

CARD = "messages/en/cards/cauda_equina.j2"
LOST, FOLDER = "this link leads nowhere; put the file itself here", "this is a folder; expected a file"


def a_loop(place: Path) -> None:
    place.symlink_to(place)


def a_lost_link(place: Path) -> None:
    place.symlink_to("/nowhere/card.j2")


def a_linked_folder(place: Path) -> None:
    place.symlink_to(put(place.parents[1], "elsewhere/x", "").parent)


def a_file(place: Path) -> None:
    place.write_text("x")


# -- what lies in a file's place ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "lies_there", "told"),
    [
        ("clinic.yaml", Path.mkdir, FOLDER),
        ("protocols/hip.yaml", Path.mkdir, FOLDER),
        (CARD, Path.mkdir, FOLDER),
        ("clinic.yaml", a_loop, LOST),
        ("protocols/hip.yaml", a_loop, LOST),
        (CARD, a_lost_link, LOST),
        (CARD, os.mkfifo, "this is no file that can be read"),
        ("messages/en", a_linked_folder, "a link to a folder is not followed; put the folder itself here"),
        ("messages", a_file, "expected a folder"),
    ],
)
def test_what_is_no_file_is_told_and_not_passed_over(
    place: str, lies_there: Callable[[Path], None], told: str, tmp_path: Path
) -> None:
    """Or the clinic thinks that its own words go out, and what ships goes out."""
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    lies_there(tmp_path / place)
    assert obstacles(tmp_path) == {place: told}
    assert gather(tmp_path) == SHIPPED


@pytest.mark.parametrize("place", [CARD, "messages/en/cards", "messages"])
def test_what_may_not_be_read_is_told(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are looked at all the same. Root may read all, so the system's answer is put in its place."""
    put(tmp_path, CARD, "x")
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path / place and may(path, mode))
    assert obstacles(tmp_path) == {place: NOT_READABLE}


def test_what_may_not_be_read_keeps_nothing_else_from_being_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And `check` tells the rest, too."""
    card, other = put(tmp_path, CARD, "x"), put(tmp_path, "messages/en/roles/lead.j2", "the boss")
    monkeypatch.setattr(os, "access", lambda path, _: path != card)
    assert gather(tmp_path) == SHIPPED | {"messages/en/roles/lead.j2": other.read_bytes()}


def test_check_tells_of_it_as_of_any_other_error(tmp_path: Path) -> None:
    """At the path on disk; and of words that no care protocol asks for, with the name that was probably meant."""
    (tmp_path / "clinic.yaml").mkdir()
    empty = put(tmp_path, "protocols/lumbar_fusion.vignettes.yaml", "")  # or all of them were played
    stray = put(tmp_path, "messages/en/questions/weak_taks.j2", "---\ntitle: x\n---\nx\n")
    assert [str(problem) for problem in check_paths(tmp_path)] == [
        f"{tmp_path / 'clinic.yaml'}:1:1: error: {FOLDER}",
        f'{stray}:1:1: warning: no care protocol has the question "weak_taks"; did you mean "weak_task"?',
        f"{empty}:1:1: error: the file is empty",
    ]


# -- a language --------------------------------------------------------------------------------------------------------


def test_a_language_hardly_begun_is_one_problem_and_not_hundreds() -> None:
    """A few that are missing are told one by one."""
    missing = [Problem(f"messages/EN/m{n}.j2", 1, 1, MISSING) for n in range(MISSING_TOLD_MAX + 1)]
    follower = Problem("protocols/x.yaml", 3, 1, f'the rule "a" {NO_WORDS} messages/EN/rules/a.j2 is missing')
    other = Problem("clinic.yaml", 1, 1, "something else")
    languages = {Language("en"), Language("EN")}
    (told,) = [one for one in told_as_one([*missing, follower, other], languages) if one != other]
    assert (told.file, told.message) == (
        "messages/EN",
        "a language needs every message, and of this one 21 are missing, such as messages/EN/m0.j2;"
        ' did you mean "messages/en"?',
    )
    assert told_as_one([*missing[1:], follower], languages) == [*missing[1:], follower]


# -- vignettes ---------------------------------------------------------------------------------------------------------


def of_vignettes(old: str = "", new: str = "", file: str = BESIDE) -> list[str]:
    """What is said about the vignettes of the example, with that changed."""
    files, _ = read("  no_feeling: [feel_new]\n")
    files[file] = replaced(files[file].decode(), old, new).encode() if old else files[file]
    found = check_vignettes(files, read_files(files))
    return [str(problem) for problem in found if problem.severity is Severity.ERROR]


def test_an_answer_to_what_is_no_question_any_more_is_told_once() -> None:
    """Where it stands, and not in each vignette that says it."""
    assert of_vignettes() == []
    assert of_vignettes("weak: no", "weakk: no") == [
        f'{BESIDE}:1:37: error: no question and no item is named "weakk"; did you mean "weak"?'
    ]
    assert of_vignettes("rf_feel: new", "rf_fel: new") == [
        f'{BESIDE}:8:42: error: no question and no item is named "rf_fel"; did you mean "rf_feel"?'
    ]


def test_an_answer_that_the_question_does_not_have_is_told_once() -> None:
    """With the one that was probably meant."""
    assert of_vignettes("weak: no", "weak: cleraly") == [
        f'{BESIDE}:1:36: error: "weak" can\'t be answered with "cleraly"; did you mean "clearly"?'
    ]


def test_vignettes_of_a_care_protocol_that_is_wrong_itself_are_not_played() -> None:
    """A question that was renamed is told where its old name stands; a play would only stumble over it."""
    assert of_vignettes("- id: pain\n", "- id: pains\n", FILE) == []


def test_what_goes_wrong_in_many_vignettes_in_the_same_way_is_told_of_the_first() -> None:
    """A question without a usual answer stops them all, and what would come of them is not compared."""
    once = VIGNETTES[VIGNETTES.index("  - name:") :]
    more = "".join(once.replace("feeling_is_new", f"again_{n}") for n in range(ALIKE_TOLD_MAX))
    assert of_vignettes(VIGNETTES, VIGNETTES.replace(", weak: no", "").replace("pain: 0", "pain: 1") + more) == [
        f"{BESIDE}:6:11: error: feeling_is_new: weak is asked, and there is no answer to it (and so in 3 more)"
    ]
