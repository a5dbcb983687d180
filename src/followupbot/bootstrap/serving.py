"""Serving HTTP inside the process, which has signal handlers of its own."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette


def server(application: Starlette) -> "Server":
    """Not yet serving. It writes no log of its own: addresses bear secrets."""
    return Server(
        uvicorn.Config(application, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    )


def listen(host: str, port: int) -> socket.socket:
    """OSError where the port is taken."""
    return socket.create_server((host, port))


class Server(uvicorn.Server):
    """Uvicorn without its signal handlers: the process has its own."""

    def install_signal_handlers(self) -> None:
        """Nothing is installed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield
