"""Every part of a protocol's and a clinic's file is broken once, by machine, and refused at the right line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from followupbot.protocol_files.programme import read_files
from followupbot.protocol_files.reading import Listing, Node, Place, Reading, Scalar, Severity, Table
from tests.protocol_files.examples import CLINIC, PROTOCOL

PROTOCOL_FILE, CLINIC_FILE = "protocols/example.yaml", "clinic.yaml"
TEXTS = {PROTOCOL_FILE: PROTOCOL, CLINIC_FILE: CLINIC}
FILES = {name: text.encode() for name, text in TEXTS.items()}

NAMED_FREELY = {"full"}
"""A form may have any name, so another name is reported where the old one is used."""

SPAN = re.compile(r"\d+ (?:minutes|days|weeks|year)")


@dataclass(frozen=True)
class Broken:
    """One part of a file replaced, and the lines at which that may be reported."""

    title: str
    file: str
    at: Place
    old: str
    new: str
    lines: frozenset[int]

    def __str__(self) -> str:
        """The test's name."""
        return f"{self.file}:{self.at.line}:{self.at.column} {self.title}"

    def made(self) -> bytes:
        """The file with this one defect."""
        lines = TEXTS[self.file].splitlines(keepends=True)
        line, start = lines[self.at.line - 1], self.at.column - 1
        assert line[start:].startswith(self.old), (line, self.old)
        lines[self.at.line - 1] = line[:start] + self.new + line[start + len(self.old) :]
        return "".join(lines).encode()


def corpus() -> Iterator[Broken]:
    """One defect each: keys misspelt, values of another kind, times and names that are none."""
    for file, content in FILES.items():
        top = Reading(file, content).top
        assert top is not None
        yield from _broken(file, top, top.at.line)


def _broken(file: str, node: Node, parent: int) -> Iterator[Broken]:
    match node:
        case Table(at, entries):
            for key, value in entries:
                # Without its type nobody can tell what a question is, so that is said where the question begins.
                here = frozenset((key.at.line, *((at.line,) if key.text == "type" else ())))
                if key.text not in NAMED_FREELY:
                    yield Broken("key misspelt", file, key.at, key.text, f"{key.text}x", here)
                yield from _broken(file, value, at.line)
        case Listing(_, items):
            for item in items:
                yield from _broken(file, item, parent)
        case Scalar(at, text):
            here = frozenset((at.line,))
            yield Broken("a list in its place", file, at, text, "[[]]", here)
            yield Broken("keys in its place", file, at, text, "{no_such_key: 1}", here)
            if SPAN.fullmatch(text):
                yield Broken("no time", file, at, text, "soon", here)
                yield Broken("an unknown unit", file, at, text, "3 fortnights", here)


ALL = list(corpus())


def test_the_corpus_is_large_enough() -> None:
    """At least 200, as the issue asks; those written by hand come on top."""
    assert len(ALL) >= 200
    assert len({(broken.file, broken.made()) for broken in ALL}) == len(ALL)


def test_nothing_is_wrong_with_what_is_broken() -> None:
    """Or every test here would pass."""
    assert read_files(FILES).problems == ()


@pytest.mark.parametrize("broken", ALL, ids=str)
def test_each_defect_is_refused_where_it_stands(broken: Broken) -> None:
    """An error, not a warning; the first of them in the line that was broken."""
    problems = read_files(FILES | {broken.file: broken.made()}).problems
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert errors
    assert {problem.file for problem in errors} == {broken.file}
    assert broken.lines & {problem.line for problem in errors}
