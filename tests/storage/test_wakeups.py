"""Another process's commit wakes the sender, with PostgreSQL."""

import asyncio

import pytest

from followupbot.application.ports import StorageUnavailable
from followupbot.storage import wakeups
from tests.storage.people import Site, message

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_what_is_posted_wakes_whoever_listens(site: Site) -> None:
    """Once at the beginning, for what was missed before it; then at each commit, and not before it."""
    woken = asyncio.Event()
    listening = asyncio.create_task(wakeups.listen(site.database.url, woken.set))
    async with asyncio.timeout(10):
        await woken.wait()
        for key in ("k1", "k2"):
            woken.clear()
            await asyncio.to_thread(site.decide, message(key))
            await woken.wait()
    listening.cancel()


async def test_where_there_is_no_database_it_says_so() -> None:
    with pytest.raises(StorageUnavailable):
        await wakeups.listen("postgresql+psycopg://nobody@127.0.0.1:9/none", lambda: None)
