"""Logs: one line an event, ids and counts only. Whatever a library writes passes the same filter."""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import ExcInfo

TOKEN = re.compile(r"\d{6,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}")
"""A bot's token, wherever it stands: libraries put it into addresses and exceptions (telegram.md 1.7)."""

FREE_TEXT_KEYS = frozenset(
    {"text", "name", "answer", "value", "body", "payload", "message_text", "phone", "said", "note"}
)
"""Keys under which somebody might one day log what a patient said; they are dropped, not shortened."""

QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.INFO,
    "apscheduler": logging.ERROR,  # it warns of each round that is still under way when the next one is due
    "alembic": logging.WARNING,
    "uvicorn": logging.WARNING,
}
"""These libraries write addresses with tokens, or bodies, below that level."""


TOLD = ("followupbot.", "httpx", "httpcore", "telegram.")
"""Where exceptions come from whose text bears names of files and hosts, and no value that somebody gave."""


def described(error: BaseException) -> str:
    """What kind of error it is, and its text where that can't bear what a patient said.

    `int("my leg")` raises a ValueError that says "my leg", and many a library does so: of these there is the kind.
    """
    kind = type(error)
    told = isinstance(error, OSError) or f"{kind.__module__}.".startswith(TOLD)
    return redact(f"{kind.__name__}: {error}") if told else kind.__name__


def _exception(exc_info: ExcInfo) -> str:
    """The way to the error, with the errors that it came from; neither variables nor texts that may hold any."""
    chain: list[BaseException] = []
    error: BaseException | None = exc_info[1]
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join("".join([*traceback.format_tb(one.__traceback__), described(one)]) for one in reversed(chain))


def redact(text: str) -> str:
    """The text without any token."""
    return TOKEN.sub("<token>", text)


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Every logger of the process writes redacted lines to `stream`, by default standard error."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # Without locals: a traceback that shows variables shows what patients said.
            structlog.processors.ExceptionRenderer(_exception),
            _drop_free_text,
            _redact_everything,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "logger", "event"], bool_as_flag=False
            ),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    quieten(level)


def quieten(level: int = logging.INFO) -> None:
    """From now on no library logs an address with the token in it, or what a patient wrote."""
    for name, at_least in QUIET.items():
        logging.getLogger(name).setLevel(max(at_least, level))


def _drop_free_text(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in event.items() if key not in FREE_TEXT_KEYS}


def _redact_everything(_: object, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else redact(repr(value)) for key, value in event.items()}
