"""One patient's conversation on a virtual clock: the domain decides as it would, and memory alone keeps it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from followupbot.application import anytime, commands, patients
from followupbot.application.ports import Renderer
from followupbot.channels.console import screen
from followupbot.domain import check_ins, occasions, wake
from followupbot.domain.chart import Chart
from followupbot.domain.decision import ByShell, Cause, Decision
from followupbot.domain.delivery import Rendered
from followupbot.domain.facts import ChartFact, CheckInCompleted
from followupbot.domain.folding import fold
from followupbot.domain.ids import MessageId, PatientId
from followupbot.domain.outgoing import (
    CheckNowPress,
    CommandPress,
    CrisisPress,
    HelpPress,
    OutgoingMessage,
    Press,
    ResolvePress,
    Retire,
    TakePress,
    ToPatient,
    TopicPress,
)

ANSWER_TAKES = timedelta(seconds=5)

PRESSED = MessageId(1)
"""Which message it was: a terminal edits none, so they need no names."""

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
        """Whether nothing waits for the patient."""
        return not self.buttons and self.chart.open_check_in is None

    def take(self, decision: Decision) -> tuple[Rendered, ...]:
        """The decision is kept; what the patient gets of it, in its order."""
        facts = tuple(fact for fact in decision.facts if isinstance(fact, ChartFact))
        self.chart = fold(self.chart, facts)
        self.facts += facts
        if any(isinstance(fact, CheckInCompleted) for fact in facts):
            self.buttons = {}
        shown = []
        for outgoing in decision.outgoing:
            if not isinstance(outgoing, OutgoingMessage | Retire) or not isinstance(outgoing.to, ToPatient):
                continue
            if isinstance(outgoing, Retire) or outgoing.in_place_of is not None:
                self.buttons = {}
            if isinstance(outgoing, OutgoingMessage):
                rendered = self.render(outgoing)
                self.buttons = screen.keys(rendered) or self.buttons
                shown.append(rendered)
        self.sent += (message for message in decision.outgoing if isinstance(message, OutgoingMessage))
        return tuple(shown)

    def render(self, message: OutgoingMessage) -> Rendered:
        """The message in words. LookupError where there are none."""
        return self.renderer.render(message.words, message.language, message.message, message.params, message.choices)

    def say(self, line: str) -> tuple[Rendered, ...]:
        """What the patient gets for having pressed the button of that key, or else for having written that."""
        self.now += ANSWER_TAKES
        pressed = self.buttons.get(line)
        return self.take(self._written(line) if pressed is None else self._pressed(pressed))

    def fall_silent(self) -> Iterator[tuple[datetime, Rendered]]:
        """Nothing more is said until the check-in is over; what the patient still gets, and when."""
        left = self.chart.open_check_in
        while left is not None and (check_in := self.chart.check_in(left.id)) is not None and check_in.open:
            times = (occasions.next_wake_at(self.chart), check_ins.next_wake_at(self.chart))
            self.now = max(self.now, min(at for at in times if at is not None))
            for rendered in self.take(wake.wake(self.chart, self.now)):
                yield self.now, rendered

    def transact(self, _: PatientId, __: Cause, decide: Callable[[Chart], Decision]) -> Decision:
        """What is decided about this chart; `take` keeps it."""
        return decide(self.chart)

    def _pressed(self, press: Press) -> Decision:
        match press:
            case TakePress() | ResolvePress():
                raise AssertionError("only staff are sent such a button")
            case CommandPress():
                return commands.carry_out(self, press.patient, press.command, press.argument, _CAUSE, self.now)
            case HelpPress() | CrisisPress() | CheckNowPress() | TopicPress():
                return anytime.press(self, press, PRESSED, _CAUSE, self.now)
            case _:
                return patients.press(self, press, PRESSED, _CAUSE, self.now)

    def _written(self, text: str) -> Decision:
        if text.startswith("/"):
            command, _, argument = text.removeprefix("/").partition(" ")
            return commands.carry_out(self, self.chart.patient, command, argument, _CAUSE, self.now)
        return patients.write(self, self.chart.patient, text, _CAUSE, self.now)
