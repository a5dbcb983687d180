"""The Bot API over HTTP: takes a call, lets it meet its fault, runs it, writes it into the log, answers it."""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from followupbot.practice import parameters
from followupbot.practice.calls import CallLog
from followupbot.practice.connections import cut, gone
from followupbot.practice.faults import EFFECT_FIRST, Fault, FaultKind, Faults
from followupbot.practice.limits import BODY_BYTES_MAX, HANG_SECONDS_MAX, POLL_SECONDS_MAX, UPDATES_PER_CALL_MAX
from followupbot.practice.methods import METHODS, take_allowed
from followupbot.practice.parameters import Params
from followupbot.practice.refusals import Json, NotPossible, Refused
from followupbot.practice.telegram import Telegram

_TOKEN_FORM = re.compile(r"\d+:[A-Za-z0-9_-]+")
_BAD_GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_GET_UPDATES = "getupdates"


class ClientGone(Exception):
    """The bot hung up before it was answered."""


@dataclass(frozen=True)
class _Outcome:
    """What the call came to; `refused` is None when it took effect."""

    result: Any = None
    refused: Refused | None = None

    def answer(self) -> Response:
        if self.refused is not None:
            return JSONResponse(self.refused.body(), self.refused.code)
        return JSONResponse({"ok": True, "result": self.result})


