"""Since when nothing of a patient may be erased or run out."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody is under a legal hold yet."""
    column = sa.Column("legal_hold_since", sa.BigInteger)
    if op.get_bind().dialect.name != "sqlite":
        op.add_column("charts", column)
        return
    # SQLite writes an added column behind the constraints, where a new database does not have it.
    with op.batch_alter_table("charts", recreate="always") as charts:
        charts.add_column(column, insert_after="review_by")
