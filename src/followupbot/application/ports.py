"""What the application needs of the world. Storage, rendering and the channels satisfy these by shape."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Programme
from followupbot.domain.decision import Cause, Decision, Speaker, StorageUnavailable
from followupbot.domain.delivery import Claim, Rendered, Told
from followupbot.domain.facts import ChartFact
from followupbot.domain.households import Kept
from followupbot.domain.ids import (
    AlertId,
    ChatId,
    Language,
    MessageId,
    MessageKey,
    PatientId,
    ProtocolKey,
    StaffId,
    TokenHash,
    Version,
)
from followupbot.domain.lists import AlertLine, ListLine
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice

__all__ = ["StorageUnavailable"]  # raised by every method of Store and Outbox; it lies below storage, which raises it

T = TypeVar("T")


class Clock(Protocol):
    """Two clocks that are never compared (design.md)."""

    def now(self) -> datetime:
        """People's time, aware, UTC; may be sped up or virtual."""

    def machine_now(self) -> int:
        """The machine's time in milliseconds since the epoch; never is."""


class Writer(Protocol):
    """The one thread that writes."""

    def __call__(self, unit: Callable[[], T]) -> Awaitable[T]:
        """Run the unit after those handed in before it, and give back what it gives back."""


class Charts(Protocol):
    """Where one patient can be decided about."""

    def transact(self, patient: PatientId, cause: Cause, decide: Callable[[Chart], Decision]) -> Decision:
        """Let the core decide about one patient, and keep what it decided, or nothing.

        A patient without facts gets an empty chart. A cause that has decided before gives `Decision()`, and `decide`
        is not called. Where another decision came between, `decide` is called again on the newer chart.
        """


class Records(Charts, Protocol):
    """Where one patient can be decided about, and everything that is kept about them be read."""

    def clinic(self) -> Clinic:
        """The clinic as it is now."""

    def facts_of(self, patient: PatientId) -> Sequence[ChartFact]:
        """Everything that was ever recorded about the patient, the oldest first."""

    def note(self, patient: PatientId, note: str) -> str | None:
        """The text that a fact refers to; None where it is erased."""

    def texts_of(self, patient: PatientId) -> Mapping[str, str]:
        """Every text that is kept about the patient, by name: theirs, and what staff entered, which is not theirs."""

    def told(self, patient: PatientId) -> Sequence[Told]:
        """Every message that reached the patient, the oldest first."""

    def record_view(self, cause: Cause, action: str, subject: str, now: datetime) -> None:
        """Somebody looks at that: into the access log."""

    def record_refusal(self, cause: Cause, action: str, subject: str, now: datetime) -> None:
        """Somebody tried what they may not: into the access log."""


class Store(Records, Protocol):
    """The charts, the clinic, and everything that must be committed together with them."""

    def transact_clinic(self, cause: Cause, decide: Callable[[Clinic], Decision]) -> Decision:
        """The same for the clinic."""

    def chart(self, patient: PatientId) -> Chart | None:
        """The chart as it is now; None where there is no such patient."""

    def alerts_unresolved(self) -> Sequence[AlertLine]:
        """Every alert without an outcome: the worst tier first, and in it whatever is due first."""

    def standings(self) -> Mapping[str, int]:
        """How many patients there are of each standing (`Chart.standing`)."""

    def listed(self, now: datetime) -> Sequence[ListLine]:
        """Who is on the staff's lists, in the order of `lists.KINDS`, and in each the longest first."""

    def due(self, now: datetime, limit: int) -> Sequence[PatientId]:
        """Patients whose chart has a timer at or before `now`: those of alerts first, then the earliest."""

    def postpone(self, patient: PatientId, until: datetime) -> None:
        """Leave that chart alone until then: deciding about it raised."""

    def patient_invited(self, token: TokenHash) -> PatientId | None:
        """The patient whom a link that is still out belongs to; expired ones too, used and voided ones not."""

    def admit_link(
        self, cause: Cause, chat: ChatId, now: datetime, within: timedelta, chat_max: int, all_max: int
    ) -> bool:
        """Whether a link may be tried from that chat: no more than so many in that time, of the chat and of all.

        The same cause is one try; one that is not admitted does not count.
        """

    def speakers_of(self, chat: ChatId) -> Sequence[Speaker]:
        """Who speaks in that chat for the patients followed there: each for themselves, or as a carer."""

    def keep_until_meant(self, kept: Kept, now: datetime) -> None:
        """Keep it until it is said which patient of its chat it is about."""

    def kept_until_meant(self, before: datetime) -> Sequence[Kept]:
        """What has waited for that since before then, the oldest first."""

    def meant(self, chat: ChatId, message: MessageId) -> Kept | None:
        """What that message was, while it waits; None where it does no more."""

    def keep_longer(self, kept: Kept, since: datetime) -> None:
        """It waits as if it had come then: what can't be noted now must not be tried without a pause."""

    def drop_meant(self, chat: ChatId, message: MessageId) -> None:
        """It waits no more."""

    def staff_of(self, chat: ChatId) -> StaffId | None:
        """The staff member whose chat it is."""

    def in_hand(self, staff: StaffId) -> Sequence[tuple[PatientId, AlertId]]:
        """The alerts that this staff member has taken, and that have no outcome; the first due first."""

    def note_chat(self, address: int) -> ChatId:
        """The name of the chat with that number; known from now on, so that it can be written to."""

    def saw_message(self, chat: ChatId, message: MessageId) -> None:
        """The chat has this message: an older one of ours is no longer its newest, and is not edited in place."""

    def patients_on(self, protocols: Collection[ProtocolKey]) -> Mapping[ProtocolKey, int]:
        """How many patients are on each of these care protocols; of those without any, nothing. Reads every chart."""

    def programme(self, version: Version) -> Programme:
        """The programme of that version. LookupError where it was never kept."""

    def keep_programme(self, files: Mapping[str, bytes]) -> Version:
        """Keep every file content-addressed; the version is the hash of all. Kept again it changes nothing."""

    def programme_files(self, version: Version) -> Mapping[str, bytes]:
        """The files of that version, by path. LookupError where it was never kept."""

    def update_failed(self, update: int, error: str) -> int:
        """Count a failure of the handler itself; how many there have been, also before a restart."""

    def set_aside(self, update: int, raw: bytes, error: str, now: datetime) -> None:
        """Keep the update, encrypted, for people to look at; it is not handled again."""

    def seal(self) -> tuple[int, str]:
        """How many chains there are, and one digest over all their heads."""


