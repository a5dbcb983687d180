"""What the outbox holds reaches people: once where that can be known, at least once where it can't, and in order."""

import asyncio
from datetime import datetime

from followupbot.application.ports import (
    Ambiguous,
    Blocked,
    Channel,
    Malformed,
    Migrated,
    Misconfigured,
    NotSent,
    Outbox,
    StorageUnavailable,
    TargetGone,
    TooFast,
)
from followupbot.domain.delivery import Act, Claim
from followupbot.domain.ids import AlertId, ChatId, MessageId, MessageKey, PatientId
from followupbot.domain.outgoing import Lane
from followupbot.domain.presses import Choice, TakePress
from tests.application.sending import Clinic, clinic
from tests.fakes import settle

__all__ = ["clinic"]

TAKE = ((Choice("take", TakePress(PatientId("K7M2X"), AlertId(1))),),)


def test_the_fakes_are_what_the_ports_ask_for(clinic: Clinic) -> None:
    outbox: Outbox = clinic.outbox
    channel: Channel = clinic.phone
    assert (outbox, channel) == (clinic.outbox, clinic.phone)


async def test_what_is_due_is_rendered_kept_sent_and_confirmed(clinic: Clinic) -> None:
    row = clinic.post(params={"name": "x"}, choices=TAKE)
    assert await clinic.round() == 1
    assert clinic.phone.sent == [(701, Act.SEND, b"html|<b>replies/thanks</b> en name=x|1")]
    assert (row.state, row.message_id, row.payloads) == ("sent", 1, [b"html|<b>replies/thanks</b> en name=x|1"])
    assert clinic.phone.tried_before_kept == []
    assert await clinic.round() == 0


async def test_up_to_eight_go_at_once(clinic: Clinic) -> None:
    for address in range(701, 721):
        clinic.post(address, lane=Lane.ALERT)
    clinic.phone.slow = asyncio.Event()
    task = asyncio.create_task(clinic.deliveries.once(clinic.time.now()))
    await clinic.time.pass_by(0.3)
    assert clinic.phone.at_once == 8
    clinic.phone.slow.set()
    await task
    assert clinic.phone.at_once_max == 8


async def test_alerts_go_first(clinic: Clinic) -> None:
    for address in range(701, 711):
        clinic.post(address, lane=Lane.CHECK_IN)
    clinic.post(999, lane=Lane.ALERT, message=MessageKey("alerts/new"))
    await clinic.round()
    assert clinic.phone.sent[0][0] == 999


async def test_messages_of_one_subject_keep_their_order(clinic: Clinic) -> None:
    """The second waits for the first to have arrived, however often that must be tried."""
    clinic.post(params={"n": 1})
    clinic.post(params={"n": 2})
    clinic.answer(NotSent("down"), Ambiguous("500"))
    await clinic.rounds(4)
    assert [text[-1] for text in clinic.texts()] == ["1", "1", "1", "2"]


async def test_a_stuck_alert_holds_back_no_other_subject(clinic: Clinic) -> None:
    clinic.post(lane=Lane.ALERT, subject="alert 1", params={"n": 1})
    clinic.post(lane=Lane.ALERT, subject="alert 2", params={"n": 2})
    clinic.answer(Ambiguous("500"))
    await clinic.round()
    assert [row.state for row in clinic.outbox.rows] == ["pending", "sent"]


async def test_a_retry_sends_the_same_bytes(clinic: Clinic) -> None:
    """Although the words have changed in between: the record says what was sent."""
    row = clinic.post()
    clinic.answer(Ambiguous("500"))
    await clinic.round()
    clinic.phrases.missing.add("replies/thanks")
    await clinic.rounds(2)
    assert [payload for *_, payload in clinic.phone.sent] == [b"html|<b>replies/thanks</b> en|0"] * 2
    assert (row.state, row.uncertain) == ("sent", 1)


async def test_a_flooded_chat_is_left_alone_and_that_is_no_attempt(clinic: Clinic) -> None:
    row = clinic.post()
    other = clinic.post(702)
    clinic.answer(TooFast(4.0))
    await clinic.round()
    assert (row.state, row.attempts, other.state) == ("pending", 0, "sent")
    assert clinic.outbox.held[ChatId("chat 701")] == row.not_before == 1_000_000 + 4_000
    await clinic.rounds(3)
    assert len(clinic.phone.sent) == 2
    await clinic.rounds(2)
    assert row.state == "sent"


