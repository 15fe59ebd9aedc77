"""The main job in a real browser, by the people of the stories."""

from __future__ import annotations

from datetime import date, timedelta

from playwright.sync_api import Page, expect

from core.database.types import today
from core.testing.visitors import send
from tests.browser import steps
from tests.browser.windows import Windows
from tests.support.region import LoadedRegion


def recent(days: int) -> date:
    return today() - timedelta(days=days)


def test_a_lesson_from_the_phone_to_the_sealed_file(windows: Windows) -> None:
    aino = windows.of("Aino Aamutähti")
    steps.write_lesson(aino, "Sydän-Laukaan koulu", recent(4))
    steps.go_on(aino)
    for sum_ in ("70,00 €", "25,00 €", "26,40 €", "121,40 €"):
        expect(aino.locator("main")).to_contain_text(sum_)
    number = steps.send(aino)
    assert number.startswith("LAU-")
    expect(aino.locator("main")).to_contain_text("Outi Omenapolku")

    steps.approve(windows.of("Outi Omenapolku"), number)
    aino.goto("/me/fees")
    expect(aino.locator("main")).to_contain_text("Saku Salamapuro (Lauri Lumikontion sijainen)")
    assert "Tarkastettu. Seuraavaksi: yksikönjohtaja." in steps.approve(windows.of("Saku Salamapuro"), number)
    steps.approve(windows.of("Ylva Yökaste"), number)

    paula = windows.of("Paula Pihlajatähti")
    paula.goto("/o/laukaa/fees/payroll")
    expect(paula.locator("main")).to_contain_text(number)
    paula.locator("a[href$='/lock']").click()
    paula.locator("main form button.button--primary").click()
    with paula.expect_download() as download:
        paula.locator("main form[action$='/file'] button").click()
    assert number in download.value.path().read_text(encoding="utf-8-sig")
    paula.locator("a[href$='/paid']").click()
    paula.locator("main form button.button--primary").click()
    paula.wait_for_load_state()

    aino.goto("/me/fees")
    card = aino.locator("article", has_text=number)
    expect(card).to_contain_text("Maksettu")
    expect(card).to_contain_text("121,40 €")


def test_hours_in_a_ward_over_four_steps(windows: Windows) -> None:
    veikko = windows.of("Veikko Vihreäkivi")
    steps.write_hours(veikko, "Demo-osasto A", recent(5))
    steps.go_on(veikko)
    expect(veikko.locator("main")).to_contain_text("75,00 €")
    number = steps.send(veikko)
    assert number.startswith("HYV-")
    for name in ("Aatu Aholinna", "Arvo Apilasaari", "Ulla Ukonhattu", "Heta Heinäkuru"):
        veikko.goto("/me/fees")
        expect(veikko.locator("article", has_text=number)).to_contain_text(name)
        steps.approve(windows.of(name), number)
    pirkko = windows.of("Pirkko Pikkukivi")
    pirkko.goto("/o/hyvaks/fees/payroll")
    expect(pirkko.locator("main")).to_contain_text(number)


def test_a_claim_sent_twice_is_one(windows: Windows, region: LoadedRegion) -> None:
    aino = windows.of("Aino Aamutähti")
    steps.write_lesson(aino, "Sydän-Laukaan koulu", recent(6), start="12.00", end="13.30")
    steps.go_on(aino)
    address = aino.locator("form[action$='/send']").get_attribute("action") or ""
    number = steps.send(aino)
    aino.go_back()  # to the summary as the browser kept it
    again = send(windows.port, region.sign_in("Aino Aamutähti"), "POST", address)
    assert again.status in (302, 303)
    assert again.headers["Location"].endswith(number)
    aino.goto("/me/fees")
    expect(aino.locator("article", has_text=number)).to_have_count(1)


def test_the_form_is_filled_in_by_keyboard_alone(windows: Windows) -> None:
    aino = windows.of("Aino Aamutähti")
    aino.goto("/me/fees/new")
    for name, keys in (
        ("work_type", "oppi"), ("unit", "Sydän"), ("day", f"{recent(8):%d.%m.%Y}"), ("start", "8.00"),
        ("end", "9.30"), ("lessons", "2"),
    ):  # fmt: skip
        tab_to(aino, name)
        aino.keyboard.type(keys)
    tab_to(aino, "do")
    aino.keyboard.press("Enter")
    expect(aino.locator("form[action$='/send']")).to_be_visible()
    expect(aino.locator("main")).to_contain_text("70,00 €")
    for _press in range(60):
        aino.keyboard.press("Tab")
        if aino.evaluate("!!document.activeElement.closest(\"form[action$='/send']\")"):
            break
    aino.keyboard.press("Enter")
    expect(aino.get_by_role("heading", name="Lomake on perillä")).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the field of this name has the focus, which must be visible."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", name
            return
    raise AssertionError(f"{name} is not reached with the Tab key")


def test_somebody_elses_number_is_no_page(windows: Windows) -> None:
    veikko = windows.of("Veikko Vihreäkivi")
    aino = windows.of("Aino Aamutähti")
    aino.goto("/me/fees")
    link = aino.locator("article a").first.get_attribute("href") or ""
    answer = veikko.goto(link)
    assert answer is not None
    assert answer.status == 404
