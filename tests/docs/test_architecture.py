"""docs/architecture.md shows the two journeys with names that are there; no module is too large to be read at once."""

import importlib
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "followupbot"
MODULE_LINES_MAX = 400
"""A module is full at about 350 lines; here it is over full, and is split by noun before more is added."""

PAGE = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`((?:channels|application|domain|storage|rendering|bootstrap)\.[\w.]+)`", PAGE)))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_on_the_way_is_there(name: str) -> None:
    """The longest part that is a module is imported; the rest is looked up in it."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        module = f"followupbot.{'.'.join(parts[:length])}"
        try:
            found: object = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name is None or not module.startswith(error.name):
                raise
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute)
        return
    raise AssertionError(f"there is no {name}")


def test_both_journeys_are_there() -> None:
    assert len(NAMES) > 15
    assert {"application.front_desk.FrontDesk.pressed", "domain.wake.next_wake_at"} <= set(NAMES)


def test_no_module_is_too_large_to_be_read_at_once() -> None:
    """A package that is named after the module takes its nouns: domain/facts/, rendering/contracts/."""
    sizes = {path.relative_to(SOURCE): len(path.read_text("utf-8").splitlines()) for path in SOURCE.rglob("*.py")}
    assert {str(path): lines for path, lines in sizes.items() if lines > MODULE_LINES_MAX} == {}
