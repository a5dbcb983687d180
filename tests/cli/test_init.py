"""Making a clinic, once."""

import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

from followupbot.storage.engine import Database
from tests.cli.terminal import Terminal, contents

MASTER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
TOKEN = "123456:no-token-is-asked-for-so-early-aaaa"


def test_init_twice_changes_nothing(terminal: Terminal) -> None:
    """No byte, and nobody's rights."""
    data = terminal.folder / "data"
    first = terminal("init")
    assert first.code == 0
    assert "master key" in first.out
    before = contents(data)
    assert {name for name, (_, content) in before.items() if content} == {
        "clinic.yaml",
        "followupbot.db",
        "keys.db",
        "master.key",
    }
    second = terminal("init")
    assert (second.code, second.out) == (0, "Everything is there already; nothing was changed.\n")
    assert contents(data) == before


def test_only_this_user_can_read_what_init_made(clinic: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [clinic, *clinic.iterdir()]}
    assert modes["master.key"] == 0o400
    assert modes["data"] == 0o700


def test_a_missing_master_key_is_not_made_anew(clinic: Path, terminal: Terminal) -> None:
    """A new one would open nothing, and whoever sees it might think that all is well."""
    (clinic / "master.key").unlink()
    said = terminal("init")
    assert said.code == 1
    assert "master key is missing" in said.err
    assert not (clinic / "master.key").exists()
    said = terminal("status")
    assert said.code == 1
    assert said.err.startswith("There is no master key at data/master.key.")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (MASTER_KEY, "wrapped with another master key"),
        ("too-short", "expected 32 bytes"),
        ("ü" * 44, "expected 32 bytes"),
    ],
)
def test_a_wrong_master_key(key: str, words: str, clinic: Path, terminal: Terminal) -> None:
    said = terminal("status", MASTER_KEY=key)
    assert said.code == 1
    assert words in said.err
    assert key not in said.err


def test_a_master_key_from_a_file_or_the_environment(terminal: Terminal, tmp_path: Path) -> None:
    """Then none lies in the data folder."""
    key = tmp_path / "elsewhere.key"
    key.write_text(MASTER_KEY)
    assert terminal("init", MASTER_KEY_FILE=key).code == 0
    assert not (terminal.folder / "data" / "master.key").exists()
    assert terminal("status", MASTER_KEY_FILE=key).code == 0
    assert terminal("status", MASTER_KEY=MASTER_KEY).code == 0


def test_an_old_schema_is_refused_with_the_command_that_mends_it(clinic: Path, terminal: Terminal) -> None:
    database = Database(f"sqlite:///{clinic / 'followupbot.db'}")
    with database.write() as connection:
        connection.execute(sa.text("DELETE FROM alembic_version"))
    database.close()
    said = terminal("run", TELEGRAM_TOKEN=TOKEN)
    assert said.code == 1
    assert "followupbot init" in said.err
    assert len(said.err.splitlines()) == 1, said.err


def test_a_newer_schema_is_refused_too(clinic: Path, terminal: Terminal) -> None:
    database = Database(f"sqlite:///{clinic / 'followupbot.db'}")
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    for command in ("run", "init"):
        said = terminal(command, TELEGRAM_TOKEN=TOKEN)
        assert said.code == 1
        assert "9999" in said.err


def test_a_database_that_is_none(clinic: Path, terminal: Terminal) -> None:
    for name in ("followupbot.db-wal", "followupbot.db-shm"):
        (clinic / name).unlink(missing_ok=True)
    (clinic / "followupbot.db").write_bytes(b"not a database at all" * 100)
    said = terminal("status")
    assert said.code == 1
    assert "can't be used" in said.err
