"""What runs out: of each class of data how much is older than it is kept for, and the end of it.

The clinical record does not run out here: facts, notes, charts, who looked at what, and tombstones stay.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from followupbot.storage.engine import Database
from followupbot.storage.keys import PATIENT_PREFIX
from followupbot.storage.tables import causes, charts, link_tries, outbox, updates_set_aside

ROWS_AT_ONCE = 500
"""So many in one commit, so that a press that comes in meanwhile does not wait."""

FINAL = ("sent", "unknown", "dead", "cancelled", "expired")
"""The states of a message with which nothing more happens."""

GONE = b""
"""What stands in the place of contents that have run out: nothing opens it."""


class Kind(StrEnum):
    """The classes of data that run out."""

    CHAT = "chat"
    """What messages said: their parameters, buttons, and the bytes that were sent. That they were sent stays."""
    SET_ASIDE = "set_aside"
    CAUSES = "causes"
    LINK_TRIES = "link_tries"


@dataclass(frozen=True)
class _Class:
    key: sa.Column[object]
    old: Callable[[datetime], sa.ColumnElement[bool]]
    end: sa.Update | sa.Delete


class Retention:
    """Of one database."""

    def __init__(self, database: Database) -> None:
        """Nothing is looked at yet."""
        self._database = database

    def count(self, kind: Kind, before: datetime) -> int:
        """How much of that class is older, and not under a legal hold."""
        found = _CLASSES[kind]
        query = sa.select(sa.func.count()).select_from(found.key.table).where(found.old(before))
        with self._database.read() as connection:
            count: int = connection.execute(query).scalar_one()
        return count

    def end(self, kind: Kind, before: datetime) -> int:
        """It is gone, some at a time; how much it was."""
        done = 0
        while keys := self._oldest(kind, before):
            ended = _CLASSES[kind].end.where(_CLASSES[kind].key.in_(keys), _CLASSES[kind].old(before))
            done += self._database.unit(lambda connection: connection.execute(ended).rowcount)  # noqa: B023 # runs now
        if done:
            self._database.forget_remnants()
        return done

    def _oldest(self, kind: Kind, before: datetime) -> Sequence[object]:
        """Some that are older; found by reading, which holds up nobody."""
        found = _CLASSES[kind]
        query = sa.select(found.key).where(found.old(before)).order_by(found.key).limit(ROWS_AT_ONCE)
        with self._database.read() as connection:
            return connection.scalars(query).all()


def _held() -> sa.Select[str]:
    """Whose data may not run out, as aggregates are named."""
    return sa.select(sa.literal(PATIENT_PREFIX) + charts.c.patient).where(charts.c.legal_hold_since.is_not(None))


_CLASSES = {
    Kind.CHAT: _Class(
        outbox.c.id,
        lambda before: sa.and_(
            outbox.c.decided_at < before,
            outbox.c.state.in_(FINAL),
            outbox.c.params_enc != GONE,
            outbox.c.owner.not_in(_held()),
        ),
        outbox.update().values(params_enc=GONE, choices_enc=GONE, payload_enc=None, error=None),
    ),
    Kind.SET_ASIDE: _Class(
        updates_set_aside.c.update_id, lambda before: updates_set_aside.c.at < before, sa.delete(updates_set_aside)
    ),
    Kind.CAUSES: _Class(causes.c.key, lambda before: causes.c.at < before, sa.delete(causes)),
    Kind.LINK_TRIES: _Class(link_tries.c.cause, lambda before: link_tries.c.at < before, sa.delete(link_tries)),
}
