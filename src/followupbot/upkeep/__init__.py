"""What keeps a clinic's data for years: verifying the record."""
