"""What was promised, and where it was broken: judged from Telegram's log and from what people know, not from tables.

Days and hours are reckoned here anew, by another way than the program's.
"""

import calendar
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.ids import PatientId
from followupbot.domain.presses import TakePress
from followupbot.domain.schedule import SURGERY, Offset, Timing
from followupbot.simulation.people import Patient
from followupbot.simulation.telegram import SENDS, Act, Call
from followupbot.simulation.world import World
from followupbot.storage import timers

DAY = (time(9), time(20))
"""Nothing that we start goes out before the one or from the other on (clinical.md 0.11)."""

ANY_HOUR = ("cards/", "replies/getting_help", "replies/still_urgent", "replies/seen/emergency", "replies/help_is_there")
"""What may go at any hour although no press of the patient's has just caused it (clinical.md 0.11)."""

ASKS = ("check_ins/ready", "check_ins/reminder")
"""What asks: where Telegram's answers to the first were lost twice it goes no third time, and the reminder asks
(decisions/0005)."""

ASKED_WITHIN = timedelta(days=2)
"""After its day, or that of the larger form that stands for it: the longest outage, and a night. Who stops later than
that had to be asked before."""

APART = timedelta(hours=12)
"""Between two check-ins, also for who has moved to another zone in between (issue 6, time)."""

ASKED_AGAIN = "interrupted/"
"""What stands in the key of what is said after a time in which nobody was heard."""

TALK = timedelta(minutes=30)
"""Whoever was heard so shortly before that has it at any hour (clinical.md 0.11)."""

MENDED_WITHIN = timedelta(hours=36)
"""Who was not in a talk has it in the next daytime, and that may be a day away where something else was started."""

AGAIN = "/again"
"""How the key ends of what is asked a second time because an answer to it may be lost; that starts nothing."""

STEP = timedelta(minutes=5)
"""How long one step of an emergency's ladder has (clinical.md 0.7)."""

SLACK = timedelta(seconds=90)
"""For a restart, a lease of 20 s, and the longest back-off of an alert."""

STORY_AROUND = timedelta(days=2)
STORY_LINES_MAX = 60


@dataclass(frozen=True)
class Broken:
    """One promise that was broken, with the story that shows it."""

    promise: str
    patient: PatientId
    at: datetime
    detail: str
    story: tuple[str, ...] = ()


@dataclass
class Judgement:
    """What came of every promise."""

    broken: list[Broken] = field(default_factory=list)
    occasions: int = 0
    excused: int = 0
    started: int = 0
    red: int = 0
    forgotten: int = 0
    """Red presses that Telegram has forgotten before anybody could fetch them."""
    latencies: list[float] = field(default_factory=list)
    """Seconds from a red press's commit to the first page, where nothing was away."""
    doubled: int = 0


def judge(world: World) -> Judgement:
    """Every promise, of every patient."""
    return _Judge(world).judge()


