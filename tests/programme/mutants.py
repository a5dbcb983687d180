"""Every small change of the shipped care protocol, and whether anybody would notice.

A mutant is the parsed YAML with one thing changed: a number, a tier, an operator, a value, a part of a condition. It is
killed where `check` would refuse it, where it departs from the brief's tables, or where a vignette comes out
otherwise. `make mutants` (python -m tests.programme.mutants) tries all of them and lists the survivors.
"""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from random import Random

from followupbot.checking.histories import Vignette
from followupbot.checking.stage import Stage
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.conditions import CONDITION_TYPES
from followupbot.domain.ids import QuestionId, RuleId
from followupbot.domain.questions import Question
from followupbot.domain.rules import Tier
from followupbot.protocol_files.reading import Kind, Listing, Node, Path, Scalar, Table
from tests.programme.brief import departures
from tests.programme.shipped import LUMBAR, build, mutated, protocol, reading_of, vignettes

SEED = 3
"""Of a sample: always the same one, so that what fails fails again."""

TIMES = re.compile(r"([0-9]+)( +[a-z ]+)")
"""`14 days`, `5 working days`."""

OPPOSITES = {
    **{"at_least": "at_most", "at_most": "at_least", "rises_by": "falls_by", "falls_by": "rises_by"},
    **{"all": "any", "any": "all", "newly": "is", "is": "newly"},
    **{"confirmed_within": "held_before"},
}
SINCE = ("last", "best")
"""`usual` needs two keys more, so nobody writes it by a slip of one word."""

UNWRAPPED = ("not", "confirmed_within", "held_before")
"""Operators around one condition, which may be forgotten."""

CIRCLES = (
    ("rf_bladder_start", "rf_bladder_hold", "rf_bladder_feel", "rf_bowel", "rf_saddle", "rf_sexual", "rf_both_legs"),
    ("rf_breath", "rf_foot", "rf_fever", "rf_wound", "rf_fall", "rf_calf"),
    ("func_exercise", "func_lift", "walk_time", "sleep_pain", "opioid_use"),
)
TWINS = {
    **{name: circle[n - 1] for circle in CIRCLES for n, name in enumerate(circle)},
    **{"leg_nrs_l": "leg_nrs_r", "leg_nrs_r": "leg_nrs_l", "back_nrs": "leg_nrs_l"},
    **{"back_change": "leg_change", "leg_change": "back_change", "numb_leg": "tingle_leg", "tingle_leg": "numb_leg"},
    **{"phq2_interest": "phq2_mood", "phq2_mood": "phq2_interest"},
}
"""Questions that one might write for each other (H8: left and right)."""

OPTIONAL = (
    *("ask_if", "card", "education", "recheck", "teaches", "open_before", "hour", "again_after", "waits"),
    *("help_check", "after_card", "urgent", "report"),
)
"""What a protocol, a question, a rule, a timing or a tier may be without."""

NOT_CLINICAL = ("version", "approved_by", "years", "triggers")


@dataclass(frozen=True)
class Mutant:
    """One change: where, what it was, and what it is."""

    path: Path
    line: int
    what: str
    node: Node

    def __str__(self) -> str:
        where = ".".join(str(part) for part in self.path) or "the whole"
        return f"protocols/{LUMBAR}.yaml:{self.line}: {where}: {self.what}"


# -- which there are ---------------------------------------------------------------------------------------------------


@cache
def mutants() -> tuple[Mutant, ...]:
    """All of them, in the file's order."""
    top = reading_of(f"{LUMBAR}.yaml").top
    assert top is not None
    return tuple(_mutants(top, (), lambda node: node))


def _mutants(node: Node, path: Path, rebuild: Callable[[Node], Node]) -> Iterator[Mutant]:
    for what, changed in _changes(node, path):
        yield Mutant(path, node.at.line, what, rebuild(changed))
    match node:
        case Table(_, entries):
            for n, (key, value) in enumerate(entries):
                if path == () and key.text in NOT_CLINICAL:
                    continue

                yield from _mutants(value, (*path, key.text), partial(_with_value, node, n, rebuild))
        case Listing(_, items):
            for n, item in enumerate(items):
                yield from _mutants(item, (*path, n), partial(_with_item, node, n, rebuild))
        case Scalar():
            pass


def _with_value(table: Table, n: int, rebuild: Callable[[Node], Node], value: Node) -> Node:
    entries = table.entries
    return rebuild(replace(table, entries=(*entries[:n], (entries[n][0], value), *entries[n + 1 :])))


