"""The one seam to Telegram's HTTP: which back-end, which time-outs, and what of it may be read in a log."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import telegram
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from followupbot.logs import redact

CALL_WITHIN: Final = 10.0
"""Seconds for one call in all. Strictly below the 20 s lease, so that nobody sends what is still under way."""

CONNECT_WITHIN: Final = 3.0
WRITE_WITHIN: Final = 4.0
READ_WITHIN: Final = 8.0
POOL_WITHIN: Final = 1.0

CONNECTIONS_MAX: Final = 32
"""Eight deliveries, four alerts beside them, six presses that are answered; the rest is for cards past the outbox."""

LONG_POLL_SECONDS: Final = 30
"""Telegram's server allows 50; proxies between are known to cut at 60."""

FLOOD_WAIT_UNKNOWN: Final = 5.0
FLOOD_WAIT_MAX: Final = 3_600.0
"""Seconds to wait after a 429 that does not say, and the longest that we take its word for."""

ERROR_CHARS_MAX: Final = 200


# By name, because the back-end is nobody's business but this module's: of these it is sure that nothing was sent.
_NEVER_LEFT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})


class FloodControl(NetworkError):
    """Telegram has told us to wait. PTB's own `RetryAfter` is passed by: it warns each time it is made."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"Too Many Requests: retry after {retry_after:g}")
        self.seconds = retry_after


@dataclass(frozen=True)
class Me:
    """Who the bot is."""

    id: int
    username: str


class BotApi(telegram.Bot):
    """PTB's bot, with answers as JSON: no type of a message can make a call fail that Telegram has carried out."""

    async def call(
        self,
        method: str,
        parameters: Mapping[str, object],
        *,
        within: float = CALL_WITHIN,
        read_within: float = READ_WITHIN,
    ) -> object:
        """The `result` that Telegram answers. Raises `TelegramError`s alone, and before `within` seconds are over."""
        try:
            async with asyncio.timeout(within):
                answer: object = await self._post(method, dict(parameters), read_timeout=read_within)
        except TimeoutError as error:
            raise TimedOut from error
        except (KeyError, TypeError, AttributeError) as error:  # an answer of some other shape than Telegram's
            raise TelegramError("Invalid server response") from error
        return answer

    async def introduce(self) -> Me:
        """Ask Telegram who we are. `InvalidToken` where it knows no such bot; its text does not bear the token."""
        answer = await self.call("getMe", {})
        match answer:
            case {"id": int(number), "username": str(username)}:
                return Me(number, username)
            case _:
                raise TelegramError("Invalid server response")

    def __repr__(self) -> str:
        """PTB's own has the token in it."""
        return f"BotApi({self.number})"

    @property
    def number(self) -> int:
        """The bot's own id, without asking Telegram for it."""
        return int(self.token.partition(":")[0])

    async def close_connections(self) -> None:
        """No connection is open any more; what was under way fails."""
        # Not `shutdown()`, which does nothing where `initialize()` was never called.
        await asyncio.gather(*(request.shutdown() for request in self._request))


class BotRequest(HTTPXRequest):
    """PTB's back-end on httpx, but it logs no body, and a 429 is always known as one."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """The JSON object in it. `TelegramError` where there is none; PTB's own would log the text, patients' too."""
        try:
            found: object = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            raise TelegramError("Invalid server response") from None
        if not isinstance(found, dict):
            raise TelegramError("Invalid server response")
        return found

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. `FloodControl` for every 429."""
        code, payload = await super().do_request(
            url,
            method,
            request_data,
            read_timeout,  # type: ignore[arg-type]  # PTB's name for this type is not public
            write_timeout,  # type: ignore[arg-type]
            connect_timeout,  # type: ignore[arg-type]
            pool_timeout,  # type: ignore[arg-type]
        )
        if code == 429:
            raise FloodControl(retry_after(payload))
        return code, payload


def make_bot(token: str, api: str = "https://api.telegram.org/bot") -> BotApi:
    """The bot of that token at that Bot API. Nothing is sent yet. ValueError where it is no token at all."""
    number, _, secret = token.partition(":")
    if not (number.isascii() and number.isdecimal() and secret):
        raise ValueError("a bot's token is its number, a colon and a secret")
    # A proxy set for the whole machine is for the world outside it.
    beyond = urlsplit(api).hostname not in {"127.0.0.1", "::1", "localhost"}
    return BotApi(
        token,
        base_url=api,
        request=_request(CONNECTIONS_MAX, trust_env=beyond),
        # Of its own, so that a long poll never takes a connection that an alert needs; two, because one that was cut
        # off is given back a little later.
        get_updates_request=_request(2, trust_env=beyond),
    )


def _request(connections: int, *, trust_env: bool) -> BotRequest:
    return BotRequest(
        connection_pool_size=connections,
        read_timeout=READ_WITHIN,
        write_timeout=WRITE_WITHIN,
        connect_timeout=CONNECT_WITHIN,
        pool_timeout=POOL_WITHIN,
        httpx_kwargs={"trust_env": trust_env},
    )


def retry_after(payload: bytes) -> float:
    """Seconds to wait, as the body of a 429 says; an own guess where it does not."""
    try:
        answer: object = json.loads(payload.decode("utf-8", "replace"))
    except ValueError:  # a proxy's own 429
        return FLOOD_WAIT_UNKNOWN
    match answer:
        case {"parameters": {"retry_after": int(seconds) | float(seconds)}}:
            return min(max(float(seconds), 1.0), FLOOD_WAIT_MAX)
        case _:
            return FLOOD_WAIT_UNKNOWN


def never_left(error: TelegramError) -> bool:
    """Whether it is sure that the request did not go out."""
    return type(error.__cause__).__name__ in _NEVER_LEFT


def describe(error: TelegramError) -> str:
    """What went wrong, short, and fit to be logged and kept."""
    return redact(f"{type(error).__name__}: {error}")[:ERROR_CHARS_MAX]
