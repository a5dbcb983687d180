"""The operator hears of each trouble once, and that it is over."""

from dataclasses import replace

from followupbot.domain import canary, rota, troubles
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import Decision
from followupbot.domain.facts.watch import CanaryPut, CanaryRaised, CanaryReceived
from followupbot.domain.folding import apply_to_clinic
from followupbot.domain.troubles import Trouble
from tests.builders import ADA, DR_ITO, NOW, a_clinic, kinds, sent

CLOCK = Trouble("part_stopped", "clock")
ALERT = Trouble("alert_overdue", "7F3K2")


def look(clinic: Clinic, *found: Trouble, judges: bool = True) -> Decision:
    return troubles.look(clinic, found, lambda _: judges, NOW)


def test_each_is_told_when_it_begins_and_when_it_is_over_and_not_in_between() -> None:
    clinic = a_clinic()
    first = look(clinic, CLOCK, ALERT)
    assert sent(first) == ["ada: operator/trouble"] * 2
    assert len({message.subject for message in first.outgoing}) == 2  # type: ignore[union-attr]
    clinic = rota.after(clinic, first)
    assert look(clinic, CLOCK, ALERT) == Decision()
    second = look(clinic, CLOCK)
    assert sent(second) == ["ada: operator/trouble_over"]
    clinic = rota.after(clinic, second)
    assert [(notice.key, notice.detail) for notice in troubles.standing(clinic)] == [("part_stopped", "clock")]


def test_whoever_cannot_know_does_not_say_that_it_is_over() -> None:
    """The parts of another process."""
    clinic = rota.after(a_clinic(), look(a_clinic(), CLOCK))
    assert look(clinic, judges=False) == Decision()


def test_with_no_admin_it_stands_in_the_facts() -> None:
    """`status` and the health page show it."""
    decision = look(a_clinic([DR_ITO]), CLOCK)
    assert (kinds(decision), sent(decision)) == (["trouble_began"], [])


def test_a_clock_that_has_jumped_is_doubted_once_until_somebody_has_looked() -> None:
    clinic = a_clinic([ADA])
    doubted = troubles.doubt_clock(clinic, 7200, NOW)
    assert kinds(doubted) == ["clock_doubted"]
    clinic = rota.after(clinic, doubted)
    assert troubles.doubt_clock(clinic, 7200, NOW) == Decision()
    assert clinic.clock_doubted_at == NOW
    clinic = rota.after(clinic, troubles.confirm_clock(clinic, NOW))
    assert clinic.clock_doubted_at is None
    assert troubles.confirm_clock(clinic, NOW) == Decision()


def test_a_canary_without_a_receipt_is_missed_after_five_minutes() -> None:
    late = NOW + canary.RECEIPT_WITHIN
    clinic = apply_to_clinic(a_clinic(), CanaryPut(NOW, 1))
    assert not canary.lost(clinic, late)
    assert canary.lost(clinic, late.replace(microsecond=1))
    raised = apply_to_clinic(clinic, CanaryRaised(NOW, 1, DR_ITO.id))
    assert canary.lost(raised, late.replace(microsecond=1))
    received = apply_to_clinic(raised, CanaryReceived(NOW, 1))
    assert not canary.lost(received, late.replace(microsecond=1))
    assert not canary.lost(replace(clinic, canary=None), late)
