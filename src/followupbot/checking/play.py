"""One patient on a virtual clock, enrolled, asked and answering: a story is played through the domain."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from followupbot.checking.cast import (
    ANSWERS_AFTER,
    ASK_AT,
    CHAT,
    DOCTOR,
    PRESSED,
    SURGERY_ON,
    TOKEN,
    WAY_IN,
    ZONE,
    language_of,
)
from followupbot.checking.histories import Occasion, Outcome, Said, Vignettes
from followupbot.domain import alerts, check_ins, enrolment, occasions, wake
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.chart import Chart
from followupbot.domain.check_in_state import CheckIn
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.alerts import AlertRaised, FlagJoined, FlagRecorded
from followupbot.domain.facts.check_ins import ScoreRecorded
from followupbot.domain.facts.occasions import RecheckPlanned
from followupbot.domain.folding import fold
from followupbot.domain.ids import CardId, CheckInId, QuestionId, TopicId
from followupbot.domain.outgoing import OutgoingMessage, ToPatient
from followupbot.domain.questions import Date, Multiple, Number, Question, Text
from followupbot.domain.replies import SKIP
from followupbot.domain.schedule import PartialDate, local, resolve
from followupbot.protocol_files.reading import nearest

PRESSES_MAX = 300
"""No form is so long: a conversation that goes on has gone in a circle."""

RECHECKS_WITHIN = timedelta(days=100)
"""For so long the clock is watched for the re-check that an occasion has planned."""

QUESTIONS = "questions/"
"""Messages of this folder put a question."""

ANSWER_TAKES = timedelta(seconds=1)
PRESSES_AGAIN_AFTER = timedelta(minutes=2)


@dataclass
class Moment:
    """A patient's chart at one time, and what has been decided on from there: stories with one beginning share it."""

    chart: Chart
    now: datetime
    further: "dict[tuple[object, ...], Step]" = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One decision, kept: the moment after it, its facts, and the messages to the patient, by name."""

    after: Moment
    facts: tuple[ChartFact, ...]
    sent: tuple[str, ...]
    puts: QuestionId | None = None
    """The newest question among the messages."""


class Play:
    """One patient on a virtual clock, and what the clinic and the clock do in between."""

    def __init__(self, protocol: CareProtocol, vignettes: Vignettes, beginning: Moment) -> None:
        self._protocol = protocol
        self._vignettes = vignettes
        self._moment = beginning
        self._asked: list[QuestionId] = []
        self._sent: list[str] = []
        self._facts: list[ChartFact] = []
        self._confirmed = False
        """Whether the clinic confirms what was told as old and unchanged on the occasion before."""
        self._put: QuestionId | None = None
        """The question that waits: the newest that the last decision put; none where it put none."""

    def occasion(self, occasion: Occasion) -> tuple[str, ...]:
        """It is asked and answered; in what the conversation goes otherwise than it is written."""
        if not self._close_alert():
            return ("nothing was told as old and unchanged on the occasion before, so nobody confirms it",)
        self._confirmed = occasion.confirmed
        self._forget()
        fault = self._ask(occasion)
        if fault is not None:
            return (fault,)
        faults = self._talk(occasion)
        self._press_again(occasion)
        if occasion.waits is not None:
            self._run_until(self._now + occasion.waits)
        if occasion.expires and self._open is not None:
            self._run_until(self._open.expires_at)
        elif occasion.expires:
            faults += ("it is over before it can expire",)
        return faults

    def outcome(self, faults: tuple[str, ...]) -> Outcome:
        """What came of the last occasion."""
        facts, today = self._facts, local(self._now, ZONE).date()
        flags = [fact.flag for fact in facts if isinstance(fact, FlagRecorded | AlertRaised | FlagJoined)]
        alert = self._chart.unresolved_alert
        cards, topics = self._named("cards/"), self._named("education/")
        if len(cards) > 1 or len(topics) > 1:
            faults += (f"more than one is sent: {', '.join((*cards, *topics))}",)
        return Outcome(
            tier=min((flag.tier for flag in flags), key=lambda tier: tier.rank, default=None),
            rules=tuple(dict.fromkeys(flag.trace.rule for flag in flags)),
            card=CardId(cards[0]) if cards else None,
            alert=None if alert is None else alert.tier,
            education=TopicId(topics[0]) if topics else None,
            recheck=tuple(sorted({(fact.on - today).days for fact in facts if isinstance(fact, RecheckPlanned)})),
            asked=tuple(self._asked),
            scores={fact.score: fact.value for fact in facts if isinstance(fact, ScoreRecorded)},
            faults=faults,
        )

    @property
    def moment(self) -> Moment:
        """The chart as it is now, and what the time is."""
        return self._moment

    @property
    def _chart(self) -> Chart:
        return self._moment.chart

    @property
    def _now(self) -> datetime:
        return self._moment.now

    # -- asking

    @property
    def _open(self) -> CheckIn | None:
        return self._chart.open_check_in

    def _ask(self, occasion: Occasion) -> str | None:
        """The check-in is put; or why it can't be."""
        if occasion.recheck:
            return self._ask_again()
        name = occasion.asks or self._vignettes.asks
        if self._chart.active is None:
            return self._enrol(occasion)
        timing = next((found for found in self._protocol.timings if found.id == name), None)
        if timing is None:
            return f"no timing {name}{nearest(name, [found.id for found in self._protocol.timings])}"
        day = next(iter(timing.days(SURGERY_ON))) if occasion.at is None else occasion.at.after(SURGERY_ON)
        due_at = resolve(day, ASK_AT, ZONE)
        if due_at <= self._now:
            return f"it is asked on {day.isoformat()}, which is over by then"
        if self._open is not None:
            self._run_until(min(due_at, self._open.expires_at))
        if self._open is not None:
            return f"it is asked on {day.isoformat()}, while the one before is still open"
        self._at(due_at)
        self._decide(("ask", timing.id), lambda chart, now: check_ins.ask(chart, timing, now, day))
        self._at(self._now + ANSWERS_AFTER)
        return None

    def _enrol(self, occasion: Occasion) -> str | None:
        if occasion.at is None:
            return 'the first occasion is the enrolment; say "at"'
        language = language_of(self._protocol)
        plan = Plan(self._protocol.key, PartialDate.parse(SURGERY_ON.isoformat()), ZONE, language, ASK_AT)
        self._at(resolve(occasion.at.after(SURGERY_ON), ASK_AT, ZONE))
        invitation = Invitation(TOKEN, self._now + timedelta(days=1))
        self._decide(("invite",), lambda chart, now: enrolment.invite(chart, plan, invitation, now))
        self._decide(("connect",), lambda chart, now: enrolment.connect(chart, CHAT, TOKEN, now))
        for name, step in WAY_IN:
            self._decide((name,), step)
        self._at(self._now + ANSWERS_AFTER)
        return None if self._open is not None else "nothing is asked at enrolment"

    def _ask_again(self) -> str | None:
        until = self._now + RECHECKS_WITHIN
        if self._open is not None:
            return "there is no re-check before the one before is over"
        while self._open is None:
            at = self._next_wake_at()
            if at is None or at > until:
                return "the occasion before plans no re-check"
            self._run_until(at)
        self._forget()
        self._at(self._now + ANSWERS_AFTER)
        return None

    # -- answering

    def _talk(self, occasion: Occasion) -> tuple[str, ...]:
        check_in = self._open
        assert check_in is not None, "it has been asked"
        told: set[str] = set()
        if occasion.stops_at is not None and occasion.stops_at == _first(check_in):
            return ()
        self._decide(("begin",), lambda chart, now: check_ins.begin(chart, check_in.id, PRESSED, now))
        for _ in range(PRESSES_MAX):
            question = self._waiting()
            if question is None:
                break
            if question.id == occasion.stops_at:
                return _left_over(occasion, told)
            name, said = self._said(question, occasion)
            if said is None:
                return (f"{question.id} is asked, and there is no answer to it", *_left_over(occasion, told))
            told.add(name)
            self._asked.append(question.id)
            fault = self._answer(check_in.id, question, name, said)
            if fault is not None:
                return (fault,)
        stopped = () if occasion.stops_at is None else (f"{occasion.stops_at} is never asked",)
        return (*stopped, *_left_over(occasion, told))

    def _said(self, question: Question, occasion: Occasion) -> tuple[str, Said | None]:
        """Which of the question's names is answered, and with what."""
        names = (question.id, *question.ids())
        for answers in (occasion.answers, self._vignettes.usual):
            for name in names:
                if name in answers:
                    return name, answers[name]
        return question.id, None

    def _answer(self, check_in: CheckInId, question: Question, name: str, said: Said) -> str | None:
        """The answer is given; or why it can't be."""
        before = self._chart.version
        text = said if isinstance(said, str) else ""
        if isinstance(question, Number | Date | Text) and said != SKIP:
            self._decide(
                ("text", text), lambda chart, now: check_ins.answer_text(chart, text, now) or Decision(), ANSWER_TAKES
            )
        else:
            value = _mask(question, said) if isinstance(question, Multiple) and said != SKIP else text
            self._press(check_in, name, value, ANSWER_TAKES)
        return f"{name} can't be answered with {said}" if self._chart.version == before else None

    def _press_again(self, occasion: Occasion) -> None:
        newest = max(check_in.id for check_in in self._chart.check_ins)
        for name, said in occasion.then.items():
            self._press(newest, name, said if isinstance(said, str) else "", PRESSES_AGAIN_AFTER)

    def _press(self, check_in: CheckInId, name: str, value: str, after: timedelta) -> None:
        question = QuestionId(name)
        self._decide(
            ("press", check_in, name, value, after),
            lambda chart, now: check_ins.answer_press(chart, check_in, question, value, PRESSED, now),
            after,
        )

    def _waiting(self) -> Question | None:
        return None if self._put is None else self._protocol.question(self._put)

    def _named(self, folder: str) -> list[str]:
        return [name.removeprefix(folder) for name in self._sent if name.startswith(folder)]

    # -- time and the clinic

    def _forget(self) -> None:
        self._asked, self._sent, self._facts, self._put = [], [], [], None

    def _at(self, now: datetime) -> None:
        """It has become that late."""
        known = self._moment.further.get(("at", now))
        if known is None:
            known = self._moment.further["at", now] = Step(Moment(self._chart, now), (), ())
        self._moment = known.after

    def _decide(
        self,
        key: tuple[object, ...],
        decide: Callable[[Chart, datetime], Decision],
        after: timedelta = timedelta(),
    ) -> None:
        """The decision is kept, as storage would; where another story took it here before, that one is taken."""
        step = self._moment.further.get(key)
        if step is None:
            now = self._now + after
            decision = decide(self._chart, now)
            facts = decision.chart_facts
            messages = (message for message in decision.outgoing if isinstance(message, OutgoingMessage))
            sent = tuple(message.message for message in messages if isinstance(message.to, ToPatient))
            puts = [QuestionId(name.removeprefix(QUESTIONS)) for name in sent if name.startswith(QUESTIONS)]
            step = Step(Moment(fold(self._chart, facts), now), facts, sent, puts[-1] if puts else None)
            self._moment.further[key] = step
        self._put = step.puts
        self._facts += step.facts
        self._sent += step.sent
        self._moment = step.after

    def _run_until(self, until: datetime) -> None:
        """The clock has done what is due by then, alerts left alone."""
        while (at := self._next_wake_at()) is not None and at <= until:
            self._at(max(self._now, at))
            before = self._chart.version
            self._decide(("wake",), wake.wake)
            assert self._chart.version > before, "after wake, nothing is due that was due before"
        self._at(max(self._now, until))

    def _next_wake_at(self) -> datetime | None:
        times = (occasions.next_wake_at(self._chart), check_ins.next_wake_at(self._chart))
        return min((at for at in times if at is not None), default=None)

    def _close_alert(self) -> bool:
        """Between two occasions the clinic has dealt with everything; whether it could in the way that is written."""
        alert = self._chart.unresolved_alert
        if alert is None:
            return not self._confirmed
        outcomes = [found.id for found in self._protocol.outcomes if found.confirms_baseline is self._confirmed]
        if not outcomes:
            return False
        outcome = outcomes[0]
        self._decide(("take",), lambda chart, now: alerts.take(chart, alert.id, DOCTOR, now))
        self._decide(("resolve", outcome), lambda chart, now: alerts.resolve(chart, alert.id, DOCTOR, outcome, now))
        return self._chart.unresolved_alert is None


def _left_over(occasion: Occasion, told: set[str]) -> tuple[str, ...]:
    return tuple(f"{name} is never asked" for name in occasion.answers if name not in told)


def _first(check_in: CheckIn) -> QuestionId:
    return check_in.form[0]


def _mask(question: Multiple, said: Said) -> str:
    names = (said,) if isinstance(said, str) else said
    known = [name for name in names if name in question.options]
    return f"d{sum(1 << question.options.index(name) for name in known)}" if len(known) == len(names) else ""
