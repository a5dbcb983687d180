"""Who was erased is on no list."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Since the column is there an erasure has left it as it was."""
    charts = sa.table("charts", sa.column("form", sa.String), sa.column("lists", sa.String))
    op.execute(charts.update().where(charts.c.form == "erased").values(lists=""))
