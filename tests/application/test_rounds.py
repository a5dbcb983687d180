"""One round looks after every chart in which something is due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from followupbot.application import rounds, shared_chats
from followupbot.application.ports import StorageUnavailable
from followupbot.domain import alerts, notes
from followupbot.domain.chart import Chart
from followupbot.domain.decision import ByPatient, Cause, Decision
from followupbot.domain.facts.check_ins import CheckInAsked
from followupbot.domain.facts.record import HeadsSealed
from followupbot.domain.folding import fold
from followupbot.domain.households import Kept
from followupbot.domain.ids import ChatId, CheckInId, MessageId, PatientId, QuestionId, TimingId
from followupbot.domain.patient_code import complete
from followupbot.domain.rules import Tier
from followupbot.domain.wake import next_wake_at
from tests.application.memory import MemoryStore, a_store
from tests.builders import (
    ENROLLED_AT,
    NOW,
    OTHER_PATIENT,
    PATIENT,
    V1,
    a_chart,
    a_clinic,
    a_flag,
    a_programme,
    after,
    an_enrolled_chart,
    at,
)

FIVE_PAST = NOW + timedelta(minutes=5)


def a_store_with(*charts: Chart) -> MemoryStore:
    store = a_store(a_programme())
    store.the_clinic = a_clinic()
    for chart in charts:
        store.charts[chart.patient] = chart
        store.wake_at[chart.patient] = next_wake_at(chart)
    return store


def once(store: MemoryStore, now: datetime) -> tuple[rounds.Round, list[str]]:
    """The round, and what was sent in it."""
    before = len(store.outbox)
    rounds.once_unmeant(store, now, lambda patient, error: None)
    done = rounds.once(store, now, lambda patient, error: None)
    names = {None: "", **{member.chat: member.name for member in store.the_clinic.staff}}
    return done, [
        f"{names.get(posted.chat, 'patient')}: {getattr(posted.outgoing, 'message', '')}"
        for posted in store.outbox[before:]
    ]


def poisoned(tier: Tier = Tier.EMERGENCY) -> Chart:
    """Its open check-in names a question that no version has, so it can't be expired; and it has an alert."""
    asked = CheckInAsked(ENROLLED_AT, CheckInId(1), TimingId("x"), V1, (QuestionId("gone"),), FIVE_PAST)
    chart = fold(an_enrolled_chart(), (asked,))
    return after(chart, alerts.raise_flag(chart, a_flag(tier), NOW))


def another(chart: Chart, patient: PatientId = OTHER_PATIENT) -> Chart:
    return replace(chart, patient=patient)


def test_every_chart_in_which_something_is_due_is_looked_after() -> None:
    """A page here, a check-in there; a chart that sleeps is left alone."""
    paged = an_enrolled_chart(operated=False)
    paged = after(paged, alerts.raise_flag(paged, a_flag(Tier.EMERGENCY), at("2026-03-16 08:55")))
    store = a_store_with(
        paged, another(an_enrolled_chart()), another(an_enrolled_chart(operated=False), complete("9999"))
    )
    done, sent = once(store, at("2026-03-16 09:00"))
    assert done == rounds.Round(2)
    assert sent == ["dr_sato: alerts/new", "patient: check_ins/ready"]
    assert once(store, at("2026-03-16 09:00")) == (rounds.Round(), [])


def test_what_nobody_claims_holds_up_no_chart_where_it_can_not_be_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a chat of two: one whose chart raises does not keep the other from the note, nor anybody from the clock."""
    store = a_store_with(an_enrolled_chart(), another(an_enrolled_chart()))
    kept = Kept(ChatId("shared"), MessageId(5), shared_chats.WORDS, "who?")
    store.keep_until_meant(kept, at("2026-03-16 08:00"))
    speakers = [ByPatient(PATIENT), ByPatient(OTHER_PATIENT)]
    monkeypatch.setattr(store, "speakers_of", lambda _: speakers)
    receive = notes.receive

    def raises(chart: Chart, *more: Any) -> Decision:
        if chart.patient == PATIENT:
            raise RuntimeError
        return receive(chart, *more)

    monkeypatch.setattr(notes, "receive", raises)
    done, sent = once(store, at("2026-03-16 09:00"))
    assert done == rounds.Round(2)
    assert sent.count("patient: check_ins/ready") == 2
    assert "ada: operator/chart_failed" in sent
    assert store.kept_until_meant(at("2026-03-16 09:00")) == [kept]
    assert list(store.texts.values()) == ["who?"]


def test_what_could_not_be_noted_rests_for_ten_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not tried with each tick of the clock, and takes nobody's turn meanwhile."""
    store = a_store_with(an_enrolled_chart())
    store.keep_until_meant(Kept(ChatId("shared"), MessageId(5), shared_chats.WORDS, "who?"), NOW)
    monkeypatch.setattr(store, "speakers_of", lambda _: [ByPatient(PATIENT)])
    monkeypatch.setattr(notes, "receive", lambda *_: 1 / 0)
    tried = [
        rounds.once_unmeant(store, NOW + timedelta(minutes=minutes), lambda patient, error: None)
        for minutes in range(9, 32)
    ]
    assert [9 + number for number, due in enumerate(tried) if due] == [10, 20, 30]


