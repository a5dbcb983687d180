"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Counter = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Every table of the first release."""
    op.create_table(
        "access_log",
        sa.Column("n", _Counter, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_access_log"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_access_log_subject", "access_log", ["subject", "n"])
    op.create_table(
        "causes",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_causes"),
    )
    op.create_table(
        "chats",
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("number_index", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("address_enc", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("not_before_machine_ms", sa.BigInteger, nullable=False),
        sa.Column("newest_message_id", sa.BigInteger),
        sa.PrimaryKeyConstraint("chat", name="pk_chats"),
        sa.UniqueConstraint("number_index", name="uq_chats_number_index"),
    )
    op.create_table(
        "clinics",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("form", sa.String, nullable=False),
        sa.Column("body_enc", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_clinics"),
    )
    op.create_table(
        "facts",
        sa.Column("seq", _Counter, nullable=False),
        sa.Column("aggregate", sa.String, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("body_enc", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_facts"),
        sa.UniqueConstraint("aggregate", "n", name="uq_facts_aggregate_n"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "files",
        sa.Column("hash", sa.String, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_files"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("holder", sa.String),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("until_machine_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "notes",
        sa.Column("patient", sa.String, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("body_enc", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("patient", "note", name="pk_notes"),
    )
    op.create_table(
        "updates_failed",
        sa.Column("update_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("error", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("update_id", name="pk_updates_failed"),
    )
    op.create_table(
        "updates_set_aside",
        sa.Column("update_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("raw_enc", sa.LargeBinary, nullable=False),
        sa.Column("error", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("update_id", name="pk_updates_set_aside"),
    )
    op.create_table(
        "charts",
        sa.Column("patient", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("chat", sa.String),
        sa.Column("wake_at", sa.BigInteger),
        sa.Column("form", sa.String, nullable=False),
        sa.Column("body_enc", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("patient", name="pk_charts"),
        sa.ForeignKeyConstraint(["chat"], ["chats.chat"], name="fk_charts_chat"),
    )
    op.create_index("ix_charts_chat", "charts", ["chat"])
    op.create_index(
        "ix_charts_due",
        "charts",
        ["wake_at", "patient"],
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _Counter, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("owner", sa.String, nullable=False),
        sa.Column("staff", sa.String),
        sa.Column("lane", sa.Integer, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("message", sa.String),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("params_enc", sa.LargeBinary, nullable=False),
        sa.Column("choices_enc", sa.LargeBinary, nullable=False),
        sa.Column("replaces", sa.BigInteger),
        sa.Column("target_row", sa.BigInteger),
        sa.Column("target_message_id", sa.BigInteger),
        sa.Column("strip_message_id", sa.BigInteger),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("daytime_zone", sa.String),
        sa.Column("daytime_starts", sa.String),
        sa.Column("daytime_ends", sa.String),
        sa.Column("decided_at", sa.BigInteger, nullable=False),
        sa.Column("not_before_at", sa.BigInteger, nullable=False),
        sa.Column("not_before_machine_ms", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("uncertain", sa.Integer, nullable=False),
        sa.Column("lease_until_machine_ms", sa.BigInteger),
        sa.Column("lease_token", sa.String),
        sa.Column("lease_holder", sa.String),
        sa.Column("payload_enc", sa.LargeBinary),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("sent_at", sa.BigInteger),
        sa.Column("error", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sa.ForeignKeyConstraint(["chat"], ["chats.chat"], name="fk_outbox_chat"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_copies",
        "outbox",
        ["subject", "id"],
        sqlite_where=sa.text("staff IS NOT NULL"),
        postgresql_where=sa.text("staff IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["lane", "not_before_at", "id"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_outbox_lease",
        "outbox",
        ["lease_until_machine_ms"],
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["chat", "subject", "id"],
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    )
    op.create_index(
        "ix_outbox_replaced",
        "outbox",
        ["chat", "replaces"],
        sqlite_where=sa.text("replaces IS NOT NULL"),
        postgresql_where=sa.text("replaces IS NOT NULL"),
    )
    op.create_index(
        "uq_outbox_in_flight",
        "outbox",
        ["chat", "subject"],
        unique=True,
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_table(
        "programme_files",
        sa.Column("version", sa.String, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("version", "path", name="pk_programme_files"),
        sa.ForeignKeyConstraint(["hash"], ["files.hash"], name="fk_programme_files_hash"),
    )
    op.create_table(
        "alerts",
        sa.Column("patient", sa.String, nullable=False),
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("tier", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("staff", sa.String),
        sa.Column("raised_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("page_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("patient", "id", name="pk_alerts"),
        sa.ForeignKeyConstraint(["patient"], ["charts.patient"], name="fk_alerts_patient"),
    )
    op.create_index(
        "ix_alerts_unresolved",
        "alerts",
        ["due_at"],
        sqlite_where=sa.text("state <> 'resolved'"),
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_table(
        "check_ins",
        sa.Column("patient", sa.String, nullable=False),
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("timing", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("patient", "id", name="pk_check_ins"),
        sa.ForeignKeyConstraint(["patient"], ["charts.patient"], name="fk_check_ins_patient"),
    )
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.String, nullable=False),
        sa.Column("patient", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitations"),
        sa.UniqueConstraint("patient", name="uq_invitations_patient"),
        sa.ForeignKeyConstraint(["patient"], ["charts.patient"], name="fk_invitations_patient"),
    )
