"""A partner's day: checks, registers, follows and understands, without a script."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.e2e.channel import Channel, claim_of
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import shown
from tests.e2e.console.test_crawl import assert_translated
from tests.e2e.till import DEAL, MONEY, win

NEVER = {"review": {"auto_approve_if": "never"}}
NILE = {
    "customer.legal_name": "Nile Trading", "customer.country": "EG", "customer.tax_id": "204-829-305",
    "products": ["X"], "amount.amount": "48000.00", "amount.currency": "EUR",
}  # fmt: skip


async def test_a_partner_checks_registers_and_reads_why(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "rival")
    person = await sign_in(live, "acme")
    home = await person.see("/console")
    assert "Nothing needs you now" in home.text
    programs = await person.see("/console/register")
    assert "90 days" in programs.text
    page = await person.see("/console/register/hunting")
    checked = shown("", await person.submit(page, button="check", **NILE))
    assert checked.answer.status_code == 200
    assert "No live claim of another partner meets this deal." in checked.text
    # What was typed is still there, so the second button needs nothing more.
    answer = await person.submit(checked, button="register")
    made = await person.follow(answer)
    assert "Registered." in made.text
    assert "Nile Trading" in made.headings[0]
    assert "protected" in made.text
    assert "48,000.00 EUR" in made.text
    assert "The rules that were applied" in made.text
    assert "hunting/1" in made.text
    listed = await person.see("/console/registrations?state=protected&customer=nile")
    assert "Nile Trading" in listed.text
    assert "Nile Trading" in (await person.see("/console")).text


async def test_a_partner_acts_on_its_registration_and_each_act_says_what_follows(
    live: Channel, sign_in: SignIn
) -> None:
    await live.house("acme", policy={"review": {"auto_approve_if": "never"}})
    claim = await live.claim("acme")
    person, at = await sign_in(live, "acme"), f"/console/registrations/{claim['registration']}"
    page = await person.see(f"{at}/evidence")
    refused = shown(at, await person.submit(page, kind="demo", on="2099-01-01", note="seen"))
    assert refused.answer.status_code == 422
    assert ("note", "seen") in refused.forms[-1].pairs
    made = await person.follow(await person.submit(refused, on="2026-01-05"))
    assert "The evidence is added." in made.text
    assert "a demonstration, 5 Jan 2026" in made.text
    page = await person.see(f"{at}/amendment")
    assert ("customer.legal_name", "Nile Trading") in page.forms[-1].pairs
    older = await person.see(f"{at}/amendment")
    changed = await person.follow(await person.submit(page, project="Phase 2", **{"customer.city": "Giza"}))
    assert "Phase 2" in changed.text
    assert "Giza" in changed.text
    now = await live.registration(claim)
    assert (now["project"], now["customer"]["city"], now["products"]) == ("Phase 2", "Giza", claim["products"])
    # What was opened before that is of an older revision: nothing is overwritten unseen.
    stale = shown(at, await person.submit(older, project="Phase 3"))
    assert stale.answer.status_code == 412
    assert ("project", "Phase 3") in stale.forms[-1].pairs
    page = await person.see(f"{at}/withdrawal")
    assert "cannot be undone" in page.text
    gone = await person.follow(await person.submit(page, reason="lost interest"))
    assert "Withdrawn." in gone.text
    assert (await live.registration(claim))["state"] in ("withdrawn", "released")
    assert not [link for link in gone.links if link.endswith(("/withdrawal", "/amendment"))]


async def _ask(live: Channel, claim: dict[str, Any], *fields: str, **more: str) -> None:
    """The reviewer's question."""
    ask = {"verdict": "action_required", "fields": list(fields), **more}
    answer = await live.send("POST", f"/v1/registrations/{claim['registration']}/review", ask)
    assert answer.status_code == 200, answer.text
    await live.stack.drained()


async def test_what_a_reviewer_asks_for_is_on_the_first_page_and_only_that_can_be_typed(
    live: Channel, sign_in: SignIn
) -> None:
    await live.house("acme", policy=NEVER)
    claim = await live.claim("acme", site="Cairo")
    await _ask(live, claim, "project", "amount", message="Which phase?")
    person = await sign_in(live, "acme")
    home = await person.see("/console")
    assert "Something is missing." in home.text
    page = await person.see(f"/console/registrations/{claim['registration']}/amendment")
    assert "The reviewer asks you to change: Project , Amount" in page.text
    assert "The reviewer writes: Which phase?" in page.text
    assert [one["name"] for one in page.inputs] == ["amount.amount", "amount.currency", "project", "kept", "kept"]
    assert "Site Cairo" in page.text, "what cannot be changed is there to be read"
    unchanged = shown("", await person.submit(page))
    assert (unchanged.answer.status_code, "Nothing is changed." in unchanged.text) == (422, True)
    await person.follow(await person.submit(unchanged, project="Phase 2", kept="amount"))
    now = await live.registration(claim)
    assert (now["project"], now["site"], now["products"]) == ("Phase 2", "Cairo", claim["products"])


