"""Who holds something in a module that cannot be used now is told so; where it was off nothing is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from config import TestConfig
from core import create_app
from core.database.session import writing
from core.database.types import Texts, now
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.models import InstalledModule
from core.modules.switching.services import switch_on
from core.testing.databases import DatabaseUrls
from tests.support.plugins import Packages, host_of
from tests.users.conftest import Browser, House

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
PAGES = """
@hookimpl
def register_permissions(self):
    return [permission("tools.view", "See tools", "administrator", "orderer")]

@hookimpl
def register_pages(self):
    from pkg_tools.views import node, mine, front
    return [node, mine, front]

@hookimpl
def register_models(self):
    from pkg_tools import models

@hookimpl
def holds_rows(self, person_id):
    return True
"""
VIEWS = """
    from flask import Blueprint
    from core.api import access

    node = Blueprint("tools", __name__, url_prefix="/o/<org>/tools")
    mine = Blueprint("tools_mine", __name__, url_prefix="/me/tools")
    front = Blueprint("tools_front", __name__, url_prefix="/tools")

    @node.get("/")
    @access("node", "tools.view")
    def shelf():
        return "shelf"

    @mine.route("/<number>", methods=["GET", "POST"])
    @access("me")
    def one(number):
        return number

    @front.get("/")
    @access("public")
    def window():
        return "window"
