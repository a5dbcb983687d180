"""Inviting: what comes out, and what is refused."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.process.telegram import BOT_NAME, TOKEN, Telegram
from tests.process.test_run import free_port

OPERATION = ["--surgery-on", "2022-03-14", "--zone", "Europe/Madrid", "--language", "en", "--at", "10:00"]
LINK = f"https://t.me/{BOT_NAME}?start="


def test_a_patient_has_a_code_a_link_and_an_end(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = terminal("invite", "patient", *OPERATION, "--born", "1958", "--json")
    assert said.code == 0
    assert set(said.json()) == {"code", "link", "expires_at"}
    assert said.json()["link"].startswith(LINK)
    assert len(said.json()["code"]) == 5
    lasts = datetime.fromisoformat(said.json()["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < lasts <= timedelta(days=7)


def test_for_the_eye_there_is_a_qr_code_too(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """On the terminal, and as a picture to print, which nobody else can read."""
    said = terminal("invite", "staff", "--role", "clinician", "--name", "Dr Ito")
    assert LINK in said.out
    assert "█" in said.out or "▄" in said.out
    (picture,) = (clinic / "invitations").iterdir()
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_mode & 0o077 == 0
    assert f"data/invitations/{picture.name}" in said.out


def test_the_bots_name_is_kept_so_that_a_link_can_be_made_offline(
    clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """Learnt once by getMe; without a network `invite` then works all the same."""
    assert terminal("invite", "patient", *OPERATION, "--json").code == 0
    nowhere = f"http://127.0.0.1:{free_port()}/bot"
    said = terminal("invite", "patient", *OPERATION, "--json", TELEGRAM_API=nowhere)
    assert said.code == 0
    assert said.json()["link"].startswith(LINK)


def test_a_name_that_is_unknown_and_cannot_be_asked_for(clinic: Path, terminal: Terminal) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/bot"
    said = terminal("invite", "patient", *OPERATION, TELEGRAM_API=nowhere, TELEGRAM_TOKEN=TOKEN)
    assert said.code == 1
    assert "the bot's name, which is not known yet" in said.err
    assert f"can't be reached at {nowhere}" in said.err
    assert TOKEN not in said.err
    said = terminal("invite", "patient", *OPERATION)
    assert said.code == 1
    assert "FOLLOWUPBOT_TELEGRAM_TOKEN" in said.err
    assert "0 patients" not in terminal("status").out
    assert terminal("status", "--json").json()["patients"] == {}, "no patient has come to be without a link"


@pytest.mark.parametrize("token", ["987654321:AAThisTokenIsNobodysAtAll_00000000", "no token at all", "12:"])
def test_a_wrong_token(token: str, clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = terminal("invite", "patient", *OPERATION, TELEGRAM_TOKEN=token)
    assert said.code == 1
    assert "FOLLOWUPBOT_TELEGRAM_TOKEN" in said.err
    assert "refuses the token" in said.err or "expected the bot's number" in said.err
    assert token not in said.err


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["--zone", "Europe/Madird"], "there is no time zone 'Europe/Madird'. Did you mean Europe/Madrid?"),
        (["--zone", "CEST"], "there is no time zone 'CEST'."),
        (["--zone", "../../etc/passwd"], "there is no time zone"),
        (["--surgery-on", f"{datetime.now(UTC).year + 2}-03-14"], "--surgery-on: expected at most 12 months ahead."),
        (["--surgery-on", "1900-03-14"], "--surgery-on: expected 1950 or later."),
        (["--surgery-on", "14/03/2022"], "--surgery-on: expected YYYY-MM-DD, YYYY-MM or YYYY, not '14/03/2022'."),
        (["--surgery-on", "2022-02-30"], "--surgery-on: expected"),
        (["--at", "08:59"], "--at: we ask from 09:00 to before 20:00 on the patient's clock."),
        (["--at", "20:00"], "--at: we ask from 09:00 to before 20:00 on the patient's clock."),
        (["--at", "10am"], "--at: expected HH:MM, such as 10:00, not '10am'."),
        (["--language", "xx"], "--language: there are no words in 'xx'. Expected one of: en"),
        (["--protocol", "lumbar_fusoin"], "Did you mean lumbar_fusion?"),
        (["--born", "1066"], "--born: expected a year of birth"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_refused(
    typed: list[str], words: str, clinic: Path, telegram: Telegram, terminal: Terminal
) -> None:
    """With exit code 2, in a line that names the option and what was expected; and nobody has been invited."""
    said = terminal("invite", "patient", *OPERATION, *typed)
    assert said.code == 2
    assert words in said.err
    assert terminal("status", "--json").json()["patients"] == {}


def test_every_mistake_is_said_at_once(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = terminal("invite", "patient", "--surgery-on", "x", "--zone", "x", "--language", "x", "--at", "x")
    assert said.code == 2
    assert {line.split(":")[0] for line in said.err.splitlines()} == {"--surgery-on", "--zone", "--at", "--language"}


def test_what_is_missing_is_named(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = terminal("invite", "patient", "--zone", "Europe/Madrid")
    assert said.code == 2
    assert "Missing --surgery-on, --language, --at" in said.err


def test_a_new_link_for_a_known_patient(clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    """`--again` takes no other option, and knows a code however it is typed."""
    first = terminal("invite", "patient", *OPERATION, "--json").json()
    again = terminal("invite", "patient", "--again", first["code"].lower(), "--json")
    assert again.code == 0
    assert again.json()["code"] == first["code"]
    assert again.json()["link"] != first["link"]
    for more in (["--zone", "Europe/Madrid"], ["--protocol", "lumbar_fusion"], ["--born", "1958"]):
        said = terminal("invite", "patient", "--again", first["code"], *more)
        assert said.code == 2
        assert said.err == f"--again takes no other option than --json; it was given {more[0]}.\n"
    said = terminal("invite", "patient", "--again", "00000")
    assert said.code == 2
    assert "no patient has the code '00000'" in said.err


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "two\nlines"])
def test_a_name_that_fits_no_line(name: str, clinic: Path, telegram: Telegram, terminal: Terminal) -> None:
    said = terminal("invite", "staff", "--role", "lead", "--name", name)
    assert said.code == 2
    assert "--name" in said.err
