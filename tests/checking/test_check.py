"""`check` finds every mistake in what would be published, before a patient does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from followupbot.channels.telegram.callback_data import encode
from followupbot.checking.check import CHECK_IN_DIGITS_MAX, NOWHERE, PRESS_LETTERS_MAX, check
from followupbot.domain.ids import CardId, CheckInId, Language, PatientId, QuestionId
from followupbot.domain.presses import AnswerPress
from followupbot.protocol_files.problems import Problem, Severity
from followupbot.protocol_files.sources import gather

TODAY = date(2026, 11, 22)
SHIPPED = gather(NOWHERE)

KEPT = ("alerts/tiers/", "alerts/concerns/", "alerts/outcomes/", "roles/", "clinic/", "rules/plant_")
"""Messages that stand inside others, so that these cannot be tried without them; and what is meant by a near miss."""


@dataclass(frozen=True)
class Mistake:
    """One mistake in one of the files that ship, and every problem that must be found."""

    title: str
    file: str
    old: str
    new: str
    expected: tuple[str, ...]

    def __str__(self) -> str:
        """The test's name."""
        return self.title

    def made(self) -> dict[str, bytes]:
        """All files, this mistake in one of them."""
        if not self.old:
            return SHIPPED | {self.file: self.new.encode()}
        text = SHIPPED[self.file].decode()
        old = self.old if self.new else f"{self.old}\n"
        assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
        return SHIPPED | {self.file: text.replace(old, self.new).encode()}


def mistakes() -> Iterator[Mistake]:
    """The mistakes in `broken_words.txt`; it says itself how they are written."""
    for paragraph in (Path(__file__).parent / "broken_words.txt").read_text("utf-8").split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        if lines:
            marked = {mark: [line[2:] for line in lines[1:] if line[:2] == f"{mark} "] for mark in "@-+>"}
            assert sum(map(len, marked.values())) == len(lines) - 1, paragraph
            (file,) = marked["@"]
            yield Mistake(lines[0], file, "\n".join(marked["-"]), "\n".join(marked["+"]), tuple(marked[">"]))


def test_what_ships_has_no_problem() -> None:
    """Not even a warning."""
    assert check(SHIPPED, TODAY, play=False) == []


MISTAKES = list(mistakes())


def few(files: dict[str, bytes]) -> dict[str, bytes]:
    """Of words only those that the mistake is in, and what they need: all of them take a second each time."""
    return {
        name: content
        for name, content in files.items()
        if not name.endswith((".j2", "/lexicon.yaml"))
        or content != SHIPPED.get(name)
        or name.split("/", 2)[2].startswith(KEPT)
    }


@pytest.fixture(scope="module")
def missing() -> set[Problem]:
    """What is said of the messages that are left out."""
    found = check(few(SHIPPED), TODAY, play=False)
    assert all("is missing" in problem.message or "there is no file" in problem.message for problem in found)
    return set(found)


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_found_where_it_stands(mistake: Mistake, missing: set[Problem]) -> None:
    """And nothing else is complained about."""
    found = [problem for problem in check(few(mistake.made()), TODAY, play=False) if problem not in missing]
    if mistake.file.startswith("messages/xx/"):
        found = [problem for problem in found if "is missing" not in problem.message]
    assert [str(problem) for problem in found] == list(mistake.expected)


def test_what_is_wrong_with_a_lexicon_is_told_once() -> None:
    """Reading says it; and `check`, that there is none."""
    path = "messages/es/lexicon.yaml"
    text = SHIPPED[path].replace(b"\nstop:", b"\nstopp:")
    (problem,) = check(SHIPPED | {path: text}, TODAY, play=False)
    assert (problem.file, problem.message) == (path, 'unknown key "stopp"; did you mean "stop"?')
    (problem,) = check({name: content for name, content in SHIPPED.items() if name != path}, TODAY, play=False)
    assert str(problem) == f"{path}:1:1: error: there is no file that says which words in free text offer the gate"