class _Judge:
    def __init__(self, world: World) -> None:
        self._world = world
        self._found = Judgement()
        self._calls: dict[int, list[Call]] = defaultdict(list)
        for call in world.telegram.log:
            if call.accepted:
                self._calls[call.chat].append(call)
        self._caused: dict[int, set[datetime]] = defaultdict(set)
        self._acts: dict[int, list[Act]] = defaultdict(list)
        self._forgotten = {update.id for update in world.telegram.expired}
        for act in world.telegram.acts:
            self._acts[act.chat].append(act)
            self._caused[act.chat] |= world.program.tried.get(act.update, set())
        staff = {clinician.address for clinician in world.clinicians}
        self._pages: dict[PatientId, list[datetime]] = defaultdict(list)
        self._closed: dict[PatientId, list[datetime]] = defaultdict(list)
        for call in world.telegram.log:
            if call.accepted and call.chat in staff:
                self._note_staff(call)
        self._taken: dict[PatientId, list[datetime]] = defaultdict(list)
        for act in world.telegram.acts:
            press = world.decode(act.what.removeprefix("taps ")) if act.chat in staff else None
            if isinstance(press, TakePress) and act.update in world.committed:
                self._taken[press.patient].append(world.committed[act.update])

    def judge(self) -> Judgement:
        world = self._world
        for patient in world.patients.values():
            self._judge_asking(patient)
            self._judge_hours(patient)
            self._judge_apart(patient)
            self._judge_red(patient)
        self._judge_drained()
        sent: dict[tuple[int, str], int] = defaultdict(int)
        for call in world.telegram.log:
            if call.accepted and call.method in SENDS and call.about is not None:
                sent[call.chat, call.about.key] += 1
        self._found.doubled = sum(times - 1 for times in sent.values())
        return self._found

    def _note_staff(self, call: Call) -> None:
        if not call.sort.startswith("alerts/"):
            return
        for word in call.text.replace("<", " ").replace(">", " ").split():
            code = PatientId(word.strip(".,:;"))
            if code in self._world.patients:
                times = self._closed if call.sort == "alerts/resolved" else self._pages
                if call.sort == "alerts/resolved" or call.method in SENDS:
                    times[code].append(call.at)
                return

    def _break(self, promise: str, patient: Patient, at: datetime, detail: str) -> None:
        story = tuple(tell(self._world, patient, at))
        self._found.broken.append(Broken(promise, patient.id, at, detail, story))

    # -- never asked ---------------------------------------------------------------------------------------------------

    def _judge_asking(self, patient: Patient) -> None:
        asked = [call for call in self._calls[patient.address] if call.sort in ASKS]
        if not asked:
            return  # on the way in, or nowhere
        protocol = self._world.programme.protocols[patient.plan.protocol]
        days = [self._world.day(patient.id, call.at) for call in asked]
        within = protocol.absorb_within or timedelta()
        last = self._world.ends.date()
        for timing, day in occasions(protocol, patient.plan.surgery_on.anchor()):
            over = day + timing.open_for
            if day <= days[0] or over >= last:
                continue
            self._found.occasions += 1
            earliest = day - max(within, timing.open_before) - timedelta(days=1)
            latest = max(over, day + within) + timedelta(days=1)
            if bisect_right(days, latest) > bisect_left(days, earliest):
                continue
            if self._quiet(patient, day, min(over, day + within + ASKED_WITHIN)):
                self._found.excused += 1
                continue
            at = datetime.combine(day, patient.plan.ask_at, tzinfo=self._world.clock.at.tzinfo)
            self._break("never asked", patient, at, f"{timing.id} of {day}")

    def _quiet(self, patient: Patient, day: date, over: date) -> bool:
        """Whether the patient had told us, in any way, to leave them alone on any of those days."""
        return patient.quiet.touches(day - timedelta(days=1), over)

    # -- hours ---------------------------------------------------------------------------------------------------------

    def _judge_hours(self, patient: Patient) -> None:
        caused = self._caused[patient.address]
        for call in self._calls[patient.address]:
            about = call.about
            if call.method not in SENDS or about is None or about.decided_at in caused:
                continue
            if call.sort.startswith(ANY_HOUR) or self._in_talk_before(patient, call):
                continue
            self._found.started += 1
            wall = self._world.local(patient.id, call.at)
            if not DAY[0] <= wall.time() < DAY[1]:
                self._break("outside 09-20", patient, call.at, f"{call.sort} at {wall:%H:%M} there")

    def _in_talk_before(self, patient: Patient, call: Call) -> bool:
        """Whether it is said after a gap, to somebody who had done something shortly before it, or in it."""
        if call.about is None or ASKED_AGAIN not in call.about.key:
            return False
        ended = [span for span in self._world.spans if span.starts <= call.at]
        return any(
            span.starts - TALK <= act.at <= span.ends
            for act in self._acts[patient.address]
            for span in ended
            if act.at <= call.at and call.at - span.ends < MENDED_WITHIN
        )

    def _judge_apart(self, patient: Patient) -> None:
        """Who flies towards the sun is not asked twice in one night."""
        calls = self._calls[patient.address]
        abouts = [call.about for call in calls if call.sort == "check_ins/ready" and call.about is not None]
        starts = sorted({about.decided_at for about in abouts if not about.key.endswith(AGAIN)})
        for moved_at, zone in self._world.zones[patient.id][1:]:
            place = bisect_left(starts, moved_at)
            if 0 < place < len(starts) and starts[place] - starts[place - 1] < APART:
                hours = (starts[place] - starts[place - 1]) / timedelta(hours=1)
                self._break("less than 12 hours apart", patient, starts[place], f"{hours:.1f} h after a move to {zone}")

    # -- red answers ---------------------------------------------------------------------------------------------------

    def _judge_red(self, patient: Patient) -> None:
        pages, closed = self._pages[patient.id], self._closed[patient.id]
        for pressed_at, update in patient.red:
            at = self._world.committed.get(update)
            if at is None and update in self._forgotten:
                self._found.forgotten += 1
                self._judge_asked_again(patient, pressed_at)
                continue
            if at is None:
                self._break("red answer lost", patient, pressed_at, f"update {update}")
                continue
            self._found.red += 1
            after = [page for page in pages if page >= at]
            before = [page for page in pages if page < at]
            open_before = bool(before) and not any(before[-1] <= end <= at for end in closed)
            if not after and not open_before:
                self._break("red answer without alert", patient, at, f"update {update}")
                continue
            if not open_before:
                if not self._away(at, after[0]):
                    self._found.latencies.append((after[0] - at).total_seconds())
                self._judge_ladder(patient, at, after)
            cards = [call for call in self._calls[patient.address] if call.sort.startswith("cards/") and call.at >= at]
            if not cards and not patient.telegram.chat(patient.address).blocked and not self._repeated(patient, at):
                self._break("red answer without card", patient, at, f"update {update}")

    def _judge_asked_again(self, patient: Patient, pressed_at: datetime) -> None:
        """Telegram forgets a press after 150 s; whoever made it hears from us, unless they want to hear nothing."""
        back = max((span.ends for span in self._world.spans if span.starts <= pressed_at), default=pressed_at)
        until = max(back, pressed_at) + MENDED_WITHIN
        told = any(pressed_at < call.at <= until for call in self._calls[patient.address] if call.method in SENDS)
        quiet = self._quiet(patient, pressed_at.date(), until.date())
        if not told and not quiet and until < self._world.clock.at:
            self._break("lost press, not asked again", patient, pressed_at, f"nothing until {until:%Y-%m-%d %H:%M}")

    def _repeated(self, patient: Patient, at: datetime) -> bool:
        """Whether the same was pressed twice: the card is there already."""
        return any(
            call.sort.startswith("cards/") and timedelta() <= at - call.at < timedelta(days=60)
            for call in self._calls[patient.address]
        )

    def _judge_ladder(self, patient: Patient, at: datetime, pages: list[datetime]) -> None:
        """From the first page until somebody takes it no step is late, but for what was away meanwhile."""
        taken = next((taken for taken in self._taken[patient.id] if taken >= pages[0]), self._world.clock.at)
        steps = [at, *(page for page in pages if page <= taken)]
        for earlier, later in zip(steps, [*steps[1:], taken], strict=True):
            if later - earlier - self._away(earlier, later) > STEP + SLACK:
                self._break("ladder stalled", patient, earlier, f"no page until {later:%Y-%m-%d %H:%M}")
                return

    def _away(self, starts: datetime, ends: datetime) -> timedelta:
        """For how long between the two something was away."""
        found = timedelta()
        for span in self._world.spans:
            if span.starts < ends and span.ends > starts:
                found += min(span.ends, ends) - max(span.starts, starts) + SLACK
        return found

    # -- the end -------------------------------------------------------------------------------------------------------

    def _judge_drained(self) -> None:
        world = self._world
        due = timers.next_send_at(world.database)
        someone = next(iter(world.patients.values()))
        if due is not None and due <= world.clock.at:
            self._break("not drained", someone, world.clock.at, "the outbox still has what is due")
        if world.telegram.pending:
            self._break("not drained", someone, world.clock.at, "updates were not taken in")
        wake_at = timers.next_wake_at(world.database)
        if wake_at is not None and wake_at <= world.clock.at:
            self._break("not drained", someone, world.clock.at, "a chart is still due")
        for place, error in world.program.raised:
            self._break("raised", someone, world.clock.at, f"{place}: {error!r}")


