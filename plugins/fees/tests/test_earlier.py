"""What was claimed before counts: a day's preparation has one cap, and no work is claimed twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Barrier

import pytest

from plugins.fees.errors import FeeError
from plugins.fees.kernel.submit import SubmitResult
from plugins.fees.sheet import SheetLine
from plugins.fees.tests.pages import Pages
from plugins.fees.verify import verify
from tests.support.payers import Payers


def afternoon(payers: Payers, **values: object) -> SheetLine:
    """Another lesson of the same day."""
    return payers.lesson(**{"start": time(13), "end": time(14, 30), "preparation_minutes": 0, **values})


def test_preparation_is_capped_over_all_sheets_of_a_day(payers: Payers) -> None:
    payers.send(payers.lesson(preparation_minutes=40))
    with pytest.raises(FeeError) as error:
        payers.send(afternoon(payers, preparation_minutes=21), key="k2")
    assert (error.value.code, error.value.field, error.value.line) == (
        "preparation_over_cap",
        "preparation_minutes",
        0,
    )
    payers.send(afternoon(payers, preparation_minutes=20), key="k2")
    payers.send(payers.lesson(), by="veikko", key="k3")  # everybody has a cap of their own


@pytest.mark.parametrize("action", ["reject", "withdraw"])
def test_forms_that_pay_nothing_do_not_count(payers: Payers, action: str) -> None:
    claim_id = payers.send(payers.lesson()).claim_ids[0]
    payers.move(claim_id, 1, action, "outi" if action == "reject" else "aino", text="Wrong day")
    assert payers.send(payers.lesson(), key="k2").number == "LAU-2026-0002"


def test_a_corrected_form_counts_once(payers: Payers) -> None:
    claim_id = payers.send(payers.lesson()).claim_ids[0]
    payers.move(claim_id, 1, "return", "outi", text="Wrong kilometres")
    moved = payers.move(claim_id, 2, "resend", "aino", lines=[payers.lesson(preparation_minutes=45)])
    assert moved.state == "submitted"
    with pytest.raises(FeeError, match="preparation_over_cap"):
        payers.send(afternoon(payers, preparation_minutes=16), key="k2")
    payers.send(afternoon(payers, preparation_minutes=15), key="k2")


def test_the_same_work_is_claimed_once(payers: Payers) -> None:
    payers.send(payers.lesson())
    again = payers.lesson(lessons=1, preparation_minutes=0)
    with pytest.raises(FeeError) as error:
        payers.send(afternoon(payers), again, key="k2")
    assert (error.value.code, error.value.field, error.value.line) == ("claimed_before", "start", 1)
    assert error.value.params == {"number": "LAU-2026-0001"}
    payers.send(again, by="veikko", key="k2")
    payers.send(afternoon(payers), key="k3")


def test_a_sheet_names_a_piece_of_work_once(payers: Payers) -> None:
    with pytest.raises(FeeError, match="task_twice"):
        payers.send(payers.lesson(), payers.lesson(preparation_minutes=0))


def test_sheets_sent_at_once_share_the_cap_and_the_work(payers: Payers) -> None:
    ready = Barrier(4)

    def send(client: int) -> SubmitResult | FeeError:
        ready.wait(timeout=30)
        try:
            return payers.send(payers.lesson(), key=f"window {client}")
        except FeeError as error:
            return error

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(send, range(4)))
    assert len([one for one in found if isinstance(one, SubmitResult)]) == 1
    with payers.anywhere() as session:
        assert verify(session) == []


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_form_names_the_earlier_one_beside_the_field(pages: Pages) -> None:
    pages.sent()
    aino, again = pages.of("aino"), pages.lesson(preparation_hours="")
    page = aino.post("/me/fees/new", 422, submit_key="d" * 32, do="continue", **again)
    assert "Tästä tehtävästä on jo lomake LAU-2026-0001. Avaa se." in page
    assert 'id="start-error"' in aino.raw
    assert "Avaa lomake LAU-2026-0001" in page
    assert 'href="/me/fees/receipt/LAU-2026-0001"' in aino.raw
    more = pages.lesson(start="13.00", end="14.30")
    page = aino.post("/me/fees/new", 422, submit_key="d" * 32, do="continue", **more)
    assert "Valmistelua maksetaan täällä enintään 1 h päivässä." in page


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_summary_leads_to_the_earlier_form(pages: Pages) -> None:
    """Two windows: the other one was sent meanwhile."""
    draft = pages.draft()
    pages.sent()
    aino = pages.of("aino")
    assert "Avaa lomake LAU-2026-0001" in aino.get(f"{draft}/summary")
    assert "Avaa lomake LAU-2026-0001" in aino.post(f"{draft}/send", 422)
    aino.get("/me/fees/receipt/LAU-2026-0001")
