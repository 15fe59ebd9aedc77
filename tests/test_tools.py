"""What the set-up says where the browser is missing: one command that helps on that machine."""

from __future__ import annotations

import os
import shutil

import pytest

from tools import browser

APT = "apt-get update && apt-get install -y --no-install-recommends chromium libatomic1"


@pytest.mark.parametrize(
    ("programs", "uid", "told"),
    [
        ({"apt-get", "sudo"}, 1000, f"sudo sh -c '{APT}'"),
        ({"apt-get"}, 1000, f"su -c '{APT}'"),
        ({"apt-get"}, 0, APT),
    ],
)
def test_advice_is_one_command(
    monkeypatch: pytest.MonkeyPatch, programs: set[str], uid: int, told: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name if name in programs else None)
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    assert browser.advice(["chromium", "libatomic1"]).splitlines()[-1] == told


@pytest.mark.parametrize("missing", [["chromium"], ["libatomic1"], ["chromium", "libatomic1"]])
def test_without_apt_get_the_advice_names_what_is_missing_and_leads_on(
    monkeypatch: pytest.MonkeyPatch, missing: list[str]
) -> None:
    """`CHROMIUM=… make test` alone would lead back here while the library is missing."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    told = browser.advice(missing)
    assert ("CHROMIUM=" in told) == ("chromium" in missing)
    assert ("libatomic.so.1" in told) == ("libatomic1" in missing)
    assert "make test" in told
