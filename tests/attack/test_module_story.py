"""Organisations switch the fee module on and off through its pages, while claims are open and afterwards."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core.database.types import today
from core.modules.switching.services import finish_all
from core.organisations.services import delegate
from core.outbox.worker import run_once
from core.testing.visitors import CSRF, Visitor
from tests.attack import claims
from tests.support.region import LoadedRegion

FEES = "/o/{}/fees/"
CENTRE = "kokemustoimintakeskus"
RATE_CENTS, ODD_SUM = "33,37", "66,74 €"


class Browser:
    """Somebody's test client: pages as text, forms with their token."""

    def __init__(self, region: LoadedRegion, who: Visitor) -> None:
        self.client: FlaskClient = who.client(region.app)
        self._who = who

    def see(self, address: str, status: int = 200) -> str:
        """A page, which answers with this status."""
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.get_data(as_text=True)

    def press(self, address: str, *, wanted: tuple[int, ...] = (302, 303), **form: str) -> str:
        """Send a form; gives where it leads."""
        answer = self.client.post(address, data={CSRF: self._who.csrf, **form})
        assert answer.status_code in wanted, (
            address,
            answer.status_code,
            answer.get_data(as_text=True)[-3000:],
        )
        return answer.headers.get("Location", "")


@pytest.fixture
def people(region: LoadedRegion) -> dict[str, Browser]:
    names = {
        "aino": "Aino Aamutähti", "penni": "Penni Puronvarsi", "aasa": "Ässä Äyräslehto",
        "kerttu": "Kerttu Kuusikello", "outi": "Outi Omenapolku", "paula": "Paula Pihlajatähti",
        "mika": "Mika Marjapolku",
    }  # fmt: skip
    return {key: Browser(region, region.sign_in(name)) for key, name in names.items()}


def work(region: LoadedRegion) -> None:
    """Let the worker run until it is idle."""
    while run_once(region.app):
        pass
    finish_all(region.app)


def finish_laukaa(region: LoadedRegion, people: dict[str, Browser]) -> None:
    """Decide and pay every open claim of Laukaa, by whoever holds it."""
    for claim_id in claims.open_at(region, "laukaa"):
        while claims.claim(region, claim_id).state in ("submitted", "in_approval"):
            claims.act(region, claims.holder(region, claim_id), claim_id, "approve")
        if claims.claim(region, claim_id).state == "returned":
            claims.act(region, claims.holder(region, claim_id), claim_id, "withdraw")
    pay_all(people["paula"], "laukaa")


def pay_all(payroll: Browser, slug: str) -> None:
    """Seal what is approved, and mark every batch as paid."""
    base = f"/o/{slug}/fees/payroll"
    if f"{base}/lock" in payroll.see(base):
        shown = dict(re.findall(r'name="(count|cents)" value="(\d+)"', payroll.see(f"{base}/lock")))
        payroll.press(f"{base}/lock", **shown)
    page = payroll.see(base)
    for number in sorted(set(re.findall(rf"{base}/(\d+)", page)), key=int):
        batch = payroll.see(f"{base}/{number}")
        if f"{base}/{number}/paid" in batch:
            payroll.press(f"{base}/{number}/paid", day=f"{today().day}.{today().month}.{today().year}")


