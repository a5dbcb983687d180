"""Databases that can't be used: older than the program, on a disk that takes nothing, or not there."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from followupbot.storage import migrations
from tests.cli.terminal import Terminal, contents
from tests.process.telegram import TOKEN

MORE = '''"""One more."""

import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("notes", sa.Column("extra", sa.String))
'''


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program has one migration more than the clinic's database."""
    folder, shipped = tmp_path / "migrations", migrations.shipped()
    for file in [*shipped.glob("*.*"), *shipped.glob("versions/*.py")]:
        copy = folder / file.relative_to(shipped)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    (folder / "versions" / "9001_more.py").write_text(MORE.format(head=migrations.head()))
    monkeypatch.setattr(migrations, "shipped", lambda: folder)


@pytest.mark.parametrize("words", [["run"], ["status"], ["publish"], ["staff", "list"]], ids=" ".join)
def test_an_older_database_is_refused_with_the_command_that_helps(
    words: list[str], clinic: Path, newer_program: None, terminal: Terminal
) -> None:
    """Nothing is migrated unasked."""
    before = contents(clinic)
    said = terminal(*words, TELEGRAM_TOKEN=TOKEN)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("data/followupbot.db: the database is at revision ")
    assert said.err.endswith("and this program needs 9001: run `followupbot init`\n")
    assert contents(clinic) == before


def test_init_brings_an_older_database_up_to_date(clinic: Path, newer_program: None, terminal: Terminal) -> None:
    """And says so, once."""
    said = terminal("init")
    assert said.code == 0
    backup, brought = said.out.splitlines()
    assert backup.startswith("backup: data/backups/followupbot-"), "before anything is changed"
    assert brought.startswith("database brought from ")
    assert brought.endswith(" to 9001")
    assert terminal("verify").code == 0
    assert terminal("init").out == "Everything is there already; nothing was changed.\n"


@pytest.fixture
def read_only(clinic: Path) -> Iterator[Path]:
    """A folder that nobody can write to, with a copy of the clinic in it; for root it is a disk of its own."""
    # Not below pytest's own folder, which other sessions of pytest tidy up.
    disk = Path(tempfile.mkdtemp(prefix="followupbot-read-only-"))
    if os.geteuid() != 0:
        shutil.copytree(clinic, disk / "data")
        (disk / "empty").mkdir()
        folders = [disk / "data", disk / "empty", disk]
        for folder in folders:
            folder.chmod(0o500)
        yield disk
        for folder in folders:
            folder.chmod(0o700)
        shutil.rmtree(disk)
        return
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True).returncode:
        disk.rmdir()
        pytest.skip("A READ-ONLY DISK IS NOT TESTED: none can be mounted here")
    try:
        subprocess.run(["cp", "-a", str(clinic), str(disk / "data")], check=True)
        (disk / "empty").mkdir()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
        disk.rmdir()


def test_a_folder_that_is_read_only(read_only: Path, terminal: Terminal) -> None:
    """Every command says so, in a line or two, and which folder it is."""
    for name in ("empty", "data"):
        said = terminal("init", DATA=read_only / name)
        assert said.code == 1
        assert said.err == f"The data folder {read_only / name} can't be written to. Give this user the right to.\n"
    said = terminal("init", DATA=read_only / "new")
    assert said.err.startswith(f"The data folder {read_only / 'new'} can't be made: ")
    for words in (["invite", "staff", "--name", "Dr Ito", "--role", "lead"], ["publish"], ["run"]):
        said = terminal(*words, DATA=read_only / "data", TELEGRAM_TOKEN=TOKEN)
        assert (said.code, said.out) == (1, "")
        first, second = said.err.splitlines()
        assert first.startswith(f"The database {read_only / 'data' / 'followupbot.db'} can't be used: ")
        assert "the right to write to its folder" in second
    said = terminal("doctor", DATA=read_only / "data")
    assert f"WRONG  the data folder {read_only / 'data'} can't be written to\n" in said.out


@pytest.mark.parametrize("below", ["", "/below"])
def test_a_file_where_the_data_folder_should_be(below: str, terminal: Terminal) -> None:
    (terminal.folder / "taken").write_text("")
    said = terminal("init", DATA=f"taken{below}")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"The data folder taken{below} can't be made: ")
    assert len(said.err.splitlines()) == 1


def test_a_server_that_does_not_answer(clinic: Path, terminal: Terminal) -> None:
    """Its password stands in no message."""
    said = terminal("status", DATABASE_URL="postgresql+psycopg://me:secret@127.0.0.1:1/clinic?password=secret")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("The database 127.0.0.1:1/clinic can't be used: ")
    assert "secret" not in said.err
