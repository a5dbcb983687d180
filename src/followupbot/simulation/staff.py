"""Made-up staff: they take alerts and say how they ended; some sleep, some never look, one leaves."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from followupbot.domain.clinic import Role
from followupbot.domain.presses import Press, ResolvePress, TakePress
from followupbot.simulation.people import Schedule
from followupbot.simulation.telegram import VirtualTelegram

NIGHT = (23, 7)
"""Hours in which whoever sleeps does not hear it."""


@dataclass
class Clinician:
    """One of them."""

    name: str
    role: Role
    address: int
    token: str
    zone: str
    rng: random.Random
    telegram: VirtualTelegram
    schedule: Schedule
    decode: Callable[[str], Press | None]
    now: Callable[[], datetime]
    hears: float = 0.85
    """Of pages: those that are answered at all."""
    sleeps: bool = True
    left: bool = False
    _busy: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """The phone is on."""
        self.telegram.chat(self.address).received = self.received

    def received(self, number: int, buttons: Sequence[str]) -> None:
        """A page has come, or changed."""
        if self.left:
            return
        presses = [(data, press) for data in buttons if (press := self.decode(data)) is not None]
        takes = [data for data, press in presses if isinstance(press, TakePress)]
        outcomes = [data for data, press in presses if isinstance(press, ResolvePress)]
        if takes and self.rng.random() < self.hears:
            self._later(number, self._until_awake(timedelta(minutes=self.rng.expovariate(1 / 4))), takes[0])
        elif outcomes:
            chosen = self.rng.choice(outcomes)
            self._later(number, timedelta(minutes=self.rng.expovariate(1 / 25)), chosen)

    def _until_awake(self, delay: timedelta) -> timedelta:
        wall = (self.now() + delay).astimezone(ZoneInfo(self.zone))
        if not self.sleeps or NIGHT[1] <= wall.hour < NIGHT[0]:
            return delay
        return delay + timedelta(hours=(NIGHT[1] - wall.hour) % 24)

    def _later(self, number: int, delay: timedelta, data: str) -> None:
        key = f"{number}/{data}"
        if key in self._busy:
            return
        self._busy.add(key)

        def press() -> None:
            self._busy.discard(key)
            if not self.left and data in self.telegram.chat(self.address).standing.get(number, ()):
                self.telegram.press(self.address, number, data)

        self.schedule(self.now() + delay, press)
