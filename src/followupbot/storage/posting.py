"""How what a decision sends becomes rows of the outbox, in the decision's own commit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.clinic import Clinic
from followupbot.domain.delivery import Act
from followupbot.domain.ids import ChatId, Language, MessageId, MessageKey, Version
from followupbot.domain.outgoing import (
    Amend,
    Lane,
    Outgoing,
    OutgoingMessage,
    OwnCopy,
    Recall,
    Recipient,
    Rehour,
    Retire,
    ToChat,
    ToClinician,
    ToGroup,
    ToPatient,
)
from followupbot.domain.params import Param
from followupbot.domain.presses import Choice
from followupbot.domain.schedule import Daytime
from followupbot.storage import wakeups
from followupbot.storage.cipher import Cipher
from followupbot.storage.engine import Database
from followupbot.storage.facts import encode_choices, encode_params
from followupbot.storage.tables import outbox

COPIES_MAX = 20
"""Copies of one alert in one chat that an amendment reaches, the newest; older ones have scrolled out of sight."""


class Posting:
    """One decision's messages on their way into the outbox."""

    def __init__(
        self,
        database: Database,
        connection: Connection,
        *,
        owner: str,
        cipher: Cipher,
        clinic: Clinic,
        patient_chat: ChatId | None,
        now: datetime,
    ) -> None:
        """`owner` is the aggregate that decided, and `cipher` has its key. `clinic` is as it is after the decision."""
        self._database = database
        self._connection = connection
        self._owner = owner
        self._cipher = cipher
        self._clinic = clinic
        self._patient_chat = patient_chat
        self._now = now

    def post(self, outgoing: Iterable[Outgoing]) -> None:
        """Every message has its row; what is posted under a key that was used before changes nothing.

        A patient without a chat is sent nothing. The sender is woken at the commit, in whichever process it is.
        """
        wakeups.notify(self._connection)
        for item in outgoing:
            if self._patient_chat is None and _to_patient(item):
                continue  # they are called, and stand on the staff's list
            match item:
                case OutgoingMessage():
                    self._insert(self._message(item))
                case Retire():
                    self._insert(self._retirement(item))
                case Amend():
                    self._amend(item)
                case Recall():
                    self._connection.execute(self._waiting_starts().values(state="cancelled", error="recalled"))
                case Rehour():
                    self._rehour(item.daytime)
                case _:
                    assert_never(item)

    def _waiting_starts(self) -> sa.Update:
        """What keeps to daytime and waits, to this patient or about them."""
        waits = (outbox.c.owner == self._owner, outbox.c.state == "pending", outbox.c.daytime_zone.is_not(None))
        return outbox.update().where(*waits)

    def _rehour(self, daytime: Daytime) -> None:
        hours = {**_hours(daytime), "not_before_at": daytime.next(self._now)}
        self._connection.execute(self._waiting_starts().values(hours))

    def _message(self, message: OutgoingMessage) -> dict[str, Any]:
        row = self._row(
            message.key,
            self._chat(message.to),
            staff=_on_the_ladder(message.to),
            lane=message.lane,
            subject=message.subject,
            act=Act.SEND,
            message=message.message,
            words=message.words,
            language=message.language,
            params=message.params,
            choices=message.choices,
        )
        if message.daytime is not None:
            row |= _hours(message.daytime)
            row["not_before_at"] = message.daytime.next(self._now)
        row["replaces"] = message.in_place_of
        row["expires_at"] = message.expires_at
        row["silent"] = message.silent
        return row

    def _retirement(self, retire: Retire) -> dict[str, Any]:
        staff = _on_the_ladder(retire.to)
        return self._strip(retire.key, self._chat(retire.to), staff, retire.subject, retire.message)

    def _amend(self, amend: Amend) -> None:
        own = f"{amend.key}/"
        about = (outbox.c.subject == amend.subject, outbox.c.owner == self._owner, outbox.c.staff.is_not(None))
        rows = self._connection.execute(sa.select(*_LOOKED_AT).where(*about).order_by(outbox.c.id)).all()
        waiting = [row.id for row in rows if row.state == "pending" and not row.key.startswith(own)]
        if waiting:
            cancelled = outbox.update().where(outbox.c.id.in_(waiting), outbox.c.state == "pending")
            self._connection.execute(cancelled.values(state="cancelled", error="amended before it was sent"))
        by_chat: dict[str, list[sa.Row[Any]]] = defaultdict(list)
        for row in rows:
            by_chat[row.chat].append(row)
        for chat, in_chat in by_chat.items():
            self._amend_chat(amend, ChatId(chat), in_chat)
        self._send_to_who_has_it(amend, by_chat)

    def _send_to_who_has_it(self, amend: Amend, by_chat: Mapping[str, Sequence[sa.Row[Any]]]) -> None:
        """Who is to have the buttons, and has no copy in which they could stand, is sent their own."""
        own = amend.own
        chat = None if own is None else self._clinic.paging_chat(own.staff)
        if own is None or chat is None or _copies(by_chat.get(chat, ())):
            return
        row = self._row(
            f"{amend.key}/{own.staff}",
            chat,
            staff=own.staff,
            lane=Lane.ALERT,
            subject=amend.subject,
            act=Act.SEND,
            message=own.message,
            words=amend.words,
            language=amend.language,
            params=own.params,
            choices=own.choices,
        )
        self._insert(row | {"silent": True})

    def _amend_chat(self, amend: Amend, chat: ChatId, rows: Sequence[sa.Row[Any]]) -> None:
        copies = _copies(rows)
        if not copies:
            return
        newest, older = copies[-1], copies[:-1]
        if self._clinic.paging_chat(newest.staff) == chat:
            own = amend.own if amend.own is not None and amend.own.staff == newest.staff else None
            edit = self._edit(amend, newest, own)
            # It may have arrived, and its button may be what was pressed; its number is lost, so the news come below.
            anew = {"act": Act.SEND.value, "target_row": None, "silent": own is None} if _perhaps(newest) else {}
            self._insert(edit | anew)
        else:  # they work here no more, or elsewhere: nothing new is said there
            older = copies
        for copy in older:
            if copy.message_id is not None and not _stripped(rows, copy.message_id):
                key = f"{amend.key}/{copy.id}"
                self._insert(self._strip(key, chat, copy.staff, amend.subject, copy.message_id))

    def _edit(self, amend: Amend, copy: sa.Row[Any], own: OwnCopy | None) -> dict[str, Any]:
        row = self._row(
            f"{amend.key}/{copy.id}",
            ChatId(copy.chat),
            staff=copy.staff,
            lane=Lane(copy.lane),
            subject=amend.subject,
            act=Act.EDIT,
            message=amend.message if own is None else own.message,
            words=amend.words,
            language=amend.language,
            params=amend.params if own is None else own.params,
            choices=() if own is None else own.choices,
        )
        row["target_row"] = copy.id
        row["target_message_id"] = copy.message_id
        return row

    def _strip(self, key: str, chat: ChatId, staff: str | None, subject: str, message: int) -> dict[str, Any]:
        row = self._row(
            key,
            chat,
            staff=staff,
            lane=Lane.REPLY,
            subject=subject,
            act=Act.STRIP,
            message=None,
            words=Version(""),
            language=Language(""),
            params={},
            choices=(),
        )
        row["target_message_id"] = MessageId(message)
        return row

    def _row(
        self,
        key: str,
        chat: ChatId,
        *,
        staff: str | None,
        lane: Lane,
        subject: str,
        act: Act,
        message: MessageKey | None,
        words: Version,
        language: Language,
        params: Mapping[str, Param],
        choices: tuple[tuple[Choice, ...], ...],
    ) -> dict[str, Any]:
        return {
            "key": key,
            "chat": chat,
            "owner": self._owner,
            "staff": staff,
            "lane": int(lane),
            "subject": subject,
            "act": act.value,
            "message": message,
            "words": words,
            "language": language,
            "params_enc": self._cipher.encrypt(encode_params(params), "outbox", "params_enc", key),
            "choices_enc": self._cipher.encrypt(encode_choices(choices), "outbox", "choices_enc", key),
            "replaces": None,
            "target_row": None,
            "target_message_id": None,
            "silent": False,
            "daytime_zone": None,
            "daytime_starts": None,
            "daytime_ends": None,
            "decided_at": self._now,
            "not_before_at": self._now,
            "not_before_machine_ms": 0,
            "expires_at": None,
            "state": "pending",
            "attempts": 0,
            "uncertain": 0,
        }

    def _insert(self, row: dict[str, Any]) -> None:
        self._connection.execute(self._database.insert_unless_there(outbox), row)

    def _chat(self, recipient: Recipient) -> ChatId:
        match recipient:
            case ToPatient():
                assert self._patient_chat is not None, "only a patient with a chat is written to"
                return self._patient_chat
            case ToClinician():
                member = self._clinic.member(recipient.staff)
                assert member is not None, "the core pages people who work here"
                assert member.chat is not None, "the core pages people who can be reached"
                return member.chat
            case ToGroup():
                group = self._clinic.group(recipient.group)
                assert group is not None, "the core pages groups that are bound"
                return group.chat
            case ToChat():
                return recipient.chat
            case _:
                assert_never(recipient)


