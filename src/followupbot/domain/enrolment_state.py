"""A patient in a care protocol: frozen state, from the invitation on."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from followupbot.domain.carer_state import Beckoned, Carer, Helping
from followupbot.domain.ids import CarerId, ChatId, Language, ProtocolKey, TokenHash
from followupbot.domain.schedule import Daytime, PartialDate

BIRTH_YEAR_TRIES_MAX = 3

ERASED_WITHIN = timedelta(days=30)
"""After the patient has asked for it (clinical.md 0.17; Telegram's own policy says the same)."""

READING_SCREENS = 2
"""What is read before consent is asked. With that, the year of birth, the plan and the teach-back they are six."""


@dataclass(frozen=True)
class Plan:
    """What the invitation knows about the patient."""

    protocol: ProtocolKey
    surgery_on: PartialDate
    zone: str
    language: Language
    ask_at: time
    born: int | None = None

    @property
    def daytime(self) -> Daytime:
        """The hours in which we may start a conversation with this patient."""
        return Daytime(self.zone)


@dataclass(frozen=True)
class Invitation:
    """A link that is out."""

    token_hash: TokenHash
    expires_at: datetime


@dataclass(frozen=True)
class Invited:
    """Nobody has used the link yet."""

    kind: Literal["invited"] = "invited"


@dataclass(frozen=True)
class Reading:
    """The link was used; they read what it is about, one short screen after the other."""

    screen: int = 1
    kind: Literal["reading"] = "reading"


@dataclass(frozen=True)
class Consenting:
    """They have read it all; whether they take part is asked."""

    kind: Literal["consenting"] = "consenting"


@dataclass(frozen=True)
class Identifying:
    """They agreed; the year of birth is asked."""

    consented_at: datetime
    tries: int = 0
    kind: Literal["identifying"] = "identifying"


@dataclass(frozen=True)
class Confirming:
    """It is they; whether language, zone and hour are right is asked."""

    consented_at: datetime
    kind: Literal["confirming"] = "confirming"


@dataclass(frozen=True)
class TeachingBack:
    """What they do when something red happens is asked, until they say it right."""

    consented_at: datetime
    tries: int = 0
    kind: Literal["teaching_back"] = "teaching_back"


@dataclass(frozen=True)
class Practising:
    """They try the buttons with a question of which nothing is kept."""

    consented_at: datetime
    kind: Literal["practising"] = "practising"


@dataclass(frozen=True)
class Active:
    """They take part. `asked_through` is the last day of the schedule that has been dealt with.

    While `operated` is False the operation lies ahead, and nothing post-operative is asked (clinical.md 0.12).
    """

    consented_at: datetime
    enrolled_at: datetime
    asked_through: date
    operated: bool
    confirmed_at: datetime | None = None
    """When they last said, a year or more after consent, that they go on."""
    taught_at: datetime | None = None
    """When they last said right, since then or before, what they do when something red happens."""
    taught_tries: int = 0
    """How often they have said it wrong since."""
    kind: Literal["active"] = "active"


@dataclass(frozen=True)
class Declined:
    """They did not agree; nothing is ever sent unless staff invite again."""

    at: datetime
    kind: Literal["declined"] = "declined"


@dataclass(frozen=True)
class Locked:
    """The year of birth was wrong three times; staff must invite again."""

    at: datetime
    kind: Literal["locked"] = "locked"


EnrolmentState = (
    Invited | Reading | Consenting | Identifying | Confirming | TeachingBack | Practising | Active | Declined | Locked
)


HaltReason = Literal["died", "moved", "transferred", "withdrawn", "admitted", "cancelled"]
"""What staff record about a patient's life (clinical.md 0.13); `cancelled` is an operation that is not to be (0.12)."""


@dataclass(frozen=True)
class Following:
    """We write when something is due."""

    kind: Literal["following"] = "following"


@dataclass(frozen=True)
class Paused:
    """The patient wants to hear nothing that we start until then; it ends by itself."""

    until: datetime
    kind: Literal["paused"] = "paused"


@dataclass(frozen=True)
class Stopped:
    """The patient wants to hear nothing that we start; only they can end that. `at`: since when, by `/stop`.

    `halted` is what staff had recorded before: it holds again once the patient takes the stop back.
    """

    at: datetime | None = None
    halted: HaltReason | None = None
    kind: Literal["stopped"] = "stopped"


HALT_REASONS: tuple[HaltReason, ...] = ("died", "moved", "transferred", "withdrawn", "admitted", "cancelled")

STANDINGS = (
    "invited",
    "reading",
    "consenting",
    "identifying",
    "confirming",
    "teaching_back",
    "practising",
    "active",
    "declined",
    "locked",
    "paused",
    "stopped",
    "deletion_requested",
    "held",
    *HALT_REASONS,
)
"""Every word for lists; staff read `staff/standings/<standing>`."""

BEYOND_REACH: tuple[HaltReason, ...] = ("died", "admitted")
"""Who is not even asked whether help is there: they have no use for it, or lie in hospital already."""


@dataclass(frozen=True)
class Halted:
    """Staff have recorded why nothing is started any more; only they can end that."""

    reason: HaltReason
    kind: Literal["halted"] = "halted"


Contact = Following | Paused | Stopped | Halted


@dataclass(frozen=True)
class Travel:
    """The plan's zone is not the patient's own: that is `home`, and holds again at `until`."""

    home: str
    until: datetime


AskedFor = Literal["hour", "zone", "language", "pause"]
"""What a patient may have been asked by a command, or on the way in, and may answer in words."""

ASKED_FOR = timedelta(days=1)
"""So long words are taken for the answer; later nobody has the question before their eyes."""


@dataclass(frozen=True)
class Asking:
    """What was asked last of the patient, or of that carer. It stands while `version` is the chart's own."""

    what: AskedFor
    at: datetime
    version: int
    carer: CarerId | None = None


@dataclass(frozen=True)
class Enrolment:
    """A patient in a care protocol. `chat` is theirs; `blocked` says that the last message did not reach it."""

    plan: Plan
    state: EnrolmentState
    invitation: Invitation | None = None
    chat: ChatId | None = None
    blocked: bool = False
    contact: Contact = Following()
    travel: Travel | None = None
    zone_since: datetime | None = None
    """When the plan's zone last changed; None where it is as the invitation had it."""
    deletion_requested_at: datetime | None = None
    initials: str | None = None
    """What stands before each message in a chat that follows several patients."""
    carers: tuple[Carer, ...] = ()
    carer_count: int = 0

    invited_at: datetime | None = None
    blocked_at: datetime | None = None
    identity: str | None = None
    """What refers to who the patient is, where staff have entered it; it stands elsewhere, encrypted."""
    phone_known: bool = False
    """Whether a phone number is in it."""
    phone_changed_at: datetime | None = None
    """When the patient said that their phone number has changed; None once staff have entered it anew."""
    asking: Asking | None = None

    def carer(self, carer: CarerId | None) -> Carer | None:
        """The carer of that number, who helps or has a link."""
        return next((found for found in self.carers if found.id == carer), None)

    def carer_invited(self, token: TokenHash) -> Carer | None:
        """The carer whom that link belongs to."""
        links = [(found, found.state) for found in self.carers]
        return next((carer for carer, at in links if isinstance(at, Beckoned) and at.token_hash == token), None)

    @property
    def helpers(self) -> tuple[tuple[CarerId, ChatId], ...]:
        """Carers who are written to: they help, and their chat takes our messages."""
        return tuple(
            (carer.id, carer.state.chat)
            for carer in self.carers
            if isinstance(carer.state, Helping) and not carer.state.blocked
        )

    @property
    def has_chat(self) -> bool:
        """Whether what we write is read in any chat, be it a carer's; who has none is called."""
        return self.chat is not None or any(isinstance(carer.state, Helping) for carer in self.carers)

    @property
    def unreachable_since(self) -> datetime | None:
        """When their chat began to refuse us; without one of their own, when the last of their helpers' chats did."""
        if self.chat is not None:
            return self.blocked_at
        refused = [carer.state.blocked_at for carer in self.carers if isinstance(carer.state, Helping)]
        return max((at for at in refused if at is not None), default=None) if all(refused) else None

    @property
    def halted(self) -> HaltReason | None:
        """What staff have recorded of the patient's life, whether or not the patient has stopped since."""
        match self.contact:
            case Halted(reason) | Stopped(halted=reason):
                return reason
            case _:
                return None

    @property
    def standing(self) -> str:
        """One word for lists: the state, or, of who takes part, what they have asked for or staff have recorded."""
        if self.deletion_requested_at is not None:
            return "deletion_requested"
        if isinstance(self.contact, Halted):
            return self.contact.reason
        return self.state.kind if isinstance(self.contact, Following) else self.contact.kind