class Outbox(Protocol):
    """Messages waiting to be sent. Every method commits."""

    def claim(
        self, now: datetime, machine_now: int, limit: int, lanes: Collection[Lane] = tuple(Lane)
    ) -> Sequence[Claim]:
        """Take up to `limit` rows of these lanes in hand, the lowest first, one at most for each (chat, subject).

        Rows past `expires_at`, to a blocked chat, or out of their daytime hours are settled or deferred on the way. A
        row whose lease has run out is claimed again, and is then uncertain. Nothing where another sender has the turn.
        """

    def keep_rendered(self, claim: Claim, payload: bytes) -> None:
        """Keep the bytes that are about to go out; a retry sends the same. The message record shows them."""

    def confirm(self, claim: Claim, message_id: MessageId | None, now: datetime) -> None:
        """It was sent. Nothing happens where the claim has been lost in the meantime."""

    def retry(self, claim: Claim, at_machine: int, counted: bool, uncertain: bool, error: str) -> None:
        """It goes again at `at_machine`. `counted`: towards giving up; `uncertain`: it may have arrived already.

        A check-in that may have arrived twice, and education that may have once, does not go again: it is `unknown`.
        Not where nothing is counted, because nobody has had an answer for a while (decisions/0005).
        """

    def give_up(self, claim: Claim, state: str, error: str) -> None:
        """It will not go again: `dead` (wrong in itself), `unknown` (may have arrived) or `cancelled`."""

    def hold_chat(self, chat: ChatId, until_machine: int) -> None:
        """Telegram wants this chat left alone until then."""

    def block_chat(self, chat: ChatId) -> None:
        """The chat refuses us: its rows of lane 1 to 3 are cancelled, and it is sent nothing until it is unblocked."""

    def unblock_chat(self, chat: ChatId) -> None:
        """The chat takes messages again."""

    def refuses(self, chat: ChatId) -> bool:
        """Whether the chat is blocked."""

    def migrate_chat(self, chat: ChatId, address: int) -> None:
        """The chat's own number has changed."""

    def forget_target(self, claim: Claim) -> None:
        """The message that this edit names is gone: it goes as a new message."""


class Renderer(Protocol):
    """Message key + parameters + language -> text and the labels of its buttons."""

    def render(
        self,
        words: Version,
        language: Language,
        message: MessageKey,
        params: Mapping[str, Param],
        choices: Sequence[Sequence[Choice]] = (),
    ) -> Rendered:
        """The words in that language. LookupError where there are none."""

    def plain(self, rendered: Rendered) -> Rendered:
        """The same without any mark-up, for a channel that has refused it."""


# -- what came of an attempt to send -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """The channel has it. `message_id` is None where nothing new came to be."""

    message_id: MessageId | None


@dataclass(frozen=True)
class TooFast:
    """Not sent; the chat is to be left alone so long."""

    retry_after: float


@dataclass(frozen=True)
class Blocked:
    """Not sent, and never will be: the chat refuses us, or is gone."""

    error: str


@dataclass(frozen=True)
class Migrated:
    """Not sent: the chat has a new number."""

    address: int


@dataclass(frozen=True)
class TargetGone:
    """Not done: the message to edit is not there any more."""


@dataclass(frozen=True)
class Malformed:
    """Not sent: the channel refuses the message as it is."""

    error: str


@dataclass(frozen=True)
class NotSent:
    """Not sent for sure, and worth another try."""

    error: str


@dataclass(frozen=True)
class Ambiguous:
    """Perhaps sent."""

    error: str


@dataclass(frozen=True)
class Misconfigured:
    """Nothing can be sent: the token is refused."""

    error: str


Outcome = Sent | TooFast | Blocked | Migrated | TargetGone | Malformed | NotSent | Ambiguous | Misconfigured


class Channel(Protocol):
    """A way to people's phones."""

    def compose(self, rendered: Rendered) -> bytes:
        """What will go over the wire for it, but for the address: text, buttons with their data, and the file.

        It is JSON; the words that people read stand in its `text`, or, below a file, in its `caption`; they are HTML
        where there is a `parse_mode`.
        """

    async def deliver(self, claim: Claim, payload: bytes) -> Outcome:
        """Try once. Never raises for what the network or the other side does."""
