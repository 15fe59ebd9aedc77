"""Rows from a file, in two phases: everything is checked and shown first; nothing changes until confirmed."""
