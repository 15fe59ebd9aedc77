"""What the watchdog takes for age, and whose line it names."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from core.modules.health import watchdog
from core.modules.health.running import running


class SlowClient:
    """A body that comes byte by byte."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.left = seconds, 3

    def read(self, _size: int = -1) -> bytes:
        time.sleep(self.seconds)
        self.left -= 1
        return b"a=b"[self.left : self.left + 1] if self.left >= 0 else b""


def test_waiting_for_the_client_is_no_age(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ages: list[float] = []

    def inner(environ: dict[str, Any], _start: Any) -> list[bytes]:
        while environ["wsgi.input"].read(1):
            ages.append(running[threading.get_ident()].age)
        time.sleep(0.1)
        ages.append(running[threading.get_ident()].age)
        return []

    monkeypatch.setattr(app, "wsgi_app", inner)
    config = replace(app.config["KOKEMUSSILTA"], request_max_seconds=30)
    monkeypatch.setitem(app.config, "KOKEMUSSILTA", config)
    watchdog.install(app)
    app.wsgi_app({"wsgi.input": SlowClient(0.3), "REQUEST_METHOD": "POST"}, lambda *_: None)  # type: ignore[arg-type]
    assert max(ages[:-1]) < 0.1
    assert 0.1 <= ages[-1] < 0.3


def test_a_plugin_among_installed_libraries_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "site-packages" / "pkg_hangs"
    folder.mkdir(parents=True)
    found = ModuleType("pkg_hangs")
    found.__file__ = str(folder / "__init__.py")
    monkeypatch.setitem(sys.modules, "pkg_hangs", found)
    monkeypatch.setattr(watchdog, "_plugins", set())
    code = compile("def hangs(go):\n    return go()\n", str(folder / "work.py"), "exec")
    exec(code, vars(found))  # noqa: S102  # a plugin's file
    assert not found.hangs(lambda: watchdog.where(threading.get_ident())).startswith("work.py")
    watchdog.note_plugins(["pkg_hangs"])
    assert not watchdog._is_library(str(folder / "work.py"))
    assert watchdog._is_library(str(folder.parent / "other" / "work.py"))
