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
