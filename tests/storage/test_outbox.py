"""The outbox: what goes when, at what it is aimed, and what becomes of it when nobody knows whether it went."""

import re
from datetime import time, timedelta

import pytest
import sqlalchemy as sa

from followupbot.application.ports import Outbox
from followupbot.domain.decision import ByClock, Cause, Decision
from followupbot.domain.delivery import Act
from followupbot.domain.ids import MessageId
from followupbot.domain.outgoing import Lane, Recall, Rehour, ToClinician
from followupbot.domain.presses import Choice, StartPress
from followupbot.domain.schedule import Daytime
from followupbot.storage import queue
from followupbot.storage.keys import Keys, patient_key
from followupbot.storage.leases import Leases
from followupbot.storage.tables import outbox
from tests.storage.people import DR_ITO, DR_SATO, NOON, PATIENT, Site, claim_keys, message, page, states


def test_outbox_is_an_outbox(site: Site) -> None:
    """The application's port is satisfied by shape; this line is checked by mypy."""
    port: Outbox = site.outbox
    assert port is site.outbox


def test_a_decided_message_is_claimed_with_what_it_is_made_of(site: Site) -> None:
    """The chat's number is decrypted, and so are parameters and buttons."""
    asked = message("k1", params={"name": "Ada", "points": 4, "yes": True, "none": None})
    start = Choice("start", StartPress(PATIENT, 3))  # type: ignore[arg-type]
    site.decide(type(asked)(**{**vars(asked), "choices": ((start,),), "silent": True}))
    claim = site.claim_one()
    assert (claim.address, claim.act, claim.attempts, claim.uncertain, claim.payload) == (2001, Act.SEND, 1, 0, None)
    assert claim.params == {"name": "Ada", "points": 4, "yes": True, "none": None}
    assert claim.choices == ((start,),)
    assert (claim.silent, claim.decided_at) == (True, NOON)


def test_a_sent_message_does_not_go_again(site: Site) -> None:
    """Not even after every lease has run out."""
    site.decide(message("k1"))
    site.deliver(100)
    site.machine_now += 10_000_000
    assert claim_keys(site) == []
    assert states(site) == {"k1": "sent"}


def test_a_key_that_was_used_sends_nothing_more(site: Site) -> None:
    """Also in another decision."""
    site.decide(message("k1"))
    site.decide(message("k1", subject="other"))
    assert claim_keys(site) == ["k1"]


def test_lanes_rank(site: Site) -> None:
    """An alert goes before everything that was decided earlier."""
    site.decide(
        message("education", lane=Lane.EDUCATION, subject="1"),
        message("check_in", lane=Lane.CHECK_IN, subject="2"),
        message("reply", lane=Lane.REPLY, subject="3"),
        page("alert", DR_ITO),
    )
    assert claim_keys(site, 3) == ["alert", "reply", "check_in"]


def test_messages_of_one_subject_go_one_by_one_in_their_order(site: Site) -> None:
    """Also where a later one is more urgent; another subject of the same chat does not wait."""
    site.decide(message("a1", subject="a"), message("a2", subject="a", lane=Lane.ALERT), message("b1", subject="b"))
    claims = {claim.key: claim for claim in site.outbox.claim(site.now, site.machine_now, 10)}
    assert set(claims) == {"a1", "b1"}
    assert claim_keys(site) == []
    site.outbox.retry(claims["a1"], site.machine_now + 1_000, counted=True, uncertain=False, error="timeout")
    assert claim_keys(site) == []
    site.machine_now += 1_000
    assert site.deliver(100) == "a1"
    assert claim_keys(site) == ["a2"]


def test_one_subject_in_two_chats_does_not_wait(site: Site) -> None:
    """An alert is paged to two people at once."""
    site.decide(page("p1", DR_ITO), page("p2", DR_SATO))
    assert claim_keys(site) == ["p1", "p2"]


def test_an_alert_asks_again_where_its_chat_is_to_be_left_alone_for_an_hour(site: Site) -> None:
    """Not within the last minute; and nothing else does."""
    chat = site.charts.note_chat(1001)
    site.outbox.hold_chat(chat, site.machine_now + 60_000)
    site.decide(page("alert", DR_ITO), message("reply", ToClinician(DR_ITO), subject="2"))
    assert claim_keys(site) == []
    site.outbox.hold_chat(chat, site.machine_now + 60_001)
    assert claim_keys(site) == ["alert"]


