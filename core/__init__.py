"""Kokemussilta: the minimal core, and the host for modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Config


def create_app(config: Config | None = None) -> Flask:
    """The application for a configuration, or for what the environment says."""
    from core.application import build

    return build(config)
