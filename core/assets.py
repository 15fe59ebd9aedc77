"""Addresses of static files, each with the file's fingerprint, so that browsers may keep it for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, url_for


@lru_cache(maxsize=64)
def _digest(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def fingerprint(name: str) -> str:
    """What changes whenever the file of `static/` does."""
    path = Path(str(current_app.static_folder)) / name
    return _digest(path, path.stat().st_mtime_ns)


def asset(name: str) -> str:
    """The address of a file of `static/`, new whenever the file is."""
    return url_for("static", filename=name, v=fingerprint(name))


def register(app: Flask) -> None:
    """Let templates ask for addresses of static files."""
    app.jinja_env.globals["asset"] = asset
