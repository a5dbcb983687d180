"""docs/threats.md: each test that it names is there, so that everybody can see it tried."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| who"))]
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
DEFINED = frozenset(re.findall(r"def (test_\w+)\(", SOURCES))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "".join(row.split("|")[1:3]).strip()[:50])
def test_each_threat_names_tests_that_are_there_or_says_why_not(row: str) -> None:
    """Who, what, how stopped, and which test."""
    _, who, what, how, test, _ = (cell.strip() for cell in row.split("|"))
    assert all((who, what, how))
    named = re.findall(r"test_\w+", test)
    assert named or test.startswith("none: ")
    assert [name for name in named if name not in DEFINED] == []


def test_the_page_says_what_is_not_stopped() -> None:
    assert "## What is not stopped" in PAGE
