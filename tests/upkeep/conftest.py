"""Upkeep is tested on SQLite and on a real PostgreSQL."""

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
from tests.storage.people import site

__all__ = [
    "copied_postgres",
    "database",
    "empty_database",
    "engine_name",
    "keys",
    "migrated_postgres",
    "migrated_sqlite",
    "postgres",
    "site",
]
