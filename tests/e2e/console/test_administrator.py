"""The vendor's administrator: webhook endpoints and their secrets, identity providers and their roles."""

from __future__ import annotations

from typing import Any

from standardwebhooks import Webhook

from services.console.pages import webhooks
from services.console.sessions import WEBHOOK_SCOPES
from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown, shown
from tests.e2e.console.person import Person
from tests.e2e.console.test_forms import SCRIPT
from tests.receiving import receiving
from tests.until import until

HOOKS, PROVIDERS = "/console/webhooks", "/console/providers"
ROLE = {
    "role.name": "manager", "role.when": "groups = managers\nrealm > admin = true", "role.scopes": ["reviews:write"],
}  # fmt: skip
SETTINGS = {"provider": "staff", "name": "Acme staff", "issuer": "https://login.acme.example", "client_id": "dealreg",
            "client_secret": "never-shown-again", "offered": "yes"}  # fmt: skip


def secret_of(page: Shown) -> str:
    [found] = [one for one in page.text.split() if one.startswith("whsec_")]
    return found


async def refused(person: Person, page: Shown, act: str, status: int = 422, **typed: Any) -> Shown:
    found = shown(page.path, await person.submit(page, page.form(act), **typed))
    assert found.answer.status_code == status, found.text
    return found


