"""Retention: what is older goes, what is newer, held or clinical stays."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from followupbot.domain.facts.patient import LegalHoldPlaced
from followupbot.domain.households import Kept
from followupbot.domain.ids import MessageId, PatientId
from followupbot.storage import retention
from followupbot.storage.retention import Kind, Retention
from followupbot.storage.tables import updates_set_aside
from tests.storage.people import NOON, OTHER_PATIENT, PATIENT, Site, message

CANARY = "CANARY-77"
LATER = NOON + timedelta(days=100)
BEFORE = LATER - timedelta(days=90)


@pytest.fixture
def site(site: Site) -> Site:
    """Two patients with an old message each, one of whom is held; and a new message, and one that still waits."""
    site.enrol(OTHER_PATIENT, 2002)
    for patient in (PATIENT, OTHER_PATIENT):
        site.decide(message(f"{patient}/old", params={"name": CANARY}), patient=patient)
        site.deliver(700)
    site.decide(message("waits", params={"name": CANARY}))
    site.charts.set_aside(1, CANARY.encode(), "KeyError", NOON)
    site.decide(facts=[LegalHoldPlaced(NOON, "n")], patient=OTHER_PATIENT)
    site.now = LATER
    site.decide(message("new", params={"name": CANARY}, subject="other"))
    return site


def contents(site: Site) -> dict[str, bool]:
    """Which messages still say something."""
    with site.database.read() as connection:
        rows = connection.execute(sa.text("SELECT key, params_enc, payload_enc, choices_enc FROM outbox")).all()
    return {row.key: bool(row.params_enc) and bool(row.choices_enc) for row in rows}


def test_what_messages_said_goes_and_that_they_were_sent_stays(site: Site) -> None:
    """Not of somebody under a legal hold, and not of what waits still."""
    kept = Retention(site.database)
    assert kept.count(Kind.CHAT, BEFORE) == 1
    assert all(contents(site).values())
    assert kept.end(Kind.CHAT, BEFORE) == 1
    assert {key for key, says in contents(site).items() if not says} == {f"{PATIENT}/old"}
    assert kept.count(Kind.CHAT, BEFORE) == 0
    assert [told.at for told in site.charts.told(OTHER_PATIENT)] == []  # nothing was rendered here
    assert site.charts.told(PATIENT) == []


def test_what_was_held_goes_when_the_hold_ends(site: Site) -> None:
    with site.database.write() as connection:
        connection.execute(sa.text("UPDATE charts SET legal_hold_since = NULL"))
    assert Retention(site.database).count(Kind.CHAT, BEFORE) == 2


def test_updates_causes_and_tries_go(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """In as many commits as it takes; the record is not touched."""
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 2)
    facts = site.charts.facts_of(PATIENT)
    kept = Retention(site.database)
    counted = {kind: kept.count(kind, BEFORE) for kind in Kind}
    assert counted[Kind.SET_ASIDE] == 1
    assert counted[Kind.CAUSES] > 5
    assert {kind: kept.end(kind, BEFORE) for kind in Kind} == counted
    assert sum(kept.count(kind, BEFORE) for kind in Kind) == 0
    assert site.charts.facts_of(PATIENT) == facts
    with site.database.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM causes")).scalar_one() == 1  # today's


def test_who_shares_a_chat_is_still_reached_when_the_other_is_erased(site: Site) -> None:
    """Their number was under the other one's key."""
    chat = site.enrol(PatientId("S4R3D"), address=2001)
    assert site.charts.erase(PATIENT, "asked", "0f", site.cause(), lambda _: True)
    assert site.charts.address(chat) == 2001


def test_after_an_erasure_the_person_can_still_write_to_us(site: Site) -> None:
    """As anybody whom we don't know; nothing tells that we ever did."""
    before = site.charts.note_chat(2001)
    assert site.charts.erase(PATIENT, "asked", "0f", site.cause(), lambda _: True)
    chat = site.charts.note_chat(2001)
    assert chat == before
    assert site.charts.speakers_of(chat) == ()
    assert site.charts.address(chat) == 2001
    other = Site(site.database, site.keys, holder="h2")
    assert other.charts.note_chat(2001) == chat


def test_the_words_of_a_chat_that_was_let_go_are_gone(site: Site) -> None:
    """Those too that waited to be said whom they are about, once nobody is left whom they could be about."""
    other = PatientId("S4R3D")
    chat = site.enrol(other, address=2001)
    site.charts.keep_until_meant(Kept(chat, MessageId(9), "text", CANARY), NOON)
    assert site.charts.erase(PATIENT, "asked", "0f", site.cause(), lambda _: True)
    assert site.charts.meant(chat, MessageId(9)) is not None
    assert site.charts.erase(other, "asked", "0f", site.cause(), lambda _: True)
    assert site.charts.meant(chat, MessageId(9)) is None


def test_of_updates_set_aside_only_those_of_the_erased_go(site: Site) -> None:
    """Whoever's number has theirs in it keeps what is to be looked at."""
    for update, address in ((11, 2001), (12, 52001), (13, 20015), (14, -2001)):
        site.charts.set_aside(update, b'{"chat": {"id": %d}, "text": "x"}' % address, "KeyError", NOON)
    assert site.charts.erase(PATIENT, "asked", "0f", site.cause(), lambda _: True)
    with site.database.read() as connection:
        left = connection.scalars(sa.select(updates_set_aside.c.update_id).order_by(updates_set_aside.c.update_id))
        assert list(left) == [1, 12, 13, 14]