def _with_item(listing: Listing, n: int, rebuild: Callable[[Node], Node], item: Node) -> Node:
    return rebuild(replace(listing, items=(*listing.items[:n], item, *listing.items[n + 1 :])))


def _changes(node: Node, path: Path) -> Iterator[tuple[str, Node]]:
    """What may be changed at this very place."""
    match node:
        case Scalar():
            yield from _scalar_changes(node, path)
        case Table(_, ((key, value),)) if key.text in CONDITION_TYPES and _in_condition(path):
            yield from _condition_changes(key, value)
        case Table(at, entries) if not _in_condition(path):
            for n, (key, _) in enumerate(entries):
                if key.text in OPTIONAL:
                    yield f"without {key.text}", Table(at, (*entries[:n], *entries[n + 1 :]))
        case Listing(at, items) if _in_condition(path) and len(items) > 1:
            for n in range(len(items)):
                yield f"without part {n}", Listing(at, (*items[:n], *items[n + 1 :]))
            if path[-1] == "values":
                yield from _more_values(node, path)
        case Listing(at, items) if path and path[-1] == "recheck":
            for n in range(len(items)):
                yield f"without part {n}", Listing(at, (*items[:n], *items[n + 1 :]))
        case Table() | Listing():
            pass


def _scalar_changes(node: Scalar, path: Path) -> Iterator[tuple[str, Node]]:
    key = path[-1] if path else ""
    times = TIMES.fullmatch(node.text)
    if node.kind is Kind.WHOLE or times:
        number, unit = (int(times[1]), times[2]) if times else (int(node.text), "")
        for other in (number - 1, number + 1):
            if other >= 0:
                yield f"{node.text} becomes {other}{unit}", replace(node, text=f"{other}{unit}")
    elif node.kind is Kind.TRUTH:
        opposite = "false" if node.text == "true" else "true"
        yield f"{node.text} becomes {opposite}", replace(node, text=opposite)
    elif key == "tier" or (key == "at_least" and node.text in list(Tier)):
        for tier in Tier:
            if tier != node.text:
                yield f"{node.text} becomes {tier}", replace(node, text=str(tier))
    elif key == "since":
        for since in SINCE:
            if since != node.text and node.text in SINCE:
                yield f"since {node.text} becomes since {since}", replace(node, text=since)
    elif key == "question" and _in_condition(path) and node.text in TWINS:
        yield f"{node.text} becomes {TWINS[node.text]}", replace(node, text=TWINS[node.text])
    elif key in {"value"} and _in_condition(path):
        for option in _options(path):
            if option != node.text:
                yield f"{node.text} becomes {option}", replace(node, text=option)
    elif key in {"card", "education"}:
        other_name = "breathing" if node.text == "cauda_equina" else "cauda_equina"
        yield f"{node.text} becomes {other_name}", replace(node, text=other_name)
    elif key == "how":
        yield f"{node.text} becomes mean", replace(node, text="mean")
    elif key == "form" and path[0] in {"timings", "urgent", "report"}:
        yield f"{node.text} becomes another form", replace(node, text="micro" if node.text != "micro" else "full")


def _condition_changes(key: Scalar, value: Node) -> Iterator[tuple[str, Node]]:
    place = key.at
    if key.text in OPPOSITES:
        opposite = replace(key, text=OPPOSITES[key.text])
        yield f"{key.text} becomes {opposite.text}", Table(place, ((opposite, value),))
    if key.text in UNWRAPPED:
        inner = value.get("condition") if isinstance(value, Table) and key.text != "not" else value
        assert inner is not None, "it holds a condition"
        yield f"without {key.text}", inner
    if key.text not in {"all", "any", "not"}:
        whole = Table(place, ((key, value),))
        yield f"not {key.text}", Table(place, ((replace(key, text="not"), whole),))
    if isinstance(value, Table):
        for optional in ("within", "after"):
            if value.get(optional) is not None and key.text != "recheck":
                rest = tuple(entry for entry in value.entries if entry[0].text != optional)
                yield f"{key.text} without {optional}", Table(place, ((key, Table(value.at, rest)),))


def _more_values(node: Listing, path: Path) -> Iterator[tuple[str, Node]]:
    known = {item.text for item in node.items if isinstance(item, Scalar)}
    for option in _options(path):
        if option not in known:
            yield f"with {option}", replace(node, items=(*node.items, Scalar(node.at, option, Kind.TEXT)))


def _in_condition(path: Path) -> bool:
    return "when" in path or "ask_if" in path


