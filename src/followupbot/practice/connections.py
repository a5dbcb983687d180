"""Connections that can be cut: uvicorn closes them politely, and a network does not."""

import asyncio
from collections.abc import MutableMapping
from typing import Any, TypeAlias

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

_Ends: TypeAlias = tuple[tuple[str, int], tuple[str, int]]
_open: dict[_Ends, asyncio.Transport] = {}


class CuttableProtocol(H11Protocol):
    """uvicorn's HTTP, with every open connection on a list so that a fault can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if self.client is not None and self.server is not None:
            _open[_ends(self.client, self.server)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client is not None and self.server is not None:
            _open.pop(_ends(self.client, self.server), None)
        super().connection_lost(exc)


async def cut(request: Request) -> None:
    """The connection is gone, with not a byte of an answer sent."""
    transport = _open.get(_scope_ends(request.scope))
    if transport is not None:
        transport.abort()
        await gone(request)


async def gone(request: Request) -> None:
    """Returns once the other side (or a cut) has ended the connection. The body must have been read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _ends(client: Any, server: Any) -> _Ends:
    return (client[0], client[1]), (server[0], server[1])


def _scope_ends(scope: MutableMapping[str, Any]) -> _Ends:
    return _ends(scope.get("client") or ("", 0), scope.get("server") or ("", 0))
