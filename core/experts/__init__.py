"""The register of experts by experience."""
