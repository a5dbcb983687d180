"""The bill of materials out of the lock, in the form of CycloneDX: `python -m tests.supply.sbom FILE` writes it."""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from followupbot import __version__

LOCK = Path(__file__).parents[2] / "requirements" / "run.lock"
ITSELF = "followupbot"

_NAMED = re.compile(r"(?P<name>[a-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?")
_HASH = re.compile(r"\s+--hash=sha256:([0-9a-f]{64})\s*\\?")
_VIA = re.compile(r"\s+#\s+(?:via\s+)?(?P<parent>[a-z0-9._-]+)?(?:\s.*)?")


@dataclass(frozen=True)
class Locked:
    """One line of the lock: what may be installed, by the hashes of its files, where, and who asks for it."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    parents: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its name among all packages of the world."""
        return f"pkg:pypi/{self.name}@{self.version}"


def read(lock: str) -> list[Locked]:
    """Everything in the lock, in its order. AssertionError where a line is of no form that we know."""
    found: list[Locked] = []
    for line in lock.splitlines():
        if not line or line.startswith("#"):
            continue
        if named := _NAMED.fullmatch(line):
            found.append(Locked(named["name"], named["version"], named["marker"] or "", (), ()))
            continue
        last = found.pop()
        if sha := _HASH.fullmatch(line):
            last = Locked(last.name, last.version, last.marker, (*last.hashes, sha[1]), last.parents)
        else:
            via = _VIA.fullmatch(line)
            assert via is not None, f"a line of the lock that is of no form we know: {line!r}"
            parents = (*last.parents, via["parent"]) if via["parent"] not in {None, "via"} else last.parents
            last = Locked(last.name, last.version, last.marker, last.hashes, parents)
        found.append(last)
    return found


def bill(locked: list[Locked]) -> dict[str, Any]:
    """CycloneDX 1.6. It bears neither time nor chance: of one lock there is one bill."""
    itself = f"pkg:pypi/{ITSELF}@{__version__}"
    purls = {one.name: one.purl for one in locked} | {ITSELF: itself}
    asked_for = {
        purl: sorted({one.purl for one in locked if name in one.parents}) for name, purl in sorted(purls.items())
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": itself,
                "name": ITSELF,
                "version": __version__,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
                "purl": itself,
            }
        },
        "components": [_component(one) for one in locked],
        "dependencies": [{"ref": ref, "dependsOn": needs} for ref, needs in asked_for.items()],
    }


def _component(one: Locked) -> dict[str, Any]:
    component = {
        "type": "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
        # One for each file of it that may be installed: platforms have files of their own.
        "hashes": [{"alg": "SHA-256", "content": sha} for sha in one.hashes],
    }
    return component | ({"properties": [{"name": "python:marker", "value": one.marker}]} if one.marker else {})


if __name__ == "__main__":
    where = Path(sys.argv[1])
    where.parent.mkdir(parents=True, exist_ok=True)
    made = bill(read(LOCK.read_text(encoding="utf-8")))
    where.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"{where}: {len(made['components'])} packages, each with the hashes of its files")
