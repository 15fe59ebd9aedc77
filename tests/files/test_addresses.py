"""Who can fetch a file, and as what it comes."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from core.database.session import writing
from core.database.types import today
from core.extensions import db
from core.files.models import StoredFile, StoredPiece
from core.files.receiving import receive
from core.files.services import PIECE, remove_expired, remove_file, store_file
from core.log.models import AccessRow, Change
from core.scope import JobScope, set_scope, unscoped
from core.testing.visitors import Visitor
from tests.support.region import LoadedRegion

pytestmark = pytest.mark.pages

CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 3000
NAME = 'Todistus "Äänekoski".pdf'


def stored(
    region: LoadedRegion,
    slug: str = "laukaa",
    *,
    owner: str = "core",
    permission: str = "core.experts.view",
    subject: str | None = "Aino Aamutähti",
    days: int | None = None,
) -> int:
    subject_id = region.person(subject) if subject else None
    where = region.organisation(slug)
    with region.app.test_request_context("/"), unscoped("test set-up"):
        file_id = store_file(
            receive(BytesIO(CONTENT), NAME),
            owner=owner,
            organisation_id=where,
            permission=permission,
            subject_id=subject_id,
            keep_until=None if days is None else today() + timedelta(days),
            actor_id=None,
        )
        db.session.remove()
    return file_id


def token(region: LoadedRegion, file_id: int) -> str:
    with region.app.app_context(), unscoped("test"):
        found = db.session.scalars(select(StoredFile.token).where(StoredFile.id == file_id)).one()
        db.session.remove()
    return found


def fetch(region: LoadedRegion, visitor: Visitor, file_id: int, slug: str | None = None) -> TestResponse:
    place = f"/o/{slug}" if slug else "/me"
    return visitor.client(region.app).get(f"{place}/files/{token(region, file_id)}")


def test_who_holds_its_permission_fetches_it_whole_and_as_a_file(region: LoadedRegion) -> None:
    answer = fetch(region, region.sign_in("Penni Puronvarsi"), stored(region), "laukaa")
    assert (answer.status_code, answer.data) == (200, CONTENT)
    assert len(CONTENT) > 2 * PIECE
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Todistus _')
    assert answer.headers["Content-Disposition"].endswith("%22%C3%84%C3%A4nekoski%22.pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["Paula Pihlajatähti", "Hilma Hiutalekoski", "Ylva Yökaste"])
def test_nobody_else_fetches_it(region: LoadedRegion, name: str) -> None:
    file_id = stored(region)
    for slug in ("laukaa", "hyvaks", None):
        assert fetch(region, region.sign_in(name), file_id, slug).status_code in (403, 404)


def test_it_is_not_found_at_another_organisations_address(region: LoadedRegion) -> None:
    """An administrator of both would still have to stand where the file belongs."""
    file_id = stored(region)
    both = region.newcomer("Molli Molempi", "administrator", "laukaa")
    assert fetch(region, both, file_id, "sydan-laukaan-koulu").status_code == 404
    assert fetch(region, both, file_id, "laukaa").status_code == 200


def test_its_subject_fetches_it_at_their_own_desk(region: LoadedRegion) -> None:
    file_id = stored(region)
    assert fetch(region, region.sign_in("Aino Aamutähti"), file_id).data == CONTENT
    assert fetch(region, region.sign_in("Veikko Vihreäkivi"), file_id).status_code == 404


def test_a_file_of_a_module_is_hidden_where_it_is_off_and_stays_its_subjects(region: LoadedRegion) -> None:
    file_id = stored(region, "aanekoski", owner="fees")
    assistant = region.sign_in("Ässä Äyräslehto")
    assert fetch(region, assistant, file_id, "aanekoski").status_code == 404
    assert fetch(region, region.sign_in("Aino Aamutähti"), file_id).status_code == 200


def test_a_removed_file_is_gone_for_everybody_and_its_name_too(region: LoadedRegion) -> None:
    file_id = stored(region)
    with region.app.app_context(), unscoped("test"):
        remove_file(file_id, actor_id=None)
        remove_file(file_id, actor_id=None)
        row = db.session.get_one(StoredFile, file_id)
        assert (row.name, row.removed_at is None) == ("", False)
        assert db.session.scalars(select(StoredPiece.number)).all() == []
        logged = select(Change.action).where(Change.record == "core.file").order_by(Change.id)
        assert db.session.scalars(logged).all() == ["create", "remove"]
        db.session.remove()
    assert fetch(region, region.sign_in("Penni Puronvarsi"), file_id, "laukaa").status_code == 404
    assert fetch(region, region.sign_in("Aino Aamutähti"), file_id).status_code == 404


def test_files_are_forgotten_when_their_last_day_has_passed(region: LoadedRegion) -> None:
    past, last, without = stored(region, days=-1), stored(region, days=0), stored(region)
    elsewhere = stored(region, "muurame", days=-1)
    with region.app.app_context():
        set_scope(db.session(), JobScope(region.organisation("laukaa")))
        assert remove_expired(today()) == 1
        assert remove_expired(today()) == 0
        db.session.remove()
        with unscoped("test"):
            left = db.session.scalars(select(StoredFile.id).where(StoredFile.removed_at.is_(None))).all()
        db.session.remove()
    assert sorted(left) == sorted([last, without, elsewhere])
    assert past not in left


def test_content_that_was_changed_behind_our_back_is_not_given_out(region: LoadedRegion) -> None:
    file_id = stored(region)
    with region.app.app_context(), writing() as session, unscoped("test"):
        session.execute(update(StoredPiece).where(StoredPiece.number == 1).values(content=b"other"))
    answer = fetch(region, region.sign_in("Penni Puronvarsi"), file_id, "laukaa")
    assert answer.status_code == 500
    assert b"other" not in answer.data


def logged(region: LoadedRegion) -> list[tuple[int | None, str]]:
    with region.app.app_context(), unscoped("test"):
        rows = db.session.execute(select(AccessRow.subject_id, AccessRow.how).order_by(AccessRow.id))
        found = [(row.subject_id, row.how) for row in rows if row.how in ("export", "refused")]
        db.session.remove()
    return found


def test_whose_file_was_fetched_or_asked_for_stands_in_the_access_log(region: LoadedRegion) -> None:
    aino, file_id = region.person("Aino Aamutähti"), stored(region)
    assert fetch(region, region.sign_in("Penni Puronvarsi"), file_id, "laukaa").status_code == 200
    assert logged(region) == [(aino, "export")]
    assert (
        fetch(region, region.sign_in("Penni Puronvarsi"), file_id, "sydan-laukaan-koulu").status_code == 404
    )
    assert logged(region) == [(aino, "export"), (aino, "refused")]
