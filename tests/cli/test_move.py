"""`followupbot move`: the same clinic in another database, and the old one as it was."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from followupbot.storage import removal
from followupbot.storage.engine import Database
from followupbot.storage.leases import Leases, RoleLock
from followupbot.storage.tables import facts, outbox
from tests.cli.terminal import Terminal, contents
from tests.databases import Postgres, postgres
from tests.process.conftest import as_setting
from tests.process.telegram import Telegram

__all__ = ["postgres"]


@pytest.mark.postgres
def test_a_clinic_moves_to_postgresql_and_back(
    clinic: Path, terminal: Terminal, postgres: Postgres, telegram: Telegram
) -> None:
    """Everything is there, opens with the same keys, and counts on; nothing is left out on the way back."""
    terminal("invite", "staff", "--role", "clinician", "--name", "Dr Ito")
    number(f"sqlite:///{clinic / 'followupbot.db'}", 41)
    before, chains = contents(clinic), terminal("verify").out
    url, back = as_setting(postgres.new_database()), f"sqlite:///{terminal.folder / 'back.db'}"

    said = terminal("move", "--to", url)
    assert said.code == 0, said.err
    assert said.out.startswith("Copied ")
    assert "Set FOLLOWUPBOT_DATABASE_URL to what you gave" in said.out
    assert without_wal(contents(clinic)) == without_wal(before)
    assert terminal("verify", DATABASE_URL=url).out == chains

    # On PostgreSQL the next rows have the next numbers; what follows is not what is there already.
    assert terminal("invite", "staff", "--role", "lead", "--name", "Dr Sato", DATABASE_URL=url).code == 0
    said = terminal("move", "--to", back, DATABASE_URL=url)
    assert said.code == 0, said.err
    assert terminal("verify", DATABASE_URL=back).out == terminal("verify", DATABASE_URL=url).out
    listed = terminal("staff", "list", DATABASE_URL=back).out
    assert "Dr Ito" in listed
    assert "Dr Sato" in listed
    assert numbered(back) >= 41, "a number that was given is not given again, on the way there and back"
    assert terminal("invite", "staff", "--role", "lead", "--name", "Dr Ono", DATABASE_URL=back).code == 0

    said = terminal("move", "--to", url)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("--to: expected an empty database; ")


def without_wal(files: dict[str, tuple[int, bytes]]) -> dict[str, tuple[int, bytes]]:
    """Looking at a SQLite database makes and removes the files of its log."""
    return {name: file for name, file in files.items() if not name.endswith(("-wal", "-shm", ".lock")) and file[1]}


def test_nobody_works_on_what_is_moved(clinic: Path, terminal: Terminal) -> None:
    """What it would go on writing would be lost."""
    target = f"sqlite:///{terminal.folder / 'new.db'}"
    with RoleLock(clinic):
        said = terminal("move", "--to", target)
    assert said.code == 1
    assert said.err.endswith("stop that one first.\n")
    assert not (terminal.folder / "new.db").exists()
    database = Database(f"sqlite:///{clinic / 'followupbot.db'}")
    Leases(database, "h").acquire("sender:1", 10**15, 3_000)
    database.close()
    said = terminal("move", "--to", target)
    assert said.code == 1
    assert said.err == "A followupbot runs with this database (sender:1). Stop every `run` first.\n"


AT_WORK = """\
import sys
from followupbot.storage.engine import Database
with Database(sys.argv[1]).read():
    print("at work", flush=True)
    sys.stdin.read()
"""
"""As `run --only clock` and `run --only web`, which hold no lease: it is connected, and that is all."""


@contextmanager
def at_work(url: str) -> Iterator[str]:
    """Another process works with that database; what it is called."""
    words = [sys.executable, "-c", AT_WORK, url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        yield f"followupbot {process.pid} on "
        process.communicate()


@pytest.mark.postgres
def test_nobody_works_on_either_side_of_a_move_with_postgresql(
    clinic: Path, terminal: Terminal, postgres: Postgres
) -> None:
    """A clock or pages there have no lease: they are seen by their connection, and named; nothing is written."""
    url = as_setting(postgres.new_database())
    with at_work(url) as name:
        said = terminal("move", "--to", url)
    assert said.code == 1
    assert f" is in use: {name}" in said.err
    assert said.err.endswith(". Stop every followupbot there first.\n")
    assert terminal("move", "--to", url).code == 0, "nothing had been written there"
    back = terminal.folder / "back.db"
    with at_work(url) as name:
        said = terminal("move", "--to", f"sqlite:///{back}", DATABASE_URL=url)
    assert said.code == 1
    assert f" is in use: {name}" in said.err
    assert not back.exists()


def test_a_move_that_was_interrupted_is_begun_anew(
    clinic: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the first time the keys are there, and no row; the second time finds all in order."""
    target = f"sqlite:///{terminal.folder / 'new.db'}"
    with monkeypatch.context() as once:
        once.setattr(removal, "_content", lambda *_: removal.Content(0, ""))
        said = terminal("move", "--to", target)
    assert said.code == 1
    assert said.err.startswith("What was written is not what was read, and was taken back: ")
    database = Database(target)
    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(facts)) == 0
    database.close()
    said = terminal("move", "--to", target)
    assert said.code == 0, said.err
    assert terminal("verify", DATABASE_URL=target).code == 0


@pytest.mark.parametrize("to", ["clinic", "postgresql://x", "sqlite:///"])
def test_where_to_is_an_address(to: str, clinic: Path, terminal: Terminal) -> None:
    said = terminal("move", "--to", to)
    assert (said.code, said.err) == (2, "--to: expected sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME.\n")


def test_the_clinic_is_not_moved_to_where_it_is(clinic: Path, terminal: Terminal) -> None:
    said = terminal("move", "--to", f"sqlite:///{clinic.resolve() / 'followupbot.db'}")
    assert said.code == 1
    assert said.err.endswith(" is where the clinic is already.\n")


def test_numbers_are_never_given_again(clinic: Path, terminal: Terminal) -> None:
    """Also those of rows that are gone: a message number names one message for ever."""
    number(f"sqlite:///{clinic / 'followupbot.db'}", 41)
    new = f"sqlite:///{terminal.folder / 'new.db'}"
    assert terminal("move", "--to", new).code == 0
    assert numbered(new) == 41
    target = Database(new)
    with target.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(outbox)) == 0
    target.close()


def number(url: str, last: int) -> None:
    """That many messages were numbered, and all are gone."""
    database = Database(url)
    with database.write() as connection:
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
        connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)", (last,))
    database.close()


def numbered(url: str) -> int:
    """The last number that a message was given."""
    database = Database(url)
    with database.read() as connection:
        last: int = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").scalar_one()
    database.close()
    return last
