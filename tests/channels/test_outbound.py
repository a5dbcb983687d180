"""Messages out, against the practice Telegram over real HTTP; and what each error means for us."""

import asyncio
import json
import time
from dataclasses import replace
from datetime import date

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from followupbot.application.ports import (
    Ambiguous,
    Blocked,
    Channel,
    Malformed,
    Migrated,
    Misconfigured,
    NotSent,
    Outcome,
    Sent,
    TargetGone,
    TooFast,
)
from followupbot.channels.telegram.http import FLOOD_WAIT_UNKNOWN, FloodControl, make_bot
from followupbot.channels.telegram.outbound import TelegramChannel, outcome_of
from followupbot.domain.delivery import Act, Attached, Button, Claim, Rendered
from followupbot.domain.ids import AlertId, ChatId, Language, MessageId, MessageKey, PatientId, Version
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Point, Trend
from followupbot.domain.presses import TakePress
from followupbot.practice import FaultKind, Person, Practice
from followupbot.rendering import pictures
from tests.channels.phones import TOKEN, labels, messages, texts
from tests.fakes import NOON

TAKE = TakePress(PatientId("K7M2X"), AlertId(1))
HELLO = Rendered("<b>Hello</b> &amp; welcome https://example.org", ((Button("Take it", TAKE),),))


def claim_for(person: Person, act: Act = Act.SEND, target: MessageId | None = None) -> Claim:
    return Claim(
        id=7,
        key="k",
        token="t",
        chat=ChatId("c"),
        address=person.id,
        lane=Lane.REPLY,
        subject="s",
        act=act,
        message=MessageKey("replies/thanks"),
        words=Version("w"),
        language=Language("en"),
        params={},
        choices=(),
        target=target,
        strip_also=None,
        payload=None,
        silent=False,
        attempts=1,
        uncertain=0,
        decided_at=NOON,
    )


async def send(channel: TelegramChannel, person: Person, rendered: Rendered = HELLO) -> MessageId:
    outcome = await channel.deliver(claim_for(person), channel.compose(rendered))
    assert isinstance(outcome, Sent)
    assert outcome.message_id is not None
    return outcome.message_id


def test_the_same_message_is_always_the_same_bytes(channel: TelegramChannel) -> None:
    """They are kept, and shown in the record: keys in order, nothing escaped that need not be."""
    payload = channel.compose(Rendered("café", ((Button("Take it", TAKE),),)))
    assert (
        payload
        == (
            '{"parse_mode":"HTML","reply_markup":{"inline_keyboard":'
            '[[{"callback_data":"1tK7M2X.1","text":"Take it"}]]},"text":"café"}'
        ).encode()
    )
    assert json.loads(channel.compose(Rendered("a < b", plain=True))) == {"text": "a < b"}


def test_the_channel_is_what_the_application_needs(channel: TelegramChannel) -> None:
    port: Channel = channel
    assert port is channel


async def test_a_message_arrives_with_its_marks_and_buttons(channel: TelegramChannel, maria: Person) -> None:
    number = await send(channel, maria)
    (message,) = messages(maria)
    assert message["message_id"] == number
    assert message["text"] == "Hello & welcome https://example.org"
    assert labels(message) == ["Take it"]
    assert not message["silent"]


async def test_link_previews_are_off_and_a_silent_message_is_silent(
    practice: Practice, channel: TelegramChannel, maria: Person
) -> None:
    await channel.deliver(replace(claim_for(maria), silent=True), channel.compose(HELLO))
    (call,) = practice.log(method="sendMessage")
    assert call["params"]["link_preview_options"] == {"is_disabled": True}
    assert messages(maria)[0]["silent"]


async def test_plain_text_is_sent_as_it_is(channel: TelegramChannel, maria: Person) -> None:
    """Where mark-up was refused, none is read into the bare text."""
    await send(channel, maria, Rendered("a < b & <b>c", plain=True))
    assert texts(maria) == ["a < b & <b>c"]