"""


@pytest.fixture
def app(database: DatabaseUrls, packages: Packages) -> Flask:
    """Laukaa uses tools; Muurame does not."""
    install(packages)
    return start(packages, database)


def install(packages: Packages, facts: str = PAGES, before: str = "", **modules: str) -> None:
    packages.add("tools", facts, before=before, **{"models": "", "views": VIEWS, **modules})


def start(packages: Packages, database: DatabaseUrls, **config: Any) -> Flask:
    return packages.start(database_url=database.app, database_owner_url=database.owner, **config)


@pytest.fixture
def house(app: Flask) -> House:
    with app.app_context():
        built = House()
        db.session.remove()
        return built


@pytest.fixture
def in_use(app: Flask, house: House) -> House:
    """Tools are on in Laukaa, and the database remembers what they are called."""
    with app.app_context():
        switch_on("tools", house.laukaa, house.penni)
        with writing() as session:
            session.merge(
                InstalledModule(
                    name="tools",
                    version="1.0",
                    label=Texts(fi="Työkalut"),
                    tables=[],
                    retained=[],
                    seen_at=now(),
                )
            )
        db.session.remove()
    return house


Break = Callable[[Packages, DatabaseUrls, Flask], Flask]


def failed(packages: Packages, database: DatabaseUrls, _app: Flask) -> Flask:
    packages.change("tools", "models", lambda _text: "1 / 0")
    return start(packages, database)


def incompatible(packages: Packages, database: DatabaseUrls, _app: Flask) -> Flask:
    packages.change("tools", "__init__", lambda text: text.replace('"1.0"', '"1.0"; api = ">=9"'))
    return start(packages, database)


def missing(packages: Packages, database: DatabaseUrls, _app: Flask) -> Flask:
    packages.remove("tools")
    return start(packages, database)


def left_out(packages: Packages, database: DatabaseUrls, _app: Flask) -> Flask:
    return start(packages, database, plugins=("fees",))


def safe_mode(packages: Packages, database: DatabaseUrls, _app: Flask) -> Flask:
    return start(packages, database, safe_mode=True)


def disabled(_packages: Packages, _database: DatabaseUrls, app: Flask) -> Flask:
    """At once, without a restart."""
    with app.app_context():
        with writing() as session:
            row = session.scalars(select(InstalledModule).where(InstalledModule.name == "tools")).one()
            row.disabled_at = now()
            raise_epoch(session)
        db.session.remove()
    return app


def pending(packages: Packages, database: DatabaseUrls, _app: Flask) -> Flask:
    folder = packages.folder / "pkg_tools" / "migrations" / "versions"
    folder.mkdir(parents=True)
    (folder / "tools_0001.py").write_text('revision = "tools_0001"\ndown_revision = None\n')
    return start(packages, database)


BREAKS: dict[str, tuple[Break, str]] = {
    "failed": (failed, "failed"),
    "incompatible": (incompatible, "incompatible"),
    "missing": (missing, "missing"),
    "not named in PLUGINS": (left_out, "missing"),
    "safe mode": (safe_mode, "missing"),
    "disabled": (disabled, "disabled"),
    "pending": (pending, "pending"),
}


@pytest.fixture(params=BREAKS.values(), ids=BREAKS)
def broken(
    request: pytest.FixtureRequest, packages: Packages, database: DatabaseUrls, app: Flask, in_use: House
) -> Flask:
    """An application where tools cannot be used, on the same database."""
    make, state = request.param
    found: Flask = make(packages, database, app)
    with found.app_context():
        assert host_of(found).conditions["tools"].state == state
        db.session.remove()
    return found


def signed_in(app: Flask, name: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(name).status_code == 303
    return browser


def test_it_works_before(app: Flask, in_use: House) -> None:
    penni = signed_in(app, "Penni Puronvarsi")
    assert penni.get("/me/tools/LAU-2026-0147").text == "LAU-2026-0147"
    assert penni.get("/o/laukaa/tools/").text == "shelf"
    assert penni.get("/tools/").text == "window"


def test_people_are_told_that_it_is_stored(broken: Flask) -> None:
    outi = signed_in(broken, "Outi Omenapolku")
    for path in ("/me/tools/LAU-2026-0147", "/o/koulu/tools/", "/o/laukaa/tools/anything/12"):
        assert (path, outi.get(path).status_code) == (path, 503)
    told = outi.get("/me/tools/LAU-2026-0147").text
    assert "Tallessa." in told
    assert "LAU-2026-0147" in told
    assert "ei ole juuri nyt käytettävissä" in told


def test_an_administrator_of_the_place_is_told(broken: Flask) -> None:
    penni = signed_in(broken, "Penni Puronvarsi")
    for path in ("/o/laukaa/tools/", "/o/koulu/tools/12", "/o/laukaa/records/tools.all/"):
        assert penni.get(path).status_code == 503
    assert "12" in penni.get("/o/koulu/tools/12").text


def test_where_it_was_off_nothing_is_told(broken: Flask) -> None:
    mauno = signed_in(broken, "Mauno Muuramelainen")
    assert mauno.get("/o/muurame/tools/").status_code == 404
    assert mauno.get("/o/laukaa/tools/").status_code == 404
    assert mauno.get("/o/nowhere/tools/").status_code == 404
    assert mauno.get("/me/nothing").status_code == 404


def test_strangers_are_asked_who_they_are(broken: Flask) -> None:
    browser = Browser(broken)
    assert browser.get("/me/tools/1").status_code == 302
    assert browser.get("/o/laukaa/tools/").status_code == 302
    assert browser.get("/tools/").status_code == 404


def test_what_is_sent_meanwhile_is_not_called_stored(broken: Flask) -> None:
    outi = signed_in(broken, "Outi Omenapolku")
    answer = outi.post("/me/tools/7", "/me/account")
    assert answer.status_code == 503
    assert "ei otettu vastaan" in answer.text


def test_the_core_and_other_modules_go_on(broken: Flask) -> None:
    penni = signed_in(broken, "Penni Puronvarsi")
    for path in ("/me", "/o/laukaa/", "/o/laukaa/modules", "/healthz"):
        assert penni.get(path).status_code == 200, path


def test_it_is_back_at_once_when_enabled_again(
    packages: Packages, database: DatabaseUrls, app: Flask, in_use: House
) -> None:
    disabled(packages, database, app)
    outi = signed_in(app, "Outi Omenapolku")
    assert outi.get("/me/tools/1").status_code == 503
    with app.app_context(), writing() as session:
        session.scalars(
            select(InstalledModule).where(InstalledModule.name == "tools")
        ).one().disabled_at = None
        raise_epoch(session)
    assert outi.get("/me/tools/1").status_code == 200


def test_never_switched_on_is_unknown(
    packages: Packages, database: DatabaseUrls, app: Flask, house: House
) -> None:
    broken = missing(packages, database, app)
    penni = signed_in(broken, "Penni Puronvarsi")
    assert penni.get("/me/tools/1").status_code == 404
    assert penni.get("/o/laukaa/tools/").status_code == 404


def test_who_requires_a_disabled_module_is_not_used_either(
    packages: Packages, database: DatabaseUrls, app: Flask, in_use: House
) -> None:
    packages.add("art", 'requires = ("tools",)')
    again = start(packages, database)
    disabled(packages, database, again)
    with again.app_context():
        assert str(host_of(again).conditions["art"]) == "art: incompatible (needs tools)"
        db.session.remove()


def test_a_start_without_a_database_holds_nothing_against_anybody(packages: Packages, kind: str) -> None:
    install(packages)
    app = create_app(TestConfig(database_url="postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert {name: c.state for name, c in host_of(app).at_start.items()} == {"fees": "ok", "tools": "ok"}
