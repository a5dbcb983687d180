"""The practice clinic's made-up patients: they have a past, and go on living while somebody looks on."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import cycle

from followupbot.application import admins, identities
from followupbot.bootstrap.house import House
from followupbot.channels.telegram import callback_data
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import StaffMember
from followupbot.domain.decision import Actor, Decision
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.identity import Identity
from followupbot.domain.ids import Language, PatientId, ProtocolKey
from followupbot.domain.presses import AnswerPress, HelpPress, Press, StartPress, YearlyPress
from followupbot.domain.schedule import PartialDate, resolve
from followupbot.practice import Person, Practice
from followupbot.simulation.characters import DRIFTING, RECOVERING, RED, SILENT, STEADY, Character
from followupbot.simulation.past import CAME_IN, YEAR, Past

NAMES = (
    "Ana", "Ben", "Carla", "David", "Elena", "Frank", "Gloria", "Hugo", "Irene", "Jorge", "Kate", "Luis", "Marta",
    "Nora", "Oscar", "Paula", "Quim", "Raquel", "Sam", "Teresa", "Ursula", "Victor", "Wendy", "Xavier", "Yolanda",
    "Zoe", "Alba", "Bruno", "Celia", "Diego", "Emma", "Felix", "Greta", "Henry", "Isabel", "Julia", "Karim", "Laura",
)  # fmt: skip
"""Thirty-eight; with the two whose phones are on the page they are forty."""

CAST: Sequence[Character] = (STEADY, RECOVERING, STEADY, DRIFTING, STEADY, SILENT, RECOVERING)
"""What they are, in turn; the last of all is about to have a red flag."""

PHONE = "+44 20 7946 0{:03}"
"""Numbers that are nobody's: kept free for films and plays."""

PHONE_KNOWN = 0.9
"""Of how many staff have entered who they are; the others are on the list."""

YEARS_MAX = 9
ASKED_AT = (time(9), time(10), time(11), time(12, 30), time(16), time(18))

BEGINS_AFTER_MINUTES = (4.0, 240.0)
ANSWERS_AFTER_MINUTES = (0.1, 0.6)
"""Of the clinic's time: how long somebody leaves a check-in before they begin, and how long one question takes."""

LOOKS_SECONDS = 0.25
"""How often, in the machine's time, it is looked who has come to press something."""


@dataclass
class Patient:
    """One of them, with a phone."""

    person: Person
    character: Character
    operated_on: date
    chance: random.Random
    acts_at: datetime | None = None
    """When they next press something; None while there is nothing that they would press."""


@dataclass
class Cohort:
    """Everybody whose phone is not on the page."""

    practice: Practice
    house: House
    by: Actor
    clinician: StaffMember
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 # who the made-up people are
    patients: dict[int, Patient] = field(default_factory=dict)

    def add(self, name: str, character: Character, plan: Plan) -> tuple[Person, PatientId]:
        """Somebody who came in after the operation, and has been followed up to now; all of it is one commit."""
        store, now = self.house.store, self.house.clock.now()
        person = self.practice.user(name, language_code=plan.language)
        person.came_long_ago()
        chat = store.note_chat(person.id)
        came_at = resolve(plan.surgery_on.anchor(), plan.ask_at, plan.zone) + CAME_IN
        chance = random.Random(person.id)  # noqa: S311 # a made-up life

        def live(chart: Chart) -> Decision:
            if chart.enrolment is not None:
                return Decision()
            past = Past(chart, character, chance, self.clinician)
            past.enrol(plan, chat, min(came_at, now))
            past.live(now)
            return Decision(tuple(past.facts))

        code = admins.draw_code(store, self.by, live)
        if chance.random() < PHONE_KNOWN:
            who = Identity({"name": name, "phone": PHONE.format(len(self.patients))})
            identities.enter(store, code, who, admins.a_call(self.by), now)
        self.patients[person.id] = Patient(person, character, plan.surgery_on.anchor(), chance)
        return person, code

    def people(self, protocol: ProtocolKey, zone: str, languages: Sequence[Language]) -> list[Callable[[], object]]:
        """What adds each of the others, when it is called."""
        today = self.house.clock.now().date()
        works: list[Callable[[], object]] = []
        for name, character, language in zip(NAMES, cycle(CAST), cycle(languages), strict=False):
            operated = today - timedelta(days=round(self.chance.uniform(0.1, YEARS_MAX) * YEAR.days))
            day = PartialDate(operated.year, operated.month, operated.day)
            plan = Plan(protocol, day, zone, language, self.chance.choice(ASKED_AT))
            if name == NAMES[-1]:
                character = RED
            works.append(lambda name=name, character=character, plan=plan: self._past_of(name, character, plan))  # type: ignore[misc]
        return works

    def _past_of(self, name: str, character: Character, plan: Plan) -> None:
        """Whoever is about to have a red flag has had none so far."""
        person, _ = self.add(name, replace(character, red=0.0), plan)
        self.patients[person.id].character = character

    # -- while somebody looks on ---------------------------------------------------------------------------------------

    async def live(self) -> None:
        """They press what they are asked, each in their own time, until the practice closes."""
        listening = asyncio.create_task(self._listen())
        try:
            while not listening.done():
                await asyncio.sleep(LOOKS_SECONDS)
                now = self.house.clock.now()
                for patient in list(self.patients.values()):
                    if patient.acts_at is not None and patient.acts_at <= now:
                        self._act(patient, now)
        finally:
            listening.cancel()

    def next_act_at(self) -> datetime | None:
        """When the first of them presses something; None where nobody will."""
        return min((one.acts_at for one in self.patients.values() if one.acts_at is not None), default=None)

    async def _listen(self) -> None:
        async for event in self.practice.events():
            if event is None or event["type"] not in {"message", "edit"}:
                continue
            patient = self.patients.get(event["chat"])
            if patient is not None and patient.acts_at is None:
                self._plan(patient)

    def _plan(self, patient: Patient) -> None:
        """What is on the phone now makes them press something soon, or nothing."""
        found = _buttons(patient.person)
        if found is None:
            return
        presses = found[1]
        begins = any(isinstance(press, StartPress) for press in presses.values())
        if begins and patient.chance.random() >= patient.character.answers:
            return
        wait = BEGINS_AFTER_MINUTES if begins else ANSWERS_AFTER_MINUTES
        patient.acts_at = self.house.clock.now() + timedelta(minutes=patient.chance.uniform(*wait))

    def _act(self, patient: Patient, now: datetime) -> None:
        patient.acts_at = None
        found = _buttons(patient.person)
        if found is None:
            return
        message, presses = found
        data = _chosen(patient, presses, (now.date() - patient.operated_on) / YEAR)
        if data is not None:
            patient.person.press(message, data)


def _buttons(person: Person) -> tuple[int, dict[str, Press]] | None:
    """The newest message that has buttons, and what they hold."""
    for message in reversed(person.chat()["messages"]):
        held = [button["data"] for row in message["keyboard"] for button in row if button["data"]]
        if held:
            decoded = ((data, callback_data.decode(data)) for data in held)
            return message["message_id"], {data: press for data, press in decoded if press is not None}
    return None


def _chosen(patient: Patient, presses: dict[str, Press], years: float) -> str | None:
    answers = [press for press in presses.values() if isinstance(press, AnswerPress)]
    if answers:
        chosen = patient.character.choose(answers, years, patient.chance)
        return next(data for data, press in presses.items() if press is chosen)
    for data, press in presses.items():
        if isinstance(press, StartPress | YearlyPress) or (isinstance(press, HelpPress) and press.getting):
            return data
    return None
