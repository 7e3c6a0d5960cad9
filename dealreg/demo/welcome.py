"""What `dealreg run --demo` says once it stands: where it answers, the keys, and what to try, with real names."""

from __future__ import annotations

import shlex
from typing import Any

import httpx
import orjson

from dealreg.demo.history import PROGRAM, VENDOR, identifier
from dealreg.demo.memory import CLAIMANT, Memory
from shared.errors import Unavailable
from shared.events.envelope import fact_id, registration_id

LIVE = "state=protected&state=waiting"
PAGE = 500


async def welcome(client: httpx.AsyncClient, url: str, memory: Memory) -> str:
    """Lines for a shell: a rival's claim on a deal that is held today, its explanation, the pipeline, the money."""
    deal = await _held_by_a_rival(client, memory)
    customer, product = deal["customer"]["legal_name"], deal["products"][0]
    body = {
        "program": PROGRAM,
        "customer": {"legal_name": customer},
        "products": [product],
        "amount": deal["amount"],
    }
    key = f"claim-{identifier(customer)}-{identifier(product)}"
    # The number that the claim will have: it derives from who sends it and under which key.
    number = registration_id(fact_id(VENDOR, CLAIMANT, key))
    return f"""
dealreg answers at {url} as vendor {VENDOR} (documentation: {url}/docs); Ctrl-C ends it.
{customer} / {product} is held for {deal["days_left"]} more days. As its rival {memory.partner}, claim it:

export PARTNER_KEY={memory.partner_key}
export VENDOR_KEY={memory.vendor_key}

curl -si {url}/v1/registrations -H "Authorization: Bearer $PARTNER_KEY" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: {key}' -H 'Prefer: wait=5' \\
  -d {shlex.quote(orjson.dumps(body).decode())}

curl -s {url}/v1/registrations/{number}/explanation \\
  -H "Authorization: Bearer $PARTNER_KEY"

curl -s '{url}/v1/pipeline?state=waiting&limit=3' -H "Authorization: Bearer $VENDOR_KEY"

{payout_lines(url, memory.partner)}
"""


def payout_lines(url: str, partner: str) -> str:
    """What the partner has earned, as it sees it, and what is payable to it by month, as its vendor's finance does."""
    return f"""curl -s '{url}/v1/payouts/summary?group_by=partner' -H "Authorization: Bearer $PARTNER_KEY"

curl -si '{url}/v1/payouts?partner={partner}&account=payable' \\
  -H "Authorization: Bearer $VENDOR_KEY" -H 'Accept: text/csv'"""


async def _held_by_a_rival(client: httpx.AsyncClient, memory: Memory) -> dict[str, Any]:
    """The deal that is held longest by somebody else and not yet claimed by our partner."""
    headers = {"Authorization": f"Bearer {memory.vendor_key}"}
    mine = await _items(client, f"/v1/pipeline?partner={memory.partner}&{LIVE}&limit={PAGE}", headers)
    claimed = {(one["customer"]["legal_name"], *one["products"]) for one in mine}
    held = await _items(client, f"/v1/pipeline?state=protected&sort=-protected_until&limit={PAGE}", headers)
    for one in held:
        if one["partner"] != memory.partner and (one["customer"]["legal_name"], *one["products"]) not in claimed:
            return one
    raise Unavailable("nobody holds a deal any more: the demo's history ended too long ago; begin a new one")


async def _items(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = await client.get(path, headers=headers)
    if answer.status_code != 200:
        raise Unavailable(f"{path} was answered with {answer.status_code}: {answer.text[:500]}")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
