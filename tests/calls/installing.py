"""Plugins installed for real into a folder, for processes that have the folder on their path."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent


def install(folder: Path, name: str, code: str) -> None:
    """Write a package with the plugin's code, which makes `plugin`, and the entry point that names it."""
    package = folder / f"{name}_package"
    package.mkdir()
    (package / "__init__.py").write_text(dedent(code), encoding="utf-8")
    facts = folder / f"{name}_package-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-package\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[kokemussilta.plugins]\n{name} = {name}_package:plugin\n")
