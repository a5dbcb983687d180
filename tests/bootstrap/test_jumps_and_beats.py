"""What follows from a clock that jumps, and how the heart beats over a long time; by clocks in the test's own hands."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap import auditor
from followupbot.bootstrap.auditor import Auditor
from followupbot.bootstrap.clock_watch import ClockWatch
from followupbot.bootstrap.clockwork import Clockwork
from followupbot.bootstrap.workplace import Part, Workplace
from followupbot.channels.telegram.outbound import TelegramChannel
from followupbot.domain.troubles import Trouble
from tests.bootstrap.test_parts import a_workplace

HOUR = 3_600_000


class Clocks:
    """The wall's and the steady one's, in milliseconds."""

    def __init__(self) -> None:
        self.wall, self.steady = 1_700_000_000_000, 5_000

    def watch(self) -> ClockWatch:
        return ClockWatch(lambda: self.wall, lambda: self.steady)

    def pass_by(self, ms: int, jump: int = 0) -> None:
        self.steady += ms
        self.wall += ms + jump


def a_clockwork(workplace: Workplace, clocks: Clocks, monkeypatch: pytest.MonkeyPatch) -> tuple[Clockwork, list[Any]]:
    """And what it has done about the clock; each thing fails once, as where the database is away."""
    done: list[Any] = []
    failed: set[str] = set()

    def note(what: str, *more: Any) -> None:
        if what not in failed:
            failed.add(what)
            raise StorageUnavailable
        done.append((what, *more))

    async def tell(key: str, detail: str) -> None:
        note("told", key, detail)

    outbox = cast(Any, workplace.house.outbox)
    outbox.forget_waits = lambda _now, _machine_now, longest_ms: note("goes now", longest_ms)
    monkeypatch.setattr(workplace, "tell_operator", tell)
    monkeypatch.setattr(
        "followupbot.application.admins.doubt_clock", lambda _store, seconds, _now: note("doubted", seconds)
    )
    work = Clockwork(workplace)
    work._watch = clocks.watch()
    return work, done


async def looks(work: Clockwork) -> None:
    """Until it is done: what the database did not take is not forgotten."""
    for _ in range(4):
        try:
            await work._look_at_clock()
        except StorageUnavailable:
            continue


@pytest.mark.parametrize(
    ("jump", "done", "doubts"),
    [
        (0, [], False),
        (-1_999, [], False),
        (HOUR, [], False),
        (2 * HOUR, [("doubted", 7_200)], True),
        (-HOUR, [("goes now", 0), ("goes now", 0), ("told", "clock_back", "3600")], False),
    ],
)
async def test_a_clock_that_jumps_is_told_of_once(
    jump: int, done: list[Any], doubts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forward: nothing routine is done by it. Back: nothing waits for the time that it showed before."""
    clocks = Clocks()
    house = {"store": SimpleNamespace(), "outbox": SimpleNamespace(), "database": SimpleNamespace()}
    with a_workplace(stop=asyncio.Event(), **house) as workplace:
        work, did = a_clockwork(workplace, clocks, monkeypatch)
        await looks(work)
        clocks.pass_by(2_000, jump)
        await looks(work)
        clocks.pass_by(2_000)
        await looks(work)
        assert (did, workplace.doubts_clock) == (done, doubts)


async def test_a_day_has_a_heartbeat_a_minute_while_all_is_well_and_none_while_it_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also after an hour in which the address could not be reached, and one in which something had stopped."""
    now, beats, troubles = [0.0], list[float](), set[Trouble]()
    reachable = [True]

    async def ping(_: str) -> None:
        if not reachable[0]:
            raise httpx.ConnectError("nobody there")
        beats.append(now[0])

    async def well(*_: object) -> tuple[str, ...]:
        return ()

    monkeypatch.setattr(auditor, "watch", well)
    settings = SimpleNamespace(heartbeat_url="https://example.org/ping")
    with a_workplace(stop=asyncio.Event(), settings=settings, database=SimpleNamespace()) as workplace:
        found = Auditor(
            workplace, frozenset({Part.CLOCK}), cast(TelegramChannel, None), ping=ping, monotonic=lambda: now[0]
        )

        async def look() -> set[Trouble]:
            return set(troubles)

        monkeypatch.setattr(found, "_look", look)
        for tick in range(24 * 360):
            now[0] = tick * 10.0
            hour = tick // 360
            troubles = {Trouble("charts_wait")} if hour == 5 else set()
            reachable[0] = hour != 9
            await found.once()
    by_hour = [sum(1 for at in beats if at // 3_600 == hour) for hour in range(24)]
    assert by_hour == [0 if hour in {5, 9} else 60 for hour in range(24)]
