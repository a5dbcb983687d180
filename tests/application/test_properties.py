"""What holds whatever people do, in whatever order, at whatever hour."""

from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from followupbot.application import admins, invitations, records
from followupbot.domain import prompts
from followupbot.domain.alert_state import FLAGS_MAX, Open, Taken
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.changes import ANSWERS_SHOWN_MAX
from followupbot.domain.chart import CLOSED_CHECK_INS_MAX, RESOLVED_ALERTS_MAX, UNREAD_MAX, Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.clinic import Role
from followupbot.domain.decision import ByPatient, ByShell, Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.alerts import FlagRecorded
from followupbot.domain.facts.check_ins import CheckInAsked, CheckInReminded, QuestionAnswered
from followupbot.domain.facts.patient import DeletionRequested, PatientPaused, PatientResumed, PatientStopped
from followupbot.domain.folding import fold
from followupbot.domain.gates import Gate
from followupbot.domain.ids import MessageId, PatientId, QuestionId
from followupbot.domain.manual import COMMANDS
from followupbot.domain.outgoing import Lane, OutgoingMessage, ToPatient
from followupbot.domain.presses import (
    AnswerPress,
    BackPress,
    ChangePress,
    CrisisPress,
    HelpPress,
    LaterPress,
    Press,
    ResolvePress,
    SaidPress,
    StartPress,
    TakePress,
)
from followupbot.domain.replies import AS_BEFORE, NEW, SKIP, SKIPPED, Answer
from followupbot.domain.rules import Tier
from followupbot.domain.schedule import local
from followupbot.domain.series import READINGS_MAX
from followupbot.domain.wake import next_wake_at, wake, wake_alerts
from tests.application.memory import a_store
from tests.application.world import World
from tests.builders import NOW, a_plan, a_programme, a_protocol

SHELL = ByShell("root")
Listing = BackPress | ChangePress | SaidPress
PATIENTS = (1, 2)
STAFF = {11: ("dr_ito", Role.CLINICIAN), 12: ("dr_sato", Role.LEAD), 13: ("ada", Role.ADMIN)}
CARERS = (21, 22)
EVERYBODY = (*PATIENTS, *CARERS, *STAFF, 99)
TEXTS = (
    "I can't feel it when I pee",
    "my husband died",
    "I am in hospital",
    "I want to die",
    "thank you all",
    "1",
    "2",
    "0",
    "no",
    "none",
    "7",
    "9",
    "11",
    "1958",
    "help",
    "",
    "stop",
    "¡Baja!",
    "10:30",
    "Tokyo",
    "3 weeks",
    "español",
)
WISHES = (
    "stop",
    "resume",
    "pause 1w",
    "pause 3 months",
    "zone Tokyo",
    "zone Los Angeles",
    "zone Berlin",
    "zone Honolulu until 2026-03-14",
    "time 19:30",
    "time 9",
    "language es",
    "delete",
    "stop",
    "resume",
    "hepl",
    "pause soon",
    "time",
    "zone",
    "pause",
    "language",
)
ARGUMENTS = ("", "4w", "10:30", "Europe/London", "es", "I leak")
SHORT = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=31), timedelta(hours=3))
LONG = (timedelta(hours=1), timedelta(hours=13), timedelta(days=1), timedelta(days=8), timedelta(days=100))


