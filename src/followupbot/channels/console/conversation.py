"""One patient's conversation on a virtual clock: the domain decides as it would, and memory alone keeps it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from followupbot.application.ports import Renderer
from followupbot.channels.console import hearing, showing
from followupbot.channels.console.screen import Screen
from followupbot.domain import check_ins, help, occasions, wake
from followupbot.domain.chart import Chart
from followupbot.domain.decision import ByShell, Cause, Decision
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.check_ins import CheckInCompleted, CheckInEnded
from followupbot.domain.folding import fold
from followupbot.domain.ids import PatientId
from followupbot.domain.outgoing import OutgoingMessage
from followupbot.domain.presses import Press

ANSWER_TAKES = timedelta(seconds=5)

_CAUSE = Cause("preview", ByShell("preview"))


@dataclass
class Conversation:
    """What has been said so far, and everything that came of it.

    `facts` and `sent` are what was decided since it began, `buttons` what may be typed in place of a press.
    """

    chart: Chart
    now: datetime
    renderer: Renderer
    facts: list[ChartFact] = field(default_factory=list)
    sent: list[OutgoingMessage] = field(default_factory=list)
    buttons: Mapping[str, Press] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether nothing waits for the patient, and nothing is still to come that asks whether help is there."""
        return not self.waits and help.next_wake_at(self.chart) is None

    @property
    def waits(self) -> bool:
        """Whether there is something for the patient to press or to write."""
        return bool(self.buttons) or self.chart.open_check_in is not None

    def take(self, decision: Decision) -> tuple[Screen, ...]:
        """The decision is kept; what the patient gets of it, in its order."""
        facts = decision.chart_facts
        self.chart = fold(self.chart, facts)
        self.facts += facts
        self.sent += (message for message in decision.outgoing if isinstance(message, OutgoingMessage))
        shown = showing.screens(self.renderer, showing.messages(decision), decision.notice)
        over = any(isinstance(fact, CheckInCompleted | CheckInEnded) for fact in facts)
        self.buttons = showing.keys({} if over else self.buttons, decision, shown)
        return shown

    def say(self, line: str) -> tuple[Screen, ...]:
        """What the patient gets for having pressed the button of that key, or else for having written that."""
        self.now += ANSWER_TAKES
        pressed = self.buttons.get(line)
        if pressed is None:
            return self.take(hearing.written(self, self.chart.patient, line, _CAUSE, self.now))
        return self.take(hearing.pressed(self, pressed, _CAUSE, self.now))

    def wait_for_help(self) -> tuple[Screen, ...]:
        """Time has passed until the patient is asked whether help is there: that question."""
        at = help.next_wake_at(self.chart)
        assert at is not None, "it is not over"
        self.now = max(self.now, at)
        return self.take(help.wake(self.chart, self.now))

    def fall_silent(self) -> Iterator[tuple[datetime, Screen]]:
        """Nothing more is said until the check-in is over; what the patient still gets, and when."""
        left = self.chart.open_check_in
        while left is not None and (check_in := self.chart.check_in(left.id)) is not None and check_in.open:
            times = (occasions.next_wake_at(self.chart), check_ins.next_wake_at(self.chart))
            at = min((at for at in times if at is not None), default=None)
            if at is None:
                return  # held back until staff have read what the patient wrote
            self.now = max(self.now, at)
            for shown in self.take(wake.wake(self.chart, self.now)):
                yield self.now, shown

    def transact(self, _: PatientId, __: Cause, decide: Callable[[Chart], Decision]) -> Decision:
        """What is decided about this chart; `take` keeps it."""
        return decide(self.chart)
