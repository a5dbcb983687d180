"""docs/running.md says what to do at everything that the operator can be told, and how each process is set."""

import re
from pathlib import Path

from followupbot.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
OPERATOR = ROOT / "messages" / "en" / "operator"


def test_everything_that_the_operator_is_told_has_a_row() -> None:
    """By its first words, as they stand in the message."""
    notices = [path.read_text(encoding="utf-8").split("</b>")[0] for path in OPERATOR.glob("*.j2")]
    troubles = [path.read_text(encoding="utf-8") for path in (OPERATOR / "troubles").glob("*.j2")]
    heads = [words.removeprefix("<b>").strip().rstrip(".") for words in [*notices, *troubles]]
    told = [head for head in heads if "{{" not in head and head != "Over:"]
    assert len(told) > 15
    rows = set(re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE))
    assert [words for words in told if words.split(".")[0] not in rows] == []


def test_each_setting_is_in_the_table_of_processes() -> None:
    """Whoever runs several must know which of them needs it."""
    section = PAGE.split("## One process or several")[1].split("\n## ")[0]
    named: set[str] = set()
    for cell in re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE):
        first = ""
        for name in re.findall(r"`([A-Z_]+)`", cell):
            first = first or name
            named.add(first.rsplit("_", 1)[0] + name if name.startswith("_") else name)
        if "or its file" in cell:
            named |= {f"{name}_FILE" for name in re.findall(r"`([A-Z_]+)` or its file", cell)}
    assert {name.upper() for name in Settings.model_fields} == named
