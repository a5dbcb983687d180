"""What a patient writes that no question asked for."""

from followupbot.domain import enrolment, notes
from followupbot.domain.decision import FreeText
from followupbot.domain.facts.enrolment import PatientConnected
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.folding import fold
from tests.builders import NOW, PATIENTS_CHAT, a_chart, after, an_invited_chart, at, kinds, messages, sent


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


def test_words_of_somebody_on_the_way_in_wait_for_staff_and_the_screen_stands_again() -> None:
    """Nobody is answered by the screen alone, and a death is met with no question (clinical.md 0.8, 0.13)."""
    chart = fold(an_invited_chart(), (PatientConnected(NOW, PATIENTS_CHAT),))
    decision = enrolment.hear(chart, FreeText("update:9", "who are you?"), NOW)
    assert (kinds(decision), [text.text for text in decision.texts]) == (["note_received"], ["who are you?"])
    assert sent(decision) == ["patient: replies/note_received", "patient: consent/read_1"]
    died = enrolment.hear(chart, FreeText("update:9", "my husband died"), NOW)
    assert (kinds(died), sent(died)) == (["note_received", "patient_held"], ["patient: replies/read_by_people"])


def test_words_of_somebody_who_declined_are_kept_and_nothing_is_asked_again() -> None:
    """They may have changed their mind; a person reads it."""
    reading = fold(an_invited_chart(), (PatientConnected(NOW, PATIENTS_CHAT),))
    chart = after(reading, enrolment.leave(reading, NOW))
    decision = enrolment.hear(chart, FreeText("update:9", "may I still join?"), NOW)
    assert (kinds(decision), sent(decision)) == (["note_received"], ["patient: replies/note_received"])
