"""What an organisation sets up: in the browser from nothing, and every rule that refuses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from core.api import Invalid, Texts, Walk, db, unscoped
from plugins.fees.models import ChainStep, ChainVersion, RateVersion, YearlyTable
from plugins.fees.setup import chains, rates, work_types, yearly_tables
from plugins.fees.verify import verify
from tests.support.payers import Payers
from tests.support.walking import walk_of

pytestmark = pytest.mark.pages

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
PRICE = {"unit_cents": 3000, "step_minutes": 30, "minimum_minutes": 0}


def refused(call: Any, *arguments: Any) -> dict[str, str]:
    """The messages of a refusal, by field."""
    with pytest.raises(Invalid) as caught:
        call(*arguments)
    return {key: str(text) for key, text in caught.value.errors.items()}


# In the browser


class Setting:
    """Ässä at her browser, adding records below /o/aanekoski/records."""

    def __init__(self, walk: Walk) -> None:
        self.browser = walk.client("assa.ayraslehto")
        self.start = "/o/aanekoski/records"

    def add(self, where: str, **values: str) -> str:
        """Fill in the form of a new record; gives the new row's own address."""
        page = self.browser.send(self.browser.open(f"{self.start}/{where}/new"), values)
        assert not page.path.endswith("/new"), page.text
        return page.path.removeprefix(self.start).strip("/")

    def desk(self, kind: str, person_id: int) -> None:
        """A desk with one person."""
        desk = self.add("fees.desks", kind=kind)
        self.add(f"{desk}/desk_members", person_id=str(person_id), valid_from="1.1.2026")


def test_administrator_sets_everything_up_from_nothing_and_a_claim_is_paid(app: Flask) -> None:
    walk = walk_of(app)
    setting, people = Setting(walk), walk.region.people
    here = setting.browser
    here.send(here.open("/o/aanekoski/modules/fees/on"))
    approver, payroll = (
        invite(walk, "Erkki Esimerkkilä", "approver"),
        invite(walk, "Maisa Maksaja", "payroll"),
    )
    work = setting.add("fees.work_types", **{"name-fi": "Tuntityö", "code": "tunti", "unit": "hour",
                                             "payment_class": "wage", "active": "on"})  # fmt: skip
    rate = setting.add("fees.rates", work_type_id=work.split("/")[1])
    setting.add(f"{rate}/rate_versions", valid_from="1.1.2026", unit_cents="33,33", step_minutes="1")
    chain = setting.add("fees.chains", name="Yksi hyväksyjä")
    version = setting.add(f"{chain}/chain_versions")
    setting.add(f"{version}/chain_steps", desk_kind="manager", due_days="2")
    assert "ei ole vielä ketään" in publish(setting, version, status=422)
    setting.desk("manager", approver)
    setting.desk("payroll", payroll)
    setting.desk("administrator", people["assa.ayraslehto"])
    publish(setting, version)
    new = here.open(f"{setting.start}/{version}/chain_steps/new")
    assert "on julkaistu" in here.send(new, {"desk_kind": "hr", "due_days": "3"}, status=422).text
    assert pay_one(walk, "Erkki Esimerkkilä", "Maisa Maksaja") == "33,33"


def invite(walk: Walk, name: str, role: str) -> int:
    """Ässä invites somebody, who comes in and accepts; gives the person's id and lets the walk know them."""
    here = walk.client("assa.ayraslehto")
    organisation = str(walk.region.organisations["aanekoski"])
    email = f"{name.split()[0].lower()}@aanekoski.example"
    values = {"name": name, "email": email, "role": role, "language": "fi", "organisation": organisation}
    here.send(here.open("/o/aanekoski/people/invite"), values)
    with walk.app.app_context():
        from core.api import Person

        person_id = db.session.scalar(select(Person.id).where(Person.name == name))
        offered = db.session.scalar(text("SELECT max(id) FROM role_invitation"))
        db.session.remove()
    assert person_id is not None
    walk.region.people[name] = person_id
    invited = walk.client(name)
    invited.send(invited.open(f"/me/roles/{offered}"))
    return person_id


