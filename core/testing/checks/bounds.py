"""Who sees what: no foreign row, no page without its permission, nothing without signing in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.testing.addresses import Arguments, Page
from core.testing.arguments import arguments_at, changes, example, foreign, malformed, stored
from core.testing.checks.base import Check, Nothing, told
from core.testing.region import COUNTY, TOWN
from core.testing.visitors import Visitor
from core.testing.world import Reply, World

NO_PAGES = "it has no pages"
QUESTIONS = (
    "page=-1",
    f"page={10**20}",
    "after=xx",
    "after=1,2",
    "sort=nothing",
    "q=%00",
    f"before={10**20}",
)
REFUSED = (400, 404)


class Bounds(Check):
    """The bounds of organisations and of permissions."""

    def test_every_page_declares_who_may_open_it(self, world: World, nothing: Nothing) -> None:
        """Each view carries `access(…)`; a permission it names is held by some role."""
        if not world.pages:
            return nothing(NO_PAGES)
        named = {page.rule: page.access.permission for page in world.of_kind("node")}
        idle = [f"{rule}: nobody holds {key}" for rule, key in named.items() if not world.holders(key or "")]
        assert not idle, told(idle, "give these permissions to a built-in role:")
        return None

    def test_who_may_opens_each_list(self, world: World, nothing: Nothing) -> None:
        """Pages whose address needs nothing but the organisation answer whoever holds the permission.

        Under /me a page may be there for some people alone, and be unknown to others.
        """
        if not world.lists():
            return nothing("it has no lists")
        wrong = []
        for page in world.lists():
            reply, absent = world.see(page, COUNTY), (404,) if page.access.kind == "me" else ()
            wrong += [str(reply)] if reply.status not in (*range(200, 400), *absent) else []
        assert not wrong, told(wrong, "these do not open for who may:")
        return None

    def test_each_page_refuses_who_lacks_its_permission(self, world: World, nothing: Nothing) -> None:
        """In one's own organisation 403, to somebody without any role 404; and nothing is stored."""
        pages = world.of_kind("node")
        if not pages:
            return nothing("it has no pages of organisations")
        before, wrong = stored(world), []
        for page in pages:
            lacking = world.who_may_not(page, COUNTY)[-1:]
            replies = [reply for who in lacking for reply in ask_all(world, page, COUNTY, [who])]
            wrong += [str(reply) for reply in replies if reply.status != 403]
            outside = ask_all(world, page, COUNTY, [world.outsider(), world.who("administrator", TOWN)])
            wrong += [str(reply) for reply in outside if reply.status != 404]
        assert not wrong, told(wrong, "these must be refused:")
        wrong = changes(world, before)
        assert not wrong, told(wrong, "somebody who may not has changed something:")
        return None

    def test_who_is_not_signed_in_is_asked_to_sign_in(self, world: World, nothing: Nothing) -> None:
        """No page but public ones answers anything else; and nothing is stored."""
        pages = world.of_kind("node", "me", "signed_in", "operator")
        if not pages:
            return nothing("all its pages are public, or it has none")
        before = stored(world)
        replies = [reply for page in pages for reply in ask_all(world, page, COUNTY, [world.stranger()])]
        wrong = [str(reply) for reply in replies if not _asks_to_sign_in(reply)]
        assert not wrong, told(wrong, "these must lead to signing in:")
        wrong = changes(world, before)
        assert not wrong, told(wrong, "somebody who is not signed in has changed something:")
        return None

    def test_no_page_shows_rows_of_another_organisation(self, world: World, nothing: Nothing) -> None:
        """With foreign ids in its address a page answers 404; lists and forms hold no foreign word."""
        if not world.pages:
            return nothing(NO_PAGES)
        before, wrong = stored(world), []
        for page in world.of_kind("node", "me"):
            who = [world.who_may(page, COUNTY)]
            for reply in ask_all(world, page, COUNTY, who, foreign(world, page, TOWN, to=COUNTY)):
                wrong += [str(reply)] if reply.status not in REFUSED else []
                wrong += _words_of(world, TOWN, reply)
            for reply in ask_all(world, page, TOWN, who, foreign(world, page, TOWN, to=COUNTY)):
                wrong += [str(reply)] if page.access.kind == "node" and reply.status not in REFUSED else []
        for page in world.lists():
            if page.endpoint not in self.terms.shown_to_all:
                wrong += _words_of(world, TOWN, world.see(page, COUNTY))
        assert not wrong, told(wrong, "these show or change what belongs to another organisation:")
        wrong = changes(world, before)
        assert not wrong, told(wrong, "somebody of another organisation has changed something:")
        return None

    def test_planted_words_are_seen_by_those_whose_they_are(self, world: World, nothing: Nothing) -> None:
        """Otherwise the check for foreign rows would look for words that stand nowhere."""
        if not world.planted[COUNTY]:
            why = "; ".join(f"{record}: {fault}" for record, fault in world.unplanted.items())
            return nothing(f"no row was planted: give contract() a plant function. {why}".strip())
        seen = [page.rule for page in world.lists() if _words_of(world, COUNTY, world.see(page, COUNTY))]
        assert seen, f"no list shows {', '.join(world.planted[COUNTY])} to who may see it"
        return None

    def test_every_page_was_asked_for_with_foreign_ids(self, world: World, nothing: Nothing) -> None:
        """Where no row stands behind an address, foreign rows cannot be looked for: plant some."""
        pages = [page for page in world.of_kind("node", "me") if page.arguments]
        if not pages:
            return nothing("no address of its pages holds an id")
        missing = [f"{page.rule} ({page.endpoint})" for page in pages if not arguments_at(world, page, TOWN)]
        advice = "plant() rows for these, or say in addresses={endpoint: …} what stands there:"
        assert not missing, told(missing, advice)
        return None

    def test_malformed_addresses_break_nothing(self, world: World, nothing: Nothing) -> None:
        """Odd ids, organisations and questions are answered in plain words: never a server error."""
        if not world.pages:
            return nothing(NO_PAGES)
        wrong, asked_places = [], False
        for page in one_of_each_kind(world.pages):
            method = min(page.methods & {"GET", "POST"})
            who = world.who_may(page, COUNTY)
            places = page.access.kind == "node" and not asked_places
            asked_places |= places
            replies = [world.ask(who, method, address) for address in malformed(world, page, places=places)]
            if "GET" in page.methods and not page.arguments:
                replies += [world.ask(who, "GET", f"{page.address(COUNTY, {})}?{q}") for q in QUESTIONS]
            wrong += [str(reply) for reply in replies if reply.status >= 500]
        assert not wrong, told(wrong, "these must be answered with 404 or 400:")
        return None


