"""`followupbot verify`: whether the record is whole."""

from pathlib import Path

import sqlalchemy as sa

from followupbot.storage.engine import Database
from tests.cli.terminal import Terminal
from tests.process.telegram import Telegram

OPERATION = ["--surgery-on", "2022-03-14", "--zone", "Europe/Madrid", "--language", "en", "--at", "10:00"]


def test_verify_finds_what_was_written_past_the_program(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    code = terminal("invite", "patient", *OPERATION, "--json").json()["code"]
    said = terminal("verify")
    assert said.code == 0
    assert said.out.splitlines()[-1] == "The record is whole."
    database = Database(f"sqlite:///{clinic / 'followupbot.db'}")
    with database.write() as connection:
        connection.execute(sa.text("UPDATE facts SET actor = 'somebody' WHERE aggregate <> 'clinic'"))
    database.close()
    said = terminal("verify")
    assert said.code == 1
    assert f"patient:{code}, fact 1: " in said.err
    assert "not whole" in said.err


def test_verify_takes_a_seal_that_was_kept_elsewhere(clinic: Path, terminal: Terminal) -> None:
    said = terminal("verify", "--seal", "3:99-abcdef")
    assert said.code == 1
    assert "does not fit" in said.err
    said = terminal("verify", "--seal", "nonsense")
    assert said.code == 2
    assert "CHAINS:DIGEST" in said.err