async def test_two_flooded_chats_within_a_second_mean_the_whole_bot(clinic: Clinic) -> None:
    clinic.post(701)
    clinic.post(702)
    clinic.answer(TooFast(7.0), address=701)
    clinic.answer(TooFast(7.0), address=702)
    await clinic.round()
    assert 6_900 <= clinic.limiter.paused(clinic.time.machine_now()) <= 7_000
    clinic.post(703, lane=Lane.ALERT)
    await clinic.rounds(3)
    assert len(clinic.phone.sent) == 2
    await clinic.rounds(5)
    assert [row.state for row in clinic.outbox.rows] == ["sent"] * 3


async def test_two_flooded_chats_minutes_apart_do_not(clinic: Clinic) -> None:
    clinic.answer(TooFast(1.0), address=701)
    clinic.answer(TooFast(1.0), address=702)
    clinic.post(701)
    await clinic.rounds(60)
    clinic.post(702)
    await clinic.round()
    assert clinic.limiter.paused(clinic.time.machine_now()) == 0


async def test_a_blocked_chat_is_reported_and_sent_nothing_more(clinic: Clinic) -> None:
    row = clinic.post()
    waiting = clinic.post(subject="another", lane=Lane.CHECK_IN)
    clinic.answer(Blocked("bot was blocked by the user"))
    await clinic.round()
    assert clinic.reported == [("blocked", row.claim.id, "bot was blocked by the user")]
    assert row.state == "cancelled"
    await clinic.rounds(2)
    assert waiting.state in ("cancelled", "sent")
    clinic.post(subject="third")
    before = len(clinic.phone.sent)
    await clinic.rounds(2)
    assert len(clinic.phone.sent) == before


async def test_a_crash_between_report_and_settlement_reports_again(clinic: Clinic) -> None:
    """A blocked clinician escalates: rather told twice than not."""
    row = clinic.post(lane=Lane.ALERT)
    clinic.answer(Blocked("x"), Blocked("x"))
    clinic.report_fails = StorageUnavailable()
    task = asyncio.create_task(clinic.deliveries.once(clinic.time.now()))
    await clinic.time.pass_by(10)
    assert task.done()
    assert row.state == "sending"
    clinic.report_fails = None
    await clinic.time.pass_by(20)
    await clinic.round()
    assert clinic.reported == [("blocked", 1, "x")]


async def test_a_report_that_fails_does_not_keep_the_row(clinic: Clinic) -> None:
    row = clinic.post()
    clinic.report_fails = RuntimeError()
    clinic.answer(Blocked("x"))
    await clinic.round()
    assert row.state == "cancelled"


async def test_a_chat_with_a_new_number_is_sent_to_there_at_once(clinic: Clinic) -> None:
    row = clinic.post(-401)
    clinic.answer(Migrated(-100_401), address=-401)
    await clinic.round()
    await clinic.round()
    assert [address for address, *_ in clinic.phone.sent] == [-401, -100_401]
    assert row.state == "sent"


async def test_an_edit_of_what_is_gone_becomes_a_new_message(clinic: Clinic) -> None:
    row = clinic.post(act=Act.EDIT, target=MessageId(9))
    clinic.answer(TargetGone())
    await clinic.round()
    await clinic.round()
    assert [act for _, act, _ in clinic.phone.sent] == [Act.EDIT, Act.SEND]
    assert row.state == "sent"


async def test_buttons_of_what_is_gone_need_no_taking_away(clinic: Clinic) -> None:
    row = clinic.post(act=Act.STRIP, target=MessageId(9), message=None)
    clinic.answer(TargetGone())
    await clinic.round()
    assert (clinic.phone.sent, row.state) == ([(701, Act.STRIP, b"")], "cancelled")