def test_a_clock_that_was_set_back_makes_nothing_wait(site: Site) -> None:
    """Neither a retry, nor a chat that was told to wait, nor what was decided by the later time; daytime is kept to."""
    site.decide(
        message("retried", subject="1"),
        page("held", DR_ITO),
        message("decided", subject="3"),
        message("morning", subject="4", daytime=Daytime("UTC", time(9), time(10))),
    )
    claims = {claim.key: claim for claim in site.outbox.claim(site.now, site.machine_now, 2)}
    site.outbox.hold_chat(claims["held"].chat, site.machine_now + 5_000)
    for key in ("retried", "held"):
        site.outbox.retry(claims[key], site.machine_now + 5_000, counted=False, uncertain=False, error="too fast")
    site.now -= timedelta(hours=1)
    site.machine_now -= 3_600_000
    assert claim_keys(site) == []
    site.outbox.forget_waits(site.now, site.machine_now, 3_900_000)  # these may be waits that we began
    assert "held" not in claim_keys(site)
    site.outbox.forget_waits(site.now, site.machine_now, 0)
    assert {"retried", "held"} <= set(claim_keys(site))
    assert states(site) == {"retried": "sending", "held": "sending", "decided": "sending", "morning": "pending"}


def test_the_database_itself_refuses_two_in_flight(site: Site) -> None:
    """Whatever the code does: at most one row of a chat and subject is being sent."""
    site.decide(message("a1"), message("a2"))
    with pytest.raises(sa.exc.IntegrityError), site.database.write() as connection:
        connection.execute(outbox.update().values(state="sending"))


def test_two_senders_never_have_the_same_row(site: Site, keys: Keys) -> None:
    """A second process finds what the first one left."""
    other = Site(site.database, keys, holder="h2")
    site.decide(*(message(f"k{number}", subject=str(number)) for number in range(6)))
    mine = claim_keys(site, 3)
    theirs = claim_keys(other, 10)
    assert sorted(mine + theirs) == [f"k{number}" for number in range(6)]


def test_a_claim_looks_only_at_what_is_due_and_what_holds_it_back(site: Site) -> None:
    """By the indexes that cover just that; without them 10,000 check-ins at nine o'clock took a minute and more."""
    statement = queue._NEXT_ROWS.compile(dialect=site.database.engine.dialect)
    values = {**statement.params, "lane": 2, "now": 0, "machine_now": 0, "limit": 8}
    bound = tuple(values[name] for name in statement.positiontup or ()) if statement.positional else values
    with site.database.write() as connection:
        if not site.database.sqlite:  # in an empty table it would not look into any index
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if site.database.sqlite else "EXPLAIN"
        plan = str(connection.exec_driver_sql(f"{explain} {statement}", bound).all())
    assert re.search(r"ix_outbox_due .{0,150}\(+lane ?= ?\S+ AND \(?not_before_at ?<", plan), plan
    assert "ix_outbox_open " in plan


# -- leases ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lane", "lease_ms"), [(Lane.ALERT, 20_000), (Lane.REPLY, 60_000)])
def test_a_row_whose_sender_died_goes_again_and_is_uncertain(site: Site, lane: Lane, lease_ms: int) -> None:
    """After the lease, and not before; what was rendered goes unchanged."""
    site.decide(message("k1", lane=lane))
    lost = site.claim_one()
    site.outbox.keep_rendered(lost, b"the bytes")
    site.machine_now += lease_ms - 1
    assert claim_keys(site) == []
    site.machine_now += 1
    again = site.claim_one()
    assert (again.key, again.attempts, again.uncertain, again.payload) == ("k1", 2, 1, b"the bytes")


def test_a_claim_that_was_lost_settles_nothing(site: Site) -> None:
    """The slow sender's word counts no more, whatever it has to say."""
    site.decide(message("k1"))
    lost = site.claim_one()
    site.machine_now += 60_000
    held = site.claim_one()
    site.outbox.confirm(lost, MessageId(100), NOON)
    site.outbox.give_up(lost, "dead", "no")
    site.outbox.retry(lost, 0, counted=True, uncertain=True, error="no")
    site.outbox.keep_rendered(lost, b"no")
    site.outbox.forget_target(lost)
    assert states(site) == {"k1": "sending"}
    site.outbox.confirm(held, MessageId(101), NOON)
    assert states(site) == {"k1": "sent"}
    with site.database.read() as connection:
        row = connection.execute(sa.select(outbox)).one()
    assert (row.message_id, row.payload_enc) == (101, None)


