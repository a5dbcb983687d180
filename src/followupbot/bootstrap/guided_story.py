"""The practice clinic's guided story: what a newcomer does on the phones, step by step, and how far they are."""

from collections.abc import Callable
from dataclasses import dataclass

from followupbot.channels.telegram import callback_data
from followupbot.domain.presses import AnswerPress, Press, ResolvePress, StartPress, TakePress
from followupbot.domain.replies import NEW, NONE_OF_THESE
from followupbot.practice import Person
from followupbot.practice.guide import Shown

Wanted = Callable[[Press], bool]


@dataclass(frozen=True)
class Step:
    """One step; the page has its words. Without `wanted` and `written` it is read, and gone on from."""

    key: str
    who: Person | None = None
    wanted: Wanted | None = None
    written: str | None = None
    """What somebody writes, in place of a press."""

    @property
    def waits(self) -> bool:
        """Whether somebody has to do something for it."""
        return self.wanted is not None or self.written is not None


def steps_of(patient: Person, clinician: Person) -> tuple[Step, ...]:
    """A weak foot that a clinician takes in hand, and then an emergency, in the programme that ships."""
    return (
        Step("begin"),
        Step("start", patient, lambda press: isinstance(press, StartPress)),
        Step("screen_1", patient, _nothing_new("gate_bladder_bowel")),
        Step("screen_2", patient, _nothing_new("gate_feeling")),
        Step("foot", patient, lambda press: _answers(press, "rf_foot", NEW)),
        Step("how_much", patient, lambda press: _answers(press, "rf_foot_degree", "clearly")),
        Step("alert", clinician, lambda press: isinstance(press, TakePress)),
        Step("heard", patient),
        Step("outcome", clinician, lambda press: isinstance(press, ResolvePress)),
        Step("urgent", patient, written="/urgent"),
        Step("card", patient, lambda press: _answers(press, "rf_bladder_start", NEW)),
        Step("years"),
    )


class GuidedStory:
    """Satisfies `practice.guide.Guide`. Whoever does more than the step asks for is where they have got to."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._steps = steps
        self._at = 0
        self._heard: dict[tuple[int, str], int] = {}

    def shown(self) -> Shown | None:
        """Where the story is now; None where it is over."""
        self._catch_up()
        if self._at >= len(self._steps):
            return None
        step = self._steps[self._at]
        lit = () if step.who is None or step.wanted is None else _fitting(step.who, step.wanted)
        phone = None if step.who is None else step.who.id
        return Shown(step.key, self._at + 1, len(self._steps), phone, lit, step.waits)

    def go_on(self) -> None:
        """The step was read, or is left out."""
        self._catch_up()
        self._at = min(self._at + 1, len(self._steps))

    def _catch_up(self) -> None:
        """Every step that somebody has done since is behind us."""
        for person in {step.who.id: step.who for step in self._steps if step.who is not None}.values():
            chat = person.chat()
            pressed = [press["data"] for press in chat["presses"]]
            written = [message["text"] for message in chat["messages"] if message["mine"]]
            for kind, done in (("pressed", pressed), ("written", written)):
                heard = self._heard.get((person.id, kind), 0)
                self._heard[person.id, kind] = len(done)
                for deed in done[heard:]:
                    self._do(person, deed)

    def _do(self, person: Person, deed: str) -> None:
        press = callback_data.decode(deed)
        for number, step in enumerate(self._steps[self._at :], start=self._at):
            if step.who is None or step.who.id != person.id:
                continue
            if deed == step.written or (press is not None and step.wanted is not None and step.wanted(press)):
                self._at = number + 1
                return


def _nothing_new(gate: str) -> Wanted:
    return lambda press: _answers(press, gate, NONE_OF_THESE)


def _answers(press: Press, question: str, value: str) -> bool:
    return isinstance(press, AnswerPress) and press.question == question and press.value == value


def _fitting(person: Person, wanted: Wanted) -> tuple[str, ...]:
    """What the newest message with such a button holds in it."""
    for message in reversed(person.chat()["messages"]):
        data = [button["data"] for row in message["keyboard"] for button in row if button["data"]]
        fits = tuple(held for held in data if (press := callback_data.decode(held)) is not None and wanted(press))
        if fits:
            return fits
    return ()
