"""The two addresses of files: an organisation's, and one's own. A file is saved, never shown in the page."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, abort, g

from core.access import access
from core.database.types import today
from core.extensions import db
from core.files.models import StoredFile
from core.files.reading import content_of, find_file
from core.files.services import RECORD
from core.log import access as access_log
from core.modules.gating.gate import current_gate
from core.scope import unscoped
from core.users.reach import tops

blueprint = Blueprint("files", __name__)
# Should a browser show it after all, then without anything it could do.
NOTHING = "default-src 'none'; sandbox"


@blueprint.get("/o/<org>/files/<token>")
@access("node", "core.organisations.view")
def of_organisation(token: str) -> Response:
    """A file of the organisation or one below it, for those who hold the file's own permission there."""
    with unscoped("a file behind its token; its own permission is asked next"):
        row = find_file(db.session(), token)
        if row is None or not _on(row) or not _may(row):
            _turned_away(row)
            abort(404)
        answer = _sent(row)
        if row.subject_id is not None:
            access_log.seen([row.subject_id], record=RECORD, how="export", why=row.permission)
        return answer


def _turned_away(row: StoredFile | None) -> None:
    """A file about somebody was asked for by its address; that stands in the log."""
    if row is not None and row.subject_id is not None:
        access_log.refused(
            row.subject_id, record=RECORD, organisation_id=g.node.id, actor_id=g.person.person_id
        )


@blueprint.get("/me/files/<token>")
@access("me")
def my_own(token: str) -> Response:
    """A file about oneself; it can be read whether or not its module is on."""
    row = find_file(db.session(), token)
    if row is None:
        abort(404)
    return _sent(row)


def _on(row: StoredFile) -> bool:
    return row.owner == "core" or current_gate().on(row.owner, row.organisation_id)


def _may(row: StoredFile) -> bool:
    tree = current_gate().tree
    return tree.within(g.node.id, row.organisation_id) and any(
        tree.reaches(top, row.organisation_id) for top in tops(tree, g.roles, row.permission, today())
    )


def _sent(row: StoredFile) -> Response:
    response = Response(content_of(db.session(), row), mimetype=row.kind)
    plain = row.name.encode("ascii", "replace").decode("ascii").replace('"', "_").replace("?", "_")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row.name, safe='')}"
    )
    response.headers["Content-Security-Policy"] = NOTHING
    return response
