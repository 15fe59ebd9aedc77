"""The table of words."""

from __future__ import annotations

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model

LONGEST_WORD = 60
# The beginning of a word is found by a range, so words are compared by their bytes on each database.
BYTEWISE = String(LONGEST_WORD).with_variant(String(LONGEST_WORD, collation="C"), "postgresql")


class SearchWord(Model):
    """A word that stands in a row, in fields that take `permission` to search."""

    __tablename__ = "search_word"
    __table_args__ = (
        Index("ix_search_word_record_row_id", "record", "row_id"),
        {"info": {"unscoped": "it only narrows a query on the row's own table, which has its scope"}},
    )

    record: Mapped[str] = mapped_column(String(60), primary_key=True)
    word: Mapped[str] = mapped_column(BYTEWISE, primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    permission: Mapped[str] = mapped_column(String(80), primary_key=True)