@pytest.mark.parametrize(
    ("lane", "expected"), [(Lane.ALERT, None), (Lane.REPLY, None), (Lane.CHECK_IN, 2), (Lane.EDUCATION, 1)]
)
@pytest.mark.parametrize("how", ["lease", "answer"])
def test_how_often_each_lane_is_repeated_when_it_may_have_arrived(
    site: Site, lane: Lane, expected: int | None, how: str
) -> None:
    """Alerts and replies until one surely has; a check-in twice; education never again."""
    site.decide(message("k1", lane=lane))
    for times in range(1, 6):
        claim = site.claim_one()
        if how == "answer":
            site.outbox.retry(claim, site.machine_now, counted=True, uncertain=True, error="timeout")
        else:
            site.machine_now += 60_000
            site.outbox.claim(site.now, site.machine_now, 0)
        if times == expected:
            assert states(site) == {"k1": "unknown"}
            return
    assert expected is None
    assert states(site) == {"k1": "pending"}


def test_what_surely_did_not_arrive_is_repeated_in_every_lane(site: Site) -> None:
    """Only doubt makes an end."""
    site.decide(message("k1", lane=Lane.EDUCATION))
    for attempts in range(1, 6):
        claim = site.claim_one()
        assert (claim.attempts, claim.uncertain) == (attempts, 0)
        site.outbox.retry(claim, site.machine_now, counted=True, uncertain=False, error="refused")


def test_doubt_makes_no_end_while_nobody_is_answered(site: Site) -> None:
    """A server error of five minutes must not cost everybody who was due the check-in (decisions/0005)."""
    site.decide(message("k1", lane=Lane.CHECK_IN))
    for times in range(5):
        claim = site.claim_one()
        assert claim.uncertain == times
        site.outbox.retry(claim, site.machine_now, counted=False, uncertain=True, error="502")
    site.outbox.retry(site.claim_one(), site.machine_now, counted=True, uncertain=True, error="timeout")
    assert states(site) == {"k1": "unknown"}


def test_being_told_to_wait_is_no_attempt(site: Site) -> None:
    """A flood limit never makes a message dead."""
    site.decide(message("k1"))
    for _ in range(3):
        claim = site.claim_one()
        assert claim.attempts == 1
        site.outbox.retry(claim, site.machine_now, counted=False, uncertain=False, error="429")


def test_a_new_process_takes_back_what_an_earlier_one_had_at_once(site: Site, keys: Keys) -> None:
    """Its own it leaves alone."""
    site.decide(message("k1", subject="1"), message("k2", subject="2"))
    assert claim_keys(site, 1) == ["k1"]
    started = Site(site.database, keys, holder="h2")
    assert claim_keys(started, 1) == ["k2"]
    assert started.outbox.reclaim() == 1
    again = started.claim_one()
    assert (again.key, again.uncertain) == ("k1", 1)


def test_who_has_lost_the_turn_claims_nothing(site: Site, keys: Keys) -> None:
    """Though nobody has told them yet: the epoch is looked at in each claim's own transaction."""
    site.decide(message("k1", subject="1"), message("k2", subject="2"))
    site.outbox.turn = Leases(site.database, "h1").acquire("sender:1", 0, 3_000)
    assert claim_keys(site, 1) == ["k1"]
    other = Site(site.database, keys, holder="h2")
    other.outbox.turn = Leases(site.database, "h2").acquire("sender:1", 3_000, 3_000)
    assert claim_keys(site) == []
    assert site.outbox.reclaim() == 0
    assert other.outbox.reclaim() == 1
    assert sorted(claim_keys(other)) == ["k1", "k2"]


def test_a_claim_of_some_lanes_takes_no_others(site: Site) -> None:
    site.decide(message("k1", lane=Lane.CHECK_IN, subject="1"), message("k2", lane=Lane.ALERT, subject="2"))
    assert [claim.key for claim in site.outbox.claim(site.now, site.machine_now, 10, (Lane.ALERT,))] == ["k2"]


# -- times -------------------------------------------------------------------------------------------------------------


