"""Links that were tried, so that guessing has a limit."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row for each try of the last hour."""
    op.create_table(
        "link_tries",
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("chat", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("cause", name="pk_link_tries"),
    )
    op.create_index("ix_link_tries_at", "link_tries", ["at"])
