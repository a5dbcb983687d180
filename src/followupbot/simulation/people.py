"""Made-up patients: each has a character, a chance of their own, and a life that goes on."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import PatientId
from followupbot.domain.presses import (
    AnswerPress,
    ChangePress,
    ConfirmPlanPress,
    ConsentPress,
    HelpPress,
    NextPress,
    PracticePress,
    Press,
    StartPress,
    TeachBackPress,
    YearlyPress,
)
from followupbot.domain.replies import NEW, NONE_OF_THESE, SKIP
from followupbot.domain.screens import RED_FLAG_RIGHT
from followupbot.simulation.quiet import Quiet
from followupbot.simulation.telegram import VirtualTelegram

Schedule = Callable[[datetime, Callable[[], None]], None]
"""Have that done at that time."""

ZONES = {
    "Tokyo": "Asia/Tokyo",
    "Los Angeles": "America/Los_Angeles",
    "Berlin": "Europe/Berlin",
    "Honolulu": "Pacific/Honolulu",
    "Sydney": "Australia/Sydney",
    "London": "Europe/London",
    "Apia": "Pacific/Apia",
    "Lord Howe": "Australia/Lord_Howe",
    "Santiago": "America/Santiago",
}
"""What somebody types after `/zone`, and what it means; the checker trusts this table, not ours."""

ANSWERS_IN_ORDER_OF_TROUBLE: tuple[frozenset[str], ...] = (
    frozenset({"no", "none", "never", "same", "easy", "not_at_all", "neither", "no_need", "not_taking", "less", "at"}),
    frozenset({"a_bit", "worse", "harder", "hard", "several_days", "some_nights", "one_to_three_days", "next_visit"}),
    frozenset({"clearly", "much_worse", "cannot", "spreading", "every_day", "today", "every_night", "very_unwell"}),
)
"""Which buttons somebody presses who is well, who is worse, and who is bad."""

TEXTS = ("thank you all", "my back is a bit sore after gardening", "when is my next visit?", "who reads this?", "ok")
RED_TEXTS = ("I can't feel it when I pee", "my leg gives way", "I leak a little")
DEATH_TEXT = "This is her daughter. My mother died last week."

WAKES, SLEEPS = time(7, 30), time(22, 45)
SCREEN_SECONDS = (3.0, 20.0)


@dataclass(frozen=True)
class Character:
    """How somebody is: shares of 1 for each check-in, screen or year."""

    name: str
    share: float
    answers: float = 0.9
    red: float = 0.002
    """Of gate screens: something on it is new."""
    writes: float = 0.03
    changes: float = 0.03
    """Of check-ins at whose end they see what they said."""
    blocks_yearly: float = 0.02
    moves_yearly: float = 0.05
    pauses_yearly: float = 0.05
    worsens_yearly: float = 0.04
    dies_yearly: float = 0.01
    night_owl: bool = False


CHARACTERS = (
    Character("steady", 0.46),
    Character("slow", 0.15, answers=0.6),
    Character("silent", 0.08, answers=0.02),
    Character("talkative", 0.08, writes=0.4),
    Character("blocking", 0.06, blocks_yearly=0.8),
    Character("travelling", 0.06, moves_yearly=3.0),
    Character("worsening", 0.05, worsens_yearly=1.0, red=0.02),
    Character("pausing", 0.04, pauses_yearly=1.5),
    Character("night_owl", 0.02, night_owl=True, red=0.02),
)


@dataclass
class Patient:
    """One of them. What they know and did is the truth that the checker compares with."""

    id: PatientId
    address: int
    token: str
    plan: Plan
    character: Character
    rng: random.Random
    telegram: VirtualTelegram
    schedule: Schedule
    decode: Callable[[str], Press | None]
    now: Callable[[], datetime]
    zone: str = ""
    trouble: int = 0
    """0 well, 1 worse, 2 bad."""
    pain: int = 2
    dead_at: datetime | None = None
    consented_at: datetime | None = None
    quiet: Quiet = field(default_factory=Quiet)
    red: list[tuple[datetime, int]] = field(default_factory=list)
    """When they pressed something that bears an emergency's card, and the update's number."""
    _busy: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """The phone is on."""
        self.zone = self.zone or self.plan.zone
        self.telegram.chat(self.address).received = self.received

    def live(self, begins: datetime, ends: datetime) -> None:
        """Everything that life brings by itself is in the calendar."""
        open_link = begins + timedelta(hours=self.rng.uniform(0.1, 60))
        self.schedule(open_link, self._start)
        years = (ends - begins) / timedelta(days=365.25)
        character = self.character
        for yearly, happens in (
            (character.blocks_yearly, self._block),
            (character.moves_yearly, self._move),
            (character.pauses_yearly, self._pause),
            (character.worsens_yearly, self._worsen),
            (character.dies_yearly, self._die),
            (character.writes * 4, self._write),
        ):
            for _ in range(_times(self.rng, yearly * years)):
                self.schedule(begins + (ends - begins) * self.rng.uniform(0.02, 0.98), happens)

    # -- what arrives --------------------------------------------------------------------------------------------------

    def received(self, number: int, buttons: Sequence[str]) -> None:
        """A message has come, or changed."""
        if self.dead_at is not None or not buttons:
            return
        presses = [(data, press) for data in buttons if (press := self.decode(data)) is not None]
        for data, press in presses:
            reaction = self._reaction(press, presses)
            if reaction is not None:
                delay, chosen = reaction
                self._later(number, delay, chosen or data)
                return

    def _reaction(self, press: Press, presses: Sequence[tuple[str, Press]]) -> tuple[timedelta, str | None] | None:
        """After how long what is pressed; None where this press is not the one that decides."""
        rng = self.rng
        reads = timedelta(seconds=rng.uniform(20, 400))
        match press:
            case NextPress() | ConfirmPlanPress():
                return reads, None
            case ConsentPress(agrees=agrees):
                if not agrees:
                    return None
                self.consented_at = self.now()
                return reads, None
            case TeachBackPress(answer=answer) | YearlyPress(what="taught", value=answer):
                return (reads, None) if answer == RED_FLAG_RIGHT or rng.random() < 0.1 else None
            case PracticePress() | YearlyPress():
                return reads, None
            case HelpPress(getting=getting):
                return (timedelta(minutes=rng.uniform(5, 50)), None) if getting == (rng.random() < 0.7) else None
            case StartPress():
                if rng.random() >= self.character.answers:
                    return None
                return self._when_awake(timedelta(hours=rng.expovariate(1 / 7))), None
            case AnswerPress():
                if rng.random() < 0.01:  # called away; the next reminder finds them
                    return None
                return timedelta(seconds=rng.uniform(*SCREEN_SECONDS)), self._choose(presses)
            case ChangePress(question=None):
                return (reads, None) if rng.random() < self.character.changes else None
            case ChangePress():
                return reads, rng.choice(presses)[0]  # of the list: an answer, its other pages, or nothing
            case _:
                return None

    def _choose(self, presses: Sequence[tuple[str, Press]]) -> str:
        answers = [(data, press) for data, press in presses if isinstance(press, AnswerPress)]
        by_value = {press.value: data for data, press in answers}
        if NONE_OF_THESE in by_value and any(press.value == NEW for _, press in answers):
            if self.rng.random() < self.character.red * (1 + 5 * self.trouble):
                return self.rng.choice([data for data, press in answers if press.value != NONE_OF_THESE])
            return by_value[NONE_OF_THESE]
        if all(value.isdecimal() for value in by_value if value != SKIP) and len(by_value) > 5:
            pain = max(0, min(10, round(self.rng.gauss(self.pain + 2.5 * self.trouble, 1))))
            return by_value.get(str(pain), answers[0][0])
        likely = [data for value, data in by_value.items() if value in ANSWERS_IN_ORDER_OF_TROUBLE[self.trouble]]
        if likely and self.rng.random() < 0.94:
            return likely[0]
        plain = [data for data, press in answers if press.card is None] or [data for data, _ in answers]
        return self.rng.choice(plain) if self.rng.random() < 0.5 else plain[0]

    def _later(self, number: int, delay: timedelta, data: str) -> None:
        if number in self._busy:
            return
        self._busy.add(number)

        def press() -> None:
            self._busy.discard(number)
            if self.dead_at is not None or data not in self.telegram.chat(self.address).standing.get(number, ()):
                return
            self._press(number, data)
            if self.rng.random() < 0.01:  # a double tap
                self._press(number, data)

        self.schedule(self.now() + delay, press)

    def _press(self, number: int, data: str) -> None:
        update = self.telegram.press(self.address, number, data)
        press = self.decode(data)
        if isinstance(press, AnswerPress) and press.card is not None:
            self.red.append((self.now(), update))

    def _when_awake(self, delay: timedelta) -> timedelta:
        """That delay, or until morning where it ends at night."""
        at = self.now() + delay
        wall = at.astimezone(ZoneInfo(self.zone))
        if self.character.night_owl or WAKES <= wall.time() < SLEEPS:
            return delay
        morning = wall.replace(hour=WAKES.hour, minute=WAKES.minute, second=0)
        if wall.time() >= SLEEPS:
            morning += timedelta(days=1)
        return morning - self.now() + timedelta(minutes=self.rng.uniform(0, 120))

    # -- what life brings ----------------------------------------------------------------------------------------------

    def _start(self) -> None:
        self.quiet.end("blocked", self.now())
        self.telegram.start(self.address, self.token)

    @property
    def _there(self) -> bool:
        return self.dead_at is None and self.consented_at is not None

    def _block(self) -> None:
        if self.dead_at is not None or self.telegram.chat(self.address).blocked:
            return
        self.block()
        if self.rng.random() < 0.75:
            self.schedule(self.now() + timedelta(days=self.rng.expovariate(1 / 20)), self._unblock)

    def _unblock(self) -> None:
        if self.dead_at is None:
            self.unblock()

    def _move(self) -> None:
        if self._there:
            city = self.rng.choice(sorted(ZONES))
            self.write(f"/zone {city}")

    def _pause(self) -> None:
        if not self._there:
            return
        if self.rng.random() < 0.7:
            self.write(f"/pause {self.rng.randint(1, 8)}w")
            return
        self.write("/stop")
        self.schedule(self.now() + timedelta(days=self.rng.uniform(3, 120)), self._resume)

    def _resume(self) -> None:
        if self.dead_at is None:
            self.write("/resume")

    def _worsen(self) -> None:
        self.trouble = min(2, self.trouble + 1)
        self.schedule(self.now() + timedelta(days=self.rng.uniform(30, 300)), self._mend)

    def _mend(self) -> None:
        self.trouble = max(0, self.trouble - 1)

    def _die(self) -> None:
        if self.dead_at is not None:
            return
        self.dead_at = self.now()
        self.quiet.begin("dead", self.now())
        if self.rng.random() < 0.5 and not self.telegram.chat(self.address).blocked:
            later = self.now() + timedelta(days=self.rng.uniform(1, 20))
            self.schedule(later, lambda: self.write(DEATH_TEXT))

    def _write(self) -> None:
        if self._there:
            red = self.rng.random() < 0.1
            self.write(self.rng.choice(RED_TEXTS if red else TEXTS))

    # -- what they tell us ---------------------------------------------------------------------------------------------

    def write(self, text: str) -> None:
        """They write that."""
        self.quiet.hear(text, self.now())
        self.telegram.write(self.address, text)

    def block(self) -> None:
        """They block the bot."""
        self.quiet.begin("blocked", self.now())
        self.telegram.block(self.address)

    def unblock(self) -> None:
        """They let it in again; nothing where it is."""
        self.quiet.end("blocked", self.now())
        self.telegram.unblock(self.address)


def _times(rng: random.Random, expected: float) -> int:
    """How often something happens that is expected so often."""
    times, left = 0, expected
    while left > 0:
        times += rng.random() < min(left, 1.0)
        left -= 1
    return times
