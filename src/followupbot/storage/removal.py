"""A clinic's whole database copied into an empty one of either kind, and both compared.

Rows go as they are: nothing is decrypted. Both databases have the schema of this program. Keys go apart, as they lie.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.storage.engine import Database
from followupbot.storage.tables import epoch_ms, leases, metadata

BATCH = 1_000
"""Rows in memory at once."""

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
            if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
                raise TargetInUse(table.name)


def copy(
    source: Database, target: Database, machine_now: int, progress: Callable[[str, int], None] = lambda *_: None
) -> Mapping[str, Content]:
    """The target has what the source has, table by table, and was read again to compare; the source is as it was.

    Nobody writes to the source meanwhile. Where anything is raised nothing is kept: `SourceInUse`, `CopyDiffers`.
    """
    tables = metadata.sorted_tables
    with source.write() as read, target.write() as written:
        _stand_still(read, tables, machine_now)
        contents = {table.name: _copy(table, read, written, progress) for table in tables}
        _count_on(read, written, tables)
        for table in tables:
            found = _content(table, written)
            if found != contents[table.name]:
                raise CopyDiffers(f"{table.name}: {found} instead of {contents[table.name]}")
    return contents


def _stand_still(connection: Connection, tables: Sequence[sa.Table], machine_now: int) -> None:
    """Nobody writes until this transaction ends. On SQLite it has the only writer's lock already."""
    if connection.dialect.name != "sqlite":
        names = ", ".join(table.name for table in tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
    working = sa.select(leases.c.name).where(leases.c.holder.is_not(None), leases.c.until_machine_ms > machine_now)
    names = ", ".join(sorted(connection.scalars(working)))
    if names:
        raise SourceInUse(names)


def _copy(table: sa.Table, read: Connection, written: Connection, progress: Callable[[str, int], None]) -> Content:
    digest = _Digest()
    for rows in _batches(table, read):
        digest.add(rows)
        written.execute(table.insert(), [dict(row._mapping) for row in rows])
        progress(table.name, len(rows))
    return digest.content()


def _content(table: sa.Table, connection: Connection) -> Content:
    digest = _Digest()
    for rows in _batches(table, connection):
        digest.add(rows)
    return digest.content()


def _batches(table: sa.Table, connection: Connection) -> Iterator[Sequence[sa.Row[Any]]]:
    with connection.execute(sa.select(table), execution_options={"yield_per": BATCH}) as result:
        yield from result.partitions()


class _Digest:
    """The sum of the hashes of all rows, so that their order is no matter."""

    def __init__(self) -> None:
        self._sum = self._rows = 0

    def add(self, rows: Sequence[sa.Row[Any]]) -> None:
        """These rows too."""
        for row in rows:
            self._sum += int.from_bytes(hashlib.sha256(b"".join(_as_bytes(value) for value in row)).digest())
        self._rows += len(rows)

    def content(self) -> Content:
        """What was added."""
        return Content(self._rows, f"{self._sum % (1 << _DIGEST_BITS):064x}")


def _as_bytes(value: object) -> bytes:
    match value:
        case None:
            return b"-"
        case datetime():
            text = str(epoch_ms(value)).encode()
        case bytes():
            text = value
        case _:
            text = str(value if not isinstance(value, bool) else int(value)).encode()
    return b"%d:%s" % (len(text), text)


def _count_on(read: Connection, written: Connection, tables: Sequence[sa.Table]) -> None:
    """Numbers that were given once are never given again, also of rows that are gone."""
    for table in tables:
        column = table.autoincrement_column
        if column is None or not _counts(table):
            continue
        last = max(_last(read, table, column), written.scalar(sa.select(sa.func.max(column))) or 0)
        if not last:
            continue
        if written.dialect.name == "sqlite":
            written.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
            written.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, last))
        else:
            sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
            written.execute(sa.select(sa.func.setval(sequence, last)))


def _counts(table: sa.Table) -> bool:
    return bool(table.dialect_options["sqlite"].get("autoincrement"))


def _last(connection: Connection, table: sa.Table, column: sa.Column[Any]) -> int:
    """The last number that was given; 0 where none was."""
    if connection.dialect.name == "sqlite":
        query = "SELECT seq FROM sqlite_sequence WHERE name = ?"
        return connection.exec_driver_sql(query, (table.name,)).scalar() or 0
    name = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
    last = connection.exec_driver_sql(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}")  # noqa: S608
    return last.scalar() or 0
