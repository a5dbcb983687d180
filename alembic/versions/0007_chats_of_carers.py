"""In which chats a patient is followed, those of their carers too; and what waits to be said whom it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Whoever has a chat is followed in it, and in no other so far."""
    op.create_table(
        "follows",
        sa.Column("patient", sa.String, nullable=False),
        sa.Column("carer", sa.Integer, nullable=False),
        sa.Column("chat", sa.String),
        sa.Column("helps", sa.Boolean, nullable=False),
        sa.Column("token_hash", sa.String),
        sa.Column("initials_enc", sa.LargeBinary),
        sa.PrimaryKeyConstraint("patient", "carer", name="pk_follows"),
        sa.ForeignKeyConstraint(["patient"], ["charts.patient"], name="fk_follows_patient"),
        sa.ForeignKeyConstraint(["chat"], ["chats.chat"], name="fk_follows_chat"),
        sa.UniqueConstraint("token_hash", name="uq_follows_token_hash"),
    )
    op.create_index("ix_follows_chat", "follows", ["chat"])
    op.execute(
        sa.text(
            "INSERT INTO follows (patient, carer, chat, helps) "
            "SELECT patient, 0, chat, :yes FROM charts WHERE chat IS NOT NULL"
        ).bindparams(yes=True)
    )
    op.create_table(
        "unmeant",
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("message", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body_enc", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("chat", "message", name="pk_unmeant"),
    )
    op.create_index("ix_unmeant_at", "unmeant", ["at"])
