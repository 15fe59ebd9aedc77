"""The demonstration region, copied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.region import LoadedRegion, application


@pytest.fixture(params=["sqlite", "postgresql"])
def region(request: pytest.FixtureRequest) -> Iterator[LoadedRegion]:
    databases = request.getfixturevalue(f"{request.param}_regions")
    with databases.fresh() as urls, application(urls) as app:
        yield LoadedRegion(app, urls)
