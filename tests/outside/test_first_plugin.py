"""docs/first-plugin.md does what it says: files and commands are taken from the page as they are printed."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.outside.environments import ROOT, Environment, joined

PAGE = (ROOT / "docs" / "first-plugin.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"`([\w./-]+\.(?:py|toml))`")
ADDRESS = re.compile(r"`(/o/[\w/]+/)`")
SERVES = "flask --app wsgi demo serve\n"


class Block(NamedTuple):
    """A block of the page: its language, its text, and what is written between it and the one before."""

    language: str
    text: str
    above: str


def blocks() -> Iterator[Block]:
    """The page's blocks in order."""
    end = 0
    for found in BLOCK.finditer(PAGE):
        yield Block(found[1], found[2], PAGE[end : found.start()])
        end = found.end()


def files() -> dict[str, str]:
    """The files that the page prints whole."""
    printed = [block for block in blocks() if block.language in ("python", "toml")]
    return {FILE.findall(block.above)[-1]: block.text for block in printed}


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Where one has written the files."""
    environment = joined(tmp_path_factory.mktemp("first"))
    for name, text in files().items():
        file = environment.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return environment


def test_it_is_a_plugin_of_about_twenty_lines() -> None:
    code = files()["kokemussilta-hello/hello/__init__.py"]
    assert len([line for line in code.splitlines() if line.strip()]) <= 25


def test_what_one_types_gives_what_one_sees(there: Environment) -> None:
    for said, expected in typed_and_seen(there):
        assert [line for line in expected.splitlines() if line not in said] == [], said


def typed_and_seen(there: Environment) -> Iterator[tuple[str, str]]:
    """What each command or page of the page shows, and what it is said to show."""
    exported, said = "", ""
    for block in blocks():
        if block.text == SERVES:
            said = look(there, exported)
        elif block.language == "sh":
            exported += "".join(line for line in block.text.splitlines(True) if line.startswith("export "))
            said = there.shell(block.text if "export " in block.text else exported + block.text)
        elif block.language == "text":
            yield said, block.text


def look(there: Environment, exported: str) -> str:
    """The two pages, as the two administrators see them."""
    here, elsewhere = ADDRESS.findall(PAGE.partition(SERVES)[2])
    database = exported.partition("sqlite:///")[2].strip().replace("$PWD", str(there.folder))
    first, second, front = there.visit(
        ("Penni Puronvarsi", "GET", here),
        ("Ässä Äyräslehto", "GET", elsewhere),
        ("Ässä Äyräslehto", "GET", elsewhere.removesuffix("hello/")),
        database=f"sqlite:///{database}",
    )
    assert (first.status, second.status, front.status) == (200, 404, 200)
    assert "Hello" not in front.page
    return first.page
