"""The made-up region: 266 organisations, staff, experts, and who is signed in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from itertools import product
from typing import Any

import psycopg

from bench.bulk import copy_rows
from core.database.types import now, sort_key, today
from core.experts.models import Expert, ExpertGrant
from core.modules.models import ModuleState
from core.organisations.models import Closure, Delegation, Organisation
from core.trust.models import Consent
from core.users.models import Account, Membership, Person, UserSession

MUNICIPALITIES, SECTORS, UNITS = 22, 2, 3
COUNTY_SECTORS, WARDS = 6, 10
REGION, COUNTY = 1, 2
STAFF = 1000  # persons up to this number work for organisations, the others are experts
COORDINATOR, ADMINISTRATOR, PAYROLL = 1, 2, 3
APPROVERS = tuple(range(11, 19))
SUBMITTERS = 200  # the first experts: they belong to the payer and are signed in
LONG_AGO = today() - timedelta(days=700)
FIRST = re.findall(
    r"\w+",
    "Aino Antti Elina Eero Emilia Hannu Helmi Ilkka Inkeri Jari Johanna Juhani Kaarina Kari Katariina Lauri "
    "Liisa Marja Matti Mikko Minna Olavi Outi Pekka Päivi Raija Risto Satu Seppo Sirpa Tapio Tiina Timo Ulla",
)
LAST = re.findall(
    r"\w+",
    "Aalto Ahonen Anttila Hakala Heikkinen Hiltunen Hämäläinen Jokinen Järvinen Kallio Karjalainen Kinnunen "
    "Koivisto Korhonen Koskinen Laine Laitinen Lehtonen Leppänen Mattila Mäkelä Mäkinen Niemi Nieminen Ojala "
    "Öhman Peltonen Rantanen Räsänen Saarinen Salminen Savolainen Toivonen Tuominen Turunen Väisänen",
)
NAMES = tuple(product(LAST, FIRST))


@dataclass(frozen=True)
class Node:
    """An organisation of the region; `above` are its ancestors, nearest first."""

    id: int
    name: str
    kind: str
    above: tuple[int, ...]
    controller: int | None


@dataclass
class Region:
    """The tree, and what the jobs need to know of it."""

    nodes: list[Node] = field(default_factory=list)

    def add(self, name: str, kind: str, parent: Node | None, *, controls: bool = False) -> Node:
        """Put a node under `parent`."""
        number = len(self.nodes) + 1
        above = (parent.id, *parent.above) if parent else ()
        controller = number if controls else (parent.controller if parent else None)
        self.nodes.append(Node(number, name, kind, above, controller))
        return self.nodes[-1]

    @cached_property
    def payer(self) -> Node:
        """The municipality where fees are on."""
        return next(n for n in self.nodes if n.kind == "municipality")

    @property
    def payer_code(self) -> str:
        """What the payer's numbers begin with."""
        return f"K{self.payer.id}"

    @cached_property
    def payer_units(self) -> list[Node]:
        """The payer's units, where the work is done."""
        return [n for n in self.nodes if n.kind == "unit" and n.controller == self.payer.id]


def build() -> Region:
    """One county and 22 municipalities, each with its sectors and units."""
    region = Region()
    top = region.add("Keski-Suomi", "region", None)
    county = region.add("Hyvaks", "county", top, controls=True)
    _fill(region, county, COUNTY_SECTORS, WARDS)
    for number in range(1, MUNICIPALITIES + 1):
        municipality = region.add(f"Kunta {number}", "municipality", top, controls=True)
        _fill(region, municipality, SECTORS, UNITS)
    return region


def _fill(region: Region, top: Node, sectors: int, units: int) -> None:
    for sector in range(1, sectors + 1):
        parent = region.add(f"{top.name} palvelualue {sector}", "sector", top)
        for unit in range(1, units + 1):
            region.add(f"{parent.name} yksikkö {unit}", "unit", parent)


def slug(node: Node) -> str:
    """The organisation's part of an address."""
    return f"o{node.id}"


def token(person: int) -> str:
    """The secret in the cookie of a signed-in person."""
    return f"bench-token-of-{person}"


def token_hash(person: int) -> str:
    """What the table keeps of it."""
    return hashlib.sha256(token(person).encode()).hexdigest()


def expert_person(expert: int) -> int:
    """The person of an expert."""
    return STAFF + expert


def fill(connection: psycopg.Connection, region: Region, experts: int) -> None:
    """Write the region with that many experts."""
    copy_rows(connection, Organisation, map(_organisation, region.nodes))
    copy_rows(connection, Closure, _closure(region))
    copy_rows(connection, Person, (_person(n) for n in (*range(1, STAFF + 1), *_persons(experts))))
    copy_rows(connection, Account, map(_account, _signed_in(experts)))
    copy_rows(connection, UserSession, map(_session, _signed_in(experts)))
    copy_rows(connection, Membership, _memberships(region, experts))
    copy_rows(connection, Delegation, _delegations(region))
    copy_rows(connection, Expert, (_expert(region, n) for n in range(1, experts + 1)))
    copy_rows(connection, Consent, _consents(experts))
    copy_rows(connection, ExpertGrant, _grants(experts))
    state = {
        "id": 1,
        "module": "fees",
        "organisation_id": region.payer.id,
        "state": "on",
        "changed_at": now(),
    }
    copy_rows(connection, ModuleState, [state])
    connection.execute("INSERT INTO epoch (id, value) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET value = 2")


