"""Keys that are lost, or another clinic's: refused, never made anew, and it is said which file is missed."""

import base64
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, contents
from tests.process.telegram import TOKEN

OTHER_KEY = base64.urlsafe_b64encode(bytes(32)).decode()


def test_a_master_key_is_not_made_anew_where_the_database_lies_elsewhere(terminal: Terminal) -> None:
    """The data folder alone does not tell whether a clinic is there."""
    elsewhere = terminal.folder / "elsewhere"
    elsewhere.mkdir()
    url = f"sqlite:///{elsewhere / 'clinic.db'}"
    said = terminal("init", DATABASE_URL=url)
    assert f"database: {elsewhere / 'clinic.db'}\n" in said.out
    (terminal.folder / "data" / "master.key").unlink()
    said = terminal("init", DATABASE_URL=url)
    assert (said.code, said.out) == (1, "")
    assert (
        said.err == "This clinic's master key is missing: data/master.key. "
        "Put it back from the recovery sheet, on one line; a new one would open nothing.\n"
    )
    assert not (terminal.folder / "data" / "master.key").exists()


@pytest.mark.parametrize("words", [["status"], ["init"], ["run"]], ids=" ".join)
def test_another_master_key_is_refused(words: list[str], clinic: Path, terminal: Terminal) -> None:
    """Whether it comes from the environment or from a file; the message says from where."""
    (terminal.folder / "other.key").write_text(OTHER_KEY)
    before = contents(clinic)
    for settings, where in (
        ({"MASTER_KEY": OTHER_KEY}, "FOLLOWUPBOT_MASTER_KEY"),
        ({"MASTER_KEY_FILE": "other.key"}, "other.key"),
    ):
        said = terminal(*words, run=None, TELEGRAM_TOKEN=TOKEN, **settings)
        assert (said.code, said.out) == (1, "")
        first, second = said.err.splitlines()
        assert first == "The clinic's keys can't be opened: the keys were wrapped with another master key."
        assert second.startswith(f"Expected the master key that this clinic was made with ({where})")
        assert OTHER_KEY not in said.err
    assert contents(clinic) == before


@pytest.mark.parametrize("text", ["abc", "not base64!", OTHER_KEY[4:], OTHER_KEY * 2])
def test_a_master_key_that_can_be_none(text: str, clinic: Path, terminal: Terminal) -> None:
    said = terminal("status", MASTER_KEY=text)
    assert said.code == 1
    assert said.err == "FOLLOWUPBOT_MASTER_KEY: expected 32 bytes as URL-safe base64 (44 characters).\n"


@pytest.mark.parametrize("words", [["status"], ["init"]], ids=" ".join)
def test_lost_patient_keys_are_not_made_anew(words: list[str], clinic: Path, terminal: Terminal) -> None:
    """The message names the file that is to be restored; a second try does not take for keys what the first left."""
    (clinic / "keys.db").unlink()
    for _ in range(2):
        said = terminal(*words)
        assert said.code == 1
        assert "the keys that this database was encrypted with are not there" in said.err
        assert "keys.db" in said.err
