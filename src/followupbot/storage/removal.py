"""A clinic's whole database copied into an empty one of either kind, and both compared.

Rows go as they are: nothing is decrypted. Both databases have the schema of this program. Keys go apart, as they lie.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.storage.dumps import Dump, Filling, Row, Table, Value, has_rows
from followupbot.storage.engine import Database
from followupbot.storage.tables import leases, metadata

_DIGEST_BITS = 256


class TargetInUse(Exception):
    """There is something in the target already."""


class SourceInUse(Exception):
    """A process works on the source."""


class CopyDiffers(Exception):
    """What was written is not what was read; nothing of it is kept."""


@dataclass(frozen=True)
class Content:
    """So many rows, and one hash over all of them, whatever their order: databases sort words differently."""

    rows: int
    digest: str


def refuse_used(target: Database) -> None:
    """`TargetInUse` where any of its tables has a row."""
    with target.read() as connection:
        for table in metadata.sorted_tables:
            if has_rows(connection, table.name):
                raise TargetInUse(table.name)


def copy(
    source: Database, target: Database, machine_now: int, progress: Callable[[str, int], None] = lambda *_: None
) -> Mapping[str, Content]:
    """The target has what the source has, table by table, and was read again to compare; the source is as it was.

    Nobody writes to the source meanwhile. Where anything is raised nothing is kept: `SourceInUse`, `CopyDiffers`.
    """
    with source.write() as read, target.write() as written:
        _stand_still(read, machine_now)
        dump, filling = Dump(read), Filling(target, written)
        contents = {table.name: _copy(table, dump, filling, progress) for table in dump.tables}
        filling.count_on(dump.last_numbers())
        there = Dump(written)
        for table in dump.tables:
            found = _content(table, there)
            if found != contents[table.name]:
                raise CopyDiffers(f"{table.name}: {found} instead of {contents[table.name]}")
    return contents


def _stand_still(connection: Connection, machine_now: int) -> None:
    """Nobody writes until this transaction ends. On SQLite it has the only writer's lock already."""
    if connection.dialect.name != "sqlite":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
    working = sa.select(leases.c.name).where(leases.c.holder.is_not(None), leases.c.until_machine_ms > machine_now)
    names = ", ".join(sorted(connection.scalars(working)))
    if names:
        raise SourceInUse(names)


def _copy(table: Table, read: Dump, written: Filling, progress: Callable[[str, int], None]) -> Content:
    digest = _Digest()
    for rows in read.rows(table):
        digest.add(rows)
        written.put(table, rows)
        progress(table.name, len(rows))
    return digest.content()


def _content(table: Table, dump: Dump) -> Content:
    digest = _Digest()
    for rows in dump.rows(table):
        digest.add(rows)
    return digest.content()


class _Digest:
    """The sum of the hashes of all rows, so that their order is no matter."""

    def __init__(self) -> None:
        self._sum = self._rows = 0

    def add(self, rows: Sequence[Row]) -> None:
        """These rows too."""
        for row in rows:
            self._sum += int.from_bytes(hashlib.sha256(b"".join(_as_bytes(value) for value in row)).digest())
        self._rows += len(rows)

    def content(self) -> Content:
        """What was added."""
        return Content(self._rows, f"{self._sum % (1 << _DIGEST_BITS):064x}")


def _as_bytes(value: Value) -> bytes:
    match value:
        case None:
            return b"-"
        case bytes():
            text = value
        case bool():
            text = str(int(value)).encode()  # as SQLite has it
        case _:
            text = str(value).encode()
    return b"%d:%s" % (len(text), text)
