"""What the program remembers about the data itself: when it was backed up, and whether it is in quarantine."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.storage.engine import Database
from followupbot.storage.tables import marks

QUARANTINE = "quarantine"
"""The data came out of a backup: nothing is sent and nothing is asked for until somebody has released it."""

BACKED_UP = "backed_up"
TIDIED = "tidied"


@dataclass(frozen=True)
class Mark:
    """Since when, and ids or numbers that say more."""

    at: datetime
    detail: str


class Marks:
    """By name, one of each."""

    def __init__(self, database: Database) -> None:
        """Nothing is read yet."""
        self._database = database

    def get(self, name: str) -> Mark | None:
        """None where there is none of that name."""
        with self._database.read() as connection:
            row = connection.execute(sa.select(marks).where(marks.c.name == name)).one_or_none()
        return None if row is None else Mark(row.at, row.detail)

    def put(self, name: str, at: datetime, detail: str = "") -> None:
        """In the place of an older one."""
        self._database.unit(lambda connection: put(self._database, connection, name, at, detail))

    def remove(self, name: str) -> None:
        """There is none of that name."""
        self._database.unit(lambda connection: connection.execute(sa.delete(marks).where(marks.c.name == name)))


def put(database: Database, connection: Connection, name: str, at: datetime, detail: str = "") -> None:
    """The same within a transaction that does more."""
    row = {"name": name, "at": at, "detail": detail}
    connection.execute(database.insert(marks).values(row).on_conflict_do_update(index_elements=["name"], set_=row))
