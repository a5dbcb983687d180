"""Updates that Telegram brings, where a webhook is set: the same way in, and 200 only after the commit."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import InvalidToken, TelegramError

from followupbot.channels.telegram.http import BotApi, describe
from followupbot.channels.telegram.polling import Operator, Sleep
from followupbot.channels.telegram.updates import ALLOWED_UPDATES

log = logging.getLogger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 # the header's name

BODY_BYTES_MAX = 512 * 1024
"""An update is a few thousand bytes; the longest text with every entity that Telegram allows is below 100 KB."""

CONNECTIONS_MAX = 40
"""How many updates Telegram brings at once; those of one chat it brings one after the other."""

SEEN_AFTER = 30.0
"""Seconds between two looks whether Telegram still knows the webhook, and whether updates wait there."""


@dataclass(frozen=True)
class WebhookSettings:
    """Where Telegram reaches us, and what it shows that it is Telegram."""

    url: str
    secret: str

    @property
    def path(self) -> str:
        """Of the address: where the application listens."""
        return "/" + self.url.split("://", 1)[1].partition("/")[2]


def application(webhook: WebhookSettings, deliver: Callable[[object], Awaitable[bool]]) -> Starlette:
    """Takes one update a request. 200: committed, or set aside. 503: it is to come again, and Telegram brings it."""

    async def take(request: Request) -> Response:
        shown = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(shown.encode(), webhook.secret.encode()):
            return Response(status_code=403)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES_MAX:
                return Response(status_code=413)
        try:
            raw: object = json.loads(bytes(body))
        except ValueError:
            return Response(status_code=400)
        return Response(status_code=200 if await deliver(raw) else 503)

    return Starlette(routes=[Route(webhook.path, take, methods=["POST"])])


class WebhookKeeper:
    """Sees to it that Telegram knows the webhook, for as long as it runs."""

    def __init__(
        self,
        bot: BotApi,
        webhook: WebhookSettings,
        operator: Operator,
        heard: Callable[[], None],
        sleep: Sleep,
    ) -> None:
        """`heard` is called each time that Telegram says that all it has goes to us, and nothing waits there long."""
        self._bot = bot
        self._webhook = webhook
        self._operator = operator
        self._heard = heard
        self._sleep = sleep
        self._waited = False
        self._set = False

    async def run(self) -> None:
        """Never raises, never gives up."""
        while True:
            try:
                await self._look()
            except InvalidToken:
                self._operator.tell("token_refused", "")
            except TelegramError as error:
                log.warning("the webhook could not be looked at: %s", describe(error))
            await self._sleep(SEEN_AFTER)

    async def _look(self) -> None:
        if not self._set:  # what Telegram knows may be an older secret, which it never shows
            await self._tell()
            return
        info = await self._bot.call("getWebhookInfo", {})
        match info:
            case {"url": str(url), "pending_update_count": int(waiting)} if url == self._webhook.url:
                # What waits at two looks in a row is not on its way: our side of the webhook can't be reached.
                reached = not (waiting and self._waited)
                self._waited = waiting > 0
                if reached:
                    self._heard()
                else:
                    log.error("%d updates wait at Telegram, which does not reach the webhook", waiting)
            case _:
                await self._tell()

    async def _tell(self) -> None:
        await self._bot.call(
            "setWebhook",
            {
                "url": self._webhook.url,
                "secret_token": self._webhook.secret,
                "allowed_updates": list(ALLOWED_UPDATES),
                "max_connections": CONNECTIONS_MAX,
            },
        )
        log.warning("the webhook is set")
        self._set = True
        self._heard()
