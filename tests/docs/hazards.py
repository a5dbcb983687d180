"""docs/hazards.md out of docs/hazards.yaml: `python -m tests.docs.hazards` runs the tests named there and writes it."""

import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "docs" / "hazards.yaml"
PAGE = ROOT / "docs" / "hazards.md"

HEAD = """\
# Hazards

Made from [hazards.yaml](hazards.yaml) by `make hazards`, which first runs every test below and fails where a hazard has
none that passes. H1 to H17 are those of the clinical brief; the others follow from its decisions.

How grave each is and how likely, where the program is used, the clinic's safety officer assesses once a year
([intended use](intended_use.md)); nobody has yet. What somebody would do on purpose: [threats](threats.md).
"""


@dataclass(frozen=True)
class Hazard:
    """What may go wrong, why, what comes of it, what stands against it and where, and the tests that hold that."""

    id: str
    hazard: str
    cause: str
    effect: str
    mitigation: str
    where: tuple[str, ...]
    tests: tuple[str, ...]


def read(source: str) -> list[Hazard]:
    """Every hazard. KeyError where a part is missing or there is one that nobody knows."""
    return [_one(entry) for entry in YAML(typ="safe", pure=True).load(source)]


def _one(entry: dict[str, Any]) -> Hazard:
    if unknown := sorted(set(entry) ^ {field.name for field in fields(Hazard)}):
        raise KeyError(f"{entry.get('id')}: missing or unknown: {', '.join(unknown)}")
    return Hazard(**entry | {"where": tuple(entry["where"]), "tests": tuple(entry["tests"])})


def page(hazards: Sequence[Hazard]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_sections(hazards)])


def _sections(hazards: Sequence[Hazard]) -> Iterator[str]:
    for one in hazards:
        yield f"## {one.id}. {one.hazard}\n"
        yield f"* **Cause**: {one.cause}."
        yield f"* **Effect**: {one.effect}."
        yield f"* **Against it**: {one.mitigation}."
        yield f"* **Where**: {', '.join(f'[{path}](../{path})' for path in one.where)}"
        yield "* **Held by**:"
        yield from (f"  * `{test}`" for test in one.tests)
        yield ""


def unheld(hazards: Sequence[Hazard], passed: Collection[str]) -> list[str]:
    """What is wrong: hazards without any test, and tests that did not pass."""
    bare = [f"{one.id}: no test holds it" for one in hazards if not one.tests]
    failed = [f"{one.id}: did not pass: {test}" for one in hazards for test in one.tests if test not in passed]
    return bare + failed


def run(tests: Collection[str]) -> set[str]:
    """Those of the tests that passed; one that was skipped has not. One with parameters passes when each has."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # fmt: off
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "not long", f"--basetemp={folder}/tests",
                   "-o", "junit_family=xunit1", f"--junitxml={report}", *sorted(tests)]
        # fmt: on
        subprocess.run(command, cwd=ROOT, check=False)
        if not report.exists():
            return set()
        ran: dict[str, bool] = {}
        for case in ElementTree.parse(report).iter("testcase"):
            name = f"{case.get('file')}::{(case.get('name') or '').partition('[')[0]}"
            ran[name] = ran.get(name, True) and len([part for part in case if part.tag != "properties"]) == 0
    return {name for name, whole in ran.items() if whole}


if __name__ == "__main__":
    known = read(SOURCE.read_text(encoding="utf-8"))
    wrong = unheld(known, run({test for one in known for test in one.tests}))
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        sys.exit(1)
    PAGE.write_text(page(known), encoding="utf-8")
    print(f"{len(known)} hazards, each held by tests that pass; {PAGE.relative_to(ROOT)} is written")