@dataclass
class Clinic:
    """A world with two patients, three people on the staff, and what has been promised to hold."""

    world: World
    patients: tuple[PatientId, ...]
    seen: int = 0
    read: dict[PatientId, int] = field(default_factory=dict)
    """How many facts of each have been looked at."""
    started_on: set[tuple[PatientId, str, date]] = field(default_factory=set)
    """Whom we wrote to of ourselves on which day of which zone."""

    # -- what people do ------------------------------------------------------------------------------------------------

    def do(self, step: tuple[str, int, int]) -> None:
        """One step; numbers pick among what there is."""
        what, who, which = step
        doing: Callable[[int, int], None] = getattr(self, f"_{what}")
        held = {patient for patient in self.patients if self._chart(patient).held}
        doing(who, which)
        self._starts_one_conversation_a_day(what)
        self.holds(held)

    def _tap(self, who: int, which: int) -> None:
        """A button that this person has before them, or ever had; the newest first."""
        address = EVERYBODY[who % len(EVERYBODY)]
        ever = [(message.id, button) for message in reversed(self.world.messages(address)) for button in message.ever]
        if ever:
            number, button = ever[which % len(ever)]
            self._press(address, button.press, number)

    def _go_on(self, who: int, which: int) -> None:
        """A button that a patient has before them: what most people do most of the time."""
        address = PATIENTS[who % len(PATIENTS)]
        there = [
            (message.id, button)
            for message in reversed(self.world.messages(address))
            for row in message.rows
            for button in row
        ]
        if there:
            number, button = there[-1 - which % min(len(there), 12)] if which % 2 else there[which % len(there)]
            self._press(address, button.press, number)

    def _enrol(self, who: int, which: int) -> None:
        """One step of the way in."""
        for message in reversed(self.world.messages(PATIENTS[who])):
            for button in (button for row in message.rows for button in row):
                if button.label == WAY_IN[which]:
                    self._press(PATIENTS[who], button.press, message.id)
                    return

    def _go_back(self, who: int, which: int) -> None:
        """Back, from any question of a check-in that the chart keeps; or a change at its end."""
        chart = self._chart(self.patients[who % len(self.patients)])
        if chart.check_ins:
            check_in = chart.check_ins[-1 - which % len(chart.check_ins)]
            question = (None, *check_in.form)[which % (len(check_in.form) + 1)]
            self._press(PATIENTS[who % len(PATIENTS)], BackPress(chart.patient, check_in.id, question), MessageId(1))

    def _put_off(self, who: int, which: int) -> None:
        """Another time."""
        chart = self._chart(self.patients[who % len(self.patients)])
        if chart.check_ins:
            press = LaterPress(chart.patient, chart.check_ins[-1].id)
            self._press(PATIENTS[who % len(PATIENTS)], press, MessageId(1))

    def _steal(self, who: int, which: int) -> None:
        """A button that somebody else has, or one that nobody has."""
        address = EVERYBODY[who % len(EVERYBODY)]
        others = [
            button.press
            for other in EVERYBODY
            for message in self.world.messages(other)
            for button in message.ever
            if other != address
        ]
        if others:
            press = others[which % len(others)]
            if isinstance(press, AnswerPress) and which % 3 == 0:
                press = replace(press, check_in=type(press.check_in)(which % 12))
            self._press(address, press, MessageId(which))

    def _write(self, who: int, which: int) -> None:
        self.world.write(EVERYBODY[who % len(EVERYBODY)], TEXTS[which % len(TEXTS)])

    def _wish(self, who: int, which: int) -> None:
        """A slash command; most of those that change when, or whether, we write."""
        command, _, argument = WISHES[which % len(WISHES)].partition(" ")
        self.world.command(EVERYBODY[who % len(EVERYBODY)], command, argument)

    def _command(self, who: int, which: int) -> None:
        """A slash command, with an argument that suits some of them."""
        name = [*COMMANDS, "no_such_command"][which % (len(COMMANDS) + 1)]
        self.world.command(EVERYBODY[who % len(EVERYBODY)], name, ARGUMENTS[which % len(ARGUMENTS)])

    def _read(self, who: int, which: int) -> None:
        """Staff read what a patient wrote."""
        records.read_notes(self.world.store, self.patients[who % len(self.patients)], SHELL, self.world.now)
        self.world.deliver()

    def _send(self, who: int, which: int) -> None:
        self.world.send(EVERYBODY[who % len(EVERYBODY)], "photo")

    def _start(self, who: int, which: int) -> None:
        self.world.start(EVERYBODY[who % len(EVERYBODY)], None if which % 2 else "made-up")

    def _reconnect(self, who: int, which: int) -> None:
        """A new link, opened at once; now and then somebody else's phone opens it."""
        patient = self.patients[who % len(self.patients)]
        link = admins.invite_patient_again(self.world.store, patient, SHELL, self.world.now)
        address = PATIENTS[(who + which % 2) % len(PATIENTS)]
        self.world.start(address, link.token)

    def _invite_carer(self, who: int, which: int) -> None:
        """Somebody helps, whose phone may be the other patient's; two patients may have the same helper."""
        patient = self.patients[who % len(self.patients)]
        invited = invitations.invite(self.world.store, patient, "MG", SHELL, self.world.now)
        if invited is not None:
            self.world.start((*CARERS, *PATIENTS)[which % 4], invited.token)

    def _block(self, who: int, which: int) -> None:
        """The bot is blocked, noticed at once or only when something is sent; or unblocked."""
        address = (*PATIENTS, *CARERS)[who % 4]
        if which % 3:
            self.world.unblock(address)
        else:
            self.world.block(address, unnoticed=which % 2 == 0)
            self.world.deliver()

    def _take(self, who: int, which: int) -> None:
        """A staff member takes, or resolves, the newest alert of a patient."""
        chart = self._chart(self.patients[which % len(self.patients)])
        if chart.alerts:
            address = list(STAFF)[who % len(STAFF)]
            alert = chart.alerts[-1].id
            taking = which % 4 < 2
            press = TakePress(chart.patient, alert) if taking else ResolvePress(chart.patient, alert, "called")
            self.world.press(address, press, MessageId(1))

    def _calm(self, who: int, which: int) -> None:
        """The next answer of an open check-in, in which nothing red is new; now and then something is as before."""
        patient, address = self.patients[who % len(self.patients)], PATIENTS[who % len(PATIENTS)]
        chart = self._chart(patient)
        check_in = chart.open_check_in
        if check_in is None:
            return
        if check_in.state.kind == "waiting":
            self._press(address, StartPress(patient, check_in.id), MessageId(1))
            return
        turn = prompts.upcoming(chart, check_in, self.world.now)
        if turn is not None:
            question = turn.asked.question
            presses = question.presses()
            if isinstance(question, Gate):
                before = tuple(press for press in presses if press[1] == AS_BEFORE)
                presses = (before if which >= UNCHANGED else ()) or presses[-1:]
            name, value = presses[which % len(presses)]
            self._press(address, AnswerPress(patient, check_in.id, name, value), MessageId(1))

    def _restart(self, who: int, which: int) -> None:
        """The program is killed and begins anew; Telegram sends what came last once more."""
        self.world.restart()

    def _change(self, who: int, which: int) -> None:
        """Another answer to a question that has one: it is chosen from the list, and one of its buttons pressed.

        By the patient, or by somebody who helps them or does not; now and then nothing is changed, the list is gone
        back to, or the button is old, made up, or of another page.
        """
        patient = self.patients[who % len(self.patients)]
        address = (PATIENTS[who % 2], PATIENTS[who % 2], PATIENTS[1 - who % 2], CARERS[0])[which // 12 % 4]
        for check_in in self._chart(patient).check_ins[-1:]:
            place, value = which % len(check_in.form), which // len(check_in.form)
            chosen = ChangePress(patient, check_in.id, check_in.form[place])
            listed = ChangePress(patient, check_in.id, None, (0, 0, 8, 50)[which % 4])
            back, left = BackPress(patient, check_in.id), SaidPress(patient, check_in.id)
            for press in ((listed, chosen), (back, chosen), (chosen, back), (listed, left))[which % 7 % 4]:
                self._press(address, press, MessageId(1))
            chart = self._chart(patient)
            found = chart.check_in(check_in.id)
            asked = None if found is None else prompts.put_as(chart, found, found.reopened or QuestionId(""))
            if asked is not None:
                presses = asked.question.presses()
                name, said = presses[value % len(presses)]
                self._press(address, AnswerPress(patient, check_in.id, name, said), MessageId(1))

    def _leave(self, who: int, which: int) -> None:
        staff = self.world.store.clinic().staff
        admins.remove_staff(self.world.store, staff[who % len(staff)].id, SHELL, self.world.now)

    def _join(self, who: int, which: int) -> None:
        address = list(STAFF)[who % len(STAFF)]
        name, role = STAFF[address]
        link = admins.invite_staff(self.world.store, f"{name}{self.world.updates}", role, SHELL, self.world.now)
        self.world.start(address, link.token)

    def _pass(self, who: int, which: int) -> None:
        """Time passes, and everything happens when it is due."""
        self.world.pass_until(self.world.now + SHORT[which % len(SHORT)])

    def _sleep(self, who: int, which: int) -> None:
        """A long time passes while nothing runs; then one round."""
        self.world.now += LONG[which % len(LONG)]
        self.world.round()

    def _press(self, address: int, press: Press, message: MessageId) -> None:
        before = None
        if isinstance(press, AnswerPress) and press.patient in self.patients:
            before = self._chart(press.patient).check_in(press.check_in)
        decision = self.world.press(address, press, message)
        if isinstance(press, AnswerPress) and before is not None and decision.facts:
            self._has_both_answers(press, before)
        if isinstance(press, AnswerPress) and press.card is not None:
            self._is_answered_by_a_card(press, decision)
        if isinstance(press, Listing):
            self._lists_what_was_said(address, press, decision)
        if isinstance(press, CrisisPress | HelpPress) and press.card is not None:
            self._is_helped(press, decision)

    # -- what holds ----------------------------------------------------------------------------------------------------

    def _is_answered_by_a_card(self, press: AnswerPress, decision: Decision) -> None:
        """An emergency press yields a card, whoever presses it; the patient's own, an alert that has no outcome."""
        cards = [
            message
            for message in decision.outgoing
            if isinstance(message, OutgoingMessage) and message.message == f"cards/{press.card}"
        ]
        assert [(card.lane, card.daytime, card.in_place_of) for card in cards] == [(Lane.ALERT, None, None)]
        if cards[0].params["recorded"]:
            alert = self._chart(press.patient).unresolved_alert
            assert alert is not None
            assert alert.tier is Tier.EMERGENCY
        assert not any(
            isinstance(message, OutgoingMessage) and message.lane > Lane.ALERT for message in decision.outgoing
        ), "nothing else follows but the card"

    def _has_both_answers(self, press: AnswerPress, before: CheckIn) -> None:
        """Another answer to the question that was gone back to stands there, and the one before it is kept."""
        said, check_in = before.answer(press.question), self._chart(press.patient).check_in(press.check_in)
        if before.reopened != press.question or said is None or check_in is None or press.value == SKIP:
            return
        assert check_in.reopened is None
        assert str(check_in.answer(press.question)) == press.value
        if str(said) != press.value and said != SKIPPED:
            assert Answer(press.question, said) in check_in.superseded

    def _lists_what_was_said(
        self, address: int, press: BackPress | ChangePress | SaidPress, decision: Decision
    ) -> None:
        """Each button of the list opens a question that has an answer, and nobody's answer is touched by asking."""
        assert not any(isinstance(fact, QuestionAnswered) for fact in decision.facts)
        own = ByPatient(press.patient) in self.world.store.speakers_of(self.world.store.note_chat(address))
        for message in decision.outgoing:
            if isinstance(message, OutgoingMessage) and message.message == "check_ins/change":
                chart = self._chart(press.patient)
                check_in = chart.check_in(press.check_in)
                assert check_in is not None
                assert check_in.reopened is None, "what was opened is closed, and a typed word answers nothing old"
                opens = [button.press for row in message.choices for button in row if button.said is not None]
                assert 1 <= len(opens) <= ANSWERS_SHOWN_MAX
                for opening in opens:
                    assert isinstance(opening, ChangePress)
                    asked = chart.protocol(check_in.version).asked_as(opening.question or QuestionId(""))
                    assert asked is not None
                    assert prompts.answered(check_in, asked.question)
                    assert own or not asked.private, "a carer sees nothing private"

    def _is_helped(self, press: CrisisPress | HelpPress, decision: Decision) -> None:
        """Who needs help gets the card first of all, unless they had it this very minute; and people have an alert."""
        sent = [message for message in decision.outgoing if isinstance(message, OutgoingMessage)]
        cards = [message for message in sent if message.message.startswith("cards/")]
        if not cards:
            alert = self._chart(press.patient).unresolved_alert
            assert isinstance(press, HelpPress)
            assert alert is not None
            assert alert.help is not None
            return
        assert cards[0].lane is Lane.ALERT
        assert cards[0].daytime is None
        if cards[0].params["recorded"]:
            assert self._chart(press.patient).unresolved_alert is not None

    def holds(self, held: Set[PatientId] = frozenset()) -> None:
        """All that is promised, after each step. `held` are those for whom it was held back before the step too."""
        assert self.world.failures == []
        for patient in self.patients:
            self._chart_holds(self._chart(patient))
            if patient in held and self._chart(patient).held:
                mine = [post.outgoing for post in self.world.store.outbox[self.seen :] if post.owner == patient]
                started = [post for post in mine if isinstance(post, OutgoingMessage) and post.daytime is not None]
                assert not [message for message in started if isinstance(message.to, ToPatient)]
        posted = self.world.store.outbox[self.seen :]
        self.seen = len(self.world.store.outbox)
        for message in (entry.outgoing for entry in posted):
            if isinstance(message, OutgoingMessage):
                assert (message.lane is Lane.CHECK_IN) <= (message.daytime is not None), "we start it by day"
                assert (message.lane is Lane.ALERT) <= (message.daytime is None), "at any hour"
                self._shows_no_figures_too_soon(message)

    def _shows_no_figures_too_soon(self, message: OutgoingMessage) -> None:
        """How it has gone is shown to nobody about whom somebody is to look at something urgent."""
        if message.message == "replies/progress":
            alert = self._chart(PatientId(message.key.partition("/")[0])).unresolved_alert
            assert alert is None or alert.tier not in {Tier.EMERGENCY, Tier.SAME_DAY}

    def _chart_holds(self, chart: Chart) -> None:
        store, now = self.world.store, self.world.now
        assert len([check_in for check_in in chart.check_ins if check_in.open]) <= 1
        assert len([alert for alert in chart.alerts if alert.unresolved]) <= 1
        self._is_bounded(chart)
        self._has_alerts(chart, store.facts[chart.patient])
        self._keeps_the_worse(chart, store.facts[chart.patient])
        self._loses_no_emergency(chart)
        self._leaves_in_peace(store.facts[chart.patient])
        woken = fold(chart, _chart_facts(wake_alerts(chart, now)))
        woken = fold(woken, _chart_facts(wake(woken, now)))
        following = next_wake_at(woken)
        assert following is None or following > now
        assert (wake_alerts(woken, now), wake(woken, now)) == (Decision(), Decision())

    def _has_alerts(self, chart: Chart, facts: list[ChartFact]) -> None:
        """No flag of this_week or above without an alert, and none of tier record with one."""
        for fact in facts:
            if isinstance(fact, FlagRecorded):
                assert fact.flag.tier is Tier.RECORD
        fired = {(check_in.id, rule) for check_in in chart.check_ins for rule in check_in.fired}
        flagged = {
            (fact.flag.check_in, fact.flag.trace.rule)
            for fact in facts
            if fact.kind in ("alert_raised", "flag_joined", "flag_recorded")
        }
        assert fired <= flagged

    def _starts_one_conversation_a_day(self, step: str) -> None:
        """We begin, or remind, at most once on any day of the patient's (issue 4.4)."""
        for patient in self.patients:
            facts, seen = self.world.store.facts[patient], self.read.get(patient, 0)
            self.read[patient] = len(facts)
            if step not in ("pass", "sleep"):
                continue
            zone = self._chart(patient).enrolled.plan.zone
            for fact in facts[seen:]:
                asked = isinstance(fact, CheckInAsked) and fact.for_day is not None
                if asked or isinstance(fact, CheckInReminded):
                    day = patient, zone, local(fact.at, zone).date()
                    assert day not in self.started_on, fact
                    self.started_on.add(day)
                    if step == "pass":  # whoever looks at the clock all the time begins nothing at night
                        assert self._chart(patient).daytime.next(fact.at) == fact.at, fact

    def _leaves_in_peace(self, facts: list[ChartFact]) -> None:
        """Nothing is asked or reminded of between a wish for quiet and the return."""
        quiet = False
        for fact in facts:
            if isinstance(fact, PatientStopped | PatientPaused | DeletionRequested):
                quiet = True
            elif isinstance(fact, PatientResumed):
                quiet = False
            elif isinstance(fact, CheckInReminded) or (isinstance(fact, CheckInAsked) and fact.for_day is not None):
                assert not quiet, fact

    def _loses_no_emergency(self, chart: Chart) -> None:
        """Without an outcome it goes on paging; with a card it is asked about until help is there."""
        for alert in chart.alerts:
            if alert.tier is not Tier.EMERGENCY or not alert.unresolved:
                continue
            match alert.state:
                case Open(_, at) | Taken(_, _, at):
                    assert at is not None
                case _:
                    raise AssertionError("it has an outcome")
            if alert.card is not None and alert.help is None:
                assert alert.help_told is not None
                assert alert.help_told.getting

    def _keeps_the_worse(self, chart: Chart, facts: list[ChartFact]) -> None:
        """One answer for each question and occasion; a red-flag item that was once reported stays reported."""
        for check_in in chart.check_ins:
            names = [answer.question for answer in check_in.answers]
            assert len(names) == len(set(names))
            for fact in facts:
                if not isinstance(fact, QuestionAnswered) or fact.check_in != check_in.id:
                    continue
                if fact.value == NEW:
                    assert check_in.answer(fact.question) == NEW
                elif fact.value == AS_BEFORE:
                    assert check_in.answer(fact.question) in {AS_BEFORE, NEW}

    def _is_bounded(self, chart: Chart) -> None:
        rules = len(a_programme().protocols[chart.enrolled.plan.protocol].rules)
        assert len(chart.check_ins) <= CLOSED_CHECK_INS_MAX + 1
        assert len(chart.alerts) <= RESOLVED_ALERTS_MAX + 1
        assert len(chart.unread) <= UNREAD_MAX
        assert all(len(alert.flags) <= FLAGS_MAX for alert in chart.alerts)
        assert all(len(series.readings) <= READINGS_MAX for series in chart.history.values())
        assert all(len(check_in.fired) <= rules for check_in in chart.check_ins)

    def _chart(self, patient: PatientId) -> Chart:
        chart = self.world.store.chart(patient)
        assert chart is not None
        return chart


def _chart_facts(decision: Decision) -> list[ChartFact]:
    return [fact for fact in decision.facts if isinstance(fact, ChartFact)]


def a_reminding_protocol() -> CareProtocol:
    """The protocol of other tests, which reminds after a day and a half, when it is night, and after three."""
    protocol = a_protocol()
    spans = timedelta(hours=36), timedelta(days=3)
    return replace(protocol, timings=tuple(replace(timing, reminders=spans) for timing in protocol.timings))


def a_clinic_at_work() -> Clinic:
    """Everybody has joined; both patients have opened their links, one is asked for a year of birth."""
    world = World(a_store(a_programme(a_reminding_protocol())), NOW)
    for address, (name, role) in STAFF.items():
        world.start(address, admins.invite_staff(world.store, name, role, SHELL, world.now).token)
    patients = []
    for address, born in zip(PATIENTS, (None, 1958), strict=True):
        patient, link = admins.invite_patient(world.store, a_plan(born=born), SHELL, world.now)
        world.start(address, link.token)
        patients.append(patient)
    return Clinic(world, tuple(patients))


UNCHANGED = 50
"""From there on a calm answer to a red flag is that it was there before."""

NUMBERS = st.integers(0, 60)
STEPS = st.tuples(
    st.sampled_from(
        ["go_on"] * 6
        + ["calm"] * 4
        + ["tap"] * 4
        + ["pass"] * 4
        + ["take"] * 3
        + ["go_back"] * 3
        + ["put_off"]
        + ["wish"] * 3
        + ["steal", "steal", "write", "write", "sleep", "sleep", "send", "start", "reconnect", "leave", "join"]
        + ["restart"] * 2
        + ["change"] * 2
        + ["command", "command", "read", "invite_carer", "invite_carer", "block", "block"]
    ),
    NUMBERS,
    NUMBERS,
)

WAY_IN = ("next", "next", "agree", "right", "call", "tea", "start")

ENROLLED = [("enrol", 0, step) for step in range(len(WAY_IN))]
"""The first patient reads, agrees, tries the buttons, and starts."""


WEEK = [("sleep", 0, 3)]
"""Eight days; two weeks after the operation something is due, which waits if it is found to be so at night."""

NIGHT = [("pass", 0, 3)] * 5

TWO_DAYS = [("pass", 0, 3)] * 16


@given(st.lists(STEPS, max_size=50))
@example([*ENROLLED, ("go_on", 0, 0), ("take", 0, 0), ("take", 0, 2), ("tap", 0, 0), ("sleep", 0, 4), ("tap", 0, 0)])
@example([("wish", 0, 0), *WEEK, *WEEK, ("wish", 0, 1), *WEEK])
@example([("wish", 0, 2), *WEEK, *WEEK])
@example([("sleep", 0, 1), *WEEK, ("wish", 0, 0), *NIGHT])
@example([("sleep", 0, 1), *WEEK, ("wish", 0, 5), *NIGHT])
@example([("wish", 0, 7), *WEEK, *WEEK])
@example([("pass", 0, 3)] * 40)
@example([*[("sleep", 9, 36)] * 3, ("sleep", 19, 7), ("sleep", 19, 6)])
@example([*[("calm", 0, 1)] * 5, ("change", 0, 0), ("restart", 0, 0), ("change", 0, 9), ("change", 0, 2), *NIGHT])
@example([*[("calm", 0, 1)] * 3, ("restart", 0, 0), *[("calm", 0, 1)] * 9, ("change", 0, 0), ("change", 0, 9)])
@example([("calm", 0, 60), ("change", 0, 4), ("restart", 0, 0), ("change", 0, 4)])
@example([*[("calm", 0, 1)] * 12, ("wish", 0, 0), ("change", 0, 3), ("go_back", 0, 0), *TWO_DAYS])
@example([*[("calm", 0, 1)] * 12, *[("change", 0, n) for n in range(24)], *TWO_DAYS])
@example([("invite_carer", 0, 3), ("go_on", 1, 0), *[("calm", 0, 1)] * 12, *[("change", 0, n) for n in range(24, 36)]])
@example([("invite_carer", 0, 3), ("invite_carer", 1, 0), ("go_on", 0, 0), ("go_on", 1, 0), *WEEK])
@example([("wish", 0, 11), ("invite_carer", 0, 15), ("go_on", 1, 0)])
def test_whatever_people_do_what_is_promised_holds(steps: list[tuple[str, int, int]]) -> None:
    """Presses new, stale, foreign and made up; words; time that passes or was slept through; staff who come and go."""
    clinic = a_clinic_at_work()
    for step in [*ENROLLED, *steps]:
        clinic.do(step)
    for patient in clinic.patients:
        facts = clinic.world.store.facts[patient]
        assert fold(Chart(patient), facts) == clinic.world.store.chart(patient), "a chart is what its facts add up to"


@given(st.lists(STEPS, max_size=25))
def test_the_same_cause_decides_once(steps: list[tuple[str, int, int]]) -> None:
    """Every update comes a second time: no fact, no message."""
    clinic = a_clinic_at_work()
    clinic.world.delivers_twice = True
    for step in [*ENROLLED, *steps]:
        clinic.do(step)


def test_a_patient_of_twenty_years_has_a_chart_of_the_same_size() -> None:
    """Emergencies, alerts, notes, missed and answered check-ins, year after year."""
    clinic, sizes = a_clinic_at_work(), []
    for step in ENROLLED:
        clinic.do(step)
    for year in range(20):
        for step in [("tap", 0, 0), ("write", 0, 4), ("read", 0, 0), ("take", 0, 0), ("take", 0, 2), ("go_on", 0, 0)]:
            clinic.do(step)
        for _ in range(4):
            clinic.do(("sleep", 0, 4))
        chart = clinic._chart(clinic.patients[0])
        sizes.append(len(repr(replace(chart, clinic=type(chart.clinic)(), programmes={}))))
        assert len(clinic.world.store.facts[chart.patient]) > 5 * year
    assert max(sizes[15:]) <= max(sizes[:15])
