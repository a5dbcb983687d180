"""Runs the migrations on the connection that `storage.migrations` hands over, inside its transaction.

No logging is set up here, and no database address is read: the program does both.
"""

from alembic import context

from followupbot.storage.tables import metadata

connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,  # Alembic thinks SQLite can't; it can, since we begin ourselves
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
