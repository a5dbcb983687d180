"""The settings, and what shows of them."""

import re
from pathlib import Path

import pytest

from followupbot import settings
from followupbot.settings import PREFIX, Settings, SettingsWrong

EXAMPLE = Path(__file__).parents[1] / ".env.example"

TOKEN = "123456789:AATheSecretPartOfAToken_0000000000000"
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


@pytest.fixture(autouse=True)
def _nothing_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests gets in."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def example() -> dict[str, str]:
    """Every setting that .env.example names, commented out or not, with its value."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"(?:# )?([A-Z_]+)=(.*)", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def test_the_example_names_every_setting_and_no_other() -> None:
    assert set(example()) == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_the_example_shows_the_defaults() -> None:
    """What stands there commented out is what one has without it."""
    defaults = {f"{PREFIX}{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    assert example() == {name: "" if value is None else str(value) for name, value in defaults.items()}


def test_the_example_can_be_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    assert settings.load() == Settings.model_construct(**{n: f.default for n, f in Settings.model_fields.items()})


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_no_secret_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLLOWUPBOT_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("FOLLOWUPBOT_MASTER_KEY", KEY)
    monkeypatch.setenv("FOLLOWUPBOT_DATABASE_URL", "postgresql+psycopg://clinic:hunter2@db.example/clinic")
    loaded = settings.load()
    shown = f"{loaded!r} {loaded}"
    assert loaded.token() == TOKEN
    assert [secret for secret in (TOKEN, KEY, "hunter2") if secret in shown] == []


def test_a_setting_that_is_wrong_is_named_and_its_value_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLLOWUPBOT_DATABASE_URL", "mysql://clinic:hunter2@db.example/clinic")
    monkeypatch.setenv("FOLLOWUPBOT_WEB_PORT", "eighty")
    with pytest.raises(SettingsWrong) as wrong:
        settings.load()
    assert [line.split(":")[0] for line in str(wrong.value).splitlines()] == [
        "FOLLOWUPBOT_DATABASE_URL",
        "FOLLOWUPBOT_WEB_PORT",
    ]
    assert "hunter2" not in str(wrong.value)


def test_a_token_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    monkeypatch.setenv("FOLLOWUPBOT_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    assert settings.load().token() == TOKEN


# -- mistakes ----------------------------------------------------------------------------------------------------------


def refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    """What is said where that setting has that value."""
    monkeypatch.setenv(f"{PREFIX}{name}", value)
    with pytest.raises(SettingsWrong) as wrong:
        settings.load().token()
    return str(wrong.value)


@pytest.mark.parametrize("port", ["eighty", "-1", "65536", "8080.5"])
def test_a_port_that_is_none(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, "WEB_PORT", port).startswith("FOLLOWUPBOT_WEB_PORT: Input should be ")


@pytest.mark.parametrize(
    "url",
    [
        "clinic.db",
        "sqlite://clinic.db",
        "sqlite:///",
        "sqlite:///:memory:",
        "postgresql://me:hunter2@host/clinic",
        "postgresql+psycopg://me:hunter2@host:port/clinic",
        "postgresql+psycopg:/me:hunter2@host/clinic",
    ],
)
def test_a_database_that_can_not_be_used(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its password is not repeated."""
    expected = "expected sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"
    assert refused(monkeypatch, "DATABASE_URL", url) == f"FOLLOWUPBOT_DATABASE_URL: {expected}"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/clinic.db",
        "sqlite:///clinic.db",
        "postgresql+psycopg://me@host/clinic",
        "postgresql+psycopg://me:a/b:c@host:5432/clinic",
        "postgresql+psycopg://me@[::1]:5432/clinic",
        "postgresql+psycopg:///clinic?host=/run/postgresql",
    ],
)
def test_databases_that_can_be_used(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password may be of any characters; a server may be reached by a socket."""
    monkeypatch.setenv("FOLLOWUPBOT_DATABASE_URL", url)
    assert settings.load().database == url


@pytest.mark.parametrize(
    "address",
    ["api.telegram.org/bot", "ftp://host/bot", "https://", "https://host", "http:///bot", "http://host:x/bot"],
)
def test_an_api_that_can_not_be_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path the token would be taken for a part of the host's name, and stand in error messages."""
    expected = "expected an address like https://api.telegram.org/bot, to which the token is appended"
    assert refused(monkeypatch, "TELEGRAM_API", address) == f"FOLLOWUPBOT_TELEGRAM_API: {expected}"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8081/bot", "https://host/some/where/bot", "http://host/"])
def test_apis_that_can_be_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLLOWUPBOT_TELEGRAM_API", address)
    assert settings.load().telegram_api == address


@pytest.mark.parametrize(
    "token", ["AATheSecret", ":AATheSecret", "12x:AA", "123:", f"{TOKEN} {TOKEN}", f"{TOKEN}\n{TOKEN}"], ids=repr
)
def test_a_token_that_can_be_none(token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the setting it came from, and does not repeat it."""
    expected = "expected the bot's number, a colon and its secret, on one line"
    assert refused(monkeypatch, "TELEGRAM_TOKEN", token) == f"FOLLOWUPBOT_TELEGRAM_TOKEN: {expected}"
    monkeypatch.delenv("FOLLOWUPBOT_TELEGRAM_TOKEN")
    (tmp_path / "token").write_text(token)
    assert refused(monkeypatch, "TELEGRAM_TOKEN_FILE", "token") == f"FOLLOWUPBOT_TELEGRAM_TOKEN_FILE: {expected}"


@pytest.mark.parametrize(
    ("path", "reason"),
    [("nowhere", "No such file or directory"), (".", "Is a directory"), ("picture", "it is not text")],
)
def test_a_file_that_can_not_be_read(path: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff")
    expected = f"FOLLOWUPBOT_TELEGRAM_TOKEN_FILE: cannot read {path}: {reason}"
    assert refused(monkeypatch, "TELEGRAM_TOKEN_FILE", path) == expected


def test_the_databases_path_is_whole(tmp_path: Path) -> None:
    """Who changes folders in between does not make a second one."""
    assert settings.load().database == f"sqlite:///{tmp_path / 'data' / 'followupbot.db'}"
