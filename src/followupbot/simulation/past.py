"""A made-up patient's past: what the real domain decides about somebody of that character, year after year.

No Telegram, no storage and no clock: decisions follow one another, and what they record is given back. It is for
whoever needs many patients who have a history, quickly.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from followupbot.domain import alerts, check_ins, enrolment, help, preparation, wake, yearly
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.facts import ChartFact
from followupbot.domain.folding import fold
from followupbot.domain.ids import ChatId, MessageId, TokenHash
from followupbot.domain.outgoing import OutgoingMessage, ToPatient
from followupbot.domain.presses import AnswerPress, HelpPress, Press, StartPress, YearlyPress
from followupbot.domain.screens import RED_FLAG_RIGHT
from followupbot.simulation.characters import Character

PRESSES_MAX = 300
"""No check-in is so long: one that goes on has gone in a circle."""

CAME_IN = timedelta(days=5)
"""Between the operation and the link."""

YEAR = timedelta(days=365.25)
LINK_LASTS = timedelta(days=7)
SCREEN_TAKES = timedelta(seconds=20)
TAKEN_AFTER = timedelta(minutes=3)
ENDED_AFTER = timedelta(minutes=40)

_PRESSED = MessageId(1)


@dataclass
class Past:
    """One patient's, as far as it has been lived. `facts` are all there are, the oldest first."""

    chart: Chart
    character: Character
    chance: random.Random
    clinician: StaffMember | None
    facts: list[ChartFact] = field(default_factory=list)
    begins: datetime | None = None

    def enrol(self, plan: Plan, chat: ChatId, now: datetime) -> None:
        """The patient has come in by a link, taken no wrong turn, and takes part."""
        token = TokenHash(f"past/{self.chart.patient}")
        self.begins = now
        self._keep(enrolment.invite(self.chart, plan, Invitation(token, now + LINK_LASTS), now))
        self._keep(enrolment.connect(self.chart, chat, token, now))
        self._keep(enrolment.read_on(self.chart, 1, _PRESSED, now))
        self._keep(enrolment.read_on(self.chart, 2, _PRESSED, now))
        self._keep(enrolment.consent(self.chart, True, _PRESSED, now))
        self._keep(preparation.confirm_plan(self.chart, _PRESSED, now))
        self._keep(preparation.teach_back(self.chart, RED_FLAG_RIGHT, _PRESSED, now))
        self._answer(self._keep(preparation.practise(self.chart, _PRESSED, now)), now)

    def live(self, until: datetime) -> None:
        """Everything that was due before then has happened."""
        while (at := wake.next_wake_at(self.chart)) is not None and at < until:
            woken = wake.wake_alerts(self.chart, at)
            presses = self._keep(woken)
            presses += self._keep(wake.wake(self.chart, at))
            self._answer(presses, at)
            self._clear_up(at)

    def _keep(self, decision: Decision) -> list[Press]:
        """It is recorded; the buttons that the patient has of it."""
        self.chart = fold(self.chart, decision.chart_facts)
        self.facts += decision.chart_facts
        return [choice.press for message in _messages(decision) for row in message.choices for choice in row]

    def _answer(self, presses: list[Press], now: datetime) -> None:
        """The patient deals with what they are asked; whoever does not feel like it leaves it."""
        if any(isinstance(press, StartPress) for press in presses) and self.chance.random() >= self.character.answers:
            return
        for _ in range(PRESSES_MAX):
            now += SCREEN_TAKES
            decision = self._react(presses, now)
            if decision is None:
                return
            presses = self._keep(decision)
        raise AssertionError("a check-in does not come to its end")

    def _react(self, presses: list[Press], now: datetime) -> Decision | None:
        answers = [press for press in presses if isinstance(press, AnswerPress)]
        if answers:
            chosen = self.character.choose(answers, self._years(now), self.chance)
            return check_ins.answer_press(
                self.chart, chosen.check_in, chosen.question, chosen.value, _PRESSED, now, chosen.card
            )
        for press in presses:
            match press:
                case StartPress(check_in=check_in):
                    return check_ins.begin(self.chart, check_in, _PRESSED, now)
                case YearlyPress(what=what, value=value) if what != yearly.TAUGHT or value == RED_FLAG_RIGHT:
                    return yearly.hear(self.chart, what, value, _PRESSED, now)
                case HelpPress(alert=alert, getting=True):
                    return help.answer(self.chart, alert, True, None, _PRESSED, now)
                case _:
                    pass
        return None

    def _years(self, now: datetime) -> float:
        assert self.begins is not None, "nobody is asked before they have come in"
        return (now - self.begins) / YEAR

    def _clear_up(self, now: datetime) -> None:
        """A clinician takes what has come up, and says how it ended."""
        alert = self.chart.unresolved_alert
        if alert is None or self.clinician is None:
            return
        self._keep(alerts.take(self.chart, alert.id, self.clinician, now + TAKEN_AFTER))
        self._keep(alerts.resolve(self.chart, alert.id, self.clinician, "called", now + ENDED_AFTER))


def _messages(decision: Decision) -> list[OutgoingMessage]:
    found = [message for message in decision.outgoing if isinstance(message, OutgoingMessage)]
    return [message for message in found if isinstance(message.to, ToPatient)]
