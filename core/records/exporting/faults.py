"""What is wrong with a file, as a file: so that it can be mended beside the original."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable
from io import TextIOWrapper
from typing import BinaryIO

from flask_babel import gettext as _

from core.records.exporting.as_csv import harmless


def write_faults(faults: Iterable[tuple[int, str, str]], out: BinaryIO) -> None:
    """Row, column and reason of each; `out` stays open."""
    out.write(BOM_UTF8)
    text = TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        lines = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL)
        lines.writerow([_("Row"), _("Column"), _("What is wrong")])
        for row, column, reason in faults:
            lines.writerow([row or "", harmless(column), harmless(reason)])
    finally:
        text.detach()
