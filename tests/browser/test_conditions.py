"""With the script, a field that depends on others shows itself only while it is asked for."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from flask import Flask, render_template_string
from flask_babel import Babel
from playwright.sync_api import Browser, Page

import core
from core import formats
from core.experts.models import Expert
from core.records.conditions import All, Where
from core.records.description import Field, Record
from core.records.forms import record_form

HERE = Path(core.__file__).parent
FIELDS = (
    Field(key="size", label="Size", type="choice", choices=lambda _o: [("s", "Small"), ("l", "Large")]),
    Field(key="colours", label="Colours", type="several", choices=lambda _o: [("r", "Red"), ("b", "Blue")]),
    Field(key="done", label="Done", type="yesno"),
    Field(key="why", label="Why", show_if=Where("size", "is", "l")),
    Field(key="more", label="More", show_if=Where("why", "filled")),
    Field(key="blue", label="How blue", show_if=Where("colours", "contains", "b")),
    Field(key="open", label="Open since", show_if=All(Where("done", "is", False), Where("size", "filled"))),
    Field(key="pages", label="Pages", type="integer", show_if=Where("size", "is_not", "s")),
)
ASKED = ("why", "more", "blue", "open", "pages")
PIECES = (
    '{% from "macros.html" import field %}<form>{% for f in form.shown %}{{ field(f) }}{% endfor %}</form>'
)


def page_of(browser: Browser, **held: object) -> Page:
    app = Flask(__name__, template_folder=str(HERE / "templates"))
    Babel(app, default_locale="en")
    formats.register(app)
    stands = {"colours": (), "done": False, **{f.key: None for f in FIELDS[3:]}, "size": None, **held}
    record = Record(key="core.tried", label="", plural="", model=Expert, read="x", fields=tuple(
        Field(**{**vars(f), "in_list": False, "in_detail": False}) for f in FIELDS))  # fmt: skip
    with app.test_request_context():
        form = record_form(record, 1, row=SimpleNamespace(id=1, **stands))
        text = render_template_string(PIECES, form=form)
    page = browser.new_page()
    page.set_content(text)
    page.add_script_tag(path=HERE / "static" / "kokemussilta.js", type="module")
    page.wait_for_function("document.querySelector('[hidden]') !== null")
    return page


def shown(page: Page) -> set[str]:
    return {key for key in ASKED if page.locator(f"#{key}").is_visible()}


def test_fields_follow_what_is_chosen_ticked_and_written(browser: Browser) -> None:
    page = page_of(browser)
    assert shown(page) == {"pages"}
    page.select_option("#size", "l")
    assert shown(page) == {"why", "open", "pages"}
    page.fill("#why", "because")
    assert shown(page) == {"why", "more", "open", "pages"}
    page.check("#done")
    assert shown(page) == {"why", "more", "pages"}
    page.get_by_label("Blue", exact=True).check()
    assert shown(page) == {"why", "more", "blue", "pages"}
    page.select_option("#size", "s")
    assert shown(page) == {"blue"}, "what depends on a hidden field is hidden too"
    assert page.input_value("#why") == "because", "what was typed is not lost"
    page.close()


def test_a_form_opens_as_its_values_say(browser: Browser) -> None:
    page = page_of(browser, size="l", why="x", done=True)
    assert shown(page) == {"why", "more", "pages"}
    page.close()
