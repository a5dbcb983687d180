"""What `followupbot doctor` finds: each thing once, how bad it is, and below it what to do."""

from pathlib import Path

import pytest

from followupbot.upkeep import doctor
from tests import builders
from tests.cli.terminal import Terminal
from tests.process.telegram import TOKEN, Telegram


def findings(said: str) -> dict[str, str]:
    """What was found, and how bad it is."""
    lines = [line for line in said.splitlines() if not line.startswith("       ")]
    return {line[7:]: line[:5].strip() for line in lines}


def wrong(said: str) -> list[str]:
    return [found for found, level in findings(said).items() if level == "WRONG"]


UNSTAFFED = {
    "nobody who can be paged is connected: an alert would reach nobody",
    "no admin is connected: nobody is told when something is wrong",
}
"""What is found in a clinic that nobody has been invited to."""


def test_each_thing_that_was_looked_at_is_a_line(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """And nothing is left behind."""
    before = {path.name for path in clinic.iterdir()}
    said = terminal("doctor")
    assert (said.code, said.err) == (0, "")
    assert {found for found, level in findings(said.out).items() if level != "ok"} == UNSTAFFED
    for words in ("data folder", "master key", "the disk confirms", "the clinic opens", "the files are", "@", "clock"):
        assert words in said.out
    assert {path.name for path in clinic.iterdir()} == before


def test_rights_that_are_too_wide_are_a_doubt(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """They keep nothing from working, so the exit code is 0; each says which command helps."""
    clinic.chmod(0o755)
    (clinic / "master.key").chmod(0o440)
    said = terminal("doctor")
    assert said.code == 0
    found = findings(said.out)
    assert found["others can look into data"] == "doubt"
    assert found["others can read the master key data/master.key"] == "doubt"
    assert "       Run: chmod 700 data\n" in said.out
    assert "       Run: chmod 400 data/master.key\n" in said.out


def test_files_that_differ_are_a_doubt(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    (clinic / "clinic.yaml").write_text("# changed\n" + (clinic / "clinic.yaml").read_text())
    said = terminal("doctor")
    assert said.code == 0
    assert findings(said.out)["the files differ from what is published"] == "doubt"
    assert "       To put them to work: followupbot publish\n" in said.out


def test_a_slow_disk_is_found(
    clinic: Path, telegram: Telegram, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every press would wait for it."""
    monkeypatch.setattr(doctor, "FSYNC_MEDIAN_MS_MAX", 0.0)
    said = terminal("doctor")
    assert said.code == 1
    (found,) = wrong(said.out)
    assert found.startswith("the disk confirms a write in ")


def test_a_clock_that_is_off_is_found(
    clinic: Path, telegram: Telegram, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody would be asked at the wrong hour."""
    monkeypatch.setattr("followupbot.bootstrap.examination._date_of", lambda _: "Wed, 01 Jan 2020 00:00:00 GMT")
    said = terminal("doctor")
    assert said.code == 1
    (found,) = wrong(said.out)
    assert found.startswith("this machine's clock is off by ")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"TELEGRAM_TOKEN": ""}, "there is no bot token"),
        ({"TELEGRAM_TOKEN": "followup_bot"}, "FOLLOWUPBOT_TELEGRAM_TOKEN: expected the bot's number"),
        (
            {"TELEGRAM_TOKEN": "987654321:AAThisTokenIsNobodysAtAll_00000000"},
            "Telegram refuses the token (InvalidToken",
        ),
        (
            {"TELEGRAM_API": "http://127.0.0.1:1/bot"},
            "Telegram can't be reached at http://127.0.0.1:1/bot (NetworkError",
        ),
        (
            {"TELEGRAM_TOKEN": "987654321:AAThis", "TELEGRAM_API": "http://127.0.0.1:1/bot"},
            "Telegram can't be reached at http://127.0.0.1:1/bot (NetworkError",
        ),
    ],
    ids=["missing", "none", "unknown", "unreachable", "unknown and unreachable"],
)
def test_a_wrong_token_is_one_finding_of_several(
    settings: dict[str, str], says: str, clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """The rest has been looked at all the same, and the token is not shown."""
    said = terminal("doctor", run=None, **settings)
    assert said.code == 1
    (found,) = wrong(said.out)
    assert found.startswith(says)
    assert "the files are what is published" in said.out
    lines = said.out.splitlines()
    assert lines[lines.index(f"WRONG  {found}") + 1].startswith("       "), "below it stands what to do"
    assert "AA" not in said.out


def test_so_is_a_token_file_that_is_not_there(clinic: Path, terminal: Terminal) -> None:
    said = terminal("doctor", TELEGRAM_TOKEN_FILE="/nowhere")
    assert said.code == 1
    assert wrong(said.out) == ["FOLLOWUPBOT_TELEGRAM_TOKEN_FILE: cannot read /nowhere: No such file or directory"]
    assert "the files are what is published" in said.out


def test_a_reason_is_said_once(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """A clinic that can't open for a reason that was just said is not tried."""
    (clinic / "master.key").unlink()
    said = terminal("doctor")
    assert (said.code, wrong(said.out)) == (1, ["there is no master key at data/master.key"])
    said = terminal("doctor", DATA="nowhere")
    assert (said.code, wrong(said.out)) == (1, ["there is no data folder nowhere"])


def test_why_the_clinic_does_not_open_and_what_to_do(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    (clinic / "keys.db").unlink()
    said = terminal("doctor")
    assert said.code == 1
    assert wrong(said.out) == [
        "The clinic's keys can't be opened: the keys that this database was encrypted with are not there"
    ]
    assert "       Expected the master key that this clinic was made with (data/master.key)" in said.out


@pytest.mark.parametrize("words", [["doctor"], ["status"], ["status", "--json"]], ids=" ".join)
def test_no_token_is_ever_shown(words: list[str], clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = terminal(*words)
    assert TOKEN.partition(":")[2] not in said.out + said.err


def test_whoever_is_missing_is_named_with_the_command_that_invites_them() -> None:
    """Until nobody is."""
    no_admin = "no admin is connected: nobody is told when something is wrong"
    assert [finding.what for finding in doctor.staff(builders.a_clinic([builders.DR_ITO]))] == [no_admin]
    nobody, _ = doctor.staff(builders.a_clinic([]))
    assert nobody.mend == 'Run: followupbot invite staff --role clinician --name "NAME"'
    assert list(doctor.staff(builders.a_clinic())) == []
