"""What happens with those who help a patient."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.ids import CarerId, ChatId, TokenHash


@dataclass(frozen=True)
class CarerInvited:
    """A link for somebody who helps went out, by the patient or by staff with the patient's agreement."""

    at: datetime
    carer: CarerId
    token_hash: TokenHash
    expires_at: datetime
    kind: Literal["carer_invited"] = "carer_invited"


@dataclass(frozen=True)
class CarerConnected:
    """The link was used in that chat; whether they help is asked there."""

    at: datetime
    carer: CarerId
    chat: ChatId
    kind: Literal["carer_connected"] = "carer_connected"


@dataclass(frozen=True)
class CarerJoined:
    """The carer helps from now on."""

    at: datetime
    carer: CarerId
    kind: Literal["carer_joined"] = "carer_joined"


@dataclass(frozen=True)
class CarerLeft:
    """The carer helps no more, or never did: `by` is who ended it."""

    at: datetime
    carer: CarerId
    by: Literal["carer", "patient", "staff"]
    kind: Literal["carer_left"] = "carer_left"


@dataclass(frozen=True)
class CarerBlocked:
    """The carer's chat refuses our messages."""

    at: datetime
    carer: CarerId
    kind: Literal["carer_blocked"] = "carer_blocked"


@dataclass(frozen=True)
class CarerUnblocked:
    """The carer's chat takes our messages again."""

    at: datetime
    carer: CarerId
    kind: Literal["carer_unblocked"] = "carer_unblocked"


CarerFact = CarerInvited | CarerConnected | CarerJoined | CarerLeft | CarerBlocked | CarerUnblocked