class BotApi:
    """What stands under `/bot<token>/<method>`."""

    def __init__(self, telegram: Telegram, faults: Faults, calls: CallLog) -> None:
        self.telegram = telegram
        self.faults = faults
        self.calls = calls
        self.closing = asyncio.Event()

    def routes(self) -> list[Route]:
        """The two addresses a bot uses: for calls and for downloads."""
        return [
            Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self.download, methods=["GET"]),
        ]

    async def call(self, request: Request) -> Response:
        """Runs one call to its end; the log then holds it."""
        method = request.path_params["method"]
        try:
            body = await _body(request)
            self._check_token(request.path_params["token"])
            params = parameters.read(request.url.query, request.headers.get("content-type", ""), body)
        except Refused as refused:
            return self._close(method, {}, _Outcome(refused=refused), None)
        except ClientDisconnect:
            return Response(status_code=499)
        fault = self.faults.next_for(method.lower(), params.text("chat_id"))
        if fault is not None and fault.kind not in EFFECT_FIRST:
            early = await self._before(request, method, params, fault)
            if early is not None:
                return early
        try:
            outcome = await self._run(request, method.lower(), params)
        except ClientGone:
            self._log(method, params.to_log(), _Outcome(refused=Refused(499, "the bot hung up")), fault, None)
            return Response(status_code=499)
        if fault is not None and fault.kind in EFFECT_FIRST and outcome.refused is None:
            return await self._after(request, method, params, fault, outcome)
        return self._close(method, params.to_log(), outcome, fault)

    async def download(self, request: Request) -> Response:
        """The bytes of a file, at the path that getFile gave."""
        try:
            self._check_token(request.path_params["token"])
        except Refused as refused:
            return JSONResponse(refused.body(), refused.code)
        stored = self.telegram.files.at(request.path_params["path"])
        if stored is None:
            return JSONResponse(Refused(404, "Not Found").body(), 404)
        return Response(stored.content, media_type=stored.mime_type)

    async def _run(self, request: Request, method: str, params: Params) -> _Outcome:
        try:
            if method == _GET_UPDATES:
                return _Outcome(await self._get_updates(request, params))
            if method not in METHODS:
                return _Outcome(refused=Refused(404, "Not Found: method not found"))
            return _Outcome(METHODS[method](self.telegram, params))
        except Refused as refused:
            return _Outcome(refused=refused)
        except NotPossible as full:  # a ceiling of the practice itself
            return _Outcome(refused=Refused(500, f"Internal Server Error: {full}"))

    async def _get_updates(self, request: Request, params: Params) -> list[Any]:
        take_allowed(self.telegram, params)
        limit = params.whole("limit", UPDATES_PER_CALL_MAX)
        timeout = min(max(0, params.whole("timeout")), POLL_SECONDS_MAX)
        poll = asyncio.ensure_future(self.telegram.updates.take(params.whole("offset"), limit, timeout))
        if await self._ended_first(request, poll):
            return await poll
        raise ClientGone

    async def _ended_first(self, request: Request, work: "asyncio.Future[Any]") -> bool:
        """Whether the work ended before the bot hung up; if not, it was cancelled."""
        hung_up = asyncio.ensure_future(gone(request))
        try:
            await asyncio.wait({work, hung_up}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hung_up.cancel()
            ended = work.done()
            if not ended:
                work.cancel()
        return ended

    async def _before(self, request: Request, method: str, params: Params, fault: Fault) -> Response | None:
        """The answer of a fault that keeps the call from taking effect; None when the call is only late."""
        if fault.kind is FaultKind.SLOW:
            await self._ended_first(request, asyncio.ensure_future(self._pause(fault.seconds)))
            return None
        refused = fault.refusal()
        if refused is not None:
            return self._close(method, params.to_log(), _Outcome(refused=refused), fault)
        if fault.kind is FaultKind.BAD_GATEWAY:
            refused = Refused(502, "Bad Gateway")
            self._log(method, params.to_log(), _Outcome(refused=refused), fault, refused.code)
            return Response(_BAD_GATEWAY_PAGE, 502, media_type="text/html")
        unheard = Refused(0, "no answer was sent")
        self._log(method, params.to_log(), _Outcome(refused=unheard), fault, None)
        await self._fall_silent(request, hang=fault.kind is FaultKind.HANG)
        return _unfinished()

    async def _after(self, request: Request, method: str, params: Params, fault: Fault, outcome: _Outcome) -> Response:
        """The answer of a fault that strikes when the call has taken effect."""
        if fault.kind is FaultKind.BROKEN_JSON:
            self._log(method, params.to_log(), outcome, fault, 200)
            whole = bytes(outcome.answer().body)
            return Response(whole[: len(whole) // 2], media_type="application/json")
        refused = fault.refusal()
        if refused is not None:
            self._log(method, params.to_log(), outcome, fault, refused.code)
            return JSONResponse(refused.body(), refused.code)
        self._log(method, params.to_log(), outcome, fault, None)
        await self._fall_silent(request, hang=fault.kind is FaultKind.HANG_AFTER)
        return _unfinished()

    async def _fall_silent(self, request: Request, *, hang: bool) -> None:
        """No answer comes: at once, or after the bot has lost its patience."""
        if hang:
            await self._ended_first(request, asyncio.ensure_future(self._pause(HANG_SECONDS_MAX)))
        await cut(request)

    async def _pause(self, seconds: float) -> None:
        """Real seconds have passed, or the practice is closing."""
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return

    def _close(self, method: str, params: Json, outcome: _Outcome, fault: Fault | None) -> Response:
        status = 200 if outcome.refused is None else outcome.refused.code
        self._log(method, params, outcome, fault, status)
        return outcome.answer()

    def _log(self, method: str, params: Json, outcome: _Outcome, fault: Fault | None, status: int | None) -> None:
        refused = outcome.refused
        self.calls.add(
            at=self.telegram.clock(),
            method=method,
            params=params,
            status=status,
            accepted=refused is None,
            result=outcome.result,
            description=refused.description if refused else None,
            parameters=refused.parameters if refused else None,
            fault=str(fault.kind) if fault else None,
        )

    def _check_token(self, token: str) -> None:
        if token == self.telegram.token:
            return
        raise Refused(401, "Unauthorized") if _TOKEN_FORM.fullmatch(token) else Refused(404, "Not Found")


async def _body(request: Request) -> bytes:
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > BODY_BYTES_MAX:
            raise Refused(413, "Request Entity Too Large")
        pieces.append(piece)
    return b"".join(pieces)


def _unfinished() -> Response:
    """Goes nowhere when the connection was cut; another server than ours, which cannot cut, sends it."""
    return Response(status_code=500, headers={"connection": "close"})
