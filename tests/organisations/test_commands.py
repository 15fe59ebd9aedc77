"""`flask organisations create` and `list`: from an empty database to an administrator at work."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations.tree import OrganisationNode
from tests.users.conftest import Browser

FEES_ON = "/o/laukaa/modules/fees/on"
REGION = ("create", "keski-suomi", "--name-fi", "Keski-Suomi", "--kind", "region")
TOWN = (
    "create", "laukaa", "--name-fi", "Laukaan kunta", "--name-sv", "Laukaa kommun",
    "--kind", "municipality", "--under", "keski-suomi", "--controller", "--code", "lau",
)  # fmt: skip


def run(app: Flask, *arguments: str, group: str = "organisations") -> tuple[int, str]:
    found = app.test_cli_runner().invoke(args=[group, *arguments])
    return found.exit_code, found.output


def node(app: Flask, slug: str) -> OrganisationNode:
    with app.app_context():
        return current_gate().tree.by_slug[slug]


def test_from_nothing_to_an_administrator_at_work(app: Flask) -> None:
    assert run(app, *REGION) == (0, "/o/keski-suomi\n")
    assert run(app, *TOWN) == (0, "/o/laukaa\n")
    _code, said = run(app, "appoint", "Penni Puronvarsi", "penni@example.fi", "laukaa", group="operator")
    assert run(app, "create", "koulu", "--name-fi", "Koulu", "--kind", "unit", "--under", "laukaa")[0] == 0
    link = re.sub(r"^\w+://[^/]+", "", said.strip())
    penni = Browser(app)
    assert penni.post(link, link, without_password="1").status_code == 303
    assert "Laukaan kunta" in penni.get("/me").text
    seen = re.search(r'name="seen" value="([^"]+)"', penni.get(FEES_ON).text)
    assert seen is not None
    assert penni.post(FEES_ON, FEES_ON, seen=seen[1]).status_code == 303
    assert "/o/koulu/fees" in penni.get("/o/koulu/").text


def test_what_was_said_is_kept(app: Flask) -> None:
    run(app, *REGION)
    run(app, *TOWN, "--cost-centre", "1000")
    town = node(app, "laukaa")
    assert (town.name.fi, town.name.sv, town.name.en) == ("Laukaan kunta", "Laukaa kommun", "")
    assert (town.kind, town.is_controller, town.code, town.cost_centre) == (
        "municipality",
        True,
        "LAU",
        "1000",
    )
    assert town.parent_id == node(app, "keski-suomi").id
    assert town.controller_id == town.id


def test_the_list_is_the_tree(app: Flask) -> None:
    assert run(app, "list") == (
        0,
        "There are no organisations yet. `flask organisations create` makes one.\n",
    )
    run(app, *REGION)
    run(app, *TOWN)
    assert run(app, "list") == (
        0,
        "keski-suomi  Keski-Suomi  (region)\n  laukaa  Laukaan kunta  (municipality, controller, LAU)\n",
    )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("laukaa", "Laukaa!"), "small letters"),
        (("laukaa", "keski-suomi"), "there is an organisation keski-suomi already"),
        (("keski-suomi", "muualla"), "there is no organisation muualla"),
        (("Laukaan kunta", "  "), "name"),
        (("municipality", "town"), "--kind"),
        (("lau", "L/U"), "code"),
        (("lau", "l"), "code"),
    ],
)
def test_nothing_odd_is_stored(app: Flask, changed: tuple[str, str], told: str) -> None:
    run(app, *REGION)
    code, said = run(app, *(changed[1] if word == changed[0] else word for word in TOWN))
    assert code != 0
    assert told in said
    with app.app_context():
        assert len(current_gate().tree.by_id) == 1
        db.session.remove()


def test_a_controller_has_a_code_of_its_own(app: Flask) -> None:
    """It begins the numbers of claims, so a payer without one could never be asked for a fee."""
    run(app, *REGION)
    assert "--code" in run(app, *TOWN[:-2])[1]
    assert run(app, *TOWN)[0] == 0
    code, said = run(app, *(word.replace("laukaa", "lautta") for word in TOWN))
    assert (code, "LAU" in said) == (1, True)


def test_a_code_without_a_controller_says_nothing(app: Flask) -> None:
    run(app, *REGION)
    code, said = run(app, *(word for word in TOWN if word != "--controller"))
    assert (code, "--controller" in said) == (1, True)