def test_a_language_must_have_every_message() -> None:
    """Half a language is none: a patient would get half a conversation."""
    missing = {f"messages/es/{key}.j2" for key in ("consent/ask", "alerts/fallback", "roles/lead", "check_ins/over")}
    files = {name: content for name, content in SHIPPED.items() if name not in missing}
    found = [str(problem) for problem in check(files, TODAY, play=False)]
    assert found == [f"{path}:1:1: error: this message is missing" for path in sorted(missing)]


def test_a_rule_with_the_name_of_our_own_finding_is_given_nothing() -> None:
    """Its words are those of the button for thoughts of self-harm too, which no answer raises."""
    rules = SHIPPED["protocols/houseplants.yaml"].replace(b"id: plant_thirsty", b"id: harming_myself")
    words = {f"messages/{language}/rules/{{}}.j2" for language in ("en", "es")}
    thirsty = {path.format("harming_myself"): SHIPPED[path.format("plant_thirsty")] for path in words}
    found = check(SHIPPED | thirsty | {"protocols/houseplants.yaml": rules}, TODAY, play=False)
    said = {problem.message for problem in found if problem.file in thirsty}
    assert said == {'this message is not given "cur_plant_thirst"; it is given: none'}
    assert {problem.file for problem in found} >= set(thirsty)


def test_a_step_of_the_ladder_on_which_nobody_stands_is_refused() -> None:
    """The care protocol has a wait for two steps, and the clinic a role for one."""
    clinic = SHIPPED["clinic.yaml"].replace(b"ladder: [clinician, lead]", b"ladder: [clinician]")
    assert clinic != SHIPPED["clinic.yaml"]
    found = check(SHIPPED | {"clinic.yaml": clinic}, TODAY, play=False)
    lines = SHIPPED["protocols/lumbar_fusion.yaml"].decode().splitlines()
    assert [lines[problem.line - 1].split(":")[0].strip() for problem in found] == ["waits", "waits"]
    assert {(problem.severity, problem.message) for problem in found} == {
        (Severity.ERROR, "2 waits, but the ladder in clinic.yaml has 1: nobody stands on step 2")
    }


def test_a_file_that_cannot_be_read_hides_no_other_problem() -> None:
    """Everything is told at once."""
    broken = SHIPPED | {
        "clinic.yaml": b"name: [",
        "protocols/lumbar_fusion.yaml": b"rules: 1",
        "messages/en/consent/born.j2": b"<b>",
    }
    assert {problem.file for problem in check(broken, TODAY, play=False)} == set(broken) - set(SHIPPED) | {
        "clinic.yaml",
        "protocols/lumbar_fusion.yaml",
        "messages/en/consent/born.j2",
    }


def test_names_that_no_button_bears_are_refused() -> None:
    """An emergency press carries question, answer, card and language with it (clinical.md 0.5)."""
    text = SHIPPED["protocols/lumbar_fusion.yaml"].decode()
    for old, new in (
        ("rf_foot_degree", "q" * 24),
        (" both]", f" {'c' * 24}]"),
        ("value: both}", f"value: {'c' * 24}}}"),
    ):
        assert old in text
        text = text.replace(old, new)
    text = text.replace("card: weakness_both", f"card: {'k' * 24}")
    files = SHIPPED | {"protocols/lumbar_fusion.yaml": text.encode()}
    found = [problem.message for problem in check(files, TODAY, play=False)]
    assert any("letters too long for a button" in message for message in found)


@pytest.mark.parametrize("letter", ["q", "_", "9", "-", "z"])
def test_what_is_let_through_fits_the_button_that_telegram_gets(letter: str) -> None:
    """The bound is the channel's own, worked out for the longest check-in's number."""
    names = PRESS_LETTERS_MAX - CHECK_IN_DIGITS_MAX - len("....") - len("en")
    question, value, card = letter * 24, letter * (names - 48), letter * 24
    check_in = CheckInId(10**CHECK_IN_DIGITS_MAX - 1)
    press = AnswerPress(PatientId("7F3K9"), check_in, QuestionId(question), value, CardId(card), Language("en"))
    assert len(encode(press)) <= 64
