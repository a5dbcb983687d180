"""The whole world in one loop: people act, things go wrong, and the program does what is due, each at its time."""

import heapq
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from followupbot.application.admins import INVITATION_LASTS, hash_of
from followupbot.domain import enrolment, patient_code, staff
from followupbot.domain.clinic import Programme, Role
from followupbot.domain.decision import ByShell, Cause, StorageUnavailable
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.ids import Language, PatientId, ProtocolKey, StaffId
from followupbot.domain.presses import Press, ResolvePress, TakePress
from followupbot.domain.schedule import PartialDate
from followupbot.domain.tiers import Tier
from followupbot.simulation.clock import VirtualClock
from followupbot.simulation.faults import Crash, CrashingDatabase, Faults, Span
from followupbot.simulation.people import CHARACTERS, ZONES, Character, Patient
from followupbot.simulation.program import Down, Program
from followupbot.simulation.staff import Clinician
from followupbot.simulation.telegram import VirtualTelegram
from followupbot.storage.queries import Queries

BEGINS = datetime(2026, 1, 5, 8, tzinfo=UTC)
"""A Monday."""

HEALS_WITHIN = timedelta(hours=48)
"""After the last fault everything must have drained (issue 6)."""

HOME_ZONES = ("Europe/London", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
FIRST_CHAT = 1_000_000

STAFF = (
    ("Dr Ito", Role.CLINICIAN, 0.85, True),
    ("Nurse Okafor", Role.CLINICIAN, 0.9, False),
    ("Dr Sato", Role.LEAD, 0.8, True),
    ("Ada", Role.ADMIN, 0.0, True),
    ("Dr Leaver", Role.CLINICIAN, 0.5, True),
)
"""Name, role, share of pages that are answered, and whether they sleep at night. The last leaves after a year."""

LEAVES_AFTER = timedelta(days=365)
BY = ByShell("simulation")


@dataclass(frozen=True)
class Size:
    """What is to be simulated."""

    patients: int
    years: float
    seed: int
    faults: bool
    protocol: ProtocolKey


@dataclass
class World:
    """Everything, at one moment. `encode` and `decode` are the channel's: what a button says, and back."""

    size: Size
    clock: VirtualClock
    telegram: VirtualTelegram
    faults: Faults
    program: Program
    database: CrashingDatabase
    programme: Programme
    encode: Callable[[Press], str]
    decode: Callable[[str], Press | None]
    characters: Sequence[Character] = CHARACTERS
    patients: dict[PatientId, Patient] = field(default_factory=dict)
    clinicians: list[Clinician] = field(default_factory=list)
    turns: int = 0
    committed: dict[int, datetime] = field(default_factory=dict)
    """When the unit of an update had committed, by its number."""
    zones: dict[PatientId, list[tuple[datetime, str]]] = field(default_factory=dict)
    """Where each patient lives, from when on: from the moment when the program had taken that in."""
    _calendar: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _count: "count[int]" = field(default_factory=count)

    @property
    def ends(self) -> datetime:
        """The last fault happens before then."""
        return BEGINS + timedelta(days=365.25 * self.size.years)

    @property
    def spans(self) -> Sequence[Span]:
        """Everything that was away, and from when to when."""
        return self.faults.spans

    def schedule(self, at: datetime, happens: Callable[[], None]) -> None:
        """It happens then."""
        heapq.heappush(self._calendar, (max(at, self.clock.at), next(self._count), happens))

    async def furnish(self) -> None:
        """Staff and patients have their links; nothing has gone wrong yet."""
        self.program.handled = self._handled
        await self.program.turn(self.clock.at)
        for number, (name, role, hears, sleeps) in enumerate(STAFF, start=1):
            self._hire(number, name, role, hears, sleeps)
        rng = random.Random(f"{self.size.seed}/plans")
        for number in range(self.size.patients):
            self._invite(number, rng)
        if self.size.faults:
            self.faults.arm(random.Random(f"{self.size.seed}/faults"), self.ends)
            for span in tuple(self.faults.spans):
                self.schedule(span.starts, partial(self.faults.begin, span))
        self.schedule(self.clock.at + timedelta(days=1), self._work_through_list)

    async def run(self, progress: Callable[[datetime], None] = lambda _: None) -> None:
        """From the beginning to the end, and then without faults until all has drained, or could have."""
        await self.run_until(self.ends, progress)
        await self.heal(progress)

    async def heal(self, progress: Callable[[datetime], None] = lambda _: None) -> None:
        """Nothing goes wrong any more, everybody hears their phone, and what can drain has had 48 hours for it."""
        self.faults.heal()
        for clinician in self.clinicians:
            clinician.hears, clinician.sleeps = 1.0, False
        await self.run_until(self.clock.at + HEALS_WITHIN, progress)

    async def run_until(self, ends: datetime, progress: Callable[[datetime], None] = lambda _: None) -> None:
        """Everything that happens until then has happened."""
        clock, program = self.clock, self.program
        while True:
            due = program.next_at(clock.at)
            at = self._calendar[0][0] if self._calendar else None
            upcoming = min((found for found in (due, at) if found is not None), default=None)
            if upcoming is None or upcoming > ends:
                clock.advance_to(ends)
                return
            clock.advance_to(upcoming)
            while self._calendar and self._calendar[0][0] <= clock.at:
                heapq.heappop(self._calendar)[2]()
            await program.turn(clock.at)
            self.turns += 1
            if self.turns % 512 == 0:
                progress(clock.at)

    # -- people --------------------------------------------------------------------------------------------------------

    def _hire(self, number: int, name: str, role: Role, hears: float, sleeps: bool) -> None:
        now, token = self.clock.at, f"staff{number}"
        clinician = Clinician(
            name,
            role,
            FIRST_CHAT - number,
            token,
            self.programme.settings.hours.zone,
            random.Random(f"{self.size.seed}/staff/{number}"),
            self.telegram,
            self.schedule,
            self.decode,
            lambda: self.clock.at,
            hears,
            sleeps,
        )
        cause = Cause(f"call:{token}", BY)
        self.program.process.store.transact_clinic(
            cause, lambda clinic: staff.invite(clinic, name, role, hash_of(token), now + INVITATION_LASTS, now)
        )
        self.clinicians.append(clinician)
        self.telegram.start(clinician.address, token)
        if number == len(STAFF):
            self.schedule(now + LEAVES_AFTER, lambda: self._leave(clinician, StaffId(f"s{number}")))

    def _leave(self, clinician: Clinician, member: StaffId) -> None:
        clinician.left = True

        def act(cause: Cause) -> None:
            self.program.process.store.transact_clinic(cause, lambda _: staff.remove(member, self.clock.at))

        self._at_terminal(f"leave:{member}", act)

    def _at_terminal(self, key: str, act: Callable[[Cause], object]) -> None:
        """Somebody does that at the terminal, and again where it was said that it did not work."""
        try:
            act(Cause(f"call:{key}", BY))
        except (Crash, Down, StorageUnavailable):
            # Where it was a crash, the terminal's own process has died, not the one that we watch.
            self.faults.crashed = False
            self.schedule(self.clock.at + timedelta(minutes=1), lambda: self._at_terminal(key, act))

    def _invite(self, number: int, rng: random.Random) -> None:
        code = patient_code.nth(number)
        chosen = rng.choices(self.characters, [character.share for character in self.characters])[0]
        spread = timedelta(days=365.25 * self.size.years * 0.3)
        arrives = self.clock.at + spread * rng.random()
        # Most are invited around the operation; some years after it.
        since = rng.uniform(1, 30) if rng.random() < 0.7 else rng.uniform(30, 2500)
        operated = arrives.date() - timedelta(days=since)
        zone = rng.choice(HOME_ZONES) if rng.random() < 0.5 else self.programme.settings.hours.zone
        plan = Plan(
            self.size.protocol,
            PartialDate(operated.year, operated.month, operated.day),
            zone,
            Language(rng.choice(sorted(self.programme.languages))),
            time(rng.choice((9, 10, 13, 18, 19)), rng.choice((0, 30))),
        )
        patient = Patient(
            code,
            FIRST_CHAT + number,
            f"patient{number}",
            plan,
            chosen,
            random.Random(f"{self.size.seed}/patient/{number}"),
            self.telegram,
            self.schedule,
            self.decode,
            lambda: self.clock.at,
        )
        self.patients[code] = patient
        self.zones[code] = [(self.clock.at, plan.zone)]
        self.schedule(arrives, lambda: self._arrive(patient))

    def _arrive(self, patient: Patient) -> None:
        invitation = Invitation(hash_of(patient.token), self.clock.at + INVITATION_LASTS)
        now = self.clock.at

        def act(cause: Cause) -> None:
            self.program.process.store.transact(
                patient.id, cause, lambda chart: enrolment.invite(chart, patient.plan, invitation, now)
            )

        self._at_terminal(f"invite:{patient.id}", act)
        patient.live(self.clock.at, self.ends)

    def _work_through_list(self) -> None:
        """Once on each working day the lead looks at what nobody was buzzed for."""
        lead = next(clinician for clinician in self.clinicians if clinician.role is Role.LEAD)
        self.schedule(self.clock.at + timedelta(days=1), self._work_through_list)
        if self.clock.at.weekday() >= 5:
            return
        try:
            lines = Queries(self.database).alerts_unresolved()
        except (Crash, StorageUnavailable):
            return
        for line in lines:
            if line.tier in {Tier.THIS_WEEK, Tier.ROUTINE}:
                take = TakePress(line.patient, line.id)
                self.telegram.press(lead.address, 1, self.encode(take))
                outcome = ResolvePress(line.patient, line.id, "called")
                closes = partial(self._press, lead.address, self.encode(outcome))
                self.schedule(self.clock.at + timedelta(minutes=5), closes)

    def _press(self, address: int, data: str) -> None:
        self.telegram.press(address, 1, data)

    # -- what the program has taken in ---------------------------------------------------------------------------------

    def _handled(self, raw: Mapping[str, Any], now: datetime) -> None:
        self.committed[raw["update_id"]] = now
        text = raw.get("message", {}).get("text", "")
        if text.startswith("/zone "):
            patient = list(self.patients.values())[raw["message"]["chat"]["id"] - FIRST_CHAT]
            zone = ZONES[text.removeprefix("/zone ")]
            patient.zone = zone
            self.zones[patient.id].append((now, zone))

    def local(self, patient: PatientId, at: datetime) -> datetime:
        """The patient's wall clock at that moment, reckoned from what they have told."""
        zone = next(zone for since, zone in reversed(self.zones[patient]) if since <= at)
        return at.astimezone(ZoneInfo(zone))

    def day(self, patient: PatientId, at: datetime) -> date:
        """The day there."""
        return self.local(patient, at).date()
