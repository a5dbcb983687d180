"""What systemd is told of a service of `Type=notify`: that it is ready, that it still works, that it stops."""

import os
import socket

READY, WORKS, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


def notify(state: str) -> None:
    """It is told. Nothing happens where nobody listens, or the one who did has gone."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as telling:
        try:
            telling.sendto(state.encode(), "\0" + address[1:] if address[0] == "@" else address)
        except OSError:  # a supervisor that does not listen is no reason to stop
            return
