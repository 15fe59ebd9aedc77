"""A real browser against the real server on the demonstration region."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from core.testing.databases import SqliteDatabases
from tests.browser.windows import Windows
from tests.support.region import LoadedRegion, application, migrate_and_load
from tests.support.server import LiveServer, serving
from tools.browser import chromium

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedRegion]:
    databases = SqliteDatabases(tmp_path_factory.mktemp("browser"), migrate_and_load)
    with databases.fresh() as urls, application(urls) as app:
        yield LoadedRegion(app, urls)


@pytest.fixture(scope="module")
def server(region: LoadedRegion, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with serving(region.urls, tmp_path_factory.mktemp("log"), workers=1, threads=8) as started:
        yield started


@pytest.fixture
def windows(browser: Browser, server: LiveServer, region: LoadedRegion) -> Iterator[Windows]:
    opened = Windows(browser, server, region)
    yield opened
    opened.close()
    assert opened.complaints == []
