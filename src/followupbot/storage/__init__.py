"""The only SQL: charts, facts and the outbox in SQLite or PostgreSQL, encrypted, in one commit."""
