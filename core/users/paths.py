"""Where a page may lead back to: this service only."""

from __future__ import annotations

import unicodedata


def safe_path(text: object) -> str | None:
    """The text if it is a path of our own, else None.

    Browsers read `//host`, `/\\host` and paths with line breaks or tabs as other addresses.
    """
    if not isinstance(text, str) or not text.startswith("/") or len(text) > 2000:
        return None
    if "//" in text or "\\" in text or any(unicodedata.category(c).startswith(("C", "Z")) for c in text):
        return None
    return text
