"""The demonstration region on each database, copied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.testing.databases import DatabaseUrls
from tests.support.region import LoadedRegion, application


@pytest.fixture
def urls(request: pytest.FixtureRequest, kind: str) -> Iterator[DatabaseUrls]:
    databases = request.getfixturevalue(f"{kind}_regions")
    with databases.fresh() as found:
        yield found


@pytest.fixture
def region(urls: DatabaseUrls) -> Iterator[LoadedRegion]:
    with application(urls) as app:
        yield LoadedRegion(app, urls)
