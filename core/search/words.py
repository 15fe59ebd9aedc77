"""Words of a text, as they are kept and looked for: folded, å ä ö apart, other accents ignored."""

from __future__ import annotations

import re
from typing import Any

from core.database.types import Texts, sort_key
from core.records.checking import LANGUAGES
from core.search.models import LONGEST_WORD

# The letters and digits between anything else: a hyphen or a point begins a new word.
WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 200


def words_of(value: Any) -> set[str]:
    """The words of a stored value; numbers of a phone also as one."""
    if value is None or isinstance(value, bool):
        return set()
    if isinstance(value, Texts):
        return {word for language in LANGUAGES for word in words_of(getattr(value, language))}
    if isinstance(value, list | tuple):
        return {word for each in value for word in words_of(each)}
    return set(asked(str(value))) | _digits(str(value))


def asked(text: str) -> list[str]:
    """The words somebody looks for, in their order, each once."""
    found = (sort_key(word)[:LONGEST_WORD] for word in WORD.findall(text))
    return list(dict.fromkeys(word for word in found if word))[:MOST_WORDS]


def _digits(text: str) -> set[str]:
    """A number written with spaces, as one word, with and without the country before it."""
    together = re.sub(r"[\s()-]", "", text)
    if not re.fullmatch(r"\+?[0-9]{5,20}", together):
        return set()
    number = together.removeprefix("+")
    return {number, "0" + number.removeprefix("358")} if number.startswith("358") else {number}
