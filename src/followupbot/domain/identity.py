"""Who the patient is: entered by staff from a file, kept encrypted, shown at the terminal only (clinical.md 0.18)."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision, FreeText
from followupbot.domain.facts.patient import IdentityEntered

FIELDS = ("name", "phone", "record number", "levels operated", "contact needs", "trusted person")
"""In the order in which they are shown; each is one line of the file, `name: …`."""

VALUE_CHARS_MAX = 300
"""A line of somebody's particulars; more is a letter."""

FILE_CHARS_MAX = 10_000
"""Six lines are a few hundred characters: a larger file is another one than was meant."""

NEAR_MISS = 0.6

_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,23}(?: ?(?:x|ext\.?) ?[0-9]{1,6})?")
"""A number as people write it, at least four digits, with an extension at most."""


@dataclass(frozen=True)
class Identity:
    """What staff entered, by the names of `FIELDS`; what is not known is not in it."""

    values: Mapping[str, str]

    def text(self) -> str:
        """As a file has it; `read` gives the same identity again."""
        return "".join(f"{field}: {self.values[field]}\n" for field in FIELDS if field in self.values)


@dataclass(frozen=True)
class Unreadable:
    """What is wrong with a file, each with its line. What stands in it is not repeated: it may end in a log."""

    problems: tuple[str, ...]


def read(text: str) -> Identity | Unreadable:
    """The identity that stands in the file: a field a line, `name: …`, empty lines and lines after `#` left out."""
    if len(text) > FILE_CHARS_MAX:
        return Unreadable((f"expected at most {FILE_CHARS_MAX} characters",))
    values: dict[str, str] = {}
    problems = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        typed, colon, value = line.partition(":")
        field = " ".join(typed.casefold().replace("_", " ").split())
        problem = _problem(field, colon, value.strip(), values)
        if problem is None:
            values[field] = value.strip()
        else:
            problems.append(f"line {number}: {problem}")
    if not values and not problems:
        problems.append(f"expected lines such as `name: …`, with these names: {', '.join(FIELDS)}")
    return Unreadable(tuple(problems)) if problems else Identity(values)


def enter(chart: Chart, identity: Identity, now: datetime) -> Decision:
    """The identity takes the older one's place."""
    note = f"identity/{chart.version + 1}"
    entered = IdentityEntered(now, note, phone="phone" in identity.values)
    return Decision((entered,), texts=(FreeText(note, identity.text()),))


def _problem(field: str, colon: str, value: str, known: Mapping[str, str]) -> str | None:
    if not colon:
        return f"expected a name and a colon, one of: {', '.join(FIELDS)}"
    if field not in FIELDS:
        near = difflib.get_close_matches(field, FIELDS, n=1, cutoff=NEAR_MISS)
        meant = f" Did you mean {near[0]}?" if near else ""
        return f"expected one of: {', '.join(FIELDS)}.{meant}"
    if field in known:
        return f"{field} stands there twice"
    if not value:
        return f"{field}: nothing stands behind it; leave the line out"
    if len(value) > VALUE_CHARS_MAX or not value.isprintable():
        return f"{field}: expected at most {VALUE_CHARS_MAX} printable characters"
    if field == "phone" and not _PHONE.fullmatch(value):
        return "phone: expected digits, such as +34 600 000 000, with blanks, brackets, dashes or an extension"
    return None
