"""What the program is made of: few direct dependencies, each locked by hashes, and a bill of it that is whole."""

import re
import tomllib

import pytest

from tests.supply import sbom

DIRECT_MAX = 25
"""More than a small team can keep an eye on: their changelogs, their people, their holes."""

PROJECT = tomllib.loads((sbom.LOCK.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
LOCKED = sbom.read(sbom.LOCK.read_text(encoding="utf-8"))


def direct() -> set[str]:
    """What the program itself asks for."""
    names = (re.match(r"[a-zA-Z0-9._-]+", line) for line in PROJECT["project"]["dependencies"])
    return {re.sub(r"[._]", "-", name[0]).lower() for name in names if name}


def test_there_are_few_direct_dependencies() -> None:
    """And each of them stands in the lock."""
    assert len(direct()) <= DIRECT_MAX
    assert direct() - {one.name for one in LOCKED} == set()


def test_everything_locked_bears_hashes_and_says_who_asks_for_it() -> None:
    """A file that was exchanged at its source isn't installed."""
    assert [one.name for one in LOCKED if not one.hashes] == []
    assert [one.name for one in LOCKED if not one.parents] == []


def test_the_bill_names_everything_that_is_locked_once_and_hangs_together() -> None:
    """From the program itself everything in it is reached."""
    bill = sbom.bill(LOCKED)
    listed = [component["bom-ref"] for component in bill["components"]]
    assert sorted(listed) == sorted({one.purl for one in LOCKED})
    needs = {line["ref"]: line["dependsOn"] for line in bill["dependencies"]}
    reached, ahead = set(), [bill["metadata"]["component"]["bom-ref"]]
    while ahead:
        ref = ahead.pop()
        ahead += [need for need in needs[ref] if need not in reached]
        reached |= {ref}
    assert set(listed) - reached == set()


def test_a_line_that_nobody_understands_is_not_passed_over() -> None:
    """Else a bill could lack what is installed."""
    text = (
        "a==1 ; sys_platform == 'win32' \\\n    --hash=sha256:"
        + "0" * 64
        + "\n    # via\n    #   b (x:build)\n    #   c\n"
    )
    assert sbom.read(text) == [sbom.Locked("a", "1", "sys_platform == 'win32'", ("0" * 64,), ("b", "c"))]
    with pytest.raises(AssertionError, match="surprise"):
        sbom.read(text + "  surprise\n")
