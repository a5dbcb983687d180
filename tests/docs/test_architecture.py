"""docs/architecture.md shows the two journeys with names that are there."""

import importlib
import re
from pathlib import Path

import pytest

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
