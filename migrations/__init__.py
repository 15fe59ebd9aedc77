"""Alembic's environment and the core's own lineage."""
