"""One call: what is to be read out to a patient on the telephone, and what their answers bring."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from followupbot.application import anytime, calls
from followupbot.application.ports import Renderer, StorageUnavailable
from followupbot.channels.console import hearing, screen, showing
from followupbot.channels.console.screen import Screen
from followupbot.domain.decision import Decision
from followupbot.domain.ids import Language, MessageKey, PatientId, Version
from followupbot.domain.outgoing import Lane
from followupbot.domain.presses import CardPress, Press


@dataclass
class Call:
    """`buttons` is what may be typed in place of a press. What is said is kept by the line, nothing of it here."""

    line: calls.Line
    patient: PatientId
    words: Version
    language: Language
    renderer: Renderer
    buttons: Mapping[str, Press] = field(default_factory=dict)

    def go_on(self) -> tuple[Screen, ...]:
        """What stands open is put again; nothing where nothing does."""
        return self._hear(calls.go_on(self.line, self.patient))

    def report(self) -> tuple[Screen, ...]:
        """A check-in begins that nobody had planned."""
        return self._hear(anytime.report(self.line, self.patient, "", self.line.cause(), self.line.now()))

    def say(self, typed: str) -> tuple[Screen, ...]:
        """What is to be read out because the button of that key was pressed, or else because that was said."""
        pressed, cause, now = self.buttons.get(typed), self.line.cause(), self.line.now()
        if pressed is None:
            return self._hear(hearing.written(self.line, self.patient, typed, cause, now))
        try:
            return self._hear(hearing.pressed(self.line, pressed, cause, now))
        except StorageUnavailable:
            if not isinstance(pressed, CardPress) or pressed.card is None:
                raise
            # The card is for the patient at this very answer, kept or not; the same button enters it later.
            key, params = MessageKey(f"cards/{pressed.card}"), {"recorded": False, "reached": False}
            return screen.put([self.renderer.render(self.words, self.language, key, params)])

    def _hear(self, decision: Decision) -> tuple[Screen, ...]:
        """What is urgent is read out first; where there is nothing else, the line for whoever pressed is."""
        found = sorted(showing.messages(decision), key=lambda message: message.lane is not Lane.ALERT)
        shown = showing.screens(self.renderer, found, decision.notice)
        if found or decision.notice is None:
            self.buttons = showing.keys(self.buttons, decision, shown)
        return shown
