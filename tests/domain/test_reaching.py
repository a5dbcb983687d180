"""Whatever the rota, leave, hours and blocks: an emergency reaches somebody within one step's wait, or it is said.

Said to the operator, and to the patient in the very text that they get (clinical.md 0.16).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from followupbot.domain import alerts, duty, ladders, wake
from followupbot.domain.alert_state import Open
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import (
    Clinic,
    OpeningHours,
    Role,
    StaffBlocked,
    StaffInvited,
    StaffJoined,
    StaffLeft,
    StaffMember,
    StaffState,
)
from followupbot.domain.decision import Decision
from followupbot.domain.facts.alerts import AlertPaged
from followupbot.domain.ids import ChatId, StaffId, TokenHash
from followupbot.domain.outgoing import Recipient, ToClinician
from followupbot.domain.rota_state import Leave, Week, monday_of
from followupbot.domain.rules import Tier
from tests.builders import (
    BERLIN,
    EMERGENCY_STEP,
    NOW,
    a_chart,
    a_clinic,
    a_flag,
    a_programme,
    after,
    an_alerted_chart,
    at,
    messages,
    some_settings,
    with_clinic,
)

STAFF_MAX = 6
DAYS = [NOW.date() + timedelta(days=ahead) for ahead in range(-8, 9)]
IDS = [StaffId(f"s{number}") for number in range(1, STAFF_MAX + 1)]


def states(number: int) -> list[StaffState]:
    chat = ChatId(f"chat-{number}")
    return [StaffJoined(chat), StaffBlocked(chat), StaffLeft(), StaffInvited(TokenHash("t"), at("2026-03-20 10:00"))]


PEOPLE = st.lists(st.tuples(st.sampled_from(Role), st.sampled_from(range(4))), min_size=1, max_size=STAFF_MAX).map(
    lambda drawn: tuple(
        StaffMember(IDS[number], f"name {number}", role, states(number)[state])
        for number, (role, state) in enumerate(drawn)
    )
)
LADDERS = st.lists(st.sampled_from(Role), min_size=1, max_size=4)
SOME = st.lists(st.sampled_from(IDS), max_size=3, unique=True).map(tuple)
ROTAS = st.lists(SOME, max_size=3).map(
    lambda weeks: tuple(
        Week(monday_of(NOW.date()) + timedelta(weeks=number - 1), staff) for number, staff in enumerate(weeks)
    )
)
LEAVES = st.lists(
    st.builds(
        lambda staff, first, days, cover: Leave(staff, first, first + timedelta(days=days), cover),
        st.sampled_from(IDS),
        st.sampled_from(DAYS),
        st.integers(0, 9),
        st.none() | st.sampled_from(IDS),
    ),
    max_size=5,
).map(tuple)
HOURS = st.builds(
    lambda weekdays, closed: OpeningHours(BERLIN, {day: (time(8), time(18)) for day in weekdays}, frozenset(closed)),
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.sampled_from(DAYS), max_size=4),
)
TIMES = st.integers(0, 7 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))


@st.composite
def clinics(draw: st.DrawFn) -> Clinic:
    """Any clinic: who works there, who is on call, away or out of reach, when it is open, and its ladder."""
    settings = some_settings(draw(LADDERS), draw(HOURS))
    clinic = a_clinic(draw(PEOPLE), a_programme(settings=settings))
    known = {member.id for member in clinic.staff}
    rota = tuple(replace(week, staff=tuple(one for one in week.staff if one in known)) for week in draw(ROTAS))
    leave = tuple(one for one in draw(LEAVES) if one.staff in known and (one.cover is None or one.cover in known))
    return replace(clinic, rota=rota, leave=leave)


def in_reach(clinic: Clinic) -> set[StaffId]:
    """Every clinician and lead who can be written to."""
    return {member.id for role in duty.CLINICAL for member in clinic.reachable(role)}


@dataclass
class Watch:
    """An emergency, and everybody who was paged for it, while time and the clinic go on."""

    chart: Chart
    pages: list[tuple[datetime, tuple[StaffId, ...]]] = field(default_factory=list)
    told: list[tuple[Recipient, str]] = field(default_factory=list)

    def keep(self, decision: Decision) -> None:
        self.chart = after(self.chart, decision)
        self.pages += [(fact.at, fact.staff) for fact in decision.facts if isinstance(fact, AlertPaged)]
        self.told += [(message.to, message.message) for message in messages(decision)]

    def run(self, now: datetime, until: datetime) -> None:
        """Every timer that runs out until then does its work; storage wakes the chart when the clinic changes."""
        self.keep(wake.wake_alerts(self.chart, now))
        while (next_at := alerts.next_wake_at(self.chart)) is not None and next_at <= until:
            assert next_at > now, "the clock would spin"
            now = next_at
            self.keep(wake.wake_alerts(self.chart, now))

    def is_sound(self, since: datetime) -> None:
        """Since then, in one step's wait, somebody in reach was paged; or nobody is, and the operator was told."""
        paged = {staff for when, people in self.pages if when >= since for staff in people}
        (alert,) = self.chart.alerts
        assert isinstance(alert.state, Open)
        assert alert.state.page_at is not None
        if found := in_reach(self.chart.clinic):
            assert paged & found
            assert ladders.reachable(self.chart, alert, since)
        else:
            assert not ladders.reachable(self.chart, alert, since)
            for admin in self.chart.clinic.reachable(Role.ADMIN):
                assert (ToClinician(admin.id), "operator/nobody_reachable") in self.told


@given(clinics(), TIMES)
def test_an_emergency_is_paged_within_one_step_to_somebody_in_reach_or_it_is_said(
    clinic: Clinic, now: datetime
) -> None:
    """At whatever hour it is raised."""
    chart = a_chart(clinic=clinic)
    watch = Watch(chart)
    watch.keep(alerts.raise_flag(chart, a_flag(Tier.EMERGENCY), now))
    watch.run(now, now + EMERGENCY_STEP)
    watch.is_sound(now)


@given(clinics(), clinics(), TIMES, st.integers(0, 60))
def test_so_it_is_when_everything_at_the_clinic_changes_while_it_is_open(
    before: Clinic, clinic: Clinic, now: datetime, minutes: int
) -> None:
    """People leave, block us, come back; rota and hours are others. Within one step of that it is heard."""
    chart = an_alerted_chart(Tier.EMERGENCY, now, before)
    watch = Watch(chart)
    changed_at = now + timedelta(minutes=minutes)
    watch.run(now, changed_at)
    watch.chart = with_clinic(watch.chart, clinic)
    watch.told, paged_before = [], list(watch.pages)
    watch.run(changed_at, changed_at + EMERGENCY_STEP)
    if watch.pages == paged_before:
        return  # who was paged last is still in reach, and their time is not over
    watch.is_sound(changed_at)


@given(clinics(), TIMES)
def test_a_same_day_alert_buzzes_nobody_out_of_hours_but_whoever_is_on_call(clinic: Clinic, now: datetime) -> None:
    """For a day and a night (clinical.md 0.7)."""
    chart = a_chart(clinic=clinic)
    watch = Watch(chart)
    watch.keep(alerts.raise_flag(chart, a_flag(Tier.SAME_DAY), now))
    watch.run(now, now + timedelta(days=1))
    for when, people in watch.pages:
        if not duty.is_open(clinic, when):
            assert set(people) <= {member.id for member in duty.on_call(clinic, when)}
            assert people, "it waits for the clinic rather than paging nobody at night"
