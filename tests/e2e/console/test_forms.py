"""Forms: nothing that was typed is lost, nothing is done twice, and nothing that was typed can run."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from services.console.api import within
from services.console.app import create_app
from shared.identity.wiring import callers_over
from shared.persons import MasterKey
from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown, shown
from tests.e2e.console.person import FORM, Person

FORM_PAGE = "/console/register/hunting"
SCRIPT = "\"><script>alert('x')</script>"
ARABIC = "شركة النيل للتجارة"
TYPED: dict[str, Any] = {
    "customer.legal_name": "Nile Trading", "customer.tax_id": "204-829-305", "products": ["X", "Y"],
    "amount.amount": "48000.00", "amount.currency": "EUR", "notes": "first line\nsecond line",
    "contact.email": "mona@nile.example",
}  # fmt: skip


def kept(page: Shown, number: int = -1) -> dict[str, list[str]]:
    """What the form would send again."""
    found: dict[str, list[str]] = {}
    for name, value in page.forms[number].pairs:
        found.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return found


def assert_kept(page: Shown) -> None:
    again = kept(page)
    for name, value in TYPED.items():
        assert again[name] == (value if isinstance(value, list) else [value]), name


async def test_what_is_wrong_stands_beside_its_input_and_the_rest_is_kept(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await person.see(FORM_PAGE)
    wrong = {**TYPED, "amount.amount": "48.000.00", "customer.country": "Germany", "units": "many"}
    answer = await person.submit(page, button="register", **wrong)
    assert answer.status_code == 422
    again = shown(FORM_PAGE, answer)
    invalid = {one["name"] for one in again.inputs if one.get("aria-invalid") == "true"}
    assert invalid == {"amount.amount", "customer.country", "units"}
    for one in again.inputs:
        if one["name"] in invalid:
            described = one["aria-describedby"].split()
            assert set(described) <= set(again.ids)
            assert any(id_.startswith("error-") for id_ in described)
    assert kept(again)["notes"] == [TYPED["notes"]]
    assert kept(again)["products"] == TYPED["products"]
    assert kept(again)["key"] != kept(page)["key"], "the old key stands for what was refused"
    right = {"amount.amount": "48000.00", "customer.country": "EG", "units": "5"}
    made = await person.follow(await person.submit(again, button="register", **right))
    assert "Nile Trading" in made.headings[0]


async def test_what_the_decider_refuses_is_said_and_can_be_corrected(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await person.see(FORM_PAGE)
    pairs = [pair for pair in page.forms[-1].filled({**TYPED, "products": ["X"]}, "register") if pair[0] != "products"]
    refused = shown(FORM_PAGE, await person.post(FORM_PAGE, [*pairs, ("products", "Nothing we sell")]))
    assert refused.answer.status_code == 422
    assert "Nothing we sell" in refused.text
    made = await person.follow(await person.submit(refused, button="register", products=["X"]))
    assert "Registered." in made.text


async def test_a_form_sent_twice_registers_once(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await person.see(FORM_PAGE)
    first = await person.submit(page, button="register", **TYPED)
    second = await person.submit(page, button="register", **TYPED)
    assert first.headers["location"] == second.headers["location"]
    assert len((await live.read("/v1/pipeline"))["items"]) == 1
    changed = await person.submit(page, button="register", **{**TYPED, "project": "another"})
    assert (changed.status_code, len((await live.read("/v1/pipeline"))["items"])) == (422, 1)


async def test_a_session_that_ended_in_the_middle_keeps_what_was_typed(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await person.see(FORM_PAGE)
    await live.stack.pool.execute("DELETE FROM console.session WHERE vendor = $1", live.vendor)
    ended = shown(FORM_PAGE, await person.submit(page, button="register", **TYPED))
    assert ended.answer.status_code == 401
    assert "Your session has ended" in ended.headings
    assert_kept(ended)
    await person.sign_in("acme")
    made = await person.follow(await person.submit(ended))
    assert "Registered." in made.text
    [item] = (await live.read("/v1/pipeline"))["items"]
    assert item["products"] == ["X", "Y"]


async def test_a_form_that_somebody_else_began_is_sent_in_nobodys_name_unasked(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "rival")
    person = await sign_in(live, "acme")
    page = await person.see(FORM_PAGE)
    await person.sign_in("rival")
    asked = shown(FORM_PAGE, await person.submit(page, button="register", **TYPED))
    assert asked.answer.status_code == 409
    assert_kept(asked)
    assert (await live.read("/v1/pipeline"))["items"] == []
    await person.follow(await person.submit(asked))
    assert [one["partner"] for one in (await live.read("/v1/pipeline"))["items"]] == ["rival"]


async def test_an_api_that_is_away_is_said_and_what_was_typed_is_kept_under_its_key(
    live: Channel, sign_in: SignIn
) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await person.see(FORM_PAGE)
    pairs = page.forms[-1].filled(TYPED, "register")
    async with _stopped(live, person) as browser:
        headers = {"Origin": "http://localhost", "Content-Type": FORM}
        answer = await browser.post(FORM_PAGE, content=str(httpx.QueryParams(pairs)), headers=headers)
        away = shown(FORM_PAGE, answer)
        assert (answer.status_code, away.headings) == (503, ["The service does not answer"])
        assert_kept(away)
        assert kept(away)["key"] == kept(page)["key"]
        for path in ("/console", "/console/registrations", "/console/money", "/console/register"):
            assert (await browser.get(path)).status_code == 503
    made = await person.follow(await person.submit(away))
    assert "Registered." in made.text


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_nothing_that_was_typed_runs_and_names_keep_their_own_direction(
    live: Channel, sign_in: SignIn, language: str
) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme", language)
    texts = ("customer.legal_name", "customer.city", "customer.sector", "site", "project", "competitor", "external_id",
             "contact.name", "notes", "further_customers", "evidence.0.note")  # fmt: skip
    typed = {name: f"{ARABIC} {name} {SCRIPT}" for name in texts}
    evidence = {"evidence.0.kind": "demo", "evidence.0.on": "2026-01-01"}
    page = await person.see(FORM_PAGE)
    answer = await person.submit(page, button="register", products=["X"], **typed, **evidence)
    made = await person.follow(answer)
    assert SCRIPT in made.text
    for path in (made.path, "/console", "/console/registrations", f"{made.path.partition('?')[0]}/amendment",
                 f"{made.path.partition('?')[0]}/withdrawal"):  # fmt: skip
        seen = await person.see(path)
        assert "script" not in seen.tags, path
        assert not seen.inline
        assert not seen.unclosed
        assert f"<bdi>{ARABIC}" in seen.answer.text or "amendment" in path, path
    found = await person.get(f"/console/registrations?customer={SCRIPT}")
    assert "<script" not in found.text


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_what_is_wrong_is_said_in_a_persons_words_and_names_its_field(
    live: Channel, sign_in: SignIn, language: str
) -> None:
    await live.house("acme", policy={"review": {"auto_approve_if": "never"}})
    person, manager = await sign_in(live, "acme", language), await sign_in(live, None, language)
    wrong = {"customer.legal_name": "Nile Trading", "customer.country": "Germany", "products": ["X"], "units": "many",
             "amount.amount": "much", "list_amount.amount": "1.00", "close_date": "2026-02-31"}  # fmt: skip
    page = shown("", await person.submit(await person.see(FORM_PAGE), button="register", **wrong))
    assert page.answer.status_code == 422
    told = {
        "en": ("Country: choose it from the list", "Units must be a whole number", "Currency is required.",
               "Currency of the list prices is required.", "Expected close: there is no such day."),
        "ar": ("اختره من القائمة، أو اكتب حرفيه", "اكتب عددا صحيحا", "العملة: هذا الحقل مطلوب", "لا يوجد يوم كهذا"),
    }  # fmt: skip
    text = re.sub("[\u2066-\u2069]", "", page.text)
    for one in told[language]:
        assert one in text, one
    again = shown("", await person.submit(page, **{"amount.currency": "usd", "list_amount.currency": "KWD",
                                                   "list_amount.amount": "1,234", "close_date": "2099-01-01",
                                                   "units": "3", "customer.country": "de"}))  # fmt: skip
    text = re.sub("[\u2066-\u2069]", "", again.text)
    amount = {"en": "Amount: write one number", "ar": "المبلغ: اكتب عددا واحدا"}
    assert text.count(amount[language][amount[language].index(":") :]) == 2
    made = await person.follow(
        await person.submit(again, **{"amount.amount": "160,000", "list_amount.amount": "1,234.5"})
    )
    number = made.path.partition("?")[0].rpartition("/")[2]
    now = await live.registration(number)
    assert (now["amount"], now["list_amount"], now["customer"]["country"]) == (
        {"amount": "160000.00", "currency": "USD"}, {"amount": "1234.500", "currency": "KWD"}, "DE",
    )  # fmt: skip
    page = await manager.see(f"/console/registrations/{number}")
    review = page.form(f"/console/registrations/{number}/review")
    for verdict, words in (
        ({"verdict": "reject"}, {"en": "Choose a reason to reject or revoke.", "ar": "اختر سببا للرفض أو الإلغاء."}),
    ):
        refused = shown("", await manager.submit(page, review, **verdict))
        assert (refused.answer.status_code, words[language] in refused.text) == (422, True)


async def test_the_one_currency_of_the_vendor_is_there_already_and_states_no_amount(
    live: Channel, sign_in: SignIn
) -> None:
    least = {"gates": {"min_amount": {"value": "1.00", "currency": "EUR"}}, "required_fields": ["amount"]}
    await live.house("acme", policy=least)
    person = await sign_in(live, "acme")
    page = await person.see(FORM_PAGE)
    assert ("amount.currency", "EUR") in page.forms[-1].pairs
    assert ("customer.country", "countries") in [(one["name"], one.get("list")) for one in page.inputs]
    assert "countries" in page.ids
    typed = {"customer.legal_name": "Nile Trading", "products": ["X"]}
    made = await person.follow(await person.submit(page, button="register", **typed))
    number = made.path.partition("?")[0].rpartition("/")[2]
    now = await live.registration(number)
    assert (now["amount"], now["state"]) == (None, "draft")


async def test_names_of_300_letters_are_refused_and_kept_and_200_are_shown(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    page = await person.see(FORM_PAGE)
    refused = shown(
        "", await person.submit(page, button="register", products=["X"], **{"customer.legal_name": "N" * 300})
    )
    assert refused.answer.status_code == 422
    assert kept(refused)["customer.legal_name"] == ["N" * 300]
    made = await person.follow(
        await person.submit(refused, button="register", products=["X"], **{"customer.legal_name": "N" * 200})
    )
    assert "N" * 200 in made.text


@pytest.mark.parametrize("body", [b"\xff", b"a=%ff", b"x" * 70_000, b"&".join(b"a=1" for _ in range(600))])
async def test_what_is_no_form_is_answered(live: Channel, sign_in: SignIn, body: bytes) -> None:
    person = await sign_in(live, "acme")
    headers = {"Origin": person.origin, "Content-Type": FORM}
    assert (await person.client.post(FORM_PAGE, content=body, headers=headers)).status_code == 400


def _stopped(channel: Channel, person: Person) -> httpx.AsyncClient:
    """The same browser at a console whose API has stopped."""
    stack = channel.stack

    async def away(scope: object, receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    master, found = MasterKey(stack.settings.master_key_bytes()), callers_over(stack.pool, stack.settings)
    app = create_app(stack.pool, master, found.credentials, within(away), found.identity.signing_in)
    cookies = {"dealreg-session": person.client.cookies["dealreg-session"]}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost", cookies=cookies)
