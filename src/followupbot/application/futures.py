"""What is under way in an event loop, and how it is ended."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def cancel(futures: Iterable[asyncio.Future[Any]]) -> None:
    """They have ended, by themselves or by being cancelled."""
    ending = list(futures)
    for future in ending:
        future.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
