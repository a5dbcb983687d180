"""Two presses and the clock at one instant, in threads, on a real database: one has it, and nobody is paged after."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from followupbot.domain import alerts
from followupbot.domain.alert_state import Flag, Taken
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Programme
from followupbot.domain.decision import ByClock, ByStaff, Cause, Decision, StorageUnavailable
from followupbot.domain.facts.alerts import AlertPaged, AlertTaken
from followupbot.domain.ids import AlertId, CheckInId, Concern, PatientId, RuleId, StaffId, Version
from followupbot.domain.rules import Tier, Trace
from followupbot.storage.charts import Charts
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys
from tests.builders import LUMBAR, a_protocol
from tests.storage.people import DR_ITO, DR_SATO, EN, SETTINGS, Site

RACES_SHORT, RACES_LONG = 10, 10_000

TRIES_MAX = 100
"""Tests wait for a lock in vain after 200 ms; what could not be kept is tried again, as intake and the clock do."""


class Race:
    """One alert that is about to be paged again, a clinician who takes it, another who does too, and the clock."""

    def __init__(self, site: Site, number: int) -> None:
        self.site = site
        self.patient = PatientId(f"R{number:04}")
        self.number = number
        self.failed: list[BaseException] = []

    def run(self) -> None:
        """The three at once; then what must hold."""
        site, now = self.site, self.site.now
        site.enrol(self.patient, 5_000_000 + self.number)
        flag = Flag(CheckInId(1), Tier.EMERGENCY, Concern("clot"), Trace(RuleId("breath_new"), 1, ()), now)
        self._transact("raise", lambda chart: alerts.raise_flag(chart, flag, now))
        due_at = now + timedelta(minutes=5)
        together = Barrier(3)

        def tick() -> None:
            together.wait()
            self._transact("tick", lambda chart: alerts.wake(chart, due_at))

        def take(by: StaffId) -> None:
            def decide(chart: Chart) -> Decision:
                member = chart.clinic.member(by)
                assert member is not None
                return alerts.take(chart, AlertId(1), member, due_at)

            together.wait()
            self._transact(f"take:{by}", decide, by)

        threads = [Thread(target=tick), Thread(target=take, args=(DR_ITO,)), Thread(target=take, args=(DR_SATO,))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert self.failed == []
        self._holds()

    def _transact(self, what: str, decide: Callable[[Chart], Decision], by: StaffId | None = None) -> None:
        cause = Cause(f"race:{self.patient}:{what}", ByClock() if by is None else ByStaff(by))
        try:
            for _ in range(TRIES_MAX):
                with suppress(StorageUnavailable):
                    self.site.charts.transact(self.patient, cause, decide)
                    return
            raise AssertionError("it could never be kept")
        except BaseException as error:  # told in the thread that waits
            self.failed.append(error)

    def _holds(self) -> None:
        chart = self.site.charts.chart(self.patient)
        assert chart is not None
        facts = list(self.site.charts.facts_of(self.patient))
        taken = [fact for fact in facts if isinstance(fact, AlertTaken)]
        assert len(taken) == 1, "one has it, the other is told who"
        state = chart.alerts[0].state
        assert isinstance(state, Taken)
        assert state.by == taken[0].by
        after_it = facts[facts.index(taken[0]) + 1 :]
        assert not [fact for fact in after_it if isinstance(fact, AlertPaged)], "nobody is paged for what somebody has"
        assert chart.version == len(facts), "no fact twice, none lost"


def race(site: Site, times: int) -> None:
    for number in range(times):
        Race(site, number).run()


def load_programme(version: Version, files: Mapping[str, bytes]) -> Programme:
    """One that the core can decide by."""
    assert files
    return Programme(version, {LUMBAR: a_protocol()}, SETTINGS, (EN,))


@pytest.fixture
def racing(database: Database, keys: Keys) -> Site:
    """A clinic with three people who are on the first step together, and no patient yet."""
    site = Site(database, keys)
    site.charts = Charts(database, keys, load_programme, alerts.next_wake_at, lambda: site.now)
    site.found()
    return site


def test_the_press_and_the_tick_at_once_come_to_one_outcome(racing: Site) -> None:
    """Whichever commits first, the other decides again on what it finds."""
    race(racing, RACES_SHORT)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ten_thousand_races_come_to_one_outcome_each(racing: Site) -> None:
    """`make races` runs it; in the suite a few do."""
    race(racing, RACES_LONG)
