"""Loading the demonstration region: all of it or nothing, into an empty database only."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.demo.contacts import load_contacts
from core.demo.experts import load_experts
from core.demo.organisations import CENTRE, load_organisations
from core.demo.region import Region
from core.demo.staff import load_staff
from core.extensions import db
from core.modules.host import host
from core.modules.switching.services import switch_off, switch_on
from core.organisations.models import Organisation
from core.scope import unscoped
from core.users.models import Person

# Who uses what, and who switched it on. A module that is not installed is simply not there.
MODULES = {
    "hyvaks": ("hilma.hiutalekoski", ("fees", "orders", "training", "mentoring")),
    "laukaa": ("penni.puronvarsi", ("fees", "orders", "training", "mentoring", "education")),
    "jyvaskyla": ("jenni.joutsenlampi", ("fees", "orders", "training")),
    "muurame": ("maija.metsamansikka", ("orders",)),
    "kokemustalo": ("kerttu.kuusikello", ("training",)),
}


class NotEmpty(RuntimeError):
    """There is something in the database, which the demonstration must not mix with."""


class ModuleBroken(RuntimeError):
    """A module has a fault. The region is loaded once, so it must not be loaded without the module's part."""


def is_empty() -> bool:
    """Whether the database knows of no organisation and no person."""
    found = [db.session.scalar(select(model.id).limit(1)) for model in (Organisation, Person)]
    return not any(found)


def load_demo() -> Region:
    """Write the region in one transaction and give what is where; raises `NotEmpty` or `ModuleBroken`."""
    for condition in host().conditions.values():
        if condition.state != "ok":
            raise ModuleBroken(str(condition))
    with writing() as session, unscoped("loading the demonstration region"):
        if not is_empty():
            raise NotEmpty
        region = Region.of_this_week()
        region.organisations.update(load_organisations())
        load_staff(region)
        load_contacts(region)
        load_experts(session, region)
        _switch_modules(region)
        for registered in host().healthy.values():
            host().call(registered.plugin, "demo_load", region=region)
        return region


def _switch_modules(region: Region) -> None:
    """On where the region's organisations use them; not in the centre, though it lies below Laukaa."""
    for slug, (person, modules) in MODULES.items():
        for module in modules:
            if module in host().healthy:
                switch_on(module, region.organisations[slug], region.people[person])
    for module in host().healthy:
        switch_off(module, region.organisations[CENTRE], region.people["kerttu.kuusikello"])


def known_region(session: Session) -> Region:
    """The region as it stands in a database that was loaded earlier."""
    from core.demo.staff import key_of
    from core.experts.models import Expert

    region = Region.of_this_week()
    region.organisations.update({o.slug: o.id for o in session.scalars(select(Organisation))})
    with unscoped("who is who in the demonstration region"):
        region.people.update({key_of(p.name): p.id for p in session.scalars(select(Person))})
        region.experts.update({key_of(e.name): e.id for e in session.scalars(select(Expert))})
    return region
