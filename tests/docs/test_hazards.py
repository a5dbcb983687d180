"""docs/hazards.yaml: each hazard has tests that exist, and the page says what the file says."""

import ast
import functools

import pytest

from tests.docs import hazards
from tests.docs.hazards import ROOT, Hazard

HAZARDS = hazards.read(hazards.SOURCE.read_text(encoding="utf-8"))
OF_THE_BRIEF = 17


@functools.cache
def functions(path: str) -> frozenset[str]:
    """The tests in a file."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard.id)
def test_each_hazard_is_told_whole_and_has_tests_that_exist(hazard: Hazard) -> None:
    """`make hazards` runs them; a name that leads nowhere is found here already."""
    assert all((hazard.hazard, hazard.cause, hazard.effect, hazard.mitigation))
    assert [path for path in hazard.where if not (ROOT / path).exists()] == []
    assert hazard.where
    assert hazard.tests
    named = [test.partition("::") for test in hazard.tests]
    assert [name for path, _, name in named if name not in functions(path)] == []


def test_all_of_the_brief_are_there_and_numbered() -> None:
    """And none twice."""
    assert [hazard.id for hazard in HAZARDS] == [f"H{number}" for number in range(1, len(HAZARDS) + 1)]
    assert len(HAZARDS) > OF_THE_BRIEF


def test_the_page_is_what_the_file_makes_of_it() -> None:
    """Whoever changes the file runs `make hazards`."""
    assert hazards.PAGE.read_text(encoding="utf-8") == hazards.page(HAZARDS), "run: make hazards"


def test_a_hazard_without_a_test_that_passes_is_said() -> None:
    """Also one whose only test is there and fails."""
    bare = Hazard("H1", "h", "c", "e", "m", ("docs",), ())
    failing = Hazard("H2", "h", "c", "e", "m", ("docs",), ("tests/a.py::test_b", "tests/a.py::test_c"))
    assert hazards.unheld([bare, failing], {"tests/a.py::test_b"}) == [
        "H1: no test holds it",
        "H2: did not pass: tests/a.py::test_c",
    ]
