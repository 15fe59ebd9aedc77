"""The raw WSGI application: `gunicorn bench.raw.app:application`."""

from __future__ import annotations

from http import HTTPStatus

from bench.raw import claims, experts
from bench.raw.web import Environ, Page, Refused, StartResponse, answer, form, visitor


def application(environ: Environ, start_response: StartResponse) -> list[bytes]:
    """Answer one request."""
    try:
        page = _page(environ)
    except Refused as refusal:
        page = Page(refusal.status.phrase, refusal.status)
    return answer(start_response, page)


def _page(environ: Environ) -> Page:
    who = visitor(environ)
    match environ["PATH_INFO"].strip("/").split("/"):
        case ["o", slug, "experts"] if environ["REQUEST_METHOD"] == "GET":
            return experts.page(environ, who, slug)
        case ["drafts", key, "send"] if environ["REQUEST_METHOD"] == "POST":
            form(environ, who)
            return claims.send(who, key)
        case ["claims", number, "approve"] if environ["REQUEST_METHOD"] == "POST":
            return claims.approve(who, int(number), int(form(environ, who)["version"]))
    raise Refused(HTTPStatus.NOT_FOUND)
