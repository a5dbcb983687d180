"""`followupbot init`: a clinic is made once, publishes what it finds, and never what is broken."""

import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

from followupbot.bootstrap.house import open_house
from followupbot.protocol_files.sources import gather
from followupbot.settings import load
from followupbot.storage.engine import Database
from tests.cli.terminal import Terminal, contents

MASTER_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
TOKEN = "123456:no-token-is-asked-for-so-early-aaaa"


def test_init_says_what_it_made_and_twice_it_changes_nothing(terminal: Terminal) -> None:
    """A line for each thing; then no byte, and nobody's rights."""
    data = terminal.folder / "data"
    first = terminal("init")
    assert (first.code, first.err) == (0, "")
    assert [line.partition(":")[0] for line in first.out.splitlines()] == [
        "data folder",
        "master key",
        "backup key",
        "settings of the clinic",
        "database",
        "programme published",
    ]
    before = contents(data)
    assert {name for name, (_, content) in before.items() if content} == {
        "backup.key",
        "clinic.yaml",
        "followupbot.db",
        "keys.db",
        "master.key",
    }
    second = terminal("init")
    assert (second.code, second.out) == (0, "Everything is there already; nothing was changed.\n")
    assert contents(data) == before
    assert terminal("verify").out == "1 chains, 1 facts, 0 seals.\nThe record is whole.\n"


def test_a_new_clinic_uses_the_one_protocol_for_patients(clinic: Path) -> None:
    """What ships for practice, such as watering houseplants, is not in what runs; the file says how to change that."""
    assert "\nprotocols: [lumbar_fusion]\n" in (clinic / "clinic.yaml").read_text()
    with open_house(load()) as opened:
        published = opened.store.clinic().published
        assert list(published.protocols) == ["lumbar_fusion"]
        files = opened.store.programme_files(published.version)
    assert [path for path in files if path.startswith("protocols/")] == [
        "protocols/lumbar_fusion.vignettes.yaml",
        "protocols/lumbar_fusion.yaml",
    ]


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
    assert "Published: " in terminal("status", MASTER_KEY_FILE=key).out
    assert "Published: " in terminal("status", MASTER_KEY=MASTER_KEY).out


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


@pytest.mark.parametrize(
    "words", [["init"], ["status"], ["verify"], ["staff", "list"], ["check"], ["doctor"]], ids=" ".join
)
def test_looking_changes_no_byte(words: list[str], clinic: Path, terminal: Terminal) -> None:
    """In no file; also where clinic.yaml has been edited since."""
    (clinic / "clinic.yaml").write_text("# ours\n" + (clinic / "clinic.yaml").read_text())
    before = contents(clinic)
    terminal(*words)
    assert contents(clinic) == before


def test_what_was_there_before_is_kept(clinic: Path, terminal: Terminal) -> None:
    """A folder that somebody made, and the clinic.yaml that they have written already."""
    other = terminal.folder / "other"
    other.mkdir()
    own = "# ours\n" + (clinic / "clinic.yaml").read_text()
    (other / "clinic.yaml").write_text(own)
    assert terminal("init", DATA="other").code == 0
    assert (other / "clinic.yaml").read_text() == own
    assert terminal("status", "--json", DATA="other").json(1)["files_differ"] is False


def test_own_files_that_are_broken_are_said_and_not_published(terminal: Terminal) -> None:
    """When they are mended, `init` goes on where it stopped."""
    data = terminal.folder / "data"
    card = data / "messages" / "en" / "cards" / "cauda_equina.j2"
    card.parent.mkdir(parents=True)
    card.write_text("<b>Go to hospital.</b>\n")
    (data / "clinic.yaml").write_text("name: [\n")
    said = terminal("init")
    assert said.code == 1
    assert "data/clinic.yaml:2:1: error: this is not YAML" in said.err
    assert "data/messages/en/cards/cauda_equina.j2:1:1: error:" in said.err
    assert said.err.endswith("Nothing is published yet. Mend the files, then run: followupbot init\n")
    assert terminal("status").err == "Nothing is published yet. Run: followupbot init\n"
    card.unlink()
    (data / "clinic.yaml").unlink()
    assert terminal("init").code == 0
    assert "Published: " in terminal("status").out


def test_what_was_read_is_refused_though_it_is_mended_since(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published is what was checked, the first time too."""
    card = terminal.folder / "data" / "messages" / "en" / "cards" / "cauda_equina.j2"
    card.parent.mkdir(parents=True)
    card.write_text("<b>Go to hospital.</b>\n")

    def gather_and_mend(data: Path) -> dict[str, bytes]:
        files = gather(data)
        card.unlink()
        return files

    monkeypatch.setattr("followupbot.bootstrap.house.gather", gather_and_mend)
    said = terminal("init")
    assert said.code == 1
    assert "messages/en/cards/cauda_equina.j2:1:1: error:" in said.err
    assert terminal("status").err == "Nothing is published yet. Run: followupbot init\n"
