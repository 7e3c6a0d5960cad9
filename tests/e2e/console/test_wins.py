"""Wins that no rule could link: their registration is looked for by the customer's name, and linked."""

from __future__ import annotations

import pytest

from tests.e2e.channel import CUSTOMER, Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown, shown
from tests.e2e.console.test_crawl import assert_translated
from tests.e2e.till import MONEY, win

DELTA = {"legal_name": "Delta Foods", "country": "EG", "tax_id": "204-829-321"}
SPELT = {"legal_name": "شركة دلتا", "country": "EG", "tax_id": "204-829-402"}


def searching(page: Shown, opportunity: str) -> str:
    """The address that the win's search leads to, but for the name that is looked for."""
    [form] = [one for one in page.forms if ("of", opportunity) in one.pairs and one.method == "get"]
    return form.action.partition("#")[0] + f"?of={opportunity}"


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_registration_is_found_by_another_name_and_linked(
    live: Channel, sign_in: SignIn, language: str
) -> None:
    await live.house("acme", "zorro", policy=MONEY)
    claim = await live.claim("acme", customer=SPELT)
    await live.claim("zorro")
    await win(live, "O-1", "acme", "1000.00", customer=DELTA)
    [one] = (await live.read("/v1/opportunities?state=won&linked=false"))["items"]
    manager = await sign_in(live, None, language)
    page = await manager.see("/console/wins")
    assert claim["registration"] not in page.answer.text, "no customer of that name has one"
    # when somebody looks by the name under which the partner registered it, of which it types a part
    found = await manager.see(f"{searching(page, one['opportunity'])}&customer=دلتا")
    form = found.form(f"/console/wins/{one['opportunity']}")
    assert ("registration", claim["registration"]) in found.forms[form].choices
    assert "Acme acme" in found.text, "a partner by its name and its id"
    for text in ("protected", "Submitted", "– ") if language == "en" else ("محمية",):
        assert text in found.text
    assert claim["protected_until"] in found.answer.text
    assert found.answer.text.count('type="radio"') == 2, "that and none; another's customer is not among them"
    if language == "ar":
        assert_translated(found)
    # then a refusal keeps what was looked for
    empty = shown(found.path, await manager.submit(found, form))
    assert empty.answer.status_code == 422
    assert ("registration", claim["registration"]) in empty.forms[form].choices
    done = await manager.submit(empty, form, registration=claim["registration"])
    assert (await manager.follow(done)).path == "/console/wins?done=linked"
    [linked] = (await live.read("/v1/opportunities"))["items"]
    assert linked["registration"] == claim["registration"]


async def test_a_search_concerns_its_own_win_and_says_when_it_finds_nothing(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=MONEY)
    await live.claim("acme")
    await win(live, "O-1", "acme", "1000.00", customer=DELTA)
    await win(live, "O-2", "acme", "2000.00", customer={**SPELT, "legal_name": "Nile"})
    manager = await sign_in(live, None)
    page = await manager.see("/console/wins")
    first, second = (await live.read("/v1/opportunities?state=won&linked=false&sort=created_at"))["items"]
    assert CUSTOMER["legal_name"] in page.text, "the second's own name finds one"
    none = await manager.see(f"{searching(page, first['opportunity'])}&customer=<b>nobody")
    assert "No customer’s name has: <b>nobody" in none.text
    for one, choices in ((first, 1), (second, 2)):
        assert len(none.forms[none.form(f"/console/wins/{one['opportunity']}")].choices) == choices
    refused = await manager.see(f"{searching(page, first['opportunity'])}&customer=a%00b", 422)
    assert ("customer", "a\0b") not in refused.forms[0].pairs
    assert 'class="error"' in refused.answer.text
