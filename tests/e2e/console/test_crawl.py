"""Every link, as each role, in each language: a whole page each time, and nothing of another partner's."""

from __future__ import annotations

import re
from collections import Counter, deque

import pytest

from shared.program_templates.folder import headers
from tests.e2e.channel import CUSTOMER, Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown, shown
from tests.e2e.console.person import Person
from tests.e2e.till import MONEY, win

MOST_PAGES = 200
"""An editor for each of thirty templates and presets among them."""
MOST_BYTES = 60_000
CASES = [("acme", "en"), (None, "ar")]
"""Each role and each direction; with the browser, which goes the same ways, each role in both."""
CLOSED = 9
"""A port on which nobody answers."""
MATERIAL = frozenset(one.url for header in headers().values() for one in header.sources)
"""Public material of presets: the one place outside to which a page leads."""
OTHER = {"legal_name": "Delta Foods", "country": "EG", "tax_id": "204-829-321"}
RIVALS = {"legal_name": "Secret Rival Deal", "country": "EG", "tax_id": "204-829-402"}
LATIN = re.compile(r"[A-Za-z]{3,}")
NUMBERED = re.compile(r"\b[a-z]+_[0-9a-f]{8,}|[0-9a-f]{16,}")
ISOLATED = re.compile("\u2068[^\u2068\u2069]*\u2069")
PARTNERS = frozenset({"register", "file", "money", "company", "registrations", "measures", "measures/targets",
                      "webhooks"})  # fmt: skip
MANAGERS = frozenset({"desk", "conflicts", "customers", "cases", "money", "registrations", "measures", "finance",
                      "programs", "policy", "program-templates", "partners", "partners/acme",
                      "partners/acme/targets", "measures/targets",
                      "wins", "health", "webhooks", "providers", "providers/staff", "provider", "role",
                      "people"})  # fmt: skip
NAMES = frozenset(
    {"dealreg", "console", "link", "CSV", "Parquet", "English", "LEI", "EUR", "jwt", "JWT", "utf", "UTF", "windows"}
)


async def told(channel: Channel) -> None:
    """A channel in which there is something of everything."""
    await channel.house("acme", "zorro", policy={**MONEY, "required_fields": ["amount"]})
    money = {"amount": {"amount": "1000.00", "currency": "USD"}}
    await channel.claim("acme", customer=OTHER, **money)
    await channel.claim("zorro", customer=RIVALS, **money)
    await channel.claim("zorro", **money)
    await channel.on(1).claim("acme", **money)
    await channel.claim("acme", customer={"legal_name": "Draft AG", "country": "DE", "tax_id": "DE136695976"})
    await win(channel.on(10), "O-1", "acme", "1000.00", customer=OTHER)
    await win(channel.on(11), "O-2", "zorro", "7777.00", customer=RIVALS)
    both = {"legal_name": "Both Want It", "country": "EG", "tax_id": "204-829-488"}
    demo = [{"kind": "demo", "on": "2025-12-01", "note": "عرض"}]
    await channel.on(12).claim("zorro", customer=both, evidence=demo, **money)
    await channel.claim("acme", customer=both, evidence=demo, **money)
    await win(channel.on(13), "O-3", "acme", "500.00", customer=both)
    await channel.claim("acme", customer={"legal_name": "Cons Edison Co-NY Inc"}, **money)
    await channel.claim("zorro", customer={"legal_name": "Consolidated Edison Company of New York, Inc."}, **money)
    for partner in ("acme", "zorro"):
        for name, first, last in (("year", "2026-01-01", "2026-12-31"), ("now", "2026-01-01", "2030-12-31")):
            amount = {"amount": "5000.00", "currency": "EUR" if name == "year" else "USD"}
            target = {"name": name, "measure": "won_value", "amount": amount, "first_day": first, "last_day": last}
            await channel.bulk([channel.row("target.set", {"partner": partner, **target})])
    await administered(channel)


async def administered(channel: Channel) -> None:
    """Endpoints to which nothing can be delivered, and an identity provider with a role of each kind."""
    for partner, name in ((None, "المالية"), ("acme", "Order desk"), ("zorro", "Secret Rival Deal")):
        key = partner and await channel.partner_key(partner)
        hook = {"url": f"http://127.0.0.1:{CLOSED}/hook", "name": name, "types": ["reward.accrued"], "after": 0}
        answer = await channel.send("POST", "/v1/webhooks", hook, as_=key)
        assert answer.status_code == 201, answer.text
        test = await channel.send("POST", f"/v1/webhooks/{answer.json()['endpoint']}/test", as_=key)
        assert test.status_code == 202, test.text
    roles = [
        {
            "name": "مدير القناة",
            "when": [{"claim": "groups", "value": "مديرون"}],
            "scopes": ["reviews:write", "events:read"],
        },
        {"name": "seller", "partner_claim": ["dealreg", "partner"], "scopes": ["pipeline:read"]},
    ]
    provider = {
        "name": "Staff",
        "issuer": "https://login.acme.example",
        "client_id": "c",
        "audience": channel.vendor,
        "roles": roles,
    }
    answer = await channel.send("PUT", "/v1/identity-providers/staff", provider)
    assert answer.status_code == 200, answer.text


