"""A made-up patient on a virtual clock, with a history or none, up to the check-in that somebody wants to see."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from followupbot.checking.cast import ANSWERS_AFTER, ASK_AT, SURGERY_ON, WAY_IN
from followupbot.checking.histories import Occasion, Said, Vignettes
from followupbot.checking.play import Moment, Play
from followupbot.checking.vignettes import OCCASION, OCCASIONS_MAX, SAYS
from followupbot.domain import alerts, check_ins, enrolment, lapses, occasions, wake
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Programme, Role, StaffJoined, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.facts.check_ins import CheckInAsked
from followupbot.domain.folding import fold
from followupbot.domain.ids import ChatId, Language, PatientId, StaffId, TimingId, TokenHash, Version
from followupbot.domain.schedule import SURGERY, PartialDate, Timing, resolve
from followupbot.protocol_files.reading import Reading
from followupbot.protocol_files.shapes import Field, Many, Name, Record, Unreadable

PATIENT = PatientId("7F3KP")
VERSION = Version("rehearsal")

_ZONE = "UTC"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_CHAT = ChatId("patient")
_TOKEN = TokenHash("token")
_STAFF = tuple(StaffMember(StaffId(role), role, role, StaffJoined(ChatId(role))) for role in Role)
"""Somebody for each step that a ladder may have, and each can be reached."""


# -- a history in a file -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Written:
    history: tuple[Occasion, ...]
    usual: Mapping[str, Said]
    asks: TimingId | None


HISTORY = Record(
    "a history",
    (
        Field("history", Many(OCCASION, 1, OCCASIONS_MAX), doc="The occasions before, the oldest first."),
        Field("usual", SAYS, {}, "What is said to questions that an occasion is silent about."),
        Field("asks", Name(TimingId, "the name of a timing"), None, "The timing of an occasion that names none."),
    ),
    _Written,
)


def read_history(reading: Reading, known: Vignettes | None) -> Vignettes | None:
    """The history; None where it could not be read, and all that is wrong is reported.

    What it leaves open is taken from `known`, the vignettes of the same care protocol.
    """
    if reading.top is None:
        return None
    try:
        found = HISTORY.read(reading.top, reading)
    except Unreadable:
        return None
    asks = found.asks or (known.asks if known else None)
    if asks is None and any(occasion.asks is None and not occasion.recheck for occasion in found.history[1:]):
        reading.complain(("history",), 'which timing asks? write "asks" once, or with each occasion')
        return None
    usual = {**(known.usual if known else {}), **found.usual}
    return Vignettes(usual, asks or TimingId(""), found.history, ())


# -- the days of a schedule --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """The days after the operation on which one check-in may be begun; the schedule asks it on day `asked`."""

    timing: Timing
    first: int
    asked: int
    last: int

    def __str__(self) -> str:
        return f"{self.timing.id} (day {self.asked}, open from {self.first} to {self.last})"


def window_of(protocol: CareProtocol, day: int) -> Window | None:
    """The check-in of that day: of several the one that is open by then, else the next that may begin early."""
    covering = [window for window in _windows(protocol) if window.first <= day <= window.last]
    return min(covering, key=lambda window: (window.asked > day, abs(day - window.asked)), default=None)


def nearest_windows(protocol: CareProtocol, day: int) -> tuple[Window, ...]:
    """The check-ins before and after a day that has none."""
    before = [window for window in _windows(protocol) if window.last < day]
    after = [window for window in _windows(protocol) if window.first > day]
    nearest = (max(before, key=lambda window: window.last, default=None), min(after, key=_first, default=None))
    return tuple(window for window in nearest if window is not None)


def _windows(protocol: CareProtocol) -> list[Window]:
    windows = []
    for timing in protocol.timings:
        if timing.id == protocol.at_enrolment or timing.anchor != SURGERY:
            continue
        open_days = max((timing.open_for - ANSWERS_AFTER).days, 0)
        for on in timing.days(SURGERY_ON):
            asked = (on - SURGERY_ON).days
            windows.append(Window(timing, max(asked - timing.open_before.days, 0), asked, asked + open_days))
    return windows


def _first(window: Window) -> int:
    return window.first


# -- up to the check-in ------------------------------------------------------------------------------------------------


class Misplaced(ValueError):
    """It does not lead to a check-in. `occasion`: which one of the history does not, where it is one of them."""

    def __init__(self, text: str, occasion: int | None = None) -> None:
        self.occasion = occasion
        super().__init__(text)


@dataclass(frozen=True)
class Beginning:
    """Where somebody comes in: the chart, the time, and what is decided then, which the chart has not heard of yet."""

    chart: Chart
    now: datetime
    first: Decision


class Rehearsal:
    """One care protocol of a programme and a made-up patient, on a wall clock without a zone."""

    def __init__(self, protocol: CareProtocol, programme: Programme, language: Language) -> None:
        self._protocol = protocol
        self._language = language
        self.settings = replace(programme.settings, hours=replace(programme.settings.hours, zone=_ZONE))
        programme = replace(programme, version=VERSION, settings=self.settings)
        clinic = Clinic(1, _STAFF, VERSION, programme=programme)
        self._nobody = Chart(PATIENT, clinic=clinic, programmes={VERSION: programme})

    def newcomer(self) -> Beginning:
        """Somebody who has just pressed their link, on the day after the operation."""
        now = resolve(SURGERY_ON + timedelta(days=1), ASK_AT, _ZONE)
        invited = self._invited(now)
        return Beginning(invited, now, enrolment.connect(invited, _CHAT, _TOKEN, now))

    def asked(self, window: Window, day: int) -> Beginning:
        """Somebody who takes part since the operation, was asked nothing so far, and is asked on that day."""
        now = resolve(SURGERY_ON, time(), _ZONE)
        chart = self._invited(now)
        chart = _kept(chart, enrolment.connect(chart, _CHAT, _TOKEN, now))
        for _, step in WAY_IN:
            chart = _kept(chart, _without_check_in(step(chart, now)))
        return _ask(chart, now, window, day)

    def asked_after(self, history: Vignettes, window: Window | None, day: int) -> Beginning:
        """Somebody with that history, asked on that day; without a window, when the clock asks next. Misplaced."""
        # The language in which somebody is enrolled is the first of the protocol's.
        spoken = replace(self._protocol, languages=(self._language,))
        play = Play(spoken, history, Moment(self._nobody, _LONG_AGO))
        for number, occasion in enumerate(history.background):
            faults = play.occasion(occasion)
            if faults:
                raise Misplaced(faults[0], number)
        chart, now = _dealt_with(play.moment.chart, play.moment.now), play.moment.now
        return _asked_next(chart, now) if window is None else _ask(chart, now, window, day)

    def _invited(self, now: datetime) -> Chart:
        plan = Plan(self._protocol.key, PartialDate.parse(SURGERY_ON.isoformat()), _ZONE, self._language, ASK_AT)
        invitation = Invitation(_TOKEN, now + timedelta(days=1))
        return _kept(self._nobody, enrolment.invite(self._nobody, plan, invitation, now))


def _ask(chart: Chart, now: datetime, window: Window, day: int) -> Beginning:
    """That check-in on that day; one that is still open then is over, as it would be."""
    due_at = resolve(SURGERY_ON + timedelta(days=day), window.timing.hour or ASK_AT, _ZONE)
    if due_at <= now:
        raise Misplaced(f"the history goes on to day {(now.date() - SURGERY_ON).days}, so day {day} is over by then")
    while chart.open_check_in is not None and (at := _next_wake_at(chart)) is not None and at < due_at:
        now = max(now, at)
        chart = _kept(chart, wake.wake(chart, now))
    if chart.open_check_in is not None:
        chart = _kept(chart, lapses.lapse(chart, chart.open_check_in, due_at))
    # Begun early it stands for the schedule's own day, which is not asked again then.
    for_day = SURGERY_ON + timedelta(days=max(day, window.asked))
    return Beginning(chart, due_at, check_ins.ask(chart, window.timing, due_at, for_day))


def _asked_next(chart: Chart, now: datetime) -> Beginning:
    """Whatever the clock asks next, a re-check or a check-in of the schedule."""
    count = chart.check_in_count
    while (at := _next_wake_at(chart)) is not None:
        now = max(now, at)
        decision = wake.wake(chart, now)
        after = _kept(chart, decision)
        if after.check_in_count > count:
            return Beginning(chart, now, decision)
        chart = after
    raise Misplaced("nothing is asked after that history any more")


def _next_wake_at(chart: Chart) -> datetime | None:
    """Alerts are left alone: the clinic has dealt with them."""
    times = (occasions.next_wake_at(chart), check_ins.next_wake_at(chart))
    return min((at for at in times if at is not None), default=None)


def _dealt_with(chart: Chart, now: datetime) -> Chart:
    alert, by = chart.unresolved_alert, _STAFF[0]
    if alert is None:
        return chart
    chart = _kept(chart, alerts.take(chart, alert.id, by, now))
    return _kept(chart, alerts.resolve(chart, alert.id, by, chart.protocol().outcomes[0].id, now))


def _kept(chart: Chart, decision: Decision) -> Chart:
    return fold(chart, decision.chart_facts)


def _without_check_in(decision: Decision) -> Decision:
    return replace(decision, facts=tuple(fact for fact in decision.facts if not isinstance(fact, CheckInAsked)))
