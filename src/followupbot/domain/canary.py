"""The daily test of alerts (the canary): a made-up emergency, from the press to the receipt of its alert.

The press is decided about as any patient's is, on a chart that is made for it and thrown away: by the care protocol,
the rules and the ladder that are published. What is kept is that the test was made, whom it went to, and its receipt:
so it is in no list, no count and no patient's record.
"""

from datetime import date, datetime, time, timedelta

from followupbot.domain import check_ins, unscheduled
from followupbot.domain.addressing import to_staff
from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Canary, Clinic, Role, StaffMember
from followupbot.domain.decision import Decision
from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.facts.alerts import AlertRaised
from followupbot.domain.facts.enrolment import ConsentGiven, PatientConnected, PatientEnrolled, PatientInvited
from followupbot.domain.facts.watch import CanaryPut, CanaryRaised, CanaryReceived
from followupbot.domain.folding import fold
from followupbot.domain.ids import (
    ChatId,
    CheckInId,
    MessageId,
    MessageKey,
    PatientId,
    ProtocolKey,
    QuestionId,
    TokenHash,
)
from followupbot.domain.params import Words
from followupbot.domain.schedule import PartialDate
from followupbot.domain.tiers import Tier

CODE = PatientId("CANARY")
"""No patient's: a code has five characters."""

AFTER_OPENING = timedelta(minutes=30)
"""So it comes when people are there, and finds before the morning's check-ins what has broken overnight."""

RECEIPT_WITHIN = timedelta(minutes=5)
"""Telegram takes an alert within seconds; after so long without its receipt the operator is told."""

OPERATED_BEFORE = timedelta(days=3 * 365)

SUBJECT = "canary"


def key(number: int) -> str:
    """Of the one message of that test."""
    return f"canary/{number}"


def due(clinic: Clinic, now: datetime) -> int | None:
    """The number of the test that is to be made now; None where it was made today, or is not to be made."""
    if clinic.programme is None or not clinic.settings.canary or not _in_turn(clinic):
        return None
    hours = clinic.settings.hours
    today = hours.today(now)
    opening = hours.on(today)
    if opening is None or not opening[0] + AFTER_OPENING <= now < opening[1]:
        return None
    number = today.toordinal()
    if clinic.canary is None or clinic.canary.number < number:
        return number
    # Put by a program that ended before it was pressed: the same press again, which counts once.
    return number if clinic.canary.number == number and clinic.canary.staff is None else None


def next_at(clinic: Clinic, now: datetime) -> datetime | None:
    """When the next one comes to be due; None where none ever is, as the clinic is now.

    One that is due already is made within a minute, and is not waited for: a clock that jumps would stand still at it.
    """
    if clinic.programme is None or not clinic.settings.canary or not _in_turn(clinic):
        return None
    hours = clinic.settings.hours
    opening = hours.on(hours.today(now))
    if opening is not None and now < opening[0] + AFTER_OPENING:
        return opening[0] + AFTER_OPENING
    opens = hours.next_open(now)
    return (opens if opens > now else hours.next_open(hours.next_closing(now))) + AFTER_OPENING


def put(clinic: Clinic, now: datetime) -> Decision:
    """The test has begun."""
    number = due(clinic, now)
    if number is None or (clinic.canary is not None and clinic.canary.number == number):
        return Decision()
    return Decision((CanaryPut(now, number),))


def press(clinic: Clinic, number: int, now: datetime) -> Decision:
    """The made-up press has raised its alert, and the staff member whose turn it is gets it, marked and silent.

    Nothing where it did not raise one: then there is no receipt, and the operator hears of it.
    """
    canary = clinic.canary
    if canary is None or canary.number != number or canary.staff is not None or not _raises(clinic, now):
        return Decision()
    staff = _next(clinic, canary)
    alert = to_staff(
        clinic,
        staff.id,
        "alerts/test",
        key=key(number),
        subject=SUBJECT,
        params={"tier": Words(MessageKey(f"alerts/tiers/{Tier.EMERGENCY}"))},
        silent=True,
    )
    return Decision((CanaryRaised(now, number, staff.id),), (alert,))


def receive(clinic: Clinic, number: int, now: datetime) -> Decision:
    """Telegram has taken the alert."""
    canary = clinic.canary
    if canary is None or canary.number != number or canary.received_at is not None:
        return Decision()
    return Decision((CanaryReceived(now, number),))


def lost(clinic: Clinic, now: datetime, within: timedelta = RECEIPT_WITHIN) -> bool:
    """Whether the last test has not come through in time."""
    canary = clinic.canary
    return canary is not None and canary.received_at is None and now - canary.put_at > within


def _raises(clinic: Clinic, now: datetime) -> bool:
    """Whether the press of an emergency button raises an emergency, by every protocol that has such a button."""
    found = [(protocol, red) for protocol in clinic.published.protocols.values() if (red := _red(protocol))]
    return bool(found) and all(_raises_by(clinic, protocol.key, *red, now) for protocol, red in found)


def _raises_by(clinic: Clinic, protocol: ProtocolKey, question: QuestionId, value: str, now: datetime) -> bool:
    chart = _chart(clinic, protocol, now)
    chart = fold(chart, unscheduled.check_now(chart, now).chart_facts)
    pressed = check_ins.answer_press(chart, CheckInId(1), question, value, MessageId(1), now)
    return any(isinstance(fact, AlertRaised) and fact.flag.tier is Tier.EMERGENCY for fact in pressed.facts)


def _red(protocol: CareProtocol) -> tuple[QuestionId, str] | None:
    """The first button of the red-flag screens that brings a card."""
    asked = () if protocol.urgent is None else protocol.urgent.form
    for gate in protocol.gates():
        for item in gate.items if gate.id in asked else ():
            for value in gate.values(item.id):
                if protocol.card_on(item.id, str(value)):
                    return item.id, str(value)
    return None


def _chart(clinic: Clinic, protocol: ProtocolKey, now: datetime) -> Chart:
    """Somebody who takes part, and has nothing open."""
    operated = (now - OPERATED_BEFORE).date()
    surgery_on = PartialDate(operated.year, operated.month, 1)
    plan = Plan(protocol, surgery_on, clinic.settings.hours.zone, clinic.settings.language, time(10))
    version = clinic.published.version
    chart = Chart(CODE, clinic=clinic, programmes={version: clinic.published})
    return fold(
        chart,
        (
            PatientInvited(now, plan, Invitation(TokenHash(SUBJECT), now + timedelta(days=1))),
            PatientConnected(now, ChatId(SUBJECT)),
            ConsentGiven(now, version, plan.language),
            PatientEnrolled(now, date(now.year, now.month, now.day), True),
        ),
    )


def _in_turn(clinic: Clinic) -> tuple[StaffMember, ...]:
    """Everybody who is paged and can be reached, in the order in which they were invited; else the admins."""
    roles = clinic.settings.paged
    paged = tuple(member for member in clinic.staff if member.role in roles and member.chat is not None)
    return paged or clinic.reachable(Role.ADMIN)


def _next(clinic: Clinic, canary: Canary) -> StaffMember:
    people = _in_turn(clinic)
    before = next((n for n, member in enumerate(people) if member.id == canary.last), -1)
    return people[(before + 1) % len(people)]
