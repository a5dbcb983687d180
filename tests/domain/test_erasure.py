"""What has to be so before a patient is erased (clinical.md 0.17)."""

from dataclasses import replace
from datetime import timedelta

from followupbot.domain import erasure
from followupbot.domain.erasure import Obstacle, due_at, obstacles
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.patient import DeletionRequested
from followupbot.domain.folding import fold
from followupbot.domain.tiers import Tier
from tests.builders import NOW, an_alerted_chart, an_enrolled_chart, an_invited_chart


def test_a_patient_who_asked_and_of_whom_nothing_is_open_is_erased_within_thirty_days() -> None:
    chart = fold(an_enrolled_chart(), [DeletionRequested(NOW)])
    assert obstacles(chart, requested=False) == ()
    assert due_at(chart) == NOW + timedelta(days=30)


def test_nobody_is_erased_who_has_not_asked() -> None:
    """By `/delete`, or by a letter that staff have seen."""
    chart = an_enrolled_chart()
    assert obstacles(chart, requested=False) == (Obstacle.NOT_REQUESTED,)
    assert obstacles(chart, requested=True) == ()
    assert due_at(chart) is None
    assert due_at(replace(an_invited_chart(), enrolment=None)) is None


def test_an_open_alert_an_unread_text_and_a_hold_all_stand_in_the_way() -> None:
    """Each by itself, and whatever the tier."""
    chart = fold(an_alerted_chart(Tier.ROUTINE), [DeletionRequested(NOW), NoteReceived(NOW, "n1")])
    held = fold(chart, erasure.place_hold(chart, "court order", NOW).chart_facts)
    assert obstacles(held, requested=False) == (Obstacle.ALERT_OPEN, Obstacle.UNREAD, Obstacle.LEGAL_HOLD)


def test_why_a_hold_was_placed_stands_beside_the_facts_not_in_them() -> None:
    """Placed twice, or released twice, it is placed and released once."""
    chart = an_enrolled_chart()
    placed = erasure.place_hold(chart, "court order 2026/17", NOW)
    (fact,) = placed.facts
    assert "court" not in repr(fact)
    assert [text.text for text in placed.texts] == ["court order 2026/17"]
    held = fold(chart, placed.chart_facts)
    assert erasure.place_hold(held, "another", NOW).facts == ()
    free = fold(held, erasure.release_hold(held, NOW).chart_facts)
    assert free.legal_hold_since is None
    assert erasure.release_hold(free, NOW).facts == ()
