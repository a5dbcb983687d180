"""When what a patient wrote is to be read."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None where nothing waits; what was written before is not counted."""
    column = sa.Column("review_by", sa.BigInteger)
    if op.get_bind().dialect.name != "sqlite":
        op.add_column("charts", column)
        return
    # SQLite writes an added column behind the constraints, where a new database does not have it.
    with op.batch_alter_table("charts", recreate="always") as charts:
        charts.add_column(column, insert_after="body_enc")
