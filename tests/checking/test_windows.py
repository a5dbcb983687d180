"""Check-ins of one care protocol that would get in each other's way are found before a patient is asked twice."""

import pytest

from followupbot.checking.windows import check_windows
from followupbot.protocol_files.problems import Place
from followupbot.protocol_files.programme import read_files
from tests.protocol_files.examples import CLINIC, PROTOCOL, replaced

FILE = "protocols/example.yaml"
YEARLY = "  - {id: yearly, after: 1 year, repeat: 1 year, form: full, open_for: 60 days}\n"

LATE = '"late" would be asked while "yearly" is still open'
EARLY = '"yearly" would be asked while "early" is still open'
OFTEN = '"often" comes again before its window has ended'
BACKWARDS = "each reminder comes later than the one before it"
TOO_LATE = "a reminder comes at least a day before the window ends"
STILL_OPEN = "this re-check would be asked while the one before it is still open"


def found(text: str) -> list[str]:
    """Line and message of what is said about that care protocol, which has no other fault."""
    read = read_files({FILE: text.encode(), "clinic.yaml": CLINIC.encode()})
    assert [str(problem) for problem in read.problems] == []
    (protocol,) = read.protocols
    lines = text.splitlines()
    return [f"{lines[problem.line - 1].strip()[:14]}: {problem.message}" for problem in check_windows(protocol)]


def with_timing(line: str, top: str = "") -> str:
    """The example with one timing more, and perhaps a key at its top."""
    return top + replaced(PROTOCOL, YEARLY, f"{YEARLY}  - {{{line}}}\n")


def with_recheck(recheck: str) -> str:
    """The example, its last rule with a re-check."""
    return replaced(PROTOCOL, "    education: pain\n", f"    education: pain\n    recheck: {recheck}\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        # a year after the operation "yearly" asks for 60 days
        ("id: late, after: 13 months, form: full, open_for: 7 days", LATE),
        ("id: early, after: 350 days, form: full, open_for: 30 days", EARLY),
        ("id: often, after: 2 months, repeat: 1 month, until: 6 months, form: full, open_for: 40 days", OFTEN),
    ],
)
def test_a_check_in_that_would_be_asked_while_another_is_open_is_found(line: str, told: str) -> None:
    """At the later one of the two, or where it repeats."""
    (message,) = found(with_timing(line))
    assert message.endswith(f": {told}")


@pytest.mark.parametrize(
    "line",
    [
        "id: later, after: 14 months, form: full, open_for: 7 days",
        "id: before, after: 350 days, form: full, open_for: 15 days",
        "id: monthly, after: 2 months, repeat: 1 month, until: 6 months, form: full, open_for: 28 days",
    ],
)
def test_one_that_ends_before_the_next_begins_is_let_be(line: str) -> None:
    """On the very day, too: `yearly` comes 365 days after the operation."""
    assert found(with_timing(line)) == []


def test_what_the_larger_form_absorbs_is_no_conflict() -> None:
    """Within `absorb_within` only one of them is asked."""
    line = "id: near, after: 370 days, form: full, open_for: 7 days"
    assert len(found(with_timing(line))) == 1
    assert found(with_timing(line, "absorb_within: 7 days\n")) == []
    assert len(found(with_timing(line, "absorb_within: 3 days\n"))) == 1


@pytest.mark.parametrize("between", ["{id: near, after: 370 days, form: gate_only, open_for: 2 days}", ""])
def test_a_short_one_in_between_hides_no_overlap(between: str) -> None:
    """`yearly` is open from day 365 for 60 days; the short one that it absorbs ends long before that."""
    lines = f"{YEARLY}  - {between}\n" if between else YEARLY
    last = "  - {id: last, after: 405 days, form: full, open_for: 7 days}\n"
    forms = replaced(PROTOCOL, "forms:\n", "forms:\n  gate_only: [gate]\n") if between else PROTOCOL
    (message,) = found("absorb_within: 7 days\n" + replaced(forms, YEARLY, lines + last))
    assert message.endswith(': "last" would be asked while "yearly" is still open')


@pytest.mark.parametrize(
    ("recheck", "told"),
    [
        ("{after: 7 days, form: full, open_for: 3 days, reminders: [2 days, 1 day]}", BACKWARDS),
        ("{after: 7 days, form: full, open_for: 3 days, reminders: [60 hours]}", TOO_LATE),
        ("[{after: 7 days, form: full, open_for: 9 days}, {after: 14 days, form: full, open_for: 3 days}]", STILL_OPEN),
    ],
)
def test_a_re_check_that_comes_too_early_or_reminds_too_late_is_found(recheck: str, told: str) -> None:
    """It is planned only when the rule fires, so nobody would see it before."""
    (message,) = found(with_recheck(recheck))
    assert message.endswith(f": {told}")


def test_re_checks_that_follow_each_other_are_let_be() -> None:
    """The second on the day that the first ends; the last reminder a day before that."""
    first = "{after: 7 days, form: full, open_for: 7 days, reminders: [6 days]}"
    assert found(with_recheck(f"[{first}, {{after: 14 days, form: full, open_for: 3 days}}]")) == []


def test_what_is_wrong_with_the_only_re_check_of_a_list_is_said_in_its_line() -> None:
    """Not where the list begins."""
    lines = ("", "  - after: 7 days", "    form: full", "    open_for: 3 days", "    reminders: [60 hours]")
    text = with_recheck("\n    ".join(lines))
    read = read_files({FILE: text.encode(), "clinic.yaml": CLINIC.encode()})
    (protocol,) = read.protocols
    (problem,) = check_windows(protocol)
    line = text.splitlines().index("        reminders: [60 hours]") + 1
    assert Place(problem.line, problem.column) == Place(line, 21)