async def test_what_is_refused_as_it_is_goes_out_bare_once_and_is_then_dead(clinic: Clinic) -> None:
    row = clinic.post()
    clinic.answer(Malformed("can't parse"), Malformed("too long"))
    await clinic.rounds(3)
    assert [payload for *_, payload in clinic.phone.sent] == [
        b"html|<b>replies/thanks</b> en|0",
        b"plain|replies/thanks en|0",
    ]
    assert (row.state, row.error) == ("dead", "too long")
    assert clinic.reported == [("dead", 1, "too long")]
    assert clinic.phone.tried_before_kept == []


async def test_an_alert_that_is_refused_in_every_form_goes_out_as_the_fallback(clinic: Clinic) -> None:
    """Too long, say: without marks it is too long as well."""
    row = clinic.post(lane=Lane.ALERT, message=MessageKey("alerts/new"), choices=TAKE, params={"code": "K7M2X"})
    clinic.answer(Malformed("too long"), Malformed("too long"))
    await clinic.rounds(3)
    assert clinic.phone.sent[-1][2] == b"html|<b>alerts/fallback</b> en code=K7M2X|1"
    assert row.state == "sent"


async def test_an_alert_without_words_goes_out_as_the_fallback(clinic: Clinic) -> None:
    clinic.phrases.missing.add("alerts/new")
    clinic.post(lane=Lane.ALERT, message=MessageKey("alerts/new"), choices=TAKE)
    await clinic.round()
    assert clinic.phone.sent == [(701, Act.SEND, b"html|<b>alerts/fallback</b> en|1")]


async def test_a_card_without_words_goes_out_as_the_fallback_for_patients(clinic: Clinic) -> None:
    clinic.phrases.missing.add("cards/cauda_equina")
    clinic.post(lane=Lane.ALERT, message=MessageKey("cards/cauda_equina"))
    await clinic.round()
    assert clinic.phone.sent == [(701, Act.SEND, b"html|<b>cards/fallback</b> en|0")]


async def test_a_reply_without_words_is_dead_and_the_operator_knows(clinic: Clinic) -> None:
    clinic.phrases.missing.add("replies/thanks")
    row = clinic.post()
    await clinic.round()
    assert (clinic.phone.sent, row.state) == ([], "dead")
    assert clinic.reported == [("dead", 1, "no words")]


async def test_a_proxys_404_costs_a_second_and_tells_nobody(clinic: Clinic) -> None:
    """It looks like a token that is refused; eight messages that were under way have it together."""
    for number in range(8):
        clinic.answer(Misconfigured("InvalidToken: Not Found"), address=701 + number)
        clinic.post(701 + number, lane=Lane.ALERT)
    await clinic.round()
    await clinic.rounds(3)
    assert {row.state for row in clinic.outbox.rows} == {"sent"}
    assert {row.attempts for row in clinic.outbox.rows} == {1}
    assert clinic.reported == []


async def test_a_refused_token_stops_everything_and_is_asked_about_twice_a_minute(clinic: Clinic) -> None:
    clinic.post()
    clinic.answer(*[Misconfigured("InvalidToken: Unauthorized")] * 20)
    await clinic.rounds(32)
    assert clinic.reported[:1] == [("misconfigured", 1, "InvalidToken: Unauthorized")]
    tried = len(clinic.phone.sent)
    assert 5 <= tried <= 6
    await clinic.rounds(300)
    assert 10 <= len(clinic.phone.sent) - tried <= 11
    clinic.phone.answers[701].clear()
    clinic.post(702, lane=Lane.ALERT)
    await clinic.rounds(31)
    assert [row.state for row in clinic.outbox.rows] == ["sent", "sent"]


async def test_an_alert_waits_for_a_minute_at_most_however_long_telegram_has_said(clinic: Clinic) -> None:
    """For its chat, and for all; what is routine waits the hour."""
    alert, other = clinic.post(701, lane=Lane.ALERT), clinic.post(702)
    clinic.answer(TooFast(3_600.0), TooFast(3_540.0), address=701)
    clinic.answer(TooFast(3_600.0), address=702)
    await clinic.round()
    assert clinic.limiter.paused(clinic.time.machine_now()) > 3_500_000
    new = clinic.post(703, lane=Lane.ALERT)
    await clinic.rounds(2)
    assert new.state == "sent"
    await clinic.rounds(50)
    assert (len(clinic.phone.sent), alert.state) == (3, "pending")
    await clinic.rounds(70)
    assert (alert.state, other.state) == ("sent", "pending")
    assert [address for address, *_ in clinic.phone.sent] == [701, 702, 703, 701, 701]
    await clinic.time.pass_by(3_480)
    await clinic.rounds(2)
    assert other.state == "sent"


