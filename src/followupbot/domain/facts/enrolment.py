"""What happens from the invitation until a patient takes part."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from followupbot.domain.enrolment_state import Invitation, Plan
from followupbot.domain.ids import ChatId, Language, Version


@dataclass(frozen=True)
class PatientInvited:
    """A link for a new patient went out."""

    at: datetime
    plan: Plan
    invitation: Invitation
    kind: Literal["patient_invited"] = "patient_invited"


@dataclass(frozen=True)
class PatientAdded:
    """Staff took in a patient who has no chat: they are called instead."""

    at: datetime
    plan: Plan
    kind: Literal["patient_added"] = "patient_added"


@dataclass(frozen=True)
class InvitationRenewed:
    """A new link went out; older ones lead nowhere from now on."""

    at: datetime
    invitation: Invitation
    kind: Literal["invitation_renewed"] = "invitation_renewed"


@dataclass(frozen=True)
class PatientConnected:
    """The link was used: this is the patient's chat from now on."""

    at: datetime
    chat: ChatId
    kind: Literal["patient_connected"] = "patient_connected"


@dataclass(frozen=True)
class ScreenRead:
    """The patient went on from that screen of what consent is about."""

    at: datetime
    screen: int
    kind: Literal["screen_read"] = "screen_read"


@dataclass(frozen=True)
class ConsentGiven:
    """The patient agreed to this text, in this language; from one who takes part already, it is the yearly word.

    `taken_by` heard it on the telephone; None where the patient said so in their own chat.
    """

    at: datetime
    text: Version
    language: Language
    taken_by: str | None = None
    kind: Literal["consent_given"] = "consent_given"


@dataclass(frozen=True)
class ConsentDeclined:
    """The patient did not agree."""

    at: datetime
    kind: Literal["consent_declined"] = "consent_declined"


@dataclass(frozen=True)
class BirthYearMistaken:
    """A year of birth was given that is not the invited patient's."""

    at: datetime
    kind: Literal["birth_year_mistaken"] = "birth_year_mistaken"


@dataclass(frozen=True)
class BirthYearConfirmed:
    """The year of birth that was given is the invited patient's."""

    at: datetime
    kind: Literal["birth_year_confirmed"] = "birth_year_confirmed"


@dataclass(frozen=True)
class PlanChanged:
    """The patient said in which language, in which zone and at which hour they are asked."""

    at: datetime
    language: Language
    zone: str
    ask_at: time
    kind: Literal["plan_changed"] = "plan_changed"


@dataclass(frozen=True)
class PlanConfirmed:
    """The patient said that language, zone and hour are right."""

    at: datetime
    kind: Literal["plan_confirmed"] = "plan_confirmed"


@dataclass(frozen=True)
class TeachBackAnswered:
    """The patient said what they do when something red happens; `tries` counts from 1, and the last is right."""

    at: datetime
    answer: str
    right: bool
    tries: int
    kind: Literal["teach_back_answered"] = "teach_back_answered"


@dataclass(frozen=True)
class PatientEnrolled:
    """The patient takes part from now on; days of the schedule up to `asked_through` are never asked."""

    at: datetime
    asked_through: date
    operated: bool
    kind: Literal["patient_enrolled"] = "patient_enrolled"


EnrolmentFact = (
    PatientInvited
    | PatientAdded
    | InvitationRenewed
    | PatientConnected
    | ScreenRead
    | ConsentGiven
    | ConsentDeclined
    | BirthYearMistaken
    | BirthYearConfirmed
    | PlanChanged
    | PlanConfirmed
    | TeachBackAnswered
    | PatientEnrolled
)