def publish(setting: Setting, version: str, status: int = 200) -> str:
    page = setting.browser.open(f"{setting.start}/{version}/edit")
    return setting.browser.send(page, {"publish": "on"}, status=status).text


def pay_one(walk: Walk, approver: str, payroll: str) -> str:
    """Mika works an hour in Äänekoski; gives the amount that was paid."""
    mika, boss, pay = walk.client("mika.marjapolku"), walk.client(approver), walk.client(payroll)
    day = walk.region.day(date(2026, 10, 8))
    typed = {"work_type": "TUNTI", "unit": str(walk.region.organisations["aanekoski"]), "travel": "none",
             "day": f"{day.day}.{day.month}.{day.year}", "start": "10.00", "end": "11.00"}  # fmt: skip
    summary = mika.send(mika.open("/me/fees/new"), typed, button="continue")
    mika.send(summary, action="/send")
    with walk.app.app_context(), unscoped("test"):
        from plugins.fees.models import Claim

        claim_id = db.session.scalars(select(Claim.id).order_by(Claim.id.desc()).limit(1)).one()
        db.session.remove()
    boss.send(boss.open(f"/me/fees/claims/{claim_id}"), action="/approve")
    batch = pay.send(pay.open("/o/aanekoski/fees/payroll/lock"))
    pay.send(batch, action="/file")
    pay.send(pay.open(f"{batch.path}/paid"))
    with walk.app.app_context(), unscoped("test"):
        claim = db.session.scalars(select(Claim).where(Claim.id == claim_id)).one()
        found = (claim.state, f"{claim.total_cents // 100},{claim.total_cents % 100:02d}")
        assert verify(db.session()) == []
        db.session.remove()
    assert found[0] == "paid"
    return found[1]


# Rates


def test_prices_neither_overlap_nor_leave_a_gap(inside: Payers) -> None:
    rate_id = rates.create({"unit": "hour"}, inside.at["laukaa"], None)

    def add(first: date, last: date | None) -> int:
        return rates.create_version(
            {**PRICE, "rate_id": rate_id, "valid_from": first, "valid_to": last}, 0, None
        )

    add(FIRST, LAST)
    overlap = refused(add, date(2026, 12, 1), None)
    gap = refused(add, date(2027, 2, 1), None)
    assert set(overlap) == set(gap) == {"valid_from"}
    assert "31.12.2026" in overlap["valid_from"]
    assert "1.1.2027" in gap["valid_from"]
    assert "31.1.2027" in gap["valid_from"]
    assert set(refused(add, FIRST, LAST)) == {"valid_from"}
    assert set(refused(add, date(2025, 1, 1), None)) == {"valid_to"}
    assert set(refused(add, date(2025, 1, 1), date(2025, 6, 30))) == {"valid_to"}
    assert set(refused(add, date(2027, 1, 1), date(2026, 12, 31))) == {"valid_to"}
    add(date(2027, 1, 1), None)
    add(date(2027, 3, 1), None)  # the open-ended one ends the day before
    assert [v.valid_to for v in versions(rate_id)] == [LAST, date(2027, 2, 28), None]


def versions(rate_id: int) -> list[RateVersion]:
    wanted = select(RateVersion).where(RateVersion.rate_id == rate_id).order_by(RateVersion.valid_from)
    return list(db.session.scalars(wanted))


def test_moving_a_price_moves_the_end_of_the_one_before(inside: Payers) -> None:
    rate_id = rates.create({"unit": "hour"}, inside.at["laukaa"], None)
    values = {**PRICE, "rate_id": rate_id}
    rates.create_version({**values, "valid_from": FIRST, "valid_to": LAST}, 0, None)
    later = rates.create_version({**values, "valid_from": LAST + timedelta(1), "valid_to": None}, 0, None)
    rates.update_version(later, {**PRICE, "valid_from": date(2026, 12, 15), "valid_to": None}, None)
    assert [v.valid_to for v in versions(rate_id)] == [date(2026, 12, 14), None]


