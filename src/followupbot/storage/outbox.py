"""The outbox: which message goes next, who has it in hand, and what came of it."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from followupbot.domain.delivery import Act, Claim
from followupbot.domain.ids import ChatId, Language, MessageId, MessageKey, Version
from followupbot.domain.outgoing import Lane
from followupbot.domain.params import WHOM
from followupbot.storage import follows, queue
from followupbot.storage.chats import ACTIVE, BLOCKED, Chats, address_of, saw
from followupbot.storage.cipher import Undecryptable
from followupbot.storage.engine import Conflict, Database
from followupbot.storage.facts import decode_choices, decode_params
from followupbot.storage.keys import KeyDestroyed, Keys
from followupbot.storage.leases import Lease, is_newest
from followupbot.storage.tables import outbox

LEASE_ALERT_MS = 20_000
LEASE_MS = 60_000
"""How long a claimed row is left to whoever has it; longer than the longest attempt (10 s), and short for alerts."""

LOOKED_AT_MAX = 500
"""Rows that one claim looks at, so that a night's worth of settled rows does not hold up a writer."""

_HELD = (
    outbox.c.id == sa.bindparam("same_id"),
    outbox.c.state == "sending",
    outbox.c.lease_token == sa.bindparam("same_token"),
)
"""True of the row as long as the claim has not been lost."""
_OWNER = sa.select(outbox.c.owner).where(*_HELD)
_ROW = sa.select(outbox).where(*_HELD).with_for_update()
_CHANGED = outbox.update().where(*_HELD)


