"""The keys, wrapped by the master key and kept outside the database, so that a copy of the data alone says nothing.

One key a patient (`patient:CODE`), so that destroying it erases the patient, and three of the clinic's own: `clinic`
for staff and for chats that are nobody's yet, `chain` for the facts' MACs, `index` for the names of chats.
"""

import os
from threading import Lock

import sqlalchemy as sa

from followupbot.domain.ids import PatientId
from followupbot.storage.cipher import KEY_BYTES, Cipher, Undecryptable
from followupbot.storage.engine import Database
from followupbot.storage.tables import facts

CLINIC = "clinic"
CHAIN = "chain"
INDEX = "index"
KNOWN_ANSWER = "known answer"
_KNOWN = b"followupbot: this is the right master key"

_SCHEMA = "followupbot_keys"
_metadata = sa.MetaData()
_keys = sa.Table(
    "keys",
    _metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary),  # none: destroyed, and never to be made again
    schema=_SCHEMA,
)


class WrongMasterKey(Exception):
    """The master key is not the one that the keys were wrapped with, or the keys are not there."""


class KeyDestroyed(Exception):
    """The key is gone, and with it everything that was encrypted with it."""


def patient_key(patient: PatientId) -> str:
    """The name of the patient's key, which is also what the patient's facts are kept under."""
    return f"patient:{patient}"


def patient_of(name: str) -> PatientId | None:
    """Whose key it is; None of the clinic's own."""
    code = name.removeprefix("patient:")
    return None if code == name else PatientId(code)


class Keys:
    """Every key, unwrapped when first used and kept in memory from then on."""

    def __init__(self, database: Database, master: bytes) -> None:
        """`database` is the keys' own; `open` finds it."""
        self._database = database
        self._master = Cipher(master)
        self._unwrapped: dict[str, bytes] = {}
        self._ciphers: dict[str, Cipher] = {}
        self._making = Lock()

    @classmethod
    def open(cls, data: Database, master: bytes, *, new: bool = True) -> "Keys":
        """The keys that belong to that database; made where neither keys nor facts are there yet, and `new` allows.

        `WrongMasterKey` where the master key does not fit, or where there are facts and no keys.
        """
        if len(master) != KEY_BYTES:
            raise WrongMasterKey(f"the master key has {len(master)} bytes instead of {KEY_BYTES}")
        keys = cls(_database_of_keys(data), master)
        try:
            keys._open(may_make=new and not _has_facts(data))
        except BaseException:
            keys.close()
            raise
        return keys

    def _open(self, *, may_make: bool) -> None:
        self._make_table()
        wrapped = self._wrapped(KNOWN_ANSWER)
        if wrapped is None:
            if not may_make or self._any():
                raise WrongMasterKey("the keys that this database was encrypted with are not there")
            self._insert(KNOWN_ANSWER, _KNOWN)
            wrapped = self._wrapped(KNOWN_ANSWER)
        try:
            known = self._unwrap(KNOWN_ANSWER, wrapped)
        except Undecryptable as error:
            raise WrongMasterKey("the keys were wrapped with another master key") from error
        assert known == _KNOWN, "what opens is what was closed"
        for name in (CLINIC, CHAIN, INDEX):
            self.make(name)

    def cipher(self, name: str) -> Cipher:
        """The cipher with that key. `KeyDestroyed` where there is none."""
        if name not in self._ciphers:
            self._ciphers[name] = Cipher(self.secret(name))
        return self._ciphers[name]

    def secret(self, name: str) -> bytes:
        """The key itself, for a MAC. `KeyDestroyed` where there is none."""
        if name not in self._unwrapped:
            self._unwrapped[name] = self._unwrap(name, self._wrapped(name))
        return self._unwrapped[name]

    def make(self, name: str) -> Cipher:
        """The cipher with that key, which is there, and committed. `KeyDestroyed` where it was destroyed.

        To be called before anything that is encrypted with it is committed.
        """
        with self._making:
            if name not in self._unwrapped:
                if self._wrapped(name) is None:
                    self._insert(name, os.urandom(KEY_BYTES))
                self._unwrapped[name] = self._unwrap(name, self._wrapped(name))
        return self.cipher(name)

    def destroy(self, name: str) -> None:
        """What was encrypted with that key can't be read any more, by anybody. The key is never made again."""
        insert = self._database.insert(_keys).values(name=name, wrapped=None)
        upsert = insert.on_conflict_do_update(index_elements=["name"], set_={"wrapped": None})
        self._database.unit(lambda connection: connection.execute(upsert))
        self._database.forget_remnants()
        self.forget(name)

    def forget(self, name: str) -> None:
        """The key is no longer in this process's memory."""
        self._unwrapped.pop(name, None)
        self._ciphers.pop(name, None)

    def destroyed(self) -> tuple[str, ...]:
        """The names of all keys that were destroyed."""
        query = sa.select(_keys.c.name).where(_keys.c.wrapped.is_(None)).order_by(_keys.c.name)
        with self._database.read() as connection:
            return tuple(connection.scalars(query))

    def rewrap(self, master: bytes) -> None:
        """Every key is wrapped with the new master key; the old one opens nothing any more."""
        new = Cipher(master)
        with self._database.write() as connection:
            rows = connection.execute(sa.select(_keys).where(_keys.c.wrapped.is_not(None))).all()
            for row in rows:
                wrapped = new.encrypt(self._unwrap(row.name, row.wrapped), "keys", "wrapped", row.name)
                connection.execute(_keys.update().where(_keys.c.name == row.name).values(wrapped=wrapped))
        self._master = new

    def close(self) -> None:
        """No connection to the keys is open any more."""
        if self._database.sqlite:
            self._database.close()

    def _make_table(self) -> None:
        with self._database.write() as connection:
            if not self._database.sqlite:
                connection.execute(sa.schema.CreateSchema(_SCHEMA, if_not_exists=True))
            _metadata.create_all(connection)

    def _wrapped(self, name: str) -> bytes | None:
        with self._database.read() as connection:
            row = connection.execute(sa.select(_keys.c.wrapped).where(_keys.c.name == name)).one_or_none()
        if row is None:
            return None
        if row.wrapped is None:
            raise KeyDestroyed(name)
        return bytes(row.wrapped)

    def _any(self) -> bool:
        with self._database.read() as connection:
            return connection.execute(sa.select(_keys.c.name).limit(1)).first() is not None

    def _insert(self, name: str, key: bytes) -> None:
        wrapped = self._master.encrypt(key, "keys", "wrapped", name)
        insert = self._database.insert(_keys).values(name=name, wrapped=wrapped)
        new = insert.on_conflict_do_nothing()  # where another process was quicker, its key counts
        self._database.unit(lambda connection: connection.execute(new))

    def _unwrap(self, name: str, wrapped: bytes | None) -> bytes:
        if wrapped is None:
            raise KeyDestroyed(name)
        return self._master.decrypt(wrapped, "keys", "wrapped", name)


def _database_of_keys(data: Database) -> Database:
    if not data.sqlite:
        return data
    keys = data.beside("keys.db")
    keys.engine = keys.engine.execution_options(schema_translate_map={_SCHEMA: None})
    return keys


def _has_facts(data: Database) -> bool:
    with data.read() as connection:
        if not sa.inspect(connection).has_table(facts.name):
            return False
        return connection.execute(sa.select(facts.c.n).limit(1)).first() is not None
