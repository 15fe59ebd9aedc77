"""A field of every type through the form, the page and the list, in Finnish as people write it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from html import unescape
from typing import Any, get_args

import pytest
from flask.testing import FlaskClient

from core.database.types import Texts
from core.extensions import db
from core.files.models import StoredFile
from core.records.fields import FieldType
from core.scope import unscoped
from core.testing.applications import application
from core.testing.checks.base import settled
from core.testing.fixtures import MakeRegions
from core.testing.region import TOWN
from core.testing.terms import Terms
from core.testing.visitors import CSRF
from core.testing.world import World

pytestmark = pytest.mark.usefixtures("dummy_installed")

LIST = "/o/town/records/dummy.sheets/"
PDF = b"%PDF-1.4 a paper"
TYPED: dict[str, Any] = {
    "words": "Ensimmäinen",
    "more": "Rivi yksi\r\nrivi kaksi",
    "title-fi": "Otsikko",
    "title-sv": "Rubrik",
    "size": "large",
    "count": "12",
    "hours": "1 234,5",
    "price": "35,00",
    "colours": ["blue", "red"],
    "done": "y",
    "day": "6.10.2026",
    "starts": "9.15",
    "municipality": "410",
    "email": "nimi@example.fi",
    "phone": "040 123 4567",
}
STORED = {
    "words": "Ensimmäinen",
    "more": "Rivi yksi\nrivi kaksi",
    "title": Texts(fi="Otsikko", sv="Rubrik"),
    "size": "large",
    "count": 12,
    "hours": Decimal("1234.5"),
    "price": 3500,
    "colours": ("red", "blue"),
    "done": True,
    "day": date(2026, 10, 6),
    "starts": time(9, 15),
    "municipality": "410",
    "email": "nimi@example.fi",
    "phone": "040 123 4567",
}
SHOWN = (
    "Ensimmäinen", "Otsikko", "Suuri", "12", "1\xa0234,5", "35,00\xa0€", "Punainen, Sininen", "Kyllä",
    "6.10.2026", "9.15", "Laukaa", "nimi@example.fi", "040 123 4567",
)  # fmt: skip


@dataclass
class Sheets:
    """Somebody of the town at the pages of its sheets."""

    world: World
    client: FlaskClient
    csrf: str

    def post(self, page: str, **form: Any) -> Any:
        home = {"organisation": str(self.world.at[TOWN])} if page == "new" else {}
        return self.client.post(LIST + page, data={CSRF: self.csrf, **home, **form})

    def text(self, page: str = "") -> str:
        """A page as it is read: letters instead of entities, and no break where an address may break."""
        return unescape(self.client.get(LIST + page).text).replace("<wbr>", "")

    def row(self, row_id: int) -> Any:
        from tests.dummy.models import Sheet

        return self.stored(Sheet, row_id)

    def stored(self, model: Any, row_id: int) -> Any:
        with self.world.app.app_context(), unscoped("what is stored"):
            row = db.session.get(model, row_id)
            db.session.expunge_all()
            db.session.remove()
        return row


@pytest.fixture(params=["sqlite", "postgresql"])
def sheets(request: Any, small_regions: MakeRegions, dummy_installed: None) -> Iterator[Sheets]:
    yield from made(request.param, small_regions, "administrator")


def made(kind: str, small_regions: MakeRegions, role: str) -> Iterator[Sheets]:
    from tests.contract.planting import plant
    from tests.dummy import plugin

    with (
        small_regions(kind, ("dummy",)).fresh() as urls,
        application(urls, plugins=("dummy",)) as app,
    ):
        world = settled(app, urls, plugin, Terms(module="dummy", plant=plant))
        who = world.who(role, TOWN)
        yield Sheets(world, who.client(app), who.csrf)


def others(sheets: Sheets) -> dict[str, str]:
    """The first choice of each field whose values are rows."""
    page = sheets.text("new")
    found = {}
    for key in ("place_id", "note_id", "expert_id", "person_id"):
        options = re.search(rf'<select[^>]* id="{key}".*?</select>', page, re.DOTALL)
        values = re.findall(r'value="(\d+)"', options[0]) if options else []
        if values:
            found[key] = values[0]
    return found


def test_the_sheet_has_a_field_of_every_type() -> None:
    from tests.dummy.records import SHEETS

    assert {field.type for field in SHEETS.fields} == set(get_args(FieldType))


def test_every_value_is_read_stored_and_written_as_people_do(sheets: Sheets) -> None:
    chosen = others(sheets)
    assert {"place_id", "note_id", "person_id"} <= set(chosen)
    answer = sheets.post("new", **TYPED, **chosen, paper=(io.BytesIO(PDF), "Paperi.pdf"))
    assert answer.status_code == 303, answer.text
    row_id = int(answer.location.rstrip("/").rpartition("/")[2])
    row = sheets.row(row_id)
    assert {key: getattr(row, key) for key in STORED} == STORED
    assert {key: getattr(row, key) for key in chosen} == {key: int(value) for key, value in chosen.items()}

    page, listed, form = sheets.text(f"{row_id}/"), sheets.text(), sheets.text(f"{row_id}/edit")
    for words in (*SHOWN, "Paperi.pdf"):
        assert words in page, words
        assert words in listed, words
    assert "Rivi yksi\nrivi kaksi" in page
    for typed in ("12", "1234,5", "35,00", "6.10.2026", "9.15"):
        assert f'value="{typed}"' in form, typed

    link = re.search(r'href="(/o/town/files/[^"]+)"', page)
    assert link
    assert sheets.client.get(link[1]).data == PDF


def test_nothing_typed_is_lost_when_one_field_is_wrong(sheets: Sheets) -> None:
    answer = sheets.post("new", **{**TYPED, "day": "joskus"}, paper=(io.BytesIO(PDF), "Paperi.pdf"))
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert "Kirjoita päivä näin" in page or "Kirjoita päivämäärä näin" in page
    for key, typed in TYPED.items():
        if isinstance(typed, str) and key not in ("more", "size", "municipality", "done", "day"):
            assert f'value="{typed}"' in page, key
    assert 'value="joskus"' in page
    assert "Rivi yksi\nrivi kaksi" in page
    for chosen in ("large", "410"):
        assert re.search(rf'<option selected value="{chosen}">', page), chosen
    for ticked in ("red", "blue", "y"):
        assert re.search(rf'<input checked [^>]*value="{ticked}"', page), ticked
    assert "Valitse tiedosto uudelleen." in page, "a browser keeps no chosen file"


def test_a_file_stays_is_replaced_and_removed(sheets: Sheets) -> None:
    answer = sheets.post("new", words="x", paper=(io.BytesIO(PDF), "Paperi.pdf"))
    row_id = int(answer.location.rstrip("/").rpartition("/")[2])
    first = sheets.row(row_id).paper_id
    assert sheets.stored(StoredFile, first).permission == "dummy.view"

    sheets.post(f"{row_id}/edit", words="y", paper=(io.BytesIO(b""), ""))
    assert sheets.row(row_id).paper_id == first

    refused = sheets.post(f"{row_id}/edit", words="y", paper=(io.BytesIO(b"MZ"), "a.pdf"))
    assert refused.status_code == 422
    sheets.post(f"{row_id}/edit", words="y", paper=(io.BytesIO(PDF + b"2"), "Toinen.pdf"))
    second = sheets.row(row_id).paper_id
    assert second != first
    assert sheets.stored(StoredFile, first).removed_at is not None

    sheets.post(f"{row_id}/edit", **{"words": "y", "paper-remove": "y"})
    assert sheets.row(row_id).paper_id is None
    assert sheets.stored(StoredFile, second).removed_at is not None


def test_a_field_that_is_not_asked_is_emptied(sheets: Sheets) -> None:
    answer = sheets.post("new", words="x", size="small", count="99999999")
    assert answer.status_code == 303
    row_id = int(answer.location.rstrip("/").rpartition("/")[2])
    assert sheets.row(row_id).count is None
    assert "Täytä vain, jos ”Koko” on ”Suuri”." in sheets.text("new")


def test_who_may_not_see_contacts_finds_no_trace_of_them(small_regions: MakeRegions) -> None:
    for sheets in made("sqlite", small_regions, "auditor"):
        admin = sheets.world.who("administrator", TOWN)
        client = admin.client(sheets.world.app)
        home = str(sheets.world.at[TOWN])
        answer = client.post(LIST + "new", data={CSRF: admin.csrf, "organisation": home, **TYPED})
        assert answer.status_code == 303
        assert "nimi@example.fi" in unescape(client.get(answer.location).text).replace("<wbr>", "")
        for page in (sheets.text(), unescape(sheets.client.get(answer.location).text)):
            assert "nimi@example.fi" not in page
            assert "040 123 4567" not in page
            assert "Sähköposti" not in page
