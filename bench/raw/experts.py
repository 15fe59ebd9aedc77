"""W1: a page of the register by key, in the reader's scope."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from jinja2 import DictLoader, Environment, select_autoescape

from bench.raw.web import Environ, Page, Visitor, connection, reached

SIZE = 50
PERMISSION, ROLES = "core.experts.view", ("administrator", "coordinator")
SCOPE = """
(e.organisation_id IN (SELECT descendant_id FROM organisation_closure
                       WHERE ancestor_id = ANY(%(tops)s) AND same_controller)
 OR e.id IN (SELECT g.expert_id FROM expert_grant g
   WHERE (g.organisation_id IN (SELECT descendant_id FROM organisation_closure
                                WHERE ancestor_id = ANY(%(tops)s) AND same_controller)
          OR g.organisation_id IN (SELECT ancestor_id FROM organisation_closure
                                   WHERE descendant_id = %(root)s))
     AND g.valid_from <= current_date AND (g.withdrawn_on IS NULL OR g.withdrawn_on > current_date)))
"""
PLACE = f"SELECT e.sort_key FROM expert e WHERE e.id = %(after)s AND {SCOPE}"
ROWS = f"""
SELECT e.id, e.name, e.municipality, e.title, e.status FROM expert e
WHERE {SCOPE} AND (e.sort_key, e.id) > (%(key)s, %(after)s) ORDER BY e.sort_key, e.id LIMIT %(limit)s
"""
LAYOUT = """<!doctype html>
<html lang="fi"><head><meta charset="utf-8"><title>Kokemusasiantuntijat</title></head>
<body><header><a href="/">Kokemussilta</a> <span>{{ name }}</span></header>
<nav><ul><li><a href="/o/{{ slug }}/">Etusivu</a></li>
<li><a href="/o/{{ slug }}/experts">Asiantuntijat</a></li></ul></nav>
<main><h1>Kokemusasiantuntijat</h1>
<table><thead><tr><th>Nimi</th><th>Kunta</th><th>Nimike</th><th>Tila</th></tr></thead><tbody>
{% for id, name, municipality, title, status in rows %}<tr>
<td><a href="/o/{{ slug }}/experts/{{ id }}/">{{ name }}</a></td>
<td>{{ municipality }}</td><td>{{ titles.get(title, title) }}</td>
<td><span class="chip">{{ statuses.get(status, status) }}</span></td></tr>
{% endfor %}</tbody></table>
{% if next %}<p><a href="?after={{ next }}">Seuraavat</a></p>{% endif %}</main></body></html>
"""
_templates = Environment(loader=DictLoader({"list": LAYOUT}), autoescape=select_autoescape(default=True))
_page = _templates.get_template("list")
TITLES = {
    "trained": "Koulutettu kokemusasiantuntija", "expert": "Kokemusasiantuntija", "actor": "Kokemustoimija",
    "peer": "Vertaistukija",
}  # fmt: skip
STATUSES = {"active": "Aktiivinen", "paused": "Tauolla", "ended": "Ei enää mukana"}


def page(environ: Environ, who: Visitor, slug: str) -> Page:
    """The first page, or the one after the expert named in the address."""
    root, tops = reached(who.person, slug, PERMISSION, ROLES)
    after = int(parse_qs(environ.get("QUERY_STRING", "")).get("after", ["0"])[0])
    values: dict[str, Any] = {"root": root, "tops": tops, "after": after, "key": "", "limit": SIZE + 1}
    if after:
        place = connection().execute(PLACE, values).fetchone()
        values["key"] = place[0] if place else ""
    rows = connection().execute(ROWS, values).fetchall()
    more = rows[SIZE - 1][0] if len(rows) > SIZE else None
    html = _page.render(
        name=who.name, slug=slug, rows=rows[:SIZE], next=more, titles=TITLES, statuses=STATUSES
    )
    return Page(html)
