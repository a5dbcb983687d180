"""Files with one defect each, made by machine, are refused at the right line; those made by hand lie in .txt files."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pytest

from followupbot.checking.check import NOWHERE, check, own_contracts
from followupbot.checking.wording import Files, check_words
from followupbot.protocol_files.problems import Place, Severity
from followupbot.protocol_files.programme import read_files
from followupbot.protocol_files.reading import Kind, Listing, Node, Reading, Scalar, Table
from followupbot.protocol_files.sources import gather
from followupbot.rendering.words import Words
from tests.protocol_files.examples import CLINIC, PROTOCOL, replaced

PROTOCOL_FILE, CLINIC_FILE = "protocols/example.yaml", "clinic.yaml"
HELP = "    again_after: 30 minutes\n    help_check: {after: 2 hours, within: 1 hour}\n"
ASKED_FOR = "urgent: {form: full, open_for: 1 day}\nreport: {form: full, open_for: 2 days}\n"
TEXTS = {
    PROTOCOL_FILE: replaced(PROTOCOL, "    again_after: 30 minutes\n", HELP) + ASKED_FOR,
    CLINIC_FILE: CLINIC + "crisis: {line: 116 123}\n",
}
FILES = {name: text.encode() for name, text in TEXTS.items()}

SHIPPED = gather(NOWHERE)
TODAY = date(2026, 11, 22)

NAMED_FREELY = {"full"}
"""A form may have any name, so another name is reported where the old one is used."""

MAY_BE_LEFT_OUT = {
    *("ask_if", "education", "repeat", "again_after", "help_check", "full", "urgent", "report", "crisis", "line"),
    *("phone", "emergency_number", "closed_on", "alert_detail", "monday", "friday"),
}
"""All other keys of the examples have to be there."""

TOLD_AT = {"card": "tier"}
"""What is missed because of another key is reported there."""

LEADS_SOMEWHERE = {"question", "value", "values", "tier", "type", "form", "full", "ladder", "zone", "alert_detail"}
"""Behind these keys stand names that something else has."""

SPAN = re.compile(r"\d+ (?:minutes|hours?|days?|weeks|year)")


@dataclass(frozen=True)
class Broken:
    """One part of a file replaced, and the lines at which that may be reported."""

    title: str
    file: str
    at: Place
    content: bytes
    lines: frozenset[int]

    def __str__(self) -> str:
        """The test's name."""
        return f"{self.file}:{self.at.line}:{self.at.column} {self.title}"


def corpus() -> Iterator[Broken]:
    """One defect each: keys misspelt or missing, values of another kind, names, times and numbers that are none."""
    for file, content in FILES.items():
        top = Reading(file, content).top
        assert top is not None
        yield from _broken(file, top, "", top.at.line)
        yield from _lines(file)


def _broken(file: str, node: Node, key: str, parent: int, listed: bool = False) -> Iterator[Broken]:
    """Every defect in it. Of what is `listed` and has one key, nothing is left without that, and nothing is wrong."""
    match node:
        case Table(at, entries):
            places = {name.text: name.at.line for name, _ in entries}
            for n, (name, value) in enumerate(entries):
                # Without its type nobody can tell what a question is, so that is said where the question begins.
                here = {name.at.line, *((at.line,) if name.text == "type" else ())}
                if name.text not in NAMED_FREELY:
                    yield _replaced("key misspelt", file, name.at, name.text, f"{name.text}x", here)
                if name.text not in MAY_BE_LEFT_OUT and not (listed and len(entries) == 1):
                    told = places.get(TOLD_AT.get(name.text, ""), at.line)
                    yield _without(file, node, n, told if len(entries) > 1 else parent)
                yield from _broken(file, value, name.text, name.at.line)
        case Listing(_, items):
            for item in items:
                yield from _broken(file, item, key, parent, listed=True)
        case Scalar(at, text, kind):
            yield from _worse(file, at, text, kind, key)


def _worse(file: str, at: Place, text: str, kind: Kind, key: str) -> Iterator[Broken]:
    """Other values in that one's place."""
    here = {at.line}
    yield _replaced("a list in its place", file, at, text, "[[]]", here)
    yield _replaced("keys in its place", file, at, text, "{no_such_key: 1}", here)
    if SPAN.fullmatch(text):
        yield _replaced("no time", file, at, text, "soon", here)
        yield _replaced("an unknown unit", file, at, text, "3 fortnights", here)
    if kind is Kind.WHOLE and key != "emergency_number":
        yield _replaced("a number out of all bounds", file, at, text, "123456789", here)
        yield _replaced("a word for a number", file, at, text, "many", here)
    if kind is Kind.TRUTH:
        yield _replaced("a word for true", file, at, text, "yes", here)
    if key in LEADS_SOMEWHERE and kind is Kind.TEXT and not SPAN.fullmatch(text):
        yield _replaced("a letter doubled", file, at, text, text[0] + text, here)
        yield _replaced("a letter missing", file, at, text, text[1:], here)


def _replaced(title: str, file: str, at: Place, old: str, new: str, told: set[int]) -> Broken:
    lines = TEXTS[file].splitlines(keepends=True)
    line, start = lines[at.line - 1], at.column - 1
    assert line[start:].startswith(old), (line, old)
    lines[at.line - 1] = line[:start] + new + line[start + len(old) :]
    return Broken(title, file, at, "".join(lines).encode(), frozenset(told))