COPY = Rendered("<b>What we keep</b> &amp; more", file=Attached("my_data.txt", "Weh & ¿Dónde?\n".encode()))


async def test_a_file_arrives_with_its_words_below_it(
    practice: Practice, channel: TelegramChannel, maria: Person
) -> None:
    """Under its own name, byte for byte; a retry sends the same bytes, for they are what was composed."""
    payload = channel.compose(COPY)
    assert channel.compose(COPY) == payload
    for _ in range(2):
        assert isinstance(await channel.deliver(claim_for(maria), payload), Sent)
    for call in practice.log(method="sendDocument"):
        assert call["params"]["document"] == {"filename": "my_data.txt", "bytes": len("Weh & ¿Dónde?\n".encode())}
        assert (call["params"]["caption"], call["params"]["parse_mode"]) == (COPY.html, "HTML")
    assert len(practice.log(method="sendDocument")) == 2
    assert practice.log(method="sendMessage") == []


async def test_a_picture_is_shown_with_its_words_below_it(
    practice: Practice, channel: TelegramChannel, maria: Person
) -> None:
    """As a photo, which a phone shows at once, not as a file to be opened."""
    png = pictures.draw((Trend((Point(date(2026, 3, 1), 5), Point(date(2026, 6, 1), 3))),))
    await send(channel, maria, Rendered("1. Back pain: <b>3</b>", file=Attached("progress.png", png, picture=True)))
    (call,) = practice.log(method="sendPhoto")
    assert call["params"]["photo"] == {"filename": "progress.png", "bytes": len(png)}
    assert call["params"]["caption"] == "1. Back pain: <b>3</b>"


async def test_a_file_that_the_chat_refuses_is_refused_as_words_are(
    practice: Practice, channel: TelegramChannel, maria: Person
) -> None:
    """What came of it is known in the same way."""
    maria.block()
    assert isinstance(await channel.deliver(claim_for(maria), channel.compose(COPY)), Blocked)


async def test_an_edit_replaces_words_and_buttons(channel: TelegramChannel, maria: Person) -> None:
    number = await send(channel, maria)
    edit = claim_for(maria, Act.EDIT, number)
    assert await channel.deliver(edit, channel.compose(Rendered("Taken"))) == Sent(None)
    assert [(message["text"], labels(message)) for message in messages(maria)] == [("Taken", [])]


async def test_an_edit_that_changes_nothing_counts_as_sent(channel: TelegramChannel, maria: Person) -> None:
    """It is what a retry of an edit that arrived looks like."""
    number = await send(channel, maria)
    edit = claim_for(maria, Act.EDIT, number)
    assert await channel.deliver(edit, channel.compose(HELLO)) == Sent(None)


async def test_a_strip_takes_the_buttons_and_leaves_the_words(channel: TelegramChannel, maria: Person) -> None:
    number = await send(channel, maria)
    strip = claim_for(maria, Act.STRIP, number)
    assert await channel.deliver(strip, b"") == Sent(None)
    assert await channel.deliver(strip, b"") == Sent(None)
    assert [(message["text"], labels(message)) for message in messages(maria)] == [
        ("Hello & welcome https://example.org", [])
    ]


@pytest.mark.parametrize("act", [Act.EDIT, Act.STRIP])
async def test_a_message_that_is_gone_can_be_neither_edited_nor_stripped(
    channel: TelegramChannel, maria: Person, act: Act
) -> None:
    claim = claim_for(maria, act, MessageId(999_999))
    assert await channel.deliver(claim, channel.compose(HELLO)) == TargetGone()


async def test_old_buttons_go_when_the_new_message_has_arrived(channel: TelegramChannel, maria: Person) -> None:
    old = await send(channel, maria)
    claim = replace(claim_for(maria), strip_also=old)
    assert isinstance(await channel.deliver(claim, channel.compose(HELLO)), Sent)
    assert [labels(message) for message in messages(maria)] == [[], ["Take it"]]


