"""What happens with the record itself: its seals, and who was erased from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.ids import PatientId


@dataclass(frozen=True)
class HeadsSealed:
    """The heads of all chains, as they stood: `count` of them, and one digest over all."""

    at: datetime
    count: int
    digest: str
    kind: Literal["heads_sealed"] = "heads_sealed"


@dataclass(frozen=True)
class PatientErased:
    """Everything that was kept about the patient went, and their key with it. Nothing about health stands here."""

    at: datetime
    patient: PatientId
    reason: str
    copy_sha256: str | None
    kind: Literal["patient_erased"] = "patient_erased"


RecordFact = HeadsSealed | PatientErased
