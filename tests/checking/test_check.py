"""`check` finds every mistake in what would be published, before a patient does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from followupbot.channels.telegram.callback_data import encode
from followupbot.checking.check import CHECK_IN_DIGITS_MAX, NOWHERE, PRESS_LETTERS_MAX, check
from followupbot.domain.ids import CardId, CheckInId, Language, PatientId, QuestionId
from followupbot.domain.outgoing import AnswerPress
from followupbot.protocol_files.sources import gather

TODAY = date(2026, 11, 22)
SHIPPED = gather(NOWHERE)


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


@pytest.mark.parametrize("mistake", list(mistakes()), ids=str)
def test_a_mistake_is_found_where_it_stands(mistake: Mistake) -> None:
    """And nothing else is complained about."""
    found = [str(problem) for problem in check(mistake.made(), TODAY, play=False)]
    if mistake.file.startswith("messages/xx/"):
        found = [text for text in found if "this message is missing" not in text and "has no words" not in text]
    assert found == list(mistake.expected)


def test_a_language_must_have_every_message() -> None:
    """Half a language is none: a patient would get half a conversation."""
    for missing in ("consent/ask", "alerts/fallback", "roles/lead", "clinic/emergency_number"):
        path = f"messages/es/{missing}.j2"
        files = {name: content for name, content in SHIPPED.items() if name != path}
        found = [str(problem) for problem in check(files, TODAY, play=False)]
        assert f"{path}:1:1: error: this message is missing" in found


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
    for old, new in (("rf_foot_degree", "q" * 24), ("both]", f"{'c' * 24}]"), ("value: both}", f"value: {'c' * 24}}}")):
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
