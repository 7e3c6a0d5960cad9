"""Partners as the vendor keeps them; wins that nobody claimed; what stands still; answers that are taken back."""

from __future__ import annotations

import httpx
import pytest

from services.console.aligned import aligned
from tests.e2e.channel import CUSTOMER, PRODUCTS, Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown, shown
from tests.e2e.console.test_forms import SCRIPT
from tests.e2e.till import MONEY, money

DOCUMENT = {
    "products": PRODUCTS, "tiers": ["silver", "gold"], "partner_types": ["reseller"], "scores": ["index"],
    "certifications": ["Pro"], "territories": {"DACH": ["DE", "AT"], "Nile": ["EG"]},
}  # fmt: skip
AT = "/console/partners/acme"


def form(page: Shown, act: str) -> int:
    return page.form(f"{AT}/{act}")


async def test_what_a_manager_states_about_a_partner_counts_from_then_on(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "bravo")
    assert (await live.send("PUT", "/v1/vendor/document", DOCUMENT)).status_code == 200
    await live.claim("acme")
    manager = await sign_in(live, None)
    page = await manager.see(AT)
    terms = {"tier": "gold", "segments": "region: DACH\nsize: large", "territories": ["DACH", "Nile"]}
    page = await manager.follow(await manager.submit(page, form(page, "terms"), **terms))
    assert "The terms are changed." in page.text
    page = await manager.follow(
        await manager.submit(page, form(page, "terms"), segments="size: small", territories=["Nile"])
    )
    page = await manager.follow(
        await manager.submit(page, form(page, "certification"), certification="Pro", valid_until="2031-05-05")
    )
    page = await manager.follow(await manager.submit(page, form(page, "score"), score="index", value="7.5"))
    found = await live.read("/v1/partners/acme")
    assert (found["tier"], found["segments"], found["territories"]) == ("gold", {"size": "small"}, ["Nile"])
    assert (found["certifications"], found["scores"]) == ({"Pro": "2031-05-05"}, {"index": "7.5"})
    listed = await manager.see("/console/partners")
    assert "gold size: small Pro until 5 May 2031 index: 7.5 1 active" in listed.text
    assert "/console/registrations?partner=acme" in listed.links
    one = await manager.see("/console/registrations?partner=bravo")
    assert "Nile Trading" not in one.text
    assert "Nile Trading" in (await manager.see("/console/registrations?partner=acme")).text

    refused = shown("", await manager.submit(page, form(page, "score"), score="index", value=SCRIPT))
    assert refused.answer.status_code == 422
    assert ("value", SCRIPT) in refused.forms[form(refused, "score")].pairs
    assert "script" not in refused.tags
    empty = shown("", await manager.submit(refused, form(refused, "suspension"), reason=""))
    assert empty.answer.status_code == 422
    gone = await manager.follow(await manager.submit(empty, form(empty, "suspension"), reason="unpaid"))
    assert "suspended" in gone.text
    back = await manager.follow(await manager.submit(gone, form(gone, "reinstatement"), reason="paid"))
    assert "The partner is reinstated." in back.text
    assert (await manager.get(f"{AT}x")).status_code == 404
    assert (await manager.post(f"{AT}/none", [("who", dict(page.forms[-1].pairs)["who"])])).status_code == 404


