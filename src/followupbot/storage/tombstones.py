"""Erasing a patient: what is kept about them goes, their key is destroyed, and a tombstone says that it was so."""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.ids import PatientId
from followupbot.storage import chats, follows
from followupbot.storage.cipher import Undecryptable
from followupbot.storage.engine import Database
from followupbot.storage.keys import CLINIC, KeyDestroyed, Keys, patient_key
from followupbot.storage.tables import (
    causes,
    charts,
    facts,
    link_tries,
    metadata,
    outbox,
    tombstones,
    unmeant,
    updates_set_aside,
)
from followupbot.storage.tables import chats as chats_table

ERASED = "erased"
"""The state of an erased patient's row, and its form: nothing is folded into it, and nothing opens it."""

LIST_FILE = "erased.txt"
"""Beside the backups: a code a line. It is applied before anything of a backup can be used."""


@dataclass(frozen=True)
class Tombstone:
    """Nothing about health. `copy_sha256`: of the copy that went to the hospital's record, where there was one.

    `erased_at` is None for as long as the key is still to be destroyed.
    """

    patient: PatientId
    ordered_at: datetime
    reason: str
    copy_sha256: str | None = None
    erased_at: datetime | None = None


def erased_codes(connection: Connection) -> tuple[str, ...]:
    """Everybody who was erased, or is being erased."""
    return tuple(connection.scalars(sa.select(tombstones.c.patient).order_by(tombstones.c.patient)))


def known(database: Database) -> frozenset[PatientId]:
    """The same of a database that may be empty, or from before there were tombstones."""
    with database.read() as connection:
        if not sa.inspect(connection).has_table(tombstones.name):
            return frozenset()
        return frozenset(PatientId(code) for code in erased_codes(connection))


def find(database: Database, patient: PatientId) -> Tombstone | None:
    """The patient's tombstone; None where nobody erased them."""
    with database.read() as connection:
        row = connection.execute(sa.select(tombstones).where(tombstones.c.patient == patient)).one_or_none()
    if row is None:
        return None
    return Tombstone(patient, row.ordered_at, row.reason, row.copy_sha256, row.erased_at)


def unfinished(database: Database) -> tuple[PatientId, ...]:
    """Whose key is still to be destroyed: somebody pulled the plug in between."""
    query = sa.select(tombstones.c.patient).where(tombstones.c.erased_at.is_(None))
    with database.read() as connection:
        return tuple(PatientId(patient) for patient in connection.scalars(query))


def bury(database: Database, connection: Connection, keys: Keys, stone: Tombstone) -> None:
    """Everything but the chain is gone, and the chain is of no chart any more; once the transaction commits.

    What remains of the facts opens until the key is destroyed: `finish` does that.
    """
    patient, name = stone.patient, patient_key(stone.patient)
    chat = connection.scalar(sa.select(charts.c.chat).where(charts.c.patient == patient))
    row = {
        "patient": patient,
        "ordered_at": stone.ordered_at,
        "reason": stone.reason,
        "copy_sha256": stone.copy_sha256,
        "chat": chat,
        "erased_at": stone.erased_at,
    }
    connection.execute(database.insert_unless_there(tombstones), row)
    emptied = {column.name: None for column in charts.c if column.nullable}
    blank = {**emptied, "state": ERASED, "form": ERASED, "body_enc": b"", "lists": ""}
    connection.execute(charts.update().where(charts.c.patient == patient).values(blank))
    connection.execute(sa.delete(outbox).where(outbox.c.owner == name))
    connection.execute(sa.delete(causes).where(causes.c.subject == name))
    for table in reversed(metadata.sorted_tables):
        if "patient" in table.c and table not in (charts, tombstones):
            connection.execute(sa.delete(table).where(table.c.patient == patient))
    for owned in connection.execute(sa.select(chats_table).where(chats_table.c.owner == name)).all():
        _let_go(connection, keys, name, owned)


def finish(database: Database, keys: Keys, patient: PatientId, now: datetime) -> None:
    """Nobody can read the patient's facts any more. Done again it changes nothing."""
    keys.destroy(patient_key(patient))
    done = tombstones.update().where(tombstones.c.patient == patient, tombstones.c.erased_at.is_(None))
    database.unit(lambda connection: connection.execute(done.values(erased_at=now)))
    database.forget_remnants()


def _let_go(connection: Connection, keys: Keys, name: str, owned: sa.Row[tuple[object, ...]]) -> None:
    """A chat whose number is under the patient's key goes, or stays for whoever else needs it, under theirs."""
    chat = str(owned.chat)
    try:
        address = keys.cipher(name).decrypt(bytes(owned.address_enc), "chats", "address_enc", chat)
    except (KeyDestroyed, Undecryptable):  # a backup was put back, and the key is gone since
        address = b""
    if address and follows.first(connection, chat) is not None:
        chats.put_number(connection, keys, chat, address)
        return
    _forget_updates(connection, keys, address)
    connection.execute(sa.delete(link_tries).where(link_tries.c.chat == chat))
    connection.execute(sa.delete(unmeant).where(unmeant.c.chat == chat))
    connection.execute(sa.delete(outbox).where(outbox.c.chat == chat))
    if _still_named(connection, chat):
        chats.lose_number(connection, chat)
    else:
        connection.execute(sa.delete(chats_table).where(chats_table.c.chat == chat))


def _forget_updates(connection: Connection, keys: Keys, address: bytes) -> None:
    """Updates that were set aside and come from that number, which is no part of a longer one there."""
    if not address:
        return
    theirs = re.compile(rb"(?<![-\d])" + re.escape(address) + rb"(?!\d)")
    for row in connection.execute(sa.select(updates_set_aside.c.update_id, updates_set_aside.c.raw_enc)).all():
        raw = keys.cipher(CLINIC).decrypt(bytes(row.raw_enc), "updates_set_aside", "raw_enc", str(row.update_id))
        if theirs.search(raw):
            connection.execute(sa.delete(updates_set_aside).where(updates_set_aside.c.update_id == row.update_id))


def _still_named(connection: Connection, chat: str) -> bool:
    for table in metadata.sorted_tables:
        for column in table.c:
            if any(key.column is chats_table.c.chat for key in column.foreign_keys):
                query = sa.select(sa.literal(1)).select_from(table).where(column == chat).limit(1)
                if connection.execute(query).first() is not None:
                    return True
    return False


def has_facts(connection: Connection, patient: PatientId) -> bool:
    """Whether the patient's chain is there."""
    query = sa.select(facts.c.n).where(facts.c.aggregate == patient_key(patient)).limit(1)
    return connection.execute(query).first() is not None
