"""Who crawls and over which rows: people with one role each, and ids of their own and of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice

from core.extensions import db
from core.testing.addresses import MALFORMED, Arguments, Page, Records, Row, pages, subtree
from core.testing.visitors import Visitor, visitor_of_token
from core.users.permissions import ROLES, all_permissions
from tests.attack.mine import OF_EACH, OTHER_ARGUMENTS, Desk
from tests.support.region import LoadedRegion

OWN, SCHOOL, SIBLING, FOREIGN = "laukaa", "sydan-laukaan-koulu", "demo-koulu-kirkonkyla", "hyvaks"
Place = tuple[str, Arguments]


class World:
    """The region with the crawler's people in it."""

    def __init__(self, region: LoadedRegion) -> None:
        self.region, self.app = region, region.app
        self.anonymous = visitor_of_token(region.app, 0, None, "nobody")
        self.cast = {
            (slug, role): region.newcomer(f"{role} {slug}", role, slug)
            for slug in (OWN, SCHOOL, FOREIGN)
            for role in ROLES
        }
        self.outsider = region.newcomer("Somebody without a role")
        self.operator = region.newcomer("The operator", operator=True)
        self.pages = pages(region.app)
        self.desk = Desk(self)

    def who(self, slug: str, role: str) -> Visitor:
        """The person who has this role there and no other."""
        return self.cast[slug, role]

    def least(self, permission: str) -> str:
        """The weakest role that holds the permission."""
        return min(self._holders[permission], key=self._power)

    def strongest(self, permission: str) -> str:
        """The strongest role that holds the permission."""
        return max(self._holders[permission], key=self._power)

    def strongest_without(self, permission: str) -> str | None:
        """The strongest role that lacks it; None when every role holds it."""
        return max(set(ROLES) - self._holders[permission], key=self._power, default=None)

    def holders(self, permission: str) -> frozenset[str]:
        """The roles that hold the permission."""
        return self._holders[permission]

    def _power(self, role: str) -> tuple[int, str]:
        return sum(role in roles for roles in self._holders.values()), role

    @cached_property
    def _holders(self) -> dict[str, frozenset[str]]:
        with self.app.app_context():
            return {key: found.roles for key, found in all_permissions().items()}

    @contextmanager
    def looking(self) -> Iterator[None]:
        """A database session for looking things up."""
        with self.app.app_context():
            yield
            db.session.remove()

    def own(self, page: Page, most: int = 1) -> list[Place]:
        """One's own organisation and its rows."""
        return [(OWN, a) for a in islice(self._arguments(page, OWN), most)]

    def of_sibling(self, page: Page, most: int = 1) -> list[Place]:
        """Rows of another unit of the same municipality, asked for from three organisations."""
        found = list(islice(self._arguments(page, SIBLING), most))
        places = (OWN, SCHOOL, SIBLING) if _told_apart(page) else (SIBLING,)
        return [(slug, a) for a in found for slug in places]

    def foreign(self, page: Page, most: int = 1) -> list[Place]:
        """Another organisation's rows, asked for there and in one's own, also below a parent of one's own."""
        found = list(islice(self._arguments(page, FOREIGN), most))
        places = [(slug, a) for a in found for slug in ((OWN, FOREIGN) if _told_apart(page) else (FOREIGN,))]
        if "row_id" in page.arguments and len(page.arguments) > 1 and found:
            places += [(OWN, {**a, "row_id": found[0]["row_id"]}) for _slug, a in self.own(page)]
        return places

    def malformed(self, page: Page) -> list[Place]:
        """Each argument in turn as no link of ours has it; and the organisation."""
        _slug, good = (self.own(page) or [(OWN, dict.fromkeys(page.arguments, "1"))])[0]
        spoilt = spoil(page, good)
        return [*spoilt, *((bad, good) for bad in (*MALFORMED, "ei-ole", "%2e%2e"))]

    def _arguments(self, page: Page, slug: str) -> Iterator[Arguments]:
        """What there is of an organisation: rows of the record, or of the table of other pages."""
        if not page.arguments:
            yield {}
        elif page.endpoint in OTHER_ARGUMENTS:
            with self.looking():
                found = list(OTHER_ARGUMENTS[page.endpoint](slug))
            yield from found
        else:
            yield from (row.arguments for row in self._rows_of(page, slug))

    def _rows_of(self, page: Page, slug: str) -> Iterable[Row]:
        with self.looking():
            records = Records()
            assert records.knows(page), (
                f"what stands in {page.rule} ({page.endpoint})? Tell tests/attack/mine.py"
            )
            inside = subtree(slug)
            return [row for row in records.rows(page) if row.organisation_id in inside or _shared(row, slug)]


def _shared(row: Row, slug: str) -> bool:
    """Rows that belong to no organisation are one's own, and nobody else's."""
    return row.organisation_id is None and slug == OWN


def _told_apart(page: Page) -> bool:
    """Whether what stands in the address, apart from the organisation, says whose it is."""
    return bool(set(page.arguments) - {*OF_EACH})


def spoil(page: Page, good: Arguments) -> list[Place]:
    """Each argument of a good address in turn as no link of ours has it."""
    return [
        (OWN, {**good, name: bad})
        for name in page.arguments
        for bad in MALFORMED
        if (name, bad) != ("task", "0")  # tasks are counted from zero
    ]