async def test_an_endpoint_is_made_tried_rotated_disabled_replayed_and_deleted(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    manager = await sign_in(live, None)
    page = await manager.see(HOOKS)
    assert "There is no endpoint yet." in page.text
    none = await refused(manager, page, HOOKS, url="http://127.0.0.1/x\x00", name=SCRIPT, types="registration.none")
    assert (("name", SCRIPT) in none.forms[none.form(HOOKS)].pairs, "script" in none.tags) == (True, False)
    async with receiving() as receiver:
        number = await refused(manager, none, HOOKS, url=receiver.url, name="desk", types="", after="twelve")
        assert [one["name"] for one in number.inputs if one.get("aria-invalid")] == ["after"]
        made = shown("", await manager.submit(number, number.form(HOOKS), after="0", types="registration.approved"))
        assert (made.answer.status_code, made.answer.headers["cache-control"]) == (200, "no-store")
        first = secret_of(made)
        [one] = (await live.read("/v1/webhooks"))["webhooks"]
        assert (one["types"], one["ordered"], one["partner"]) == (["registration.approved"], False, None)
        at = f"{HOOKS}/{one['endpoint']}"
        assert at in (await manager.see(HOOKS)).links
        page = await manager.see(at)
        assert ("Nothing was sent yet." in page.text, "whsec_" in page.text) == (True, False)

        page = await manager.follow(await manager.submit(page, page.form(f"{at}/test")))
        await receiver.until(lambda each: len(each.came) == 1)
        Webhook(first).verify(receiver.came[0].body.decode(), receiver.came[0].headers)

        async def logged() -> bool:
            return "webhook.test" in (await manager.see(f"{at}?outcome=delivered")).text

        assert await until(logged)
        assert "Nothing was sent yet." in (await manager.see(f"{at}?outcome=failed")).text

        unsure = await refused(manager, page, f"{at}/rotation", grace="hour")
        assert "Tick that you have read what follows." in unsure.text
        new = shown("", await manager.submit(unsure, unsure.form(f"{at}/rotation"), grace="hour", sure="yes"))
        assert (secret_of(new) != first, "both secrets until" in new.text) == (True, True)
        page = await manager.see(at)
        page = await manager.follow(await manager.submit(page, page.form(f"{at}/change"), ordered="yes", name="Desk 2"))
        assert ("Desk 2" in page.headings, "In order for each subject" in page.text) == (True, True)
        wrong = await refused(manager, page, f"{at}/change", url="https://10.0.0.1/x")
        assert ("url", "https://10.0.0.1/x") in wrong.forms[wrong.form(f"{at}/change")].pairs
        page = await manager.follow(await manager.submit(page, page.form(f"{at}/disablement")))
        assert "disabled by request" in page.text
        page = await manager.follow(await manager.submit(page, page.form(f"{at}/enablement")))
        await live.claim("acme")
        await live.stack.drained()
        before = await receiver_count(receiver, "registration.approved", 1)
        page = await manager.follow(await manager.submit(page, page.form(f"{at}/replay"), after="0"))
        assert "The events are being sent again." in page.text
        await receiver_count(receiver, "registration.approved", before + 1)
        assert len({each.message for each in receiver.came if each.event["type"] == "registration.approved"}) == 1
    await refused(manager, page, f"{at}/deletion")
    gone = await manager.follow(await manager.submit(page, page.form(f"{at}/deletion"), sure="yes"))
    assert ("The endpoint is deleted." in gone.text, await live.read("/v1/webhooks")) == (
        True, {"webhooks": [], "next": None},
    )  # fmt: skip
    assert (await manager.get(at)).status_code == 404
    who = dict(page.forms[-1].pairs)["who"]
    assert (await manager.post(f"{HOOKS}/x/none", [("who", who)])).status_code == 404


async def test_a_partner_has_the_same_pages_for_its_own_endpoints_and_gets_its_own_feed(
    live: Channel, sign_in: SignIn
) -> None:
    await live.house("acme", "rival")
    person, manager = await sign_in(live, "acme"), await sign_in(live, None)
    assert HOOKS in (await person.see("/console")).links
    page = await person.see(HOOKS)
    assert "Nothing of another partner is sent." in page.text
    assert "partner" not in {one["name"] for one in page.inputs}
    async with receiving() as receiver:
        typed = page.forms[page.form(HOOKS)].filled({"url": receiver.url, "name": "acme's", "after": "0"})
        foreign = shown("", await person.post(HOOKS, [*typed, ("partner", "rival")]))
        assert (foreign.answer.status_code, "must be your own" in foreign.text) == (422, True)
        made = shown("", await person.post(HOOKS, typed))
        assert (made.answer.status_code, made.answer.headers["cache-control"]) == (200, "no-store")
        [one] = (await live.read("/v1/webhooks"))["webhooks"]
        assert one["partner"] == "acme"
        at = f"{HOOKS}/{one['endpoint']}"
        assert at in (await manager.see(HOOKS)).links, "the vendor sees every endpoint"
        await live.claim("rival", customer={"legal_name": "Secret Rival Deal"})
        mine = await live.claim("acme")
        await live.stack.drained()
        await receiver_count(receiver, "registration.approved", 1)
        seen = (await live.read("/v1/events?limit=1000", as_=await live.partner_key("acme")))["items"]
        await receiver.until(lambda each: {one["position"] for one in seen} <= {e.event["position"] for e in each.came})
        sent = b"".join(each.body for each in receiver.came)
        assert mine["registration"].encode() in sent
        assert (b"rival" in sent, b"Secret" in sent) == (False, False)
        for act, typed in (("disablement", {}), ("enablement", {}), ("change", {"name": "Desk 2"}), ("test", {}),
                           ("replay", {"after": "0"})):  # fmt: skip
            page = await person.see(at)
            page = await person.follow(await person.submit(page, page.form(f"{at}/{act}"), **typed))
        assert "Desk 2" in page.headings
        new = shown("", await person.submit(page, page.form(f"{at}/rotation"), sure="yes"))
        assert secret_of(new) != secret_of(made)
    page = await person.see(at)
    await person.follow(await person.submit(page, page.form(f"{at}/deletion"), sure="yes"))
    assert (await live.read("/v1/webhooks"))["webhooks"] == []


async def test_anothers_endpoint_is_no_page_and_takes_no_act(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "rival")
    rival = await live.partner_key("rival")
    for key, name in ((rival, "Secret Rival Desk"), (None, "Vendor Desk")):
        body = {"url": "http://127.0.0.1:9/hook", "name": name}
        assert (await live.send("POST", "/v1/webhooks", body, as_=key)).status_code == 201
    before = await as_set_up(live)
    person = await sign_in(live, "acme")
    page = await person.see(HOOKS)
    who = dict(page.forms[-1].pairs)["who"]
    assert "There is no endpoint yet." in page.text
    for one in before:
        at = f"{HOOKS}/{one[0]}"
        assert (await person.get(at)).status_code == 404
        for act in webhooks.ACTS:
            pairs = [("who", who), ("sure", "yes"), ("name", "mine"), ("after", "0")]
            answer = await person.post(f"{at}/{act}", pairs)
            assert answer.status_code == 404, act
            assert "Desk" not in answer.text
    assert await as_set_up(live) == before


async def as_set_up(channel: Channel) -> list[list[Any]]:
    """Every endpoint without what its deliveries change."""
    names = ("endpoint", "partner", "name", "url", "types", "ordered", "state")
    return [[one[name] for name in names] for one in (await channel.read("/v1/webhooks"))["webhooks"]]


async def receiver_count(receiver: Any, kind: str, least: int) -> int:
    def count() -> int:
        return sum(each.event["type"] == kind for each in receiver.came)

    await receiver.until(lambda _: count() >= least)
    return count()


async def test_a_provider_is_set_up_with_roles_tried_and_removed(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    manager = await sign_in(live, None)
    assert "There is none yet" in (await manager.see(PROVIDERS)).text
    page = await manager.see("/console/provider")
    unnamed = await refused(manager, page, "/console/provider", **{**SETTINGS, **ROLE, "provider": ""})
    assert "Choose an id" in unnamed.text
    assert "never-shown-again" not in unnamed.answer.text
    assert unnamed.answer.headers["cache-control"] == "no-store"
    wrong = await refused(
        manager, unnamed, "/console/provider", **{**SETTINGS, **ROLE, "issuer": "login.acme", "role.when": "groups"}
    )
    assert "must be https://host/" in wrong.text
    page = await manager.follow(await manager.submit(wrong, wrong.form("/console/provider"), **{**SETTINGS, **ROLE}))
    at = f"{PROVIDERS}/staff"
    assert "The provider is set up." in page.text
    assert f"{manager.origin}/console/sign-in/{live.vendor}/staff/answer" in page.text
    stored = await live.read("/v1/identity-providers/staff")
    assert (stored["has_secret"], stored["offered"], stored["asks_for"]) == (True, True, ["openid", "profile"])
    [role] = stored["roles"]
    assert role["when"] == [{"claim": "groups", "value": "managers"}, {"claim": ["realm", "admin"], "value": True}]

    taken = await refused(manager, await manager.see("/console/provider"), "/console/provider", **{**SETTINGS, **ROLE})
    assert "There is a provider staff already." in taken.text

    form = await manager.see("/console/provider?of=staff")
    late = await manager.see("/console/provider?of=staff")
    page = await manager.follow(await manager.submit(form, form.form("/console/provider"), name="Staff", offered=[]))
    stored = await live.read("/v1/identity-providers/staff")
    assert (stored["name"], stored["offered"], stored["has_secret"], stored["roles"]) == ("Staff", False, True, [role])
    again = await refused(manager, late, "/console/provider", name="Late")
    assert "Somebody changed this provider" in again.text
    page = await manager.follow(await manager.submit(again, again.form("/console/provider")))
    assert (await live.read("/v1/identity-providers/staff"))["name"] == "Late"

    form = await manager.see("/console/role?of=staff")
    seller = {"role.name": "seller", "role.when": "groups = sellers", "role.partner_claim": "pid",
              "role.scopes": ["reviews:write"]}  # fmt: skip
    over = await refused(manager, form, "/console/role", **seller)
    assert "reviews:write" in over.text
    page = await manager.follow(
        await manager.submit(over, over.form("/console/role"), button="save", **{"role.scopes": ["pipeline:read"]})
    )
    assert "The role is saved." in page.text
    stale = await manager.see("/console/role?of=staff&number=1")
    page = await manager.follow(
        await manager.submit(stale, stale.form("/console/role"), button="save", **{"role.name": "sales"})
    )
    assert [one["name"] for one in (await live.read("/v1/identity-providers/staff"))["roles"]] == ["manager", "sales"]
    meanwhile = await refused(manager, stale, "/console/role", 409, **{"role.name": "mine"})
    assert "Somebody changed or removed this role" in meanwhile.text

    page = await manager.see(at)
    said = shown(
        "", await manager.submit(page, page.form(f"{at}/trial"), claims='{"groups": ["sellers"], "pid": "acme"}')
    )
    assert "They would be: acme May: read registrations Roles: sales" in said.text
    assert "sales" in shown("", await manager.submit(page, page.form(f"{at}/trial"), claims="{}")).text
    await refused(manager, page, f"{at}/trial", claims="groups")

    form = await manager.see("/console/role?of=staff&number=1")
    page = await manager.follow(await manager.submit(form, form.form("/console/role"), button="remove"))
    form = await manager.see("/console/role?of=staff&number=0")
    last = shown("", await manager.submit(form, form.form("/console/role"), button="remove"))
    assert last.answer.status_code == 422, "a provider without a role is for nobody"
    for path in ("/console/role?of=staff&number=9", "/console/role?of=none", f"{PROVIDERS}/none"):
        assert (await manager.get(path)).status_code == 404

    await refused(manager, page, f"{at}/removal")
    gone = await manager.follow(await manager.submit(page, page.form(f"{at}/removal"), sure="yes"))
    assert "The provider is removed." in gone.text
    assert (await live.read("/v1/identity-providers"))["providers"] == []
    assert "Nobody has come" in (await manager.see("/console/people")).text


async def test_a_secret_that_was_typed_is_sent_again_and_never_shown(live: Channel, sign_in: SignIn) -> None:
    manager = await sign_in(live, None)
    page = await manager.see("/console/provider")
    pairs = page.forms[page.form("/console/provider")].filled({**SETTINGS, **ROLE})
    await manager.client.post("/console/sign-out", headers={"Origin": manager.origin, "Sec-Fetch-Site": "same-origin"})
    ended = shown("", await manager.post("/console/provider", pairs))
    assert (ended.answer.status_code, ended.answer.headers["cache-control"]) == (401, "no-store")
    assert ("Acme staff" in ended.text, "never-shown-again" in ended.text) == (True, False)
    assert ("client_secret", "never-shown-again") in ended.forms[-1].pairs


async def test_a_partner_and_whoever_lacks_the_scope_learn_so(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    partner = await sign_in(live, "acme")
    for path in (PROVIDERS, "/console/provider", "/console/people", f"{HOOKS}/x", "/console/role?of=x"):
        assert (await partner.get(path)).status_code == 404
    async with Person.browser(live) as seller, Person.browser(live) as reader:
        for person, scopes in ((seller, ["registrations:write", "events:read"]), (reader, ["webhooks:admin"])):
            await person.sign_in("acme", scopes=scopes)
            assert HOOKS not in (await person.see("/console/register")).links
            refusal = await person.see(HOOKS, 403)
            assert f"this needs the scope {({*WEBHOOK_SCOPES} - {*scopes}).pop()}" in refusal.text
