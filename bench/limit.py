"""The raw application's side: its server's environment and the requests of each job."""

from __future__ import annotations

from collections.abc import Mapping

from bench import region as people
from bench.client import Request
from bench.databases import Urls
from bench.raw.web import COOKIE, DATABASE, csrf_of


class Limit:
    """Makes the raw application's requests."""

    name = "raw"

    def __init__(self, urls: Urls) -> None:
        self.environment: Mapping[str, str] = {DATABASE: urls.app}

    @staticmethod
    def _cookie(person: int) -> str:
        return f"{COOKIE}={people.token(person)}"

    @staticmethod
    def _token(person: int) -> str:
        return csrf_of(people.token(person))

    def experts(self, slug: str, after: int | None) -> Request:
        """A page of the register."""
        return Request(
            f"/o/{slug}/experts" + (f"?after={after}" if after else ""), self._cookie(people.COORDINATOR)
        )

    def send(self, person: int, key: str) -> Request:
        """Send an unfinished form."""
        return Request(f"/drafts/{key}/send", self._cookie(person), {"csrf_token": self._token(person)})

    def approve(self, person: int, claim: int, version: int) -> Request:
        """Approve the step that waits."""
        form = {"csrf_token": self._token(person), "version": str(version)}
        return Request(f"/claims/{claim}/approve", self._cookie(person), form)