def test_a_price_that_claims_were_counted_with_only_ends(inside: Payers) -> None:
    inside.send()
    used = db.session.scalars(select(RateVersion).order_by(RateVersion.id).limit(1)).one()
    values = {key: getattr(used, key) for key in rates.VERSION}
    assert set(refused(rates.update_version, used.id, {**values, "unit_cents": 9900}, None)) == {"unit_cents"}
    assert "" in refused(rates.remove_version, used.id, None)
    assert "" in refused(rates.remove, used.rate_id, None)
    rates.update_version(used.id, {**values, "valid_to": date(2026, 11, 30)}, None)
    assert db.session.get_one(RateVersion, used.id).valid_to == date(2026, 11, 30)


def test_an_organisation_has_one_rate_of_a_kind(inside: Payers) -> None:
    lesson, laukaa = inside.work["lesson"], inside.at["laukaa"]
    assert set(refused(rates.create, {"work_type_id": lesson}, laukaa, None)) == {"work_type_id"}
    assert set(refused(rates.create, {}, laukaa, None)) == {"unit"}
    assert set(refused(rates.create, {"work_type_id": lesson, "unit": "hour"}, laukaa, None)) == {"unit"}
    assert set(refused(rates.create, {"work_type_id": inside.work["hour"]}, laukaa, None)) == {"work_type_id"}
    assert set(refused(rates.create, {"unit": "hour"}, inside.at["region"], None)) == {""}
    school = rates.create({"work_type_id": lesson}, inside.at["school"], None)  # inherited from Laukaa
    rates.remove(school, None)


def test_work_types_have_a_plain_code_and_stay_while_used(inside: Payers) -> None:
    values = {"code": "lesson", "name": Texts(fi="Oppitunti"), "unit": "hour", "payment_class": "wage"}
    laukaa = inside.at["laukaa"]
    assert set(refused(work_types.create, {**values, "code": "=1+1"}, laukaa, None)) == {"code"}
    row_id = work_types.create(values, laukaa, None)
    assert set(refused(work_types.create, {**values, "code": "LESSON"}, laukaa, None)) == {"code"}
    used = inside.work["lesson"]
    changed = {**values, "code": "OTHER", "unit": "hour"}
    assert set(refused(work_types.update, used, changed, None)) == {"unit"}
    assert "" in refused(work_types.remove, used, None)
    work_types.remove(row_id, None)


def test_a_year_has_one_amount_that_stays(inside: Payers) -> None:
    yearly_tables.create(2027, "km", 57, "Tax Administration")
    with pytest.raises(Invalid):
        yearly_tables.create(2027, "km", 99, "somebody else")
    with pytest.raises(Invalid):
        yearly_tables.create(2027, "lunch", 99, "somebody")
    assert db.session.scalars(select(YearlyTable.cents).where(YearlyTable.year == 2027)).all() == [57]


# Chains


def test_a_published_version_never_changes(inside: Payers) -> None:
    version = db.session.scalars(select(ChainVersion).order_by(ChainVersion.id)).first()
    assert version is not None
    step = db.session.scalars(select(ChainStep).where(ChainStep.chain_version_id == version.id)).first()
    assert step is not None
    more = {"chain_version_id": version.id, "desk_kind": "hr", "due_days": 3}
    for call, arguments in (
        (chains.create_step, (more, 0, None)),
        (chains.update_step, (step.id, {"desk_kind": "hr", "due_days": 9}, None)),
        (chains.remove_step, (step.id, None)),
        (chains.remove_version, (version.id, None)),
        (chains.update_version, (version.id, {"publish": True}, None)),
    ):
        assert set(refused(call, *arguments)) == {""}


