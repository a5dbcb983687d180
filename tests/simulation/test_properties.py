"""Whatever people and machines do, in whatever order: the real application, storage and deliveries hold their promises.

`make properties STEPS=10000` takes so many steps, at random; fewer than a thousand are always the
same ones.
"""

import asyncio
import os
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from followupbot.application import admins
from followupbot.application.deliveries import IN_FLIGHT_MAX
from followupbot.bootstrap import simulating
from followupbot.domain.chart import Chart
from followupbot.domain.decision import StorageUnavailable
from followupbot.domain.folding import fold
from followupbot.domain.ids import PatientId, ProtocolKey
from followupbot.domain.presses import AnswerPress
from followupbot.simulation import promises
from followupbot.simulation.faults import API, DATABASE, PROCESS, Crash, Span
from followupbot.simulation.people import RED_TEXTS, TEXTS, ZONES, Character, Patient
from followupbot.simulation.program import Down
from followupbot.simulation.world import Size, World

STILL = Character(
    "still", 1, answers=0, red=0, writes=0, blocks_yearly=0, moves_yearly=0, pauses_yearly=0, worsens_yearly=0
)
"""Goes the way in, and then does nothing by itself."""

SIZE = Size(patients=2, years=0.01, seed=3, faults=False, protocol=ProtocolKey("lumbar_fusion"))
SETTLED = timedelta(days=6)
"""By then both are through enrolment."""

STEPS = int(os.environ.get("STEPS", "10000"))
RANDOM_FROM = 1000
STEPS_A_RUN = 50
COMMANDS = ("/pause 2w", "/resume", "/stop", "/urgent", "/report", "/help", "/time 18:30", "/language es", "/progress")
WHO = st.integers(0, SIZE.patients - 1)
WHICH = st.integers(0, 40)
SOME_TIME = st.sampled_from(
    [timedelta(seconds=5), timedelta(minutes=6), timedelta(hours=2), timedelta(hours=13), timedelta(days=8)]
)
OUTAGE = st.sampled_from([timedelta(seconds=30), timedelta(minutes=11), timedelta(hours=12), timedelta(hours=23)])


