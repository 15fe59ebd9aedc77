"""Browser windows of people who are signed in, which note every violation of the page policy."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

from core.testing.visitors import Visitor
from tests.support.region import LoadedRegion
from tests.support.server import LiveServer

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
SMALLEST = 320
LISTEN = """
document.addEventListener('securitypolicyviolation', event =>
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
"""


class Windows:
    """Opens a window per person; what the browser complains of is kept in `complaints`."""

    def __init__(self, browser: Browser, server: LiveServer, region: LoadedRegion) -> None:
        self._browser, self._server, self._region = browser, server, region
        self._contexts: list[BrowserContext] = []
        self._people: dict[str, Page] = {}
        self.complaints: list[str] = []
        self.port = server.port

    def of(self, name: str, size: dict[str, int] = PHONE) -> Page:
        """The window of one of the region's people."""
        if name not in self._people:
            self._people[name] = self.open(self._region.sign_in(name), size)
        return self._people[name]

    def open(self, visitor: Visitor | None = None, size: dict[str, int] = PHONE) -> Page:
        """A window, of nobody where no visitor is given."""
        context = self._browser.new_context(viewport=size, base_url=self._server.url, locale="fi-FI")  # type: ignore[arg-type]  # a size as its own type
        self._contexts.append(context)
        if visitor is not None:
            context.add_cookies(
                [{"name": visitor.cookie_name, "value": visitor.cookie, "url": self._server.url}]
            )
        context.add_init_script(LISTEN)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._note)
        page.on("pageerror", self._note_error)
        return page

    def close(self) -> None:
        """Close every window."""
        for context in self._contexts:
            context.close()

    def _note(self, message: ConsoleMessage) -> None:
        # A page that answers 403, 404, 409 or 422 on purpose is told to the console as well.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def _note_error(self, error: Error) -> None:
        self.complaints.append(str(error))
