"""The two addresses of files: an organisation's, and one's own. A file is saved, never shown in the page."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, abort, g

from core.access import access
from core.database.types import today
from core.extensions import db
from core.files.models import StoredFile
from core.files.reading import content_of, find_file
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
            abort(404)
        return _sent(row)


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
