"""Bringing a database to the schema of this program, and noticing when it is not."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from followupbot.storage.engine import Database

MIGRATION_LOCK = 0x666F6C6C6F77
"""The PostgreSQL advisory lock that lets one process migrate at a time; any number that nobody else takes."""


class SchemaOutdated(Exception):
    """The database is older than the program; the message names the command that brings it up to date."""


class SchemaUnknown(Exception):
    """The database is newer than the program, or not one of ours."""


def shipped() -> Path:
    """The folder of the migrations: in the package where it was installed, at the top of the checkout otherwise."""
    package = Path(__file__).parent.parent
    for folder in (package / "_migrations", package.parent.parent / "alembic"):
        if (folder / "env.py").is_file():
            return folder
    raise LookupError("the migrations are neither in the package nor in a checkout around it")


def head() -> str:
    """The revision that this program needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "there is a first migration"
    return revision


def knows(revision: str) -> bool:
    """Whether it is one that this program can go on from."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def current(database: Database) -> str | None:
    """The revision that the database has; None where it has none of ours."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current(database: Database) -> None:
    """Returns where the database is at this program's revision.

    `SchemaOutdated` where it is older or empty, `SchemaUnknown` where this program does not know its revision.
    """
    has, needs = current(database), head()
    if has == needs:
        return
    if has is not None and not knows(has):
        raise SchemaUnknown(
            f"the database is at revision {has}, which this program does not know; is it a newer one's?"
        )
    state = "is empty" if has is None else f"is at revision {has}, and this program needs {needs}"
    raise SchemaOutdated(f"the database {state}: run `followupbot init`")


def upgrade(database: Database, before: Callable[[], None] | None = None) -> bool:
    """The database is at this program's revision; whether anything had to be done.

    `before` runs where a database that is in use is about to be changed: the place for a backup. Everything is done in
    one transaction, or nothing.
    """
    if current(database) == head():
        return False
    if current(database) is not None:
        require_known(database)
        if before is not None:
            before()
    with database.migrating() as connection:
        run(connection)
    return True


def run(connection: Connection, revision: str = "head") -> None:
    """The database is at that revision, or at the newest, when the transaction of `Database.migrating` commits."""
    config = _config()
    config.attributes["connection"] = connection
    if connection.dialect.name != "sqlite":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    command.upgrade(config, revision)
    _check_foreign_keys(connection)


def require_known(database: Database) -> None:
    """Returns where the database's revision is one that this program can go on from, else raises `SchemaUnknown`."""
    try:
        require_current(database)
    except SchemaOutdated:
        return


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(shipped()).replace("%", "%%"))
    return config


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    assert not orphans, f"a migration left rows without their parents: {[tuple(row)[:3] for row in orphans[:5]]}"
