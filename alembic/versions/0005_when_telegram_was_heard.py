"""When Telegram was heard last, and an index by which whoever was heard shortly before is found."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Never heard yet, as far as anybody knows."""
    op.create_table(
        "heard",
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("heard_at", sa.BigInteger, nullable=False),
        sa.Column("heard_machine_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_heard"),
    )
    op.create_index("ix_causes_at", "causes", ["at"])