def _options(path: Path) -> Sequence[str]:
    """The values that the question asked about at this place may have."""
    node: Node | None = reading_of(f"{LUMBAR}.yaml").top
    for part in path[:-1]:
        node = node.items[part] if isinstance(node, Listing) and isinstance(part, int) else _get(node, part)
    name = _get(node, "question")
    found = protocol().question(QuestionId(name.text)) if isinstance(name, Scalar) else None
    return () if found is None or not isinstance(name, Scalar) else _names(found, QuestionId(name.text))


def _get(node: Node | None, key: str | int) -> Node | None:
    return node.get(key) if isinstance(node, Table) and isinstance(key, str) else None


def _names(question: Question, name: QuestionId) -> Sequence[str]:
    return [str(value) for value in question.values(name) if isinstance(value, str)]


# -- who notices -------------------------------------------------------------------------------------------------------


def killer(mutant: Mutant) -> str | None:
    """Who notices the mutant: a refusal, a table of the brief, a vignette; None where nobody does."""
    reading = mutated(mutant.node, reading_of(f"{LUMBAR}.yaml"))
    changed = build(LUMBAR, reading)
    errors = [problem for problem in reading.problems if problem.severity == "error"]
    if changed is None or errors:
        return f"refused: {errors[0].message}"
    departure = next(departures(changed), None)
    if departure is not None:
        return f"brief: {departure}"
    stage = Stage(vignettes(), changed)
    for vignette in _likeliest_first(mutant, changed):
        faults = stage.faults(vignette)
        if faults:
            return f"{vignette.name}: {faults[0]}"
    return None


def _likeliest_first(mutant: Mutant, changed: CareProtocol) -> list[Vignette]:
    """The vignettes that show the rule, then those that say something to what it looks at, then the others."""
    rule = None
    looks_at: frozenset[QuestionId] = frozenset()
    match mutant.path:
        case ("rules", int(n), *_):
            rule = protocol().rules[n].id
            looks_at = protocol().rules[n].condition.questions() | changed.rules[n].condition.questions()
        case ("questions", int(n), *_):
            asked = protocol().asked[n]
            looks_at = frozenset((asked.question.id,)) | (asked.ask_if.questions() if asked.ask_if else frozenset())
        case ("scores", *_):
            looks_at = frozenset(item for score in protocol().scores for item in score.of)
        case _:
            pass
    return sorted(vignettes().vignettes, key=lambda vignette: _distance(vignette, rule, looks_at))


def _distance(vignette: Vignette, rule: RuleId | None, looks_at: frozenset[QuestionId]) -> tuple[int, ...]:
    shows = rule is not None and rule in vignette.gives.rules
    said = sum(name in looks_at for occasion in vignette.occasions for name in occasion.answers)
    said += sum(name in looks_at for name in vignette.gives.not_asked)
    about = sum(name in looks_at for name in vignette.now.answers)
    words = zip(vignette.name.split("_"), (rule or "").split("_"), strict=False)
    named_alike = sum(ours == theirs for ours, theirs in words)
    return (0 if shows else 1 if about or said else 2, -named_alike, -about, len(vignette.history))


def survivors(chosen: Sequence[Mutant], workers: int) -> Iterator[Mutant]:
    """Those that nobody notices, as they are found."""
    every = {mutant: number for number, mutant in enumerate(map(str, mutants()))}
    numbers = [every[str(mutant)] for mutant in chosen]
    with ProcessPoolExecutor(workers) as pool:
        for mutant, by in zip(chosen, pool.map(_killer_of, numbers, chunksize=4), strict=True):
            if by is None:
                yield mutant


def _killer_of(number: int) -> str | None:
    return killer(mutants()[number])


def sample(count: int, seed: int) -> list[Mutant]:
    """So many of them, drawn at random but always the same, most of them in rules."""
    rules = [mutant for mutant in mutants() if mutant.path[:1] == ("rules",)]
    others = [mutant for mutant in mutants() if mutant.path[:1] != ("rules",)]
    chance = Random(seed)
    return chance.sample(rules, count * 3 // 4) + chance.sample(others, count - count * 3 // 4)


def main(count: str = "") -> int:
    """Tries all of them, or so many, and lists the survivors."""
    started = time.monotonic()
    chosen = sample(int(count), SEED) if count else mutants()
    found = 0
    for mutant in survivors(chosen, workers=os.cpu_count() or 1):
        print(mutant, flush=True)
        found += 1
    print(f"{len(chosen)} of {len(mutants())} mutants, {found} survivors, {time.monotonic() - started:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
