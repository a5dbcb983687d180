"""docs/programme.md is followed to the letter, in a fresh folder; and it names all that may be written."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from followupbot.domain.conditions import CONDITION_TYPES
from followupbot.domain.questions import QUESTION_TYPES
from followupbot.domain.scores import SCORE_TYPES
from followupbot.protocol_files.protocol_text import PROTOCOL, RULE, TIMING
from followupbot.protocol_files.reading import Reading, Table
from followupbot.protocol_files.shapes import Record, Shape
from followupbot.protocol_files.tables import AnyCondition, AnyQuestion, AnyScore
from followupbot.settings import PREFIX

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "programme.md").read_text(encoding="utf-8")

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WRITE = re.compile(r"\bWrite `([^`]+)`:$")
ADD = re.compile(r"\bIn `([^`]+)`, below the line `([^`]+)`, add:$")
CHANGE = re.compile(r"\bIn `([^`]+)`, change `([^`]+)` to `([^`]+)`\.")
ROW = re.compile(r"^\| `(\w+)` \| .+ \| `([^`]+)` \|$", re.MULTILINE)

ANYTHING = "..."

CHECKS_TAKE_SECONDS = 300
"""The page plays all vignettes three times, beside other tests."""


# -- the page as a list of steps ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Write:
    """A file of one's own."""

    path: str
    text: str

    def follow(self, folder: Path) -> None:
        file = folder / self.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.text, encoding="utf-8")


@dataclass(frozen=True)
class Add:
    """Lines below one that is there once."""

    path: str
    below: str
    text: str

    def follow(self, folder: Path) -> None:
        file = folder / self.path
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        assert lines.count(f"{self.below}\n") == 1, f"{self.path}: {self.below}"
        at = lines.index(f"{self.below}\n") + 1
        file.write_text("".join([*lines[:at], self.text, *lines[at:]]), encoding="utf-8")


@dataclass(frozen=True)
class Change:
    """Words that are there once."""

    path: str
    old: str
    new: str

    def follow(self, folder: Path) -> None:
        file = folder / self.path
        text = file.read_text(encoding="utf-8")
        assert len(re.findall(rf"{re.escape(self.old)}\b", text)) == 1, f"{self.path}: {self.old}"
        file.write_text(text.replace(self.old, self.new), encoding="utf-8")


@dataclass(frozen=True)
class Type:
    """A command, what is typed while it runs, and what comes back."""

    command: str
    answers: str
    back: str

    def follow(self, folder: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
        environment["PYTHONIOENCODING"] = "utf-8"
        ran = subprocess.run(
            ["sh", "-c", self.command],
            cwd=folder,
            env=environment,
            input=self.answers.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        said = ran.stdout.decode()
        assert ran.returncode == (1 if " error: " in self.back else 0), said
        pattern = "".join(_pattern(line) for line in self.back.splitlines())
        assert re.fullmatch(pattern, said), f"$ {self.command}\n{said}"


Step = Write | Add | Change | Type


def _pattern(line: str) -> str:
    """A line of `...` alone stands for any lines, one inside a line for anything in it."""
    if line == ANYTHING:
        return r"(?:.*\n)*"
    return re.escape(line).replace(re.escape(ANYTHING), ".*") + r"\n"


def steps() -> Iterator[Step]:
    """Everything that the page has its reader do, in its order."""
    at = 0
    for fence in FENCE.finditer(PAGE):
        before = " ".join(PAGE[at : fence.start()].split())
        at = fence.end()
        yield from (Change(*found) for found in CHANGE.findall(before))
        written, added = WRITE.search(before), ADD.search(before)
        if fence[1] == "console":
            yield from _typed(fence[2])
        elif written:
            yield Write(written[1], fence[2])
        else:
            assert added, f"nobody says where this belongs:\n{fence[2]}"
            yield Add(added[1], added[2], fence[2])
    assert not CHANGE.findall(" ".join(PAGE[at:].split())), "a change below the last block is never tried"


def _typed(block: str) -> Iterator[Type]:
    assert block.startswith("$ "), block
    for part in block.removeprefix("$ ").split("\n$ "):
        command, _, back = part.partition("\n")
        answers = "".join(f"{line[2:]}\n" for line in back.splitlines() if line.startswith("> "))
        yield Type(command, answers, back.rstrip("\n"))


@pytest.mark.long
@pytest.mark.timeout(CHECKS_TAKE_SECONDS)
def test_whoever_follows_the_page_asks_about_sleep_on_day_30(tmp_path: Path) -> None:
    """Every file as it stands there, every command with what it says, in the folder that the page begins in."""
    for folder in ("protocols", "messages"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    for step in steps():
        step.follow(tmp_path)


def test_the_page_leads_to_what_was_promised() -> None:
    """It checks, previews and publishes, and shows an error on the way."""
    commands = [step.command for step in steps() if isinstance(step, Type)]
    for wanted in ("followupbot check", "followupbot preview lumbar_fusion --day 30", "followupbot publish"):
        assert wanted in commands
    assert any(" error: " in step.back for step in steps() if isinstance(step, Type))


# -- all that may be written -------------------------------------------------------------------------------------------


def section(heading: str) -> str:
    """What stands below that heading."""
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(heading: str) -> dict[str, str]:
    """The names in the table below that heading, each with its example."""
    found = ROW.findall(section(heading))
    assert len(found) == section(heading).count("\n| ") - 2, f"a row of {heading} can't be read"
    return dict(found)


@pytest.mark.parametrize(
    ("heading", "kinds", "shape"),
    [
        ("Types of questions", QUESTION_TYPES, AnyQuestion()),
        ("Conditions", CONDITION_TYPES, AnyCondition()),
        ("Scores", SCORE_TYPES, AnyScore()),
    ],
    ids=["questions", "conditions", "scores"],
)
def test_every_kind_is_listed_with_an_example_that_can_be_read(
    heading: str, kinds: Mapping[str, type], shape: Shape[object]
) -> None:
    """A kind that is added or goes away shows here; and the example is of that kind."""
    listed = rows(heading)
    assert set(listed) == set(kinds)
    for kind, example in listed.items():
        reading = Reading("example.yaml", example.encode())
        assert reading.top is not None
        shape.read(reading.top, reading)
        assert reading.problems == []
        assert re.search(rf"\b{kind}\b", example), f"no example of {kind}: {example}"


@pytest.mark.parametrize(
    ("heading", "record"),
    [("Timings", TIMING), ("Rules", RULE), ("The whole file", PROTOCOL)],
    ids=["timings", "rules", "file"],
)
def test_every_key_is_listed_with_an_example_that_can_be_read(heading: str, record: Record[object]) -> None:
    """As the program's own table has them; and those that must be there are said to."""
    listed = rows(heading)
    assert list(listed) == [field.name for field in record.fields]
    *needed, last = [f"`{field.name}`" for field in record.fields if field.required]
    assert f"\n{', '.join(needed)} and {last} must be there.\n" in section(heading)
    for field in record.fields:
        reading = Reading("example.yaml", listed[field.name].encode())
        assert isinstance(reading.top, Table)
        value = reading.top.get(field.name)
        assert value is not None, listed[field.name]
        field.shape.read(value, reading)
        assert reading.problems == []
