"""When Telegram was last heard, and who may have pressed a button since."""

from datetime import timedelta

import sqlalchemy as sa

from followupbot.domain.decision import ByClock, Cause, Decision
from followupbot.domain.facts.carers import CarerConnected, CarerInvited, CarerJoined
from followupbot.domain.facts.check_ins import CheckInEnded
from followupbot.domain.ids import CarerId, CheckInId, TokenHash
from followupbot.storage.hearing import Hearing
from followupbot.storage.tables import causes, charts
from tests.storage.people import NOON, OTHER_PATIENT, PATIENT, Site, asked, message


def ask(site: Site) -> None:
    """A check-in is open, and its first message waits to be sent."""
    site.decide(message("ready", subject="c1"), facts=[asked(NOON, 1, site.charts.clinic().published.version)])


def test_the_last_time_is_kept_and_only_that(site: Site) -> None:
    hearing = Hearing(site.database)
    assert hearing.last_heard() is None
    hearing.note_heard(NOON, 1_000)
    hearing.note_heard(NOON + timedelta(minutes=1), 61_000)
    assert hearing.last_heard() == (NOON + timedelta(minutes=1), 61_000)


def test_somebody_is_awaited_while_a_check_in_is_open(site: Site) -> None:
    hearing = Hearing(site.database)
    assert list(hearing.awaited(None, 10)) == []
    ask(site)
    assert list(hearing.awaited(None, 10)) == [PATIENT]
    assert list(hearing.awaited(PATIENT, 10)) == []
    assert list(hearing.awaited(None, 0)) == []
    site.charts.transact(
        PATIENT, Cause("ends", ByClock()), lambda _: Decision((CheckInEnded(NOON, CheckInId(1), "stopped"),))
    )
    assert list(hearing.awaited(None, 10)) == []


def test_a_patient_without_a_chat_is_awaited_where_somebody_helps(site: Site) -> None:
    """A carer's press is lost like anybody's (clinical.md 0.19)."""
    hearing, number = Hearing(site.database), CarerId(1)
    ask(site)
    with site.database.write() as connection:
        connection.execute(sa.text("DELETE FROM follows"))
        connection.execute(sa.update(charts).values(chat=None))
    assert list(hearing.awaited(None, 10)) == []
    invited = CarerInvited(NOON, number, TokenHash("t"), NOON + timedelta(days=7))
    connected = CarerConnected(NOON, number, site.charts.note_chat(4711))
    joins = (invited, connected, CarerJoined(NOON, number))
    site.charts.transact(PATIENT, Cause("joins", ByClock()), lambda _: Decision(joins))
    with site.database.write() as connection:
        connection.execute(sa.update(charts).values(chat=None))
        connection.execute(sa.text("DELETE FROM follows WHERE carer = 0"))
    assert list(hearing.awaited(None, 10)) == [PATIENT]


def test_whoever_was_heard_in_that_time_is_known_by_what_was_decided(site: Site) -> None:
    """Not who was only woken by the clock, and not what was decided at other times."""
    hearing = Hearing(site.database)
    rows = [
        {"key": "update:1:7", "subject": f"patient:{PATIENT}", "version": 1, "at": NOON},
        {"key": "update:1:8", "subject": "clinic", "version": 1, "at": NOON},
        {"key": f"wake:{OTHER_PATIENT}", "subject": f"patient:{OTHER_PATIENT}", "version": 1, "at": NOON},
        {"key": "update:1:9", "subject": f"patient:{OTHER_PATIENT}", "version": 1, "at": NOON + timedelta(hours=1)},
    ]
    site.database.unit(lambda connection: connection.execute(causes.insert(), rows))
    minute = timedelta(minutes=1)
    assert set(hearing.heard_between(NOON - minute, NOON + minute)) == {PATIENT}


def test_what_waits_or_was_sent_since_is_under_way(site: Site) -> None:
    hearing = Hearing(site.database)
    before = set(hearing.underway(NOON))
    ask(site)
    (subject,) = set(hearing.underway(NOON)) - before
    (claim,) = site.outbox.claim(NOON, 0, 10)
    assert subject in hearing.underway(NOON)
    site.outbox.confirm(claim, None, NOON)
    assert subject in hearing.underway(NOON)
    assert subject not in hearing.underway(NOON + timedelta(seconds=1))
