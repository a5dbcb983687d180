"""Charts and the clinic: read, decided about, and kept in one commit with everything that follows from it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Programme
from followupbot.domain.decision import Cause, Decision, Speaker
from followupbot.domain.delivery import Told
from followupbot.domain.facts import ChartFact
from followupbot.domain.facts.record import PatientErased
from followupbot.domain.households import Kept
from followupbot.domain.ids import AlertId, ChatId, MessageId, PatientId, ProtocolKey, StaffId, TokenHash, Version
from followupbot.domain.lists import AlertLine, ListLine
from followupbot.storage import chats, follows, links, listing, own_records, seals, tombstones, unmeant, updates
from followupbot.storage.chats import Chats
from followupbot.storage.commits import Commits
from followupbot.storage.engine import Database
from followupbot.storage.keys import CLINIC, Keys, patient_key
from followupbot.storage.programmes import LoadProgramme, Programmes
from followupbot.storage.queries import Queries
from followupbot.storage.snapshots import CHART_ROW, CLINIC_ROW, Snapshots
from followupbot.storage.tables import alerts, charts, invitations, notes
from followupbot.storage.tables import chats as chats_table
from followupbot.storage.tombstones import ERASED, Tombstone

T = TypeVar("T")

SEEN_MAX = 10_000
"""Chats whose newest message waits in memory for the next commit; it is a hint, and lost ones cost a second message."""


class Charts:
    """Everything that is committed together with a decision. Satisfies `application.ports.Store`."""

    def __init__(
        self,
        database: Database,
        keys: Keys,
        load_programme: LoadProgramme,
        next_wake_at: Callable[[Chart], datetime | None],
        now: Callable[[], datetime],
    ) -> None:
        """Nothing is read yet. `now` is people's time."""
        self._database = database
        self._keys = keys
        self._programmes = Programmes(database, load_programme)
        self._snapshots = Snapshots(keys, self._programmes)
        self._chats = Chats(database, keys)
        self._queries = Queries(database)
        self._commits = Commits(database, keys, self._snapshots, self._chats, next_wake_at, now)
        self._now = now
        self._seen: dict[ChatId, MessageId] = {}
        self._seeing = Lock()

    # -- deciding ------------------------------------------------------------------------------------------------------

    def transact(self, patient: PatientId, cause: Cause, decide: Callable[[Chart], Decision]) -> Decision:
        """Let the core decide about one patient, and keep what it decided, or nothing."""
        return self._unit(lambda connection: self._commits.about_patient(connection, patient, cause, decide))

    def transact_clinic(self, cause: Cause, decide: Callable[[Clinic], Decision]) -> Decision:
        """The same for the clinic."""
        return self._unit(lambda connection: self._commits.about_clinic(connection, cause, decide))

    def erase(
        self, patient: PatientId, reason: str, copy_sha256: str, cause: Cause, allowed: Callable[[Chart], bool]
    ) -> bool:
        """Whether the patient was erased: `allowed` says so of the chart as it is in the same moment.

        In one commit what is kept goes and the tombstone stands; then the key is destroyed. Whoever is killed in
        between has `finish_erasures` left to do, which every start does.
        """

        stone = Tombstone(patient, self._now(), reason, copy_sha256)

        def work(connection: Connection) -> bool:
            row = connection.execute(sa.select(charts).where(charts.c.patient == stone.patient)).one_or_none()
            if row is None or row.form == ERASED:
                return False
            if not allowed(self._snapshots.chart(connection, stone.patient, row)):
                return False
            erased = PatientErased(stone.ordered_at, stone.patient, stone.reason, stone.copy_sha256)
            self._commits.about_clinic(connection, cause, lambda _: Decision((erased,)))
            tombstones.bury(self._database, connection, self._keys, stone)
            return True

        done = self._unit(work)
        if done:
            tombstones.finish(self._database, self._keys, stone.patient, self._now())
            self._chats.forget()
        return done

    def finish_erasures(self) -> Sequence[PatientId]:
        """Whoever was being erased when somebody pulled the plug is erased; who that was."""
        found = tombstones.unfinished(self._database)
        for patient in found:
            tombstones.finish(self._database, self._keys, patient, self._now())
        return found

    def list_anew(self) -> int:
        """Every chart is on the lists that there are now; how many were looked at: none where the lists are the same.

        What a list is made of stands in encrypted charts, so that no migration can tell who is on a new one.
        """
        return listing.list_anew(self._database, self._snapshots, self._now())

    def tombstone(self, patient: PatientId) -> Tombstone | None:
        """Where the patient was erased."""
        return tombstones.find(self._database, patient)

    # -- reading -------------------------------------------------------------------------------------------------------

    def chart(self, patient: PatientId) -> Chart | None:
        """The chart as it is now; None where there is no such patient, or they were erased."""
        with self._database.read() as connection:
            row = connection.execute(CHART_ROW, {"patient": patient}).one_or_none()
            return None if row is None or row.form == ERASED else self._snapshots.chart(connection, patient, row)

    def clinic(self) -> Clinic:
        """The clinic as it is now."""
        with self._database.read() as connection:
            return self._snapshots.clinic(connection, connection.execute(CLINIC_ROW).one_or_none())

    def due(self, now: datetime, limit: int) -> Sequence[PatientId]:
        """Patients whose chart has a timer at or before `now`: those of alerts first, then the earliest.

        Else an alert that is to be passed on would wait for 10,000 check-ins that were due a moment before it.
        """
        query = sa.select(charts.c.patient).where(charts.c.wake_at <= now)
        paging = sa.select(alerts.c.patient).where(alerts.c.state != sa.literal_column("'resolved'"))
        first = query.where(charts.c.patient.in_(paging.where(alerts.c.page_at <= now)))
        with self._database.read() as connection:
            found: dict[PatientId, None] = {}
            for one in (first, query):
                rows = connection.scalars(one.order_by(charts.c.wake_at, charts.c.patient).limit(limit))
                found |= dict.fromkeys(PatientId(patient) for patient in rows)
        return list(found)[:limit]

    def postpone(self, patient: PatientId, until: datetime) -> None:
        """Leave that chart alone until then: deciding about it raised."""
        there = charts.c.form != ERASED  # the others would be due for ever
        later = charts.update().where(charts.c.patient == patient, there).values(wake_at=until)
        self._database.unit(lambda connection: connection.execute(later))

    def patient_invited(self, token: TokenHash) -> PatientId | None:
        """The patient whom a link that is still out belongs to; expired ones too, used and voided ones not."""
        with self._database.read() as connection:
            found = connection.scalar(sa.select(invitations.c.patient).where(invitations.c.token_hash == token))
            return follows.invited(connection, token) if found is None else PatientId(found)

    def admit_link(
        self, cause: Cause, chat: ChatId, now: datetime, within: timedelta, chat_max: int, all_max: int
    ) -> bool:
        """Whether a link may be tried from that chat: no more than so many in that time, of the chat and of all."""
        return self._database.unit(
            lambda c: links.admit(self._database, c, cause.key, chat, now, within, chat_max, all_max)
        )

    def speakers_of(self, chat: ChatId) -> Sequence[Speaker]:
        """Who speaks in that chat for the patients followed there: each for themselves, or as a carer."""
        with self._database.read() as connection:
            return follows.speakers(connection, chat)

    def keep_until_meant(self, kept: Kept, now: datetime) -> None:
        """Keep it until it is said which patient of its chat it is about."""
        self._database.unit(lambda c: unmeant.keep(self._database, c, self._keys.cipher(CLINIC), kept, now))

    def kept_until_meant(self, before: datetime) -> Sequence[Kept]:
        """What has waited for that since before then, the oldest first."""
        with self._database.read() as connection:
            return unmeant.waiting(connection, self._keys.cipher(CLINIC), before)

    def meant(self, chat: ChatId, message: MessageId) -> Kept | None:
        """What that message was, while it waits; None where it does no more."""
        with self._database.read() as connection:
            return unmeant.find(connection, self._keys.cipher(CLINIC), chat, message)

    def keep_longer(self, kept: Kept, since: datetime) -> None:
        """It waits as if it had come then."""
        self._database.unit(lambda connection: unmeant.keep_longer(connection, kept, since))

    def drop_meant(self, chat: ChatId, message: MessageId) -> None:
        """It waits no more."""
        self._database.unit(lambda connection: unmeant.drop(connection, chat, message))

    def staff_of(self, chat: ChatId) -> StaffId | None:
        """The staff member whose chat it is."""
        return next((member.id for member in self.clinic().staff if member.own_chat == chat), None)

    def in_hand(self, staff: StaffId) -> Sequence[tuple[PatientId, AlertId]]:
        """The alerts that this staff member has taken, and that have no outcome; the first due first."""
        query = sa.select(alerts.c.patient, alerts.c.id).where(alerts.c.state == "taken", alerts.c.staff == staff)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(alerts.c.due_at, alerts.c.patient)).all()
        return [(PatientId(row.patient), AlertId(row.id)) for row in rows]

    def patients_on(self, protocols: Collection[ProtocolKey]) -> Mapping[ProtocolKey, int]:
        """How many patients are on each of these care protocols; of those without any, nothing. Reads every chart."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(charts).where(charts.c.form != ERASED)).all()
            plans = [self._snapshots.chart(connection, PatientId(row.patient), row).enrolled.plan for row in rows]
        return Counter(plan.protocol for plan in plans if plan.protocol in protocols)

    def alerts_unresolved(self) -> Sequence[AlertLine]:
        """Every alert without an outcome: the worst tier first, and in it whatever is due first."""
        return self._queries.alerts_unresolved()

    def standings(self) -> Mapping[str, int]:
        """How many patients there are of each standing."""
        return self._queries.standings()

    def listed(self, now: datetime) -> Sequence[ListLine]:
        """Who is on the staff's lists, in the order of `lists.KINDS`, and in each the longest first."""
        return self._queries.listed(now)

    # -- what goes with it ---------------------------------------------------------------------------------------------

    def note(self, patient: PatientId, note: str) -> str | None:
        """What the patient wrote; None where nothing was kept under this name."""
        query = sa.select(notes.c.body_enc).where(notes.c.patient == patient, notes.c.note == note)
        with self._database.read() as connection:
            body = connection.scalar(query)
        if body is None:
            return None
        cipher = self._keys.cipher(patient_key(patient))
        return cipher.decrypt(body, "notes", "body_enc", f"{patient}/{note}").decode()

    def texts_of(self, patient: PatientId) -> Mapping[str, str]:
        """Every text that is kept about the patient, by name."""
        with self._database.read() as connection:
            return own_records.texts_of(connection, self._keys, patient)

    def facts_of(self, patient: PatientId) -> Sequence[ChartFact]:
        """Everything that was ever recorded about the patient, the oldest first."""
        with self._database.read() as connection:
            return self._snapshots.facts_of(connection, patient)

    def told(self, patient: PatientId) -> Sequence[Told]:
        """Every message that reached the patient, the oldest first."""
        with self._database.read() as connection:
            return own_records.told(connection, self._keys, patient)

    def address(self, chat: ChatId) -> int:
        """The channel's own number of a chat that was noted."""
        query = sa.select(chats_table.c.owner, chats_table.c.address_enc).where(chats_table.c.chat == chat)
        with self._database.read() as connection:
            row = connection.execute(query).one()
        return chats.address_of(self._keys, chat, row.owner, row.address_enc)

    def programme(self, version: Version) -> Programme:
        """The programme of that version. LookupError where it was never kept."""
        with self._database.read() as connection:
            return self._programmes.loaded(connection, version)

    def note_chat(self, address: int) -> ChatId:
        """The name of the chat with that number; known from now on, so that it can be written to."""
        return self._chats.note(address)

    def saw_message(self, chat: ChatId, message: MessageId) -> None:
        """The chat has a message that new; kept with the next commit, since by itself it is not worth one."""
        with self._seeing:
            if len(self._seen) >= SEEN_MAX:
                self._seen.clear()
            self._seen[chat] = max(message, self._seen.get(chat, message))

    def keep_programme(self, files: Mapping[str, bytes]) -> Version:
        """Keep every file content-addressed; the version is the hash of all. Kept again it changes nothing."""
        return self._programmes.keep(files)

    def programme_files(self, version: Version) -> Mapping[str, bytes]:
        """The files of that version, by path. LookupError where it was never kept."""
        with self._database.read() as connection:
            return self._programmes.files(connection, version)

    def update_failed(self, update: int, error: str) -> int:
        """Count a failure of the handler itself; how many there have been, also before a restart."""
        return self._database.unit(lambda c: updates.count_failure(self._database, c, update, error))

    def set_aside(self, update: int, raw: bytes, error: str, now: datetime) -> None:
        """Keep the update, encrypted, for people to look at; it is not handled again."""
        cipher = self._keys.cipher(CLINIC)
        self._database.unit(lambda c: updates.set_aside(self._database, c, cipher, update, raw, error, now))

    def record_refusal(self, cause: Cause, action: str, subject: str, now: datetime) -> None:
        """Somebody tried what they may not: into the access log."""
        self._database.unit(lambda c: updates.log_access(c, cause, action, subject, now, allowed=False))

    def record_view(self, cause: Cause, action: str, subject: str, now: datetime) -> None:
        """Somebody looked at what they may: into the access log."""
        self._database.unit(lambda c: updates.log_access(c, cause, action, subject, now, allowed=True))

    def seal(self) -> tuple[int, str]:
        """How many chains there are, and one digest over all their heads."""
        return seals.seal(self._database, self._keys)

    # -- how it is done ------------------------------------------------------------------------------------------------

    def _unit(self, work: Callable[[Connection], T]) -> T:
        """Run the unit; the newest messages that were seen go along with its commit."""
        with self._seeing:
            seen, self._seen = self._seen, {}

        def with_seen(connection: Connection) -> T:
            for chat, message in seen.items():
                chats.saw(connection, chat, message)
            return work(connection)

        try:
            return self._database.unit(with_seen)
        except BaseException as error:
            if isinstance(error, sa.exc.IntegrityError):
                self._chats.forget()  # one that we know may have been erased; the next try notes it anew
            for chat, message in seen.items():
                self.saw_message(chat, message)
            raise
