"""What a message of the outbox is aimed at: sent anew, or in the place of one that is there."""

import sqlalchemy as sa

from followupbot.domain.delivery import Act
from followupbot.domain.ids import MessageId
from followupbot.domain.outgoing import Lane, Retire, ToClinician, ToPatient
from followupbot.storage.tables import outbox
from tests.storage.people import DR_ITO, NOON, Site, claim_keys, message, states


def test_a_message_takes_the_place_of_one_that_is_the_newest(site: Site) -> None:
    """The patient pressed a button of message 100, and nothing came after it."""
    site.decide(message("k1"))
    site.deliver(100)
    site.decide(message("k2", in_place_of=100))
    claim = site.claim_one()
    assert (claim.act, claim.target, claim.strip_also) == (Act.EDIT, 100, None)


def test_a_message_is_sent_anew_where_something_came_after_the_old_one(site: Site) -> None:
    """Something of ours, or of the patient's; the old buttons go."""
    site.decide(message("k1"))
    site.deliver(100)
    site.charts.saw_message(site.charts.note_chat(2001), MessageId(101))
    site.decide(message("k2", in_place_of=100))
    claim = site.claim_one()
    assert (claim.act, claim.target, claim.strip_also) == (Act.SEND, None, 100)
    site.outbox.confirm(claim, MessageId(102), NOON)
    site.decide(message("other", subject="2"), message("k3", in_place_of=102))
    assert [(claim.key, claim.act) for claim in site.outbox.claim(NOON, site.machine_now, 1)] == [("other", Act.SEND)]
    third = site.claim_one()
    assert (third.act, third.target) == (Act.EDIT, 102)


def test_what_we_sent_counts_as_newer_even_when_the_claim_was_lost(site: Site) -> None:
    """It is in the chat; whether its row was settled by this attempt or by another is no matter."""
    site.decide(message("k1"), message("k2", subject="2"))
    first, second = site.outbox.claim(NOON, site.machine_now, 10)
    site.outbox.confirm(first, MessageId(100), NOON)
    site.machine_now += 60_000
    assert site.claim_one().key == "k2"
    site.outbox.confirm(second, MessageId(101), NOON)
    site.decide(message("k3", subject="3", in_place_of=100), message("k4", subject="4", in_place_of=101))
    claims = site.outbox.claim(NOON, site.machine_now, 10)
    assert [(claim.act, claim.target, claim.strip_also) for claim in claims] == [
        (Act.SEND, None, 100),
        (Act.EDIT, 101, None),
    ]


def test_the_row_of_an_edit_names_the_message(site: Site) -> None:
    """The channel gives an edit no number of its own."""
    site.decide(message("k1", in_place_of=100))
    site.deliver(None)
    with site.database.read() as connection:
        assert connection.scalar(sa.select(outbox.c.message_id)) == 100


def test_aim_is_taken_at_the_claim_and_not_at_the_decision(site: Site) -> None:
    """What comes in between counts; also between two attempts at an edit."""
    chat = site.charts.note_chat(2001)
    site.charts.saw_message(chat, MessageId(100))
    site.decide(message("k1", in_place_of=100))
    first = site.claim_one()
    assert first.act is Act.EDIT
    site.outbox.retry(first, site.machine_now, counted=True, uncertain=False, error="refused")
    site.charts.saw_message(chat, MessageId(101))
    site.decide()
    second = site.claim_one()
    assert (second.act, second.strip_also) == (Act.SEND, 100)
    site.outbox.retry(second, site.machine_now, counted=True, uncertain=True, error="timeout")
    assert site.claim_one().act is Act.SEND


def test_a_second_press_on_a_message_that_was_sent_anew_aims_at_the_new_one(site: Site) -> None:
    """Else the new one would keep its buttons for ever."""
    chat = site.charts.note_chat(2001)
    site.charts.saw_message(chat, MessageId(101))
    site.decide(message("k1", in_place_of=100))
    site.deliver(102)
    site.decide(message("k2", in_place_of=100))
    claim = site.claim_one()
    assert (claim.act, claim.target) == (Act.EDIT, 102)


def test_what_may_have_been_sent_anew_is_never_tried_as_an_edit(site: Site) -> None:
    """Else it would stand there twice, and in the place of something else."""
    site.charts.saw_message(site.charts.note_chat(2001), MessageId(101))
    site.decide(message("k1", in_place_of=100))
    first = site.claim_one()
    site.outbox.retry(first, site.machine_now + 1, counted=True, uncertain=True, error="timeout")
    site.decide(message("k2", subject="2", in_place_of=100))
    assert site.deliver(105) == "k2"
    site.machine_now += 1
    again = site.claim_one()
    assert (again.act, again.target, again.strip_also) == (Act.SEND, None, 100)


def test_of_several_that_take_one_messages_place_only_the_newest_goes(site: Site) -> None:
    """Four presses in a second redraw the screen once, or twice where one was under way."""
    site.charts.saw_message(site.charts.note_chat(2001), MessageId(100))
    site.decide(message("k1", in_place_of=100))
    claim = site.claim_one()
    for number in (2, 3, 4):
        site.decide(message(f"k{number}", in_place_of=100))
    site.outbox.confirm(claim, MessageId(100), NOON)
    assert claim_keys(site) == ["k4"]
    assert states(site) == {"k1": "sent", "k2": "cancelled", "k3": "cancelled", "k4": "sending"}


def test_a_card_is_never_dropped_for_a_less_urgent_edit(site: Site) -> None:
    """Both go, the card first."""
    site.charts.saw_message(site.charts.note_chat(2001), MessageId(100))
    site.decide(message("card", in_place_of=100, lane=Lane.ALERT), message("thanks", in_place_of=100))
    assert site.deliver(None) == "card"
    assert site.deliver(None) == "thanks"


def test_an_edit_whose_message_is_gone_goes_as_a_new_message(site: Site) -> None:
    """With the bytes that were rendered; of a strip nothing is left to do."""
    site.charts.saw_message(site.charts.note_chat(2001), MessageId(100))
    site.decide(message("k1", in_place_of=100), Retire("r1", ToPatient(), "2", MessageId(99)))
    edit, strip = sorted(site.outbox.claim(NOON, site.machine_now, 10), key=lambda claim: claim.key)
    site.outbox.keep_rendered(edit, b"bytes")
    site.outbox.forget_target(edit)
    site.outbox.forget_target(strip)
    anew = site.claim_one()
    assert (anew.key, anew.act, anew.target, anew.strip_also, anew.payload) == ("k1", Act.SEND, None, None, b"bytes")
    assert states(site)["r1"] == "cancelled"


def test_retiring_takes_the_buttons_away(site: Site) -> None:
    """In the patient's chat or a clinician's."""
    site.decide(Retire("r1", ToPatient(), "1", MessageId(100)), Retire("r2", ToClinician(DR_ITO), "2", MessageId(7)))
    claims = site.outbox.claim(NOON, site.machine_now, 10)
    assert [(claim.address, claim.act, claim.target, claim.message) for claim in claims] == [
        (2001, Act.STRIP, 100, None),
        (1001, Act.STRIP, 7, None),
    ]
