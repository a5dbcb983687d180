"""The chats that we know: a name that tells nobody whose it is, and the channel's own number, encrypted."""

import hashlib
import hmac

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.ids import ChatId, MessageId
from followupbot.storage import follows
from followupbot.storage.engine import Database
from followupbot.storage.keys import CLINIC, INDEX, Keys, patient_key, patient_of
from followupbot.storage.tables import chats
from followupbot.storage.tables import follows as follows_table

ACTIVE = "active"
BLOCKED = "blocked"

NAME_DIGITS = 32
"""128 bits of the keyed hash: no two chats ever share a name."""

KNOWN_MAX = 100_000
"""Chats whose name is kept in memory, so that an update of a known chat asks the database nothing."""

_NEWEST = sa.bindparam("newest", type_=sa.BigInteger())
_SAW = (
    chats.update()
    .where(
        chats.c.chat == sa.bindparam("same_chat"),
        sa.or_(chats.c.newest_message_id.is_(None), chats.c.newest_message_id < _NEWEST),
    )
    .values(newest_message_id=_NEWEST)
)


class Chats:
    """The chats' table. A number is encrypted with its owner's key: a patient's, or the clinic's for all others."""

    def __init__(self, database: Database, keys: Keys) -> None:
        """Nothing is read yet."""
        self._database = database
        self._keys = keys
        self._known: dict[int, ChatId] = {}

    def note(self, address: int) -> ChatId:
        """The name of the chat with that number; known from now on."""
        if address not in self._known:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[address] = self._find(address) or self._database.unit(lambda c: self._make(c, address))
        return self._known[address]

    def adopt(self, connection: Connection, chat: ChatId, owner: str, staff: bool = False) -> None:
        """The number is encrypted with the owner's key, unless somebody else still needs it.

        A staff member's chat stays the clinic's, so that erasing a patient who shares it silences no alert; a chat that
        two patients share stays the first one's.
        """
        row = connection.execute(
            sa.select(chats.c.owner, chats.c.address_enc).where(chats.c.chat == chat)
        ).one_or_none()
        assert row is not None, "a chat is noted before anything is decided about it"
        if row.owner == owner or (owner != CLINIC and (staff or _needs(connection, row.owner, chat))):
            return
        plain = self._keys.cipher(row.owner).decrypt(row.address_enc, "chats", "address_enc", chat)
        enciphered = self._keys.make(owner).encrypt(plain, "chats", "address_enc", chat)
        connection.execute(chats.update().where(chats.c.chat == chat).values(owner=owner, address_enc=enciphered))

    def move(self, chat: ChatId, address: int) -> None:
        """That chat's number is another one from now on; its name stays."""
        self._database.unit(lambda connection: self._move(connection, chat, address))
        self._known.clear()

    def forget(self) -> None:
        """Every name is looked up anew."""
        self._known.clear()

    def set_state(self, connection: Connection, chat: ChatId, state: str) -> None:
        """`active` or `blocked`."""
        connection.execute(chats.update().where(chats.c.chat == chat).values(state=state))

    def state(self, connection: Connection, chat: ChatId) -> str | None:
        """`active` or `blocked`; None where nobody knows the chat."""
        return connection.scalar(sa.select(chats.c.state).where(chats.c.chat == chat))

    def hold(self, connection: Connection, chat: ChatId, until_machine_ms: int) -> None:
        """Nothing goes to that chat before then."""
        held = chats.update().where(chats.c.chat == chat, chats.c.not_before_machine_ms < until_machine_ms)
        connection.execute(held.values(not_before_machine_ms=until_machine_ms))

    def forget_holds(self, connection: Connection, latest_machine_ms: int, machine_now: int) -> None:
        """No chat is held for longer than until then: whichever is, is free."""
        held = chats.update().where(chats.c.not_before_machine_ms > latest_machine_ms)
        connection.execute(held.values(not_before_machine_ms=machine_now))

    def _find(self, address: int) -> ChatId | None:
        query = sa.select(chats.c.chat, chats.c.address_enc).where(chats.c.number_index == self._index(address))
        with self._database.read() as connection:
            found = connection.execute(query).one_or_none()
        if found is None:
            return None
        if not found.address_enc:  # lost, and told anew by whoever comes from there
            number = str(address).encode()
            self._database.unit(lambda connection: put_number(connection, self._keys, found.chat, number))
        return ChatId(found.chat)

    def _make(self, connection: Connection, address: int) -> ChatId:
        name = self._index(address)
        number = self._keys.cipher(CLINIC).encrypt(str(address).encode(), "chats", "address_enc", name)
        row = {
            "chat": name,
            "number_index": name,
            "owner": CLINIC,
            "address_enc": number,
            "state": ACTIVE,
            "not_before_machine_ms": 0,
            "newest_message_id": None,
        }
        connection.execute(self._database.insert_unless_there(chats), row)
        return ChatId(name)

    def _move(self, connection: Connection, chat: ChatId, address: int) -> None:
        owner = connection.scalar(sa.select(chats.c.owner).where(chats.c.chat == chat))
        assert owner is not None, "only a chat that is known moves"
        index = self._index(address)
        other = chats.update().where(chats.c.number_index == index, chats.c.chat != chat)
        # By its own name, which no other row has: a number may be taken over more than once.
        connection.execute(other.values(number_index=sa.literal("taken from ") + chats.c.chat))
        number = self._keys.cipher(owner).encrypt(str(address).encode(), "chats", "address_enc", chat)
        moved = chats.update().where(chats.c.chat == chat).values(number_index=index, address_enc=number)
        connection.execute(moved)

    def _index(self, address: int) -> str:
        secret = self._keys.secret(INDEX)
        return hmac.digest(secret, f"telegram:{address}".encode(), hashlib.sha256).hex()[:NAME_DIGITS]


def address_of(keys: Keys, chat: str, owner: str, address_enc: bytes) -> int:
    """The channel's own number of the chat."""
    return int(keys.cipher(owner).decrypt(address_enc, "chats", "address_enc", chat))


def put_number(connection: Connection, keys: Keys, chat: str, address: bytes) -> None:
    """The chat's number is under the key of a patient who is followed there, or the clinic's where nobody is."""
    patient = follows.first(connection, chat)
    owner = CLINIC if patient is None else patient_key(patient)
    number = keys.make(owner).encrypt(address, "chats", "address_enc", chat)
    connection.execute(chats.update().where(chats.c.chat == chat).values(owner=owner, address_enc=number))


def lose_number(connection: Connection, chat: str) -> None:
    """Nobody can write there, until somebody comes from there: whoever is reached there alone is to be called."""
    connection.execute(chats.update().where(chats.c.chat == chat).values(owner=CLINIC, address_enc=b"", state=BLOCKED))


def saw(connection: Connection, chat: ChatId, message: MessageId) -> None:
    """The chat's newest message is that one, unless we know of a newer."""
    connection.execute(_SAW, {"same_chat": chat, "newest": message})


def _needs(connection: Connection, owner: str, chat: str) -> bool:
    """Whether it is a patient who is followed there."""
    patient = patient_of(owner)
    if patient is None:
        return False
    query = sa.select(follows_table.c.carer).where(follows_table.c.chat == chat, follows_table.c.patient == patient)
    return connection.execute(query.limit(1)).first() is not None
