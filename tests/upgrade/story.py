"""What a database of a release holds: two vendors whose tables all have rows, and what readers are told of them."""

from __future__ import annotations

from typing import Any

from dealreg.runtime.in_process import Stack
from services.projections.views import CONFLICTS
from shared.projection.rebuild import Rebuild
from tests.e2e.channel import CUSTOMER, Channel
from tests.e2e.till import MONEY, item, refund, win

IMPORTED, LIVE = "maven", "acme"
LAST_DAY = 60.0
"""Of the imported history."""
MERGE_PATCH = "application/merge-patch+json"
CONTACT = {"name": "Amina Fathy", "email": "amina@delta.example"}
DELTA = {"legal_name": "Delta Foods", "country": "EG", "tax_id": "204-829-321"}
ERASED = {"legal_name": "Sinai Tools", "country": "EG", "tax_id": "204-829-333"}
EXTENSION = {"max": 1, "days": 30, "decide": "5bd"}
RULES: dict[str, Any] = {**MONEY, "protection": {"days": 90, "extension": EXTENSION}}


async def told_to(stack: Stack) -> None:
    """Both vendors have lived for a while."""
    await stack.vendor(IMPORTED, importing_from=Channel.START)
    maven = await (await Channel.open(stack, IMPORTED, day=0)).house("a", "b", "c", policy=RULES)
    await _claims(maven)
    await _money(maven.on(20))
    await maven.pass_time(LAST_DAY)
    await stack.vendor(LIVE)
    acme = await (await Channel.open(stack, LIVE, day=None)).house("a", "b", policy=RULES)
    await acme.claim("a", contact=CONTACT)
    await acme.claim("b")
    connection = {"name": "crm"}
    assert (await acme.send("POST", "/v1/crm-connections", connection)).status_code in (200, 201)
    await stack.drained()
    on = stack.runtime
    await Rebuild(on.pool, on.log, on.settings, CONFLICTS).run(keep=True)


async def _claims(maven: Channel) -> None:
    """Each way that a claim can go."""
    held = await maven.claim(
        "a", contact=CONTACT, notes="knows the board", amount={"amount": "900.00", "currency": "USD"}
    )
    path = f"/v1/registrations/{held['registration']}"
    await maven.on(1).claim("b")
    delta = await maven.on(2).claim("b", customer=DELTA, products=["Y"])
    await _done(maven, "POST", f"/v1/registrations/{delta['registration']}/withdrawal", {"reason": "postponed"})
    gone = {"name": "Karim Nobody", "email": "karim@sinai.example"}
    await maven.on(3).claim("c", customer=ERASED, contact=gone)
    await _done(maven, "POST", f"{path}/evidence", {"kind": "demo", "on": "2026-01-02", "note": "a whole day"})
    await _done(maven, "PATCH", path, {"site": "Cairo"}, Content_Type=MERGE_PATCH, If_Match='"2"')
    await _done(maven, "POST", f"{path}/extension", {"reason": "their board meets in May"})
    await _done(maven.on(4), "POST", f"{path}/review", {"verdict": "grant_extension", "note": "she was sure"})
    await _done(maven.on(5), "POST", "/v1/partners/c/suspension", {"reason": "unpaid invoices"})
    refused = {"program": "hunting", "partner": "c", "customer": CUSTOMER, "products": ["Z"]}
    answer = await maven.send("POST", "/v1/registrations", refused)
    assert (answer.status_code, answer.json()["code"]) == (403, "partner.suspended")
    answer = await maven.send("POST", "/v1/persons/erasure", {"email": gone["email"]})
    assert answer.json()["erased"], answer.text


async def _money(maven: Channel) -> None:
    """A deal won and paid, one refunded in part, one lost and reopened, one of nobody's."""
    more = {"customer": DELTA, "products": ["X"]}
    await maven.claim("a", **more)
    await win(maven.on(21), "O-1", "a", "1200.00", items=[item("X", "1000.00"), item("Z", "200.00")])
    await win(maven.on(22), "O-2", "a", "500.00", **more)
    await refund(maven.on(30), "O-2", "R-1", "100.00")
    await maven.crm("created", "O-3", customer=ERASED, products=["Y"])
    for event in ("lost", "reopened"):
        await maven.crm(event, "O-3", customer=ERASED, products=["Y"])


async def _done(channel: Channel, method: str, path: str, body: Any, **headers: str) -> None:
    answer = await channel.send(method, path, body, **headers)
    assert answer.status_code == 200, answer.text


async def told(stack: Stack) -> dict[str, Any]:
    """What readers are told of the imported vendor, less what a later release may say more or in other words."""
    maven = await Channel.open(stack, IMPORTED, day=LAST_DAY)
    claims = (await maven.read("/v1/pipeline?limit=200&sort=submitted_at"))["items"]
    full = [await maven.registration(one) for one in claims]
    money = ("account", "month", "partner", "balance", "turnover")
    return {
        "registrations": [
            _only(one, "registration", "partner", "state", "revision", "protected_until", "site") for one in full
        ],
        "contacts": [(one.get("contact") or {}).get("name") for one in full],
        "conflicts": [_only(one, "conflict", "state", "outcome") for one in await _all(maven, "conflicts")],
        "opportunities": [_only(one, "external_id", "state", "case") for one in await _all(maven, "opportunities")],
        "credits": [_only(one, "opportunity", "role", "partner", "amount") for one in await _all(maven, "credits")],
        "rewards": [_only(one, "reward", "status", "amount") for one in await _all(maven, "rewards")],
        "payouts": [_only(one, *money) for one in await _all(maven, "payouts?partner=a")],
        "events": [one["type"] for one in (await maven.read("/v1/events?limit=1000"))["items"]],
    }


async def _all(maven: Channel, list_: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await maven.read(f"/v1/{list_}"))["items"]
    return found


def _only(document: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {name: document[name] for name in fields if name in document}