def ask_all(
    world: World,
    page: Page,
    place: str,
    people: Iterable[Visitor],
    arguments: Sequence[Arguments] | None = None,
) -> Iterator[Reply]:
    """What a page answers to people, by each method it takes, with an example's arguments or those named."""
    chosen = [example(world, page) or {}] if arguments is None else arguments
    for who in people:
        for each in chosen:
            for method in sorted(page.methods & {"GET", "POST"}):
                yield world.ask(who, method, page.address(place, each))


def one_of_each_kind(pages: Iterable[Page]) -> list[Page]:
    """Every page of the plugin's own making; of those that descriptions make, one of each view and depth."""
    found: dict[tuple[str, int], Page] = {}
    for page in pages:
        made = page.endpoint.startswith("records_")
        view = page.endpoint.partition(".")[2] if made else page.endpoint
        found.setdefault((view, len(page.arguments) if made else id(page)), page)
    return list(found.values())


def _asks_to_sign_in(reply: Reply) -> bool:
    """To sign in; or, a form without a session's token, refused."""
    return (reply.status == 302 and "/sign-in" in reply.location) or reply.status == 400


def _words_of(world: World, place: str, reply: Reply) -> list[str]:
    return [f"{reply.what} shows {word}" for word in world.planted[place] if word in reply.body]
