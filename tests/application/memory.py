"""A store that keeps everything in memory: the port `Store`, with nothing serialised.

It is honest where it matters: a decision is kept whole or not at all, a cause decides once, a message's key is unique
for ever, charts are what folding their facts gives, and a message needs a chat that it can go to, unless it is for a
patient who has none and is called.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import assert_never

from followupbot.application.ports import Store
from followupbot.domain import followers, lists
from followupbot.domain.alert_state import Taken
from followupbot.domain.calls import to_be_read_out
from followupbot.domain.chart import Chart
from followupbot.domain.clinic import Clinic, Programme
from followupbot.domain.decision import ByCarer, ByPatient, ByShell, Cause, Decision, Speaker
from followupbot.domain.delivery import Told
from followupbot.domain.facts import ChartFact, ClinicFact
from followupbot.domain.facts.programme import ProgrammePublished
from followupbot.domain.folding import apply_to_clinic, fold
from followupbot.domain.households import Kept
from followupbot.domain.ids import AlertId, ChatId, MessageId, PatientId, ProtocolKey, StaffId, TokenHash, Version
from followupbot.domain.lists import AlertLine, ListLine
from followupbot.domain.outgoing import (
    Amend,
    Outgoing,
    OutgoingMessage,
    Recall,
    Recipient,
    Rehour,
    ToChat,
    ToClinician,
    ToGroup,
    ToPatient,
)
from followupbot.domain.tiers import Tier
from followupbot.domain.wake import next_wake_at
from followupbot.storage.facts import decode_chart, decode_fact, encode_chart, encode_fact
from followupbot.storage.projections import alert_row


@dataclass(frozen=True)
class Posted:
    """What waits to be sent, and the chat it goes to; None where it goes wherever its subject has gone."""

    chat: ChatId | None
    outgoing: Outgoing
    owner: PatientId | None = None
    """Whose chart decided it."""


@dataclass(frozen=True)
class Refusal:
    """A line of the access log."""

    cause: Cause
    action: str
    subject: str


@dataclass(frozen=True)
class SetAside:
    """An update that is not handled again."""

    update: int
    raw: bytes
    error: str


@dataclass
class MemoryStore:
    """Satisfies `application.ports.Store`; what it keeps lies open for tests to look at."""

    programmes: dict[Version, Programme]
    charts: dict[PatientId, Chart] = field(default_factory=dict)
    the_clinic: Clinic = field(default_factory=Clinic)
    facts: dict[PatientId, list[ChartFact]] = field(default_factory=lambda: defaultdict(list))
    clinic_facts: list[ClinicFact] = field(default_factory=list)
    causes: dict[str, Cause] = field(default_factory=dict)
    wake_at: dict[PatientId, datetime | None] = field(default_factory=dict)
    outbox: list[Posted] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    chats: dict[int, ChatId] = field(default_factory=dict)
    newest: dict[ChatId, MessageId] = field(default_factory=dict)
    tries: dict[str, tuple[ChatId, datetime]] = field(default_factory=dict)
    unmeant: dict[tuple[ChatId, MessageId], tuple[datetime, Kept]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    views: list[Refusal] = field(default_factory=list)
    failures: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    aside: list[SetAside] = field(default_factory=list)
    clinic_changed_at: datetime | None = None
    """When its people changed last: alerts without an outcome are due from then on."""
    files: dict[Version, Mapping[str, bytes]] = field(default_factory=dict)

    def reread(self) -> None:
        """Every chart is what its facts add up to, and its facts are what is stored of them: a restart."""
        for patient, facts in self.facts.items():
            stored = [decode_fact(encode_fact(fact)) for fact in facts]
            read = [fact for fact in stored if isinstance(fact, ChartFact)]
            assert read == facts
            chart = fold(Chart(patient), read)
            assert decode_chart(encode_chart(chart)) == chart == self.charts[patient]
            self.charts[patient] = chart

    def transact(self, patient: PatientId, cause: Cause, decide: Callable[[Chart], Decision]) -> Decision:
        """Let the core decide about one patient, and keep what it decided, or nothing."""
        if cause.key in self.causes:
            return Decision()
        speaker = cause.by.carer if isinstance(cause.by, ByCarer) else None
        before = replace(self._carrying(self.charts.get(patient, Chart(patient))), speaker=speaker)
        decision = decide(before)
        facts = []
        for fact in decision.facts:
            assert isinstance(fact, ChartFact), fact
            facts.append(fact)
        after = fold(replace(before, speaker=None), facts)
        wake_at = next_wake_at(after)
        chat = after.enrolment.chat if after.enrolment else None
        posted = [
            Posted(self._chat_of(message, chat), message, patient)
            for message in followers.spread(before, after, cause.by, decision.outgoing)
            if chat is not None or not to_be_read_out(message)
        ]
        # Nothing below raises: it is kept whole.
        self.causes[cause.key] = cause
        if facts:
            self.charts[patient] = after
            self.facts[patient].extend(facts)
        if patient in self.charts:
            self.wake_at[patient] = wake_at
        self._post(decision, posted)
        return decision

    def transact_clinic(self, cause: Cause, decide: Callable[[Clinic], Decision]) -> Decision:
        """The same for the clinic."""
        if cause.key in self.causes:
            return Decision()
        decision = decide(self.the_clinic)
        after, facts = self.the_clinic, []
        for fact in decision.facts:
            assert isinstance(fact, ClinicFact), fact
            after = apply_to_clinic(after, fact)
            facts.append(fact)
        if after.programme_version is not None:
            after = replace(after, programme=self.programmes[after.programme_version])
        before, self.the_clinic = self.the_clinic, after
        try:
            posted = [Posted(self._chat_of(message, None), message) for message in decision.outgoing]
        except AssertionError:
            self.the_clinic = before
            raise
        self.causes[cause.key] = cause
        self.clinic_facts.extend(facts)
        if before.people != after.people and facts:
            self.clinic_changed_at = facts[-1].at
            for patient, chart in self.charts.items():
                if chart.unresolved_alert is not None:
                    self.wake_at[patient] = min(self.wake_at.get(patient) or facts[-1].at, facts[-1].at)
        self._post(decision, posted)
        return decision

    def chart(self, patient: PatientId) -> Chart | None:
        """The chart as it is now; None where there is no such patient."""
        found = self.charts.get(patient)
        return None if found is None else self._carrying(found)

    def clinic(self) -> Clinic:
        """The clinic as it is now."""
        return self.the_clinic

    def due(self, now: datetime, limit: int) -> Sequence[PatientId]:
        """Patients whose chart has a timer at or before `now`, the earliest first."""
        timers = sorted((at, patient) for patient, at in self.wake_at.items() if at is not None and at <= now)
        return [patient for _, patient in timers[:limit]]

    def postpone(self, patient: PatientId, until: datetime) -> None:
        """Leave that chart alone until then: deciding about it raised."""
        self.wake_at[patient] = until

    def patient_invited(self, token: TokenHash) -> PatientId | None:
        """The patient whom a link that is still out belongs to; expired ones too, used and voided ones not."""
        for patient, chart in self.charts.items():
            invitation = chart.enrolment.invitation if chart.enrolment else None
            if invitation is not None and invitation.token_hash == token:
                return patient
            if chart.enrolment is not None and chart.enrolment.carer_invited(token) is not None:
                return patient
        return None

    def admit_link(
        self, cause: Cause, chat: ChatId, now: datetime, within: timedelta, chat_max: int, all_max: int
    ) -> bool:
        """Whether a link may be tried from that chat: no more than so many in that time, of the chat and of all."""
        self.tries = {key: (who, at) for key, (who, at) in self.tries.items() if at > now - within}
        own = sum(who == chat for who, _ in self.tries.values())
        if cause.key not in self.tries and (len(self.tries) >= all_max or own >= chat_max):
            return False
        self.tries.setdefault(cause.key, (chat, now))
        return True

    def speakers_of(self, chat: ChatId) -> Sequence[Speaker]:
        """Who speaks in that chat for the patients followed there: each for themselves, or as a carer."""
        found: list[Speaker] = []
        for patient, chart in self.charts.items():  # codes are drawn: the oldest first reads the same each time
            carers = chart.enrolment.carers if chart.enrolment else ()
            if chart.enrolment and chart.enrolment.chat == chat:
                found.append(ByPatient(patient))
            else:
                found += [ByCarer(patient, carer.id) for carer in carers if carer.chat == chat]
        return found

    def keep_until_meant(self, kept: Kept, now: datetime) -> None:
        """Keep it until it is said which patient of its chat it is about."""
        self.unmeant.setdefault((kept.chat, kept.message), (now, kept))

    def kept_until_meant(self, before: datetime) -> Sequence[Kept]:
        """What has waited for that since before then, the oldest first."""
        return [kept for at, kept in self.unmeant.values() if at <= before]

    def meant(self, chat: ChatId, message: MessageId) -> Kept | None:
        """What that message was, while it waits; None where it does no more."""
        waiting = self.unmeant.get((chat, message))
        return None if waiting is None else waiting[1]

    def keep_longer(self, kept: Kept, since: datetime) -> None:
        """It waits as if it had come then."""
        self.unmeant[kept.chat, kept.message] = (since, kept)

    def drop_meant(self, chat: ChatId, message: MessageId) -> None:
        """It waits no more."""
        self.unmeant.pop((chat, message), None)

    def staff_of(self, chat: ChatId) -> StaffId | None:
        """The staff member whose chat it is."""
        return next((member.id for member in self.the_clinic.staff if member.own_chat == chat), None)

    def in_hand(self, staff: StaffId) -> Sequence[tuple[PatientId, AlertId]]:
        """The alerts that this staff member has taken, and that have no outcome; the first due first."""
        taken = [
            (alert.due_at, patient, alert.id)
            for patient, chart in self.charts.items()
            for alert in chart.alerts
            if isinstance(alert.state, Taken) and alert.state.by == staff
        ]
        return [(patient, alert) for _, patient, alert in sorted(taken)]

    def patients_on(self, protocols: Collection[ProtocolKey]) -> Mapping[ProtocolKey, int]:
        """How many patients are on each of these care protocols; of those without any, nothing."""
        plans = [chart.enrolment.plan for chart in self.charts.values() if chart.enrolment]
        return Counter(plan.protocol for plan in plans if plan.protocol in protocols)

    def programme(self, version: Version) -> Programme:
        """The programme of that version. LookupError where it was never kept."""
        return self.programmes[version]

    def note_chat(self, address: int) -> ChatId:
        """The name of the chat with that number; known from now on, so that it can be written to."""
        return self.chats.setdefault(address, ChatId(f"chat-{address}"))

    def saw_message(self, chat: ChatId, message: MessageId) -> None:
        """The chat has a message that new."""
        self.newest[chat] = max(message, self.newest.get(chat, message))

    def keep_programme(self, files: Mapping[str, bytes]) -> Version:
        """Keep every file content-addressed; the version is the hash of all. Kept again it changes nothing."""
        digest = hashlib.sha256()
        for path in sorted(files):
            digest.update(path.encode() + b"\0" + hashlib.sha256(files[path]).digest())
        version = Version(digest.hexdigest())
        self.files[version] = dict(files)
        if version not in self.programmes:
            # Nothing is read here: a test says what the files mean, or means what was published before.
            self.programmes[version] = replace(self.the_clinic.published, version=version)
        return version

    def programme_files(self, version: Version) -> Mapping[str, bytes]:
        """The files of that version, by path. LookupError where it was never kept."""
        return self.files[version]

    def update_failed(self, update: int, error: str) -> int:
        """Count a failure of the handler itself; how many there have been, also before a restart."""
        self.failures[update] += 1
        return self.failures[update]

    def set_aside(self, update: int, raw: bytes, error: str, now: datetime) -> None:
        """Keep the update, encrypted, for people to look at; it is not handled again."""
        self.aside.append(SetAside(update, raw, error))

    def alerts_unresolved(self) -> Sequence[AlertLine]:
        """Every alert without an outcome, the worst tier first."""
        rows = [alert_row(chart, alert) for chart in self.charts.values() for alert in chart.alerts if alert.unresolved]
        lines = [AlertLine(**{**row, "tier": Tier(row["tier"])}) for row in rows]
        return sorted(lines, key=lambda line: (line.tier.rank, line.due_at, line.patient))

    def standings(self) -> Mapping[str, int]:
        """How many patients there are of each standing."""
        return Counter(chart.standing for chart in self.charts.values())

    def listed(self, now: datetime) -> Sequence[ListLine]:
        """Who is on the staff's lists."""
        found = [
            line
            for patient, chart in self.charts.items()
            for listed in lists.listed(chart)
            if (line := ListLine(listed.kind, patient, listed.since)).shown(now)
        ]
        return sorted(found, key=lambda line: (lists.KINDS.index(line.kind), line.since, line.patient))

    def note(self, patient: PatientId, note: str) -> str | None:
        """The text that a fact refers to."""
        return self.texts.get(note) if patient in self.charts else None

    def texts_of(self, patient: PatientId) -> Mapping[str, str]:
        """Every text that is kept about the patient, by name."""
        return dict(self.texts) if patient in self.charts else {}

    def facts_of(self, patient: PatientId) -> Sequence[ChartFact]:
        """Everything that was ever recorded about the patient, the oldest first."""
        return tuple(self.facts[patient])

    def told(self, patient: PatientId) -> Sequence[Told]:
        """Every message that reached the patient; here a message is its key."""
        sent = [posted.outgoing for posted in self.outbox if posted.owner == patient]
        texts = [item.message for item in sent if isinstance(item, OutgoingMessage) and isinstance(item.to, ToPatient)]
        return [Told(EPOCH, json.dumps({"text": f"<b>{text}</b>", "parse_mode": "HTML"}).encode()) for text in texts]

    def record_view(self, cause: Cause, action: str, subject: str, now: datetime) -> None:
        """Somebody looks at that: into the access log."""
        self.views.append(Refusal(cause, action, subject))

    def record_refusal(self, cause: Cause, action: str, subject: str, now: datetime) -> None:
        """Somebody tried what they may not: into the access log."""
        self.refusals.append(Refusal(cause, action, subject))

    def seal(self) -> tuple[int, str]:
        """How many chains there are, and one digest over all their heads."""
        heads = sorted((patient, chart.version) for patient, chart in self.charts.items())
        return len(heads) + 1, hashlib.sha256(repr((heads, self.the_clinic.version)).encode()).hexdigest()

    def _carrying(self, chart: Chart) -> Chart:
        """The chart with the clinic and the programmes that its check-ins use, as storage hands it out."""
        versions = {check_in.version for check_in in chart.check_ins} | {self.the_clinic.published.version}
        return replace(
            chart, clinic=self.the_clinic, programmes={version: self.programmes[version] for version in versions}
        )

    def _post(self, decision: Decision, posted: Sequence[Posted]) -> None:
        for text in decision.texts:
            self.texts[text.note] = text.text
        for message in posted:
            if isinstance(message.outgoing, Recall | Rehour):
                self.outbox.append(message)
            elif message.outgoing.key not in self.keys:
                self.keys.add(message.outgoing.key)
                self.outbox.append(message)

    def _chat_of(self, outgoing: Outgoing, patients: ChatId | None) -> ChatId | None:
        if isinstance(outgoing, Recall | Rehour):
            return patients
        return None if isinstance(outgoing, Amend) else self._chat(outgoing.to, patients)

    def _chat(self, recipient: Recipient, patients: ChatId | None) -> ChatId:
        match recipient:
            case ToPatient():
                assert patients is not None, "only a patient with a chat is written to"
                return patients
            case ToClinician(staff):
                member = self.the_clinic.member(staff)
                assert member is not None, "the core pages people who work here"
                assert member.chat is not None, "the core pages people who can be reached"
                return member.chat
            case ToGroup(group):
                bound = self.the_clinic.group(group)
                assert bound is not None, "the core pages groups that are bound"
                return bound.chat
            case ToChat(chat):
                return chat
            case _:
                assert_never(recipient)


EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def a_store(programme: Programme, *older: Programme) -> MemoryStore:
    """A clinic that has published the programme, and has nobody yet."""
    store = MemoryStore({known.version: known for known in (programme, *older)})
    published = ProgrammePublished(EPOCH, programme.version)
    store.transact_clinic(Cause("init", ByShell("root")), lambda _: Decision((published,)))
    return store


def _is_a_store(store: MemoryStore) -> Store:
    """The type checker sees to it that the port is satisfied."""
    return store
