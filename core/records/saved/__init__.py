"""Lists as people arranged them, kept under a name and perhaps shared."""
