"""The daily test of alerts, as the parts of the program go through it."""

from collections.abc import Callable
from datetime import datetime

from followupbot.application.ports import Store
from followupbot.domain import canary
from followupbot.domain.decision import ByClock, Cause, Decision

MADE_UP_ADDRESS = 0
"""The chat of the made-up press: Telegram has none of that number."""


def put(store: Store, now: datetime) -> int | None:
    """The number of the test whose press is to be made up now; None where none is."""
    number = canary.due(store.clinic(), now)
    if number is not None:
        store.transact_clinic(Cause(f"canary:{number}:put", ByClock()), lambda clinic: canary.put(clinic, now))
    return number


def next_at(store: Store, now: datetime) -> datetime | None:
    """When `put` next comes to have something to do, later than now; None where it never does."""
    return canary.next_at(store.clinic(), now)


def press(store: Store, number: int, cause: Cause, now: datetime) -> Decision:
    """The made-up press came in."""
    return store.transact_clinic(cause, lambda clinic: canary.press(clinic, number, now))


def receive(store: Store, sent_at: Callable[[str], datetime | None], now: datetime) -> None:
    """Where Telegram has taken the test's alert, that is its receipt."""
    last = store.clinic().canary
    if last is None or last.staff is None or last.received_at is not None or sent_at(canary.key(last.number)) is None:
        return
    cause = Cause(f"canary:{last.number}:received", ByClock())
    store.transact_clinic(cause, lambda clinic: canary.receive(clinic, last.number, now))
