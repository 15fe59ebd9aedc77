"""Security headers on every answer, errors and downloads included."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from core.assets import fingerprint

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FOR_EVER = "public, max-age=31536000, immutable"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def install(app: Flask) -> None:
    """Add the headers after each request."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["KOKEMUSSILTA"].secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    response.headers["Cache-Control"] = FOR_EVER if _never_changes(response) else "no-store"
    return response


def _never_changes(response: Response) -> bool:
    """Whether the answer is a static file under its own fingerprint."""
    if request.endpoint != "static" or response.status_code != 200:
        return False
    return request.args.get("v") == fingerprint(str((request.view_args or {}).get("filename", "")))
