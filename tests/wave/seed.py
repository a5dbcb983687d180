"""Many patients whose check-in is due at the same moment, as at nine in the morning."""

import itertools
from datetime import time as hour
from datetime import timedelta

from followupbot.bootstrap.house import House
from followupbot.domain.decision import ByShell, Cause, Decision
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.facts.enrolment import ConsentGiven, PatientConnected, PatientEnrolled, PatientInvited
from followupbot.domain.ids import Language, PatientId, TokenHash, Version
from followupbot.domain.patient_code import ALPHABET, complete
from followupbot.domain.schedule import PartialDate
from tests.process.harness import zone_where_it_is_day
from tests.process.telegram import Phone, Telegram

EN = Language("en")

YEAR_AND_A_DAY = timedelta(days=367)
"""So long ago they were operated: what was to be asked after a year is due, in wave.yaml and in what ships."""


def seed(house: House, telegram: Telegram, count: int) -> dict[PatientId, Phone]:
    """So many patients have enrolled just now, and each one's first check-in is due. No round has looked yet."""
    codes = (complete("".join(payload)) for payload in itertools.product(ALPHABET, repeat=4))
    phones = telegram.do(lambda: [_phone(telegram, number) for number in range(count)])
    return {_enrol(house, code, phone): phone for code, phone in zip(codes, phones, strict=False)}


def _phone(telegram: Telegram, number: int) -> Phone:
    user = telegram.practice.telegram.add_user(f"Patient {number}", "en")
    user.started = True
    return Phone(telegram, user.first_name, user.id)


def _enrol(house: House, code: PatientId, phone: Phone) -> PatientId:
    now = house.clock.now()
    chat = house.store.note_chat(phone.id)
    (protocol,) = house.store.clinic().published.protocols
    operated = (now - YEAR_AND_A_DAY).date()
    surgery = PartialDate(operated.year, operated.month, operated.day)
    plan = Plan(protocol, surgery, zone_where_it_is_day(), EN, hour(10))
    facts = (
        PatientInvited(now, plan, Invitation(TokenHash(f"token of {code}"), now + timedelta(days=7))),
        PatientConnected(now, chat),
        ConsentGiven(now, Version("c1"), EN),
        PatientEnrolled(now, asked_through=operated, operated=True),
    )
    house.store.transact(code, Cause(f"seeded:{code}", ByShell("tests")), lambda _: Decision(facts))
    return code
