"""Every history comes out as it is written, played through the domain; and the runner notices when it does not."""

from dataclasses import replace
from functools import cache

import pytest

from followupbot.checking.histories import Vignette
from followupbot.checking.stage import Stage
from followupbot.checking.vignettes import check_vignettes, read_vignettes
from followupbot.domain.rules import Tier
from followupbot.protocol_files.problems import Problem
from followupbot.protocol_files.programme import ReadFiles, ReadProtocol
from followupbot.protocol_files.reading import Reading
from followupbot.protocol_files.sources import VIGNETTES
from tests.programme.shipped import LUMBAR, PROTOCOLS, protocol, reading_of, vignettes

KEYS = ("houseplants", LUMBAR)

VIGNETTES_MIN = 60
"""Issue 3: at least so many named histories."""


@cache
def stage(key: str) -> Stage:
    """Played on by all tests, so that histories with one beginning share it."""
    return Stage(vignettes(key), protocol(key))


def named() -> list[tuple[str, Vignette]]:
    """Each with its care protocol."""
    return [(key, vignette) for key in KEYS for vignette in vignettes(key).vignettes]


@pytest.mark.parametrize(("key", "vignette"), [pytest.param(*found, id=found[1].name) for found in named()])
def test_it_comes_out_as_it_is_written(key: str, vignette: Vignette) -> None:
    """What the sentence says is in `vignette.says`."""
    assert stage(key).faults(vignette) == (), vignette.says


def test_there_are_as_many_as_the_issue_asks_for() -> None:
    """Named, each with a sentence of its own."""
    found = vignettes(LUMBAR).vignettes
    assert len(found) >= VIGNETTES_MIN
    assert len({vignette.says for vignette in found}) == len(found)


@pytest.mark.parametrize("key", KEYS)
def test_every_rule_is_shown(key: str) -> None:
    """A rule that no vignette makes fire is a rule that nobody has looked at."""
    shown = {rule for vignette in vignettes(key).vignettes for rule in vignette.gives.rules}
    assert {rule.id for rule in protocol(key).rules} - shown == set()


def problems(vignette_file: str, key: str = "houseplants") -> list[Problem]:
    """What `check` says of that text in the place of the shipped file."""
    path = f"protocols/{key}{VIGNETTES}"
    files = {path: vignette_file.encode(), f"protocols/{key}.yaml": b""}
    read = ReadFiles((ReadProtocol(protocol(key), reading_of(f"{key}.yaml")),), None, None, (), ())
    return [problem for problem in check_vignettes(files, read) if problem.file == path]


def shipped_text() -> str:
    """The file of the houseplants, short enough to break."""
    return (PROTOCOLS / f"houseplants{VIGNETTES}").read_text(encoding="utf-8")


def test_the_shipped_file_has_no_problem() -> None:
    """Not even a warning."""
    assert problems(shipped_text()) == []


@pytest.mark.parametrize(
    ("written", "instead", "at", "message"),
    [
        ("tier: this_week, rules", "tier: routine, rules", "a_plant_that_drowns", "tier: expected routine"),
        (
            "rules: [plant_drowns]",
            "rules: []",
            "a_plant_that_drowns",
            "rules: expected none, comes out as plant_drowns",
        ),
        ("alert: this_week", "alert: none", "a_plant_that_drowns", "alert: expected none"),
        ("recheck: [2]", "recheck: [3]", "a_plant_that_wilts", "recheck: expected 3, comes out as 2"),
        ("plant_thirst: 4", "plant_thirst: 3", "a_thirsty_plant", "plant_thirst: expected 3, comes out as 4"),
        ("not_asked: [plant_watered_on]", "not_asked: [plant_joy]", "a_plant_that_thrives", "plant_joy is asked"),
        (
            "{plant_new_leaves: 1}",
            "{plant_watered_on: skip}",
            "a_plant_that_grows_less",
            "plant_watered_on is never asked",
        ),
        ("{plant_new_leaves: 1}", "{plant_new_leaves: 99}", "a_plant_that_grows_less", "can't be answered with 99"),
        (
            "plant_watered_on: 2020-03-05}",
            "plant_joy: 4}",
            "a_plant_that_wilts",
            "plant_watered_on is asked, and there",
        ),
    ],
)
def test_what_comes_out_otherwise_is_reported_at_its_own_line(
    written: str, instead: str, at: str, message: str
) -> None:
    """One change of the file, one problem more, at the vignette's name."""
    text = shipped_text()
    assert written in text
    found = problems(text.replace(written, instead, 1))
    line = next(n for n, line in enumerate(text.splitlines(), start=1) if f"name: {at}" in line)
    assert any(problem.line == line and message in problem.message for problem in found), found


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ("    now: {}\n", "    now: {anwers: {}}\n", 'unknown key "anwers"; did you mean "answers"?'),
        ("tier: routine", "tier: rutine", 'unknown: "rutine"; did you mean "routine"?'),
        ("name: a_plant_that_wilts", "name: a_plant_that_thrives", "is the name of another vignette"),
        ("asks: monthly", "asks: montly", 'no timing montly; did you mean "monthly"?'),
    ],
)
def test_a_slip_in_the_file_is_reported(written: str, instead: str, message: str) -> None:
    """The file is read with the same layer as every other."""
    text = shipped_text()
    assert written in text
    found = problems(text.replace(written, instead, 1))
    assert any(message in problem.message for problem in found), found


def test_vignettes_without_their_protocol_are_reported() -> None:
    """The name says which protocol they belong to."""
    read = ReadFiles((), None, None, (), ())
    found = list(check_vignettes({f"protocols/house{VIGNETTES}": shipped_text().encode()}, read))
    assert [problem.message for problem in found] == ['there is no care protocol "house"']


def test_a_protocol_that_has_changed_is_noticed() -> None:
    """Not the file but the rule is other than it was."""
    changed = [replace(rule, tier=Tier.ROUTINE) for rule in protocol("houseplants").rules]
    played = Stage(vignettes("houseplants"), replace(protocol("houseplants"), rules=tuple(changed)))
    wilts = next(found for found in vignettes("houseplants").vignettes if found.name == "a_plant_that_wilts")
    assert played.faults(wilts)[0] == "tier: expected same_day, comes out as routine"


def test_a_file_that_is_no_yaml_is_reported_once() -> None:
    """And nothing is played."""
    reading = Reading("protocols/x.vignettes.yaml", b"vignettes: [")
    assert read_vignettes(reading) is None
    assert len(reading.problems) == 1