def test_what_we_start_waits_for_the_patients_morning(site: Site) -> None:
    """Decided at night it waits; and so does what was decided by day and comes to its turn at night."""
    tokyo = Daytime("Asia/Tokyo")
    site.now = NOON.replace(hour=14)  # 23:00 in Tokyo
    site.decide(message("night", daytime=tokyo, subject="1"))
    site.now = NOON.replace(hour=10, minute=59, second=59)  # one second before 20:00
    site.decide(message("day", daytime=tokyo, subject="2"))
    site.now += timedelta(seconds=1)
    assert claim_keys(site) == []
    site.now = NOON + timedelta(days=1) - timedelta(hours=12, milliseconds=1)
    assert claim_keys(site) == []
    site.now += timedelta(milliseconds=1)  # 09:00 in Tokyo
    assert claim_keys(site) == ["night", "day"]


def test_a_reply_at_night_does_not_wait_for_the_reminder_of_the_morning(site: Site) -> None:
    """The reminder comes first in the subject, and holds nothing back while it waits for daytime."""
    site.now = NOON.replace(hour=22)
    site.decide(message("reminder", daytime=Daytime("UTC")), message("card", lane=Lane.ALERT))
    assert site.deliver(100) == "card"
    assert states(site) == {"reminder": "pending", "card": "sent"}


def test_a_card_goes_at_once_where_what_was_before_it_is_put_off_till_the_morning(site: Site) -> None:
    """The check-in was decided by day, and neither has been claimed before night."""
    site.decide(message("check_in", daytime=Daytime("UTC"), lane=Lane.CHECK_IN), message("card", lane=Lane.ALERT))
    site.now = NOON.replace(hour=22)
    assert claim_keys(site) == ["card"]


def test_a_message_in_flight_holds_back_one_whose_morning_has_come(site: Site) -> None:
    """Even an earlier one: one in flight is one in flight."""
    site.now = NOON.replace(hour=22)
    site.decide(message("reminder", daytime=Daytime("UTC")), message("reply"))
    reply = site.claim_one()
    site.now = NOON + timedelta(hours=21)
    assert claim_keys(site) == []
    site.outbox.confirm(reply, MessageId(100), site.now)
    assert claim_keys(site) == ["reminder"]


def test_what_is_recalled_never_goes_and_a_reply_does(site: Site) -> None:
    """Whoever stops in the night hears nothing of what waits for the morning; another patient does."""
    site.now = NOON + timedelta(hours=9)
    site.decide(message("check_in", daytime=Daytime("UTC")), message("page", subject="2", lane=Lane.ALERT))
    site.decide(Recall(), message("stopped", subject="3", lane=Lane.REPLY))
    assert claim_keys(site) == ["page", "stopped"]
    site.now += timedelta(hours=13)
    assert claim_keys(site) == []
    assert states(site)["check_in"] == "cancelled"


def test_what_waits_for_the_morning_waits_for_it_where_the_patient_is_now(site: Site) -> None:
    """Noon in London is four in the morning for who has flown to Los Angeles, and night-time for who is in Tokyo."""
    site.now = NOON + timedelta(hours=9)
    site.decide(message("check_in", daytime=Daytime("UTC")))
    site.decide(Rehour(Daytime("America/Los_Angeles")))
    assert claim_keys(site) == ["check_in"], "one in the afternoon there"
    site.decide(message("reminder", subject="2", daytime=Daytime("UTC")))
    site.decide(Rehour(Daytime("Asia/Tokyo")))
    assert claim_keys(site) == []
    site.now += timedelta(hours=4)
    assert claim_keys(site) == ["reminder"], "ten in the morning there"


def test_what_is_over_is_not_sent(site: Site) -> None:
    """At the very instant; and the next of its subject goes."""
    site.decide(message("k1", expires_at=NOON), message("k2", expires_at=NOON + timedelta(milliseconds=1)))
    assert claim_keys(site) == ["k2"]
    assert states(site) == {"k1": "expired", "k2": "sending"}


def test_what_may_have_arrived_before_it_was_over_is_unknown(site: Site) -> None:
    """Nobody is told that it was not sent."""
    site.decide(message("k1", expires_at=NOON + timedelta(hours=1)))
    site.outbox.retry(site.claim_one(), site.machine_now, counted=True, uncertain=True, error="timeout")
    site.now += timedelta(hours=1)
    assert claim_keys(site) == []
    assert states(site) == {"k1": "unknown"}


def test_the_two_clocks_are_never_compared(site: Site) -> None:
    """A year of people's time does not end a lease or a pause of the machine's, nor the other way round."""
    site.decide(message("k1"), message("morning", subject="2", daytime=Daytime("Pacific/Auckland")))
    claim = site.claim_one()
    site.outbox.retry(claim, site.machine_now + 1, counted=True, uncertain=False, error="later")
    site.now += timedelta(days=365)
    site.now = site.now.replace(hour=3)
    assert claim_keys(site) == ["morning"]
    site.machine_now += 1
    assert claim_keys(site) == ["k1"]


