"""A headless browser, as far as our pages need one: it reads forms, fills them in and sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from werkzeug.test import Client, TestResponse

UNCHECKED = ("checkbox", "radio")
NOT_SENT = ("submit", "button", "image", "file", "reset")
Values = Mapping[str, str | Sequence[str]]


@dataclass
class PageForm:
    """A form of a page: where it goes and what it would send as it stands."""

    action: str
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, name: str | None, value: str) -> None:
        """A value that is sent under a name."""
        if name:
            self.values.setdefault(name, []).append(value)


class _Reader(HTMLParser):
    """Collects forms, the words of the page, and what a textarea, button or select holds."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.words: list[str] = []
        self._form: PageForm | None = None
        self._select: str | None = None
        self._chosen: list[str] = []
        self._first: str | None = None
        self._open: tuple[str, dict[str, str | None]] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._form = PageForm(found.get("action") or "", (found.get("method") or "get").lower())
            self.forms.append(self._form)
        elif tag == "input":
            self._input(found)
        elif tag == "select":
            self._select, self._chosen, self._first = found.get("name"), [], None
        elif tag == "option" and self._select:
            self._option(found)
        elif tag in ("textarea", "button"):
            self._open, self._text = (tag, found), []

    def _input(self, found: dict[str, str | None]) -> None:
        kind = found.get("type") or "text"
        if self._form is None or kind in NOT_SENT or (kind in UNCHECKED and "checked" not in found):
            return
        self._form.add(found.get("name"), found.get("value") or ("on" if kind in UNCHECKED else ""))

    def _option(self, found: dict[str, str | None]) -> None:
        value = found.get("value") or ""
        self._first = value if self._first is None else self._first
        if "selected" in found:
            self._chosen.append(value)

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._open:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select:
            self._end_select()
        elif self._open and tag == self._open[0]:
            self._end_open()

    def _end_select(self) -> None:
        for value in self._chosen or ([self._first] if self._first is not None else []):
            if self._form is not None:
                self._form.add(self._select, value)
        self._select = None

    def _end_open(self) -> None:
        (tag, found), text = self._open or ("", {}), "".join(self._text).strip()
        self._open = None
        if self._form is None:
            return
        if tag == "textarea":
            self._form.add(found.get("name"), text)
        else:
            self._form.buttons.append((found.get("name") or "", found.get("value") or "", text))


class Page:
    """A page that came: its address, its words and its forms."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.path = response.request.path
        reader = _Reader()
        if response.mimetype == "text/html":
            reader.feed(response.get_data(as_text=True))
        self.forms = reader.forms
        self.text = " ".join(" ".join(reader.words).split())

    def form(self, *, action: str = "", button: str = "") -> PageForm:
        """The form that posts to an address with `action` at its end, or to this page; with such a button."""
        for found in self.forms:
            target = urlsplit(found.action).path or self.path
            there = target.endswith(action) if action else target == self.path
            named = any(button in pair for pair in found.buttons)
            if found.method == "post" and there and (named or not button):
                return found
        raise LookupError(f"{self.path} has no form {action or button!r}: {self.text[:500]}")


class Browser:
    """Somebody's browser on the application itself: cookies, redirects and the pages' own CSRF tokens."""

    def __init__(self, client: Client, base_url: str) -> None:
        """`base_url` is the service's public address."""
        self._client = client
        self._base_url = base_url

    def open(self, path: str) -> Page:
        """The page at the address, after its redirects; anything but success raises."""
        return self._arrived(self._client.get(path, base_url=self._base_url, follow_redirects=True))

    def send(
        self,
        page: Page,
        values: Values | None = None,
        *,
        action: str = "",
        button: str = "",
        status: int = 200,
    ) -> Page:
        """Fill in a form of the page and send it with one of its buttons; `status` is what must come back."""
        form = page.form(action=action, button=button)
        data: dict[str, str | Sequence[str]] = {**form.values, **(values or {})}
        data |= {name: value for name, value, text in form.buttons if name and button in (name, value, text)}
        target = form.action or page.path
        sent = self._client.post(target, data=data, base_url=self._base_url, follow_redirects=True)
        return self._arrived(sent, status)

    @staticmethod
    def _arrived(response: TestResponse, status: int = 200) -> Page:
        page = Page(response)
        if response.status_code != status:
            raise RuntimeError(f"{response.request.path} answered {response.status}: {page.text[:500]}")
        return page