async def test_a_poisoned_message_is_given_up_after_eight_attempts_and_the_next_one_goes(clinic: Clinic) -> None:
    poison = clinic.post(params={"n": 1})
    clinic.post(params={"n": 2})
    clinic.answer(*[Ambiguous("500")] * 8)
    await clinic.rounds(200)
    assert (poison.state, poison.attempts, poison.uncertain) == ("unknown", 8, 7)
    assert [text[-1] for text in clinic.texts()] == ["1"] * 8 + ["2"]
    assert clinic.reported == [("dead", 1, "500")]


async def test_an_alert_goes_on_for_ever(clinic: Clinic) -> None:
    row = clinic.post(lane=Lane.ALERT)
    clinic.answer(*[Ambiguous("500")] * 30)
    await clinic.rounds(600)
    assert row.state == "sent"
    assert len(clinic.phone.sent) == 31
    assert clinic.reported == [("dead", 1, "500")]


async def test_an_hour_without_network_loses_nothing_and_counts_nothing(clinic: Clinic) -> None:
    rows = [clinic.post(address, lane=lane) for address in (701, 702, 703) for lane in Lane]
    for address in (701, 702, 703):
        clinic.answer(*[NotSent("ConnectError")] * 10_000, address=address)
    await clinic.rounds(3_600)
    assert {row.attempts for row in rows} == {0}
    assert len(clinic.phone.sent) < 2_500
    clinic.phone.answers.clear()
    await clinic.rounds(310)
    assert {row.state for row in rows} == {"sent"}
    assert clinic.reported == []


async def test_an_exception_of_the_channel_is_an_attempt_that_may_have_arrived(clinic: Clinic) -> None:
    row = clinic.post()
    clinic.answer(ValueError("a mistake of ours"))
    await clinic.round()
    assert (row.state, row.attempts, row.uncertain, row.error) == ("pending", 1, 1, "ValueError")


# -- the database ------------------------------------------------------------------------------------------------------


async def test_bytes_that_can_not_be_kept_are_not_sent(clinic: Clinic) -> None:
    """The row is put back, and goes as soon as the database is there, as if nothing had been: it waits for no lease."""
    row = clinic.post()
    real = clinic.outbox.keep_rendered

    def locked(claim: Claim, payload: bytes) -> None:
        raise StorageUnavailable

    clinic.outbox.keep_rendered = locked  # type: ignore[method-assign]
    task = asyncio.create_task(clinic.deliveries.once(clinic.time.now()))
    await clinic.time.pass_by(1)
    clinic.writer.away = True
    await clinic.time.pass_by(9)
    await task
    assert (clinic.phone.sent, row.state) == ([], "sending")
    clinic.writer.away = False
    clinic.outbox.keep_rendered = real  # type: ignore[method-assign]
    await clinic.round()
    assert (row.state, row.attempts, row.uncertain) == ("sent", 1, 0)


async def test_a_database_that_was_locked_for_a_moment_delays_nothing_for_a_lease(clinic: Clinic) -> None:
    row = clinic.post()
    real, tries = clinic.outbox.keep_rendered, [1, 2]

    def locked_twice(claim: Claim, payload: bytes) -> None:
        if tries:
            tries.pop()
            raise StorageUnavailable
        real(claim, payload)

    clinic.outbox.keep_rendered = locked_twice  # type: ignore[method-assign]
    await clinic.round()
    assert row.state == "sent"


async def test_nothing_is_sent_so_late_that_somebody_else_may_have_claimed_it(clinic: Clinic) -> None:
    """The disk hung for 9 s while the bytes were kept; a send may take 10, and the lease is over after 20.

    It is put back, and goes with the next round.
    """
    row = clinic.post()
    real = clinic.outbox.keep_rendered

    def hangs(claim: Claim, payload: bytes) -> None:
        clinic.time.passed += 9.0
        real(claim, payload)

    clinic.outbox.keep_rendered = hangs  # type: ignore[method-assign]
    await clinic.round()
    assert (clinic.phone.sent, row.state) == ([], "pending")
    clinic.outbox.keep_rendered = real  # type: ignore[method-assign]
    await clinic.round()
    assert (row.state, row.attempts, row.uncertain) == ("sent", 1, 0)


