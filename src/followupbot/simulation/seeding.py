"""Many patients with a past, quickly, in a real database: for pages and for bench. Nothing of it is ever sent.

Each patient's facts are decided by the real domain, folded by `apply`, and kept by the store in one commit: chained,
encrypted, and with the rows that lists are made of.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from followupbot.application.admins import INVITATION_LASTS, hash_of
from followupbot.application.ports import Store
from followupbot.domain import patient_code, staff
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Role, StaffMember
from followupbot.domain.decision import ByShell, Cause, Decision
from followupbot.domain.facts.check_ins import QuestionAnswered
from followupbot.domain.ids import ProtocolKey
from followupbot.domain.schedule import resolve
from followupbot.simulation.load import FOLLOWED_YEARS, draw_character, draw_plan
from followupbot.simulation.past import CAME_IN, Past

BY = ByShell("seeding")

FIRST_CHAT = 5_000_000_000
"""Numbers that are no real person's here: above all that a test uses, below what Telegram takes."""

DOCTOR = "Dr Seed"


@dataclass(frozen=True)
class Seeded:
    """How many there are now that were not there before."""

    patients: int
    answers: int
    facts: int


def seed(
    store: Store,
    protocol: ProtocolKey,
    answers: int,
    chance_of: int,
    now: datetime,
    progress: Callable[[int], None] = lambda _: None,
) -> Seeded:
    """Patients are made until there are so many answers. `chance_of` is the seed; `progress` hears of the answers."""
    clinician = _clinician(store, now)
    patients = answered = facts = 0
    while answered < answers:
        past = _one(store, protocol, patients, chance_of, clinician, now)
        patients += 1
        facts += len(past.facts)
        answered += sum(isinstance(fact, QuestionAnswered) for fact in past.facts)
        progress(answered)
    return Seeded(patients, answered, facts)


def _one(
    store: Store, protocol: ProtocolKey, number: int, chance_of: int, clinician: StaffMember, now: datetime
) -> Past:
    """The patient of that number, kept."""
    code, chat = patient_code.nth(number), store.note_chat(FIRST_CHAT + number)
    programme = store.clinic().published
    lived: list[Past] = []

    def live(chart: Chart) -> Decision:
        assert chart.enrolment is None, f"{code} is there already: seeding is for a database without patients"
        chance = random.Random(f"{chance_of}/seed/{number}")
        character = draw_character(chance)
        operated = (now - timedelta(days=30 + chance.random() * 365.25 * FOLLOWED_YEARS)).date()
        plan = draw_plan(chance, programme, protocol, operated)
        past = Past(chart, character, chance, clinician)
        past.enrol(plan, chat, resolve(operated, plan.ask_at, plan.zone) + CAME_IN)
        past.live(now)
        lived[:] = [past]
        return Decision(tuple(past.facts))

    store.transact(code, Cause(f"seed:{chance_of}:{number}", BY), live)
    return lived[0]


def _clinician(store: Store, now: datetime) -> StaffMember:
    """Who has dealt with the alerts of the past."""
    token, chat = hash_of(DOCTOR), store.note_chat(FIRST_CHAT - 1)
    for key, decide in (
        ("invite", lambda clinic: staff.invite(clinic, DOCTOR, Role.CLINICIAN, token, now + INVITATION_LASTS, now)),
        ("join", lambda clinic: Decision(staff.join(clinic, chat, token, now).facts)),
    ):
        store.transact_clinic(Cause(f"seed:{key}", BY), decide)
    member = staff.called(store.clinic(), DOCTOR)
    assert member is not None, "who has just joined works here"
    return member
