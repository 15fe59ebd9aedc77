"""What is taken from a sender, and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest

from config import TestConfig
from core import create_app
from core.files.receiving import LONGEST_NAME, MOST_BYTES, FileRefused, kind_of, receive

PDF = b"%PDF-1.7 something"
KINDS = {
    "application/pdf": PDF,
    "image/jpeg": b"\xff\xd8\xff\xe0rest",
    "image/png": b"\x89PNG\r\n\x1a\nrest",
    "image/webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "image/heic": b"\x00\x00\x00\x18ftypheicrest",
}
REFUSED = {
    "a drawing that runs": b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'>",
    "a page": b"<!doctype html><script>x()</script>",
    "a program": b"MZ\x90\x00",
    "an archive": b"PK\x03\x04",
    "a document that begins later": b"  %PDF-1.7",
    "a film": b"\x00\x00\x00\x18ftypisom",
    "plain text": b"Todistus",
    "nothing": b"",
}


@pytest.fixture(autouse=True)
def words() -> Iterator[None]:
    """Refusals are said in a language."""
    with create_app(
        TestConfig(database_url="sqlite://", safe_mode=True, default_language="en")
    ).test_request_context("/"):
        yield


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_tells_the_kind(kind: str) -> None:
    found = receive(BytesIO(KINDS[kind]), "todistus.exe")
    assert (found.kind, found.content) == (kind, KINDS[kind])
    assert kind_of(KINDS[kind]) == kind


@pytest.mark.parametrize("what", REFUSED)
def test_other_content_is_refused_whatever_its_name(what: str) -> None:
    with pytest.raises(FileRefused):
        receive(BytesIO(REFUSED[what]), "todistus.pdf")


def test_the_largest_file_is_taken_and_one_byte_more_is_not() -> None:
    whole = PDF.ljust(MOST_BYTES, b".")
    assert len(receive(BytesIO(whole), "a.pdf").content) == MOST_BYTES
    with pytest.raises(FileRefused):
        receive(BytesIO(whole + b"."), "a.pdf")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Todistus.pdf", "Todistus.pdf"),
        ("todistus.html", "todistus.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\aino\kuitti.PDF", "kuitti.pdf"),
        ("kuitti\u202efdp.exe", "kuittifdp.pdf"),
        ("kui\r\ntti.pdf", "kuitti.pdf"),
        (".pdf", "pdf.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("Ääkkönen 1.10.2026.pdf", "Ääkkönen 1.10.2026.pdf"),
        ("a" * 300 + ".pdf", "a" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_ends_as_its_kind(given: str, kept: str) -> None:
    assert receive(BytesIO(PDF), given).name == kept
