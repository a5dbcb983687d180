"""The seam to Telegram's HTTP: what it raises, and what it never lets out."""

import logging

import pytest
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from followupbot.application.deliveries import SEND_BEFORE_MS
from followupbot.application.ports import Ambiguous
from followupbot.channels.telegram.http import (
    CALL_WITHIN,
    CONNECT_WITHIN,
    POOL_WITHIN,
    READ_WITHIN,
    WRITE_WITHIN,
    BotApi,
    FloodControl,
    Me,
    describe,
    make_bot,
)
from followupbot.channels.telegram.outbound import STRIP_WITHIN, outcome_of
from followupbot.logs import quieten, redact
from followupbot.practice import FaultKind, Practice
from followupbot.storage.outbox import LEASE_ALERT_MS
from tests.channels.phones import TOKEN

LEASE = 20.0


def test_every_time_out_is_below_the_lease() -> None:
    """Else somebody would send again what is still under way: also where it began late, and took old buttons away."""
    assert max(CONNECT_WITHIN, READ_WITHIN, WRITE_WITHIN, POOL_WITHIN) < CALL_WITHIN
    assert SEND_BEFORE_MS / 1000 + CALL_WITHIN + STRIP_WITHIN < LEASE == LEASE_ALERT_MS / 1000


async def test_the_bot_learns_who_it_is(bot: BotApi) -> None:
    assert await bot.introduce() == Me(123456, "fusion_bot")
    assert bot.number == 123456
    assert repr(bot) == "BotApi(123456)"


async def test_a_wrong_token_is_no_part_of_what_is_raised(address: str) -> None:
    """PTB's own `initialize` would put it into the exception."""
    wrong = make_bot("123456:AASomebodyElsesTokenAltogether-0000", address)
    with pytest.raises(InvalidToken) as raised:
        await wrong.introduce()
    assert "AASomebody" not in f"{raised.value!r} {describe(raised.value)}"
    await wrong.close_connections()


@pytest.mark.parametrize("token", ["", "123456", "123456:", "abc:AAHonestly", ":AAHonestly"])
def test_what_is_no_token_is_refused_before_anything_is_sent(token: str) -> None:
    with pytest.raises(ValueError, match="a colon and a secret"):
        make_bot(token)


@pytest.mark.parametrize(
    ("kind", "raises"),
    [
        (FaultKind.FLOOD, FloodControl),
        (FaultKind.FLOOD_BARE, FloodControl),
        (FaultKind.BROKEN_JSON, TelegramError),
        (FaultKind.BAD_GATEWAY, NetworkError),
        (FaultKind.DROP_BEFORE, NetworkError),
        (FaultKind.HANG, TimedOut),
    ],
)
async def test_whatever_goes_wrong_is_raised_as_a_telegram_error(
    practice: Practice, bot: BotApi, kind: FaultKind, raises: type[TelegramError]
) -> None:
    practice.fault("getMe", kind)
    with pytest.raises(raises):
        await bot.call("getMe", {}, within=0.3)


@pytest.mark.parametrize(
    "body",
    [
        b'{"ok":false,"error_code":400,"description":"x"}',
        b'{"ok":true,"resul',
        b"[]",
        b"true",
        b"",
        b"\xff\xfe",
    ],
)
async def test_an_answer_that_is_none_is_no_answer(bot: BotApi, monkeypatch: pytest.MonkeyPatch, body: bytes) -> None:
    """With status 200 all the same: whether it was carried out nobody knows."""

    async def answers(*_: object, **__: object) -> tuple[int, bytes]:
        return 200, body

    monkeypatch.setattr(HTTPXRequest, "do_request", answers)
    with pytest.raises(TelegramError) as raised:
        await bot.call("sendMessage", {"chat_id": 1, "text": "x"})
    assert isinstance(outcome_of(raised.value), Ambiguous)


async def test_nothing_that_is_logged_bears_the_token_or_a_body(
    practice: Practice, bot: BotApi, caplog: pytest.LogCaptureFixture
) -> None:
    """PTB logs a body that it can't parse, and httpx logs the address with the token in it."""
    caplog.set_level(logging.DEBUG)
    quieten()
    practice.fault("sendMessage", FaultKind.BROKEN_JSON)
    maria = practice.user("Maria")
    maria.start()
    with pytest.raises(TelegramError):
        await bot.call("sendMessage", {"chat_id": maria.id, "text": "numb since Tuesday"})
    assert await bot.introduce() == Me(123456, "fusion_bot")
    # uvicorn is the practice Telegram's, on the other side.
    lines = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    assert not [line for line in lines if "Tuesday" in line or "AAHonestly" in line]


@pytest.mark.parametrize("token", [TOKEN, TOKEN.replace(":", "%3A")])
def test_a_token_is_cut_out_wherever_it_stands(token: str) -> None:
    text = f"POST https://api.telegram.org/bot{token}/getMe failed at 12:30:15"
    assert redact(text) == "POST https://api.telegram.org/bot<token>/getMe failed at 12:30:15"


def test_a_loopback_api_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy for the whole machine must not keep the practice clinic from working."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    kwargs = make_bot(TOKEN, "http://127.0.0.1:1/bot").request._client_kwargs  # type: ignore[attr-defined]
    assert kwargs["trust_env"] is False
    kwargs = make_bot(TOKEN).request._client_kwargs  # type: ignore[attr-defined]
    assert kwargs["trust_env"] is True
