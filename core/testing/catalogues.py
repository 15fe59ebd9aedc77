"""Message catalogues of a folder with messages: update from the source, compile, find what is behind.

    python -m core.testing.catalogues --update|--compile|--check FOLDER

FOLDER is a plugin's package. The source speaks English; Finnish and Swedish stand in its catalogues.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LANGUAGES = ("fi", "sv", "en")
SOURCE_LANGUAGE = "en"

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


def key(message: Message) -> tuple[str, str]:
    """What a message is looked up by: its context and its (singular) text."""
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def messages(catalog: Catalog) -> dict[tuple[str, str], Message]:
    """The messages of a catalogue, without its header."""
    return {key(message): message for message in catalog if message.id}


def strings(message: Message) -> list[str]:
    """The translations of a message: one, or one for each plural form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


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


def update(owners: Iterable[Owner]) -> None:
    """Bring every catalogue up to the source."""
    for owner in owners:
        source = owner.extract()
        for language in LANGUAGES:
            write(merge(source, owner.read(language), language), owner.path(language))


def compile_catalogues(*folders: Path) -> None:
    """Make the binary catalogues that the running application reads, where they are behind."""
    for path in (Owner(folder).path(language) for folder in folders for language in LANGUAGES):
        target = path.with_suffix(".mo")
        if not path.exists() or (target.exists() and target.stat().st_mtime_ns > path.stat().st_mtime_ns):
            continue
        replace_compiled(path, target)


def replace_compiled(path: Path, target: Path) -> None:
    """Compile one catalogue; a running application never sees half a file."""
    fresh = target.with_suffix(".mo.new")
    with path.open("rb") as source, fresh.open("wb") as file:
        write_mo(file, read_po(source))
    fresh.replace(target)


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
            problem: str | None = "not in the catalogue; update it"
        elif name not in current:
            problem = "no longer in the source; update it"
        elif current[name].id != stored[name].id:
            problem = "its plural changed; update it"
        else:
            problem = message_problem(current[name], stored[name], language)
        if problem:
            yield f"{name[1]!r}: {problem}"


def problems(owner: Owner) -> Iterator[str]:
    """What is wrong with the catalogues of a folder, one line each, with the file below the folder."""
    source = owner.extract()
    for language in LANGUAGES:
        place = owner.path(language).relative_to(owner.folder)
        for problem in catalogue_problems(source, owner.read(language), language):
            yield f"{place}: {problem}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command named by its option."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, help="a plugin's package")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--update", action="store_true", help="bring the catalogues up to the source")
    choice.add_argument("--compile", action="store_true", help="make the .mo files")
    choice.add_argument("--check", action="store_true", help="fail if a message is missing, fuzzy or wrong")
    options = parser.parse_args(arguments)
    owner = Owner(options.folder)
    if options.update:
        update([owner])
    elif options.compile:
        compile_catalogues(owner.folder)
    found = list(problems(owner)) if options.check else []
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