def test_closing_lets_open_work_finish_and_then_is_off(
    region: LoadedRegion, people: dict[str, Browser]
) -> None:
    sent = claims.send_claim(region, "Aino Aamutähti", "sydan-laukaan-koulu")
    draft = claims.draft_in(region, people["aino"].press, "sydan-laukaan-koulu")
    asked = people["penni"].see("/o/laukaa/modules/fees/off")
    assert "Kesken on" in asked
    people["penni"].press("/o/laukaa/modules/fees/off")
    assert "Päättymässä" in people["penni"].see("/o/laukaa/modules")

    school = str(region.organisation("sydan-laukaan-koulu"))
    assert f'value="{school}"' not in people["aino"].see("/me/fees/new")
    form = {**claims.typed_lesson(region, "sydan-laukaan-koulu"), "submit_key": "0" * 32}
    people["aino"].press("/me/fees/new", wanted=(422,), **form)
    people["aino"].press(f"/me/fees/drafts/{draft}/send", wanted=(400, 403, 404, 409, 422))
    assert draft not in claims.numbers_of(region, region.person("Aino Aamutähti"))

    version = str(claims.claim(region, sent.claim_id).version)
    people["outi"].press(f"/me/fees/claims/{sent.claim_id}/approve", version=version)
    work(region)
    assert "Päättymässä" in people["penni"].see("/o/laukaa/modules")
    finish_laukaa(region, people)
    work(region)
    assert "Ei käytössä" in people["penni"].see("/o/laukaa/modules")
    people["penni"].see(FEES.format("laukaa"), 404)
    assert "/fees" not in people["penni"].see("/o/laukaa/")
    assert sent.number in people["aino"].see("/me/fees")
    assert sent.number in people["aino"].see(f"/me/fees/claims/{sent.claim_id}")


def test_nothing_new_starts_where_no_organisation_lets_it(
    region: LoadedRegion, people: dict[str, Browser]
) -> None:
    for slug, name in (("laukaa", "Penni Puronvarsi"), ("hyvaks", "Hilma Hiutalekoski"),
                       ("jyvaskyla", "Jenni Joutsenlampi")):  # fmt: skip
        Browser(region, region.sign_in(name)).press(f"/o/{slug}/modules/fees/off")
    people["aino"].see("/me/fees/new", 404)
    people["aino"].press("/me/fees/new", wanted=(404,), submit_key="0" * 32)
    people["aino"].see("/me/fees")


def set_up_aanekoski(region: LoadedRegion, aasa: Browser) -> None:
    """Work type, odd rate, one-step chain and desks, by the record forms."""
    base = "/o/aanekoski/records"
    day = today() - timedelta(days=30)
    first_day = f"{day.day}.{day.month}.{day.year}"
    work_type = {"code": "keskustelu", "unit": "hour", "payment_class": "wage", "active": "y"}
    aasa.press(f"{base}/fees.work_types/new", **work_type, **{"name-fi": "Keskustelu"})
    rate = aasa.press(f"{base}/fees.rates/new", unit="hour")
    aasa.press(f"{rate}rate_versions/new", valid_from=first_day, unit_cents=RATE_CENTS, step_minutes="30",
               minimum_minutes="60")  # fmt: skip
    chain = aasa.press(f"{base}/fees.chains/new", name="Yksi hyväksyjä")
    version = aasa.press(f"{chain}chain_versions/new")
    aasa.press(f"{version}chain_steps/new", desk_kind="unit_head", due_days="2")
    for kind, name in (("unit_head", "Hyväksyjä Äänekoski"), ("payroll", "Palkka Äänekoski"),
                       ("administrator", "Ässä Äyräslehto")):  # fmt: skip
        desk = aasa.press(f"{base}/fees.desks/new", kind=kind)
        aasa.press(f"{desk}desk_members/new", person_id=str(region.person(name)), valid_from=first_day)
    aasa.press(f"{version}edit", publish="y")


