"""What a patient writes that no question asked for."""

from followupbot.domain import notes
from followupbot.domain.decision import FreeText
from followupbot.domain.facts import NoteReceived
from tests.builders import NOW, a_chart, after, at, messages, sent


def test_a_note_is_kept_apart_from_its_fact_and_answered_at_once() -> None:
    """Free text never stands in a fact (design.md)."""
    decision = notes.receive(a_chart(), FreeText("n1", "I am worried"), NOW)
    assert decision.facts == (NoteReceived(NOW, "n1", review_by=at("2026-03-09 18:00")),)
    assert decision.texts == (FreeText("n1", "I am worried"),)
    assert sent(decision) == ["patient: replies/note_received"]
    assert messages(decision)[0].daytime is None


def test_a_note_is_no_longer_than_a_message_can_be() -> None:
    """Everything has a limit."""
    (text,) = notes.receive(a_chart(), FreeText("n1", "x" * 5000), NOW).texts
    assert len(text.text) == 4096


def test_two_notes_at_one_moment_are_answered_twice() -> None:
    """A batch of updates is handled in one millisecond."""
    first = notes.receive(a_chart(), FreeText("n1", "a"), NOW)
    second = notes.receive(after(a_chart(), first), FreeText("n2", "b"), NOW)
    assert messages(first)[0].key != messages(second)[0].key