# -- days, reckoned anew -----------------------------------------------------------------------------------------------


def occasions(protocol: CareProtocol, surgery: date) -> Iterator[tuple[Timing, date]]:
    """Every day on which the schedule asks somebody who was operated on that day."""
    for timing in protocol.timings:
        if timing.id == protocol.at_enrolment or timing.anchor != SURGERY:
            continue
        last = None if timing.until is None else later(surgery, timing.until)
        yield timing, later(surgery, timing.offset)
        repeat = timing.repeat
        for times in range(1, 200) if repeat is not None else ():
            assert repeat is not None
            months = timing.offset.months + repeat.months * times
            day = later(surgery, Offset(timing.offset.days + repeat.days * times, months))
            if last is not None and day > last:
                break
            yield timing, day


def later(day: date, offset: Offset) -> date:
    """So many months after that day, or the last day of a shorter month; then so many days."""
    year, month = day.year, day.month
    for _ in range(offset.months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1])) + timedelta(days=offset.days)


# -- stories -----------------------------------------------------------------------------------------------------------


def tell(world: World, patient: Patient, around: datetime) -> Iterator[str]:
    """What happened around that time between the patient, us, and staff about them, a line each."""
    size = world.size
    yield (
        f"followupbot simulate {size.protocol} --patients {size.patients} --years {size.years:g} --seed {size.seed}"
        + (" --faults" if size.faults else "")
        + f": {patient.id}, {patient.character.name}, operated {patient.plan.surgery_on}, {patient.zone}"
    )
    lines: list[tuple[datetime, str]] = []
    for act in world.telegram.acts:
        if act.chat == patient.address and abs(act.at - around) <= STORY_AROUND:
            lines.append((act.at, f"| patient {act.what}"))
    for call in world.telegram.log:
        if abs(call.at - around) <= STORY_AROUND and (call.chat == patient.address or patient.id in call.text):
            came = "" if call.accepted else f" ({call.status})"
            to = "patient" if call.chat == patient.address else "staff"
            lines.append((call.at, f"| bot -> {to}: {call.method} {call.sort}{came}"))
    for span in world.spans:
        if abs(span.starts - around) <= STORY_AROUND:
            lines.append((span.starts, f"| {span.kind} until {span.ends:%d %H:%M}"))
    for at, line in sorted(lines)[:STORY_LINES_MAX]:
        yield f"{at:%Y-%m-%d %H:%M:%S} {line}"
