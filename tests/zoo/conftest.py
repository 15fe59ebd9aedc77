"""A cage: the region with one bad plugin installed for the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from textwrap import dedent

import pytest

from core.database.migrate import upgrade
from core.testing.applications import application
from core.testing.databases import DatabaseUrls
from tests.support.plugins import packages_in
from tests.support.region import LoadedRegion
from tests.zoo.animals import Animal
from tests.zoo.story import Story

HEAD = "from core.api import *\nfrom core.api import Card, Person, db, now\n"
Cage = Callable[[Animal], Story]


@pytest.fixture
def urls(request: pytest.FixtureRequest, kind: str) -> Iterator[DatabaseUrls]:
    with request.getfixturevalue(f"{kind}_regions").fresh() as found:
        yield found


@pytest.fixture
def cage(urls: DatabaseUrls, tmp_path: Path) -> Iterator[Cage]:
    """Installs the plugin, migrates, starts, and gives the story."""
    with ExitStack() as stack:

        def locked_in(animal: Animal) -> Story:
            packages = stack.enter_context(packages_in(tmp_path))
            packages.add("bad", animal.facts, before=HEAD + dedent(animal.before))
            for module, text in animal.modules.items():
                path = tmp_path / "pkg_bad" / f"{module}.py"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(dedent(text))
            if animal.modules:
                upgrade(urls.owner)
            app = stack.enter_context(application(urls, demo=True))
            story = Story(LoadedRegion(app, urls), "bad")
            story.prepare()
            return story

        yield locked_in
