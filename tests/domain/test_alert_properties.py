"""What holds of alerts whatever is found, whoever presses what, and however late the clock comes round."""

from datetime import datetime, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from followupbot.domain import alerts, expectations, handling, wake
from followupbot.domain.alert_state import Flag, Open, Resolved, Taken
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.facts.alerts import AlertRaised, AlertRaisedAgain, AlertReopened, AlertResolved, FlagJoined
from followupbot.domain.facts.expectations import ExpectedFlagRecorded
from followupbot.domain.ids import AlertId, CheckInId, Concern, RuleId
from followupbot.domain.outgoing import Amend, OutgoingMessage
from followupbot.domain.replies import Answer
from followupbot.domain.rules import Tier, Trace
from tests.builders import BACK_PAIN, DR_ITO, DR_SATO, NOW, PAIN_EASED, SADDLE, a_chart, after
from tests.domain.test_handling import DR_ABE, OLD, before, the_clinic

STAFF = (DR_ITO, DR_SATO, DR_ABE)
LATER = (
    timedelta(),
    timedelta(minutes=1),
    timedelta(minutes=6),
    timedelta(hours=3),
    timedelta(days=1),
    timedelta(days=8),
)

Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("find", "find", "take", "take", "offer", "resolve", "expect", "tick", "tick", "again")),
        st.integers(0, 2),
        st.integers(0, 11),
    ),
    min_size=20,
    max_size=60,
)


def a_finding(which: int, check_in: int) -> Flag:
    """One of every tier that has an alert, some of which may be expected."""
    pain = (Answer(BACK_PAIN, 6 + which % 4), Answer(PAIN_EASED, "no"))
    found = (
        Flag(CheckInId(check_in), Tier.SAME_DAY, Concern("pain"), Trace(RuleId("pain_severe"), 3, pain), NOW),
        Flag(CheckInId(check_in), Tier.THIS_WEEK, Concern("weakness"), Trace(RuleId("weak_slight"), 1, ()), NOW),
        Flag(CheckInId(check_in), Tier.EMERGENCY, Concern("clot"), Trace(RuleId("breath_new"), 1, ()), NOW),
        Flag(CheckInId(check_in), Tier.ROUTINE, Concern("mood"), Trace(RuleId("mood_low"), 1, ()), NOW),
        before(SADDLE, "saddle_before"),
    )
    return found[which % len(found)]


