"""What came from a chat of several patients, kept under the clinic's key until it is said whom it is about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.households import Kept
from followupbot.domain.ids import ChatId, MessageId
from followupbot.storage.cipher import Cipher
from followupbot.storage.engine import Database
from followupbot.storage.tables import unmeant

KEPT_A_ROUND_MAX = 3
"""A unit is short, because whoever writes meanwhile waits for it; the next round has the rest."""


def keep(database: Database, connection: Connection, cipher: Cipher, kept: Kept, now: datetime) -> None:
    """It waits; kept again it changes nothing."""
    body = cipher.encrypt(kept.text.encode(), "unmeant", "body_enc", _place(kept.chat, kept.message))
    row = {"chat": kept.chat, "message": kept.message, "kind": kept.kind, "body_enc": body, "at": now}
    connection.execute(database.insert_unless_there(unmeant), row)


def waiting(connection: Connection, cipher: Cipher, before: datetime) -> Sequence[Kept]:
    """What has waited since before then, the oldest first."""
    query = sa.select(unmeant).where(unmeant.c.at <= before).order_by(unmeant.c.at).limit(KEPT_A_ROUND_MAX)
    return [_read(cipher, row) for row in connection.execute(query)]


def find(connection: Connection, cipher: Cipher, chat: ChatId, message: MessageId) -> Kept | None:
    """That message; None where it waits no more."""
    row = connection.execute(sa.select(unmeant).where(*_is(chat, message))).one_or_none()
    return None if row is None else _read(cipher, row)


def keep_longer(connection: Connection, kept: Kept, since: datetime) -> None:
    """It waits as if it had come then."""
    connection.execute(unmeant.update().where(*_is(kept.chat, kept.message)).values(at=since))


def drop(connection: Connection, chat: ChatId, message: MessageId) -> None:
    """It waits no more."""
    connection.execute(unmeant.delete().where(*_is(chat, message)))


def _is(chat: ChatId, message: MessageId) -> tuple[sa.ColumnElement[bool], ...]:
    return (unmeant.c.chat == chat, unmeant.c.message == message)


def _read(cipher: Cipher, row: sa.Row[Any]) -> Kept:
    body = cipher.decrypt(row.body_enc, "unmeant", "body_enc", _place(row.chat, row.message))
    return Kept(ChatId(row.chat), MessageId(row.message), row.kind, body.decode())


def _place(chat: str, message: int) -> str:
    return f"{chat}/{message}"