async def test_old_buttons_that_stay_do_not_unsend_the_new_message(
    channel: TelegramChannel, maria: Person, caplog: pytest.LogCaptureFixture
) -> None:
    claim = replace(claim_for(maria), strip_also=MessageId(999_999))
    caplog.set_level("INFO", "followupbot")
    assert isinstance(await channel.deliver(claim, channel.compose(HELLO)), Sent)
    assert "delivery 7: old buttons stay: TargetGone" in caplog.text


async def test_old_buttons_stay_where_the_new_message_was_not_sent(
    practice: Practice, channel: TelegramChannel, maria: Person
) -> None:
    """A question without any button would be a dead end."""
    old = await send(channel, maria)
    practice.fault("sendMessage", FaultKind.FLOOD)
    await channel.deliver(replace(claim_for(maria), strip_also=old), channel.compose(HELLO))
    assert [labels(message) for message in messages(maria)] == [["Take it"]]


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (FaultKind.FLOOD, TooFast(3.0)),
        (FaultKind.FLOOD_BARE, TooFast(FLOOD_WAIT_UNKNOWN)),
        (FaultKind.BLOCKED, Blocked("Forbidden: Forbidden: bot was blocked by the user")),
        (FaultKind.CHAT_NOT_FOUND, Blocked("BadRequest: Chat not found")),
        (FaultKind.MIGRATE, Migrated(-1001999999999)),
        (
            FaultKind.CANT_PARSE,
            Malformed('BadRequest: Can\'t parse entities: unsupported start tag "practice" at byte offset 0'),
        ),
        (FaultKind.UNAUTHORIZED, Misconfigured("InvalidToken: Unauthorized")),
        (FaultKind.NOT_FOUND, Misconfigured("InvalidToken: Not Found")),
        (
            FaultKind.CONFLICT,
            Misconfigured(
                "Conflict: Conflict: terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            ),
        ),
        (FaultKind.SERVER_ERROR_BEFORE, Ambiguous("NetworkError: Internal Server Error")),
        (FaultKind.BROKEN_JSON, Ambiguous("TelegramError: Invalid server response")),
    ],
)
async def test_what_telegram_answers_becomes_an_outcome(
    practice: Practice, channel: TelegramChannel, maria: Person, kind: FaultKind, outcome: Outcome
) -> None:
    practice.fault("sendMessage", kind)
    assert await channel.deliver(claim_for(maria), channel.compose(HELLO)) == outcome


@pytest.mark.parametrize(
    ("kind", "arrived"),
    [
        (FaultKind.SERVER_ERROR_AFTER, 1),
        (FaultKind.DROP_AFTER, 1),
        (FaultKind.DROP_BEFORE, 0),
        (FaultKind.BAD_GATEWAY, 0),
        (FaultKind.HANG, 0),
        (FaultKind.HANG_AFTER, 1),
    ],
)
async def test_what_may_have_arrived_is_ambiguous_whether_or_not_it_has(
    practice: Practice, channel: TelegramChannel, maria: Person, kind: FaultKind, arrived: int
) -> None:
    practice.fault("sendMessage", kind)
    outcome = await channel.send(maria.id, channel.compose(HELLO), within=0.3)
    assert isinstance(outcome, Ambiguous)
    assert len(messages(maria)) == arrived


async def test_a_send_gives_its_answer_within_its_time(
    practice: Practice, channel: TelegramChannel, maria: Person
) -> None:
    """However slowly Telegram answers: the one who waits for the card can't."""
    practice.fault("sendMessage", FaultKind.SLOW, seconds=5.0)
    assert isinstance(await channel.send(maria.id, channel.compose(HELLO), within=0.2), Ambiguous)