async def chosen(channel: Channel, partner: str | None) -> None:
    """Saved views of the person whose browser it is, with more than the pages have inputs for."""
    principal = f"person:{partner or 'manager'}"
    key = await channel.stack.key(channel.vendor, ["pipeline:read"], partner=partner, principal=principal)
    several = {"state": ["protected", "waiting"], "product": ["X"], "close_to": "2030-01-01", "sort": "-close_date"}
    for page, name, parameters in (
        ("registrations", "نهاية الحماية", {"state": ["protected"], "sort": "protected_until"}),
        ("registrations", "Many filters", several),
        ("measures", "Products", {"group_by": "product", "program": ["hunting", "other"]}),
    ):
        body = {"page": page, "name": name, "parameters": parameters}
        answer = await channel.send("POST", "/v1/saved-views", body, as_=key)
        assert answer.status_code == 201, answer.text


async def crawled(person: Person, begin: str) -> list[Shown]:
    """Every page that can be reached by links."""
    known, waiting, pages = {begin}, deque([begin]), []
    while waiting:
        path = waiting.popleft()
        answer = await person.get(path)
        while answer.status_code == 303:
            answer = await person.get(answer.headers["location"])
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        assert len(answer.content) <= MOST_BYTES, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        page = shown(path, answer)
        pages.append(page)
        for link in page.links:
            if link.startswith("#"):
                assert link[1:] in page.ids, (path, link)
                continue
            if link in MATERIAL:
                continue
            assert link.startswith("/console"), f"{path} leads elsewhere: {link}"
            if link not in known:
                known.add(link)
                waiting.append(link)
        assert len(pages) <= MOST_PAGES, "a link leads on for ever"
    return pages


@pytest.mark.parametrize(("partner", "language"), CASES)
async def test_every_link_leads_to_a_whole_page(
    importing: Channel, sign_in: SignIn, language: str, partner: str | None
) -> None:
    await told(importing)
    person = await sign_in(importing, partner, language)
    await chosen(importing, partner)
    assert_each(await crawled(person, "/console"), partner, language)


def assert_each(pages: list[Shown], partner: str | None, language: str) -> None:
    """Every page that there is was found, whole, and for this person in this language."""
    assert len(pages) >= (20 if partner else 25), [page.path for page in pages]
    for page in pages:
        assert (page.language, page.direction) == (language, "rtl" if language == "ar" else "ltr")
        assert_whole(page)
        if partner is not None:
            assert_own(page)
        if language == "ar":
            assert_translated(page)
    seen = {page.path.partition("?")[0] for page in pages}
    wanted = PARTNERS if partner else MANAGERS
    assert wanted <= {path.removeprefix("/console/") for path in seen}
    if partner is None:
        waits = [page.text for page in pages if page.path in ("/console/cases", "/console/customers")]
        assert ["opp_" in waits[0] or "Edison" in waits[0], "opp_" in waits[1] or "Edison" in waits[1]] == [True, True]
    if partner is None:
        assert any("Secret Rival Deal" in page.text for page in pages), "the vendor sees both"


def assert_whole(page: Shown) -> None:
    """It nests well, and each input of it has a label."""
    assert not page.unclosed, (page.path, page.unclosed)
    assert not page.inline, (page.path, page.inline)
    assert ("script" in page.tags) == page.path.startswith("/console/policy"), "one page has help by a script"
    assert all(source.startswith(("/console/assets/", "data:,")) for source in page.sources)
    assert [one for one, times in Counter(page.ids).items() if times > 1] == [], page.path
    for one in page.inputs:
        assert one.get("type") in ("checkbox", "radio") or one["id"] in page.labels, (page.path, one)
    assert page.headings, page.path
    assert "None" not in page.text.split(), page.path


def assert_own(page: Shown) -> None:
    """No word of the rival's deals."""
    said = NUMBERED.sub("", page.text)  # an id made by chance may have the rival's digits
    for secret in ("Secret Rival Deal", "7,777", "7777", "zorro", "O-2"):
        assert secret not in said, (page.path, secret)


def assert_translated(page: Shown) -> None:
    """Nothing in Latin letters but names."""
    for text in page.ours:
        rest = text
        while ISOLATED.search(rest):
            rest = ISOLATED.sub(" ", rest)
        assert set(LATIN.findall(rest)) <= NAMES, (page.path, rest)


async def test_what_belongs_to_a_rival_is_as_if_it_were_not(importing: Channel, sign_in: SignIn) -> None:
    await told(importing)
    rival = next(one for one in (await importing.read("/v1/pipeline"))["items"] if one["partner"] == "zorro")
    person = await sign_in(importing, "acme")
    number = rival["registration"]
    for path in (f"/console/registrations/{number}", f"/console/registrations/{number}/withdrawal",
                 "/console/registrations/reg_00000000000000000000000000000000", "/console/deals/opp_1",
                 "/console/desk", "/console/registrations/%2e%2e%2f%2e%2e%2fv1", "/console/registrations/x%00y",
                 ):  # fmt: skip
        answer = await person.get(path)
        assert answer.status_code in (404, 422), (path, answer.status_code)
        assert "Secret" not in answer.text
    assert CUSTOMER["legal_name"] in (await person.see("/console/registrations")).text
