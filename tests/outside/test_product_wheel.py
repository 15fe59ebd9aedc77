"""The product's own wheel carries all that the service reads: templates, words, migrations, set-ups."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.outside.environments import ROOT, Environment, alone, joined
from tests.outside.test_outside_package import comes, goes, keeps_the_contract, works_where_it_is_switched_on

# What is installed; the rest of the repository tests, measures and develops it.
INSTALLED = ("core/", "plugins/", "config/", "migrations/", "wsgi.py")
TESTS_OF_MODULES = re.compile(r"plugins/[^/]+/tests/")


def tracked() -> set[str]:
    """The files of the repository, those to be added included."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in names.split("\0") if name and (ROOT / name).is_file()}


def checkout(folder: Path) -> Path:
    """A fresh checkout with its words compiled, as the README says."""
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    command = [sys.executable, "-m", "tools.translations", "--compile"]
    subprocess.run(command, cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return joined(tmp_path_factory.mktemp("product"))


@pytest.fixture(scope="module")
def wheel(there: Environment) -> Path:
    return there.wheel(checkout(there.folder / "checkout"))


def test_it_holds_what_the_service_reads_and_no_tests_of_modules(wheel: Path) -> None:
    """A fault here is mended in pyproject.toml, under package-data."""
    with zipfile.ZipFile(wheel) as file:
        held = {name for name in file.namelist() if ".dist-info/" not in name}
    wanted = {n for n in tracked() if n.startswith(INSTALLED) and not TESTS_OF_MODULES.match(n)}
    compiled = {name.removesuffix(".po") + ".mo" for name in wanted if name.endswith(".po")}
    assert held == wanted | compiled


@pytest.mark.full
def test_installed_alone_it_serves_and_a_package_from_outside_comes_works_and_goes(
    wheel: Path, tmp_path: Path
) -> None:
    """In a clean environment, with all it needs fetched from the package index, as the README says."""
    there = alone(tmp_path)
    there.pip("install", "--quiet", "--requirement", ROOT / "requirements.lock")
    there.pip("install", "--quiet", "--no-deps", wheel)
    there.pip("install", "--quiet", "--constraint", ROOT / "requirements-dev.lock", "setuptools", "pytest")
    project = comes(there)
    works_where_it_is_switched_on(there)
    [sign_in] = there.visit(("nobody", "GET", "/sign-in"))
    assert "Kirjaudu" in sign_in.page, "the words are compiled and were found"
    keeps_the_contract(there, project)
    goes(there)
