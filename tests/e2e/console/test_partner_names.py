"""Partners by their names: beside their ids wherever a manager meets one, and offered wherever one is typed."""

from __future__ import annotations

import re

from services.console.partner_names import OFFERED
from tests.e2e.channel import CUSTOMER, Channel, claim_of
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import Person
from tests.e2e.till import MONEY, win

NEVER = {"review": {"auto_approve_if": "never"}}
NAME = "Anna <b>& Söhne"
DELTA = {"legal_name": "Delta Foods", "country": "EG", "tax_id": "204-829-321"}


async def named(channel: Channel) -> None:
    await channel.bulk([channel.row("partner.enroll", {"partner": "anna", "name": NAME})])


async def assert_named(person: Person, path: str) -> None:
    page = await person.see(path)
    assert f"{NAME} anna" in page.text, path
    assert "b" not in page.tags, path
    assert "<bdi>Anna &lt;b&gt;&amp; Söhne</bdi>" in page.answer.text, path


async def test_a_manager_reads_names_on_every_page_and_a_partner_no_others(live: Channel, sign_in: SignIn) -> None:
    longer = {"protection": {"days": 30, "extension": {"max": 1, "days": 30, "decide": "10bd"}}}
    await live.house("bravo", policy={**MONEY, **longer})
    await named(live)
    claim = await live.claim("anna")
    waiter = await live.claim("bravo")
    await live.send("POST", f"/v1/registrations/{claim['registration']}/extension", {"reason": "a board"})
    target = {"name": "Q", "measure": "won", "count": 3, "first_day": "2026-01-01", "last_day": "2030-12-31"}
    answer = await live.send("POST", "/v1/partners/anna/targets", target)
    assert answer.status_code == 200, answer.text
    await live.stack.drained()
    at = f"/console/registrations/{claim['registration']}"
    manager, partner = await sign_in(live, None), await sign_in(live, "bravo")
    for path in ("/console/registrations", "/console/desk", "/console/conflicts", at, "/console/measures/targets",
                 f"/console/conflicts/{waiter['registration']}"):  # fmt: skip
        await assert_named(manager, path)
    await win(live, "O-1", "bravo", "1000.00")
    await win(live, "O-2", "anna", "1000.00", customer=DELTA)
    await live.stack.drained()
    for path in ("/console/wins", "/console/cases", "/console/measures", "/console/measures/registrations",
                 "/console/measures/shares", "/console/finance", "/console/finance/journal",
                 "/console/money"):  # fmt: skip
        await assert_named(manager, path)
    for path in ("/console/registrations", "/console/money", f"/console/registrations/{waiter['registration']}"):
        page = await partner.see(path)
        assert "Anna" not in page.text, path


async def test_customers_to_compare_are_named_by_their_partners(live: Channel, sign_in: SignIn) -> None:
    await live.house("bravo")
    await named(live)
    await live.claim("bravo", customer={"legal_name": "Consolidated Edison Company of New York, Inc."})
    await live.claim("anna", customer={"legal_name": "Cons Edison Co-NY Inc"})
    page = await (await sign_in(live, None)).see("/console/customers")
    assert f"{NAME} anna" in page.text


async def test_filters_offer_partners_by_their_names_to_the_vendor_alone(live: Channel, sign_in: SignIn) -> None:
    await live.house("bravo")
    await named(live)
    manager, partner = await sign_in(live, None), await sign_in(live, "bravo")
    option = '<option value="anna" label="Anna &lt;b&gt;&amp; Söhne"></option>'
    for path in ("/console/registrations", "/console/measures", "/console/measures/targets", "/console/finance",
                 "/console/finance/journal"):  # fmt: skip
        page = await manager.see(path)
        assert option in page.answer.text, path
        [typed] = [one for one in page.inputs if one.get("name") == "partner"]
        assert typed["list"] in page.ids, path
    for path in ("/console/registrations", "/console/measures", "/console/measures/targets"):
        page = await partner.see(path)
        assert "datalist" not in page.tags, path
        assert "Anna" not in page.answer.text, path


async def test_a_partner_beyond_those_on_offer_is_named_and_the_page_stays_small(
    live: Channel, sign_in: SignIn
) -> None:
    await live.house(*(f"partner-{number:03}" for number in range(OFFERED + 1)), policy=NEVER)
    last = f"partner-{OFFERED:03}"
    customers = [{**CUSTOMER, "legal_name": f"Customer {number}", "tax_id": f"DE{number:09}"} for number in range(25)]
    await live.bulk([live.row("registration.submit", claim_of(last, customer=one)) for one in customers])
    page = await (await sign_in(live, None)).see("/console/registrations")
    assert len(re.findall("<option value=.partner-", page.answer.text)) == OFFERED
    assert f"{last.title()} {last}" in page.text
    assert len(page.answer.content) < 60_000
