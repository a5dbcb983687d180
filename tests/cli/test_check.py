"""What `followupbot check` tells an admin, and other programs."""

import json
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.files import put

CARD = "messages/en/cards/breathing.j2"


def test_every_problem_is_told_at_once_and_once_the_warnings_after_the_errors(clinic: Path, terminal: Terminal) -> None:
    """Whoever puts them right runs it once, and sees at the top what keeps it from being published."""
    stray = put(clinic, "messages/README.txt", "x")
    card = put(clinic, CARD, "<b>Call {{ clinic.emergency_nmber }}.</b>\nAbroad: 112. You cannot phone?\n")
    said = terminal("check")
    assert (said.code, said.out) == (1, "")
    lines = said.err.splitlines()
    assert len(lines) == len(set(lines)) == 2
    assert f"{card.name}:1:19: error: " in lines[0]
    assert ": warning: nothing reads a file of this name" in lines[1]
    assert stray.name in lines[1]


def test_a_warning_refuses_nothing(clinic: Path, terminal: Terminal) -> None:
    """It ends well, and does not say that nothing is wrong."""
    put(clinic, "messages/README.txt", "x")
    said = terminal("check")
    assert (said.code, said.out) == (0, "Nothing is refused.\n")
    assert ": warning: " in said.err


@pytest.mark.parametrize(("text", "code"), [(None, 0), ("<b>Go.</b>\n", 1)])
def test_other_programs_get_one_object_and_the_same_exit_code(
    text: str | None, code: int, clinic: Path, terminal: Terminal
) -> None:
    """Also where nothing is wrong, on standard output; nothing else is said."""
    if text is not None:
        put(clinic, CARD, text)
    said = terminal("check", "--json")
    assert (said.code, said.err) == (code, "")
    found = json.loads(said.out)["problems"]
    assert bool(found) == bool(code)
    for problem in found:
        assert problem.keys() == {"file", "line", "column", "severity", "message"}
        assert problem["file"].endswith(CARD)
        assert (problem["line"], problem["severity"]) == (1, "error")
