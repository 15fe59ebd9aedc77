"""A person's copy as a file."""

from __future__ import annotations

import json

from werkzeug.wrappers import Response

from core.trust.copying import Copy


def as_file(copy: Copy) -> Response:
    """JSON to take along; its name tells the day and nobody's name."""
    answer = Response(
        json.dumps(copy.as_json(), ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
    )
    name = f"my-data-{copy.made_at.date().isoformat()}.json"
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer
