"""Every table. What may be read by whoever has the file stands in the clear; what may not ends in `_enc`.

Times of people end in `_at`, times of the machine in `_machine_ms`; no query compares the one with the other.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def epoch_ms(instant: datetime) -> int:
    """Whole milliseconds since the epoch, rounded up: what is due is never taken for due earlier."""
    assert instant.tzinfo is not None, "an instant bears its zone"
    return -((_EPOCH - instant) // _MS)


def instant_of(ms: int) -> datetime:
    """The instant that `epoch_ms` makes these milliseconds of, in UTC."""
    return _EPOCH + ms * _MS


class UtcMs(TypeDecorator[datetime]):
    """An instant as milliseconds since the epoch, the same in both databases. Refuses a datetime without a zone."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 # SQLAlchemy calls it so
        """Milliseconds."""
        return None if value is None else epoch_ms(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """An aware instant in UTC."""
        return None if value is None else instant_of(value)


_Counter = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts by itself only in a column of its own INTEGER type."""

# -- the record --------------------------------------------------------------------------------------------------------

facts = Table(
    "facts",
    metadata,
    Column("seq", _Counter, primary_key=True),  # over all chains: what a seal covers ends at one of these
    Column("aggregate", String, nullable=False),  # `patient:CODE` or `clinic`
    Column("n", Integer, nullable=False),
    Column("at", UtcMs, nullable=False),
    Column("actor", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("body_enc", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    UniqueConstraint("aggregate", "n"),
    sqlite_autoincrement=True,
)

causes = Table(
    "causes",
    metadata,
    Column("key", String, primary_key=True),
    Column("subject", String, nullable=False),
    Column("version", Integer, nullable=False),  # of the aggregate, before the decision
    Column("at", UtcMs, nullable=False),
    Index("ix_causes_at", "at"),
)

clinics = Table(
    "clinics",  # one row
    metadata,
    Column("id", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("form", String, nullable=False),
    Column("body_enc", LargeBinary, nullable=False),
)

chats = Table(
    "chats",
    metadata,
    Column("chat", String, primary_key=True),
    Column("number_index", String, nullable=False, unique=True),  # of its number today; `chat` stays when that changes
    Column("owner", String, nullable=False),  # whose key the number is encrypted with
    Column("address_enc", LargeBinary, nullable=False),
    Column("state", String, nullable=False),  # active, blocked
    Column("not_before_machine_ms", BigInteger, nullable=False),
    Column("newest_message_id", BigInteger),
)

charts = Table(
    "charts",
    metadata,
    Column("patient", String, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),  # the newest fact's MAC
    Column("state", String, nullable=False),  # of the enrolment
    Column("chat", String, ForeignKey("chats.chat"), index=True),
    Column("wake_at", UtcMs),
    Column("form", String, nullable=False),  # of the body; another one than today's is folded anew
    Column("body_enc", LargeBinary, nullable=False),
    Column("review_by", UtcMs),  # when the first text in the patient's own words is to be read
    Column("legal_hold_since", UtcMs),  # none of it runs out, and the patient is not erased
    Column("lists", String, nullable=False, server_default=""),  # the staff's lists: `kind:since in ms`, blanks between
    Index(
        "ix_charts_due",
        "wake_at",
        "patient",
        sqlite_where=text("wake_at IS NOT NULL"),
        postgresql_where=text("wake_at IS NOT NULL"),
    ),
)

# -- what lists are made of, in the clear; always what folding the facts gives -----------------------------------------

check_ins = Table(
    "check_ins",
    metadata,
    Column("patient", String, ForeignKey("charts.patient"), primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("timing", String, nullable=False),
    Column("state", String, nullable=False),
    Column("asked_at", UtcMs, nullable=False),
    Column("expires_at", UtcMs, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("patient", String, ForeignKey("charts.patient"), primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("tier", String, nullable=False),
    Column("state", String, nullable=False),
    Column("staff", String),  # who has it, or had it when it was resolved
    Column("raised_at", UtcMs, nullable=False),
    Column("due_at", UtcMs, nullable=False),
    Column("page_at", UtcMs),
    Index(
        "ix_alerts_unresolved",
        "due_at",
        sqlite_where=text("state <> 'resolved'"),
        postgresql_where=text("state <> 'resolved'"),
    ),
)

invitations = Table(
    "invitations",  # those that are out
    metadata,
    Column("token_hash", String, primary_key=True),
    Column("patient", String, ForeignKey("charts.patient"), nullable=False, unique=True),
)

follows = Table(
    "follows",  # in which chats a patient is followed: their own, which is number 0, and those of their carers
    metadata,
    Column("patient", String, ForeignKey("charts.patient"), primary_key=True),
    Column("carer", Integer, primary_key=True, autoincrement=False),
    Column("chat", String, ForeignKey("chats.chat"), index=True),
    Column("helps", Boolean, nullable=False),  # what is started goes there too; False while they have not agreed
    Column("token_hash", String, unique=True),  # of a carer's link that is out
    Column("initials_enc", LargeBinary),
)

# -- what belongs to the record and is not folded ----------------------------------------------------------------------

notes = Table(
    "notes",
    metadata,
    Column("patient", String, primary_key=True),
    Column("note", String, primary_key=True),
    Column("body_enc", LargeBinary, nullable=False),
)

access_log = Table(
    "access_log",
    metadata,
    Column("n", _Counter, primary_key=True),
    Column("at", UtcMs, nullable=False),
    Column("cause", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("action", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("allowed", Boolean, nullable=False),
    Index("ix_access_log_subject", "subject", "n"),
    sqlite_autoincrement=True,
)

unmeant = Table(
    "unmeant",  # what came from a chat of several patients, until it is said whom it is about
    metadata,
    Column("chat", String, primary_key=True),
    Column("message", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("body_enc", LargeBinary, nullable=False),
    Column("at", UtcMs, nullable=False),
    Index(None, "at"),
)

link_tries = Table(
    "link_tries",
    metadata,
    Column("cause", String, primary_key=True),
    Column("chat", String, nullable=False),
    Column("at", UtcMs, nullable=False),
    Index(None, "at"),
)

heard = Table(
    "heard",  # one row a channel: when it was heard last
    metadata,
    Column("channel", String, primary_key=True),
    Column("heard_at", UtcMs, nullable=False),
    Column("heard_machine_ms", BigInteger, nullable=False),
)

updates_failed = Table(
    "updates_failed",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("attempts", Integer, nullable=False),
    Column("error", String, nullable=False),
)

updates_set_aside = Table(
    "updates_set_aside",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("raw_enc", LargeBinary, nullable=False),
    Column("error", String, nullable=False),
    Column("at", UtcMs, nullable=False),
)

# -- what is remembered about the data itself --------------------------------------------------------------------------

marks = Table(
    "marks",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", UtcMs, nullable=False),
    Column("detail", String, nullable=False),
)

tombstones = Table(
    "tombstones",  # of erased patients: nothing about their health
    metadata,
    Column("patient", String, primary_key=True),
    Column("ordered_at", UtcMs, nullable=False),
    Column("reason", String, nullable=False),
    Column("copy_sha256", String),  # of the copy that went to the hospital's record
    Column("chat", String),  # the keyed hash of their chat's number, so that they are not taken in again by mistake
    Column("erased_at", UtcMs),  # none: the key is still to be destroyed
)

# -- what was published, content-addressed and never changed -----------------------------------------------------------

files = Table(
    "files",
    metadata,
    Column("hash", String, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

programme_files = Table(
    "programme_files",
    metadata,
    Column("version", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("hash", String, ForeignKey("files.hash"), nullable=False),
)

# -- sending -----------------------------------------------------------------------------------------------------------

_PENDING = text("state = 'pending'")
_SENDING = text("state = 'sending'")
_OPEN = text("state IN ('pending', 'sending')")
_TO_STAFF = text("staff IS NOT NULL")
_REPLACES = text("replaces IS NOT NULL")

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Counter, primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("chat", String, ForeignKey("chats.chat"), nullable=False),
    Column("owner", String, nullable=False),  # the aggregate that decided it, and whose key its contents are under
    Column("staff", String),  # whom it goes to, where that is a staff member
    Column("lane", Integer, nullable=False),
    Column("subject", String, nullable=False),
    Column("act", String, nullable=False),
    Column("message", String),
    Column("words", String, nullable=False),
    Column("language", String, nullable=False),
    Column("params_enc", LargeBinary, nullable=False),
    Column("choices_enc", LargeBinary, nullable=False),
    Column("replaces", BigInteger),  # the message it takes the place of, where that is still the chat's newest
    Column("target_row", BigInteger),  # the row whose message it edits, where that was not yet sent
    Column("target_message_id", BigInteger),
    Column("strip_message_id", BigInteger),
    Column("silent", Boolean, nullable=False),
    Column("daytime_zone", String),
    Column("daytime_starts", String),
    Column("daytime_ends", String),
    Column("decided_at", UtcMs, nullable=False),
    Column("not_before_at", UtcMs, nullable=False),
    Column("not_before_machine_ms", BigInteger, nullable=False),
    Column("expires_at", UtcMs),
    Column("state", String, nullable=False),  # pending, sending, sent, unknown, dead, cancelled, expired
    Column("attempts", Integer, nullable=False),
    Column("uncertain", Integer, nullable=False),
    Column("lease_until_machine_ms", BigInteger),
    Column("lease_token", String),
    Column("lease_holder", String),
    Column("payload_enc", LargeBinary),
    Column("message_id", BigInteger),
    Column("sent_at", UtcMs),
    Column("error", String),
    Index("ix_outbox_due", "lane", "not_before_at", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_outbox_open", "chat", "subject", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("uq_outbox_in_flight", "chat", "subject", unique=True, sqlite_where=_SENDING, postgresql_where=_SENDING),
    Index("ix_outbox_lease", "lease_until_machine_ms", sqlite_where=_SENDING, postgresql_where=_SENDING),
    Index("ix_outbox_copies", "subject", "id", sqlite_where=_TO_STAFF, postgresql_where=_TO_STAFF),
    Index("ix_outbox_replaced", "chat", "replaces", sqlite_where=_REPLACES, postgresql_where=_REPLACES),
    sqlite_autoincrement=True,
)

leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String),
    Column("epoch", Integer, nullable=False),
    Column("until_machine_ms", BigInteger, nullable=False),
)