# -- chats -------------------------------------------------------------------------------------------------------------


def test_a_chat_that_is_to_be_left_alone_is(site: Site) -> None:
    """The others are not held up; a shorter pause does not shorten a longer one."""
    chat = site.charts.note_chat(2001)
    site.decide(message("k1"), page("p1", DR_ITO))
    site.outbox.hold_chat(chat, site.machine_now + 5_000)
    site.outbox.hold_chat(chat, site.machine_now + 1_000)
    assert claim_keys(site) == ["p1"]
    site.machine_now += 4_999
    assert claim_keys(site) == []
    site.machine_now += 1
    assert claim_keys(site) == ["k1"]


def test_a_chat_that_refuses_us_is_sent_nothing(site: Site) -> None:
    """What waits is cancelled, an alert is dead, and so is what is decided later; until it is unblocked."""
    chat = site.charts.note_chat(2001)
    site.decide(message("waits", subject="1"), message("card", lane=Lane.ALERT, subject="2"))
    assert not site.outbox.refuses(chat)
    site.outbox.block_chat(chat)
    assert site.outbox.refuses(chat)
    assert states(site) == {"waits": "cancelled", "card": "pending"}
    site.decide(message("later", subject="3"))
    assert claim_keys(site) == []
    assert states(site) == {"waits": "cancelled", "card": "dead", "later": "cancelled"}
    site.outbox.unblock_chat(chat)
    assert not site.outbox.refuses(chat)
    site.decide(message("now", subject="4"))
    assert claim_keys(site) == ["now"]


def test_a_chat_keeps_its_name_when_its_number_changes(site: Site) -> None:
    """What waits goes to the new number, and updates from there are the same chat's."""
    chat = site.charts.note_chat(2001)
    site.decide(message("k1"))
    site.outbox.migrate_chat(chat, -100_2001)
    assert site.claim_one().address == -100_2001
    assert Site(site.database, site.keys, holder="h2").charts.note_chat(-100_2001) == chat


def test_a_number_may_be_taken_over_more_than_once(site: Site) -> None:
    """Each chat that lost it keeps its name, and the newest has the number."""
    first, second, third = (site.charts.note_chat(-number) for number in (1, 2, 3))
    for chat, to in ((second, -1), (second, -4), (second, -3), (second, -1), (third, -4), (second, -4)):
        site.outbox.migrate_chat(chat, to)
    assert len({first, second, third}) == 3
    assert site.charts.note_chat(-4) == second


def test_what_was_to_be_sent_to_an_erased_patient_is_not(site: Site) -> None:
    """And the others' messages are not held up by it."""
    site.decide(message("k1"), page("p1", DR_ITO))
    site.decide_clinic(message("c1", ToClinician(DR_SATO), subject="c"))
    site.keys.destroy(patient_key(PATIENT))
    assert claim_keys(site) == ["c1"]
    assert states(site) == {"k1": "cancelled", "p1": "cancelled", "c1": "sending"}


@pytest.mark.parametrize(
    ("column", "broken"), [("params_enc", b""), ("choices_enc", b"torn"), ("payload_enc", b"torn"), ("act", "shout")]
)
def test_what_can_not_be_read_is_dead_and_holds_nobody_up(site: Site, column: str, broken: object) -> None:
    """A bad sector of the disk, or a row of another program: what is behind it goes, and the auditor tells of it."""
    site.decide(message("k1"))
    site.decide_clinic(message("c1", ToClinician(DR_SATO), subject="c"))
    with site.database.write() as connection:
        connection.execute(outbox.update().where(outbox.c.key == "k1").values({column: broken}))
    assert claim_keys(site) == ["c1"]
    assert states(site) == {"k1": "dead", "c1": "sending"}


def test_a_long_queue_is_settled_in_pieces(site: Site) -> None:
    """One claim looks at five hundred rows at most; the next goes on."""
    many = [message(f"k{number}", subject=str(number), expires_at=NOON) for number in range(505)]
    site.charts.transact(PATIENT, Cause("many", ByClock()), lambda _: Decision((), tuple(many)))
    site.decide(message("last", subject="last"))
    assert claim_keys(site, 250) == []
    assert claim_keys(site, 250) == ["last"]
