"""The clinic: its people, hours and settings, and the programme that it has published. Frozen state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal

from followupbot.domain.care_protocol import CareProtocol
from followupbot.domain.ids import ChatId, GroupId, Language, ProtocolKey, QuestionId, StaffId, TokenHash, Version
from followupbot.domain.lexicon import Lexicon
from followupbot.domain.rota_state import Leave, Week
from followupbot.domain.schedule import local, resolve

CLOSED_RUN_MAX = 60
"""A clinic that is shut for longer than this many days in a row is a mistake in `clinic.yaml`, not a holiday."""

NOTICES_MAX = 20
"""Operator's notices kept in sight; older ones stay in the facts."""

GROUPS_MAX = 20
"""Groups that are paged; more than any one clinic has steps and sites."""

TROUBLES_MAX = 40
"""Troubles kept in sight at once; whoever has more has one big one."""

INTERRUPTIONS_MAX = 8
"""Interruptions waiting to be mended; with more, mending the newest asks everybody who is still to answer anyway."""


class Role(StrEnum):
    """What a staff member may do; `application.policy` says what that is."""

    CLINICIAN = "clinician"
    LEAD = "lead"
    ADMIN = "admin"


class AlertDetail(StrEnum):
    """How much an alert says in Telegram (clinical.md 0.9)."""

    CODE = "code"
    CONCERN = "concern"


@dataclass(frozen=True)
class OpeningHours:
    """When somebody looks at what is not an emergency, on the clinic's wall clock."""

    zone: str
    weekly: Mapping[int, tuple[time, time]]
    """Opening and closing time by weekday, Monday being 0; a weekday that is not here is closed."""
    closed_on: frozenset[date] = frozenset()

    def today(self, now: datetime) -> date:
        """The day it is at the clinic."""
        return local(now, self.zone).date()

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """The instants of opening and closing on that day; None where the clinic is closed."""
        if day in self.closed_on or day.weekday() not in self.weekly:
            return None
        opens, closes = self.weekly[day.weekday()]
        return resolve(day, opens, self.zone), resolve(day, closes, self.zone)

    def next_open(self, now: datetime) -> datetime:
        """`now` where the clinic is open, else the instant at which it opens next."""
        opens, _ = self._current_or_next(now)
        return max(now, opens)

    def next_closing(self, now: datetime) -> datetime:
        """Today's closing time where it is still to come on a working day, else that of the next working day."""
        _, closes = self._current_or_next(now)
        return closes

    def working_days_after(self, now: datetime, days: int) -> datetime:
        """Closing time so many working days after today; today does not count."""
        day = self.today(now)
        closes = now
        for _ in range(days):
            day, (_, closes) = self._working_day_from(day + timedelta(days=1))
        return closes

    def working_days_until(self, now: datetime, then: datetime) -> int:
        """How many working days after today lie up to that time's own day; 0 where that is today, or is past."""
        day, last = self.today(now), self.today(then)
        days = 0
        while (day := day + timedelta(days=1)) <= last:
            days += self.on(day) is not None
        return days

    def _current_or_next(self, now: datetime) -> tuple[datetime, datetime]:
        day = self.today(now)
        today = self.on(day)
        if today is not None and now < today[1]:
            return today
        return self._working_day_from(day + timedelta(days=1))[1]

    def _working_day_from(self, day: date) -> tuple[date, tuple[datetime, datetime]]:
        for _ in range(CLOSED_RUN_MAX):
            hours = self.on(day)
            if hours is not None:
                return day, hours
            day += timedelta(days=1)
        raise AssertionError(f"check lets no clinic through that is closed for {CLOSED_RUN_MAX} days in a row")


@dataclass(frozen=True)
class Crisis:
    """What `clinic.yaml` says for who thinks of harming themselves: a line to call, and who is paged (0.14)."""

    line: str | None = None
    ladder: tuple[Role, ...] = ()


@dataclass(frozen=True)
class ClinicSettings:
    """What `clinic.yaml` says."""

    name: str
    hours: OpeningHours
    ladder: tuple[Role, ...]
    """Which role stands on each step, the first step first."""
    language: Language
    """The staff's language."""
    phone: str | None = None
    """None: texts say "the number on your hospital letter" (clinical.md 0.16)."""
    emergency_number: str | None = None
    """None: texts say "112 or your local emergency number" (clinical.md 0.16)."""
    alert_detail: AlertDetail = AlertDetail.CONCERN
    protocols: tuple[ProtocolKey, ...] = ()
    """The care protocols that are published; others may lie among the files."""
    crisis: Crisis | None = None
    consent_changed_on: date | None = None
    """From when the consent text says so much else that whoever agreed before is asked anew."""
    canary: bool = True
    """Whether alerts are tested once a day, with one to a staff member, marked as a test and silent."""

    @property
    def paged(self) -> tuple[Role, ...]:
        """The roles that alerts go to, each once: those of the ladder in its order, then the crisis ladder's own."""
        return tuple(dict.fromkeys((*self.ladder, *(() if self.crisis is None else self.crisis.ladder))))


@dataclass(frozen=True)
class Programme:
    """Everything clinical in one published version: care protocols, settings, and which languages have words."""

    version: Version
    protocols: Mapping[ProtocolKey, CareProtocol]
    settings: ClinicSettings
    languages: tuple[Language, ...]
    lexicons: Mapping[Language, Lexicon] = field(default_factory=dict)
    labels: Mapping[Language, Mapping[QuestionId, Mapping[str, str]]] = field(default_factory=dict)
    """The words on each question's buttons: who types one of them has pressed it."""


