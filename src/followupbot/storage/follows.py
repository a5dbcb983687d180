"""In which chats a patient is followed: their own, and those of the people who help them; and who speaks in a chat."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.carer_state import Beckoned, Helping
from followupbot.domain.chart import Chart
from followupbot.domain.decision import ByCarer, ByPatient, Speaker
from followupbot.domain.ids import CarerId, ChatId, PatientId, TokenHash
from followupbot.storage.cipher import Cipher
from followupbot.storage.keys import KeyDestroyed, Keys, patient_of
from followupbot.storage.tables import follows

OWN = 0
"""The place of the patient's own chat; carers are counted from 1."""

_FOLLOWED = (
    sa.select(follows.c.patient, follows.c.carer, follows.c.initials_enc)
    .where(follows.c.chat == sa.bindparam("chat"))
    .order_by(follows.c.patient, follows.c.carer)
)


def rows(chart: Chart) -> list[dict[str, Any]]:
    """The chart's rows, but for the initials."""
    if chart.enrolment is None:
        return []
    own = {"patient": chart.patient, "carer": OWN, "chat": chart.enrolment.chat, "helps": True, "token_hash": None}
    return ([] if own["chat"] is None else [own]) + [
        {
            "patient": chart.patient,
            "carer": carer.id,
            "chat": carer.chat,
            "helps": isinstance(carer.state, Helping),
            "token_hash": carer.state.token_hash if isinstance(carer.state, Beckoned) else None,
        }
        for carer in chart.enrolment.carers
    ]


def keep(connection: Connection, before: Chart, after: Chart, cipher: Cipher) -> None:
    """The table shows the chart as it is now."""
    initials = after.enrolled.initials
    same_initials = before.enrolment is not None and before.enrolment.initials == initials
    if rows(before) == rows(after) and same_initials:
        return
    connection.execute(follows.delete().where(follows.c.patient == after.patient))
    body = None if initials is None else cipher.encrypt(initials.encode(), "follows", "initials_enc", after.patient)
    for row in rows(after):
        connection.execute(follows.insert().values(row | {"initials_enc": body}))


def speakers(connection: Connection, chat: ChatId) -> Sequence[Speaker]:
    """One for each patient who is followed there; where somebody is both, they are the patient."""
    found: dict[str, Speaker] = {}
    for row in connection.execute(_FOLLOWED, {"chat": chat}):
        patient = PatientId(row.patient)
        found.setdefault(patient, ByPatient(patient) if row.carer == OWN else ByCarer(patient, CarerId(row.carer)))
    return tuple(found.values())


def first(connection: Connection, chat: str) -> PatientId | None:
    """The first by code of the patients who are followed there."""
    query = sa.select(follows.c.patient).where(follows.c.chat == chat).order_by(follows.c.patient).limit(1)
    found = connection.scalar(query)
    return None if found is None else PatientId(found)


def invited(connection: Connection, token: TokenHash) -> PatientId | None:
    """The patient whose carer a link that is still out was made for."""
    found = connection.scalar(sa.select(follows.c.patient).where(follows.c.token_hash == token))
    return None if found is None else PatientId(found)


def name_in(connection: Connection, keys: Keys, chat: str, owner: str) -> str | None:
    """What stands before a message of that owner in that chat, where it follows several, or is a helper's; else None.

    A helper reads of a check-in that is somebody else's. The initials chosen for the patient; while none are, the code.
    """
    patient = patient_of(owner)
    if patient is None:
        return None
    rows_of_chat = connection.execute(_FOLLOWED, {"chat": chat}).all()
    followed = {row.patient: row.initials_enc for row in rows_of_chat}
    own = any(row.patient == patient and row.carer == OWN for row in rows_of_chat)
    if patient not in followed or (own and len(followed) < 2):
        return None
    body = followed[patient]
    if body is None:
        return str(patient)
    try:
        return keys.cipher(owner).decrypt(body, "follows", "initials_enc", patient).decode()
    except KeyDestroyed:
        return str(patient)
