"""What a part does when something of its own goes wrong that nobody has thought of."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.applications import Starlette

from followupbot.bootstrap import pages, sender, turns
from followupbot.bootstrap.house import House
from followupbot.bootstrap.pages import Pages
from followupbot.bootstrap.sender import Sender
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.storage.leases import Lease
from followupbot.web import health
from tests.fakes import VirtualTime


@dataclass
class Leases:
    """Somebody's, as soon as they are asked for; renewing one fails once, and then stops the program."""

    stop: asyncio.Event
    acquired: int = 0
    released: list[Lease] = field(default_factory=list)

    def acquire(self, name: str, machine_now: int, for_ms: int) -> Lease:
        self.acquired += 1
        return Lease(name, "h1", self.acquired, machine_now + for_ms)

    def renew(self, lease: Lease, *_: int) -> Lease:
        if lease.epoch == 1:
            raise ZeroDivisionError
        self.stop.set()
        return lease

    def release(self, lease: Lease) -> None:
        self.released.append(lease)


@contextmanager
def a_workplace(**house: Any) -> Iterator[Workplace]:
    """In a house with that in it, and nothing else."""
    workplace = Workplace(cast(House, SimpleNamespace(clock=VirtualTime(), **house)), house["stop"])
    yield workplace
    workplace.writer.close()


async def test_a_sender_that_can_not_renew_its_lease_stops_sending_until_it_has_it_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else it would go on beside the sender that has taken over."""
    stop = asyncio.Event()
    leases, sending = Leases(stop), list[int]()

    class Sending:
        last_claim_machine = None

        async def run(self, over: asyncio.Event, _: asyncio.Event) -> None:
            sending.append(leases.acquired)
            await over.wait()

    monkeypatch.setattr(sender, "make_deliveries", lambda *_, **__: Sending())
    monkeypatch.setattr(turns, "RENEWS_AFTER", 0.01)
    outbox, database = (
        SimpleNamespace(reclaim=lambda: 0, forget_waits=lambda *_: None, turn=None),
        SimpleNamespace(path=None, url="postgresql://nobody@127.0.0.1:9/none"),
    )
    with a_workplace(stop=stop, leases=leases, outbox=outbox, database=database) as workplace:
        async with asyncio.timeout(5):
            await Sender(workplace, cast(TelegramChannel, None), 123).run()
    assert sending == [1, 2]
    assert [lease.epoch for lease in leases.released] == [2]


async def test_where_the_database_hangs_work_that_can_do_without_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    """An emergency is not to wait for whoever holds a lock."""
    monkeypatch.setattr(turns, "ASKS_FOR", 0.01)
    stop, hangs = asyncio.Event(), Event()
    leases = SimpleNamespace(acquire=lambda *_: hangs.wait(10) and None)
    worked: list[Lease | None] = []

    async def work(lease: Lease | None, _: asyncio.Event) -> None:
        worked.append(lease)
        stop.set()
        hangs.set()

    with a_workplace(stop=stop, leases=leases, database=SimpleNamespace(path=None)) as workplace:
        async with asyncio.timeout(5):
            await turns.Turn(workplace, Part.INTAKE, 123, without_database=True).run(work)
    assert worked == [None]


async def test_a_stop_ends_the_work_also_while_a_renewal_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the program would be cut off in the middle, and take two seconds longer than whoever stops it waits."""
    monkeypatch.setattr(turns, "RENEWS_AFTER", 0.0)
    stop, renewing, hangs = asyncio.Event(), Event(), Event()
    released: list[Lease] = []

    def renew(*_: object) -> None:
        renewing.set()
        hangs.wait(10)

    leases = SimpleNamespace(
        acquire=lambda name, now, for_ms: Lease(name, "h1", 1, now + for_ms), renew=renew, release=released.append
    )

    async def work(_: Lease | None, over: asyncio.Event) -> None:
        await asyncio.to_thread(renewing.wait, 5)
        stop.set()
        await over.wait()
        hangs.set()

    with a_workplace(stop=stop, leases=leases, database=SimpleNamespace(path=None)) as workplace:
        try:
            async with asyncio.timeout(3):
                await turns.Turn(workplace, Part.SENDER, 123).run(work)
        finally:
            hangs.set()
    assert [lease.epoch for lease in released] == [1]


async def served(monkeypatch: pytest.MonkeyPatch, watch: Callable[..., Any], stop: asyncio.Event) -> None:
    """The pages were shown, on any free port, while `watch` looked."""
    monkeypatch.setattr(pages, "watch", watch)
    settings = SimpleNamespace(web_host="127.0.0.1", web_port=0)
    with a_workplace(stop=stop, settings=settings) as workplace:
        async with asyncio.timeout(5):
            await Pages(workplace, frozenset(Part)).run()


async def test_pages_that_can_not_watch_any_more_end_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else they would show for ever what they saw last."""

    async def watch(*_: object) -> tuple[str, ...]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await served(monkeypatch, watch, asyncio.Event())


async def test_pages_are_served_until_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """And end in silence."""
    stop = asyncio.Event()

    async def watch(*_: object) -> tuple[str, ...]:
        stop.set()
        return ()

    await served(monkeypatch, watch, stop)


async def test_health_is_not_well_before_the_first_look_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that hangs at the start, or a restored one, would pass for a clinic that works."""
    monkeypatch.setattr(pages, "WATCH_SECONDS", 0.0)
    stop, shown = asyncio.Event(), health.pages
    looks: list[Callable[[], health.Health]] = []
    said: list[tuple[str, ...]] = []

    def kept(look: Callable[[], health.Health]) -> Starlette:
        looks.append(look)
        return shown(look)

    async def watch(*_: object) -> tuple[str, ...]:
        said.append(looks[0]().problems)
        if len(said) == 2:
            stop.set()
        return ()

    monkeypatch.setattr(health, "pages", kept)
    await served(monkeypatch, watch, stop)
    assert said[:2] == [(pages.NOT_LOOKED,), ()]
