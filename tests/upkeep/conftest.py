"""Upkeep is tested on SQLite and on a real PostgreSQL."""

import pytest

from followupbot.storage.engine import Database
from followupbot.storage.keys import Keys
from tests.databases import (
    copied_postgres,
    database,
    empty_database,
    engine_name,
    keys,
    migrated_postgres,
    migrated_sqlite,
    postgres,
)
from tests.storage.people import Site

__all__ = [
    "copied_postgres",
    "database",
    "empty_database",
    "engine_name",
    "keys",
    "migrated_postgres",
    "migrated_sqlite",
    "postgres",
]


@pytest.fixture
def site(database: Database, keys: Keys) -> Site:
    """A clinic with three people and one patient."""
    founded = Site(database, keys)
    founded.found()
    founded.enrol()
    return founded