def test_a_poison_chart_holds_up_no_other_and_its_alerts_still_page() -> None:
    """The page of that chart, the other's check-in, and the operator knows."""
    store = a_store_with(poisoned(), another(an_enrolled_chart()))
    done, sent = once(store, FIVE_PAST)
    assert done == rounds.Round(0, (PATIENT,))
    assert sent == ["dr_sato: alerts/new", "ada: operator/chart_failed"]
    assert store.wake_at[PATIENT] == FIVE_PAST + timedelta(minutes=5)  # the next page, before the ten minutes
    done, sent = once(store, at("2026-03-16 09:00"))
    assert done == rounds.Round(1, (PATIENT,))
    assert sent == ["dr_ito: alerts/new", "ada: operator/chart_failed", "patient: check_ins/ready"]


def test_a_poison_chart_without_alert_is_left_alone_for_ten_minutes() -> None:
    """And the operator hears of it once an hour."""
    store = a_store_with(poisoned(Tier.ROUTINE))
    heard = [once(store, FIVE_PAST + timedelta(minutes=minutes))[1] for minutes in range(0, 70)]
    assert [minute for minute, sent in enumerate(heard) if sent] == [0, 50]  # 10:10 and 11:00
    assert store.wake_at[PATIENT] == FIVE_PAST + timedelta(minutes=70)


def test_an_alert_timer_that_raises_pages_everybody_at_once() -> None:
    """The plainest page there is; ten minutes later again."""
    chart = a_chart()
    chart = after(chart, alerts.raise_flag(chart, a_flag(Tier.EMERGENCY), NOW))
    broken = replace(chart.alerts[0], flags=())  # nothing can be said about it
    store = a_store_with(replace(chart, alerts=(broken,)))
    done, sent = once(store, FIVE_PAST)
    assert done == rounds.Round(0, (PATIENT,))
    assert sent == ["dr_ito: alerts/fallback", "dr_sato: alerts/fallback", "ada: operator/chart_failed"]
    assert once(store, FIVE_PAST + timedelta(minutes=9))[1] == []
    assert len(once(store, FIVE_PAST + timedelta(minutes=10))[1]) == 3


def test_what_raised_is_logged() -> None:
    """With the patient's code."""
    logged: list[tuple[PatientId, str]] = []
    store = a_store_with(poisoned(Tier.ROUTINE))
    rounds.once(store, FIVE_PAST, lambda patient, error: logged.append((patient, type(error).__name__)))
    assert logged == [(PATIENT, "KeyError")]


def test_a_database_that_fails_is_no_charts_fault() -> None:
    """The round ends; nobody is paged for it here."""

    class Unavailable(MemoryStore):
        def transact(self, patient: PatientId, cause: Cause, decide: Callable[[Chart], Decision]) -> Decision:
            raise StorageUnavailable

    store = Unavailable({V1: a_programme()})
    store.the_clinic = a_clinic()
    store.wake_at[PATIENT] = NOW
    with pytest.raises(StorageUnavailable):
        rounds.once(store, NOW, lambda patient, error: None)
    assert store.outbox == []


def test_a_round_is_short() -> None:
    """Three charts at most; the rest in the next, and whoever else writes in between."""
    codes = [complete(f"{letter}A22") for letter in "ABCDE"]
    store = a_store_with(*(another(an_enrolled_chart(), code) for code in codes))
    counts = [once(store, at("2026-03-16 09:00"))[0].woken for _ in range(3)]
    assert counts == [3, 2, 0]


def test_a_seal_is_made_once_a_minute() -> None:
    """Over all heads, into the clinic's own chain."""
    store = a_store_with(a_chart())
    sealed = rounds.seal(store, NOW)
    assert isinstance(sealed, HeadsSealed)
    assert sealed.count == 2
    assert rounds.seal(store, NOW + timedelta(seconds=30)) is None
    assert rounds.seal(store, NOW + timedelta(seconds=60)) is not None
