"""A time in which Telegram was not heard is noticed, kept, and mended once, however often the program is killed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from followupbot.application import interruptions
from followupbot.application.interruptions import Attendance, Mending
from followupbot.domain import interruptions as again
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Interruption
from followupbot.domain.decision import Decision
from followupbot.domain.ids import PatientId
from followupbot.domain.outgoing import OutgoingMessage
from tests.application.memory import MemoryStore, a_store
from tests.builders import OTHER_PATIENT, PATIENT, a_chart, a_programme
from tests.fakes import NOON, InlineWriter, VirtualTime


@dataclass
class MemoryHearing:
    """Satisfies `interruptions.Hearing`."""

    patients: Sequence[PatientId] = (PATIENT, OTHER_PATIENT)
    in_talk: Collection[PatientId] = (PATIENT,)
    heard: tuple[datetime, int] | None = None
    asked_for: list[tuple[datetime, datetime]] = field(default_factory=list)

    def last_heard(self) -> tuple[datetime, int] | None:
        return self.heard

    def note_heard(self, at: datetime, machine_now: int) -> None:
        self.heard = at, machine_now

    def awaited(self, after: PatientId | None, limit: int) -> Sequence[PatientId]:
        behind = sorted(patient for patient in self.patients if after is None or patient > after)
        return behind[:limit]

    def heard_between(self, since: datetime, until: datetime) -> Collection[PatientId]:
        self.asked_for.append((since, until))
        return self.in_talk

    def underway(self, since: datetime) -> Collection[str]:
        return ()


@dataclass
class Clinic:
    """A store, and what listens."""

    store: MemoryStore
    hearing: MemoryHearing = field(default_factory=MemoryHearing)
    time: VirtualTime = field(default_factory=VirtualTime)
    writer: InlineWriter = field(default_factory=InlineWriter)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Nothing is left but what was kept."""
        self.attendance = Attendance(self.store, self.hearing, self.writer, self.time)
        self.mending = Mending(self.store, self.hearing, lambda patient, error: None)

    async def hears(self, after: timedelta) -> None:
        """Telegram answers, so long after the last time."""
        await self.time.pass_by(after.total_seconds())
        if self.attendance.hear():
            await self.attendance.keep()

    def missed(self) -> list[Interruption]:
        return list(self.store.the_clinic.interruptions)

    def sent(self) -> list[tuple[PatientId | None, str, bool]]:
        """To whom, what, and whether it may go at any hour."""
        return [
            (posted.owner, posted.outgoing.message, posted.outgoing.daytime is None)
            for posted in self.store.outbox
            if isinstance(posted.outgoing, OutgoingMessage)
        ]


@pytest.fixture
def clinic() -> Clinic:
    """Two patients are in the middle of a check-in."""
    store = a_store(a_programme())
    for patient in (PATIENT, OTHER_PATIENT):
        store.charts[patient] = replace(a_chart(expires_at=NOON + timedelta(days=7)), patient=patient)
    return Clinic(store)


SECONDS = timedelta(seconds=1)


async def test_a_gap_of_more_than_two_minutes_is_kept(clinic: Clinic) -> None:
    await clinic.hears(0 * SECONDS)
    await clinic.hears(120 * SECONDS)
    assert clinic.missed() == []
    await clinic.hears(121 * SECONDS)
    assert clinic.missed() == [Interruption(NOON + 120 * SECONDS, NOON + 241 * SECONDS)]


async def test_so_is_one_in_which_the_program_did_not_run(clinic: Clinic) -> None:
    """Measured from what was kept last, which is seconds old at most."""
    await clinic.hears(0 * SECONDS)
    await clinic.hears(14 * SECONDS)
    await clinic.hears(2 * SECONDS)
    clinic.restart()
    await clinic.hears(60 * SECONDS)
    assert clinic.missed() == []
    clinic.restart()
    await clinic.hears(600 * SECONDS)
    assert clinic.missed() == [Interruption(NOON + 76 * SECONDS, NOON + 676 * SECONDS)]