def stay_signed_in(connection: psycopg.Connection) -> None:
    """Make every session fresh, so that no request of a round has to write that it was used."""
    connection.execute("UPDATE user_session SET seen_at = now()")
    connection.commit()


def _organisation(node: Node) -> dict[str, Any]:
    return {
        "id": node.id, "parent_id": node.above[0] if node.above else None, "controller_id": node.controller,
        "slug": slug(node), "name": {"fi": node.name}, "sort_key": sort_key(node.name), "kind": node.kind,
        "is_controller": node.controller == node.id, "code": f"K{node.id}", "cost_centre": f"{node.id:05d}",
    }  # fmt: skip


def _closure(region: Region) -> Iterator[dict[str, Any]]:
    controllers = {node.id: node.controller for node in region.nodes}
    for node in region.nodes:
        for depth, ancestor in enumerate((node.id, *node.above)):
            yield {
                "ancestor_id": ancestor, "descendant_id": node.id, "depth": depth,
                "same_controller": controllers[ancestor] == node.controller,
            }  # fmt: skip


def _persons(experts: int) -> range:
    return range(STAFF + 1, STAFF + experts + 1)


def name(person: int) -> str:
    """A name as Finns have them; many people share one."""
    last, first = NAMES[person * 7919 % len(NAMES)]
    return f"{first} {last}"


def _person(number: int) -> dict[str, Any]:
    found = name(number)
    return {
        "id": number, "name": found, "sort_key": sort_key(found), "email": f"p{number}@example.org",
        "phone": f"040 {number:07d}", "created_at": now(),
    }  # fmt: skip


def _signed_in(experts: int) -> list[int]:
    """Persons with an account and a session."""
    submitters = [expert_person(n) for n in range(1, min(SUBMITTERS, experts) + 1)]
    return [COORDINATOR, ADMINISTRATOR, PAYROLL, *APPROVERS, *submitters]


def _account(person: int) -> dict[str, Any]:
    return {"id": person, "person_id": person, "email": f"p{person}@example.org", "created_at": now()}


def _session(person: int) -> dict[str, Any]:
    return {"token_hash": token_hash(person), "account_id": person, "created_at": now(), "seen_at": now()}


def _memberships(region: Region, experts: int) -> Iterator[dict[str, Any]]:
    payer = region.payer.id
    held = [(COORDINATOR, REGION, "coordinator"), (ADMINISTRATOR, payer, "administrator")]
    held += [(PAYROLL, payer, "payroll"), *((person, payer, "approver") for person in APPROVERS)]
    held += [(expert_person(n), home(region, n), "expert") for n in range(1, experts + 1)]
    for number, (person, organisation, role) in enumerate(held, start=1):
        yield {
            "id": number, "person_id": person, "organisation_id": organisation, "role": role,
            "valid_from": LONG_AGO,
        }  # fmt: skip


def _delegations(region: Region) -> Iterator[dict[str, Any]]:
    """Every controller lets the region's coordinator see its experts."""
    for node in region.nodes:
        if node.controller == node.id:
            yield {
                "id": node.id, "from_organisation_id": node.id, "to_organisation_id": REGION,
                "permissions": ["core.experts.view"], "valid_from": LONG_AGO,
            }  # fmt: skip


def home(region: Region, expert: int) -> int:
    """The organisation an expert belongs to: the submitters to the payer's units, the others anywhere."""
    if expert <= SUBMITTERS:
        return region.payer_units[expert % len(region.payer_units)].id
    return region.nodes[1 + expert % (len(region.nodes) - 1)].id


def _grants(experts: int) -> Iterator[dict[str, Any]]:
    """Every fiftieth expert lets the county see the record."""
    for number in range(50, experts + 1, 50):
        yield {
            "id": number, "expert_id": number, "organisation_id": COUNTY, "purpose": "matching",
            "valid_from": LONG_AGO, "consent_id": number,
        }  # fmt: skip


def _consents(experts: int) -> Iterator[dict[str, Any]]:
    """Everybody's own, whether others may find them or not."""
    for number in range(1, experts + 1):
        yield {
            "id": number, "person_id": expert_person(number), "purpose": "matching", "wording": 1,
            "language": "fi", "channel": "self", "given_at": now(), "recorded_by": expert_person(number),
        }  # fmt: skip


def _expert(region: Region, number: int) -> dict[str, Any]:
    found = name(expert_person(number))
    return {
        "id": number, "person_id": expert_person(number), "organisation_id": home(region, number),
        "name": found, "sort_key": sort_key(found), "municipality": f"Kunta {1 + number % MUNICIPALITIES}",
        "title": "trained",
    }  # fmt: skip
