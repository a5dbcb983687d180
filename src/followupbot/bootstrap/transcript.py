"""The practice clinic's story for a terminal: it plays the people, and says line by line what is on their phones."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from followupbot.channels.telegram import callback_data
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.presses import (
    AnswerPress,
    ConfirmPlanPress,
    ConsentPress,
    NextPress,
    PracticePress,
    Press,
    ResolvePress,
    StartPress,
    TakePress,
    TeachBackPress,
)
from followupbot.domain.replies import NEW
from followupbot.domain.screens import RED_FLAG_RIGHT
from followupbot.practice import Person

STEP_WITHIN = 20.0
"""Seconds that one step of the story may take before the demo says that it is stuck."""

WAY_IN: tuple[Callable[[Press], bool], ...] = (
    lambda press: isinstance(press, NextPress) and press.screen == 1,
    lambda press: isinstance(press, NextPress) and press.screen == 2,
    lambda press: isinstance(press, ConsentPress) and press.agrees,
)
"""What somebody presses from the link to consent, who takes no wrong turn."""

WAY_ON: tuple[Callable[[Press], bool], ...] = (
    lambda press: isinstance(press, ConfirmPlanPress),
    lambda press: isinstance(press, TeachBackPress) and press.answer == RED_FLAG_RIGHT,
    lambda press: isinstance(press, PracticePress),
)
"""From there, and from the year of birth where it is asked, to the first check-in."""


class StoryStuck(Exception):
    """The story did not go on; the text says which step."""


@dataclass(frozen=True)
class Cast:
    """Who plays in it, and the links that they open."""

    patient: Person
    patient_link: str
    clinician: Person
    clinician_link: str
    protocol: CareProtocol


class Transcript:
    """Plays the people; what appears on their phones is said as it appears."""

    def __init__(self, cast: Cast, say: Callable[[str], None]) -> None:
        self._cast = cast
        self._say = say
        self._shown: dict[tuple[int, int], str] = {}

    async def tell(self) -> None:
        """Everything that the program exists for, once."""
        cast = self._cast
        maria, ito = cast.patient, cast.clinician
        ito.start(cast.clinician_link)
        self._say("Dr Ito opens the invitation")
        await self._until(lambda: bool(self._messages(ito)), "Dr Ito is welcomed")
        maria.start(cast.patient_link)
        self._say("Maria opens the invitation")
        for step in (*WAY_IN, *WAY_ON):
            await self._press(maria, "Maria", step)
        await self._press(maria, "Maria", lambda press: isinstance(press, StartPress))
        await self._press(maria, "Maria", lambda press: isinstance(press, AnswerPress) and press.value == NEW)
        onset = cast.protocol.after_card
        await self._press(maria, "Maria", lambda press: isinstance(press, AnswerPress) and press.question == onset)
        await self._until(lambda: not self._buttons(maria), "an end to the questions for Maria")
        said = len(self._messages(maria))
        await self._press(ito, "Dr Ito", lambda press: isinstance(press, TakePress))
        await self._until(lambda: len(self._messages(maria)) > said, "Maria hears that the clinic has seen it")
        await self._press(ito, "Dr Ito", lambda press: isinstance(press, ResolvePress))
        await self._until(lambda: not self._buttons(ito), "the alert is closed")
        await self._settle()

    async def _press(self, person: Person, name: str, wanted: Callable[[Press], bool]) -> None:
        """The person presses the first button that fits, as soon as it is there."""
        found: list[tuple[int, str, str]] = []

        def look() -> bool:
            found[:] = [button for button in self._buttons(person) if _fits(button[2], wanted)]
            return bool(found)

        await self._until(look, f"a button for {name}")
        message, label, data = found[0]
        self._say(f"{name} taps [{label}]")
        person.press(message, data)

    async def _until(self, there: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(STEP_WITHIN):
                while not there():
                    await asyncio.sleep(0.05)
                    self._look_at_phones()
        except TimeoutError:
            raise StoryStuck(f"the story waits for something that does not come: {what}") from None
        self._look_at_phones()

    async def _settle(self) -> None:
        """What is still on its way has come."""
        for _ in range(20):
            await asyncio.sleep(0.05)
            self._look_at_phones()

    def _look_at_phones(self) -> None:
        for person, name in ((self._cast.patient, "Maria"), (self._cast.clinician, "Dr Ito")):
            for message in self._messages(person):
                key = (person.id, message["message_id"])
                if self._shown.get(key) != message["text"]:
                    edited = " (changed)" if key in self._shown else ""
                    self._shown[key] = message["text"]
                    rows = [button["text"] for row in message["keyboard"] for button in row]
                    text = " / ".join(line for line in message["text"].splitlines() if line.strip())
                    self._say(f"    bot -> {name}{edited}: {text}" + "".join(f" [{label}]" for label in rows))

    def _messages(self, person: Person) -> list[dict]:  # type: ignore[type-arg]
        return [message for message in person.chat()["messages"] if message["from"] == "bot"]

    def _buttons(self, person: Person) -> list[tuple[int, str, str]]:
        return [
            (message["message_id"], button["text"], button["data"])
            for message in self._messages(person)
            for row in message["keyboard"]
            for button in row
        ]


def _fits(data: str, wanted: Callable[[Press], bool]) -> bool:
    press = callback_data.decode(data)
    return press is not None and wanted(press)
