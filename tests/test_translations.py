"""Every message stands in Finnish and Swedish, and the tool that says so notices when one does not."""

import gettext
from pathlib import Path

import pytest

from core.testing import catalogues
from tools import translations

SOURCE = """
from flask_babel import gettext as _, lazy_gettext as _l, ngettext
_("Hello %(name)s")
_l("Fees")
ngettext("One fee", "%(num)s fees", 2)
"""
FINNISH: dict[str, str | tuple[str, ...]] = {
    "Hello %(name)s": "Hei %(name)s",
    "Fees": "Palkkiot",
    "One fee": ("Yksi palkkio", "%(num)s palkkiota"),
}
TEMPLATE = "{% trans %}Sign out{% endtrans %}{{ _('Fees') }}"


def test_catalogues_are_complete() -> None:
    assert translations.check() == []


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A core with four messages, translated into Finnish and Swedish."""
    templates = tmp_path / "core" / "templates" / "core"
    templates.mkdir(parents=True)
    (tmp_path / "core" / "views.py").write_text(SOURCE)
    (templates / "page.html").write_text(TEMPLATE)
    translations.update(tmp_path)
    for language in ("fi", "sv"):
        translate(tmp_path, language, {**FINNISH, "Sign out": "Kirjaudu ulos"})
    return tmp_path


def translate(house: Path, language: str, words: dict[str, str | tuple[str, ...]]) -> None:
    owner = translations.owners(house)[0]
    catalog = owner.read(language)
    for (_context, text), message in catalogues.messages(catalog).items():
        message.string = words.get(text, message.string)
    catalogues.write(catalog, owner.path(language))


def test_complete_catalogues_pass(house: Path) -> None:
    assert translations.check(house) == []


def test_update_changes_nothing_when_nothing_changed(house: Path) -> None:
    path = house / "core/translations/fi/LC_MESSAGES/messages.po"
    before = path.read_text()
    translations.update(house)
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"Fees": ""}, "'Fees': missing"),
        ({"One fee": ("Yksi palkkio", "")}, "'One fee': missing"),
        ({"Hello %(name)s": "Hei %(nimi)s"}, "'Hello %(name)s': placeholders differ"),
        ({"Hello %(name)s": "Hei %(name)"}, "'Hello %(name)s': placeholders differ"),
        ({"Sign out": "Ulos 100 %"}, "'Sign out': used in a template"),
        ({"One fee": ("Yksi palkkio", "palkkiota")}, "'One fee': placeholders differ"),
    ],
)
def test_wrong_translation_is_named(
    house: Path, words: dict[str, str | tuple[str, ...]], problem: str
) -> None:
    translate(house, "fi", words)
    problems = translations.check(house)
    assert len(problems) == 1
    assert f"core/translations/fi/LC_MESSAGES/messages.po: {problem}" in problems[0]


def test_fuzzy_translation_is_named(house: Path) -> None:
    path = house / "core/translations/sv/LC_MESSAGES/messages.po"
    path.write_text(path.read_text().replace('msgid "Fees"', '#, fuzzy\nmsgid "Fees"'))
    assert translations.check(house) == ["core/translations/sv/LC_MESSAGES/messages.po: 'Fees': fuzzy"]


def test_new_and_dropped_messages_are_named(house: Path) -> None:
    (house / "core/views.py").write_text(SOURCE.replace("Fees", "Orders"))
    (house / "core/templates/core/page.html").write_text("{% trans %}Sign out{% endtrans %}")
    problems = "\n".join(translations.check(house))
    assert problems.count("'Orders': not in the catalogue") == 3
    assert problems.count("'Fees': no longer in the source") == 3


def test_compiled_catalogue_speaks_finnish(house: Path) -> None:
    translations.compile_all(house)
    spoken = gettext.translation("messages", house / "core" / "translations", ["fi"])
    assert spoken.gettext("Fees") == "Palkkiot"
    assert spoken.ngettext("One fee", "%(num)s fees", 2) == "%(num)s palkkiota"
    english = gettext.translation("messages", house / "core" / "translations", ["en"])
    assert english.ngettext("One fee", "%(num)s fees", 2) == "%(num)s fees"
