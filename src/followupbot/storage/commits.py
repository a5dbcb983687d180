"""What is committed together with a decision: its facts, the state after them, texts, lists and messages to send.

Nothing here begins or ends a transaction, so that several decisions can share one in savepoints.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain import followers
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic
from followupbot.domain.decision import ByCarer, Cause, Decision, FreeText
from followupbot.domain.facts import ChartFact, ClinicFact, Fact
from followupbot.domain.folding import apply_to_clinic
from followupbot.domain.ids import ChatId, PatientId
from followupbot.storage import chains, follows, updates
from followupbot.storage.chats import Chats
from followupbot.storage.engine import Conflict, Database
from followupbot.storage.facts import CHART_FORM, CLINIC_FORM, encode_chart, encode_clinic, encode_fact
from followupbot.storage.keys import CHAIN, CLINIC, Keys, patient_key
from followupbot.storage.posting import Posting
from followupbot.storage.projections import Fold, lists_column
from followupbot.storage.snapshots import CHART_ROW, CLINIC_ROW, Snapshots
from followupbot.storage.tables import alerts, causes, charts, clinics, epoch_ms, facts, notes
from followupbot.storage.tombstones import ERASED

_SAME_CHART = charts.update().where(
    charts.c.patient == sa.bindparam("same_patient"), charts.c.version == sa.bindparam("same_version")
)


class Commits:
    """Writes decisions about charts and the clinic on connections that are given."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        snapshots: Snapshots,
        chats: Chats,
        next_wake_at: Callable[[Chart], datetime | None],
        now: Callable[[], datetime],
    ) -> None:
        """`now` is people's time."""
        self._database = database
        self._keys = keys
        self._snapshots = snapshots
        self._chats = chats
        self._next_wake_at = next_wake_at
        self._now = now
        self._new_cause = database.insert(causes).on_conflict_do_nothing().returning(causes.c.key)

    def about_patient(
        self, connection: Connection, patient: PatientId, cause: Cause, decide: Callable[[Chart], Decision]
    ) -> Decision:
        """What was decided about the patient is written; nothing where the cause was acted on before."""
        row = connection.execute(CHART_ROW, {"patient": patient}).one_or_none()
        name = patient_key(patient)
        if row is not None and row.form == ERASED:
            self._keys.forget(name)  # another process may have erased them
            return Decision()
        speaker = cause.by.carer if isinstance(cause.by, ByCarer) else None
        before = replace(self._snapshots.chart(connection, patient, row), speaker=speaker)
        if not self._first_time(connection, cause, name, before.version):
            return Decision()
        decision = decide(before)
        fold = Fold(before)
        for fact in decision.facts:
            assert isinstance(fact, ChartFact), "a chart's decision is about the patient"
            fold.apply(fact)
        after = fold.chart
        wake_at = self._next_wake_at(after)
        if decision.facts:
            head = self._append(
                connection, name, before.version, row.head if row else chains.START, decision.facts, cause
            )
            self._keep_chart(connection, before, after, head, wake_at)
            fold.keep(self._database, connection, before)
        elif row is not None and row.wake_at != wake_at:
            same = charts.update().where(charts.c.patient == patient, charts.c.version == before.version)
            connection.execute(same.values(wake_at=wake_at))
        for text in decision.texts:
            self._keep_text(connection, patient, text)
        if decision.outgoing:
            chat = after.enrolment.chat if after.enrolment else None
            outgoing = followers.spread(before, after, cause.by, decision.outgoing)
            self._post(connection, name, after.clinic, chat, replace(decision, outgoing=outgoing))
        return decision

    def about_clinic(self, connection: Connection, cause: Cause, decide: Callable[[Clinic], Decision]) -> Decision:
        """The same for the clinic."""
        row = connection.execute(CLINIC_ROW).one_or_none()
        before = self._snapshots.clinic(connection, row)
        if not self._first_time(connection, cause, CLINIC, before.version):
            return Decision()
        decision = decide(before)
        after = before
        for fact in decision.facts:
            assert isinstance(fact, ClinicFact), "the clinic's decision is about the clinic"
            after = apply_to_clinic(after, fact)
        if decision.facts:
            head = self._append(
                connection, CLINIC, before.version, row.head if row else chains.START, decision.facts, cause
            )
            self._keep_clinic(connection, before, after, head)
        if decision.outgoing:
            self._post(connection, CLINIC, after, None, decision)
        return decision

    def _keep_text(self, connection: Connection, patient: PatientId, text: FreeText) -> None:
        cipher = self._keys.make(patient_key(patient))
        body = cipher.encrypt(text.text.encode(), "notes", "body_enc", f"{patient}/{text.note}")
        row = {"patient": patient, "note": text.note, "body_enc": body}
        connection.execute(self._database.insert_unless_there(notes), row)

    def _first_time(self, connection: Connection, cause: Cause, subject: str, version: int) -> bool:
        row = {"key": cause.key, "subject": subject, "version": version, "at": self._now()}
        return connection.execute(self._new_cause, row).first() is not None

    def _append(
        self,
        connection: Connection,
        aggregate: str,
        version: int,
        head: bytes,
        new: Sequence[Fact],
        cause: Cause,
    ) -> bytes:
        """The facts stand at the end of the aggregate's chain; its new head."""
        cipher, key, actor = self._keys.make(aggregate), self._keys.secret(CHAIN), updates.actor_name(cause.by)
        rows = []
        for n, fact in enumerate(new, version + 1):
            body = cipher.encrypt(encode_fact(fact), "facts", "body_enc", f"{aggregate}/{n}")
            head = chains.mac(key, head, aggregate, n, epoch_ms(fact.at), actor, cause.key, body)
            row = {"aggregate": aggregate, "n": n, "at": fact.at, "actor": actor, "cause": cause.key}
            rows.append(row | {"body_enc": body, "mac": head})
        try:
            connection.execute(facts.insert(), rows)
        except sa.exc.IntegrityError as error:  # on PostgreSQL, before the version could be compared
            raise Conflict from error
        return head

    def _keep_chart(
        self, connection: Connection, before: Chart, after: Chart, head: bytes, wake_at: datetime | None
    ) -> None:
        patient, enrolment = after.patient, after.enrolled
        known = {row["chat"] for row in follows.rows(before)} | {None}
        for chat in [row["chat"] for row in follows.rows(after) if row["chat"] not in known]:
            staff = any(member.chat == chat for member in after.clinic.staff)
            self._chats.adopt(connection, chat, patient_key(patient), staff)
        cipher = self._keys.cipher(patient_key(patient))
        row = {
            "patient": patient,
            "version": after.version,
            "head": head,
            "state": after.standing,
            "chat": enrolment.chat,
            "wake_at": wake_at,
            "legal_hold_since": after.legal_hold_since,
            "review_by": after.review_by,
            "lists": lists_column(after),
            "form": CHART_FORM,
            "body_enc": cipher.encrypt(encode_chart(after), "charts", "body_enc", f"{patient}/{after.version}"),
        }
        if before.version == 0:
            new = self._database.insert(charts).values(row).on_conflict_do_nothing().returning(charts.c.patient)
            kept = connection.execute(new).first() is not None
        else:
            same = {"same_patient": patient, "same_version": before.version}
            kept = connection.execute(_SAME_CHART, row | same).rowcount == 1
        if not kept:
            raise Conflict
        follows.keep(connection, before, after, cipher)
        self._snapshots.keep(replace(after, speaker=None), head)

    def _keep_clinic(self, connection: Connection, before: Clinic, after: Clinic, head: bytes) -> None:
        for member in after.staff:
            if member.chat is not None and before.member(member.id) != member:
                self._chats.adopt(connection, member.chat, CLINIC)
        body = self._keys.cipher(CLINIC).encrypt(
            encode_clinic(after), "clinics", "body_enc", f"{CLINIC}/{after.version}"
        )
        row = {"id": CLINIC, "version": after.version, "head": head, "form": CLINIC_FORM, "body_enc": body}
        if before.version == 0:
            new = self._database.insert(clinics).values(row).on_conflict_do_nothing().returning(clinics.c.id)
            kept = connection.execute(new).first() is not None
        else:
            kept = (
                connection.execute(clinics.update().where(clinics.c.version == before.version).values(row)).rowcount
                == 1
            )
        if not kept:
            raise Conflict
        if before.programme_version != after.programme_version or before.zone_data != after.zone_data:
            # What was due when may be otherwise in the new programme, or by new clocks: every chart is looked at once.
            self._wake_soon(connection)
        elif before.people != after.people:
            # Who had an alert, or was paged for it, may have left or be out of reach; or somebody has come on call.
            waiting = sa.select(alerts.c.patient).where(alerts.c.state != "resolved")
            self._wake_soon(connection, charts.c.patient.in_(waiting))

    def _wake_soon(self, connection: Connection, *which: sa.ColumnElement[bool]) -> None:
        now = self._now()
        later = sa.or_(charts.c.wake_at.is_(None), charts.c.wake_at > now)
        there = charts.c.form != ERASED  # nothing is ever decided about the others, and they would be due for ever
        connection.execute(charts.update().where(later, there, *which).values(wake_at=now))

    def _post(
        self, connection: Connection, owner: str, clinic: Clinic, chat: ChatId | None, decision: Decision
    ) -> None:
        posting = Posting(
            self._database,
            connection,
            owner=owner,
            cipher=self._keys.make(owner),
            clinic=clinic,
            patient_chat=chat,
            now=self._now(),
        )
        posting.post(decision.outgoing)