class Clinic:
    """One patient's alerts, three people, and a clock that may be late."""

    def __init__(self) -> None:
        self.chart: Chart = a_chart(clinic=the_clinic())
        self.now: datetime = NOW
        self.check_in = 1
        self.ended: dict[AlertId, datetime] = {}
        self.keys: set[str] = set()

    def do(self, step: Step) -> None:
        what, who, which = step
        by = self.likely(what) if which % 4 else STAFF[who]
        alert = self.chart.alerts[-1].id if self.chart.alerts else AlertId(1)
        match what:
            case "find":
                self.check_in += which % 2
                self.find(a_finding(which, self.check_in))
            case "take":
                self.keep(alerts.take(self.chart, alert, by, self.now))
            case "offer":
                self.keep(handling.hand_over(self.chart, alert, by, STAFF[which % 3].id, self.now))
            case "resolve":
                outcome = ("called", "no_action", OLD)[which % 3]
                self.keep(alerts.resolve(self.chart, alert, by, outcome, self.now))
            case "expect":
                self.keep(handling.expect(self.chart, alert, by, "healing", (7, 28)[which % 2], self.now))
            case "again":
                self.keep(alerts.page_again(self.chart, alert, self.now))
            case _:
                self.now += LATER[which % len(LATER)]
                self.tick()
        self.holds(by)

    def likely(self, what: str) -> StaffMember:
        """Who most often does that: whoever has the alert, or was asked to take it."""
        state = self.chart.alerts[-1].state if self.chart.alerts else None
        if not isinstance(state, Taken):
            return DR_ITO
        wanted = state.offered_to if what == "take" and state.offered_to is not None else state.by
        return next(member for member in STAFF if member.id == wanted)

    def find(self, flag: Flag) -> None:
        """No flag of this_week or above without an alert, but one that is expected, and no worse."""
        before = self.chart
        decision = alerts.raise_flag(self.chart, flag, self.now)
        self.keep(decision)
        bearing = [fact for fact in decision.facts if isinstance(fact, AlertRaised | FlagJoined)]
        if any(isinstance(fact, ExpectedFlagRecorded) for fact in decision.facts):
            assert bearing == []
            (known,) = [found for found in before.expectations if found.flag.trace.rule == flag.trace.rule]
            assert self.now < known.until
            assert flag.concern != "weakness"
            assert flag.tier is not Tier.EMERGENCY
            return
        assert len(bearing) == 1
        alert = self.chart.unresolved_alert
        assert alert is not None
        assert flag in alert.flags
        assert not flag.tier.worse_than(alert.tier)

    def tick(self) -> None:
        """Rounds until nothing is due: each does something, or it would spin."""
        for _ in range(20):
            decision = alerts.wake(self.chart, self.now) + Decision()
            self.keep(decision)
            self.keep(expectations.wake(self.chart, self.now))
            if not decision.facts:
                break
        following = alerts.next_wake_at(self.chart)
        assert following is None or following > self.now

    def keep(self, decision: Decision) -> None:
        pages = [
            message
            for message in decision.outgoing
            if isinstance(message, OutgoingMessage)
            and message.message in {"alerts/new", "alerts/offer", "alerts/joined"}
        ]
        for fact in decision.facts:
            if isinstance(fact, AlertResolved):
                assert fact.alert not in self.ended, "one outcome"
                self.ended[fact.alert] = self.now
            if isinstance(fact, AlertRaisedAgain | AlertReopened | FlagJoined):
                assert fact.alert not in self.ended, "nothing goes on after an outcome"
        for item in decision.outgoing:
            if isinstance(item, Amend | OutgoingMessage):
                assert item.key not in self.keys, "what bears an old key is never sent"
                self.keys.add(item.key)
        for page in pages:
            number = AlertId(int(page.subject.rpartition("/a")[2]))
            assert number not in self.ended, "no page after an outcome"
        self.chart = after(self.chart, decision)

    def holds(self, by: StaffMember) -> None:
        """At most one is open, and what is open and buzzes is paged again before long."""
        assert len([alert for alert in self.chart.alerts if alert.unresolved]) <= 1
        for alert in self.chart.alerts:
            assert isinstance(alert.state, Resolved) is (alert.id in self.ended)
            waits = [step.wait for step in alert.ladder.steps]
            hours = self.chart.clinic.settings.hours
            match alert.state:
                case Open(_, page_at):
                    assert (page_at is None) is (not waits)
                    if page_at is not None:
                        opens = self.now if alert.ladder.at_any_hour else hours.next_open(self.now + max(waits))
                        assert page_at <= max(opens, self.now + max(waits)), "never more than a step from now"
                case Taken(_, at, reopen_at):
                    assert (reopen_at is None) is (alert.ladder.again_after is None)
                    if reopen_at is not None and alert.ladder.again_after is not None:
                        assert reopen_at <= at + alert.ladder.again_after, "handing it over gains no time"
                case Resolved():
                    pass
        timers = wake.next_alert_at(self.chart)
        open_and_buzzing = any(
            alert.unresolved and (alert.ladder.steps if isinstance(alert.state, Open) else alert.ladder.again_after)
            for alert in self.chart.alerts
        )
        assert (timers is not None) >= open_and_buzzing, "what buzzes has a timer"


@given(STEPS)
@example([("find", 0, 5), ("take", 0, 1), ("offer", 0, 1), ("take", 0, 1), ("offer", 0, 2), ("take", 0, 1)])
@example([("find", 0, 7), ("take", 0, 1), ("resolve", 0, 1), ("again", 0, 1), ("tick", 0, 3), ("take", 0, 1)])
@example([("find", 0, 5), ("take", 0, 1), ("expect", 0, 1), ("find", 0, 0), ("tick", 0, 5), ("find", 0, 5)])
def test_no_flag_is_lost_nothing_pages_after_its_outcome_and_no_ladder_stalls(steps: list[Step]) -> None:
    """Whatever is found, whoever presses what, and however late the clock is."""
    clinic = Clinic()
    for step in steps:
        clinic.do(step)


def test_the_press_and_the_tick_come_to_one_thing_in_either_order() -> None:
    """Taken first, nobody is paged; paged first, it is taken all the same. In neither are there two who have it."""
    for ticks_first in (False, True):
        clinic = Clinic()
        clinic.find(a_finding(2, 1))
        clinic.now += timedelta(minutes=5)
        paged = alerts.wake(clinic.chart, clinic.now) if ticks_first else Decision()
        clinic.keep(paged)
        clinic.keep(alerts.take(clinic.chart, AlertId(1), DR_ITO, clinic.now))
        clinic.keep(alerts.take(clinic.chart, AlertId(1), DR_SATO, clinic.now))
        assert alerts.wake(clinic.chart, clinic.now).facts == ()
        state = clinic.chart.alerts[0].state
        assert isinstance(state, Taken)
        assert state.by == DR_ITO.id