@dataclass(frozen=True)
class StaffInvited:
    """A link is out, and nobody has used it."""

    token_hash: TokenHash
    expires_at: datetime
    kind: Literal["invited"] = "invited"


@dataclass(frozen=True)
class StaffJoined:
    """Their chat is known: they can be paged."""

    chat: ChatId
    kind: Literal["joined"] = "joined"


@dataclass(frozen=True)
class StaffBlocked:
    """Their chat refuses our messages: they still work here, and can't be reached."""

    chat: ChatId
    kind: Literal["blocked"] = "blocked"


@dataclass(frozen=True)
class StaffLeft:
    """They may do nothing any more; the name stays, since it stands in the record."""

    kind: Literal["left"] = "left"


StaffState = StaffInvited | StaffJoined | StaffBlocked | StaffLeft


@dataclass(frozen=True)
class StaffMember:
    """One person who works here."""

    id: StaffId
    name: str
    role: Role
    state: StaffState
    verified_at: datetime | None = None
    """When a press of theirs last showed that what we send is read: the link's, or that of the monthly question."""
    asked_at: datetime | None = None
    """When they were last asked for one."""

    @property
    def chat(self) -> ChatId | None:
        """Their chat, where they can be reached."""
        return self.state.chat if isinstance(self.state, StaffJoined) else None

    @property
    def own_chat(self) -> ChatId | None:
        """The chat that is theirs, whether or not it takes what we send."""
        return self.state.chat if isinstance(self.state, StaffJoined | StaffBlocked) else None


@dataclass(frozen=True)
class Group:
    """A group chat that is paged with everybody of `role`: since when, and when a press last showed that it is read."""

    id: GroupId
    chat: ChatId
    role: Role
    bound_at: datetime
    verified_at: datetime | None = None
    asked_at: datetime | None = None


class Want(StrEnum):
    """What a step of the ladder, or the rota, lacks."""

    NOBODY = "nobody"
    """Nobody on it can be reached."""
    UNVERIFIED = "unverified"
    """Somebody can be written to, but nobody has shown lately that it is read."""
    GROUP = "group"
    """In a group that is paged with the step nobody has shown lately that it is read."""


@dataclass(frozen=True)
class Unready:
    """A step of the ladder on which nobody can be relied on."""

    role: Role
    want: Want


@dataclass(frozen=True)
class Notice:
    """Something the operator has to know: `key` names its words, `detail` bears ids and numbers only."""

    key: str
    detail: str
    at: datetime


@dataclass(frozen=True)
class Interruption:
    """From when to when nothing was heard from patients."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Canary:
    """The last daily test of alerts: who gets it, once the alert is raised, and when Telegram took that."""

    number: int
    put_at: datetime
    staff: StaffId | None = None
    received_at: datetime | None = None
    last: StaffId | None = None
    """Who had the one before."""


@dataclass(frozen=True)
class Clinic:
    """Everything about the clinic that the core may look at."""

    version: int = 0
    staff: tuple[StaffMember, ...] = ()
    programme_version: Version | None = None
    bot_name: str | None = None
    zone_data: str | None = None
    """Of which version the rules of time zones are that everything due was last planned by."""
    notices: tuple[Notice, ...] = ()
    rota: tuple[Week, ...] = ()
    """The earliest week first. Empty: this clinic keeps no rota, and nobody is on call when it is closed."""
    leave: tuple[Leave, ...] = ()
    groups: tuple[Group, ...] = ()
    group_count: int = 0
    unready_told: tuple[Unready, ...] = ()
    """What lead and admin were last told is not ready about the ladder."""
    interruptions: tuple[Interruption, ...] = ()
    """Those after which patients are still to be asked again."""
    troubles: tuple[Notice, ...] = ()
    """What the program has found not to work, and is not over; `at` is when it was found."""
    digest_on: date | None = None
    """The last day of which a digest was sent."""
    canary: Canary | None = None
    clock_doubted_at: datetime | None = None
    """Since when nothing routine is done, because the clock may be wrong; None where it is trusted."""
    programme: Programme | None = field(default=None, compare=False)
    """The published programme, carried by storage; no part of what is folded."""

    @property
    def settings(self) -> ClinicSettings:
        """The published settings. The clinic has been initialised."""
        return self.published.settings

    @property
    def published(self) -> Programme:
        """The published programme. The clinic has been initialised."""
        assert self.programme is not None, "init publishes before anything else happens"
        return self.programme

    @property
    def people(self) -> tuple[tuple[tuple[StaffId, StaffState], ...], tuple[Week, ...], tuple[Leave, ...]]:
        """Everything that decides who is paged. When it changes, alerts that have no outcome are looked at again."""
        return tuple((member.id, member.state) for member in self.staff), self.rota, self.leave

    def member(self, staff: StaffId) -> StaffMember | None:
        """The staff member of that id, also one who has left."""
        return next((member for member in self.staff if member.id == staff), None)

    def name(self, staff: StaffId) -> str:
        """What they are called; their id where the clinic does not know them any more."""
        member = self.member(staff)
        return staff if member is None else member.name

    def group(self, group: GroupId) -> Group | None:
        """The group of that id, where it is still paged."""
        return next((found for found in self.groups if found.id == group), None)

    def paging_chat(self, recipient: str) -> ChatId | None:
        """The chat in which that staff member or group is paged; None where it takes nothing from us."""
        group = self.group(GroupId(recipient))
        member = self.member(StaffId(recipient))
        return group.chat if group is not None else member.chat if member is not None else None

    def reachable(self, role: Role) -> tuple[StaffMember, ...]:
        """Who has that role and a chat."""
        return tuple(member for member in self.staff if member.role is role and member.chat is not None)