async def test_what_was_sent_is_confirmed_when_the_database_is_back_and_never_sent_again(clinic: Clinic) -> None:
    """However long it was away: this process knows what came of it. The time kept is when it was sent."""
    row = clinic.post()
    sent_at = clinic.time.now()
    real = clinic.outbox.confirm

    def locked(claim: Claim, message_id: MessageId | None, now: datetime) -> None:
        raise StorageUnavailable

    clinic.outbox.confirm = locked  # type: ignore[method-assign]
    await clinic.round()
    assert row.state == "sending"
    clinic.writer.away = True
    await clinic.rounds(300)
    clinic.writer.away = False
    clinic.outbox.confirm = real  # type: ignore[method-assign]
    await clinic.rounds(60)
    assert (row.state, row.uncertain, len(clinic.phone.sent)) == ("sent", 0, 1)
    assert row.sent_at == sent_at


async def test_one_row_that_can_not_be_settled_keeps_no_other(clinic: Clinic) -> None:
    """What waited for the database behind it is written down, and sending goes on."""
    rows = [clinic.post(701), clinic.post(702)]
    real = clinic.outbox.confirm

    def locked(claim: Claim, message_id: MessageId | None, now: datetime) -> None:
        raise StorageUnavailable

    def mistaken(claim: Claim, message_id: MessageId | None, now: datetime) -> None:
        if claim.address == 701:
            raise KeyError
        real(claim, message_id, now)

    clinic.outbox.confirm = locked  # type: ignore[method-assign]
    await clinic.round()
    clinic.outbox.confirm = mistaken  # type: ignore[method-assign]
    third = clinic.post(703)
    await clinic.round()
    assert [row.state for row in (*rows, third)] == ["sending", "sent", "sent"]


async def test_a_claim_that_was_lost_settles_nothing(clinic: Clinic) -> None:
    """The process stood still for a minute; another attempt has sent it meanwhile."""
    row = clinic.post()
    clinic.phone.slow = asyncio.Event()
    slow = asyncio.create_task(clinic.deliveries.once(clinic.time.now()))
    await settle()
    await clinic.time.pass_by(60)
    clinic.phone.slow.set()
    (again,) = clinic.outbox.claim(clinic.time.now(), clinic.time.machine_now(), 8)
    await slow
    assert row.state == "sending"
    clinic.outbox.confirm(again, MessageId(2), clinic.time.now())
    assert (row.state, row.message_id) == ("sent", 2)


async def test_while_the_database_is_away_nothing_ends(clinic: Clinic) -> None:
    clinic.post()
    clinic.writer.away = True
    assert await clinic.round() == 0
    clinic.writer.away = False
    assert await clinic.round() == 1


# -- the rate ----------------------------------------------------------------------------------------------------------


async def test_bulk_is_spread_and_an_alert_is_not_behind_it(clinic: Clinic) -> None:
    for address in range(1, 101):
        clinic.post(address, lane=Lane.CHECK_IN)
    await clinic.round()
    await clinic.round()
    assert round(clinic.time.passed, 2) >= 0.2  # ten go at once, and the sixteenth six slots of 33.5 ms after these
    clinic.post(999, lane=Lane.ALERT)
    before = len(clinic.phone.sent)
    await clinic.round()
    assert clinic.phone.sent[before][0] == 999


async def test_a_chat_that_has_had_its_share_is_put_back_and_no_attempt(clinic: Clinic) -> None:
    rows = [clinic.post(lane=Lane.CHECK_IN, subject=str(number)) for number in range(8)]
    await clinic.round()
    assert [row.state for row in rows].count("sent") == 4
    assert {row.attempts for row in rows if row.state == "pending"} == {0}
    await clinic.rounds(8)
    assert {row.state for row in rows} == {"sent"}
