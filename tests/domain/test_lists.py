"""The staff's lists: who is on which, and since when."""

from dataclasses import replace
from datetime import timedelta

from followupbot.domain import calls, erasure, identity, lists, pauses, standing
from followupbot.domain.chart import Chart
from followupbot.domain.decision import Decision
from followupbot.domain.facts.alerts import FlagRecorded
from followupbot.domain.facts.carers import (
    CarerBlocked,
    CarerConnected,
    CarerInvited,
    CarerJoined,
    CarerLeft,
    CarerUnblocked,
)
from followupbot.domain.facts.enrolment import PatientConnected
from followupbot.domain.facts.notes import NoteReceived
from followupbot.domain.facts.patient import PatientBlocked, PatientHeld, PatientUnblocked
from followupbot.domain.folding import fold
from followupbot.domain.folding.flags import PHONE_CHANGED
from followupbot.domain.identity import Identity
from followupbot.domain.ids import CarerId, ChatId, TokenHash
from followupbot.domain.lists import Listed, ListLine
from followupbot.domain.rules import Tier
from tests.builders import (
    ENROLLED_AT,
    NOW,
    PATIENT,
    V1,
    a_chart,
    a_clinic,
    a_flag,
    a_plan,
    a_programme,
    after,
    an_enrolled_chart,
    an_invited_chart,
    at,
)

LATER = NOW + timedelta(hours=3)


def with_phone(chart: Chart) -> Chart:
    return after(chart, identity.enter(chart, Identity({"phone": "600 000 000"}), NOW))


def on(chart: Chart) -> dict[str, object]:
    return {found.kind: found.since for found in lists.listed(chart)}


def test_without_a_phone_number_a_patient_is_listed_from_the_first_day() -> None:
    """From the invitation on (clinical.md 0.18), and until it is entered."""
    assert lists.listed(an_invited_chart()) == (Listed("no_phone", ENROLLED_AT),)
    assert on(with_phone(an_invited_chart())) == {}
    gone = after(an_invited_chart(), _done(standing.halt(an_invited_chart(), "moved", NOW)))
    assert on(gone) == {}


def test_two_misses_in_a_row_are_a_line_until_they_answer() -> None:
    """Since they were last heard (8c, H17)."""
    chart = with_phone(an_enrolled_chart())
    assert on(replace(chart, misses=1)) == {}
    assert on(replace(chart, misses=2)) == {"not_answering": ENROLLED_AT}
    assert on(replace(chart, misses=2, answered_at=NOW)) == {"not_answering": NOW}
    paused = after(chart, pauses.pause(chart, at("2026-04-01").date(), NOW))
    assert on(replace(paused, misses=2)) == {}


def test_who_stops_is_a_line_for_two_weeks_and_who_comes_back_is_none() -> None:
    """Staff are told (clinical.md 6), and the list does not fill up with what nobody can change."""
    chart = with_phone(an_enrolled_chart())
    stopped = after(chart, pauses.stop(chart, NOW))
    assert on(stopped) == {"stopped": NOW}
    line = ListLine("stopped", PATIENT, NOW)
    assert [line.shown(NOW + timedelta(days=days)) for days in (-1, 0, 13, 14)] == [False, True, True, False]
    assert on(after(stopped, pauses.resume(stopped, LATER))) == {}
    assert on(after(chart, pauses.request_deletion(chart, NOW))) == {"deletion_requested": NOW}


def test_who_refuses_our_messages_is_unreachable_until_they_do_not() -> None:
    """Since the first refusal."""
    chart = fold(with_phone(an_enrolled_chart()), (PatientBlocked(LATER),))
    assert on(chart) == {"unreachable": LATER}
    assert on(fold(chart, (PatientUnblocked(LATER),))) == {}


def test_who_is_read_for_by_helpers_alone_is_unreachable_once_all_of_them_refuse() -> None:
    """Whoever has no chat of their own, and whose last helper has blocked us or is gone: since that moment."""
    empty = Chart(PATIENT, clinic=a_clinic(), programmes={V1: a_programme()})
    chart = with_phone(after(empty, calls.add(empty, a_plan(), "staff:s1", ENROLLED_AT)))
    assert list(on(chart)) == ["to_call"]
    for number in (CarerId(1), CarerId(2)):
        invited = CarerInvited(NOW, number, TokenHash(f"t{number}"), LATER)
        chart = fold(chart, (invited, CarerConnected(NOW, number, ChatId(f"h{number}")), CarerJoined(NOW, number)))
    assert on(chart) == {}
    one = fold(chart, (CarerBlocked(NOW, CarerId(1)),))
    assert on(one) == {}
    both = fold(one, (CarerBlocked(LATER, CarerId(2)),))
    assert on(both) == {"unreachable": LATER}
    assert on(fold(both, (CarerUnblocked(LATER, CarerId(1)),))) == {}
    own = fold(both, (PatientConnected(LATER, ChatId("own")),))
    assert on(own) == {}
    left = fold(one, (CarerLeft(LATER, CarerId(2), "staff"),))
    assert on(left) == {"unreachable": NOW}
    gone = fold(left, (CarerLeft(LATER, CarerId(1), "carer"),))
    assert list(on(gone)) == ["to_call"]


def test_words_wait_to_be_read_since_the_first_of_them() -> None:
    """Words for a death are a list of their own, above all others."""
    chart = fold(with_phone(an_enrolled_chart()), (NoteReceived(NOW, "n1", LATER), NoteReceived(LATER, "n2", LATER)))
    assert on(chart) == {"to_review": NOW}
    assert lists.listed(fold(chart, (PatientHeld(LATER, "death", "n2"),)))[0] == Listed("held", NOW)


def test_a_changed_number_is_listed_until_the_new_one_is_entered() -> None:
    """The bot asks whether, never which (clinical.md 0.18)."""
    chart = with_phone(a_chart())
    chart = fold(chart, (FlagRecorded(LATER, a_flag(Tier.RECORD, rule=PHONE_CHANGED)),))
    assert list(on(chart)) == ["phone_changed"]
    assert on(with_phone(chart)) == {}


def test_a_deletion_and_an_operation_that_nobody_confirmed_are_listed() -> None:
    """The operation from its own day on, which may lie ahead."""
    chart = with_phone(an_enrolled_chart())
    asked = after(chart, pauses.request_deletion(chart, NOW))
    assert on(asked) == {"deletion_requested": NOW}
    assert ListLine("deletion_requested", PATIENT, NOW).until == erasure.due_at(asked)
    assert ListLine("no_phone", PATIENT, NOW).until is None
    ahead = with_phone(an_enrolled_chart(a_plan("2026-03-20"), operated=False))
    assert on(ahead) == {"operation_to_confirm": at("2026-03-20 00:00")}


def _done(found: object) -> Decision:
    assert isinstance(found, Decision)
    return found
