"""Municipalities by their official code, from `config/municipalities.toml`; Central Finland comes along."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from core.database.types import Texts, sort_key


@cache
def municipalities() -> Mapping[str, Texts]:
    """Names by code, in the order of the Finnish alphabet; read once. The code is text of three digits."""
    text = files("config").joinpath("municipalities.toml").read_text(encoding="utf-8")
    names = {code: Texts(**words) for code, words in tomllib.loads(text)["municipality"].items()}
    return dict(sorted(names.items(), key=lambda pair: sort_key(pair[1].fi)))


def municipality_choices(_organisation_id: int = 0) -> list[tuple[str, Texts]]:
    """(code, names) for a field to choose from; the same in every organisation."""
    return list(municipalities().items())


def municipality_name(code: str | None) -> Texts | None:
    """The names of one municipality; None for an unknown code."""
    return municipalities().get(code) if code else None
