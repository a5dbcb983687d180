"""`followupbot run`: what keeps it from beginning, said before anything is opened."""

from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.process.telegram import TOKEN


def test_without_a_token_it_says_in_two_lines_what_to_do(clinic: Path, terminal: Terminal) -> None:
    said = terminal("run")
    assert (said.code, said.out) == (1, "")
    first, second = said.err.splitlines()
    assert "@BotFather" in first
    assert "FOLLOWUPBOT_TELEGRAM_TOKEN" in first
    assert second.endswith("followupbot demo")


def test_an_empty_token_is_none(clinic: Path, terminal: Terminal) -> None:
    """As .env.example has it, and as an empty file has it."""
    (terminal.folder / "token").write_text("\n")
    for settings in ({"TELEGRAM_TOKEN": ""}, {"TELEGRAM_TOKEN": " "}, {"TELEGRAM_TOKEN_FILE": "token"}):
        assert "There is no bot token" in terminal("run", run=None, **settings).err


@pytest.mark.parametrize("token", ["nonsense", "12345", ":secret", "12x:secret", f"{TOKEN}\n{TOKEN}"], ids=repr)
def test_a_token_that_can_be_none_is_not_repeated(token: str, clinic: Path, terminal: Terminal) -> None:
    """The variable is named, the secret is not."""
    said = terminal("run", TELEGRAM_TOKEN=token)
    assert said.code == 1
    assert said.err == "FOLLOWUPBOT_TELEGRAM_TOKEN: expected the bot's number, a colon and its secret, on one line\n"


def test_a_token_file_that_can_not_be_read(clinic: Path, terminal: Terminal) -> None:
    said = terminal("run", TELEGRAM_TOKEN_FILE="/nowhere/token")
    assert said.code == 1
    assert said.err == ("FOLLOWUPBOT_TELEGRAM_TOKEN_FILE: cannot read /nowhere/token: No such file or directory\n")


@pytest.mark.parametrize("parts", ["web", "intake,sender,clock", "web,web"])
def test_on_sqlite_one_process_does_everything(parts: str, clinic: Path, terminal: Terminal) -> None:
    """Two processes would hold up each other's writes; it says what to set."""
    said = terminal("run", "--only", parts, TELEGRAM_TOKEN=TOKEN)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(
        "On SQLite one process does everything: leave out --only, or set FOLLOWUPBOT_DATABASE_URL"
    )


def test_all_four_parts_by_name_are_all(clinic: Path, terminal: Terminal) -> None:
    """In any order; it gets as far as looking for the token."""
    assert "There is no bot token" in terminal("run", "--only", "web, clock,sender,intake").err


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ("intake,sendr", "not 'sendr'. Did you mean sender?"),
        ("all", "not 'all'."),
        ("", "not ''."),
        ("web,", "not ''."),
    ],
)
def test_a_part_that_is_none(parts: str, says: str, clinic: Path, terminal: Terminal) -> None:
    said = terminal("run", "--only", parts, TELEGRAM_TOKEN=TOKEN)
    assert said.code == 2
    assert said.err == f"--only: expected some of intake, sender, clock, web, {says}\n"