class Clinic(RuleBasedStateMachine):
    """Two patients, the staff, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._runner = self._stack.enter_context(asyncio.Runner())
        self.world: World = self._stack.enter_context(simulating.open_world(SIZE))
        self.world.characters = (STILL,)
        self._runner.run(self.world.furnish())
        self._pass(SETTLED)

    def teardown(self) -> None:
        """Everything heals, and has drained 48 hours later; then every promise is looked at."""
        try:
            self._runner.run(self.world.heal())
            for clinician in self.world.clinicians:
                clinician.left = True
            found = promises.judge(self.world)
            assert [(broken.promise, broken.detail, broken.story) for broken in found.broken] == []
            assert found.doubled <= self.world.faults.counts.total() * IN_FLIGHT_MAX
            self._tables_are_what_facts_give()
        finally:
            self._stack.close()

    # -- people --------------------------------------------------------------------------------------------------------

    @rule(who=WHO, which=WHICH)
    def tap(self, who: int, which: int) -> None:
        """A button that stands on the phone."""
        self._tap(self._patient(who), which)
        self._turn()

    @rule(who=WHO, which=WHICH)
    def double_tap(self, who: int, which: int) -> None:
        """The same, twice at once."""
        patient = self._patient(who)
        self._tap(patient, which)
        self._tap(patient, which)
        self._turn()

    @rule(who=WHO, which=WHICH)
    def go_on(self, who: int, which: int) -> None:
        """Several buttons in a row, of the newest message each, as somebody does who answers."""
        for _ in range(6):
            self._tap(self._patient(who), which, newest=True)
            self._turn()

    @rule(who=WHO, text=st.sampled_from((*TEXTS, *RED_TEXTS, "3", "none", "stop")))
    def write(self, who: int, text: str) -> None:
        """Some words."""
        self._patient(who).write(text)
        self._turn()

    @rule(who=WHO, command=st.sampled_from((*COMMANDS, *(f"/zone {city}" for city in ZONES))))
    def command(self, who: int, command: str) -> None:
        """A slash command."""
        self._patient(who).write(command)
        self._turn()

    @rule(who=WHO)
    def block(self, who: int) -> None:
        """The bot is blocked."""
        patient = self._patient(who)
        if not self.world.telegram.chat(patient.address).blocked:
            patient.block()
        self._turn()

    @rule(who=WHO)
    def unblock(self, who: int) -> None:
        """And let in again."""
        self._patient(who).unblock()
        self._turn()

    @rule(who=st.integers(0, 3), which=WHICH)
    def staff_tap(self, who: int, which: int) -> None:
        """A clinician takes an alert, or says how it ended, or presses what is old."""
        address = self.world.clinicians[who].address
        standing = [
            (number, data) for number, row in self.world.telegram.chat(address).standing.items() for data in row
        ]
        if standing:
            number, data = standing[which % len(standing)]
            self.world.telegram.press(address, number, data)
        self._turn()

    @rule()
    def publish(self) -> None:
        """The programme is published again, with a change that changes nothing clinical."""
        store = self.world.program.process.store if self.world.program.runs else None
        if store is None:
            return
        try:
            files = dict(store.programme_files(store.clinic().published.version))
            files["clinic.yaml"] += b"# once more\n"
            admins.publish(store, files, simulating.BY, self.world.clock.at)
        except (Crash, Down, StorageUnavailable):
            self.world.faults.crashed = False
        self._turn()

    # -- machines ------------------------------------------------------------------------------------------------------

    @rule(after=st.integers(1, 12))
    def crash(self, after: int) -> None:
        """The process dies at some boundary soon."""
        self.world.faults.crash_at = self.world.faults.boundaries + after

    @rule(kind=st.sampled_from((API, DATABASE, PROCESS)), lasts=OUTAGE)
    def outage(self, kind: str, lasts: timedelta) -> None:
        """Something is away for a while."""
        now = self.world.clock.at
        span = Span(kind, now, now + lasts)
        self.world.faults.spans.append(span)
        self.world.faults.begin(span)

    @rule(by=SOME_TIME)
    def wait(self, by: timedelta) -> None:
        """Time passes."""
        self._pass(by)

    # -- what always holds ---------------------------------------------------------------------------------------------

    @invariant()
    def nothing_raised(self) -> None:
        """No handler and no chart has failed."""
        assert [(place, repr(error)) for place, error in self.world.program.raised] == []

    @precondition(lambda self: self.world.program.runs and not self.world.faults.crashed)
    @invariant()
    def one_alert_and_one_check_in_at_a_time(self) -> None:
        """No patient has two open at once."""
        for patient in self.world.patients:
            chart = self._chart(patient)
            if chart is not None:
                assert sum(alert.unresolved for alert in chart.alerts) <= 1
                assert sum(check_in.state.kind in ("waiting", "begun") for check_in in chart.check_ins) <= 1

    # -- how -----------------------------------------------------------------------------------------------------------

    def _patient(self, who: int) -> Patient:
        return list(self.world.patients.values())[who]

    def _tap(self, patient: Patient, which: int, newest: bool = False) -> None:
        standing = sorted(self.world.telegram.chat(patient.address).standing.items(), reverse=True)
        buttons = [(number, data) for number, row in (standing[:1] if newest else standing) for data in row]
        if buttons:
            number, data = buttons[which % len(buttons)]
            update = self.world.telegram.press(patient.address, number, data)
            press = self.world.decode(data)
            if isinstance(press, AnswerPress) and press.card is not None:
                patient.red.append((self.world.clock.at, update))

    def _turn(self) -> None:
        self._pass(timedelta(seconds=2))

    def _pass(self, by: timedelta) -> None:
        self._runner.run(self.world.run_until(self.world.clock.at + by))

    def _chart(self, patient: PatientId) -> Chart | None:
        try:
            return self.world.program.process.store.chart(patient)
        except (Crash, Down, StorageUnavailable):
            return None

    def _tables_are_what_facts_give(self) -> None:
        store = self.world.program.process.store
        for patient in self.world.patients:
            chart = store.chart(patient)
            assert chart is not None
            empty = Chart(patient, clinic=chart.clinic, programmes=chart.programmes)
            assert fold(empty, store.facts_of(patient)) == chart


def run(steps: int, *, derandomize: bool) -> None:
    runs = max(1, steps // STEPS_A_RUN)
    run_state_machine_as_test(
        Clinic,
        settings=settings(
            max_examples=runs,
            stateful_step_count=min(steps, STEPS_A_RUN),
            derandomize=derandomize,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.long
def test_many_steps_break_no_promise() -> None:
    """As many as were asked for."""
    began = time.monotonic()
    run(STEPS, derandomize=STEPS < RANDOM_FROM)
    print(f"{STEPS} steps, no promise broken, {time.monotonic() - began:.0f} s")
