"""systemd is told by a datagram, and nobody is where it did not start us."""

import socket
from pathlib import Path

import pytest

from followupbot.bootstrap import supervisor


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
