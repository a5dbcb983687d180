"""Everything that must reach a human is asked for, ruled and shown, by the table that the care protocol itself has."""

from followupbot.checking.check import NOWHERE
from followupbot.checking.vignettes import check_vignettes
from followupbot.protocol_files.problems import Problem, Severity
from followupbot.protocol_files.programme import ReadFiles, read_files
from followupbot.protocol_files.sources import gather
from tests.protocol_files.examples import CLINIC, PROTOCOL

SHIPPED = gather(NOWHERE)
FILE = "protocols/example.yaml"
BESIDE = "protocols/example.vignettes.yaml"

VIGNETTES = """\
usual: {gate: none, pain: 0, weak: no}
asks: yearly
background:
  - {at: 1 year}
vignettes:
  - name: feeling_is_new
    says: "Something is felt no more."
    now: {at: 2 years, answers: {rf_feel: new}}
    gives: {tier: emergency, rules: [feel_new], card: nerves, alert: emergency}
"""

SECTION_2 = {
    "cauda equina": 7,
    "old": 7,
    "known to be old": 7,
    "weak": 6,
    "infection": 4,
    "clot": 2,
    "fall": 2,
    "pain": 6,
    "numb or tingling": 4,
    "function": 2,
    "medicines and mood": 5,
}
"""How many triggers clinical.md 2 has of each kind, with 0.2 and 0.21: counted by hand."""


def read(triggers: str) -> tuple[dict[str, bytes], ReadFiles]:
    """The example programme with these triggers, and one vignette."""
    files = {FILE: f"{PROTOCOL}triggers:\n{triggers}".encode(), "clinic.yaml": CLINIC.encode()}
    files[BESIDE] = VIGNETTES.encode()
    return files, read_files(files)


def of_triggers(problems: list[Problem]) -> list[str]:
    """What is said about triggers."""
    return [str(problem) for problem in problems if "trigger" in problem.message]


def test_a_trigger_with_a_question_a_rule_and_a_vignette_is_in_order() -> None:
    """The usual case."""
    files, found = read("  no_feeling: [feel_new]\n")
    assert found.problems == ()
    assert of_triggers(list(check_vignettes(files, found))) == []


def test_a_trigger_that_no_vignette_shows_is_an_error() -> None:
    """Nobody has said what must come of it. One of its rules is enough."""
    files, found = read("  no_feeling: [feel_new, feel_before]\n  old_trouble: [feel_before]\n")
    line = files[FILE].decode().splitlines().index("  old_trouble: [feel_before]") + 1
    assert of_triggers(list(check_vignettes(files, found))) == [
        f'{FILE}:{line}:16: error: no vignette shows the trigger "old_trouble": none gives feel_before'
    ]


def test_without_vignettes_no_trigger_is_shown() -> None:
    """A care protocol that lists none needs none."""
    files, found = read("  no_feeling: [feel_new]\n")
    del files[BESIDE]
    line = files[FILE].decode().splitlines().index("triggers:") + 2
    assert of_triggers(list(check_vignettes(files, found))) == [
        f"{FILE}:{line}:3: error: no vignette shows any of these triggers: there is no {BESIDE}"
    ]
    bare = {FILE: PROTOCOL.encode(), "clinic.yaml": CLINIC.encode()}
    assert list(check_vignettes(bare, read_files(bare))) == []


def test_a_trigger_whose_question_stands_in_no_form_is_an_error() -> None:
    """The question is there, and nobody is ever asked."""
    text = PROTOCOL.replace("forms:\n", "  - {id: spare, type: yes_no}\nforms:\n")
    rule = "  - {id: unheard, when: {is: {question: spare, value: yes}}, tier: routine, concern: other}\n"
    text = text.replace("timings:\n", f"{rule}timings:\n")
    files = {FILE: f"{text}triggers:\n  no_feeling: [unheard]\n".encode(), "clinic.yaml": CLINIC.encode()}
    errors = [problem.message for problem in read_files(files).problems if problem.severity is Severity.ERROR]
    assert errors == ['the rules of the trigger "no_feeling" look at no answer that a form asks for']


def test_a_trigger_is_not_left_to_silence() -> None:
    """A rule about what nobody says hears nothing of it."""
    silent = PROTOCOL.replace(
        "timings:\n", "  - {id: gone, when: {missed: {times: 2}}, tier: routine, concern: other}\ntimings:\n"
    )
    files = {FILE: f"{silent}triggers:\n  no_feeling: [gone]\n".encode(), "clinic.yaml": CLINIC.encode()}
    (problem,) = read_files(files).problems
    assert problem.severity is Severity.ERROR
    assert problem.message == 'the rules of the trigger "no_feeling" look at no answer that a form asks for'


def test_the_triggers_that_ship_are_all_of_section_2() -> None:
    """A list that got shorter would let `check` pass a question that is gone."""
    (lumbar,) = [found for found in read_files(SHIPPED).protocols if found.protocol.key == "lumbar_fusion"]
    assert len(lumbar.triggers) == sum(SECTION_2.values())
    urgent = {rule.id for rule in lumbar.protocol.rules if rule.tier in {"emergency", "same_day"}}
    named = {rule for rules in lumbar.triggers.values() for rule in rules}
    # Not in section 2: what was left unsaid is taken for the worse, the metal after a fall, and the patient's own wish.
    assert urgent - named == {"foot_unsaid", "fall_unsaid", "severe_unsaid", "hardware_after_fall", "asks_for_today"}