def test_a_claim_keeps_the_version_it_was_sent_with(inside: Payers) -> None:
    claim_id = inside.send().claim_ids[0]
    old = db.session.scalars(select(ChainVersion).order_by(ChainVersion.id)).first()
    assert old is not None
    version_id = chains.create_version({"chain_id": old.chain_id}, 0, None)
    steps = list(db.session.scalars(select(ChainStep).where(ChainStep.chain_version_id == version_id)))
    assert [s.desk_kind for s in steps] == ["orderer", "line_manager", "unit_head"]
    chains.remove_step(steps[1].id, None)
    left = db.session.execute(
        select(ChainStep.no, ChainStep.desk_kind).where(ChainStep.chain_version_id == version_id)
    )
    assert sorted(map(tuple, left)) == [(1, "orderer"), (2, "unit_head")]
    chains.update_version(version_id, {"publish": True}, None)
    inside.move(claim_id, 1, "approve", "outi")
    assert inside.move(claim_id, 2, "approve", "lauri").state == "in_approval"
    assert inside.send(key="k2").claim_ids[0] != claim_id


def test_nobody_publishes_a_chain_that_they_alone_decide(inside: Payers) -> None:
    chain_id = chains.create({"name": "Koulu"}, inside.at["school"], None)
    version_id = chains.create_version({"chain_id": chain_id}, 0, None)
    step = {"chain_version_id": version_id, "due_days": 3}
    chains.create_step({**step, "desk_kind": "orderer"}, 0, None)
    outi, lauri = inside.people["outi"], inside.people["lauri"]
    publish_it = (chains.update_version, version_id, {"publish": True})
    assert "Sinä yksin" in refused(*publish_it, outi)[""]
    second = chains.create_step({**step, "desk_kind": "line_manager"}, 0, None)
    chains.update_version(version_id, {"publish": True}, outi)  # two decide
    following = chains.create_version({"chain_id": chain_id}, 0, None)
    last = db.session.scalars(select(ChainStep).filter_by(chain_version_id=following, no=2)).one()
    chains.remove_step(last.id, None)
    assert "Sinä yksin" in refused(chains.update_version, following, {"publish": True}, outi)[""]
    chains.update_version(following, {"publish": True}, lauri)  # another administrator sees to it
    assert last.id != second


def test_a_chain_of_one_step_warns(inside: Payers) -> None:
    old = db.session.scalars(select(ChainVersion).order_by(ChainVersion.id)).first()
    assert old is not None
    chain_id = chains.create({"name": "Koulu"}, inside.at["school"], None)
    version_id = chains.create_version({"chain_id": chain_id}, 0, None)
    assert chains.step_words([version_id, old.id]) == {version_id: "0", old.id: "3"}
    chains.create_step({"chain_version_id": version_id, "due_days": 3, "desk_kind": "orderer"}, 0, None)
    assert "yksi henkilö päättää yksin" in chains.step_words([version_id])[version_id]


def test_publishing_asks_for_people(inside: Payers) -> None:
    chain_id = chains.create({"name": "Koulu"}, inside.at["school"], None)
    version_id = chains.create_version({"chain_id": chain_id}, 0, None)
    publish_it = (chains.update_version, version_id, {"publish": True}, None)
    assert "vaihe" in refused(*publish_it)[""]
    step = {"chain_version_id": version_id, "due_days": 3}
    empty = chains.create_step({**step, "desk_kind": "area_head"}, 0, None)
    assert "vastuualueen johtaja" in refused(*publish_it)[""]
    chains.remove_step(empty, None)
    for kind in ("orderer", "orderer"):  # one person stands there, who approves a claim only once
        chains.create_step({**step, "desk_kind": kind}, 0, None)
    assert "lisää henkilöitä" in refused(*publish_it)[""]
