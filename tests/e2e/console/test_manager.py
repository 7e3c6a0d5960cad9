"""A channel manager's day: what waits is decided, with the evidence side by side, and nobody decides unseen."""

from __future__ import annotations

import re
from datetime import datetime

from tests.e2e.channel import CUSTOMER, Channel, claim_of
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import shown
from tests.e2e.console.person import Person
from tests.e2e.till import MONEY, win

NEVER = {"review": {"auto_approve_if": "never"}}
ONE = {"legal_name": "Delta Foods", "country": "EG", "tax_id": "204-829-321"}
TWO = {"legal_name": "Giza Steel", "country": "EG", "tax_id": "204-829-402"}


async def test_the_queue_is_gone_through_oldest_first_from_one_to_the_next(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=NEVER)
    first, second = await live.claim("acme", customer=ONE), await live.claim("acme", customer=TWO)
    manager = await sign_in(live, None)
    desk = await manager.see("/console/desk")
    assert desk.text.index("Delta Foods") < desk.text.index("Giza Steel")
    page = await manager.see(f"/console/registrations/{first['registration']}")
    answer = await manager.submit(page, page.form(_review(first)), verdict="approve")
    following = await manager.follow(answer)
    assert "Delta Foods : approved. Protected until" in following.text
    assert "Next: Giza Steel" in following.text, "who was decided is not who is shown"
    assert "Giza Steel" in following.headings
    rejected = {"verdict": "reject", "code": "not_qualified", "note": "no budget"}
    done = await manager.follow(await manager.submit(following, following.form(_review(second)), **rejected))
    assert done.path.startswith("/console/desk")
    assert "Giza Steel : rejected. Nothing else waits for you here." in done.text
    assert "approved" not in (await manager.see("/console/desk?decided=reg_none&verdict=approve")).text
    assert await live.states(first, second) == ["protected", "rejected"]
    assert (await live.registration(second))["end_code"] == "not_qualified"


async def test_a_rejection_without_a_reason_is_not_taken_and_the_note_is_kept(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=NEVER)
    claim = await live.claim("acme")
    manager = await sign_in(live, None)
    page = await manager.see(f"/console/registrations/{claim['registration']}")
    answer = await manager.submit(page, page.form(_review(claim)), verdict="reject", note="no budget")
    again = shown(page.path, answer)
    assert again.answer.status_code == 422
    assert ("note", "no budget") in again.forms[again.form(_review(claim))].pairs
    assert await live.states(claim) == ["in_review"]


async def test_what_a_reviewer_asks_is_read_by_the_partner_until_it_is_answered(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=NEVER)
    claim = await live.claim("acme")
    manager, partner = await sign_in(live, None), await sign_in(live, "acme")
    at, said = f"/console/registrations/{claim['registration']}", "How many sites? <b>All</b>"
    page = await manager.see(at)
    asked = {"verdict": "action_required", "fields": "amount", "message": said, "note": "a friend of mine"}
    await manager.submit(page, page.form(_review(claim)), **asked)
    read = (await partner.see(at)).text
    assert (f"The reviewer writes: {said}" in read, "a friend of mine" in read) == (True, False)
    amount = {"amount": {"amount": "10.00", "currency": "USD"}}
    headers = {"If_Match": '"1"', "Content_Type": "application/merge-patch+json"}
    answer = await live.send("PATCH", f"/v1/registrations/{claim['registration']}", amount, **headers)
    assert answer.status_code == 200, answer.text
    answered = (await partner.see(at)).text
    assert ("The reviewer writes" in answered, said in answered) == (False, True), "it stays in what happened"


async def test_the_second_of_two_who_decide_is_told_by_whom_and_what(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=NEVER)
    claim = await live.claim("acme")
    at = f"/console/registrations/{claim['registration']}"
    async with Person.browser(live) as one, Person.browser(live) as other:
        await one.sign_in(None, "person:mona")
        await other.sign_in(None, "person:karim")
        mine, theirs = await one.see(at), await other.see(at)
        rejected = {"verdict": "reject", "code": "outside_policy"}
        assert (await one.submit(mine, mine.form(_review(claim)), **rejected)).status_code == 303
        late = shown(at, await other.submit(theirs, theirs.form(_review(claim)), verdict="approve"))
    assert late.answer.status_code == 409
    assert "The last decision was made by person:mona" in late.text
    assert "A reviewer rejects it." in late.text
    assert await live.states(claim) == ["rejected"]


