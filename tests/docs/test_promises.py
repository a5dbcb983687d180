"""docs/promises.md: what it names exists, so that everybody can try each promise."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| promise"))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_each_promise_has_a_mechanism_a_command_that_exists_and_a_figure(row: str) -> None:
    """Targets of the Makefile, and files of tests."""
    _, promise, mechanism, command, seen, _ = (cell.strip() for cell in row.split("|"))
    assert all((promise, mechanism, command, seen))
    targets = re.findall(r"`make ([a-z-]+)", command)
    assert targets, "a promise that nobody can try"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
    named = re.findall(r"\btest_\w+", command)
    assert [name for name in named if not list((ROOT / "tests").rglob(f"{name}.py"))] == []


def test_the_page_says_what_is_not_promised() -> None:
    assert "## What is not promised" in PAGE
