"""What the modules' demo hooks get: the region's organisations and people, and days slid to the present."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from core.database.types import HELSINKI, now, today

PRESENT = date(2026, 10, 12)
"""The Monday that is the present in the stories' time."""


@dataclass
class Region:
    """The demonstration region while it is loaded.

    `shift` is the number of weeks from the stories' present to this week's Monday, so everything dated slides
    together and keeps its weekday. `organisations` maps an address name to an id, `people` a key such as
    "aino.aamutahti" to a person id, `experts` the same key to the expert's id.
    """

    shift: int
    organisations: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    experts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of_this_week(cls) -> Region:
        """An empty region whose present is this week's Monday in Finland."""
        monday = today() - timedelta(days=today().weekday())
        return cls((monday - PRESENT).days // 7)

    def day(self, story: date) -> date:
        """The day a story's date falls on now."""
        return story + timedelta(weeks=self.shift)

    def moment(self, story: date, hour: int, minute: int = 0) -> datetime:
        """A Finnish time of day on a story's date, as an instant."""
        return datetime.combine(self.day(story), time(hour, minute), HELSINKI)

    def happened(self, story: date, hour: int, minute: int = 0) -> datetime:
        """`moment`, or this instant where that is still to come: what is stored has happened."""
        return min(self.moment(story, hour, minute), now())