async def test_claims_that_meet_stand_side_by_side_with_why_and_their_evidence(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "bravo")
    holder = await live.claim("acme", evidence=[{"kind": "demo", "on": "2026-02-02"}])
    waiter = await live.claim("bravo", evidence=[{"kind": "meeting", "on": "2026-01-01"}])
    manager = await sign_in(live, None)
    listed = await manager.see("/console/conflicts")
    assert f"/console/conflicts/{waiter['registration']}" in listed.links
    page = await manager.see(f"/console/conflicts/{waiter['registration']}")
    assert {"acme", "bravo"} <= set(page.text.split())
    assert "tax id 204829305" in page.text
    assert page.text.index("1 Jan 2026") < page.text.index("2 Feb 2026"), "evidence in the order of its days"
    assert "exclusivity" in page.text
    assert f"/console/registrations/{holder['registration']}" in page.links
    # A partner has no such page.
    partner = await sign_in(live, "bravo")
    assert (await partner.get(f"/console/conflicts/{waiter['registration']}")).status_code == 404
    seen = await partner.see(f"/console/registrations/{waiter['registration']}")
    assert "acme" not in seen.text
    sent = [("verdict", "approve"), ("who", dict(page.forms[-1].pairs).get("who", ""))]
    assert (await partner.post(f"/console/registrations/{waiter['registration']}/review", sent)).status_code == 404
    assert await live.states(waiter) == ["waiting"]


async def test_evidence_is_judged_where_it_stands(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=NEVER)
    claim = await live.claim("acme", evidence=[{"kind": "demo", "on": "2026-02-02"}])
    manager = await sign_in(live, None)
    page = await manager.see(f"/console/registrations/{claim['registration']}")
    form = page.form(f"/console/registrations/{claim['registration']}/verification")
    judged = await manager.follow(await manager.submit(page, form, button="verified"))
    assert "a demonstration, 2 Feb 2026 · verified" in judged.text


async def test_customers_that_may_be_one_are_told_apart(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "bravo")
    await live.claim("acme", customer={"legal_name": "Consolidated Edison Company of New York, Inc."})
    newer = await live.claim("bravo", customer={"legal_name": "Cons Edison Co-NY Inc"})
    assert await live.states(newer) == ["in_review"]
    manager = await sign_in(live, None)
    page = await manager.see("/console/customers")
    assert "Cons Edison Co-NY Inc" in page.text
    assert "Consolidated Edison Company of New York, Inc." in page.text
    form = next(number for number, one in enumerate(page.forms) if one.action.startswith("/console/customers/"))
    answered = await manager.follow(await manager.submit(page, form, button="no"))
    assert "No customers wait to be told apart." in answered.text
    assert await live.states(newer) == ["protected"]


