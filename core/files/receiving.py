"""What somebody sends, read and judged before any transaction begins."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from flask_babel import gettext as _

from core.users.words import FORBIDDEN

MOST_BYTES = 10_000_000
LONGEST_NAME = 120
# Media type: the ending of its name. What browsers and offices send as a paper: documents and photographs.
ENDINGS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
}
ACCEPT = ",".join((*ENDINGS, ".heic"))
_STARTS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
_HEIC = frozenset({b"heic", b"heix", b"mif1"})


class FileRefused(ValueError):
    """A file that cannot be taken; the text tells the sender why, and what to do."""


@dataclass(frozen=True)
class Received:
    """A file that may be stored."""

    name: str
    kind: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()


def receive(stream: BinaryIO, name: str) -> Received:
    """Read what was sent; raises `FileRefused` for one too large, empty, or of a kind not taken.

    The kind is told by the content: what the sender calls it is not trusted.
    """
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileRefused(_("The file is too large (over 10 MB). Choose a smaller one or a new picture."))
    if not content:
        raise FileRefused(_("The file is empty. Choose another one."))
    kind = kind_of(content)
    if kind is None:
        raise FileRefused(_("This kind of file cannot be taken. Send a PDF or a picture (JPG, PNG, HEIC)."))
    return Received(safe_name(name, ENDINGS[kind]), kind, content)


def kind_of(content: bytes) -> str | None:
    """The media type that the content shows, if it is one that is taken."""
    for start, kind in _STARTS.items():
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if content[4:8] == b"ftyp" and content[8:12] in _HEIC else None


def safe_name(name: str, ending: str) -> str:
    """The last part of the name, without what cannot be seen, with the ending of its kind."""
    last = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    seen = "".join(c for c in last if unicodedata.category(c) not in FORBIDDEN)
    stem = seen.rpartition(".")[0] or seen
    return (stem.strip(" .")[: LONGEST_NAME - len(ending)] or _("file")) + ending
