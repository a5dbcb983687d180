"""What the clock sets going: one round looks after every chart in which something is due."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from followupbot.application import admins, desk, shared_chats
from followupbot.application.ports import StorageUnavailable, Store
from followupbot.domain import clinic_wake, digest, staff, wake
from followupbot.domain.addressing import stamp
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import ByClock, Cause, Decision
from followupbot.domain.facts.record import HeadsSealed
from followupbot.domain.ids import PatientId
from followupbot.domain.lists import ListLine

CHARTS_A_ROUND_MAX = 3
"""A batch is short, some 10 ms, because whoever writes meanwhile waits for it: a press, and each step of each send.

With a hundred at a time the rounds of a wave of 10,000 check-ins kept an emergency from being recorded for a second.
"""

POISON_HELD_FOR = timedelta(minutes=10)
"""A chart that can't be decided about is left alone so long, so that it holds up no other (design.md)."""


Log = Callable[[PatientId, Exception], None]
"""Where an exception goes that one chart raised."""


@dataclass(frozen=True)
class Round:
    """What one round has done."""

    woken: int = 0
    failed: tuple[PatientId, ...] = ()

    @property
    def more(self) -> bool:
        """Whether as many charts were due as one round looks at, so that more may be."""
        return self.woken + len(self.failed) >= CHARTS_A_ROUND_MAX


def once(store: Store, now: datetime, log: Log) -> Round:
    """Every timer that has run out by now has done its work, alerts first; at most `CHARTS_A_ROUND_MAX` charts.

    Where deciding about a chart raises, the chart is left alone for ten minutes and the operator is told; alerts of
    that chart, which are decided first and by themselves, are not held up by the rest.
    """
    woken = 0
    failed: list[PatientId] = []
    for patient in store.due(now, CHARTS_A_ROUND_MAX):
        if _wake_alerts(store, patient, now, log) and _wake_rest(store, patient, now, log):
            woken += 1
        else:
            failed.append(patient)
    return Round(woken, tuple(failed))


def once_alerts(store: Store, patients: Iterable[PatientId], now: datetime, log: Log) -> int:
    """The alerts of these patients have been paged where that was due, and nothing else was done; how many patients.

    For a clock that may be wrong: an alert that is paged too early is paged, a check-in that expires is lost.
    """
    return sum(_wake_alerts(store, patient, now, log) for patient in patients)


def once_unmeant(store: Store, now: datetime, log: Log) -> bool:
    """What came from a chat of several, and nobody claimed in time, is a note about each of them; whether any was due.

    It is a few at most. Where deciding about a chart raises, the operator is told, and what came rests for ten minutes.
    """
    waiting = store.kept_until_meant(now - shared_chats.ANSWER_WITHIN)
    for kept in waiting:
        failed = shared_chats.note_unmeant(store, kept, now, log)
        for patient in failed:
            admins.notify_operator(store, "chart_failed", patient, ByClock(), now, once=True)
        if failed:
            store.keep_longer(kept, now - shared_chats.ANSWER_WITHIN + POISON_HELD_FOR)
    return bool(waiting)


def once_clinic(store: Store, now: datetime) -> bool:
    """Every timer of the clinic itself that has run out has done its work; whether there was any."""
    digested = _digest(store, now)
    if clinic_wake.wake(store.clinic(), now) == Decision():
        return digested
    cause = Cause(f"wake:clinic:{stamp(now)}", ByClock())
    return bool(store.transact_clinic(cause, lambda clinic: clinic_wake.wake(clinic, now)).outgoing) or digested


def clinic_next_at(store: Store, now: datetime) -> datetime | None:
    """When `once_clinic` has something to do, if nothing happens before; for a clock that jumps to where work is."""
    clinic = store.clinic()
    times = (clinic_wake.next_wake_at(clinic, now), digest.next_at(clinic, now))
    return min((at for at in times if at is not None), default=None)


def seal(store: Store, now: datetime) -> HeadsSealed | None:
    """The heads of all chains are sealed in the clinic's own chain; None where this minute has a seal already."""
    count, digest = store.seal()
    sealed = HeadsSealed(now, count, digest)
    cause = Cause(f"seal:{now:%Y-%m-%dT%H:%M}", ByClock())
    return sealed if store.transact_clinic(cause, lambda _: Decision((sealed,))).facts else None


def _digest(store: Store, now: datetime) -> bool:
    """Staff have today's digest where it is due; whether it was sent now. It reads lists over all patients."""
    if not digest.due(store.clinic(), now):
        return False
    alerts, lists = store.alerts_unresolved(), store.listed(now)
    details = desk.details_of(store, alerts[: digest.ALERTS_SHOWN_MAX])
    expected = _expected(store, lists, now)

    def decide(clinic: Clinic) -> Decision:
        return digest.send(clinic, alerts, details, lists, now, expected)

    return bool(store.transact_clinic(Cause(f"digest:{stamp(now)}", ByClock()), decide).facts)


def _expected(store: Store, lists: Sequence[ListLine], now: datetime) -> list[Chart]:
    """Who has something expected, where leads are to read of it today; the longest first."""
    if not digest.is_first_of_week(store.clinic(), now):
        return []
    patients = [line.patient for line in lists if line.kind == "expected"]
    return [chart for patient in patients if (chart := store.chart(patient)) is not None]


def _wake_alerts(store: Store, patient: PatientId, now: datetime, log: Log) -> bool:
    """Alert timers have done their work; where deciding raised, everybody on the ladder has a plain page at once."""
    try:
        store.transact(patient, _cause(patient, "alerts", now), lambda chart: wake.wake_alerts(chart, now))
    except StorageUnavailable:
        raise
    except Exception as error:
        log(patient, error)
        cause = Cause(f"alert_timers_failed:{patient}:{stamp(now)}", ByClock())
        store.transact_clinic(cause, lambda clinic: staff.page_everybody(clinic, patient, now))
        store.postpone(patient, now + POISON_HELD_FOR)
        return False
    return True


def _wake_rest(store: Store, patient: PatientId, now: datetime, log: Log) -> bool:
    """Every other timer has done its work; where deciding raised, the operator knows."""
    try:
        store.transact(patient, _cause(patient, "rest", now), lambda chart: wake.wake(chart, now))
    except StorageUnavailable:
        raise
    except Exception as error:
        log(patient, error)
        admins.notify_operator(store, "chart_failed", patient, ByClock(), now)
        chart = store.chart(patient)
        page_at = None if chart is None else wake.next_alert_at(chart)
        # What holds up the rest of a chart must not hold up its alerts.
        store.postpone(patient, min(now + POISON_HELD_FOR, page_at or now + POISON_HELD_FOR))
        return False
    return True


def _cause(patient: PatientId, what: str, now: datetime) -> Cause:
    return Cause(f"wake:{patient}:{what}:{stamp(now)}", ByClock())