async def test_where_nobody_listens_it_is_sure_that_nothing_was_sent(maria: Person) -> None:
    bot = make_bot(TOKEN, "http://127.0.0.1:9/bot")
    channel = TelegramChannel(bot)
    assert isinstance(await channel.deliver(claim_for(maria), channel.compose(HELLO)), NotSent)
    await bot.close_connections()


async def test_somebody_who_has_blocked_the_bot_is_not_reached(channel: TelegramChannel, maria: Person) -> None:
    maria.block()
    assert isinstance(await channel.deliver(claim_for(maria), channel.compose(HELLO)), Blocked)


class PoolTimeout(Exception):
    """Named as httpx names it."""


class ConnectTimeout(PoolTimeout):
    """Likewise."""


class ConnectError(PoolTimeout):
    """Likewise."""


class ReadTimeout(PoolTimeout):
    """Likewise."""


class WriteTimeout(PoolTimeout):
    """Likewise."""


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (FloodControl(2), TooFast),
        (Forbidden("user is deactivated"), Blocked),
        (Forbidden("bot was kicked from the group chat"), Blocked),
        (ChatMigrated(-100), Migrated),
        (InvalidToken("Not Found"), Misconfigured),
        (Conflict("terminated by other getUpdates request"), Misconfigured),
        (BadRequest("Message is not modified: …"), Sent),
        (BadRequest("Message to edit not found"), TargetGone),
        (BadRequest("Message can't be edited"), TargetGone),
        (BadRequest("Chat not found"), Blocked),
        (BadRequest("Message is too long"), Malformed),
        (BadRequest("Can't parse entities: …"), Malformed),
        (BadRequest("Button_data_invalid"), Malformed),
        (caused(TimedOut(), PoolTimeout()), NotSent),
        (caused(TimedOut(), ConnectTimeout()), NotSent),
        (caused(NetworkError("httpx.ConnectError"), ConnectError()), NotSent),
        (caused(TimedOut(), ReadTimeout()), Ambiguous),
        (caused(TimedOut(), WriteTimeout()), Ambiguous),
        (caused(TimedOut(), TimeoutError()), Ambiguous),
        (NetworkError("Bad Gateway (502)"), Ambiguous),
        (NetworkError("Request Entity Too Large"), Ambiguous),
        (TelegramError("Invalid server response"), Ambiguous),
    ],
)
def test_each_error_has_one_meaning(error: TelegramError, kind: type[Outcome]) -> None:
    """telegram.md 1.6 and reliability.md 3.4, row by row. BadRequest is a NetworkError, and must not be read as one."""
    assert isinstance(outcome_of(error), kind)


async def test_an_answer_to_a_press_that_comes_too_late_is_no_matter(channel: TelegramChannel) -> None:
    await channel.answer("4611686018427000001", "Thank you")


async def test_a_line_above_the_chat_is_cut_to_what_telegram_takes(
    practice: Practice, channel: TelegramChannel, maria: Person
) -> None:
    number = await send(channel, maria)
    query = maria.press(number, label="Take it")
    await channel.answer(query, "x" * 500)
    assert practice.telegram.presses[query].text == "x" * 200


async def test_a_hundred_presses_that_wait_for_their_answer_keep_no_alert_waiting(
    practice: Practice, channel: TelegramChannel, maria: Person
) -> None:
    """Telegram answers slowly: each would take a connection, and the alert would find none."""
    practice.fault("answerCallbackQuery", FaultKind.SLOW, seconds=1.0, times=None)
    answering = [asyncio.create_task(channel.answer(f"46116860184270{n:05d}", "")) for n in range(100)]
    await asyncio.sleep(0.2)
    began = time.monotonic()
    assert isinstance(await channel.deliver(claim_for(maria), channel.compose(HELLO)), Sent)
    assert time.monotonic() - began < 0.8
    for task in answering:
        task.cancel()
    await asyncio.gather(*answering, return_exceptions=True)
