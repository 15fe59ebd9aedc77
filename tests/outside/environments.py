"""A virtual environment of a test's own, joined to the one the tests run in, with a database of its own."""

import json
import os
import subprocess
import sysconfig
import textwrap
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
VISITS = Path(__file__).with_name("visits.py")
# What a shell that has the environment switched on would not have.
OF_PYTHON = ("PYTHONPATH", "PYTHONHOME")
OF_THE_PRODUCT = ("DATABASE_OWNER_URL", "SECRET_KEY", "DATA_KEYS", "PLUGINS", "SAFE_MODE", "STRICT", "PORT")
# Commands that an environment of its own would have, as installers write them.
COMMANDS = {"flask": "flask.cli", "pip": "pip._internal.cli.main"}
COMMAND = "#!{python}\nimport sys\nfrom {module} import main\nsys.exit(main())\n"


Request = tuple[str, str, str] | tuple[str, str, str, dict[str, str]]


class Seen(NamedTuple):
    """An answer of the service."""

    status: int
    page: str


@dataclass(frozen=True)
class Environment:
    """Where packages are installed and commands run; without `fetches` nothing comes from anywhere."""

    folder: Path
    fetches: bool = False

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        """Where packages are installed."""
        found = sysconfig.get_path("purelib", "venv", vars={"base": str(self.folder)})
        return Path(found)

    @property
    def variables(self) -> dict[str, str]:
        """What commands find in their environment."""
        kept = {key: value for key, value in os.environ.items() if key not in OF_PYTHON + OF_THE_PRODUCT}
        return {
            **kept,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "DATABASE_URL": f"sqlite:///{self.folder / 'instance.sqlite3'}",
            **({} if self.fetches else {"PIP_NO_INDEX": "1"}),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def try_to(
        self, *command: str | Path, cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, with more in its environment; gives its output and exit code."""
        return subprocess.run(
            list(map(str, command)),
            cwd=cwd or self.folder,
            env=self.variables | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def run(self, *command: str | Path, cwd: Path | None = None, **more: str) -> str:
        """The output of a command that must succeed."""
        done = self.try_to(*command, cwd=cwd, **more)
        assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def shell(self, lines: str) -> str:
        """The output of lines as one types them."""
        return self.run("sh", "-ec", lines)

    def pip(self, *words: str | Path) -> str:
        """Install, build or uninstall."""
        return self.run(self.python, "-m", "pip", *words)

    def flask(self, *words: str) -> str:
        """A command of the product, as one types it."""
        return self.run("flask", "--app", "wsgi", *words)

    def wheel(self, project: Path) -> Path:
        """The project's wheel, built with the setuptools that is here."""
        made = self.folder / "wheels" / project.name
        self.pip("wheel", "--quiet", "--no-build-isolation", "--no-deps", "--wheel-dir", made, project)
        return next(made.glob("*.whl"))

    def install(self, package: Path) -> None:
        """Install what lies there, and nothing besides."""
        self.pip("install", "--quiet", "--no-build-isolation", "--no-deps", package)

    def ask(self, script: str) -> str:
        """What a script prints that runs beside the service."""
        return self.run(self.python, "-c", textwrap.dedent(script))

    def visit(self, *requests: Request, database: str = "") -> list[Seen]:
        """What people are answered: each request is a person, a method, an address and perhaps a form."""
        asked = json.dumps([(*request, {})[:4] for request in requests])
        url = database or self.variables["DATABASE_URL"]
        said = json.loads(self.run(self.python, VISITS, asked, DATABASE_URL=url).splitlines()[-1])
        return [Seen(status, page) for status, page in said]


def alone(folder: Path) -> Environment:
    """A new environment with nothing in it, which may fetch from the package index."""
    venv.create(folder, with_pip=True, symlinks=True)
    return Environment(folder, fetches=True)


def joined(folder: Path) -> Environment:
    """A new environment that finds all packages of the one the tests run in, the product among them."""
    venv.create(folder, with_pip=False, symlinks=True)
    environment = Environment(folder)
    main = sysconfig.get_path("purelib")
    (environment.packages / "main.pth").write_text(f"import site; site.addsitedir({main!r})\n")
    for name, module in COMMANDS.items():
        command = folder / "bin" / name
        command.write_text(COMMAND.format(python=environment.python, module=module))
        command.chmod(0o755)
    return environment
