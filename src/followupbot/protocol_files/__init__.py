"""YAML becomes care protocols and the clinic's settings, or every mistake with its place."""
