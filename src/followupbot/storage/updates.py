"""What the handling of updates leaves behind: failures counted, updates set aside, and who looked at or tried what."""

from datetime import datetime
from typing import assert_never

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.decision import Actor, ByCarer, ByClock, ByPatient, ByShell, ByStaff, ByStranger, Cause
from followupbot.storage.cipher import Cipher
from followupbot.storage.engine import Database
from followupbot.storage.tables import access_log, updates_failed, updates_set_aside

ERROR_LENGTH_MAX = 500


def actor_name(actor: Actor) -> str:
    """Who it was, in one word."""
    match actor:
        case ByPatient():
            return f"patient:{actor.patient}"
        case ByCarer():
            return f"carer:{actor.patient}/{actor.carer}"
        case ByStaff():
            return f"staff:{actor.staff}"
        case ByShell():
            return f"shell:{actor.user}"
        case ByClock() | ByStranger():
            return actor.kind
        case _:
            assert_never(actor)


def count_failure(database: Database, connection: Connection, update: int, error: str) -> int:
    """How often handling that update has failed, this time included."""
    first = {"update_id": update, "attempts": 1, "error": error[:ERROR_LENGTH_MAX]}
    again = {"attempts": updates_failed.c.attempts + 1, "error": error[:ERROR_LENGTH_MAX]}
    upsert = (
        database.insert(updates_failed).values(first).on_conflict_do_update(index_elements=["update_id"], set_=again)
    )
    attempts: int = connection.execute(upsert.returning(updates_failed.c.attempts)).scalar_one()
    return attempts


def set_aside(
    database: Database, connection: Connection, cipher: Cipher, update: int, raw: bytes, error: str, now: datetime
) -> None:
    """The update is kept, encrypted with the clinic's key; kept again it is kept once."""
    raw_enc = cipher.encrypt(raw, "updates_set_aside", "raw_enc", str(update))
    row = {"update_id": update, "raw_enc": raw_enc, "error": error[:ERROR_LENGTH_MAX], "at": now}
    connection.execute(database.insert_unless_there(updates_set_aside), row)


def log_access(
    connection: Connection, cause: Cause, action: str, subject: str, now: datetime, *, allowed: bool
) -> None:
    """It stands in the access log that somebody looked, or tried what they may not."""
    row = {"at": now, "cause": cause.key, "actor": actor_name(cause.by), "action": action, "subject": subject}
    connection.execute(sa.insert(access_log).values(row | {"allowed": allowed}))
