"""A small world: the front desk and the rounds on an in-memory store, people's phones, and a clock that jumps.

Messages are delivered as the outbox promises: what we start waits for daytime, an answer takes the place of the message
that was pressed where that is still the newest in its chat, a change of an alert reaches every copy. Words are not
rendered: a phone shows a message's key and its buttons.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from followupbot.application import rounds, shared_chats
from followupbot.application.front_desk import FrontDesk
from followupbot.domain import clinic_wake
from followupbot.domain.decision import ByPatient, Decision
from followupbot.domain.enrolment_state import Halted, Paused, Stopped
from followupbot.domain.ids import ChatId, MessageId, MessageKey, PatientId, StaffId
from followupbot.domain.outgoing import Amend, Lane, OutgoingMessage, Recall, Rehour, Retire, ToClinician
from followupbot.domain.params import WHOM, Param
from followupbot.domain.presses import Choice, Press
from followupbot.domain.schedule import DAY_ENDS, DAY_STARTS, local
from tests.application.memory import MemoryStore, Posted
from tests.application.outboxes import MemoryOutbox

Rows = tuple[tuple[Choice, ...], ...]


@dataclass
class PhoneMessage:
    """One message on a phone.

    `ever` has all the buttons that it has borne, since a slow thumb may still press one, and `was` all its keys.
    """

    id: MessageId
    message: MessageKey
    subject: str
    rows: Rows
    ever: list[Choice] = field(default_factory=list)
    was: list[MessageKey] = field(default_factory=list)

    def show(self, message: MessageKey, rows: Rows) -> None:
        """It shows that from now on."""
        self.message, self.rows = message, rows
        self.was.append(message)
        self.ever += [button for row in rows for button in row if button not in self.ever]


@dataclass(frozen=True)
class Shown:
    """What a phone shows, and how: `->` a new message, `=>` in the place of one, `-x` buttons are taken away."""

    at: datetime
    chat: ChatId
    how: str
    message: MessageKey
    rows: Rows = ()
    params: Mapping[str, Param] = field(default_factory=dict)


class WorldOutbox(MemoryOutbox):
    """What becomes of chats is the store's to know here, since the world delivers by itself."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__()
        self._store = store

    def migrate_chat(self, chat: ChatId, address: int) -> None:
        """The chat has another number too."""
        self._store.chats[address] = chat