def _without(file: str, table: Table, n: int, told: int) -> Broken:
    """The table without that entry, whether it is written in braces or on lines of its own."""
    lines = TEXTS[file].splitlines(keepends=True)
    key, value = table.entries[n]
    others = [name for name, _ in table.entries]
    line = lines[key.at.line - 1]
    if any(name.at.line == key.at.line for name in others if name is not key) or "{" in line[: key.at.column]:
        begins = key.at.column - 1
        ends = others[n + 1].at.column - 1 if n + 1 < len(others) else line.rindex("}") - (line.count("}") > 1)
        made = line[:begins] + line[ends:]
        lines[key.at.line - 1] = re.sub(r", (?=\})", "", made)
    else:
        last = _last_line(value)
        first = line[: key.at.column - 1]
        del lines[key.at.line - 1 : last]
        if first.strip() and n + 1 < len(others):  # "- " in front of the first key goes to the second
            lines[key.at.line - 1] = first + lines[key.at.line - 1].lstrip()
    return Broken("key missing", file, key.at, "".join(lines).encode(), frozenset((told,)))


def _last_line(node: Node) -> int:
    match node:
        case Scalar(at):
            return at.line
        case Listing(at, items):
            return max((_last_line(item) for item in items), default=at.line)
        case Table(at, entries):
            return max((_last_line(value) for _, value in entries), default=at.line)


def _lines(file: str) -> Iterator[Broken]:
    """What goes wrong with a whole line: written twice, a tab in front, a quotation mark that never closes."""
    lines = TEXTS[file].splitlines(keepends=True)
    for n, line in enumerate(lines):
        at = Place(n + 1, 1)
        key = re.fullmatch(r"(\s*)[a-z_]+: [^{\[]*\n", line)
        if key:
            twice = "".join([*lines[: n + 1], line, *lines[n + 1 :]]).encode()
            yield Broken("line twice", file, at, twice, frozenset((n + 2,)))
            opened = "".join([*lines[:n], line.replace(": ", ': "', 1), *lines[n + 1 :]]).encode()
            yield Broken("quotation mark that never closes", file, at, opened, frozenset((n + 1,)))
        if line.startswith("  ") and ": " in line:
            tab = "".join([*lines[:n], f"\t{line}", *lines[n + 1 :]]).encode()
            yield Broken("a tab in front", file, at, tab, frozenset((n + 1,)))


ALL = list(corpus())


def test_the_corpus_is_large_enough() -> None:
    """At least 200, as the issue asks; those written by hand, and the messages, come on top."""
    assert len(ALL) >= 200
    assert len({(broken.file, broken.content) for broken in ALL}) == len(ALL)


def test_nothing_is_wrong_with_what_is_broken() -> None:
    """Or every test here would pass."""
    assert read_files(FILES).problems == ()


@pytest.mark.parametrize("broken", ALL, ids=str)
def test_each_defect_is_refused_where_it_stands(broken: Broken) -> None:
    """An error, not a warning; one of them in the line that was broken."""
    problems = read_files(FILES | {broken.file: broken.content}).problems
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert errors
    assert {problem.file for problem in errors} == {broken.file}
    assert broken.lines & {problem.line for problem in errors}, errors


# -- messages ----------------------------------------------------------------------------------------------------------

MESSAGES = {path: content for path, content in SHIPPED.items() if path.endswith(".j2")}


@pytest.mark.parametrize(
    "wrong",
    [
        "{{ nobody_gives_this }}",
        "{% if false %}{{ nobody_gives_this }}{% endif %}",
        "{% for x in clinic.name %}{% endfor %}",
        "{{ clinic.name.upper() }}",
        "{{ 'x' * 200000000 }}",
        "{{ clinic.fax }}",
        "{{ clinic.name|safe }}",
        "{{ clinic.name",
        "{% endif %}",
        "<u>",
        "<script></script>",
        "<u>a & b</u>",
    ],
)
def test_every_message_that_ships_is_refused_with_one_more_wrong_line(wrong: str) -> None:
    """In every language, at that line."""
    files = {path: content.rstrip(b"\n") + f"\n{wrong}\n".encode() for path, content in MESSAGES.items()}
    found = _errors(files)
    for path, content in files.items():
        assert content.count(b"\n") in found.get(path, set()), (path, found.get(path))


def test_every_button_that_ships_is_refused_under_another_name() -> None:
    """At its line, and it is missed."""
    button = re.compile(r"(?<=\nbuttons:\n)  ([a-z_.]+):")
    files = {path: button.sub(r"  \1x:", content.decode()).encode() for path, content in MESSAGES.items()}
    broken = {path for path, content in files.items() if content != MESSAGES[path]}
    assert len(broken) > 90
    found = check(SHIPPED | files, TODAY, play=False)
    for path in broken:
        lines = [problem.line for problem in found if problem.file == path and problem.severity is Severity.ERROR]
        first = files[path].decode().splitlines().index("buttons:") + 2
        assert set(lines) == {1, first}, path


def test_every_file_of_words_is_missed() -> None:
    """With one message alone in a language, each of the others is named."""
    for language in sorted({path.split("/")[1] for path in MESSAGES}):
        folder = f"messages/{language}/"
        one = f"{folder}roles/lead.j2"
        files = {path: content for path, content in SHIPPED.items() if path not in MESSAGES or path == one}
        said = "\n".join(map(str, check(files, TODAY, play=False)))
        missed = [path for path in MESSAGES if path.startswith(folder) and path != one]
        assert [path for path in missed if path not in said] == []


def _errors(files: Mapping[str, bytes]) -> dict[str, set[int]]:
    """The lines of the errors in each message."""
    read = read_files(SHIPPED)
    assert read.settings is not None
    found: dict[str, set[int]] = {}
    own = own_contracts(read.protocols)
    for problem in check_words(Words(files), read.settings, Files(files), TODAY, own, limits={}):
        if problem.severity is Severity.ERROR:
            found.setdefault(problem.file, set()).add(problem.line)
    return found
