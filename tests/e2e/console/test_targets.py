"""Targets in the console: a manager sets, replaces and drops one, and the partner reads how far it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import shown
from tests.e2e.console.test_forms import SCRIPT
from tests.e2e.till import MONEY, win

AT = "/console/partners/acme/targets"


def typed(**more: str) -> dict[str, str]:
    today = datetime.now(UTC).date()
    first, last = today - timedelta(days=9), today + timedelta(days=10)
    period = {"first_day": f"{first}", "last_day": f"{last}"}
    return {"name": "q1", "measure": "won_value", "amount": "4000.00", "currency": "usd", **period, **more}


async def test_a_manager_sets_replaces_and_drops_a_target(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=MONEY)
    manager = await sign_in(live, None)
    page = await manager.see("/console/partners/acme")
    assert "No target is running." in page.text
    assert AT in page.links
    page = await manager.see(AT)
    page = await manager.follow(await manager.submit(page, page.form(AT), **typed()))
    assert "The target is set." in page.text
    page = await manager.follow(await manager.submit(page, page.form(AT), **typed(amount="8000.00", product="X")))
    await live.claim("acme", amount={"amount": "2000.00", "currency": "USD"})
    await win(live, "O-1", "acme", "2000.00")
    await live.stack.drained()
    page = await manager.see("/console/partners/acme")
    assert "Won value X" in page.text
    assert "8,000.00" in page.text
    assert "25.0 %" in page.text
    assert "10 days left." in page.text
    [opened] = [link for link in page.links if link.startswith("/console/measures/registrations")]
    assert "Nile Trading" in (await manager.see(opened)).text
    assert "q1: 25.0 %" in (await manager.see("/console/partners")).text
    page = await manager.see(AT)
    page = await manager.follow(await manager.submit(page, page.form(f"{AT}/drop")))
    assert "The target is dropped." in page.text
    assert "No target is set." in page.text
    assert "No target is set." in (await manager.see("/console/measures/targets")).text


async def test_what_is_refused_stands_beside_its_input_and_nothing_typed_is_lost(
    live: Channel, sign_in: SignIn
) -> None:
    await live.house("acme")
    manager = await sign_in(live, None)
    page = await manager.see(AT)
    for change, message in (
        ({"amount": ""}, "is required"),
        ({"amount": "0"}, "must be above zero"),
        ({"count": "5"}, "does not go with won_value"),
        ({"measure": "won", "amount": "", "count": "many"}, ""),
        ({"last_day": "2001-01-01"}, "is before first_day"),
        ({"currency": "XXY"}, "there is no such currency"),
        ({"name": SCRIPT}, ""),
    ):
        sent = typed(**change)
        refused = shown("", await manager.submit(page, page.form(AT), **sent))
        assert refused.answer.status_code == 422, change
        assert message in refused.text
        assert "script" not in refused.tags
        kept = dict(refused.forms[refused.form(AT)].pairs)
        assert {name: kept[name] for name in ("name", "first_day", "last_day")} == {
            name: sent[name] for name in ("name", "first_day", "last_day")
        }
    none = shown("", await manager.submit(page, page.form(AT)))
    assert none.answer.status_code == 422


async def test_a_partner_reads_its_own_at_home_and_may_set_none(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "bravo")
    today = datetime.now(UTC).date()
    for partner, name in (("acme", "ours"), ("bravo", "theirs")):
        body = {"name": name, "measure": "registrations", "count": 4, "first_day": f"{today}", "last_day": f"{today}"}
        await live.send("POST", f"/v1/partners/{partner}/targets", body)
    await live.claim("acme")
    await live.stack.drained()
    seller = await sign_in(live, "acme")
    for path in ("/console", "/console/measures/targets", "/console/measures/targets?partner=bravo"):
        page = await seller.see(path)
        assert "theirs" not in page.text
        assert ("ours" in page.text) == ("bravo" not in path)
    home = await seller.see("/console")
    assert "How far you are" in home.text
    assert "25.0 %" in home.text
    assert (await seller.get(AT)).status_code == 404
    sheet = await seller.get("/console/measures/targets.csv")
    assert "ours" in sheet.text
    assert "theirs" not in sheet.text


async def test_a_past_day_and_arabic(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    today = datetime.now(UTC).date()
    body = {"name": "q1", "measure": "won", "count": 4, "first_day": f"{today}", "last_day": f"{today}"}
    await live.send("POST", "/v1/partners/acme/targets", body)
    await live.stack.drained()
    manager = await sign_in(live, None, "ar")
    page = await manager.see("/console/measures/targets")
    assert "المكسوب" in page.text
    assert page.direction == "rtl"
    before = await manager.see(f"/console/measures/targets?as_of={today - timedelta(days=1)}")
    assert "لم يوضع أي هدف." in before.text