@dataclass
class World:
    """Everything, at one moment."""

    store: MemoryStore
    now: datetime
    phones: dict[ChatId, list[PhoneMessage]] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    failures: list[tuple[PatientId, Exception]] = field(default_factory=list)
    updates: int = 0
    clinic_wakes: bool = False
    """Whether the clinic's own timers run too; off, since few tests are about what staff are asked and told."""
    refusing: set[ChatId] = field(default_factory=set)
    """Chats that refuse what is sent, which nobody knows before something is."""
    delivers_twice: bool = False
    """Whether everything comes in a second time, as it does after a crash; that must change nothing."""
    _outbox: WorldOutbox = field(init=False)
    _last: Callable[[], Decision] | None = None
    """What came in last, to come in once more."""
    _newest: dict[ChatId, MessageId] = field(default_factory=dict)
    _numbers: int = 0
    _read: int = 0
    _refused: list[ChatId] = field(default_factory=list)
    _held: list[tuple[datetime, ChatId, OutgoingMessage]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._outbox = WorldOutbox(self.store)

    @property
    def desk(self) -> FrontDesk:
        """The front desk."""
        return FrontDesk(self.store, self._outbox)

    # -- people --------------------------------------------------------------------------------------------------------

    def press(self, address: int, press: Press, message: MessageId) -> Decision:
        """A button is pressed."""
        return self._came_in(lambda cause: self.desk.pressed(address, press, message, cause, self.now))

    def write(self, address: int, text: str) -> Decision:
        """Somebody writes."""
        number = self._number(self.store.note_chat(address))
        return self._came_in(lambda cause: self.desk.wrote(address, text, number, cause, self.now))

    def command(self, address: int, command: str, argument: str = "") -> Decision:
        """Somebody sends a slash command."""
        number = self._number(self.store.note_chat(address))
        return self._came_in(lambda cause: self.desk.commanded(address, command, argument, number, cause, self.now))

    def send(self, address: int, what: str, text: str = "") -> Decision:
        """Somebody sends a photo, or the like, with some words or none."""
        number = self._number(self.store.note_chat(address))
        return self._came_in(lambda cause: self.desk.sent_something_else(address, what, text, number, cause, self.now))

    def start(self, address: int, payload: str | None) -> Decision:
        """Somebody opens a link, or the bot without one."""
        self._number(self.store.note_chat(address))
        return self._came_in(lambda cause: self.desk.started(address, payload, cause, self.now))

    def press_in_group(self, address: int, by: int, press: Press) -> Decision:
        """A button is pressed in a group."""
        return self._came_in(lambda cause: self.desk.pressed_in_group(address, by, press, cause, self.now))

    def command_in_group(self, address: int, by: int, command: str, argument: str = "") -> Decision:
        """A slash command is sent in a group."""
        return self._came_in(
            lambda cause: self.desk.commanded_in_group(address, by, command, argument, cause, self.now)
        )

    def move_group(self, address: int, to: int) -> Decision:
        """A group becomes a supergroup."""
        return self._came_in(lambda cause: self.desk.group_moved(address, to, cause, self.now))

    def leave_group(self, address: int) -> Decision:
        """The bot is removed from a group."""
        return self._came_in(lambda cause: self.desk.removed_from_group(address, cause, self.now))

    def block(self, address: int, unnoticed: bool = False) -> Decision:
        """Somebody blocks the bot; `unnoticed` by Telegram too, until something is sent to them."""
        self.refusing.add(self.store.note_chat(address))
        if unnoticed:
            return Decision()
        return self._came_in(lambda cause: self.desk.blocked(address, cause, self.now))

    def unblock(self, address: int) -> Decision:
        """Somebody unblocks the bot."""
        self.refusing.discard(self.store.note_chat(address))
        return self._came_in(lambda cause: self.desk.unblocked(address, cause, self.now))

    # -- time ----------------------------------------------------------------------------------------------------------

    def pass_until(self, then: datetime) -> None:
        """Everything that is due until then happens when it is due."""
        while True:
            timers = [at for at in self.store.wake_at.values() if at is not None]
            meant = (at + shared_chats.ANSWER_WITHIN for at, _ in self.store.unmeant.values())
            due = min([*timers, *meant, *(until for until, _, _ in self._held), *self._clinic_timers()], default=None)
            if due is None or due > then:
                break
            self.now = max(self.now, due)
            self.round()
        self.now = max(self.now, then)

    def round(self) -> rounds.Round:
        """One round, and what it sent. Afterwards nothing is due any more: else the clock would spin."""
        if self.clinic_wakes:
            rounds.once_clinic(self.store, self.now)
            self.deliver()
        rounds.once_unmeant(self.store, self.now, lambda patient, error: self.failures.append((patient, error)))
        done = rounds.once(self.store, self.now, lambda patient, error: self.failures.append((patient, error)))
        self.deliver()
        if not done.more:
            refused_just_now = self.store.clinic_changed_at == self.now  # and so there is more to do
            assert refused_just_now or self.store.due(self.now, 1) == [], "a chart that was woken is due again at once"
        return done

    def restart(self) -> None:
        """The program ended and begins anew: nothing is left but what is stored, and the last update comes again."""
        self.store.reread()
        if self._last is not None:
            posted = len(self.store.outbox)
            again = self._last()
            assert (again.facts, again.outgoing, self.store.outbox[posted:]) == ((), (), [])

    # -- phones --------------------------------------------------------------------------------------------------------

    def deliver(self) -> None:
        """What waits and may go is on the phones."""
        fresh, self._read = self.store.outbox[self._read :], len(self.store.outbox)
        for posted in fresh:
            if isinstance(posted.outgoing, Recall | Rehour):
                self._post(posted)
        held, self._held = self._held, []
        for _, chat, message in sorted(held, key=lambda waiting: waiting[0]):
            self._message(chat, message)
        for posted in fresh:
            if not isinstance(posted.outgoing, Recall | Rehour):
                self._post(posted)
        self._report_refused()

    def _report_refused(self) -> None:
        """The sender says which chats refused what was sent, as `bootstrap.sender` does."""
        refused, self._refused = list(dict.fromkeys(self._refused)), []
        for chat in refused:
            address = next(number for number, name in self.store.chats.items() if name == chat)
            self.updates += 1
            self.desk.blocked(address, f"refused:{self.updates}", self.now)
        if refused:
            self.deliver()

    def _clinic_timers(self) -> list[datetime]:
        if not self.clinic_wakes:
            return []
        clinic = self.store.the_clinic
        due = (
            self.now if clinic_wake.wake(clinic, self.now) != Decision() else clinic_wake.next_wake_at(clinic, self.now)
        )
        return [] if due is None else [due]

    def messages(self, address: int) -> list[PhoneMessage]:
        """What the phone shows, the oldest first."""
        return self.phones.get(self.store.note_chat(address), [])

    def _came_in(self, handle: Callable[[str], Decision]) -> Decision:
        self.updates += 1
        # No two things come in at one moment: a reply's key bears the millisecond.
        self.now += timedelta(milliseconds=1)
        cause = f"update:{self.updates}"
        decision = handle(cause)
        self._last = lambda: handle(cause)
        if self.delivers_twice:
            posted = len(self.store.outbox)
            again = handle(cause)
            assert (again.facts, again.outgoing, self.store.outbox[posted:]) == ((), (), [])
        self.deliver()
        return decision

    def _number(self, chat: ChatId) -> MessageId:
        self._numbers += 1
        self._newest[chat] = MessageId(self._numbers)
        return MessageId(self._numbers)

    def _post(self, posted: Posted) -> None:
        outgoing = posted.outgoing
        match outgoing:
            case OutgoingMessage():
                assert posted.chat is not None
                self._message(posted.chat, outgoing)
            case Retire():
                assert posted.chat is not None
                self._strip(posted.chat, outgoing.message)
            case Amend():
                self._amend(outgoing)
            case Recall():
                self._held = [held for held in self._held if not held[2].key.startswith(f"{posted.owner}/")]
            case Rehour(daytime):
                held, self._held = self._held, []
                for until, chat, message in held:
                    if message.key.startswith(f"{posted.owner}/"):
                        self._message(chat, replace(message, daytime=daytime))
                    else:
                        self._held.append((until, chat, message))
            case _:
                assert_never(outgoing)

    def _message(self, chat: ChatId, message: OutgoingMessage) -> None:
        if message.expires_at is not None and message.expires_at <= self.now:
            return
        may_go_at = self.now if message.daytime is None else message.daytime.next(self.now)
        if may_go_at > self.now:
            self._held.append((may_go_at, chat, message))
            return
        if chat in self.refusing:
            self._refused.append(chat)
            return
        target = None if message.in_place_of is None else self._find(chat, message.in_place_of)
        if target is not None and self._newest[chat] == target.id:
            target.show(message.message, message.choices)
            self._log(chat, "=>", message)
            return
        new = PhoneMessage(self._number(chat), message.message, message.subject, ())
        new.show(message.message, message.choices)
        self.phones.setdefault(chat, []).append(new)
        self._log(chat, "->", message)
        if target is not None:
            self._strip(chat, target.id)

    def _strip(self, chat: ChatId, number: MessageId) -> None:
        target = self._find(chat, number)
        if target is not None and target.rows:
            target.rows = ()
            self.shown.append(Shown(self.now, chat, "-x", target.message))

    def _amend(self, amend: Amend) -> None:
        for recipient, chat in self._paged():
            mine = [copy for copy in self.phones.get(chat, []) if copy.subject == amend.subject]
            own = amend.own if amend.own is not None and amend.own.staff == recipient else None
            if own is not None and not mine:
                new = PhoneMessage(self._number(chat), own.message, amend.subject, ())
                self.phones.setdefault(chat, []).append(new)
                new.show(own.message, own.choices)
                self.shown.append(Shown(self.now, chat, "->", own.message, own.choices, own.params))
            if not mine:
                continue
            message, params = amend.message, amend.params
            choices: Rows = ()
            if own is not None:
                message, choices, params = own.message, own.choices, own.params
            mine[-1].show(message, choices)
            self.shown.append(Shown(self.now, chat, "=>", message, choices, params))
            for older in mine[:-1]:
                self._strip(chat, older.id)

    def _paged(self) -> list[tuple[str, ChatId]]:
        """Who may have a copy of an alert, and in which chat."""
        clinic = self.store.the_clinic
        recipients = [*(member.id for member in clinic.staff), *(group.id for group in clinic.groups)]
        chats = ((recipient, clinic.paging_chat(recipient)) for recipient in recipients)
        return [(recipient, chat) for recipient, chat in chats if chat is not None]

    def _find(self, chat: ChatId, number: MessageId) -> PhoneMessage | None:
        return next((message for message in self.phones.get(chat, []) if message.id == number), None)

    def _log(self, chat: ChatId, how: str, message: OutgoingMessage) -> None:
        assert not isinstance(message.to, ToClinician) or self._works_here(message.to.staff)
        assert message.daytime is None or self._may_be_started(message), message.key
        params = {**message.params, **self._whom(chat, message.key)}
        self.shown.append(Shown(self.now, chat, how, message.message, message.choices, params))

    def _may_be_started(self, message: OutgoingMessage) -> bool:
        """Whether it is day where the patient is now, and they still want to hear from us (clinical.md 0.11)."""
        chart = self.store.chart(PatientId(message.key.partition("/")[0]))
        assert chart is not None
        by_day = DAY_STARTS <= local(self.now, chart.enrolled.plan.zone).time() < DAY_ENDS
        contact = chart.enrolled.contact
        paused = isinstance(contact, Paused) and message.lane is Lane.CHECK_IN
        return by_day and not paused and not isinstance(contact, Stopped | Halted)

    def _whom(self, chat: ChatId, key: str) -> dict[str, Param]:
        """What stands before a message about that patient, where the chat follows several, or is a helper's."""
        speakers = self.store.speakers_of(chat)
        chart = self.store.chart(PatientId(key.partition("/")[0]))
        if chart is None or chart.enrolment is None:
            return {}
        if len(speakers) < 2 and all(isinstance(speaker, ByPatient) for speaker in speakers):
            return {}
        return {WHOM: chart.enrolment.initials or chart.patient}

    def _works_here(self, staff: StaffId) -> bool:
        return self.store.the_clinic.member(staff) is not None
