"""A rule that can never fire or always does, and a question that is never put, are found by trying answers."""

import pytest

from followupbot.checking.reach import check_reach
from followupbot.protocol_files.programme import read_files
from tests.protocol_files.examples import CLINIC, PROTOCOL, replaced

FILE = "protocols/example.yaml"
NEVER = 'the rule "tried" can never fire: no answers of one form make it hold'
ALWAYS = 'the rule "tried" always fires, whatever is answered'

QUESTIONS = """\
  - {id: many, type: multiple, options: [a, b, nothing], none: nothing}
  - {id: steps, type: number, unit: steps, minimum: 0, maximum: 100}
  - {id: band, type: choice, options: [low, middle, high]}
  - {id: said, type: text, skippable: true}
  - {id: alone, type: yes_no}
  - {id: one, type: scale, minimum: 1, maximum: 5, skippable: true}
  - {id: other, type: scale, minimum: 1, maximum: 5, skippable: true}
scores:
  - {id: sum, how: sum, of: [pain, band], items_at_least: 2, points: {low: 0, middle: 1, high: 2}}
  - {id: either, how: sum, of: [one, other], items_at_least: 1}
forms:
  small: [gate, alone]
  full: [gate, pain, weak, many, steps, band, said, one, other]
"""


def found(text: str) -> list[str]:
    """What is said about that care protocol, which has no other fault."""
    read = read_files({FILE: text.encode(), "clinic.yaml": CLINIC.encode()})
    assert [str(problem) for problem in read.problems] == []
    (protocol,) = read.protocols
    return [problem.message for problem in check_reach(protocol)]


def with_rule(when: str) -> str:
    """The example with more questions, a second form, and a rule."""
    text = replaced(PROTOCOL, "forms:\n  full: [gate, pain, weak]\n", QUESTIONS)
    rule = f"  - {{id: tried, when: {when}, tier: routine, concern: other}}\n"
    small = "  - {id: between, after: 6 months, form: small, open_for: 30 days}\n"
    return replaced(text, "timings:\n", f"{rule}timings:\n{small}")


@pytest.mark.parametrize(
    "when",
    [
        "{all: [{is: {question: band, value: low}}, {is: {question: band, value: high}}]}",
        "{all: [{at_least: {question: pain, value: 8}}, {at_most: {question: pain, value: 7}}]}",
        "{all: [{is: {question: weak, value: clearly}}, {at_most: {question: pain, value: 0}}]}",  # not asked then
        "{all: [{is: {question: alone, value: yes}}, {is: {question: band, value: low}}]}",  # in no form together
        "{at_least: {question: sum, value: 13}}",
        "{all: [{rises_by: {question: pain, value: 6, since: last}}, {at_most: {question: pain, value: 5}}]}",
        "{not: {any: [{is: {question: alone, value: yes}}, {is: {question: alone, value: no}}]}}",
        "{all: [{newly: {question: band, value: high}}, {is: {question: band, value: low}}]}",
    ],
)
def test_a_rule_that_can_never_fire_is_found(when: str) -> None:
    """It contradicts itself, the questions' bounds, or what one form asks."""
    assert found(with_rule(when)) == [NEVER]


@pytest.mark.parametrize(
    "when",
    [
        "{at_least: {question: pain, value: 0}}",
        "{not: {all: [{is: {question: band, value: low}}, {is: {question: band, value: high}}]}}",
        "{any_of: {question: band, values: [low, middle, high]}}",
        "{any: [{at_least: {question: steps, value: 50}}, {at_most: {question: steps, value: 50}}]}",
    ],
)
def test_a_rule_that_always_fires_is_found(when: str) -> None:
    """A flag at each check-in is read by nobody."""
    assert found(with_rule(when)) == [ALWAYS]


@pytest.mark.parametrize(
    "when",
    [
        "{at_least: {question: sum, value: 12}}",
        "{at_most: {question: either, value: 1}}",
        "{all: [{includes: {question: many, value: a}}, {includes: {question: many, value: b}}]}",
        "{all: [{rises_by: {question: pain, value: 5, since: last}}, {at_most: {question: pain, value: 5}}]}",
        "{confirmed_within: {condition: {at_least: {question: pain, value: 10}}, within: 14 days}}",
        "{all: [{held_before: {condition: {is: {question: alone, value: no}}}}, {is: {question: alone, value: yes}}]}",
        "{is: {question: said, value: given}}",
        "{missed: {times: 2}}",
        "{is: {question: alone, value: no}}",
        "{rises_by: {question: band, value: 2, since: last}}",
    ],
)
def test_what_may_and_need_not_fire_is_let_be(when: str) -> None:
    """At the very edge of what can be said, too."""
    assert found(with_rule(when)) == []


@pytest.mark.parametrize("name", ["urgent", "report"])
def test_a_rule_about_what_only_a_patient_asks_for_is_let_be(name: str) -> None:
    """That form is asked, too, if by no timing."""
    text = with_rule("{is: {question: alone, value: yes}}")
    text = replaced(text, "  - {id: between, after: 6 months, form: small, open_for: 30 days}\n", "")
    assert found(f"{text}{name}: {{form: small, open_for: 1 day}}\n") == []


def test_a_question_that_is_never_put_is_found() -> None:
    """Nobody would miss it before a patient needs it."""
    impossible = "{all: [{at_least: {question: pain, value: 8}}, {at_most: {question: pain, value: 7}}]}"
    text = replaced(PROTOCOL, "ask_if: {at_least: {question: pain, value: 1}}", f"ask_if: {impossible}")
    assert '"weak" is never put: no answers make its "ask_if" hold' in found(text)


def test_a_condition_under_which_it_is_always_put_is_pointed_out() -> None:
    """It does no harm, so it is a warning."""
    text = replaced(
        PROTOCOL, "ask_if: {at_least: {question: pain, value: 1}}", "ask_if: {at_least: {question: pain, value: 0}}"
    )
    assert found(text) == ['"weak" is always put; leave out its "ask_if"']
