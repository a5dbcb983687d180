"""The practice clinic: the real bot, a made-up Telegram on this machine, two phones in the browser. No token needed."""

import asyncio
import signal
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from followupbot.application import admins
from followupbot.bootstrap.clocks import SpedClock, SystemClock
from followupbot.bootstrap.house import House, build, initialise
from followupbot.bootstrap.process import Process
from followupbot.bootstrap.workplace import Part
from followupbot.channels.telegram import callback_data
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.clinic import Role
from followupbot.domain.decision import ByShell
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import Language
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
from followupbot.domain.questions import NEW
from followupbot.domain.schedule import PartialDate
from followupbot.domain.screens import RED_FLAG_RIGHT
from followupbot.practice import Person, Practice
from followupbot.practice.phones import Link, Phone
from followupbot.settings import Settings

TOKEN = "10000001:practice-token-that-opens-nothing-real"  # noqa: S105 # it opens the practice clinic only
BOT_NAME = "practice_followup_bot"
SURGERY_YEARS_AGO = 4
ROUND_SECONDS = 0.5
"""With a sped-up clock the rounds come more often, so that a minute on it is not over before anybody looks."""

STEP_WITHIN = 20.0
"""Seconds that one step of the story may take before the demo says that it is stuck."""

BY = ByShell("demo")

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


Running = asyncio.Task[str | None]


class StoryStuck(Exception):
    """The story did not go on; the text says which step."""


@dataclass
class Clinic:
    """The practice clinic while it is open."""

    address: str
    practice: Practice
    house: House
    maria: Person
    ito: Person
    protocol: CareProtocol
    staff_link: str
    patient_link: str


async def show(speed: float, port: int, browser: bool, say: Callable[[str], None]) -> str | None:
    """The phones are on the page until SIGTERM or Ctrl-C; the reason, where the program had to end."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with _clinic(speed, port, stop) as (clinic, running):
        say(clinic.address)
        if browser:
            await asyncio.to_thread(webbrowser.open, clinic.address)
        await asyncio.wait({running, asyncio.ensure_future(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        return await running


async def play(say: Callable[[str], None]) -> None:
    """One story, from the invitation to the outcome, said line by line. StoryStuck where it does not go on."""
    stop = asyncio.Event()
    async with _clinic(1.0, 0, stop) as (clinic, running):
        story = _Story(clinic, say)
        try:
            await story.tell()
        finally:
            stop.set()
            await running


@asynccontextmanager
async def _clinic(speed: float, port: int, stop: asyncio.Event) -> AsyncIterator[tuple[Clinic, Running]]:
    """A clinic in a folder of its own, which is gone afterwards."""
    practice = Practice(token=TOKEN, username=BOT_NAME)
    with tempfile.TemporaryDirectory(prefix="followupbot-demo-") as folder:
        async with practice.serve(port=port) as address:
            settings = _settings(Path(folder) / "data", address)
            clock = SpedClock(SystemClock().now(), speed)
            await asyncio.to_thread(initialise, settings, clock, BY)
            house = build(settings, clock)
            try:
                clinic = _furnish(practice, house, address)
                running = asyncio.create_task(
                    Process(house, frozenset(Part) - {Part.WEB}, round_seconds=ROUND_SECONDS).run(stop)
                )
                try:
                    yield clinic, running
                finally:
                    stop.set()
                    await asyncio.wait({running})
            finally:
                house.close()


def _settings(data: Path, address: str) -> Settings:
    """Settings of their own: nothing of a real clinic's environment gets into the practice clinic."""
    fields = {
        "telegram_token": TOKEN,
        "telegram_api": f"{address}/bot",
        "data": data,
        "database_url": f"sqlite:///{data}/followupbot.db",
    }
    return Settings.model_validate(fields)


def _furnish(practice: Practice, house: House, address: str) -> Clinic:
    """A clinician and a patient, each with a phone and an invitation."""
    now = house.clock.now()
    admins.name_bot(house.store, BOT_NAME, BY, now)
    programme = house.store.clinic().published
    surgery = now.date()
    (protocol,) = programme.protocols.values()
    plan = Plan(
        protocol=protocol.key,
        surgery_on=PartialDate(surgery.year - SURGERY_YEARS_AGO, surgery.month, min(surgery.day, 28)),
        zone=programme.settings.hours.zone,
        language=Language(programme.settings.language),
        ask_at=time(10),
    )
    _, patient = admins.invite_patient(house.store, plan, BY, now)
    staff = admins.invite_staff(house.store, "Dr Ito", Role.CLINICIAN, BY, now)
    maria, ito = practice.user("Maria"), practice.user("Dr Ito")
    practice.phones.set(
        [
            Phone(maria.id, "Maria, patient", "patient", (Link("Open the invitation", patient.token),)),
            Phone(ito.id, "Dr Ito, clinician", "clinician", (Link("Open the invitation", staff.token),)),
        ]
    )
    return Clinic(address, practice, house, maria, ito, protocol, staff.token, patient.token)


class _Story:
    """Plays the people; what appears on their phones is said as it appears."""

    def __init__(self, clinic: Clinic, say: Callable[[str], None]) -> None:
        self._clinic = clinic
        self._say = say
        self._shown: dict[tuple[int, int], str] = {}

    async def tell(self) -> None:
        """Everything that the program exists for, once."""
        clinic = self._clinic
        maria, ito = clinic.maria, clinic.ito
        ito.start(clinic.staff_link)
        self._say("Dr Ito opens the invitation")
        await self._until(lambda: bool(self._messages(ito)), "Dr Ito is welcomed")
        maria.start(clinic.patient_link)
        self._say("Maria opens the invitation")
        for step in (*WAY_IN, *WAY_ON):
            await self._press(maria, "Maria", step)
        await self._press(maria, "Maria", lambda press: isinstance(press, StartPress))
        await self._press(maria, "Maria", lambda press: isinstance(press, AnswerPress) and press.value == NEW)
        onset = clinic.protocol.after_card
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
        for person, name in ((self._clinic.maria, "Maria"), (self._clinic.ito, "Dr Ito")):
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
