"""What is kept about one patient beside the facts, decrypted: for whoever may see it, once the access log has it."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.delivery import Told
from followupbot.domain.followers import OF_CARER
from followupbot.domain.ids import PatientId
from followupbot.storage.cipher import Cipher
from followupbot.storage.keys import Keys, patient_key
from followupbot.storage.tables import notes, outbox


def texts_of(connection: Connection, keys: Keys, patient: PatientId) -> Mapping[str, str]:
    """Every text that is kept about the patient, by name: theirs, and what staff entered."""
    query = sa.select(notes.c.note, notes.c.body_enc).where(notes.c.patient == patient).order_by(notes.c.note)
    rows = connection.execute(query).all()
    if not rows:
        return {}  # nor need there be a key
    cipher = keys.cipher(patient_key(patient))
    return {row.note: _text(cipher, patient, row.note, row.body_enc) for row in rows}


def told(connection: Connection, keys: Keys, patient: PatientId) -> Sequence[Told]:
    """What was sent to the patient, the oldest first: no page about them that went to staff, and no carer's copy."""
    name = patient_key(patient)
    cipher = keys.cipher(name)
    own = (outbox.c.staff.is_(None), outbox.c.key.not_like(f"%{OF_CARER}%"))
    theirs = (outbox.c.owner == name, *own, outbox.c.sent_at.is_not(None))
    query = (
        sa.select(outbox.c.key, outbox.c.sent_at, outbox.c.payload_enc)
        .where(*theirs, outbox.c.payload_enc.is_not(None))
        .order_by(outbox.c.sent_at, outbox.c.id)
    )
    return [
        Told(row.sent_at, cipher.decrypt(row.payload_enc, "outbox", "payload_enc", row.key))
        for row in connection.execute(query)
    ]


def _text(cipher: Cipher, patient: PatientId, note: str, body: bytes) -> str:
    return cipher.decrypt(body, "notes", "body_enc", f"{patient}/{note}").decode()