async def test_what_was_typed_before_the_reviewer_asked_is_refused_and_not_left_out(
    live: Channel, sign_in: SignIn
) -> None:
    await live.house("acme", policy=NEVER)
    claim = await live.claim("acme")
    person = await sign_in(live, "acme")
    page = await person.see(f"/console/registrations/{claim['registration']}/amendment")
    await _ask(live, claim, "project")
    typed = {"project": "Phase 2", "notes": "We spoke to <b>Mona</b>", "customer.city": "Giza", "products": ["Y"]}
    refused = shown("", await person.submit(page, **typed))
    assert refused.answer.status_code == 422
    text = re.sub("[\u2066-\u2069]", "", refused.text)
    for told in ("Notes cannot be changed now", "You wrote: We spoke to <b>Mona</b>", "City cannot", "Products cannot"):
        assert told in text, told
    assert ("project", "Phase 2") in refused.forms[-1].pairs
    assert (await live.registration(claim))["state"] == "action_required"
    await person.follow(await person.submit(refused))
    assert (await live.registration(claim))["project"] == "Phase 2"


async def test_a_reviewers_question_is_answered_in_words(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=NEVER)
    claim = await live.claim("acme", notes="Budget approved")
    manager, person = await sign_in(live, None), await sign_in(live, "acme")
    page = await manager.see(f"/console/registrations/{claim['registration']}")
    review = page.form(f"/console/registrations/{claim['registration']}/review")
    assert ("fields", "evidence") in page.forms[review].choices
    ask = {"verdict": "action_required", "message": "How many sites?"}
    assert (await manager.submit(page, review, **ask)).status_code == 303
    assert (await live.registration(claim))["open_fields"] == ["notes"], "where the reviewer ticks nothing"
    page = await person.see(f"/console/registrations/{claim['registration']}/amendment")
    assert ("notes", "Budget approved") in page.forms[-1].pairs
    await person.follow(await person.submit(page, notes="Three sites"))
    now = await live.registration(claim)
    assert (now["notes"], now["state"]) == ("Three sites", "in_review")


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_an_answer_to_a_part_says_what_is_still_asked(live: Channel, sign_in: SignIn, language: str) -> None:
    await live.house("acme", policy=NEVER)
    contact = {"name": "Mona", "email": "mona@nile.example"}
    claim = await live.claim("acme", contact=contact, site="Cairo")
    at = f"/console/registrations/{claim['registration']}"
    asked = ["customer.tax_id", "contact", "competitor", "site", "notes", "evidence"]
    await _ask(live, claim, *asked, message="؟")
    person = await sign_in(live, "acme", language)
    page = await person.see(f"{at}/amendment")
    # when some is changed, one is right as it is, and there is no other
    kept = ["customer.tax_id", "contact", "competitor"]
    assert [value for name, value in page.forms[-1].choices if name == "kept"] == [*kept, "site", "notes"]
    after = await person.follow(await person.submit(page, site="Giza", kept=kept))
    rest = ("The reviewer waits for the rest, too.", "The reviewer asks you to change: Notes , Evidence", "؟")
    for text in rest if language == "en" else ("ما زال المراجع ينتظر البقية", "؟"):
        assert text in after.text, text
    now = await live.registration(claim)
    assert (now["state"], now["open_fields"]) == ("action_required", ["notes", "evidence"])
    assert (now["site"], now["customer"]["tax_id"], now["contact"]) == ("Giza", claim["customer"]["tax_id"], contact)
    explained = (await live.explanation(claim))["decisions"][-1]["findings"]
    assert [one["sentence"] for one in explained] == [
        "Of what the reviewer asked for, this is still missing: notes and evidence."
    ]
    # then the rest is asked for alone, and evidence answers its part
    added = await person.follow(await person.submit(await person.see(f"{at}/evidence"), kind="demo", on="2026-01-02"))
    assert ("ما زال" in added.text) == (language == "ar")
    page = await person.see(f"{at}/amendment")
    assert [value for name, value in page.forms[-1].choices if name == "kept"] == ["notes"]
    done = await person.follow(await person.submit(page, kept="notes"))
    assert "The reviewer waits" not in done.text
    assert (await live.registration(claim))["state"] == "in_review"
    if language == "ar":
        for shown_page in (page, after, added):
            assert_translated(shown_page)


