"""Contact persons of the demonstration's wards. Invented, every one."""

from __future__ import annotations

from datetime import date

from core.demo.region import Region
from core.organisations.contacts.services import create_contact

SINCE = date(2026, 1, 5)
OF_WARDS = (
    ("demo-osasto-a", "aatu.aholinna", "+358 00 000 0071"),
    ("demo-osasto-b", "beata.birkkala", "+358 00 000 0072"),
    ("demo-osasto-c", "carla.cedervuo", "+358 00 000 0073"),
    ("demo-osasto-d", "daavid.deltaharju", "+358 00 000 0074"),
)


def load_contacts(region: Region) -> None:
    """Say whom to ask at each ward."""
    for slug, person, phone in OF_WARDS:
        values = {
            "person_id": region.people[person],
            "task": "Juttupenkki",
            "phone": phone,
            "valid_from": region.day(SINCE),
        }
        create_contact(values, region.organisations[slug], None)
