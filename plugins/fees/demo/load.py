"""Loading rates, chains, desks and claims of the demonstration region, through the services people use."""

from __future__ import annotations

from datetime import date

from core.api import Region, current_gate, delegate
from plugins.fees.demo import places
from plugins.fees.demo.claims import load_claims
from plugins.fees.setup import chains, desks, rates, work_types, yearly_tables


def load(region: Region) -> None:
    """Everything of fees, inside the region's own transaction. Dates are the story's, slid to the present."""
    _load_yearly_tables(region)
    work = _load_work_types(region)
    _load_rates(region)
    _load_desks(region)
    _load_chains(region)
    _load_delegations(region)
    load_claims(region, work)


def _administrator(region: Region, slug: str) -> int:
    """The person who sets up what the payer of this place uses."""
    controller_id = current_gate().tree.by_id[region.organisations[slug]].controller_id
    payer = next(p for p in places.PAYERS if region.organisations[p] == controller_id)
    return region.people[places.PAYERS[payer][0]]


def _load_yearly_tables(region: Region) -> None:
    """2026's own amounts; a year the stories slide into repeats them, and says that they are not official."""
    slid = {region.day(date(2026, 9, 1)).year, region.day(date(2026, 11, 30)).year}
    for year in sorted({places.OFFICIAL_YEAR} | slid):
        source = places.OFFICIAL if year == places.OFFICIAL_YEAR else places.NOT_OFFICIAL
        for kind, cents in places.YEARLY_CENTS.items():
            yearly_tables.create(year, kind, cents, source)


def _load_work_types(region: Region) -> dict[tuple[str, str], int]:
    """Each payer's own; ids by payer and code."""
    found = {}
    for payer, (administrator, codes) in places.PAYERS.items():
        for code in codes:
            name, unit = places.WORK[code]
            values = {"code": code, "name": name, "unit": unit, "payment_class": "wage", "income_type": "201"}
            actor_id = region.people[administrator]
            found[payer, code] = work_types.create(values, region.organisations[payer], actor_id)
    return found


def _load_rates(region: Region) -> None:
    rate_ids: dict[tuple[str, str], int] = {}
    for price in places.PRICES:
        organisation_id, actor_id = region.organisations[price.where], _administrator(region, price.where)
        key = (price.where, price.unit)
        if key not in rate_ids:
            rate_ids[key] = rates.create({"unit": price.unit}, organisation_id, actor_id)
        values = {
            **price.values,
            "rate_id": rate_ids[key],
            "valid_from": region.day(price.first),
            "valid_to": region.day(price.last) if price.last else None,
        }
        rates.create_version(values, organisation_id, actor_id)


def _load_desks(region: Region) -> None:
    ids: dict[tuple[str, str], int] = {}
    for (slug, kind), people in places.DESKS.items():
        organisation_id, actor_id = region.organisations[slug], _administrator(region, slug)
        ids[slug, kind] = desks.create({"kind": kind}, organisation_id, actor_id)
        for person in people:
            first, last = places.TERMS.get(person, (places.BEGINNING, None))
            values = {
                "desk_id": ids[slug, kind],
                "person_id": region.people[person],
                "valid_from": region.day(first),
                "valid_to": region.day(last) if last else None,
            }
            desks.add_member(values, organisation_id, actor_id)
    for slug, kind, away, deputy, first_away, last_away in places.DEPUTIES:
        values = {
            "desk_id": ids[slug, kind],
            "for_person_id": region.people[away],
            "deputy_person_id": region.people[deputy],
            "valid_from": region.day(first_away),
            "valid_to": region.day(last_away),
        }
        desks.add_deputy(values, region.organisations[slug], _administrator(region, slug))


def _load_chains(region: Region) -> None:
    """Each payer's chain, published long before the first claim."""
    for slug, kinds in places.CHAINS.items():
        organisation_id, actor_id = region.organisations[slug], _administrator(region, slug)
        chain_id = chains.create({"name": "Palkkiolomakkeet"}, organisation_id, actor_id)
        version_id = chains.create_version({"chain_id": chain_id}, organisation_id, actor_id)
        for kind in kinds:
            step = {"chain_version_id": version_id, "desk_kind": kind, "due_days": 3}
            chains.create_step(step, organisation_id, actor_id)
        published = region.moment(places.BEGINNING, 8)
        chains.update_version(version_id, {"publish": True}, actor_id, at=published)


def _load_delegations(region: Region) -> None:
    """The centre's coordinators see what these payers let them see."""
    for slug in places.DELEGATING:
        delegate(
            region.organisations[slug],
            region.organisations[places.CENTRE],
            list(places.DELEGATED),
            valid_from=region.day(places.BEGINNING),
        )