async def test_an_extension_that_is_asked_for_is_not_asked_for_again(live: Channel, sign_in: SignIn) -> None:
    longer = {"protection": {"days": 10, "extension": {"max": 1, "days": 30, "decide": "3bd"}}}
    await live.house("acme", policy=longer)
    claim = await live.claim("acme")
    person, at = await sign_in(live, "acme"), f"/console/registrations/{claim['registration']}"
    assert "protection ends in" in (await person.see("/console")).text
    assert f"{at}/extension" in (await person.see(at)).links
    page = await person.see(f"{at}/extension")
    asked = await person.follow(await person.submit(page, reason="a board"))
    assert f"{at}/extension" not in asked.links
    assert f"{at}/withdrawal" in asked.links
    assert "Extension decided by" in asked.text
    assert "With the extension protected until" in asked.text
    home = (await person.see("/console")).text
    assert ("protection ends in" in home, "extension asked for, decided by" in home) == (False, True)


async def test_what_cannot_be_asked_for_is_not_offered(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy={"conflict": {"on_lost": "3bd"}})
    claim = await live.claim("acme")
    person, at = await sign_in(live, "acme"), f"/console/registrations/{claim['registration']}"
    page = await person.see(at)
    assert {f"{at}/extension", f"{at}/objection"} & set(page.links) == set(), "the program grants none; nothing is lost"
    assert f"{at}/withdrawal" in page.links
    assert not (await live.registration(claim))["objection_offered"]
    await live.crm("created", "O-1", **DEAL, partner="acme")
    await live.crm("lost", "O-1", **DEAL, partner="acme")
    lost = await person.see(at)
    assert f"{at}/objection" in lost.links
    assert (await live.registration(claim))["objection_offered"]
    await person.follow(await person.submit(await person.see(f"{at}/objection"), reason="it is not"))
    assert f"{at}/objection" not in (await person.see(at)).links
    assert not (await live.registration(claim))["objection_offered"]


async def test_money_opens_to_the_win_the_rule_and_the_rate(importing: Channel, sign_in: SignIn) -> None:
    await importing.house("acme", policy=MONEY)
    await importing.claim("acme")
    deal = await win(importing.on(10), "O-1", "acme", "1234.50")
    person = await sign_in(importing, "acme")
    home = await person.see("/console")
    assert "Earned 123.45 USD Held 123.45 USD Payable" in home.text
    page = await person.see("/console/money")
    assert "10 % × 1,234.50 USD 123.45 USD held until 11 Feb 2026" in page.text
    assert f"/console/deals/{deal}" in page.links
    opened = await person.see(f"/console/deals/{deal}")
    assert "hunting/1" in opened.text
    assert "Won for 1,234.50 USD" in opened.text or "was won for 1,234.50 USD" in opened.text
    sheet = await person.get("/console/money.csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "attachment" in sheet.headers["content-disposition"]
    assert "123.45" in sheet.text


async def test_search_finds_by_name_and_state_and_pages_lead_on(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    for number in range(27):
        customer = {"legal_name": f"Customer {number:02}", "tax_id": f"DE{number:09}"}
        await live.bulk([live.row("registration.submit", claim_of("acme", customer=customer))])
    person = await sign_in(live, "acme")
    first = await person.see("/console/registrations?sort=customer")
    assert "Customer 00" in first.text
    assert "Customer 26" not in first.text
    following = next(link for link in first.links if "cursor=" in link)
    assert "sort=customer" in following
    second = await person.see(following)
    assert "Customer 26" in second.text
    assert "Customer 00" not in second.text
    found = await person.see("/console/registrations?customer=CUSTOMER+07&state=protected")
    assert "Customer 07" in found.text
    assert "Customer 08" not in found.text
    none = await person.see("/console/registrations?state=lost")
    assert "No registration is like this." in none.text
    assert (await person.get("/console/registrations.csv?customer=07")).text.count("Customer") == 1


async def test_the_page_says_why_the_claim_waits_whatever_its_deal_was_linked_to_since(
    importing: Channel, sign_in: SignIn
) -> None:
    await importing.house("acme", "zorro")
    await importing.claim("acme")
    claim = await importing.claim("zorro")
    await importing.crm("created", "O-1", partner="zorro", **DEAL)
    explanation = await importing.explanation(claim)
    assert explanation["decisions"][-1]["type"] == "opportunity.linked"
    assert explanation["sentence"].startswith("Waits.")
    page = await (await sign_in(importing, "zorro")).see(f"/console/registrations/{claim['registration']}")
    assert page.text.index("Waits.") < page.text.index("Linked to")
