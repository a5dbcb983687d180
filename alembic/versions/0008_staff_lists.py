"""On which of the staff's lists a patient is."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """None until the program opens the database: it puts every chart on its lists, from the encrypted facts."""
    column = sa.Column("lists", sa.String, nullable=False, server_default="")
    if op.get_bind().dialect.name != "sqlite":
        op.add_column("charts", column)
        return
    # SQLite writes an added column behind the constraints, where a new database does not have it.
    with op.batch_alter_table("charts", recreate="always") as charts:
        charts.add_column(column, insert_after="legal_hold_since")