async def test_a_key_is_shown_once_works_for_its_partner_and_is_revoked(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    manager = await sign_in(live, None)
    page = await manager.see(AT)
    none = shown("", await manager.submit(page, form(page, "keys"), label="desk", scopes=[]))
    assert (none.answer.status_code, ("label", "desk") in none.forms[form(none, "keys")].pairs) == (422, True)
    made = shown("", await manager.submit(none, form(none, "keys"), label="desk", scopes=["pipeline:read"]))
    [key] = [one for one in made.text.split() if one.startswith("dr_")]
    assert made.answer.headers["cache-control"] == "no-store"
    assert (await live.get("/v1/pipeline", as_=key)).status_code == 200
    assert (await live.get("/v1/rewards", as_=key)).status_code == 403
    page = await manager.see(AT)
    assert "dr_" not in page.text
    credential = key.split("_")[1]
    answer = await manager.submit(page, page.form(f"{AT}/keys/{credential}/revocation"))
    assert "The key is revoked." in (await manager.follow(answer)).text
    [found] = (await live.read("/v1/credentials?partner=acme"))["credentials"]
    assert (found["label"], found["status"]) == ("desk", "revoked")


async def test_a_win_that_nobody_claimed_is_linked_by_hand_and_pays(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "bravo", policy=MONEY)
    claim = await live.claim("acme")
    told = {"partner": "acme", "products": ["X"], "amount": money("1000.00")}
    await live.crm("won", "O-1", **told, customer={"legal_name": "Nile Trading"})
    await live.crm("won", "O-2", **told)
    manager = await sign_in(live, None)
    page = await manager.see("/console/wins")
    assert "1,000.00 USD" in page.text
    assert "the CRM names no customer" in page.text
    [one, _] = (await live.read("/v1/opportunities?state=won&linked=false&sort=created_at"))["items"]
    at = f"/console/wins/{one['opportunity']}"
    assert ("registration", claim["registration"]) in page.forms[page.form(at)].choices
    unsaid = shown("", await manager.submit(page, page.form(at)))
    assert (unsaid.answer.status_code, "Choose a registration" in unsaid.text) == (422, True)
    unknown = shown("", await manager.submit(unsaid, unsaid.form(at), other="reg_none"))
    assert unknown.answer.status_code == 404
    assert ("other", "reg_none") in unknown.forms[unknown.form(at)].pairs
    done = await manager.follow(
        await manager.submit(unknown, unknown.form(at), registration=claim["registration"], other="")
    )
    assert "Linked." in done.text
    assert (await live.read(f"/v1/opportunities/{one['opportunity']}"))["registration"] == claim["registration"]
    rewards = await live.read("/v1/rewards")
    assert [reward["registration"] for reward in rewards["items"]] == [claim["registration"]]


async def test_a_win_is_marked_as_nobodys_by_the_choice_that_the_page_offers(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=MONEY)
    await live.crm("won", "O-1", partner="acme", products=["X"], amount=money("1000.00"))
    manager = await sign_in(live, None)
    page = await manager.see("/console/wins")
    [one] = (await live.read("/v1/opportunities?state=won&linked=false"))["items"]
    number = page.form(f"/console/wins/{one['opportunity']}")
    [(_, nobody)] = page.forms[number].choices
    done = await manager.follow(await manager.submit(page, number, registration=nobody))
    assert "decided to be nobody’s" in done.text, "it is listed no more"
    assert "Unlinked wins 0" in (await manager.see("/console/desk")).text, "nor counted"
    assert f"/console/wins/{one['opportunity']}" not in [form.action for form in done.forms]
    shown_now = await live.read(f"/v1/opportunities/{one['opportunity']}")
    assert (shown_now["registration"], shown_now["unlinked_code"]) == (None, "by_person")


async def test_an_answer_about_two_customers_is_taken_back(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "bravo")
    await live.claim("acme", customer={"legal_name": "Consolidated Edison Company of New York, Inc."})
    newer = await live.claim("bravo", customer={"legal_name": "Cons Edison Co-NY Inc"})
    manager = await sign_in(live, None)
    page = await manager.see("/console/customers")
    number = next(place for place, one in enumerate(page.forms) if one.action.startswith("/console/customers/"))
    answered = await manager.follow(await manager.submit(page, number, button="yes"))
    assert "They are one company" in answered.text
    undo = next(place for place, one in enumerate(answered.forms) if one.action.endswith("/revocation"))
    undone = await manager.follow(await manager.submit(answered, undo))
    assert "The answer is taken back." in undone.text
    assert await live.states(newer) == ["in_review"]
    assert (await manager.submit(answered, undo)).status_code == 303, "pressed twice, taken back once"


async def test_what_stands_still_is_shown_with_its_cause(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    claim = await live.claim("acme")
    manager = await sign_in(live, None)
    assert "All goes on" in (await manager.see("/console/health")).text
    pool = live.stack.pool
    await pool.execute(
        "INSERT INTO attribution.halted (vendor, partition, facts_from, journal_from, reason, release, subject, skip) "
        "VALUES ($1, 0, 0, 0, $2, 'other', 'fact:1', false)", live.vendor, f"broken {SCRIPT}",
    )  # fmt: skip
    await pool.execute(
        "INSERT INTO projections.parked (view, version, vendor, seq, partition, type, subjects, reason, headers, value)"
        " SELECT view, version, $1, 99, 0, 'registration.amended', $2, 'KeyError', '', ''"
        " FROM projections.version WHERE view = 'cases' AND state = 'current'",
        live.vendor, [f"registration:{claim['registration']}"],
    )  # fmt: skip
    try:
        page = await manager.see("/console/health")
    finally:
        await pool.execute("DELETE FROM attribution.halted WHERE vendor = $1", live.vendor)
        await pool.execute("DELETE FROM projections.parked WHERE vendor = $1", live.vendor)
    assert "script" not in page.tags
    for text in ("Decisions stand still", "broken", "fact:1", "Set aside by the view: cases", "KeyError",
                 f"dealreg attribution resume {live.vendor}", "One entry could not be applied."):  # fmt: skip
        assert text in page.text


async def test_the_queue_is_gone_through_without_deciding(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy={"review": {"auto_approve_if": "never"}})
    first = await live.claim("acme")
    second = await live.claim("acme", customer={**CUSTOMER, "tax_id": "204-829-321", "legal_name": "Delta"})
    manager = await sign_in(live, None)
    page = await manager.see(f"/console/registrations/{first['registration']}")
    assert {one["accesskey"] for one in page.inputs if "accesskey" in one} == {"a", "r", "q"}
    [following] = [link for link in page.links if link.startswith("/console/desk/next")]
    answers: list[httpx.Response] = [await manager.get(following)]
    answers.append(await manager.get(f"/console/desk/next?after={second['registration']}"))
    answers.append(await manager.get("/console/desk/next?after=none"))
    assert [one.headers["location"] for one in answers] == [
        f"/console/registrations/{second['registration']}", "/console/desk",
        f"/console/registrations/{first['registration']}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "runs"),
    [
        ("Müller AG", "Mueller AG", [("Mü", "Mu", True), ("", "e", False), ("ller AG", "ller AG", True)]),
        ("Società", "SOCIETA", [("Società", "SOCIETA", True)]),
        ("شركة النيل", "شركه النيل", [("شرك", "شرك", True), ("ة", "ه", False), (" النيل", " النيل", True)]),
        ("مُحَمَّد", "محمد", [("مُحَمَّد", "محمد", True)]),
        ("النيـــل", "النيل", [("النيـــل", "النيل", True)]),
        ("Al-Neel for Trading", "شركة النيل للتجارة", []),
        ("Nile", "", []),
        ("", "", []),
    ],
)
def test_spellings_are_aligned_letter_by_letter(one: str, other: str, runs: list[tuple[str, str, bool]]) -> None:
    found = [(run.one, run.other, run.same) for run in aligned(one, other)]
    assert found == runs


def test_nothing_of_either_spelling_is_lost() -> None:
    for one, other in (("a" * 300, "ab" * 150), (f"{SCRIPT} شركة", "شركة"), ("x\u0301y", "xy")):
        found = aligned(one, other)
        assert "".join(run.one for run in found) in (one[:200], "x\u0301y")
        assert "".join(run.other for run in found) == other[:200]
