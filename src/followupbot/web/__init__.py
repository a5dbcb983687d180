"""The pages: so far the health endpoints."""
