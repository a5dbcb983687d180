"""What happens after an emergency card: is help there?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.ids import AlertId, CardId


@dataclass(frozen=True)
class CardSent:
    """The patient got that emergency card. At `ask_at` it is asked whether help is there; None: it is not."""

    at: datetime
    alert: AlertId
    card: CardId
    ask_at: datetime | None
    kind: Literal["card_sent"] = "card_sent"


@dataclass(frozen=True)
class HelpAsked:
    """The patient was asked whether help is there; silence until `repeat_at` is taken for "not yet"."""

    at: datetime
    alert: AlertId
    repeat_at: datetime
    kind: Literal["help_asked"] = "help_asked"


@dataclass(frozen=True)
class HelpAnswered:
    """The patient said whether help is there."""

    at: datetime
    alert: AlertId
    getting: bool
    kind: Literal["help_answered"] = "help_answered"


CardFact = CardSent | HelpAsked | HelpAnswered
