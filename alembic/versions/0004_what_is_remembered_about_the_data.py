"""Marks of backups, quarantine and upkeep; tombstones of erased patients."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is erased yet."""
    op.create_table(
        "marks",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
    op.create_table(
        "tombstones",
        sa.Column("patient", sa.String, nullable=False),
        sa.Column("ordered_at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("copy_sha256", sa.String),
        sa.Column("chat", sa.String),
        sa.Column("erased_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("patient", name="pk_tombstones"),
    )
