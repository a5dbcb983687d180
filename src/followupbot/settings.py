"""What the environment says: one field a setting. `.env.example` lists them all, and a test compares the two."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "FOLLOWUPBOT_"

TELEGRAM_API = "https://api.telegram.org/bot"
"""As python-telegram-bot wants it: the token is appended."""


class SettingsWrong(Exception):
    """A setting can't be used; the text says which, and what was expected."""


def _database(url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("expected sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")
    return url


def _api(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        raise ValueError("expected an address that begins with https:// (or http:// on this machine)")
    return address


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
    database_url: Annotated[str, AfterValidator(_database)] | None = Field(
        None, description="default: SQLite in the data folder; or postgresql+psycopg://USER@HOST/NAME"
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
        return self.master_key_file or self.data / "master.key"

    def token(self) -> str | None:
        """The bot's token; None where there is none. SettingsWrong where its file can't be read."""
        if self.telegram_token is not None:
            return self.telegram_token.get_secret_value().strip() or None
        if self.telegram_token_file is None:
            return None
        return read_secret(self.telegram_token_file, "TELEGRAM_TOKEN_FILE") or None


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
