"""What keeps a clinic's data for years: backing it up, restoring it, and verifying the record."""
