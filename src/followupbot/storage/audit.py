"""The record as it stands in the tables, for whoever checks it: every fact, and what was made of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.facts import Fact
from followupbot.domain.ids import PatientId
from followupbot.storage import chains
from followupbot.storage.cipher import Undecryptable
from followupbot.storage.engine import Database
from followupbot.storage.facts import CHART_FORM, CLINIC_FORM, decode_chart, decode_clinic, decode_fact
from followupbot.storage.keys import CHAIN, CLINIC, KeyDestroyed, Keys, patient_key, patient_of
from followupbot.storage.tables import alerts, charts, check_ins, clinics, epoch_ms, facts, follows, invitations
from followupbot.storage.tombstones import ERASED

FETCHED_AT_ONCE = 1_000


@dataclass(frozen=True)
class Link:
    """One fact of a chain. `genuine`: it is what was written there, after what was written before it.

    `fact` is None where it can't be read: because the patient's key was destroyed, or because it is not genuine.
    """

    seq: int
    n: int
    mac: bytes
    at: datetime
    actor: str
    cause: str
    genuine: bool
    fact: Fact | None


@dataclass(frozen=True)
class Kept:
    """What stands beside a chain. `erased`: only a tombstone.

    `body` is None where it can't be read, or was written in an older shape.
    """

    version: int
    head: bytes
    readable: bool
    erased: bool
    body: Chart | Clinic | None
    columns: dict[str, Any]
    check_ins: tuple[dict[str, Any], ...] = ()
    alerts: tuple[dict[str, Any], ...] = ()
    invitations: tuple[str, ...] = ()
    follows: tuple[dict[str, Any], ...] = ()
    """Without the initials, which the body bears."""


class Audit:
    """Reads on one connection, so that everything it gives belongs to one moment."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        """`open` makes one."""
        self._connection = connection
        self._keys = keys

    @classmethod
    @contextmanager
    def open(cls, database: Database, keys: Keys) -> Iterator["Audit"]:
        """The record as it is now, while others write on."""
        with database.read() as connection:
            yield cls(connection, keys)

    def aggregates(self) -> Sequence[str]:
        """Every chain, also one of which only the facts are left, or only the snapshot."""
        names = set(self._connection.scalars(sa.select(facts.c.aggregate).distinct()))
        names |= {patient_key(PatientId(patient)) for patient in self._connection.scalars(sa.select(charts.c.patient))}
        if self._connection.scalar(sa.select(clinics.c.id)):
            names.add(CLINIC)
        return sorted(names)

    def links(self, aggregate: str) -> Iterator[Link]:
        """The chain's facts, the oldest first."""
        key, before = self._keys.secret(CHAIN), chains.START
        query = sa.select(facts).where(facts.c.aggregate == aggregate).order_by(facts.c.n)
        for row in self._connection.execute(query, execution_options={"yield_per": FETCHED_AT_ONCE}):
            body = bytes(row.body_enc)
            mac = chains.mac(key, before, aggregate, row.n, epoch_ms(row.at), row.actor, row.cause, body)
            before = bytes(row.mac)
            genuine = mac == before
            fact = self._fact(aggregate, row.n, body) if genuine else None
            yield Link(row.seq, row.n, before, row.at, row.actor, row.cause, genuine, fact)

    def kept(self, aggregate: str) -> Kept | None:
        """What stands beside that chain; None where nothing does."""
        if aggregate == CLINIC:
            return self._kept_clinic()
        patient = patient_of(aggregate)
        return None if patient is None else self._kept_chart(patient)

    def heads_in_order(self) -> Iterator[tuple[int, str, int, bytes]]:
        """Every fact of every chain in the order in which they were written: seq, aggregate, n, MAC."""
        query = sa.select(facts.c.seq, facts.c.aggregate, facts.c.n, facts.c.mac).order_by(facts.c.seq)
        for row in self._connection.execute(query, execution_options={"yield_per": FETCHED_AT_ONCE}):
            yield row.seq, row.aggregate, row.n, bytes(row.mac)

    def no_heads(self) -> chains.Heads:
        """A digest over no chain yet, with the key that seals are made with."""
        return chains.Heads(self._keys.secret(CHAIN))

    def _fact(self, aggregate: str, n: int, body: bytes) -> Fact | None:
        try:
            plain = self._keys.cipher(aggregate).decrypt(body, "facts", "body_enc", f"{aggregate}/{n}")
            return decode_fact(plain)
        except (KeyDestroyed, Undecryptable, ValueError):
            return None

    def _kept_clinic(self) -> Kept | None:
        row = self._connection.execute(sa.select(clinics)).one_or_none()
        if row is None:
            return None
        readable, plain = self._body(CLINIC, "clinics", f"{CLINIC}/{row.version}", row)
        body = decode_clinic(plain) if plain is not None and row.form == CLINIC_FORM else None
        return Kept(row.version, bytes(row.head), readable, erased=False, body=body, columns={})

    def _kept_chart(self, patient: PatientId) -> Kept | None:
        row = self._connection.execute(sa.select(charts).where(charts.c.patient == patient)).one_or_none()
        if row is None:
            return None
        readable, plain = self._body(patient_key(patient), "charts", f"{patient}/{row.version}", row)
        return Kept(
            version=row.version,
            head=bytes(row.head),
            readable=readable,
            erased=row.form == ERASED,
            body=decode_chart(plain) if plain is not None and row.form == CHART_FORM else None,
            columns={
                "state": row.state,
                "chat": row.chat,
                "review_by": row.review_by,
                "lists": row.lists,
                "legal_hold_since": row.legal_hold_since,
            },
            check_ins=self._projected(check_ins, patient),
            alerts=self._projected(alerts, patient),
            follows=self._follows(patient),
            invitations=tuple(
                self._connection.scalars(sa.select(invitations.c.token_hash).where(invitations.c.patient == patient))
            ),
        )

    def _body(self, aggregate: str, table: str, place: str, row: sa.Row[Any]) -> tuple[bool, bytes | None]:
        try:
            return True, self._keys.cipher(aggregate).decrypt(row.body_enc, table, "body_enc", place)
        except KeyDestroyed:
            return True, None
        except Undecryptable:
            return False, None

    def _follows(self, patient: str) -> tuple[dict[str, Any], ...]:
        columns = [column for column in follows.c if column.name != "initials_enc"]
        rows = self._connection.execute(
            sa.select(*columns).where(follows.c.patient == patient).order_by(follows.c.carer)
        )
        return tuple(dict(row) for row in rows.mappings())

    def _projected(self, table: sa.Table, patient: str) -> tuple[dict[str, Any], ...]:
        rows = self._connection.execute(sa.select(table).where(table.c.patient == patient).order_by(table.c.id))
        return tuple(dict(row) for row in rows.mappings())
