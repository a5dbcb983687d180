"""The clock's part ends quietly, whenever the stop comes."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from followupbot.application.ports import StorageUnavailable
from followupbot.bootstrap import backups, clockwork
from followupbot.bootstrap.clockwork import Clockwork
from followupbot.bootstrap.house import House
from followupbot.bootstrap.key_files import HouseClosed
from followupbot.bootstrap.workplace import Workplace
from tests.fakes import VirtualTime


@pytest.mark.parametrize("turns", range(5))
async def test_a_program_that_ends_early_logs_no_error(
    turns: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As where the port is taken: the stop is there before the first round has begun, or in the middle of it."""
    for name in ("Soundings", "Hearing", "Mending"):
        monkeypatch.setattr(clockwork, name, lambda *_: None)
    stop = asyncio.Event()
    house = SimpleNamespace(clock=VirtualTime(), store=None, database=None)
    workplace = Workplace(cast(House, house), stop)

    async def insist(unit: Callable[[], Any]) -> None:
        del unit

    async def hang() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(workplace, "insist", insist)
    clock = Clockwork(workplace)
    monkeypatch.setattr(clock, "_round", hang)
    running = asyncio.create_task(clock.run())
    for _ in range(turns):
        await asyncio.sleep(0)
    stop.set()
    await running
    for _ in range(5):
        await asyncio.sleep(0)
    workplace.writer.close()
    assert caplog.text == ""
    assert asyncio.all_tasks() == {asyncio.current_task()}, "nothing of it runs on"


@pytest.mark.parametrize(
    "error", [HouseClosed("There is no room"), StorageUnavailable("gone"), OSError("no such disk")]
)
async def test_a_backup_that_fails_while_the_database_is_away_is_in_the_log(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the operator can't be told either; that is no second error, and the first is not lost by it."""

    def fail(_: object) -> None:
        raise error

    told: list[str] = []

    async def tell(key: str, detail: str) -> None:
        told.append(f"{key} {detail}")
        raise StorageUnavailable

    monkeypatch.setattr(backups, "make_daily", fail)
    house = SimpleNamespace(clock=VirtualTime(), store=SimpleNamespace(), database=SimpleNamespace())
    workplace = Workplace(cast(House, house), asyncio.Event())
    monkeypatch.setattr(workplace, "tell_operator", tell)
    with capture_logs() as logged:
        await Clockwork(workplace)._keep()
    workplace.writer.close()
    assert told == [f"backup_failed {type(error).__name__}"]
    assert [(line["event"], line["reason"]) for line in logged] == [("no backup", str(error))]
