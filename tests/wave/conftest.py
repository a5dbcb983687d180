"""The clinics of tests/process with a care protocol that asks everybody at the same moment."""

from pathlib import Path

import pytest

from tests.databases import Postgres
from tests.process.conftest import as_setting, clinic, engine_name, postgres
from tests.process.harness import Founded, found

__all__ = ["clinic", "engine_name", "postgres"]

WAVE = Path(__file__).with_name("wave.yaml")


@pytest.fixture(scope="session")
def founded_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    return found(tmp_path_factory.mktemp("clinic") / "data", None, protocol=WAVE)


@pytest.fixture(scope="session")
def founded_on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Founded:
    return found(tmp_path_factory.mktemp("clinic") / "data", as_setting(postgres.new_database()), protocol=WAVE)
