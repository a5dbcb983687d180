"""Every story is played on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Postgres, engine_name, postgres
from tests.process.harness import Clinic, Founded, copy, found
from tests.process.telegram import Telegram

__all__ = ["engine_name", "postgres"]


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with Telegram() as serving:
        yield serving


@pytest.fixture(scope="session")
def founded_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return found(tmp_path_factory.mktemp("clinic") / "data", None)


@pytest.fixture(scope="session")
def founded_on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Founded:
    return found(tmp_path_factory.mktemp("clinic") / "data", as_setting(postgres.new_database()))


@pytest.fixture
def clinic(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path, telegram: Telegram) -> Iterator[Clinic]:
    """People are invited, and nobody has come yet."""
    if engine_name == "sqlite":
        clinic = copy(request.getfixturevalue("founded_on_sqlite"), tmp_path, telegram, None)
        yield clinic
        clinic.close()
        return
    founded: Founded = request.getfixturevalue("founded_on_postgres")
    server: Postgres = request.getfixturevalue("postgres")
    assert founded.template is not None
    url = server.new_database(founded.template.split("/")[3].split("?")[0])
    clinic = copy(founded, tmp_path, telegram, as_setting(url))
    yield clinic
    clinic.close()
    server.drop(url)


@pytest.fixture
def sqlite_clinic(founded_on_sqlite: Founded, tmp_path: Path, telegram: Telegram) -> Iterator[Clinic]:
    """The same, where the database is no matter."""
    clinic = copy(founded_on_sqlite, tmp_path, telegram, None)
    yield clinic
    clinic.close()


def as_setting(url: str) -> str:
    """The database's address as FOLLOWUPBOT_DATABASE_URL wants it."""
    return url.replace("postgresql://", "postgresql+psycopg://")
