"""Migrations: the schema they make is the one the program knows, they lose no row, and an old schema is refused."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from followupbot.storage import migrations
from followupbot.storage.engine import Database
from followupbot.storage.tables import metadata
from tests.databases import Postgres
from tests.storage.people import NOON, OTHER_PATIENT, PATIENT, Site, asked, message, raised

BROKEN = '''"""Fails halfway."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("notes", sa.Column("extra", sa.String))
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("charts", recreate=anew) as batch:
        batch.add_column(sa.Column("extra", sa.String))
    {then}
'''


@pytest.fixture
def database(changeable_database: Database) -> Database:
    """Here tables are changed."""
    return changeable_database


def schema(database: Database) -> dict[str, str]:
    """The schema in the database's own words, by name."""
    with database.read() as connection:
        if database.sqlite:
            rows = connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version' AND sql IS NOT NULL"
            )
            # A table that was made anew and renamed has its name in quotes.
            return {str(name): str(sql).replace(f'CREATE TABLE "{name}"', f"CREATE TABLE {name}") for name, sql in rows}
        columns = connection.exec_driver_sql(
            "SELECT table_name || '.' || ordinal_position, column_name || ' ' || data_type || ' ' || is_nullable "
            "|| coalesce(column_default, '') || is_identity FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
        )
        indexes = connection.exec_driver_sql(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        constraints = connection.exec_driver_sql(
            "SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass"
        )
        return {str(name): str(text) for rows in (columns, indexes, constraints) for name, text in rows}


@pytest.fixture
def second_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Migrations with room for one more; returns where it goes."""
    folder = tmp_path / "migrations"
    shipped = migrations.shipped()
    for file in [*shipped.glob("*"), *shipped.glob("versions/*.py")]:
        if file.is_file():
            copy = folder / file.relative_to(shipped)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    monkeypatch.setattr(migrations, "shipped", lambda: folder)
    return folder / "versions" / "9999_more.py"


def test_a_migrated_database_and_a_created_one_are_the_same(
    empty_database: Database, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Word for word; and Alembic finds nothing to do either."""
    assert migrations.upgrade(empty_database)
    if empty_database.sqlite:
        created = Database(f"sqlite:///{tmp_path / 'created.db'}")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        created = Database(server.new_database())
        with created.write() as connection:
            connection.execute(sa.text("CREATE TABLE alembic_version (version_num varchar(32))"))
    with created.write() as connection:
        metadata.create_all(connection)
    assert schema(empty_database) == schema(created)
    created.close()
    with empty_database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_nothing_is_deleted_along_with_something_else() -> None:
    """No ON DELETE CASCADE anywhere: rebuilding a parent table would take its children with it."""
    keys = [key for table in metadata.tables.values() for key in table.foreign_keys]
    assert keys
    assert all(key.ondelete is None for key in keys)


def test_upgrading_twice_does_nothing_the_second_time(empty_database: Database) -> None:
    """And says so."""
    assert migrations.current(empty_database) is None
    assert migrations.upgrade(empty_database)
    assert migrations.current(empty_database) == migrations.head()
    assert not migrations.upgrade(empty_database)


def test_an_empty_or_older_database_is_refused_with_the_command(empty_database: Database) -> None:
    """Nobody has to guess what to do."""
    with pytest.raises(migrations.SchemaOutdated, match="followupbot init"):
        migrations.require_current(empty_database)
    migrations.upgrade(empty_database)
    migrations.require_current(empty_database)


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    """It is not touched."""
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrations.SchemaUnknown, match="9999"):
        migrations.require_current(database)
    with pytest.raises(migrations.SchemaUnknown):
        migrations.upgrade(database)


def test_a_migration_loses_no_row(site: Site, second_revision: Path) -> None:
    """Though it builds `charts` anew, which `check_ins`, `alerts` and `invitations` hang on; a backup comes first."""
    version = site.charts.clinic().published.version
    site.decide(message("k1"), facts=[asked(NOON, 1, version), raised(NOON)])
    before = counts(site.database)
    chart = site.charts.chart(PATIENT)
    head = migrations.head()
    second_revision.write_text(BROKEN.format(head=head, then="pass"))
    backups: list[str | None] = []
    with pytest.raises(migrations.SchemaOutdated, match="9999"):
        migrations.require_current(site.database)
    assert migrations.upgrade(site.database, before=lambda: backups.append(migrations.current(site.database)))
    assert backups == [head]
    assert counts(site.database) == before
    assert migrations.current(site.database) == "9999"
    assert site.charts.chart(PATIENT) == chart
    with site.database.write() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text("INSERT INTO invitations (token_hash, patient) VALUES ('t', 'nobody')"))


def test_who_was_erased_before_is_on_no_list_any_more(empty_database: Database) -> None:
    """Until revision 0009 an erasure left in the clear on which lists somebody had been; nobody else's are touched."""
    row = {"version": 1, "head": b"h", "state": "active", "form": "1", "body_enc": b"", "lists": "locked:1"}
    with empty_database.migrating() as connection:
        migrations.run(connection, "0008")
        there = sa.table("charts", *(sa.column(name) for name in ("patient", *row)))
        connection.execute(there.insert(), [row | {"patient": PATIENT}])
        connection.execute(there.insert(), [row | {"patient": OTHER_PATIENT, "state": "erased", "form": "erased"}])
    assert migrations.upgrade(empty_database)
    with empty_database.read() as connection:
        lists = {found.patient: found.lists for found in connection.execute(sa.select(there.c.patient, there.c.lists))}
    assert lists == {PATIENT: "locked:1", OTHER_PATIENT: ""}


@pytest.mark.parametrize(
    "then", ["raise ZeroDivisionError", "op.execute(\"INSERT INTO invitations VALUES ('orphan', 'nobody')\")"]
)
def test_a_migration_that_fails_has_done_nothing(site: Site, second_revision: Path, then: str) -> None:
    """Also where it leaves a row without its parent."""
    before, words = counts(site.database), schema(site.database)
    head = migrations.head()
    second_revision.write_text(BROKEN.format(head=head, then=then))
    with pytest.raises((ZeroDivisionError, AssertionError, sa.exc.IntegrityError)):
        migrations.upgrade(site.database)
    assert counts(site.database) == before
    assert schema(site.database) == words
    assert migrations.current(site.database) == head
    site.decide(message("k1"))


def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.read() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }
