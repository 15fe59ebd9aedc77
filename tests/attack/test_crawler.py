"""Every address, asked for by everybody, with everything that might stand in it. No page is listed here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from core.modules.health import recording as health
from core.testing.addresses import METHODS, Page
from core.testing.changes import Changes
from core.testing.visitors import Visitor
from core.users.permissions import ROLES
from tests.attack.claims import untouchable
from tests.attack.crawl import SMUGGLED, Crawl, Reply
from tests.attack.mine import Desk
from tests.attack.planted import OTHERS, UNITS, plant
from tests.attack.world import FOREIGN, OWN, SCHOOL, SIBLING, Place, World, spoil
from tests.support.region import LoadedRegion, application

pytestmark = pytest.mark.pages

FOUND, REFUSED, ABSENT = range(200, 400), (403,), (404,)
MALFORMED_ANSWERS = (400, 404)
WRONG_METHOD = (400, 403, 404, 405)
# The same rows for every organisation.
SHARED = ("records_fees_yearly_tables.detail", "records_fees_yearly_tables.history")
QUERIES = (
    "page=-1", f"page={10**20}", "after=-1", f"after={10**20}", "after=xx", "after=1,2", "id=1,2",
    "id=1&id=2", "sort=nothing", "sort=id;drop", "after=1&after=2", "task=-1", f"task={10**20}", "task=x",
    "q=%00", "state=unknown", "show=x", "before=-1", f"before={10**20}", "before=x",
)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    databases = request.getfixturevalue(f"{request.param}_regions")
    with databases.fresh() as urls, application(urls) as app:
        region = LoadedRegion(app, urls)
        plant(region)
        yield World(region)


@pytest.fixture
def crawl(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Crawl]:
    # How long hooks took is written once a minute, at the end of whichever request comes then.
    monkeypatch.setattr(health, "TIMES_EVERY_SECONDS", float("inf"))
    changes = Changes(world.region.urls)
    found = Crawl(world.app, changes, (OTHERS,))
    yield found
    changes.close()
    found.close()
    found.report()


def node_pages(world: World) -> list[Page]:
    return [page for page in world.pages if page.access.kind == "node"]


def ask_all(crawl: Crawl, who: Visitor, page: Page, places: list[Place]) -> Iterator[Reply]:
    """GET and POST (with a token) each address, whichever of them the page takes."""
    for org, arguments in places:
        for method in sorted(page.methods & {"GET", "POST"}):
            yield crawl.ask(
                who, method, page.address(org, arguments), **(SMUGGLED if method == "POST" else {})
            )


def test_every_page_has_rows_of_its_own_and_of_others(world: World) -> None:
    nodes = node_pages(world)
    assert [page.rule for page in nodes if not world.own(page)] == []
    assert [page.rule for page in nodes if not world.foreign(page) and page.endpoint not in SHARED] == []


def test_who_may_sees_the_page(world: World, crawl: Crawl) -> None:
    for page in node_pages(world):
        who = world.who(OWN, world.least(page.access.permission or ""))
        for org, arguments in world.own(page, 3) if "GET" in page.methods else []:
            reply = crawl.ask(who, "GET", page.address(org, arguments))
            crawl.expect(reply, reply.status in FOUND, "a page")


def test_who_may_not_is_refused(world: World, crawl: Crawl) -> None:
    seen: set[str] = set()
    for page in node_pages(world):
        for role in sorted(refused_roles(world, page, seen)):
            who = world.who(OWN, role)
            with crawl.unchanged(f"{page.rule} as {role}"):
                for reply in ask_all(crawl, who, page, world.own(page)):
                    crawl.expect(reply, reply.status in REFUSED, "403")
                for reply in ask_all(crawl, who, page, world.foreign(page)):
                    crawl.expect(reply, reply.status in (*REFUSED, *ABSENT), "403 or 404")


def refused_roles(world: World, page: Page, seen: set[str]) -> set[str]:
    """Every role that may not for the first page of each kind of view, then the strongest of them."""
    permission, kind = page.access.permission or "", view_kind(page)
    first = kind not in seen
    seen.add(kind)
    strongest = world.strongest_without(permission)
    return set(ROLES) - world.holders(permission) if first or strongest is None else {strongest}


def view_kind(page: Page) -> str:
    """Pages that one description-driven view makes are of one kind."""
    return page.endpoint.partition(".")[2] if page.endpoint.startswith("records_") else page.endpoint


def test_another_organisation_is_not_there(world: World, crawl: Crawl) -> None:
    for page in node_pages(world):
        permission = page.access.permission or ""
        roles = {world.least(permission), world.strongest(permission)}
        with crawl.unchanged(page.rule):
            for who in [world.who(OWN, role) for role in roles]:
                for reply in ask_all(crawl, who, page, world.foreign(page, 3)):
                    crawl.expect(reply, reply.status in ABSENT, "404")


def test_the_strongest_stranger_finds_nothing(world: World, crawl: Crawl) -> None:
    crawl.canaries = ()
    for page in node_pages(world):
        for who in (world.who(FOREIGN, "administrator"), world.outsider, world.operator):
            with crawl.unchanged(f"{page.rule} as {who.name}"):
                for reply in ask_all(crawl, who, page, world.own(page)):
                    crawl.expect(reply, reply.status in ABSENT, "404")


def test_another_unit_is_not_there(world: World, crawl: Crawl) -> None:
    crawl.canaries = (OTHERS, UNITS)
    for page in node_pages(world):
        who = world.who(SCHOOL, world.least(page.access.permission or ""))
        with crawl.unchanged(page.rule):
            for reply in ask_all(crawl, who, page, world.of_sibling(page, 3)):
                crawl.expect(reply, reply.status in ABSENT, "404")
        for org in (OWN, SCHOOL):
            if not page.arguments and "GET" in page.methods:
                crawl.ask(who, "GET", page.address(org, {}))


def test_the_planted_words_are_seen_by_those_whose_they_are(world: World, crawl: Crawl) -> None:
    crawl.canaries = ()
    for slug, words in ((FOREIGN, OTHERS), (SIBLING, UNITS)):
        seen = 0
        who = world.who(FOREIGN if slug == FOREIGN else OWN, "administrator")
        for page in node_pages(world):
            if not page.arguments and "GET" in page.methods:
                seen += words in crawl.ask(who, "GET", page.address(slug, {})).body
        assert seen, slug


def malformed(world: World, page: Page, seen: set[str]) -> list[Place]:
    """Each argument spoilt; the organisation, which one guard reads for all, once for each kind of view."""
    known = view_kind(page) in seen
    seen.add(view_kind(page))
    return [place for place in world.malformed(page) if place[0] == OWN or not known]


def test_malformed_addresses_are_unknown(world: World, crawl: Crawl) -> None:
    seen: set[str] = set()
    for page in node_pages(world):
        who = world.who(OWN, world.least(page.access.permission or ""))
        with crawl.unchanged(page.rule):
            for reply in ask_all(crawl, who, page, malformed(world, page, seen)):
                crawl.expect(reply, reply.status in MALFORMED_ANSWERS, "404")


def test_malformed_questions_are_refused_in_plain_words(world: World, crawl: Crawl) -> None:
    for page in node_pages(world):
        who = world.who(OWN, world.least(page.access.permission or ""))
        for org, arguments in world.own(page) if "GET" in page.methods else []:
            for query in QUERIES if not page.arguments else QUERIES[::5]:
                crawl.ask(who, "GET", f"{page.address(org, arguments)}?{query}")


def test_nobody_signed_in_is_always_asked_to_sign_in(world: World, crawl: Crawl) -> None:
    known = [p.address(*place) for p in node_pages(world) for place in [*world.own(p), *world.foreign(p)]]
    unknown = [
        "/o/ei-ole/",
        "/o/laukaa/ei-ole",
        "/o/",
        "/me/ei-ole",
        "/me/fees/999999",
        "/o/laukaa/records/x.y/1/",
    ]
    desk = [p.address("", dict.fromkeys(p.arguments, "1")) for p in world.pages if p.access.kind == "me"]
    answers = set()
    with crawl.unchanged("somebody who is not signed in"):
        for address in [*known, *unknown, *desk]:
            reply = crawl.ask(world.anonymous, "GET", address)
            crawl.expect(reply, reply.status == 302, "to sign in")
            answers.add((reply.location, len(reply.body)))
    assert len(answers) == 1, answers


def test_a_form_without_its_token_is_refused(world: World, crawl: Crawl) -> None:
    desk = world.desk
    people = (world.who(OWN, "administrator"), world.who(OWN, "expert"), world.anonymous)
    for page in world.pages:
        org, arguments = desk.own(page)[0]
        with crawl.unchanged(f"{page.rule} without its token"):
            for who in people if "POST" in page.methods else ():
                reply = crawl.ask(who, "POST", page.address(org, arguments), token=False)
                crawl.expect(reply, reply.status == 400, "400")


def test_other_methods_do_nothing(world: World, crawl: Crawl) -> None:
    desk = world.desk
    who = world.who(OWN, "administrator")
    for page in world.pages:
        org, arguments = desk.own(page)[0]
        with crawl.unchanged(f"another method of {page.rule}"):
            for method in set(METHODS) - page.methods - page.others:
                reply = crawl.ask(who, method, page.address(org, arguments))
                crawl.expect(reply, reply.status in WRONG_METHOD, "405")


def on_each_desk_page(world: World, ask: Callable[[Desk, Page], None]) -> None:
    desk = world.desk
    for page in world.pages:
        if page.access.kind in ("me", "signed_in", "operator", "public"):
            ask(desk, page)


def test_everybody_sees_their_own_desk(world: World, crawl: Crawl) -> None:
    crawl.canaries = ()

    def ask(desk: Desk, page: Page) -> None:
        for org, arguments in desk.own(page) if "GET" in page.methods else []:
            reply = crawl.ask(desk.owner(page), "GET", page.address(org, arguments))
            crawl.expect(reply, reply.status in FOUND, "a page")
            for query in QUERIES if not page.arguments else QUERIES[::5]:
                crawl.ask(desk.owner(page), "GET", f"{page.address(org, arguments)}?{query}")

    on_each_desk_page(world, ask)


def test_nobody_reaches_into_another_desk(world: World, crawl: Crawl) -> None:
    def ask(desk: Desk, page: Page) -> None:
        if page.access.kind in ("me", "operator") and (page.arguments or page.access.kind == "operator"):
            own = desk.own(page)
            for who in desk.strangers:
                with crawl.unchanged(f"{page.rule} as {who.name}"):
                    for reply in ask_all(crawl, who, page, own + desk.ended(page)):
                        crawl.expect(reply, reply.status in ABSENT, "404")

    on_each_desk_page(world, ask)


def test_malformed_addresses_of_the_desk_are_unknown(world: World, crawl: Crawl) -> None:
    def ask(desk: Desk, page: Page) -> None:
        spoilt = spoil(page, desk.own(page)[0][1]) if page.arguments else []
        who = desk.owner(page)
        with crawl.unchanged(page.rule):
            for reply in ask_all(crawl, who, page, spoilt):
                crawl.expect(reply, reply.status in MALFORMED_ANSWERS, "404")

    on_each_desk_page(world, ask)


def test_ended_rows_break_nothing(world: World, crawl: Crawl) -> None:
    crawl.canaries = ()

    def ask(desk: Desk, page: Page) -> None:
        for reply in ask_all(crawl, desk.owner(page), page, desk.ended(page)):
            crawl.expect(reply, reply.status < 500, "no server error")

    on_each_desk_page(world, ask)


def test_forms_take_nothing_they_did_not_ask(world: World, crawl: Crawl) -> None:
    """Last, because those who may do change things here."""
    before = untouchable(world.region)
    for page in node_pages(world):
        who = world.who(OWN, world.least(page.access.permission or ""))
        for org, arguments in world.own(page) if "POST" in page.methods else []:
            for form in ({}, SMUGGLED):
                reply = crawl.ask(who, "POST", page.address(org, arguments), **form)
                crawl.expect(reply, reply.status not in (403,), "an answer to the form")
    assert untouchable(world.region) == before


def test_deployment_files_are_no_pages(world: World, crawl: Crawl) -> None:
    for address in (
        "/.git/config",
        "/static/../wsgi.py",
        "/static/%2e%2e/wsgi.py",
        "/console",
        "/admin/",
        "/healthz/",
    ):
        reply = crawl.ask(world.anonymous, "GET", address)
        crawl.expect(reply, reply.status not in range(200, 300), "nothing")


@pytest.mark.full
def test_everything_with_everything(world: World, crawl: Crawl) -> None:
    """Every page, method, kind of id and role in every place; what ends roles or modules comes last."""
    crawl.canaries = ()
    for page in sorted(
        node_pages(world), key=lambda page: page.endpoint.startswith(("users.", "module_pages."))
    ):
        places = [
            *world.own(page, 3),
            *world.of_sibling(page, 3),
            *world.foreign(page, 3),
            *world.malformed(page),
        ]
        for (slug, role), who in world.cast.items():
            may = role in world.holders(page.access.permission or "")
            for org, arguments in places:
                for method in METHODS:
                    reply = crawl.ask(who, method, page.address(org, arguments), token=method == "POST")
                    if not may or (slug == FOREIGN) != (org == FOREIGN):
                        crawl.expect(reply, reply.status not in range(200, 300), "nothing foreign")