async def test_what_partners_ask_for_stands_on_the_desk_the_first_to_answer_first(
    live: Channel, sign_in: SignIn
) -> None:
    longer = {"protection": {"days": 30, "extension": {"max": 1, "days": 30, "decide": "10bd"}}}
    await live.house("acme", "bravo", policy={**longer, "conflict": {"on_lost": "3bd"}})
    late, soon, quiet = [await live.claim("acme", customer=one) for one in (ONE, TWO, CUSTOMER)]
    asked = await live.send("POST", f"/v1/registrations/{late['registration']}/extension", {"reason": "a board"})
    assert asked.status_code == 200, asked.text
    deal = {"partner": "acme", "customer": TWO, "products": ["X"]}
    await live.crm("created", "O-1", **deal)
    await live.crm("lost", "O-1", **deal)
    objected = await live.send("POST", f"/v1/registrations/{soon['registration']}/objection", {"reason": "it is not"})
    assert objected.status_code == 200, objected.text

    async def asking(*kinds: str) -> list[str]:
        query = "&".join(f"asks={one}" for one in kinds)
        items = (await live.read(f"/v1/pipeline?{query}&sort=submitted_at"))["items"]
        return [one["registration"] for one in items]

    assert await asking("extension") == [late["registration"]]
    assert await asking("objection") == [soon["registration"]]
    assert await asking("extension", "objection") == [late["registration"], soon["registration"]]
    manager = await sign_in(live, None)
    desk = await manager.see("/console/desk")
    assert desk.text.index("Giza Steel") < desk.text.index("Delta Foods"), "what must be answered first stands first"
    assert ("for longer protection" in desk.text, "to keep a deal reported lost" in desk.text) == (True, True)
    assert f"/console/registrations/{quiet['registration']}" not in desk.links
    page = await manager.see(f"/console/registrations/{late['registration']}")
    assert "The partner asks for longer protection: a board" in page.text
    granted = (await live.registration(late))["extension_to"]
    day = f"{datetime.fromisoformat(granted):%-d %b %Y}"
    assert f"Grant the extension: Protected until {day}" in page.text
    waits = await live.claim("acme", customer={"legal_name": "Consolidated Edison Company of New York, Inc."})
    alike = await live.claim("bravo", customer={"legal_name": "Cons Edison Co-NY Inc"})
    assert await live.states(waits, alike) == ["protected", "in_review"]
    page = await manager.follow(await manager.submit(page, page.form(_review(late)), verdict="grant_extension"))
    assert (await live.registration(late))["protected_until"] == granted
    assert f"Delta Foods : the extension is granted. Protected until {day} . Next: Giza Steel" in page.text, (
        "before reviews"
    )
    assert "The partner objects to the loss: it is not" in page.text
    page = await manager.follow(await manager.submit(page, page.form(_review(soon)), verdict="uphold_objection"))
    assert "Giza Steel : the objection is upheld. Next: Cons Edison" in page.text
    assert await live.states(late, soon) == ["protected", "protected"]
    assert await asking("extension", "objection") == []
    assert "Asked by partners" not in (await manager.see("/console/desk")).text


async def test_the_desk_counts_unlinked_wins_and_its_tiles_say_that_they_lead_on(
    live: Channel, sign_in: SignIn
) -> None:
    await live.house("acme", policy=NEVER)
    await live.claim("acme")
    await win(live, "O-1", "acme", "1000.00", customer=TWO)
    desk = await (await sign_in(live, None)).see("/console/desk")
    assert "Unlinked wins 1" in desk.text
    assert "/console/wins" in desk.links
    assert "in review 1 Show them" in desk.text


async def test_a_win_against_the_holder_is_decided_once_with_a_reason(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "bravo", policy=MONEY)
    await live.claim("acme")
    await live.claim("bravo")
    await win(live, "O-1", "bravo", "1000.00")
    manager = await sign_in(live, None)
    page = await manager.see("/console/cases")
    assert "100.00 USD" in page.text
    form = next(number for number, one in enumerate(page.forms) if one.action.startswith("/console/cases/"))
    empty = shown(page.path, await manager.submit(page, form, button="reverse", reason=""))
    assert empty.answer.status_code == 422
    again = await manager.see("/console/cases")
    done = await manager.follow(await manager.submit(again, form, button="release", reason="they agreed"))
    assert "No case is open." in done.text
    [case] = (await live.read("/v1/cases"))["items"]
    assert (case["outcome"], case["reason"]) == ("released", "they agreed")
    late = shown(page.path, await manager.submit(page, form, button="reverse", reason="I disagree"))
    assert (late.answer.status_code, "case.closed" in late.text, "I disagree" in late.text) == (409, True, True)


async def test_a_thousand_claims_in_the_queue_are_gone_through_by_pages(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy=NEVER)
    claims = [
        claim_of("acme", customer={"legal_name": f"Customer {number:04}", "tax_id": f"DE{number:09}"})
        for number in range(1_000)
    ]
    await live.bulk([live.row("registration.submit", claim) for claim in claims])
    manager = await sign_in(live, None)
    first = await manager.see("/console/desk")
    assert len(first.answer.content) <= 60_000
    assert first.text.count("Customer 0") == 25
    assert "In review 1000" in first.text or "in review 1000" in first.text
    assert "1,000" in (await manager.see("/console/measures")).text
    [following] = [link for link in first.links if "cursor=" in link]
    second = await manager.see(following)
    assert second.text.count("Customer 0") == 25
    assert not set(re.findall(r"Customer \d{4}", first.text)) & set(re.findall(r"Customer \d{4}", second.text))


def _review(claim: dict[str, str]) -> str:
    return f"/console/registrations/{claim['registration']}/review"
