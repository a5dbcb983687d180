"""Logs: one line an event; no token gets into them, and nothing that a patient said."""

import io
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from followupbot import logs
from followupbot.domain.decision import StorageUnavailable
from followupbot.storage.facts import decode_fact

TOKEN = "123456789:AAOnlyForTestsNothingHereIsReal_0000"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/sendMessage"
PAIN = "my leg has been numb since Tuesday"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the process has logged."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


@pytest.mark.parametrize("token", [TOKEN, TOKEN.replace(":", "%3A"), TOKEN.replace(":", "%3a")])
def test_a_token_is_redacted_wherever_it_stands(token: str) -> None:
    assert logs.redact(f"POST https://host/bot{token}/getMe failed") == "POST https://host/bot<token>/getMe failed"


def test_an_event_is_a_line_of_keys_and_values(written: io.StringIO) -> None:
    structlog.get_logger("followupbot.tests").info("asked", patient="2345X", count=3)
    (line,) = written.getvalue().splitlines()
    assert line.startswith("timestamp=2")
    assert line.endswith("level=info logger=followupbot.tests event=asked patient=2345X count=3")


def test_no_token_gets_into_a_line_whoever_writes_it(written: io.StringIO) -> None:
    """Our own events, a library's messages with their arguments, values that are no text."""
    structlog.get_logger("ours").warning("called", address=ADDRESS, answer_of=[ADDRESS], error=OSError(ADDRESS))
    logging.getLogger("theirs").error("HTTP Request: %s %s", "POST", ADDRESS)
    logging.getLogger("theirs").error(ADDRESS, extra={"url": ADDRESS})
    assert TOKEN not in written.getvalue()
    assert TOKEN.partition(":")[2] not in written.getvalue()
    assert written.getvalue().count("<token>") >= 5


def test_no_token_gets_into_a_traceback(written: io.StringIO) -> None:
    """Nor what variables held; the causes of an error are part of it."""
    for log in (structlog.get_logger("ours"), logging.getLogger("theirs")):
        answer = PAIN
        try:
            try:
                raise ConnectionError(ADDRESS)
            except ConnectionError as error:
                raise RuntimeError(f"after {len(answer)}: {ADDRESS}") from error
        except RuntimeError:
            log.exception("failed")
    text = written.getvalue()
    assert len(text.splitlines()) == 2, "a traceback is one line, too"
    assert text.count("ConnectionError: https://api.telegram.org/bot<token>/sendMessage") == 2
    assert TOKEN not in text
    assert PAIN not in text


@pytest.mark.parametrize("key", sorted(logs.FREE_TEXT_KEYS))
def test_what_a_patient_may_have_said_is_dropped_and_not_shortened(key: str, written: io.StringIO) -> None:
    structlog.get_logger("ours").info("received", **{key: PAIN}, update=7)
    assert "update=7" in written.getvalue()
    assert key not in written.getvalue().replace("event=", "")
    assert "leg" not in written.getvalue()


@pytest.mark.parametrize("library", ["httpx", "httpcore", "telegram", "apscheduler"])
def test_libraries_that_log_addresses_or_bodies_are_quiet(library: str, written: io.StringIO) -> None:
    """At the level at which they do it, and their parts with them."""
    logging.getLogger(f"{library}.part").debug(PAIN)
    assert written.getvalue() == ""


UNREADABLE = b'{"v":1,"kind":"note_received","at":"%s","note":"n"}' % PAIN.encode()


@pytest.mark.parametrize(
    "raises",
    [lambda: int(PAIN), lambda: dict[str, int]()[PAIN], lambda: decode_fact(UNREADABLE)],
    ids=["number", "key", "fact"],
)
def test_no_text_of_an_error_bears_what_a_patient_said(raises: Callable[[], object], written: io.StringIO) -> None:
    """Many say the value that they could not use; of those there is the kind, and the way to it."""
    try:
        raises()
    except Exception:
        structlog.get_logger("ours").exception("failed")
        logging.getLogger("theirs").exception("failed")
    text = written.getvalue()
    assert PAIN not in text
    assert "test_logs.py" in text
    assert text.count("Error") >= 2


def test_what_an_error_of_the_system_or_of_ours_says_is_told(written: io.StringIO) -> None:
    """A full disk is called so."""
    assert logs.described(OSError(28, "No space left on device")) == "OSError: [Errno 28] No space left on device"
    assert logs.described(StorageUnavailable("database is locked")) == "StorageUnavailable: database is locked"
    assert logs.described(ValueError(PAIN)) == "ValueError"


def test_errors_that_came_of_each_other_in_a_circle_are_told_once() -> None:
    first, second = OSError("first"), OSError("second")
    first.__cause__, second.__cause__ = second, first
    assert logs._exception((OSError, first, None)) == "OSError: second\nOSError: first"
