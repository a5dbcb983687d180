"""systemd is told by a datagram, and nobody is where it did not start us."""

import asyncio
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from followupbot.bootstrap import quarantine, supervisor
from followupbot.bootstrap.process import Process


def test_whoever_listens_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "n"))
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "n"))
        supervisor.notify(supervisor.READY)
        assert listening.recv(64) == b"READY=1"


@pytest.mark.parametrize("address", ["", "nonsense", "/nowhere/at/all", "@nobody-listens-here"])
def test_nobody_listens_and_nothing_happens(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    supervisor.notify(supervisor.WORKS)


async def test_a_program_that_is_held_in_quarantine_says_that_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else systemd would kill it each minute, while somebody looks at what a restored database would send."""
    told: list[str] = []
    monkeypatch.setattr(supervisor, "notify", told.append)
    monkeypatch.setattr(quarantine, "is_on", lambda house: True)
    stop = asyncio.Event()

    async def pause(seconds: float) -> None:
        if told:
            stop.set()

    nothing: Any = None
    workplace: Any = SimpleNamespace(stop=stop, pause=pause)
    await Process(nothing, frozenset())._end_quarantine(workplace, nothing)
    assert set(told) == {supervisor.WORKS}
