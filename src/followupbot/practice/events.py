"""What the page listens to: who should look again, and why."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from followupbot.practice.limits import EVENTS_WAITING_MAX
from followupbot.practice.refusals import Json

KEEP_ALIVE_SECONDS = 15.0


class Events:
    """Everyone who listens gets every event from then on, as server-sent events."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Json | None]] = set()

    def tell(self, kind: str, **details: Any) -> None:
        """Every listener has the event waiting; one that stopped reading is let go."""
        for queue in list(self._listeners):
            if queue.qsize() >= EVENTS_WAITING_MAX:
                self._listeners.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait({"type": kind, **details})

    def close(self) -> None:
        """Every stream has ended."""
        for queue in self._listeners:
            queue.put_nowait(None)
        self._listeners.clear()

    async def listen(self) -> AsyncIterator[Json | None]:
        """Every event from now on, and None every few seconds in which there is none, until the practice closes."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield None
                    continue
                if event is None:
                    return
                yield event
        finally:
            self._listeners.discard(queue)

    async def stream(self) -> AsyncIterator[str]:
        """Server-sent events until the practice closes; a comment every few seconds keeps the connection open."""
        yield "retry: 1000\n: listening\n\n"
        async for event in self.listen():
            yield ": still here\n\n" if event is None else f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
