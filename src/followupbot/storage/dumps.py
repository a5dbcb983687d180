"""Every row of every table, as plain values: read at one moment while others write on, and put into an empty database.

The same plain values on SQLite and PostgreSQL, and of a schema of any age: for backups, and to move a clinic from one
database to the other. The keys are no part of it: they lie elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.storage import migrations
from followupbot.storage.engine import Database

Value = bool | int | str | bytes | None
Row = tuple[Value, ...]

ROWS_AT_ONCE = 500
"""Rows that are in memory together; the largest have a few kilobytes."""

_REVISION = "alembic_version"


class NotEmpty(Exception):
    """There are rows already where rows are to be put."""


@dataclass(frozen=True)
class Table:
    """A table's name and columns, in the order in which the values of a row stand, and those that a row is known by."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def clause(self) -> sa.TableClause:
        """The table without types: values go and come as the driver has them."""
        return sa.table(self.name, *(sa.column(column) for column in self.columns))


class Dump:
    """Reads on one connection, so that all rows belong to one moment."""

    def __init__(self, connection: Connection) -> None:
        """`open` makes one."""
        self.connection = connection
        version: sa.Select[str] = sa.select(sa.column("version_num")).select_from(sa.table(_REVISION))
        self.revision = connection.execute(version).scalar_one()
        self.tables = tuple(_table(connection, name) for name in _names(connection))

    @classmethod
    @contextmanager
    def open(cls, database: Database) -> Iterator["Dump"]:
        """Everything as it is now."""
        with database.read() as connection:
            yield cls(connection)

    def rows(self, table: Table) -> Iterator[Sequence[Row]]:
        """The table's rows, some at a time, in the order of what they are known by: equal tables give the same."""
        clause = table.clause()
        found = self.connection.execute(
            sa.select(clause).order_by(*(clause.c[name] for name in table.key)),
            execution_options={"yield_per": ROWS_AT_ONCE},
        )
        for rows in found.partitions(ROWS_AT_ONCE):
            yield [tuple(row) for row in rows]

    def last_numbers(self) -> Mapping[str, int]:
        """Of tables that number their rows the last number that was given, also to a row that is gone."""
        if self.connection.dialect.name == "sqlite":
            given = self.connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
            return {row.name: row.seq for row in given}
        last: dict[str, int] = {}
        for name, column in _numbered(self.connection):
            sequence = self.connection.scalar(sa.select(sa.func.pg_get_serial_sequence(name, column)))
            query = f"SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM {sequence}"  # noqa: S608
            last[name] = self.connection.exec_driver_sql(query).scalar_one()
        return last


class Filling:
    """Puts rows into a database that has none, in one transaction with whatever else has to be done then."""

    def __init__(self, database: Database, connection: Connection) -> None:
        """`filling` makes one."""
        self.connection = connection
        self._database = database
        self._booleans: dict[str, frozenset[str]] = {}

    def put(self, table: Table, rows: Sequence[Row]) -> None:
        """The rows stand in the table. Tables come in the order in which a dump has them: a row after its parent."""
        if not rows:
            return
        booleans = self._booleans_of(table.name)
        converted = [
            {
                column: bool(value) if column in booleans and value is not None else value
                for column, value in zip(table.columns, row, strict=True)
            }
            for row in rows
        ]
        self.connection.execute(sa.insert(table.clause()), converted)

    def finish(self) -> None:
        """The schema is this program's, and new rows get numbers behind those that are there."""
        self.count_on({})
        migrations.run(self.connection)

    def count_on(self, last: Mapping[str, int]) -> None:
        """New rows get numbers behind those that are there, and behind these: a number names one row for ever."""
        if self._database.sqlite:  # its own counters follow what was put in
            for name, number in last.items():
                delete = "DELETE FROM sqlite_sequence WHERE name = ? AND seq < ?"
                insert = "INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE NOT EXISTS "
                there = "(SELECT 1 FROM sqlite_sequence WHERE name = ?)"
                self.connection.exec_driver_sql(delete, (name, number))
                self.connection.exec_driver_sql(insert + there, (name, number, name))
            return
        for name, column in _numbered(self.connection):
            clause = sa.table(name, sa.column(column, sa.BigInteger))
            newest = self.connection.scalar(sa.select(sa.func.max(clause.c[column]))) or 0
            sequence = sa.func.pg_get_serial_sequence(name, column)
            self.connection.execute(sa.select(sa.func.setval(sequence, max(newest, last.get(name, 0)) + 1, sa.false())))

    def _booleans_of(self, name: str) -> frozenset[str]:
        if name not in self._booleans:
            found = sa.inspect(self.connection).get_columns(name)
            self._booleans[name] = frozenset(str(one["name"]) for one in found if isinstance(one["type"], sa.Boolean))
        return self._booleans[name]


@contextmanager
def filling(database: Database, revision: str, *, replace: bool = False) -> Iterator[Filling]:
    """A database with the schema of that revision and no rows, to be filled in one transaction, or not at all.

    `NotEmpty` where there are rows; with `replace` these go, in the same transaction.
    """
    with database.migrating() as connection:
        names = _names(connection)
        filled = [name for name in names if has_rows(connection, name)]
        if filled and not replace:
            raise NotEmpty(", ".join(filled))
        for name in [*reversed(names), _REVISION]:
            connection.execute(sa.schema.DropTable(sa.Table(name, sa.MetaData()), if_exists=True))
        migrations.run(connection, revision)
        yield Filling(database, connection)


def has_rows(connection: Connection, name: str) -> bool:
    """Whether anything stands in the table of that name."""
    return connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first() is not None


def _names(connection: Connection) -> Sequence[str]:
    """Each table behind those that it refers to."""
    found = sa.inspect(connection).get_sorted_table_and_fkc_names()
    return [name for name, _ in found if name is not None and name != _REVISION]


def _numbered(connection: Connection) -> Iterator[tuple[str, str]]:
    """On PostgreSQL the tables that number their rows, each with the column of the number."""
    inspector = sa.inspect(connection)
    for name in _names(connection):
        for column in inspector.get_columns(name):
            if column.get("identity") or str(column.get("default") or "").startswith("nextval"):
                yield name, str(column["name"])


def _table(connection: Connection, name: str) -> Table:
    inspector = sa.inspect(connection)
    columns = tuple(str(column["name"]) for column in inspector.get_columns(name))
    return Table(name, columns, tuple(inspector.get_pk_constraint(name)["constrained_columns"]))