class Outbox:
    """Messages waiting to be sent. Every method commits."""

    def __init__(self, database: Database, keys: Keys, holder: str) -> None:
        """`holder` names this process, and no other one before or beside it."""
        self._database = database
        self._keys = keys
        self._chats = Chats(database, keys)
        self._holder = holder
        self.turn: Lease | None = None
        """The lease under which this sender claims; None where no other can be there, as on SQLite."""

    # -- taking in hand ------------------------------------------------------------------------------------------------

    def claim(
        self, now: datetime, machine_now: int, limit: int, lanes: Collection[Lane] = tuple(Lane)
    ) -> Sequence[Claim]:
        """Up to `limit` rows of these lanes in hand, the lowest first, one at most for each (chat, subject), in order.

        Nothing where another sender has had the lease since.
        """

        def work(connection: Connection) -> Sequence[Claim]:
            if not self._has_turn(connection):
                return ()
            self._put_back(connection, queue.overdue_rows(connection, machine_now))
            return self._claim(connection, now, machine_now, limit, sorted(lanes))

        return self._database.unit(work)

    def reclaim(self) -> int:
        """What an earlier process had in hand is free again, and uncertain; how many rows.

        Only for the process that has the sender's lease: another one's attempt may still be under way.
        """

        def work(connection: Connection) -> int:
            if not self._has_turn(connection):
                return 0
            return self._put_back(connection, queue.rows_of_others(connection, self._holder))

        return self._database.unit(work)

    def forget_waits(self, now: datetime, machine_now: int, longest_ms: int) -> None:
        """What waits for longer than that goes now: a clock that was set back has made that time of a shorter one.

        Not what waits for daytime. Where Telegram has told a chat to wait, it says so again.
        """

        def work(connection: Connection) -> None:
            latest = machine_now + longest_ms
            waits = outbox.update().where(queue.WAITS)
            late = waits.where(outbox.c.not_before_machine_ms > latest)
            connection.execute(late.values(not_before_machine_ms=machine_now))
            started = waits.where(outbox.c.daytime_zone.is_(None), outbox.c.not_before_at > now)
            connection.execute(started.values(not_before_at=now))
            self._chats.forget_holds(connection, latest, machine_now)

        self._database.unit(work)

    def keep_rendered(self, claim: Claim, payload: bytes) -> None:
        """Keep the bytes that are about to go out; a retry sends the same."""

        def work(connection: Connection) -> None:
            owner = connection.scalar(_OWNER, _held(claim))
            if owner is not None:
                enciphered = self._keys.cipher(owner).encrypt(payload, "outbox", "payload_enc", claim.key)
                connection.execute(_CHANGED, _held(claim) | {"payload_enc": enciphered})

        self._database.unit(work)

    # -- what came of it -----------------------------------------------------------------------------------------------

    def confirm(self, claim: Claim, message_id: MessageId | None, now: datetime) -> None:
        """It was sent. Where the claim has been lost in the meantime the row stays as it is.

        The chat has the message in either case, and an older one is no longer its newest.
        """

        def work(connection: Connection) -> None:
            known = message_id if message_id is not None else claim.target
            sent = {"state": "sent", "message_id": known, "sent_at": now, "error": None, **queue.RELEASED}
            connection.execute(_CHANGED, _held(claim) | sent)
            if claim.act is Act.SEND and message_id is not None:
                saw(connection, claim.chat, message_id)

        self._database.unit(work)

    def retry(self, claim: Claim, at_machine: int, counted: bool, uncertain: bool, error: str) -> None:
        """It goes again at `at_machine`, or has become `unknown` where it has been uncertain too often for its lane."""

        def work(connection: Connection) -> None:
            row = connection.execute(_ROW, _held(claim)).one_or_none()
            if row is None:
                return
            changes = {
                **queue.put_back(connection, row, uncertain, bounded=counted),
                "attempts": row.attempts if counted else row.attempts - 1,
                "not_before_machine_ms": at_machine,
                "error": error,
            }
            queue.change(connection, row, changes)

        self._database.unit(work)

    def give_up(self, claim: Claim, state: str, error: str) -> None:
        """It will not go again: `dead`, `unknown` or `cancelled`."""
        assert state in ("dead", "unknown", "cancelled"), "one of the states in which nothing more happens"
        given_up = {"state": state, "error": error, **queue.RELEASED}
        self._database.unit(lambda connection: connection.execute(_CHANGED, _held(claim) | given_up))

    def forget_target(self, claim: Claim) -> None:
        """The message that this edit names is gone: it goes as a new message; of a strip nothing is left to do."""
        if claim.act is Act.STRIP:
            self.give_up(claim, "cancelled", "its message is gone")
            return
        anew = {"state": "pending", "act": Act.SEND.value, "replaces": None, "target_row": None}
        anew |= {"target_message_id": None, "strip_message_id": None, **queue.RELEASED}
        self._database.unit(lambda connection: connection.execute(_CHANGED, _held(claim) | anew))

    # -- chats ---------------------------------------------------------------------------------------------------------

    def hold_chat(self, chat: ChatId, until_machine: int) -> None:
        """Nothing goes to that chat before then."""
        self._database.unit(lambda connection: self._chats.hold(connection, chat, until_machine))

    def block_chat(self, chat: ChatId) -> None:
        """The chat refuses us: its rows of lane 1 to 3 are cancelled, and it is sent nothing until it is unblocked."""

        def work(connection: Connection) -> None:
            self._chats.set_state(connection, chat, BLOCKED)
            queue.cancel_routine(connection, chat, "the chat refuses us")

        self._database.unit(work)

    def unblock_chat(self, chat: ChatId) -> None:
        """The chat takes messages again."""
        self._database.unit(lambda connection: self._chats.set_state(connection, chat, ACTIVE))

    def refuses(self, chat: ChatId) -> bool:
        """Whether the chat is blocked."""
        with self._database.read() as connection:
            return self._chats.state(connection, chat) == BLOCKED

    def migrate_chat(self, chat: ChatId, address: int) -> None:
        """The chat's own number has changed; its name stays."""
        self._chats.move(chat, address)

    # -- how a claim is made -------------------------------------------------------------------------------------------

    def _has_turn(self, connection: Connection) -> bool:
        return self.turn is None or is_newest(connection, self.turn)

    def _put_back(self, connection: Connection, lost: Sequence[sa.Row[Any]]) -> int:
        for row in lost:
            queue.change(connection, row, queue.put_back(connection, row, uncertain=True, bounded=True))
        return len(lost)

    def _claim(
        self, connection: Connection, now: datetime, machine_now: int, limit: int, lanes: Collection[Lane]
    ) -> Sequence[Claim]:
        claims: list[Claim] = []
        looked_at = 0
        settled = -1
        while settled < looked_at - len(claims):  # what was settled may have held back something more urgent
            settled = looked_at - len(claims)
            for lane in lanes:
                while len(claims) < limit and looked_at < LOOKED_AT_MAX:
                    rows = queue.next_rows(connection, lane, now, machine_now, limit - len(claims))
                    if not rows:
                        break
                    looked_at += len(rows)
                    tried = [self._take_or_give_up(connection, row, now, machine_now) for row in rows]
                    taken = [claim for claim in tried if claim is not None]
                    claims += taken
                    if len(taken) == len(rows):
                        break  # only what was settled can have held back more of this lane
        return claims

    def _take_or_give_up(
        self, connection: Connection, row: sa.Row[Any], now: datetime, machine_now: int
    ) -> Claim | None:
        """One row that can't be read is dead: else no other would be claimed any more."""
        try:
            return self._take_or_settle(connection, row, now, machine_now)
        except KeyDestroyed:
            gone = {"state": "cancelled", "error": "the patient was erased"}
        except (Undecryptable, ValueError, LookupError) as error:
            gone = {"state": "dead", "error": f"can't be read: {type(error).__name__}"}
        queue.change(connection, row, gone)
        return None

    def _take_or_settle(
        self, connection: Connection, row: sa.Row[Any], now: datetime, machine_now: int
    ) -> Claim | None:
        settled = queue.settled(connection, row, now, machine_now)
        if settled is not None:
            queue.change(connection, row, settled)
            return None
        changes = {
            **queue.aim(connection, row),
            "state": "sending",
            "attempts": row.attempts + 1,
            "lease_until_machine_ms": machine_now + (LEASE_ALERT_MS if row.lane == Lane.ALERT else LEASE_MS),
            "lease_token": secrets.token_hex(8),
            "lease_holder": self._holder,
        }
        claim = self._read(connection, row, changes)
        try:
            queue.change(connection, row, changes)
        except IntegrityError as error:  # another sender has one of this chat and subject in flight since we looked
            raise Conflict from error
        return claim

    def _read(self, connection: Connection, row: sa.Row[Any], changes: dict[str, Any]) -> Claim:
        cipher = self._keys.cipher(row.owner)
        params = decode_params(cipher.decrypt(row.params_enc, "outbox", "params_enc", row.key))
        name = None if row.staff is not None else follows.name_in(connection, self._keys, row.chat, row.owner)
        payload = row.payload_enc
        message = row.message
        return Claim(
            id=row.id,
            key=row.key,
            token=changes["lease_token"],
            chat=ChatId(row.chat),
            address=address_of(self._keys, row.chat, row.chat_owner, row.address_enc),
            lane=Lane(row.lane),
            subject=row.subject,
            act=Act(changes["act"]),
            message=None if message is None else MessageKey(message),
            words=Version(row.words),
            language=Language(row.language),
            params=params if name is None else {**params, WHOM: name},
            choices=decode_choices(cipher.decrypt(row.choices_enc, "outbox", "choices_enc", row.key)),
            target=changes["target_message_id"],
            strip_also=changes["strip_message_id"],
            payload=None if payload is None else cipher.decrypt(payload, "outbox", "payload_enc", row.key),
            silent=row.silent,
            attempts=changes["attempts"],
            uncertain=row.uncertain,
            decided_at=row.decided_at,
        )


def _held(claim: Claim) -> dict[str, Any]:
    """What `_HELD` is bound to."""
    return {"same_id": claim.id, "same_token": claim.token}
