"""`flask organisations load`: what comes along, as often as one likes, and a file of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations.kinds import kinds
from core.organisations.loading import read_region, shipped
from core.organisations.municipalities import municipalities, municipality_name
from core.organisations.services import update_organisation
from core.organisations.tree import Tree
from tests.organisations.test_commands import run

OWN = """
[[kind]]
code = "parish"
name = { fi = "Seurakunta", sv = "Församling" }

[[organisation]]
slug = "vanha"
name = { fi = "Vanha seurakunta" }
kind = "parish"
started = 2000-01-01
ended = 2022-12-31
succeeded_on = 2023-01-01
"""


def tree(app: Flask) -> Tree:
    with app.app_context():
        found = current_gate().tree
        db.session.remove()
    return found


def test_twenty_two_municipalities_and_twenty_one_counties(app: Flask) -> None:
    assert set(shipped()) == {"keski-suomi", "hyvinvointialueet"}
    assert run(app, "load", "keski-suomi")[1].endswith("24 stored.\n")
    assert run(app, "load", "hyvinvointialueet")[1].endswith("20 stored.\n")  # Central Finland's was there
    found = tree(app).by_id.values()
    assert sum(node.kind == "municipality" for node in found) == 22
    assert sum(node.kind == "county" for node in found) == 21
    assert all(node.controller_id == node.id for node in found if node.kind != "region")


def test_the_codes_are_the_official_ones() -> None:
    tables = read_region("keski-suomi")["organisation"]
    codes = {t["municipality_code"] for t in tables if t["kind"] == "municipality"}
    assert codes == set(municipalities())
    assert len(codes) == 22
    laukaa = municipality_name("410")
    assert laukaa is not None
    assert (laukaa.fi, municipality_name("1"), municipality_name(None)) == ("Laukaa", None, None)


def test_twice_changes_nothing_and_a_dry_run_neither(app: Flask) -> None:
    code, said = run(app, "load", "keski-suomi", "--dry-run")
    assert (code, said.count("new  "), len(tree(app).by_id)) == (0, 24, 0)
    run(app, "load", "keski-suomi")
    before = tree(app).by_id
    with app.app_context():
        update_organisation(tree(app).by_slug["laukaa"].id, {"cost_centre": "1000"}, None)
        db.session.remove()
    assert "0 stored." in run(app, "load", "keski-suomi")[1]
    assert len(tree(app).by_id) == len(before)


def test_what_people_changed_is_kept_and_told(app: Flask) -> None:
    run(app, "load", "keski-suomi")
    laukaa = tree(app).by_slug["laukaa"]
    with app.app_context():
        update_organisation(laukaa.id, {"municipality_code": "179"}, None)
        db.session.remove()
    assert "laukaa: municipality_code" in run(app, "load", "keski-suomi")[1]


def test_a_file_of_ones_own(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    run(app, "load", "keski-suomi")
    assert run(app, "load", str(path), "--under", "laukaa")[0] == 0
    found = tree(app)
    node = found.by_slug["vanha"]
    assert (node.parent_id, node.active, node.kind) == (found.by_slug["laukaa"].id, False, "parish")
    with app.app_context():
        assert kinds(db.session())["parish"].sv == "Församling"
        db.session.remove()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("x = 1", "nothing else"),
        ("[[organisation]]", "without kind, name, slug"),
        (OWN.replace('kind = "parish"', 'kind = "none"'), "kind"),
        (OWN.replace("2000-01-01", '"2000"'), "started is a day"),
        (OWN + 'colour = "red"', "colour"),
        (OWN + 'under = "nowhere"', "nowhere"),
        (OWN + "controller = true", "code"),
        (OWN + 'business_id = "1234567-2"', "business_id"),
        (OWN + 'successor = "nobody"', "nobody"),
        ("= =", "cannot be read"),
    ],
)
def test_a_bad_file_stores_nothing(app: Flask, tmp_path: Path, written: str, told: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(written, encoding="utf-8")
    code, said = run(app, "load", str(path))
    assert (code, told in said, len(tree(app).by_id)) == (1, True, 0), said
    with app.app_context():
        assert "parish" not in kinds(db.session())
        db.session.remove()


def test_no_such_file(app: Flask) -> None:
    code, said = run(app, "load", "nowhere")
    assert (code, "hyvinvointialueet, keski-suomi" in said) == (1, True)


def test_the_operators_commands(app: Flask) -> None:
    """A controller is merged and closed by whoever runs the instance, and by nobody in the browser."""
    run(app, "load", "keski-suomi")
    assert run(app, "merge", "joutsa", "hyvaks", "--first-day", "2026-01-01")[0] == 0
    assert run(app, "merge", "joutsa-2025", "hyvaks")[0] == 1
    assert run(app, "close", "luhanka", "--last-day", "2026-01-31") == (
        0,
        "luhanka is in use until 2026-01-31\n",
    )
    assert "luhanka  Luhangan kunta  (municipality, controller, LUH, until 2026-01-31)" in run(app, "list")[1]
    assert run(app, "close", "luhanka") == (0, "luhanka is in use\n")
    assert run(app, "merge", "hyvaks", "joutsa-2025")[0] == 1
    assert "municipality  Kunta" in run(app, "kinds")[1]
