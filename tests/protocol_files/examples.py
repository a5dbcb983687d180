"""A small care protocol and a clinic's file without mistakes; tests break them in one place each."""

from dataclasses import dataclass
from pathlib import Path

PROTOCOL = """\
approved_by: nobody
years: 10
questions:
  - id: gate
    type: gate
    items:
      - id: rf_feel
        concern: feeling
  - id: pain
    type: scale
  - id: weak
    type: choice
    options: [no, a_bit, clearly]
    ask_if: {at_least: {question: pain, value: 1}}
forms:
  full: [gate, pain, weak]
rules:
  - id: feel_new
    when: {is: {question: rf_feel, value: new}}
    tier: emergency
    concern: feeling
    card: nerves
  - id: feel_before
    when: {is: {question: rf_feel, value: as_before}}
    tier: same_day
    concern: feeling
  - id: both
    when:
      all:
        - at_least: {question: pain, value: 8}
        - any_of: {question: weak, values: [a_bit, clearly]}
    tier: this_week
    concern: pain
    education: pain
timings:
  - {id: start, after: enrolment, form: full, open_for: 7 days}
  - {id: yearly, after: 1 year, repeat: 1 year, form: full, open_for: 60 days}
ladder:
  emergency:
    due: 5 minutes
    waits: [5 minutes, 5 minutes]
    at_any_hour: true
    again_after: 30 minutes
  same_day:
    due: closing
    waits: [30 minutes]
  this_week:
    due: 5 working days
  routine:
    due: 6 weeks
"""

CLINIC = """\
name: Hillside
zone: Europe/Madrid
language: en
phone: 0300 123
emergency_number: 112
opening_hours:
  monday: 09:00-17:00
  friday: 9:00 – 13:30
closed_on: [2026-12-25]
ladder: [clinician, lead]
alert_detail: code
"""


@dataclass(frozen=True)
class Mistake:
    """One mistake in a text, and every problem that must be found."""

    title: str
    old: str
    new: str | None
    expected: tuple[str, ...]

    def __str__(self) -> str:
        """The test's name."""
        return self.title

    def made_in(self, text: str) -> bytes:
        """The text with this mistake."""
        return replaced(text, f"{self.old}\n" if self.new is None else self.old, self.new or "").encode()


def replaced(text: str, old: str, new: str) -> str:
    """The text with one part, which stands there once, replaced."""
    assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
    return text.replace(old, new)


def mistakes(file: str) -> list[Mistake]:
    """The mistakes in that file beside this module; it says itself how they are written."""
    found = []
    for paragraph in (Path(__file__).parent / file).read_text("utf-8").split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        if lines:
            marked = {mark: [line[2:] for line in lines[1:] if line[:2] == f"{mark} "] for mark in "-+>"}
            assert sum(map(len, marked.values())) == len(lines) - 1, paragraph
            new = "\n".join(marked["+"]) if marked["+"] else None
            found.append(Mistake(lines[0], "\n".join(marked["-"]), new, tuple(marked[">"])))
    assert len({mistake.title for mistake in found}) == len(found), "two mistakes have one title"
    return found