def test_switched_on_paid_right_and_switched_off(region: LoadedRegion, people: dict[str, Browser]) -> None:
    approver = Browser(region, region.newcomer("Hyväksyjä Äänekoski", "approver", "aanekoski"))
    payroll = Browser(region, region.newcomer("Palkka Äänekoski", "payroll", "aanekoski"))
    aasa, kerttu, mika = people["aasa"], people["kerttu"], people["mika"]
    with region.app.app_context():
        delegate(region.organisation("aanekoski"), region.organisation(CENTRE), ["fees.claims.view"])
    aasa.see(FEES.format("aanekoski"), 404)
    assert "Äänekos" not in kerttu.see(FEES.format("keski-suomi"))

    aasa.press("/o/aanekoski/modules/fees/on")
    assert "/o/aanekoski/fees" in aasa.see("/o/aanekoski/")
    set_up_aanekoski(region, aasa)
    sent = claims.send_claim(region, "Mika Marjapolku", "aanekoski", unit="hour", day=claims.recent(5))
    assert claims.claim(region, sent.claim_id).total_cents == 6674
    assert ODD_SUM in mika.see(f"/me/fees/claims/{sent.claim_id}").replace("\xa0", " ")
    approver.press(f"/me/fees/claims/{sent.claim_id}/approve", version="1")
    assert claims.claim(region, sent.claim_id).state == "approved"
    pay_all(payroll, "aanekoski")
    assert claims.claim(region, sent.claim_id).state == "paid"
    work(region)

    places = ("keski-suomi", "aanekoski")
    assert all(sent.number in kerttu.see(FEES.format(slug)) for slug in places)
    aasa.press("/o/aanekoski/modules/fees/off")
    assert "Ei käytössä" in aasa.see("/o/aanekoski/modules")
    assert sent.number not in kerttu.see(FEES.format("keski-suomi"))
    kerttu.see(FEES.format("aanekoski"), 404)
    for address in ("fees/", f"fees/claims/{sent.claim_id}", "fees/payroll", "records/fees.rates/",
                    "records/fees.chains/", "records/fees.desks/"):  # fmt: skip
        aasa.see(f"/o/aanekoski/{address}", 404)
        payroll.see(f"/o/aanekoski/{address}", 404)
    assert "fees" not in aasa.see("/o/aanekoski/")
    assert sent.number in mika.see("/me/fees")

    aasa.press("/o/aanekoski/modules/fees/on")
    assert all(sent.number in kerttu.see(FEES.format(slug)) for slug in places)
    assert "/o/aanekoski/fees" in aasa.see("/o/aanekoski/")
    assert "Yksi hyväksyjä" in aasa.see("/o/aanekoski/records/fees.chains/")


def test_without_a_delegation_the_coordinator_sees_nothing(
    region: LoadedRegion, people: dict[str, Browser]
) -> None:
    sent = claims.send_claim(region, "Aino Aamutähti", "nuorisopalvelut", unit="hour")
    kerttu = people["kerttu"]
    jenni = Browser(region, region.sign_in("Jenni Joutsenlampi"))
    assert sent.number in jenni.see(FEES.format("jyvaskyla"))
    page = kerttu.see(FEES.format("keski-suomi"))
    assert "LAU-" in page or "HYV-" in page
    assert "JKL-" not in page
    kerttu.see(FEES.format("jyvaskyla"), 404)
    kerttu.see(f"/o/keski-suomi/fees/claims/{sent.claim_id}", 404)


def test_one_page_at_region_county_and_ward(region: LoadedRegion, people: dict[str, Browser]) -> None:
    lesson = claims.send_claim(region, "Aino Aamutähti", "sydan-laukaan-koulu")
    ward_a = claims.send_claim(region, "Veikko Vihreäkivi", "demo-osasto-a", unit="hour")
    ward_b = claims.send_claim(region, "Veikko Vihreäkivi", "demo-osasto-b", unit="hour", hour=13)
    wanted = {
        "keski-suomi": {lesson, ward_a, ward_b}, "hyvaks": {ward_a, ward_b}, "demo-osasto-a": {ward_a},
        "laukaa": {lesson},
    }  # fmt: skip
    for slug, shown in wanted.items():
        page = people["kerttu"].see(FEES.format(slug))
        assert {sent for sent in (lesson, ward_a, ward_b) if sent.number in page} == shown, slug
    hilma = Browser(region, region.sign_in("Hilma Hiutalekoski"))
    assert lesson.number not in hilma.see(FEES.format("keski-suomi"))
    assert ward_b.number in hilma.see(FEES.format("keski-suomi"))
