"""`status` and `verify`: what is said when all is well, and when it is not."""

from pathlib import Path

import sqlalchemy as sa

from followupbot.storage.engine import Database
from tests.cli.terminal import Terminal
from tests.process.telegram import Telegram
from tests.process.test_run import free_port

OPERATION = ["--surgery-on", "2022-03-14", "--zone", "Europe/Madrid", "--language", "en", "--at", "10:00"]


def test_status_of_a_new_clinic(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    terminal("invite", "patient", *OPERATION)
    terminal("invite", "staff", "--role", "clinician", "--name", "Dr Ito")
    said = terminal("status", "--json").json()
    assert (said["well"], said["problems"], said["running"]) == (True, [], None)
    assert said["patients"] == {"invited": 1}
    assert said["staff"]["clinician"] == {"reachable": 0, "invited": 1}
    assert said["alerts_unresolved"] == {}
    assert said["check_ins_open"] == 0
    assert said["outbox"]["alert"] == {"states": {}, "oldest_pending": None}
    assert said["updates"] == {"failed": 0, "set_aside": []}
    assert said["notices"] == []
    assert said["files_differ"] is False
    assert said["not_approved"] == ["lumbar_fusion"]
    text = terminal("status").out
    assert text.startswith("All is well.")
    assert "clinician 0 reachable and 1 invited" in text
    assert "Not approved by anybody: lumbar_fusion" in text


def test_status_says_when_nothing_runs(clinic: Path, terminal: Terminal) -> None:
    port = str(free_port())
    said = terminal("status", WEB_PORT=port)
    assert said.code == 0
    assert f"PROBLEM: nothing answers at http://127.0.0.1:{port}/healthz" in said.out
    assert terminal("status", "--json", WEB_PORT=port).json()["well"] is False


def test_status_says_when_files_are_not_published(clinic: Path, terminal: Terminal) -> None:
    file = clinic / "clinic.yaml"
    file.write_text(file.read_text().replace("Your spine clinic", "Another clinic"))
    assert "The files differ from it. To put them to work: followupbot publish" in terminal("status").out
    assert terminal("publish").code == 0
    assert "differ" not in terminal("status").out


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
