"""What the environment says: one field a setting. `.env.example` lists them all, and a test compares the two."""

import os
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "FOLLOWUPBOT_"

TELEGRAM_API = "https://api.telegram.org/bot"
"""As python-telegram-bot wants it: the token is appended."""


class SettingsWrong(Exception):
    """A setting can't be used; the text says which, and what was expected."""


def _database(url: str) -> str:
    kind, _, rest = url.partition("://")
    if kind == "sqlite" and rest.startswith("/") and rest not in {"/", "/:memory:"}:
        return url
    # Without user and password, which may be of any characters, and are never repeated in a message.
    if kind == "postgresql+psycopg" and _is_address(f"//{rest.rpartition('@')[2]}"):
        return url
    raise ValueError("expected sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")


def _api(address: str) -> str:
    # Without a path the token would become part of the host's name or its port, and stand in error messages.
    if not (re.match("https?://[^/]+/", address) and _is_address(address)):
        raise ValueError(f"expected an address like {TELEGRAM_API}, to which the token is appended")
    return address


def _address(address: str) -> str:
    if not (re.match("https?://[^/]+", address) and _is_address(address)):
        raise ValueError("expected an address like https://heartbeat.example/ping")
    return address


def _webhook(address: str) -> str:
    if not (re.match("https://[^/]+/.", address) and _is_address(address)):
        raise ValueError("expected an address like https://bot.example/telegram, which the outside can reach")
    return address


def _is_address(address: str) -> bool:
    try:
        urlsplit(address).port  # noqa: B018 # it raises where it is no number
    except ValueError:
        return False
    return True


def _token(text: str, setting: str) -> str | None:
    number, _, secret = text.partition(":")
    if not text:
        return None
    if not (number.isascii() and number.isdecimal() and re.fullmatch(r"[!-~]+", secret)):
        raise SettingsWrong(f"{PREFIX}{setting}: expected the bot's number, a colon and its secret, on one line")
    return text


class Settings(BaseSettings):
    """Everything that can be set, with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", env_ignore_empty=True)

    telegram_token: SecretStr | None = Field(None, description="the bot's token, as BotFather gave it")
    telegram_token_file: Path | None = Field(None, description="a file that holds the token instead")
    telegram_api: Annotated[str, AfterValidator(_api)] = Field(
        TELEGRAM_API, description="base address of the Bot API; the token is appended"
    )
    data: Path = Field(Path("data"), description="folder for database, keys, clinic.yaml, own protocols and messages")
    master_key: SecretStr | None = Field(
        None, description="the key that wraps patient keys: 32 bytes, URL-safe base64; default master.key in the folder"
    )
    master_key_file: Path | None = Field(None, description="a file that holds the master key instead")
    backups: Path | None = Field(
        None, description="a folder into which a backup goes each day; 7 daily, 5 weekly and 12 monthly ones are kept"
    )
    backup_key_file: Path | None = Field(
        None, description="a file that holds the key of backups; default backup.key in the folder"
    )
    keys_copy: Path | None = Field(
        None, description="a file, apart from the backups, that always holds the newest copy of the patients' keys"
    )
    keep_chat_days: int = Field(
        90, ge=7, description="days for which it is kept what messages said; answers and notes stay in the record"
    )
    keep_traces_days: int = Field(
        90, ge=8, description="days for which it is remembered which updates were handled already"
    )
    database_url: Annotated[str, AfterValidator(_database)] | None = Field(
        None, repr=False, description="default: SQLite in the data folder; or postgresql+psycopg://USER@HOST/NAME"
    )
    webhook_url: Annotated[str, AfterValidator(_webhook)] | None = Field(
        None, description="the outside https address, with a path, to which Telegram brings updates; without it we poll"
    )
    webhook_secret: SecretStr | None = Field(
        None, description="what Telegram shows to prove that it is Telegram: 16 to 256 of A-Z, a-z, 0-9, _ and -"
    )
    webhook_secret_file: Path | None = Field(None, description="a file that holds that secret instead")
    webhook_host: str = Field("127.0.0.1", description="where the webhook listens, behind whatever speaks https")
    webhook_port: int = Field(8081, ge=0, le=65535, description="and on which port")
    heartbeat_url: Annotated[str, AfterValidator(_address)] | None = Field(
        None, repr=False, description="an outside address that is asked for each minute, only while all is well"
    )
    web_host: str = Field("127.0.0.1", description="where the pages and health endpoints listen")
    web_port: int = Field(8080, ge=0, le=65535, description="and on which port")

    @property
    def database(self) -> str:
        """The database's URL, also where none was set."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'followupbot.db'}"

    @property
    def on_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database.startswith("sqlite")

    @property
    def master_key_path(self) -> Path:
        """The file that the master key is read from, where it is not set directly."""
        return self.master_key_file or credential("master_key") or self.data / "master.key"

    @property
    def backup_key_path(self) -> Path:
        """The file that the key of backups is read from."""
        return self.backup_key_file or credential("backup_key") or self.data / "backup.key"

    def token(self) -> str | None:
        """The bot's token; None where there is none. SettingsWrong where it can be none, or its file can't be read."""
        if self.telegram_token is not None:
            return _token(self.telegram_token.get_secret_value().strip(), "TELEGRAM_TOKEN")
        path = self.telegram_token_file or credential("telegram_token")
        return None if path is None else _token(read_secret(path, "TELEGRAM_TOKEN_FILE"), "TELEGRAM_TOKEN_FILE")

    def webhook(self) -> tuple[str, str] | None:
        """The webhook's address and secret; None where we poll. SettingsWrong where the secret is missing or weak."""
        if self.webhook_url is None:
            return None
        path = self.webhook_secret_file or credential("webhook_secret")
        secret = self.webhook_secret.get_secret_value().strip() if self.webhook_secret else ""
        if path is not None and not secret:
            secret = read_secret(path, "WEBHOOK_SECRET_FILE")
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise SettingsWrong(f"{PREFIX}WEBHOOK_SECRET: expected 16 to 256 of A-Z, a-z, 0-9, _ and -")
        return self.webhook_url, secret


def credential(name: str) -> Path | None:
    """The file in which systemd hands over the secret of that name (`LoadCredential=NAME:PATH`); None without."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / name if folder else None
    return path if path is not None and path.is_file() else None


def load(**overrides: object) -> Settings:
    """The settings of this process. SettingsWrong names each one that can't be used."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type] # pydantic checks them
    except ValidationError as error:
        lines = [
            f"{PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_input=False, include_url=False)
        ]
        raise SettingsWrong("\n".join(lines)) from None


def read_secret(path: Path, setting: str) -> str:
    """What stands in the file, without the line's end. SettingsWrong says why it can't be read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise SettingsWrong(f"{PREFIX}{setting}: cannot read {path}: {reason}") from None
