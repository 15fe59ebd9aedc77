"""What every check of the contract has: the plugin, the small region with it, and a way to say "nothing"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest
from flask import Flask

from config import TestConfig
from core import create_app
from core.modules.host import Host, Registered
from core.modules.spec.plugin import Plugin
from core.testing.applications import application, close
from core.testing.databases import DatabaseUrls
from core.testing.fixtures import KINDS, NOTHING, MakeRegions
from core.testing.planting import plant_at
from core.testing.region import COUNTY, OFF, TOWN, SmallRegion
from core.testing.subject import Subject, subject
from core.testing.terms import Terms
from core.testing.world import World

Nothing = Callable[[str], None]


class Check:
    """One plugin's contract; `terms` is what its author said."""

    terms: ClassVar[Terms]

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls) -> Subject:
        """The plugin, and what must be installed with it."""
        return subject(cls.terms.module)

    @pytest.fixture(scope="class")
    @classmethod
    def bare_app(cls, found: Subject, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
        """An application with the plugin and without a database."""
        nowhere = tmp_path_factory.mktemp("bare") / "none.sqlite3"
        app = create_app(TestConfig(database_url=f"sqlite:///{nowhere}", plugins=found.modules))
        yield app
        close(app)

    @pytest.fixture(scope="class")
    @classmethod
    def brought(cls, bare_app: Flask) -> Registered:
        """All that the plugin registers; fails with the reason where it cannot be used."""
        host: Host = bare_app.extensions["kokemussilta.host"]
        condition = host.at_start[cls.terms.module]
        assert condition.state == "ok", f"the plugin cannot be used: {condition}\n{condition.trace}"
        return host.healthy[cls.terms.module]

    @pytest.fixture(scope="class")
    @classmethod
    def plugin(cls, brought: Registered) -> Plugin:
        """The plugin, with its tables declared."""
        return brought.plugin

    @pytest.fixture(scope="class", params=KINDS)
    @classmethod
    def urls(
        cls,
        request: pytest.FixtureRequest,
        found: Subject,
        small_regions: MakeRegions,
    ) -> Iterator[DatabaseUrls]:
        """A copy of the small region's database, of each kind in turn."""
        with small_regions(request.param, found.modules).fresh() as urls:
            yield urls

    @pytest.fixture(scope="class")
    @classmethod
    def world(cls, plugin: Plugin, found: Subject, urls: DatabaseUrls) -> Iterator[World]:
        """The region with the module on in county and town and off in the association, rows in all three.

        Shared by the checks that leave it as it was.
        """
        with application(urls, plugins=found.modules) as app:
            yield settled(app, urls, plugin, cls.terms)

    @pytest.fixture
    def own_world(self, plugin: Plugin, found: Subject, small_regions: MakeRegions) -> Iterator[World]:
        """The same for one check alone, on SQLite."""
        with (
            small_regions("sqlite", found.modules).fresh() as urls,
            application(urls, plugins=found.modules) as app,
        ):
            yield settled(app, urls, plugin, self.terms)

    @pytest.fixture
    def nothing(self, record_property: Callable[[str, object], None]) -> Nothing:
        """Says why a check found nothing to check; the end of the run repeats it."""
        return lambda reason: record_property(NOTHING, reason)


def settled(app: Flask, urls: DatabaseUrls, plugin: Plugin, terms: Terms) -> World:
    """The world of a plugin: rows planted where it was on, then off in the association."""
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    world = World(SmallRegion(app, urls), plugin, terms)
    world.set_states({COUNTY: "on", TOWN: "on", OFF: "on"})
    plant_at(world, COUNTY, TOWN, OFF)
    world.set_states({OFF: "off"})
    return world


def told(failures: list[str], advice: str) -> str:
    """A message of what went wrong, at most thirty lines, and what the author may do."""
    more = [f"… and {len(failures) - 30} more"] if len(failures) > 30 else []
    return "\n".join([advice, *failures[:30], *more])
