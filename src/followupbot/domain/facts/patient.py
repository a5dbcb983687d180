"""What becomes of a patient: whether we write, the operation, where they are, who they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followupbot.domain.enrolment_state import AskedFor, HaltReason
from followupbot.domain.ids import CarerId
from followupbot.domain.schedule import PartialDate


@dataclass(frozen=True)
class PatientBlocked:
    """The patient's chat refuses our messages."""

    at: datetime
    kind: Literal["patient_blocked"] = "patient_blocked"


@dataclass(frozen=True)
class PatientUnblocked:
    """The patient's chat takes our messages again."""

    at: datetime
    kind: Literal["patient_unblocked"] = "patient_unblocked"


@dataclass(frozen=True)
class PatientStopped:
    """The patient wants to hear nothing more that we start."""

    at: datetime
    kind: Literal["patient_stopped"] = "patient_stopped"


@dataclass(frozen=True)
class PatientPaused:
    """The patient wants to hear nothing that we start until then."""

    at: datetime
    until: datetime
    kind: Literal["patient_paused"] = "patient_paused"


@dataclass(frozen=True)
class PatientResumed:
    """We write again when something is due: the patient wants it, or the pause is over."""

    at: datetime
    kind: Literal["patient_resumed"] = "patient_resumed"


@dataclass(frozen=True)
class PatientHeld:
    """Words for a death or a stay in hospital came (`reason`): we start nothing until staff have read them."""

    at: datetime
    reason: str
    note: str
    kind: Literal["patient_held"] = "patient_held"


@dataclass(frozen=True)
class DeletionRequested:
    """The patient wants what is kept about them deleted (clinical.md 0.17); nothing is started any more."""

    at: datetime
    kind: Literal["deletion_requested"] = "deletion_requested"


@dataclass(frozen=True)
class DeletionCalledOff:
    """The patient told the clinic that what is kept about them is to stay."""

    at: datetime
    kind: Literal["deletion_called_off"] = "deletion_called_off"


@dataclass(frozen=True)
class FollowUpHalted:
    """Staff recorded that the patient died, moved … (clinical.md 0.13): nothing is started, and no link leads in."""

    at: datetime
    reason: HaltReason
    kind: Literal["follow_up_halted"] = "follow_up_halted"


@dataclass(frozen=True)
class OperationConfirmed:
    """Staff recorded that the operation which lay ahead has been, and when: the schedule begins."""

    at: datetime
    surgery_on: PartialDate
    kind: Literal["operation_confirmed"] = "operation_confirmed"


@dataclass(frozen=True)
class OperationPostponed:
    """Staff recorded that the operation which lies ahead is on another day."""

    at: datetime
    surgery_on: PartialDate
    kind: Literal["operation_postponed"] = "operation_postponed"


@dataclass(frozen=True)
class PatientReoperated:
    """Staff recorded another operation: the schedule and what later pain is compared with begin anew from there."""

    at: datetime
    surgery_on: PartialDate
    kind: Literal["patient_reoperated"] = "patient_reoperated"


@dataclass(frozen=True)
class LegalHoldPlaced:
    """Nothing about the patient may be erased or run out until it is released; why stands under `note`."""

    at: datetime
    note: str
    kind: Literal["legal_hold_placed"] = "legal_hold_placed"


@dataclass(frozen=True)
class LegalHoldReleased:
    """The hold has ended."""

    at: datetime
    kind: Literal["legal_hold_released"] = "legal_hold_released"


@dataclass(frozen=True)
class TravelBegan:
    """The patient is in another zone until then."""

    at: datetime
    zone: str
    until: datetime
    kind: Literal["travel_began"] = "travel_began"


@dataclass(frozen=True)
class TravelEnded:
    """The patient's own zone holds again."""

    at: datetime
    kind: Literal["travel_ended"] = "travel_ended"


@dataclass(frozen=True)
class InitialsChosen:
    """What stands before each message about the patient in a chat that follows several."""

    at: datetime
    initials: str
    kind: Literal["initials_chosen"] = "initials_chosen"


@dataclass(frozen=True)
class IdentityEntered:
    """Staff entered who the patient is. `note` refers to it; it stands elsewhere. `phone`: a number is in it."""

    at: datetime
    note: str
    phone: bool
    kind: Literal["identity_entered"] = "identity_entered"


@dataclass(frozen=True)
class PreferenceAsked:
    """The patient, or that carer, was asked for an hour, a place, a language, or how long a pause is to be."""

    at: datetime
    what: AskedFor
    carer: CarerId | None = None
    kind: Literal["preference_asked"] = "preference_asked"


PatientFact = (
    PatientBlocked
    | PatientUnblocked
    | PatientStopped
    | PatientPaused
    | PatientResumed
    | PatientHeld
    | DeletionRequested
    | DeletionCalledOff
    | FollowUpHalted
    | OperationConfirmed
    | OperationPostponed
    | PatientReoperated
    | LegalHoldPlaced
    | LegalHoldReleased
    | TravelBegan
    | TravelEnded
    | InitialsChosen
    | IdentityEntered
    | PreferenceAsked
)