async def test_a_clinic_that_begins_has_missed_nothing(clinic: Clinic) -> None:
    await clinic.hears(600 * SECONDS)
    assert clinic.missed() == []


async def test_a_gap_is_kept_when_the_database_is_back(clinic: Clinic) -> None:
    """While Telegram is heard all the time a database that is away is no gap: what came in is in hand."""
    await clinic.hears(0 * SECONDS)
    clinic.writer.away = True
    for _ in range(10):
        await clinic.hears(30 * SECONDS)
    await clinic.hears(130 * SECONDS)
    await clinic.hears(30 * SECONDS)
    assert clinic.missed() == []
    clinic.writer.away = False
    await clinic.hears(30 * SECONDS)
    assert clinic.missed() == [Interruption(NOON + 300 * SECONDS, NOON + 430 * SECONDS)]


async def test_a_quiet_hour_costs_a_few_commits_only(clinic: Clinic) -> None:
    await clinic.hears(0 * SECONDS)
    clinic.hearing.heard = None
    await clinic.hears(14 * SECONDS)
    assert clinic.hearing.last_heard() is None


async def test_everybody_is_asked_again_once_whoever_was_in_a_talk_at_any_hour(clinic: Clinic) -> None:
    await clinic.hears(0 * SECONDS)
    await clinic.hears(600 * SECONDS)
    now = clinic.time.now()
    assert clinic.mending.once(now) == 2
    again = [
        (PATIENT, "replies/interrupted", True),
        (PATIENT, "questions/gate_bladder", True),
        (OTHER_PATIENT, "replies/interrupted", False),
        (OTHER_PATIENT, "questions/gate_bladder", False),
    ]
    assert sorted(clinic.sent()) == sorted(again)
    assert clinic.hearing.asked_for == [(NOON - timedelta(minutes=30), now)]
    assert clinic.missed() == []
    assert clinic.mending.once(now) == 0
    clinic.restart()
    await clinic.hears(30 * SECONDS)
    assert clinic.mending.once(clinic.time.now()) == 0
    assert len(clinic.sent()) == 4


async def test_after_a_crash_in_between_it_begins_again_and_asks_nobody_twice(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interruptions, "ASKED_AT_ONCE_MAX", 1)
    await clinic.hears(0 * SECONDS)
    await clinic.hears(600 * SECONDS)
    assert clinic.mending.once(clinic.time.now()) == 1
    clinic.restart()
    while clinic.mending.once(clinic.time.now()):
        pass
    assert clinic.missed() == []
    assert len(clinic.sent()) == 4


async def test_a_chart_that_cannot_be_decided_about_keeps_no_other_from_being_asked(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clinic.hears(0 * SECONDS)
    await clinic.hears(600 * SECONDS)
    asks = again.ask_again

    def ask_again(
        chart: Chart, away: Interruption, in_talk: bool, underway: Collection[str], now: datetime
    ) -> Decision:
        if chart.patient == PATIENT:
            raise ZeroDivisionError
        return asks(chart, away, in_talk, underway, now)

    monkeypatch.setattr(again, "ask_again", ask_again)
    assert clinic.mending.once(clinic.time.now()) == 2
    assert {owner for owner, _, _ in clinic.sent()} == {OTHER_PATIENT}
    assert clinic.missed() == []


async def test_a_second_gap_asks_anew(clinic: Clinic) -> None:
    """Whoever is in a talk; the others have it for the day."""
    await clinic.hears(0 * SECONDS)
    await clinic.hears(600 * SECONDS)
    clinic.mending.once(clinic.time.now())
    await clinic.hears(600 * SECONDS)
    clinic.mending.once(clinic.time.now())
    assert [owner for owner, _, _ in clinic.sent()].count(PATIENT) == 4
    assert [owner for owner, _, _ in clinic.sent()].count(OTHER_PATIENT) == 2
