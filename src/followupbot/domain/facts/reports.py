"""What staff were told, and are not told twice."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from followupbot.domain.clinic import Unready


@dataclass(frozen=True)
class LadderReported:
    """Lead and admin know on which steps nobody can be relied on; none: all are in order again."""

    at: datetime
    unready: tuple[Unready, ...]
    kind: Literal["ladder_reported"] = "ladder_reported"


@dataclass(frozen=True)
class OperatorNotified:
    """The operator was told something, in as many places as there are."""

    at: datetime
    key: str
    detail: str
    kind: Literal["operator_notified"] = "operator_notified"


@dataclass(frozen=True)
class DigestSent:
    """Leads and clinicians were sent that day's digest."""

    at: datetime
    day: date
    kind: Literal["digest_sent"] = "digest_sent"


ReportFact = LadderReported | OperatorNotified | DigestSent
