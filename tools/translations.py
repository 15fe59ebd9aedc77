"""Message catalogues: update them from the source, compile them, check that none is behind.

The source speaks English; each owner of messages (the core and every plugin) keeps its own catalogues.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("fi", "sv", "en")
SOURCE_LANGUAGE = "en"
UPDATE = "python tools/translations.py --update"

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "_l": None, "lazy_ngettext": (1, 2)}
UNTRANSLATED_FOLDERS = frozenset({"tests", "testing", "translations", "static", "__pycache__"})
PLACEHOLDER = re.compile(r"%\(\w+\)\w?")
LONE_PERCENT = re.compile(r"(?<!%)(?:%%)*%(?![%(])")


@dataclass(frozen=True)
class Owner:
    """A folder with messages and their catalogues: the core, or one plugin."""

    folder: Path

    def path(self, language: str) -> Path:
        """The catalogue of one language."""
        return self.folder / "translations" / language / "LC_MESSAGES" / "messages.po"

    def extract(self) -> Catalog:
        """What the source says now."""
        found = Catalog()
        for file, line, message, _comments, context in extract_from_dir(
            self.folder,
            METHODS,
            {"**/templates/**": {"silent": "false"}},
            KEYWORDS,
            directory_filter=lambda folder: Path(folder).name not in UNTRANSLATED_FOLDERS,
        ):
            found.add(message, locations=[(file, line)], context=context)
        return found

    def read(self, language: str) -> Catalog:
        """The catalogue as it stands on disk; empty when there is none yet."""
        path = self.path(language)
        if not path.exists():
            return Catalog(locale=language)
        with path.open("rb") as file:
            return read_po(file, locale=language, ignore_obsolete=True)


def owners(root: Path = ROOT) -> list[Owner]:
    """The core, then the plugins by name."""
    plugins = sorted(path.parent for path in root.glob("plugins/*/__init__.py"))
    return [Owner(folder) for folder in (root / "core", *plugins) if folder.is_dir()]


def key(message: Message) -> tuple[str, str]:
    """What a message is looked up by: its context and its (singular) text."""
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def messages(catalog: Catalog) -> dict[tuple[str, str], Message]:
    """The messages of a catalogue, without its header."""
    return {key(message): message for message in catalog if message.id}


def strings(message: Message) -> list[str]:
    """The translations of a message: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


# Update and compile


def merge(source: Catalog, old: Catalog, language: str) -> Catalog:
    """The source's messages with the translations we have; what the source dropped is dropped."""
    known = messages(old)
    merged = Catalog(locale=language)
    for name, message in messages(source).items():
        before = known.get(name)
        same_kind = before is not None and isinstance(before.id, str) is isinstance(message.id, str)
        string = before.string if before is not None and same_kind else None
        merged.add(message.id, string, context=message.context, flags=before.flags if before else ())
    return merged


def header(catalog: Catalog) -> bytes:
    """The least a reader of the file needs; dates and tool versions would only make noise."""
    lines = (
        f"Language: {catalog.locale}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {catalog.plural_forms}",
    )
    return ('msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n").encode()


def write(catalog: Catalog, path: Path) -> None:
    """Write a catalogue so that a later change of one message is a change of its lines alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(header(catalog))
        write_po(file, catalog, width=100, no_location=True, omit_header=True, sort_output=True)


def update(root: Path = ROOT) -> None:
    """Bring every catalogue up to the source."""
    for owner in owners(root):
        source = owner.extract()
        for language in LANGUAGES:
            write(merge(source, owner.read(language), language), owner.path(language))


def compile_all(root: Path = ROOT) -> None:
    """Make the binary catalogues that the running application reads, where they are behind."""
    for path in (path for owner in owners(root) for path in map(owner.path, LANGUAGES) if path.exists()):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns > path.stat().st_mtime_ns:
            continue
        replace_compiled(path, target)


def replace_compiled(path: Path, target: Path) -> None:
    """Compile one catalogue; a running application never sees half a file."""
    fresh = target.with_suffix(".mo.new")
    with path.open("rb") as source, fresh.open("wb") as file:
        write_mo(file, read_po(source))
    fresh.replace(target)


# Check


def placeholder_problem(message: Message) -> str | None:
    """Say which placeholders disagree; a singular may leave out the number."""
    texts = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = {name for text in texts for name in PLACEHOLDER.findall(text)}
    required = set(PLACEHOLDER.findall(texts[-1]))
    given = [set(PLACEHOLDER.findall(text)) for text in strings(message) if text]
    if all(names <= allowed for names in given) and (not given or required <= given[-1]):
        return None
    return f"placeholders differ, expected {' '.join(sorted(required)) or 'none'}"


def percent_problem(source: Message, message: Message) -> str | None:
    """Find what would break a page: templates format every message, so a plain % must be doubled there."""
    texts = [message.id] if isinstance(message.id, str) else list(message.id)
    in_template = any(not file.endswith(".py") for file, _line in source.locations)
    if in_template and any(map(LONE_PERCENT.search, [*texts, *strings(message)])):
        return "used in a template: write %% for a percent sign"
    return None


def message_problem(source: Message, message: Message, language: str) -> str | None:
    """What is wrong with one translation, if anything."""
    if message.fuzzy:
        return "fuzzy"
    if language != SOURCE_LANGUAGE and not all(strings(message)):
        return "missing"
    return placeholder_problem(message) or percent_problem(source, message)


def catalogue_problems(source: Catalog, catalog: Catalog, language: str) -> Iterator[str]:
    """What is wrong with one catalogue, message by message."""
    current, stored = messages(source), messages(catalog)
    for name in sorted(current.keys() | stored.keys()):
        if name not in stored:
            problem: str | None = f"not in the catalogue; run {UPDATE}"
        elif name not in current:
            problem = f"no longer in the source; run {UPDATE}"
        elif current[name].id != stored[name].id:
            problem = f"its plural changed; run {UPDATE}"
        else:
            problem = message_problem(current[name], stored[name], language)
        if problem:
            yield f"{name[1]!r}: {problem}"


def check(root: Path = ROOT) -> list[str]:
    """Every problem of every catalogue, one line each."""
    problems = []
    for owner in owners(root):
        source = owner.extract()
        for language in LANGUAGES:
            place = owner.path(language).relative_to(root)
            found = catalogue_problems(source, owner.read(language), language)
            problems += [f"{place}: {problem}" for problem in found]
    return problems


def main(arguments: list[str] | None = None) -> int:
    """Run the command named by its option."""
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--update", action="store_true", help="bring the catalogues up to the source")
    choice.add_argument("--compile", action="store_true", help="make the .mo files")
    choice.add_argument("--check", action="store_true", help="fail if a message is missing, fuzzy or wrong")
    options = parser.parse_args(arguments)
    if options.update:
        update()
    elif options.compile:
        compile_all()
    problems = check() if options.check else []
    print("\n".join(problems), end="\n" if problems else "", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
