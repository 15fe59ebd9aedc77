"""A package from outside: written by `flask modules new`, built as a wheel, installed, used, uninstalled.

It lives in an environment of its own, joined to the one the tests run in. Nothing is fetched.
"""

import shutil
from pathlib import Path

import pytest

from tests.outside.environments import Environment, joined

NAME = "training_days"
PROJECT = "kokemussilta-training-days"
BUILD_REGION = """
    import os
    from core.testing.databases import DatabaseUrls
    from core.testing.region import build
    build(DatabaseUrls(os.environ["DATABASE_URL"], os.environ["DATABASE_URL"], "sqlite"), ("training_days",))
"""
LOGGED = """
    import os
    from sqlalchemy import select
    from config import TestConfig
    from core import create_app
    from core.extensions import db
    from core.log.models import Change
    with create_app(TestConfig(database_url=os.environ["DATABASE_URL"])).app_context():
        query = select(Change).where(Change.record.startswith("training_days."))
        for line in db.session.scalars(query):
            print(line.record, line.action, *line.fields, "by", line.actor_id is not None)
"""
LIST = f"/o/ward/records/{NAME}.entries/"
ELSEWHERE = f"/o/school/records/{NAME}.entries/"
FIRST = {"title": "First aid", "text": "On Monday"}
HERE, THERE, OPERATOR = "administrator ward", "administrator school", "the operator"


def test_a_package_from_outside_comes_works_and_goes(tmp_path: Path) -> None:
    there = joined(tmp_path)
    project = comes(there)
    keeps_the_contract(there, project, "-k", "not postgresql")
    works_where_it_is_switched_on(there)
    goes(there)


@pytest.mark.full
def test_it_keeps_the_contract_on_postgresql_too(tmp_path: Path) -> None:
    there = joined(tmp_path)
    keeps_the_contract(there, comes(there), "-k", "postgresql")


def comes(there: Environment) -> Path:
    """The package, written, built and installed; gives its project."""
    there.flask("modules", "new", NAME)
    project = there.folder / PROJECT
    there.install(there.wheel(project))
    return project


def keeps_the_contract(there: Environment, project: Path, *options: str) -> None:
    """Its tests alone, without its source, so that what was installed is what is tried."""
    tests = there.folder / "tests-alone"
    shutil.copytree(project / "tests", tests / "tests")
    shutil.copy(project / "pyproject.toml", tests)
    said = there.run(there.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, cwd=tests)
    assert " passed" in said
    assert "skipped" not in said


def works_where_it_is_switched_on(there: Environment) -> None:
    """At the ward alone there are its pages; the first entry is written there."""
    there.flask("database", "upgrade")
    there.ask(BUILD_REGION)
    assert f"{NAME} 0.1.0 ok; on: nowhere" in there.flask("modules", "list")
    there.flask("modules", "enable", NAME, "--organisation", "ward")
    stored, listed, *elsewhere = there.visit(
        (HERE, "POST", f"{LIST}new", FIRST),
        (HERE, "GET", LIST),
        (THERE, "GET", ELSEWHERE),
        (THERE, "POST", f"{ELSEWHERE}new", FIRST),
    )
    assert (stored.status, listed.status) == (303, 200)
    assert "First aid" in listed.page
    assert [seen.status for seen in elsewhere] == [404, 404]


def goes(there: Environment) -> None:
    """Uninstalled, it leaves a core that migrates, starts and knows what is missing; its log reads on."""
    there.pip("uninstall", "--quiet", "--yes", PROJECT)
    assert f"{NAME}: {NAME}_0001\n" in there.flask("database", "upgrade"), "its tables are kept"
    assert f"{NAME} - missing (no package offers it); on: ward on" in there.flask("modules", "list")
    sign_in, front, kept, unknown, overview = there.visit(
        ("nobody", "GET", "/sign-in"),
        (HERE, "GET", "/o/ward/"),
        (HERE, "GET", LIST),
        (THERE, "GET", ELSEWHERE),
        (OPERATOR, "GET", "/operator"),
    )
    assert [sign_in.status, front.status, kept.status, unknown.status] == [200, 200, 503, 404]
    assert "Training days" in overview.page
    assert "no package offers it" in overview.page
    assert there.ask(LOGGED) == f"{NAME}.entries create text title by True\n"
