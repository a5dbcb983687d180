"""People who go on with their day while the program is killed under them."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import time as hour

from followupbot.application import admins
from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap.house import House
from followupbot.domain.decision import ByShell
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import Language, PatientId, ProtocolKey
from followupbot.domain.presses import (
    AnswerPress,
    ConfirmPlanPress,
    ConsentPress,
    NextPress,
    PracticePress,
    Press,
    StartPress,
    TakePress,
    TeachBackPress,
)
from followupbot.domain.schedule import PartialDate
from followupbot.domain.screens import RED_FLAG_RIGHT
from followupbot.storage.tables import link_tries
from tests.process.harness import RECORDED, Clinic, emergency, resolves, zone_where_it_is_day
from tests.process.telegram import Phone

LOOKS_EVERY = 0.03

PATIENTS_AN_HOUR = 50
"""After so many it is as if an hour had gone by for links, of which only so many are looked at in one."""

UNANSWERED_MAX = 4
"""A colleague writes again and again, and waits when so many have had no answer; each is to have one."""

TAPS_TWICE = 0.1
"""How often an impatient finger taps the same button again at once."""

CALM = {"gate_bladder_bowel": "none", "back_nrs": "3", "weak_task": "same"}
WEAKER = CALM | {"weak_task": "harder"}
RED = {"rf_bladder_feel": "new", "rf_onset": "longer"}
"""What is pressed, by the questions of short.yaml."""


@dataclass
class Patient:
    """One patient and what she will answer; `emergencies` counts how often she has pressed the red button.

    A second copy of the question that came because of a kill is pressed like the first: that is an emergency again.
    """

    code: PatientId
    phone: Phone
    answers: dict[str, str]
    emergencies: int = 0

    @property
    def red(self) -> bool:
        return self.answers is RED

    def wants(self, press: Press) -> bool:
        match press:
            case ConsentPress(_, agrees):
                return agrees
            case NextPress() | ConfirmPlanPress() | PracticePress() | StartPress():
                return True
            case TeachBackPress(_, answer):
                return answer == RED_FLAG_RIGHT
            case AnswerPress(_, _, question, value):
                return self.answers.get(question) == value
            case _:
                return False

    def is_through(self) -> bool:
        """She has had what the check-in ends with, and where it was red, that the clinic has seen it."""
        if self.red:
            seen = self.phone.count("The clinic has seen this")
            return bool(self.phone.count(RECORDED) and seen and self.phone.count("We have saved this answer too"))
        return bool(self.phone.count("Thank you. Your answers are saved"))


class Story:
    """Everybody plays from `begin` on; new patients come until `no_more`."""

    def __init__(self, clinic: Clinic, seed: int, active: int) -> None:
        """`active`: so many patients are in the middle of it at any time."""
        self._active = active
        self._clinic = clinic
        self._random = random.Random(seed)
        self.ito = clinic.join("Dr Ito")
        self.sato = clinic.join("Dr Sato")
        self.ada = clinic.join("Ada")
        self.patients: list[Patient] = []
        self.no_more = threading.Event()
        self.over = threading.Event()
        self.failed: BaseException | None = None
        self.written = 0
        """How often Dr Sato has written something."""
        self._tapped: set[tuple[int, int, str]] = set()
        self._thread = threading.Thread(target=self._play, daemon=True)

    def begin(self) -> None:
        """From now on they read and tap by themselves."""
        self._thread.start()

    def end(self) -> None:
        """Nobody does anything any more."""
        self.over.set()
        self._thread.join(10)

    def waits_for(self) -> list[Patient]:
        """Who is in the middle of it."""
        return [patient for patient in list(self.patients) if not patient.is_through()]

    def _play(self) -> None:
        try:
            with self._clinic.opened() as house:
                while not self.over.is_set():
                    if not self.no_more.is_set() and len(self.waits_for()) < self._active:
                        with suppress(StorageUnavailable):  # then nobody is invited just now
                            self._invite(house)
                    for patient in self.waits_for():
                        patient.emergencies += sum(map(emergency, self._taps(patient.phone, patient.wants)))
                    self._taps(self.ito, lambda press: isinstance(press, TakePress))
                    self._taps(self.ito, resolves("called"))
                    if self._random.random() < 0.05:  # who comes second is told that somebody has it
                        self._taps(self.sato, lambda press: isinstance(press, TakePress))
                        self._taps(self.sato, resolves("called"))
                    if not self.no_more.is_set():
                        self._write()
                    time.sleep(LOOKS_EVERY)
        except BaseException as error:
            self.failed = error
            raise

    def _write(self) -> None:
        if self.sato.count("Welcome") and self.written - self.sato.count("did not understand") < UNANSWERED_MAX:
            self.sato.write("Is anybody there?")
            self.written += 1

    def _invite(self, house: House) -> None:
        number = len(self.patients) + 1
        if number % PATIENTS_AN_HOUR == 0:
            with house.database.write() as connection:
                connection.execute(link_tries.delete())
        zone = zone_where_it_is_day()
        plan = Plan(ProtocolKey("short"), PartialDate(2020, 3, 14), zone, Language("en"), hour(10))
        code, invited = admins.invite_patient(house.store, plan, ByShell("story"), house.clock.now())
        phone = self._clinic.telegram.phone(f"Patient {number}")
        phone.start(f"?start={invited.token}")
        self.patients.append(Patient(code, phone, (RED, CALM, WEAKER)[number % 3]))

    def _taps(self, phone: Phone, wants: Callable[[Press], bool]) -> list[Press]:
        """One button at a look, at times twice; what was pressed."""
        for button in phone.buttons():
            key = (phone.id, button.message, button.data)
            if not wants(button.press) or key in self._tapped or self._random.random() < 0.3:
                continue
            self._tapped.add(key)
            times = 2 if self._random.random() < TAPS_TWICE else 1
            for _ in range(times):
                phone.tap(button)
            return [button.press] * times
        return []
