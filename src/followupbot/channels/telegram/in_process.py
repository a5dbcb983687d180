"""A Bot API in this process, for virtual time: everything of the real channel but the sockets."""

from collections.abc import Callable, Mapping

from telegram.error import NetworkError, TimedOut
from telegram.request import RequestData

from followupbot.channels.telegram.http import BotApi, BotRequest, FloodControl, retry_after

Answer = Callable[[str, Mapping[str, object]], tuple[int, bytes]]
"""Given a method and what it bears, the status and the body.

`ConnectionRefusedError` where the request never left, `TimeoutError` where nobody knows whether it arrived.
"""


class ConnectError(Exception):
    """Named as httpx names it, which `http.never_left` knows."""


class InProcessRequest(BotRequest):
    """The back-end, with a function in the place of the network."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(connection_pool_size=1)
        self._answer = answer

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: object, **__: object
    ) -> tuple[int, bytes]:  # the time-outs are the network's
        """Status and body. `FloodControl` for every 429."""
        del method  # always POST
        try:
            bears = {} if request_data is None else request_data.parameters
            code, payload = self._answer(url.rpartition("/")[2], bears)
        except ConnectionRefusedError as error:
            raise NetworkError("connection refused") from ConnectError(str(error))
        except TimeoutError as error:
            raise TimedOut from error
        if code == 429:
            raise FloodControl(retry_after(payload))
        return code, payload


def make_bot(token: str, answer: Answer) -> BotApi:
    """A bot that speaks with that function alone."""
    request = InProcessRequest(answer)
    return BotApi(token, base_url="https://in.process/bot", request=request, get_updates_request=request)
