"""docs/coverage.md, made from the files: what of the source article is asked, ruled, taught and shown.

A question's line in the protocol names the statements that it serves (`# S1, C3`); so does the line of a topic that a
timing teaches. Everything else follows: the rules that look at the questions, their topics, the vignettes in which they
fire. `python -m tests.programme.coverage` writes the page anew.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from followupbot.domain.ids import QuestionId
from tests.programme.shipped import LUMBAR, PROTOCOLS, ROOT, protocol, vignettes

PAGE = ROOT / "docs" / "coverage.md"
LANGUAGES = ("en", "es")

STATEMENTS = {
    "S1": "low back pain returns or gets worse",
    "S2": "new pain in another place",
    "S3": "new numbness",
    "S4": "new tingling",
    "S5": "pain that shoots down a leg",
    "S6": "new weakness in a leg",
    "S7": "loss of function, such as exercise",
    "S8": "new pain above or below the fusion",
    "S9": "hard to bend, pick up, carry",
    "S10": "loose or broken hardware",
    "C1": "levels next to the fusion",
    "C2": "back muscles",
    "C3": "the bone does not join",
    "C4": "hardware loosens or breaks",
    "C5": "not in the article: infection, cauda equina, clot, fracture, mood, opioids",
}
"""Section 1 of the clinical brief, in our own few words."""

EXAMPLES = 3
"""So many vignettes are named; the rest is a number."""

_SERVES = re.compile(r"\b(?:id|teaches): (\w+)\b[^#]*#\s*((?:[SC]\d+(?:, |\b))+)")


@dataclass(frozen=True)
class Row:
    """One statement of the article, and everything that answers to it."""

    statement: str
    asked: tuple[str, ...]
    ruled: tuple[str, ...]
    taught: tuple[str, ...]
    shown: tuple[str, ...]
    missing: Mapping[str, tuple[str, ...]]
    """By language, the messages that are not there."""

    @property
    def complete(self) -> bool:
        """Asked, ruled, taught and shown, in every language."""
        everything = all((self.asked, self.ruled, self.taught, self.shown))
        return everything and not any(self.missing.values())


def rows() -> Iterator[Row]:
    """One for each statement."""
    served = _served()
    for statement in STATEMENTS:
        names = served[statement]
        known = [asked.question for asked in protocol().asked]
        asked = tuple(name for question in known for name in (question.id, *question.ids()) if name in names)
        asked = tuple(dict.fromkeys(asked))
        rules = [rule for rule in protocol().rules if _looks_at(rule.condition.questions()) & set(asked)]
        topics = [rule.education for rule in rules if rule.education]
        topics += [timing.teaches for timing in protocol().timings if timing.teaches and timing.teaches in names]
        ruled = {rule.id for rule in rules}
        shown = tuple(found.name for found in vignettes().vignettes if ruled & set(found.gives.rules))
        taught = tuple(dict.fromkeys(topics))
        missing = {language: tuple(_missing(language, asked, taught)) for language in LANGUAGES}
        yield Row(statement, asked, tuple(rule.id for rule in rules), taught, shown, missing)


def page() -> str:
    """The whole page."""
    lines = [
        "# What of the source article the shipped programme covers",
        "",
        f"Made from `protocols/{LUMBAR}.yaml`, its vignettes and `messages/` by `python -m tests.programme.coverage`;",
        "a test compares. S are the symptoms and C the categories that the article names (C5: those that it leaves",
        "out). *Asked*: questions, or items of a gate screen. *Ruled*: rules that look at them. *Taught*: topics that",
        "these rules, or a check-in that raised nothing, bring. *Shown*: vignettes in which one of these rules fires.",
        "Nothing of it has been approved by a clinician.",
        "",
        f"| | Asked | Ruled | Taught | Shown | {' | '.join(LANGUAGES)} |",
        f"| --- | --- | --- | --- | --- | {' | '.join('---' for _ in LANGUAGES)} |",
    ]
    for row in rows():
        names = [_code(row.asked), _code(row.ruled), _code(row.taught), _examples(row.shown)]
        words = [
            "yes" if not row.missing[language] else f"no: {_code(row.missing[language])}" for language in LANGUAGES
        ]
        lines.append(f"| **{row.statement}** {STATEMENTS[row.statement]} | {' | '.join((*names, *words))} |")
    return "\n".join(lines) + "\n"


def _served() -> dict[str, set[str]]:
    """The names that serve each statement, by the comments of the protocol's file."""
    served: dict[str, set[str]] = defaultdict(set)
    for line in (PROTOCOLS / f"{LUMBAR}.yaml").read_text(encoding="utf-8").splitlines():
        found = _SERVES.search(line)
        if found:
            for statement in found[2].rstrip(", ").split(", "):
                served[statement].add(found[1])
    return served


def _looks_at(questions: Iterable[QuestionId]) -> set[str]:
    """The questions, and of a score its items."""
    found: set[str] = set()
    for question in questions:
        score = protocol().score(question)
        found |= {question} if score is None else set(score.of)
    return found


def _missing(language: str, asked: tuple[str, ...], taught: tuple[str, ...]) -> Iterator[str]:
    for name in asked:
        question = protocol().question(QuestionId(name))
        key = f"questions/{name if question is None else question.id}"
        if not (ROOT / "messages" / language / f"{key}.j2").is_file():
            yield key
    for topic in taught:
        if not (ROOT / "messages" / language / "education" / f"{topic}.j2").is_file():
            yield f"education/{topic}"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _examples(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - EXAMPLES} more" if len(names) > EXAMPLES else ""
    return _code(names[:EXAMPLES]) + more


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
