"""How large a file of rows may be, and what is said of one that cannot be taken."""

from __future__ import annotations

MOST_ROWS = 10_000
MOST_COLUMNS = 100
LONGEST_CELL = 10_000


class BadTable(ValueError):
    """A file that is no table; the text tells what to do."""
