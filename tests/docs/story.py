"""docs/a_story.md out of what the program says: `python -m tests.docs.story` plays `demo --once` and writes it."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "a_story.md"

HEAD = """\
# A story, word for word

What `make demo ARGS=--once` plays: the real bot, and two made-up people. Maria had her operation four years ago. She
opens her invitation, and at her first question says what is an emergency; Dr Ito takes it in hand. ` / ` stands for a
new line, `[ ]` for a button. The page is written by `make pictures`, and a test plays the story again and compares.
"""

CHANGING = (
    (re.compile(r"\b\w+day, \d{1,2} \w+ \d{4}, \d\d:\d\d"), "(day and hour)"),
    (re.compile(r"\b\w{3} \d{1,2} \w{3,4}, \d\d:\d\d"), "(day and hour)"),
    (re.compile(r"(?<=it is now )\d\d:\d\d"), "(hour)"),
    (re.compile(r"(?<=Act now, by )\d\d:\d\d"), "(hour)"),
    (re.compile(r"\b(Emergency|Closed) · \w{5}\b"), r"\1 · 7F3K9"),
    (re.compile(r"\bfollowupbot patient \w{5}\b"), "followupbot patient 7F3K9"),
)
"""What is another at each run: day, hour and the patient's code."""

PLAYS_WITHIN = 120


def play() -> tuple[str, ...]:
    """The lines that the program says, with day, hour and code put to what they are on the page."""
    with tempfile.TemporaryDirectory() as home:
        ran = subprocess.run(
            [sys.executable, "-m", "followupbot", "demo", "--once"],
            cwd=home,
            env={"PATH": os.environ["PATH"], "HOME": home},
            capture_output=True,
            text=True,
            check=True,
            timeout=PLAYS_WITHIN,
        )
    return tuple(_steady(line) for line in ran.stdout.splitlines())


def _steady(line: str) -> str:
    for pattern, said in CHANGING:
        line = pattern.sub(said, line)
    return line


def by_phone(lines: tuple[str, ...]) -> dict[str, list[str]]:
    """What happens on each phone, in its order: which of two phones buzzes first is chance."""
    found: dict[str, list[str]] = {}
    for line in lines:
        name = re.search(r"Maria|Dr Ito", line.split(":")[0])
        assert name is not None, line
        found.setdefault(name[0], []).append(line)
    return found


def shown() -> tuple[str, ...]:
    """The lines on the page."""
    return tuple(
        re.sub(r"^- \*\*(.*)\*\*$", r"\1", line) if line.startswith("- ") else f"    {line.strip()}"
        for line in PAGE.read_text(encoding="utf-8").split("\n\n", 2)[2].splitlines()
        if line.strip()
    )


def _page(lines: tuple[str, ...]) -> Iterator[str]:
    yield HEAD
    for line in lines:
        yield f"  {line.strip()}\n" if line.startswith(" ") else f"- **{line}**\n"


if __name__ == "__main__":
    PAGE.write_text("\n".join(_page(play())), encoding="utf-8")