def _on_the_ladder(recipient: Recipient) -> str | None:
    """The staff member's or the group's id: what finds the copies of an alert again."""
    match recipient:
        case ToClinician(staff):
            return staff
        case ToGroup(group):
            return group
        case ToPatient() | ToChat():
            return None
        case _:
            assert_never(recipient)


def _to_patient(item: Outgoing) -> bool:
    return isinstance(item, OutgoingMessage | Retire) and isinstance(item.to, ToPatient)


def _hours(daytime: Daytime) -> dict[str, str]:
    return {
        "daytime_zone": daytime.zone,
        "daytime_starts": daytime.starts.isoformat(),
        "daytime_ends": daytime.ends.isoformat(),
    }


_LOOKED_AT = [
    outbox.c[name]
    for name in ("id", "key", "chat", "staff", "lane", "act", "state", "uncertain", "message_id", "target_message_id")
]


def _copies(rows: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """What stands in a chat of an alert, or may stand there: the newest of it, the oldest first."""
    return [row for row in rows if row.act == Act.SEND and (_a_copy(row) or _perhaps(row))][-COPIES_MAX:]


def _a_copy(row: sa.Row[Any]) -> bool:
    """Whether it stands in the chat under a number that we know, or will know when the attempt in hand has ended."""
    return row.state == "sending" or (row.state == "sent" and row.message_id is not None)


def _perhaps(row: sa.Row[Any]) -> bool:
    """Whether it waits to be sent again, and may stand in the chat already."""
    return bool(row.state == "pending" and row.uncertain)


def _stripped(rows: Sequence[sa.Row[Any]], message: int) -> bool:
    """Whether the last thing that was done to that message is that its buttons were taken away."""
    done = [row for row in rows if row.target_message_id == message and row.state in ("sending", "sent")]
    return bool(done) and done[-1].act == Act.STRIP
