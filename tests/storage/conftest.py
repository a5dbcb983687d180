"""Every case of storage runs on SQLite and on a real PostgreSQL."""

from tests.databases import (
    changeable_database,
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
    "changeable_database",
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
