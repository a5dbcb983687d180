"""By what the clinic works: protocols and words, the bot's name, the rules of time zones."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.ids import Version


@dataclass(frozen=True)
class ProgrammePublished:
    """Protocols, words and settings in this version are what new check-ins and alerts use."""

    at: datetime
    version: Version
    kind: Literal["programme_published"] = "programme_published"


@dataclass(frozen=True)
class BotNamed:
    """Telegram told us the bot's name, which links need."""

    at: datetime
    name: str
    kind: Literal["bot_named"] = "bot_named"


@dataclass(frozen=True)
class ZoneDataChanged:
    """The rules of time zones are of this version now: what is due at a time of day may be due at another instant."""

    at: datetime
    version: str
    kind: Literal["zone_data_changed"] = "zone_data_changed"


ProgrammeFact = ProgrammePublished | BotNamed | ZoneDataChanged
