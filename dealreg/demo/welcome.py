"""What `dealreg run --demo` says once it stands: where it answers, the keys, and what to try, with real names."""

from __future__ import annotations

import shlex
from typing import Any

import httpx
import orjson

from dealreg.demo.history import PROGRAM, VENDOR, identifier
from dealreg.demo.memory import CLAIMANT, Memory
from dealreg.demo.reading import every
from shared.events.envelope import fact_id, registration_id
from shared.settings import variable

LIVE = "state=protected&state=waiting&state=in_review"


async def welcome(client: httpx.AsyncClient, url: str, memory: Memory) -> str:
    """Lines for a shell: a rival's claim on a deal that is held today, its explanation, the pipeline, the money."""
    deal = await _held_by_a_rival(client, memory)
    return f"""
dealreg answers at {url} as vendor {VENDOR} (documentation: {url}/docs); Ctrl-C ends it.
{_held(deal, memory.partner)}

export PARTNER_KEY={memory.partner_key}
export VENDOR_KEY={memory.vendor_key}
{_claim(url, deal)}
curl -s '{url}/v1/pipeline?state=waiting&limit=3' -H "Authorization: Bearer $VENDOR_KEY"

{payout_lines(url, memory.partner)}
"""


def _held(deal: dict[str, Any] | None, partner: str) -> str:
    """What there is to claim."""
    if deal is None:
        return (
            f"No rival of {partner} holds a deal that it has not claimed already, so none is suggested here; "
            f"a new data folder ({variable('data_dir')}) begins with the pipeline as it was."
        )
    name, product = deal["customer"]["legal_name"], deal["products"][0]
    return f"{name} / {product} is held for {deal['days_left']} more days. As its rival {partner}, claim it:"


def _claim(url: str, deal: dict[str, Any] | None) -> str:
    if deal is None:
        return ""
    customer, product = deal["customer"]["legal_name"], deal["products"][0]
    body = {"program": PROGRAM, "customer": {"legal_name": customer}, "products": [product]}
    if deal["amount"] is not None:
        body["amount"] = deal["amount"]
    key = f"claim-{identifier(customer)}-{identifier(product)}"
    # The number that the claim will have: it derives from who sends it and under which key.
    number = registration_id(fact_id(VENDOR, CLAIMANT, key))
    return f"""
curl -si {url}/v1/registrations -H "Authorization: Bearer $PARTNER_KEY" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: {key}' -H 'Prefer: wait=5' \\
  -d {shlex.quote(orjson.dumps(body).decode())}

curl -s {url}/v1/registrations/{number}/explanation \\
  -H "Authorization: Bearer $PARTNER_KEY"
"""


def payout_lines(url: str, partner: str) -> str:
    """What the partner has earned, as it sees it, and what is payable to it by month, as its vendor's finance does."""
    return f"""curl -s '{url}/v1/payouts/summary?group_by=partner' -H "Authorization: Bearer $PARTNER_KEY"

curl -si '{url}/v1/payouts?partner={partner}&account=payable' \\
  -H "Authorization: Bearer $VENDOR_KEY" -H 'Accept: text/csv'"""


async def _held_by_a_rival(client: httpx.AsyncClient, memory: Memory) -> dict[str, Any] | None:
    """The deal that is held longest by somebody else and not yet claimed by our partner; None where there is none."""
    headers = {"Authorization": f"Bearer {memory.vendor_key}"}
    mine = every(client, f"/v1/pipeline?partner={memory.partner}&{LIVE}", headers)
    claimed = {(one["customer"]["legal_name"], *one["products"]) async for one in mine}
    async for one in every(client, "/v1/pipeline?state=protected&sort=-protected_until", headers):
        if one["partner"] != memory.partner and (one["customer"]["legal_name"], *one["products"]) not in claimed:
            return one
    return None
