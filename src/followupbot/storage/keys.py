"""The keys, wrapped by the master key and kept outside the database, so that a copy of the data alone says nothing.

One key a patient (`patient:CODE`), so that destroying it erases the patient, and three of the clinic's own: `clinic`
for staff and for chats that are nobody's yet, `chain` for the facts' MACs, `index` for the names of chats.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from threading import Lock

import sqlalchemy as sa
from sqlalchemy.engine import Connection

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


PATIENT_PREFIX = "patient:"


def patient_key(patient: PatientId) -> str:
    """The name of the patient's key, which is also what the patient's facts are kept under."""
    return f"{PATIENT_PREFIX}{patient}"


def patient_of(name: str) -> PatientId | None:
    """Whose key it is; None of the clinic's own."""
    code = name.removeprefix(PATIENT_PREFIX)
    return None if code == name else PatientId(code)


class Keys:
    """Every key, unwrapped when first used and kept in memory from then on."""

    def __init__(self, database: Database, masters: "Masters") -> None:
        """`database` is the keys' own; `open` finds it."""
        self._database = database
        self._masters = masters
        self._master: Cipher | None = None
        self._unwrapped: dict[str, bytes] = {}
        self._ciphers: dict[str, Cipher] = {}
        self._making = Lock()

    @classmethod
    def open(cls, data: Database, masters: "Masters | bytes", *, new: bool = True) -> "Keys":
        """The keys that belong to that database; made where neither keys nor facts are there yet, and `new` allows.

        `masters` gives master keys, the likeliest first; it is asked again where another process has changed it.

        `WrongMasterKey` where the master key does not fit, or where there are facts and no keys.
        """
        if isinstance(masters, bytes):
            if len(masters) != KEY_BYTES:
                raise WrongMasterKey(f"the master key has {len(masters)} bytes instead of {KEY_BYTES}")
            only = masters
            masters = lambda: (only,)  # noqa: E731 # where there is one and it never changes
        keys = cls(_database_of_keys(data), masters)
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
            self._begin()
        with self._database.read() as connection:
            self._master = self._fitting(connection)
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

    def rewrap(self, master: bytes) -> int:
        """Every key is wrapped with the new master key, and the old one opens none of them; how many there are.

        In one commit, while others read and make keys: whoever knows the old master key alone asks for the new one.
        """
        new = Cipher(master)
        with self._database.write() as connection:
            self._lock(connection)
            old = self._fitting(connection)
            rows = connection.execute(sa.select(_keys).where(_keys.c.wrapped.is_not(None))).all()
            again = [
                {"of": row.name, "now": new.encrypt(old.decrypt(row.wrapped, *_place(row.name)), *_place(row.name))}
                for row in rows
            ]
            change = _keys.update().where(_keys.c.name == sa.bindparam("of")).values(wrapped=sa.bindparam("now"))
            connection.execute(change, again)
        self._master = new
        self._database.forget_remnants()
        return len(rows)

    def fits(self, master: bytes) -> bool:
        """Whether the keys are wrapped with that master key."""
        known = self._wrapped(KNOWN_ANSWER)
        assert known is not None, "open has looked for it"
        try:
            return Cipher(master).decrypt(known, *_place(KNOWN_ANSWER)) == _KNOWN
        except Undecryptable:
            return False

    def wrapped(self) -> Mapping[str, bytes | None]:
        """Every key as it is kept, for a copy that lies apart; None of those that were destroyed."""
        with self._database.read() as connection:
            return {row.name: row.wrapped for row in connection.execute(sa.select(_keys).order_by(_keys.c.name))}

    @classmethod
    def put_back(cls, data: Database, wrapped: Mapping[str, bytes | None]) -> bool:
        """The keys of a copy are there again; False, and nothing changed, where any key is there already."""
        keys = cls(_database_of_keys(data), tuple)
        try:
            keys._make_table()
            with keys._database.write() as connection:
                if connection.execute(sa.select(_keys.c.name).limit(1)).first() is not None:
                    return False
                rows = [{"name": name, "wrapped": key} for name, key in wrapped.items()]
                connection.execute(_keys.insert(), rows)
            return True
        finally:
            keys.close()

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

    def _begin(self) -> None:
        """The first master key is the one from now on, unless another process was quicker."""
        master = Cipher(next(iter(self._masters())))
        row = {"name": KNOWN_ANSWER, "wrapped": master.encrypt(_KNOWN, *_place(KNOWN_ANSWER))}
        new = self._database.insert(_keys).values(row).on_conflict_do_nothing()
        self._database.unit(lambda connection: connection.execute(new))

    def _insert(self, name: str, key: bytes) -> None:
        def work(connection: Connection) -> None:
            if not self._database.sqlite:  # SQLite's write lock holds off a change of the master key by itself
                connection.execute(sa.text(f"LOCK TABLE {_SCHEMA}.keys IN ROW EXCLUSIVE MODE"))
            self._master = self._fitting(connection)
            row = {"name": name, "wrapped": self._master.encrypt(key, *_place(name))}
            # Where another process was quicker, its key counts.
            connection.execute(self._database.insert_unless_there(_keys), row)

        self._database.unit(work)

    def _fitting(self, connection: Connection) -> Cipher:
        """The master key that the keys are wrapped with now. `WrongMasterKey` where it is none that we have."""
        query = sa.select(_keys.c.wrapped).where(_keys.c.name == KNOWN_ANSWER)
        known = bytes(connection.execute(query).scalar_one())
        known_before = () if self._master is None else (self._master,)
        master: Cipher
        for master in (*known_before, *map(Cipher, self._masters())):
            try:
                found = master.decrypt(known, *_place(KNOWN_ANSWER))
            except Undecryptable:
                continue
            assert found == _KNOWN, "what opens is what was closed"
            fitting: Cipher = master
            return fitting
        raise WrongMasterKey("the keys were wrapped with another master key")

    def _lock(self, connection: Connection) -> None:
        """Nobody else makes a key until the transaction ends."""
        if not self._database.sqlite:
            connection.execute(sa.text(f"LOCK TABLE {_SCHEMA}.keys IN EXCLUSIVE MODE"))

    def _unwrap(self, name: str, wrapped: bytes | None) -> bytes:
        if wrapped is None:
            raise KeyDestroyed(name)
        assert self._master is not None, "open has found it"
        try:
            return self._master.decrypt(wrapped, *_place(name))
        except Undecryptable:
            with self._database.read() as connection:  # the master key may be another since we last looked
                self._master = self._fitting(connection)
                query = sa.select(_keys.c.wrapped).where(_keys.c.name == name)
                wrapped = connection.execute(query).scalar_one()
            if wrapped is None:
                raise KeyDestroyed(name) from None
            return self._master.decrypt(wrapped, *_place(name))


Masters = Callable[[], Iterable[bytes]]
"""Where master keys come from: of 32 bytes each."""


def _place(name: str) -> tuple[str, str, str]:
    return "keys", "wrapped", name


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
