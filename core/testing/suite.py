"""The contract: what every plugin promises by being one, as tests."""

from __future__ import annotations

from typing import Any

from core.testing.checks.absence import Absence
from core.testing.checks.base import Check
from core.testing.checks.bounds import Bounds
from core.testing.checks.closing import Closing
from core.testing.checks.costs import Costs
from core.testing.checks.facts import Facts
from core.testing.checks.failing import Failing
from core.testing.checks.migrations import Migrations
from core.testing.checks.people import People
from core.testing.checks.settings import Settings
from core.testing.terms import Terms


class Contract(Facts, Settings, Migrations, Bounds, People, Absence, Closing, Costs, Failing):
    """All checks."""


def contract(module: str, **more: Any) -> type[Check]:
    """The tests of a plugin's contract: `TestContract = contract("name")`.

    plant(organisation_id, person_id): make rows of the organisation, some of them the person's own, with
    words that stand in them alone; gives those words. finish(organisation_id): finish what is open there.
    addresses: by endpoint, a function (organisation_id, person_id) that tells what may stand in the address
    of a page. budgets: by endpoint, `Budget(most=…, why=…)` for lists that need more than twelve statements.
    stored_settings: by earlier settings_version, what organisations may have stored. not_people: columns, as
    "table.column", that are not about people though their names look so, each with the reason. shown_to_all:
    lists, by endpoint, that show words of other organisations on purpose, each with the reason. kept_open:
    pages under /me, by endpoint, where people change rows of their own although it is off, and why.
    kept_words: columns, as "table.column", whose words stay after an erasure, each with the law or reason.
    """
    return type("TestContract", (Contract,), {"terms": Terms(module=module, **more)})
