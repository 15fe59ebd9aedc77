"""What people do in their windows, as they would: by the form's own fields and buttons."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import Page, expect

NUMBER = re.compile(r"[A-Z]{3}-\d{4}-\d{4}")


def choose(page: Page, field: str, words: str) -> None:
    """Choose the option whose text holds the words."""
    option = page.locator(f"select[name={field}] option", has_text=re.compile(words, re.IGNORECASE)).first
    page.locator(f"select[name={field}]").select_option(value=option.get_attribute("value"))


def write_lesson(page: Page, unit: str, day: date, start: str = "9.00", end: str = "10.30") -> None:
    """The story's lesson: two lessons, an hour of preparation, 48 kilometres."""
    page.goto("/me/fees/new")
    choose(page, "work_type", "oppitunti")
    choose(page, "unit", unit)
    fill(
        page,
        day=f"{day.day}.{day.month}.{day.year}",
        start=start,
        end=end,
        lessons="2",
        preparation_hours="1",
    )
    page.locator("input[name=travel][value=car]").check()
    fill(page, kilometres="48")


def write_hours(page: Page, unit: str, day: date, start: str = "9.00", end: str = "12.00") -> None:
    """Work paid by the hour, without travel."""
    page.goto("/me/fees/new")
    choose(page, "work_type", "ryhmä|tuntityö")
    choose(page, "unit", unit)
    fill(page, day=f"{day.day}.{day.month}.{day.year}", start=start, end=end)


def fill(page: Page, **values: str) -> None:
    """Fill fields in by their names."""
    for name, value in values.items():
        page.locator(f"[name={name}]").first.fill(value)


def go_on(page: Page) -> None:
    """To the summary."""
    page.locator("button[name=do][value=continue]").click()
    expect(page.locator("form[action$='/send']")).to_be_visible()


def send(page: Page) -> str:
    """Send the form from its summary; gives the number on the receipt."""
    page.locator("form[action$='/send'] button").click()
    expect(page.get_by_role("heading", name="Lomake on perillä")).to_be_visible()
    return number_on(page)


def number_on(page: Page) -> str:
    """The first claim number on the page."""
    found = NUMBER.search(page.locator("main").inner_text())
    assert found is not None, page.locator("main").inner_text()
    return found[0]


def open_in_queue(page: Page, number: str) -> None:
    """From the queue to the claim."""
    page.goto("/me/fees/queue")
    page.locator("li.card", has_text=number).get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text(number)


def approve(page: Page, number: str) -> str:
    """Open the claim in one's queue and press the first button; gives what the page says then."""
    open_in_queue(page, number)
    page.locator(".actions button.button--primary").first.click()
    page.wait_for_load_state()
    return page.locator("main").inner_text()
