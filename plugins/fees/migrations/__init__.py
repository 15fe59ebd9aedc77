"""The fee module's own lineage of migrations."""
