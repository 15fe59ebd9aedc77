"""Every page in the browser: no accessibility violation, no policy violation, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error
from playwright.sync_api import Page as Window

from core.testing.addresses import Page
from core.testing.visitors import Visitor
from core.users.permissions import ROLES
from tests.attack.mine import Desk
from tests.attack.planted import plant
from tests.attack.world import OWN, World
from tests.browser.windows import DESKTOP, PHONE, SMALLEST, Windows
from tests.support.region import LoadedRegion

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}


@pytest.fixture(scope="module")
def world(region: LoadedRegion) -> World:
    plant(region)
    found = World(region)
    with region.app.app_context():
        found.desk.failing_call()  # so that the operator's page has something to show
    return found


def violations(window: Window) -> list[str]:
    """What axe finds on the page as it stands."""
    found: list[dict[str, Any]] = Axe().run(window, options=RULES).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found]


def look(window: Window, address: str) -> list[str]:
    """Open a page and look at it at three widths; what is wrong with it."""
    try:
        answer = window.goto(address)
    except Error as error:
        if "Download is starting" in str(error):  # a file to save is no page to look at
            return []
        raise
    status = answer.status if answer else 0
    wrong = [] if status == 200 else [f"status {status}"]
    for size in (DESKTOP, PHONE):
        window.set_viewport_size(size)  # type: ignore[arg-type]  # a size as its own type
        wrong += [f"{size['width']} px: {each}" for each in violations(window)]
    window.set_viewport_size({"width": SMALLEST, "height": 640})
    wide = window.evaluate("document.documentElement.scrollWidth")
    if wide > SMALLEST:
        wrong.append(f"{wide} px wide on a screen of {SMALLEST}")
    return [f"{address}: {each}" for each in wrong]


def seen(world: World) -> Iterator[tuple[Visitor, str]]:
    """Each page that can be opened, and somebody who may."""
    desk = world.desk
    for page in world.pages:
        if "GET" in page.methods and not is_file(page):
            who = who_may(world, desk, page)
            places = world.own(page) if page.access.kind == "node" else desk.own(page)
            yield from ((who, page.address(org, arguments)) for org, arguments in places)


def is_file(page: Page) -> bool:
    """Addresses that give no page: files, health, and the front door, which leads on."""
    return page.endpoint in ("static", "pages.health", "pages.front", "module_pages.setup_file")


def who_may(world: World, desk: Desk, page: Page) -> Visitor:
    if page.access.kind != "node":
        return desk.owner(page)
    return world.who(OWN, world.least(page.access.permission or ""))


@pytest.mark.parametrize("part", range(2))
def test_no_page_has_a_violation(windows: Windows, world: World, part: int) -> None:
    people: dict[int, Window] = {}
    wrong: list[str] = []
    for who, address in [*seen(world)][part::2]:
        if who.person_id not in people:
            people[who.person_id] = windows.open(who)
        wrong += look(people[who.person_id], address)
    assert not wrong, "\n".join(wrong)
    assert people


def test_refusals_have_no_violation(windows: Windows, world: World) -> None:
    window = windows.open(world.who(OWN, "expert"))
    wrong: list[str] = []
    for address in ("/o/laukaa/modules", "/o/hyvaks/", "/ei-ole"):
        wrong += [w for w in look(window, address) if not w.endswith(("status 403", "status 404"))]
    assert not wrong, "\n".join(wrong)


def test_the_look_finds_what_is_wrong(windows: Windows) -> None:
    window = windows.open()
    window.goto("/sign-in")
    window.evaluate(
        "document.querySelector('main').innerHTML += '<img src=x><p style=\"width:900px\">x</p>';"
        "const bad = document.createElement('script'); bad.textContent = '1'; document.body.append(bad)"
    )
    assert any(each.startswith("image-alt") for each in violations(window))
    assert windows.complaints
    windows.complaints.clear()


def test_every_role_is_somebody(world: World) -> None:
    assert {role for _slug, role in world.cast} == set(ROLES)
