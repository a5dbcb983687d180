"""How things stand, in numbers, and who is to be called."""

from datetime import timedelta

import pytest

from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.carers import CarerConnected, CarerInvited, CarerJoined, CarerLeft
from followupbot.domain.facts.check_ins import CheckInExpired
from followupbot.domain.facts.enrolment import ConsentDeclined
from followupbot.domain.facts.patient import DeletionRequested, PatientHeld, PatientPaused, PatientStopped
from followupbot.domain.ids import CarerId, CheckInId, TokenHash
from followupbot.domain.outgoing import Lane
from followupbot.domain.rules import Tier
from followupbot.storage.status import CallLine, OutboxCount
from followupbot.storage.status import status as status_of
from tests.storage.people import DR_ITO, NOON, OTHER_PATIENT, Site, asked, message, page, raised


def test_status_says_how_things_stand(site: Site) -> None:
    """In numbers, at this moment."""
    version = site.charts.clinic().published.version
    site.decide(
        page("p1", DR_ITO),
        message("k1", subject="1"),
        facts=[asked(NOON, 1, version, days=1), raised(NOON, 1, Tier.EMERGENCY)],
    )
    site.now += timedelta(minutes=5)
    site.decide(message("k2", subject="2"), facts=[raised(site.now, 2)])
    site.outbox.confirm(site.outbox.claim(site.now, site.machine_now, 1)[0], None, site.now)
    site.charts.update_failed(1, "KeyError")
    site.charts.set_aside(2, b"{}", "KeyError", NOON)
    status = status_of(site.database, NOON + timedelta(days=1))
    assert status.patients == {"active": 1}
    assert status.alerts_unresolved == {Tier.EMERGENCY: 1, Tier.SAME_DAY: 1}
    assert (status.charts_due, status.charts_due_since) == (1, NOON + timedelta(days=1))
    assert status.outbox == (OutboxCount(Lane.ALERT, "sent", 1), OutboxCount(Lane.REPLY, "pending", 2))
    assert status.oldest_pending == {Lane.REPLY: NOON}
    assert (status.updates_failed, status.updates_set_aside) == (1, 1)


def test_status_of_a_clinic_where_nothing_has_happened(site: Site) -> None:
    """Nothing is due and nothing waits."""
    status = status_of(site.database, NOON)
    assert (status.charts_due, status.charts_due_since, status.outbox, status.oldest_pending) == (0, None, (), {})


@pytest.mark.parametrize(
    "fact",
    [
        PatientStopped(NOON),
        PatientPaused(NOON, NOON + timedelta(days=30)),
        DeletionRequested(NOON),
        PatientHeld(NOON, "death", "n1"),
        ConsentDeclined(NOON),
    ],
    ids=lambda fact: fact.kind,
)
def test_who_wants_quiet_is_not_called_though_the_chat_refuses_us(site: Site, fact: ChartFact) -> None:
    """Somebody stops and then blocks the bot: that is no reason to telephone. Who only blocks it is called."""
    chat = site.enrol(OTHER_PATIENT, 2002)
    site.outbox.block_chat(chat)
    (line,) = status_of(site.database, NOON).to_call
    assert line == CallLine(OTHER_PATIENT, None, blocked=True)
    site.decide(facts=[fact], patient=OTHER_PATIENT)
    assert status_of(site.database, NOON).to_call == ()


def test_who_is_reached_through_helpers_alone_is_called_once_all_of_them_refuse_us(site: Site) -> None:
    """Whether or not a check-in waits; with one helper who is there they are not called."""
    version = site.charts.clinic().published.version
    chats = {number: site.charts.note_chat(3000 + number) for number in (1, 2)}
    site.by_phone(OTHER_PATIENT, asked(NOON, 1, version))
    assert status_of(site.database, NOON).to_call == (CallLine(OTHER_PATIENT, NOON + timedelta(days=2), blocked=False),)
    for number, chat in chats.items():
        carer = CarerId(number)
        invited = CarerInvited(NOON, carer, TokenHash(f"token of helper {number}"), NOON + timedelta(days=7))
        site.decide(facts=[invited, CarerConnected(NOON, carer, chat), CarerJoined(NOON, carer)], patient=OTHER_PATIENT)
    site.outbox.block_chat(chats[1])
    assert status_of(site.database, NOON).to_call == ()
    site.outbox.block_chat(chats[2])
    (line,) = status_of(site.database, NOON).to_call
    assert line == CallLine(OTHER_PATIENT, NOON + timedelta(days=2), blocked=True)
    expired = CheckInExpired(NOON, CheckInId(1), missed=True)
    site.decide(facts=[expired], patient=OTHER_PATIENT)
    assert status_of(site.database, NOON).to_call == (CallLine(OTHER_PATIENT, None, blocked=True),)
    site.decide(facts=[CarerLeft(NOON, CarerId(number), "staff") for number in chats], patient=OTHER_PATIENT)
    assert status_of(site.database, NOON).to_call == ()
