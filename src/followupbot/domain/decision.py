"""What the core gives back: the facts to record and the messages to send; and what made it decide."""

from dataclasses import dataclass
from typing import Literal

from followupbot.domain.facts import ChartFact, ClinicFact, Fact
from followupbot.domain.ids import CarerId, PatientId, StaffId
from followupbot.domain.outgoing import Notice, Outgoing


@dataclass(frozen=True)
class ByPatient:
    """The patient, or somebody who holds their phone."""

    patient: PatientId
    kind: Literal["patient"] = "patient"


@dataclass(frozen=True)
class ByCarer:
    """Somebody who helps the patient, in a chat of their own (clinical.md 0.19)."""

    patient: PatientId
    carer: CarerId
    kind: Literal["carer"] = "carer"


@dataclass(frozen=True)
class ByStaff:
    """A staff member, from their own chat or session."""

    staff: StaffId
    kind: Literal["staff"] = "staff"


@dataclass(frozen=True)
class ByShell:
    """Somebody at the terminal, by the operating system's user name. The shell is the root of trust."""

    user: str
    kind: Literal["shell"] = "shell"


@dataclass(frozen=True)
class ByClock:
    """Nobody: it was time."""

    kind: Literal["clock"] = "clock"


@dataclass(frozen=True)
class ByStranger:
    """A chat that is nobody's yet."""

    kind: Literal["stranger"] = "stranger"


Speaker = ByPatient | ByCarer
"""Whom a patient's chat belongs to, and on whose word something is decided there."""

Actor = ByPatient | ByCarer | ByStaff | ByShell | ByClock | ByStranger


@dataclass(frozen=True)
class Cause:
    """Why something is decided. `key` is unique for ever: what one cause has decided is never decided again."""

    key: str
    by: Actor


class StorageUnavailable(Exception):
    """The decision could not be kept: the database can't be reached, is locked, or is full. It may be kept later."""


@dataclass(frozen=True)
class FreeText:
    """What somebody wrote in their own words. Facts refer to it by `note` and never hold it."""

    note: str
    text: str


@dataclass(frozen=True)
class Decision:
    """Facts to record, texts that they refer to, messages to send, and the line that the one who pressed sees.

    Decisions add up.
    """

    facts: tuple[Fact, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    notice: Notice | None = None
    texts: tuple[FreeText, ...] = ()

    @property
    def chart_facts(self) -> tuple[ChartFact, ...]:
        """Those about a patient: all of them, where a chart was decided about."""
        return tuple(fact for fact in self.facts if not isinstance(fact, ClinicFact))  # the shorter of the two lists

    @property
    def clinic_facts(self) -> tuple[ClinicFact, ...]:
        """Those about the clinic: all of them, where the clinic was decided about."""
        return tuple(fact for fact in self.facts if isinstance(fact, ClinicFact))

    def __add__(self, other: "Decision") -> "Decision":
        """Both, in this order; the later notice stands."""
        return Decision(
            self.facts + other.facts,
            self.outgoing + other.outgoing,
            other.notice or self.notice,
            self.texts + other.texts,
        )
