"""Somebody who helps a patient answer, in a chat of their own: frozen state, from the link on (clinical.md 0.19)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.ids import CarerId, ChatId, TokenHash

CARERS_MAX = 3
"""Who helps one patient at a time: more people would each wait for another to answer."""

INITIALS_LENGTH_MAX = 4
"""Letters that stand before each message in a chat that follows several patients."""


@dataclass(frozen=True)
class Beckoned:
    """A link is out that nobody has used yet."""

    token_hash: TokenHash
    expires_at: datetime
    kind: Literal["beckoned"] = "beckoned"


@dataclass(frozen=True)
class Wondering:
    """The link was used in that chat; whether they help is asked."""

    chat: ChatId
    kind: Literal["wondering"] = "wondering"


@dataclass(frozen=True)
class Helping:
    """They help. `blocked_at` is since when no message has reached their chat; None where it takes them."""

    chat: ChatId
    blocked_at: datetime | None = None
    kind: Literal["helping"] = "helping"

    @property
    def blocked(self) -> bool:
        """Whether the last message did not reach their chat."""
        return self.blocked_at is not None


CarerState = Beckoned | Wondering | Helping


@dataclass(frozen=True)
class Carer:
    """One who helps, or may come to; who helps no more is in the facts only."""

    id: CarerId
    state: CarerState

    @property
    def chat(self) -> ChatId | None:
        """Where they are."""
        return None if isinstance(self.state, Beckoned) else self.state.chat


def read_initials(text: str) -> str | None:
    """`mg` and `M. G.` as `MG`; None where it is no one to four letters or digits."""
    found = "".join(letter for letter in text if letter.isalnum()).upper()
    rest = set(text) - set(". ") - {letter for letter in text if letter.isalnum()}
    return found if not rest and 1 <= len(found) <= INITIALS_LENGTH_MAX else None
