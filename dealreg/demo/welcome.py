"""Print what `dealreg run --demo` shows when it is ready: its address, the keys, and requests to try."""

from __future__ import annotations

import shlex
from typing import Any

import httpx
import orjson

from dealreg.demo.history import PROGRAM, VENDOR, identifier
from dealreg.demo.importing import OWNER
from dealreg.demo.memory import CLAIMANT, Memory
from dealreg.demo.reading import every
from dealreg.runtime.components import Runtime
from dealreg.runtime.sign_in import sign_in_path
from shared.events.envelope import fact_id, registration_id
from shared.settings import variable

LIVE = "state=protected&state=waiting&state=in_review"


async def welcome(client: httpx.AsyncClient, url: str, memory: Memory) -> str:
    """Return lines for a shell: a rival's claim on a protected deal, its explanation, the pipeline, the payouts."""
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


async def console_lines(runtime: Runtime, url: str, memory: Memory) -> str:
    """Return the console's address, and a link that signs a person in as the partner and one as the manager."""
    pool, settings = runtime.pool, runtime.settings
    partner = await sign_in_path(pool, settings, VENDOR, partner=memory.partner, principal=CLAIMANT)
    manager = await sign_in_path(pool, settings, VENDOR, partner=None, principal=OWNER)
    return f"""
The console is at {url}/console. Each link signs in once, within ten minutes
(dealreg console link {VENDOR} makes another; --partner {memory.partner} for the partner):

  partner {memory.partner}
  {url}{partner}

  channel manager
  {url}{manager}

Deals to approve, names to compare, a request and a win to link wait on the manager's desk; the partner has a turn to
confirm, a question to answer and protection that ends soon.
"""


def _held(deal: dict[str, Any] | None, partner: str) -> str:
    """Return the suggested claim."""
    if deal is None:
        return (
            f"Partner {partner} has already claimed every deal that a rival holds, so none is suggested here; "
            f"a new data folder ({variable('data_dir')}) starts with the original pipeline."
        )
    name, product = deal["customer"]["legal_name"], deal["products"][0]
    return f"{name} / {product} is protected for {deal['days_left']} more days. Claim it as its rival {partner}:"


def _claim(url: str, deal: dict[str, Any] | None) -> str:
    if deal is None:
        return ""
    customer, product = deal["customer"]["legal_name"], deal["products"][0]
    body = {"program": PROGRAM, "customer": {"legal_name": customer}, "products": [product]}
    if deal["amount"] is not None:
        body["amount"] = deal["amount"]
    key = f"claim-{identifier(customer)}-{identifier(product)}"
    # The id that the claim will get: it derives from the principal and the idempotency key.
    number = registration_id(fact_id(VENDOR, CLAIMANT, key))
    return f"""
curl -si {url}/v1/registrations -H "Authorization: Bearer $PARTNER_KEY" \\
  -H 'Content-Type: application/json' -H 'Idempotency-Key: {key}' -H 'Prefer: wait=5' \\
  -d {shlex.quote(orjson.dumps(body).decode())}

curl -s {url}/v1/registrations/{number}/explanation \\
  -H "Authorization: Bearer $PARTNER_KEY"
"""


def payout_lines(url: str, partner: str) -> str:
    """Return requests for what the partner has earned, and for what is payable to it by month."""
    return f"""curl -s '{url}/v1/payouts/summary?group_by=partner' -H "Authorization: Bearer $PARTNER_KEY"

curl -si '{url}/v1/payouts?partner={partner}&account=payable' \\
  -H "Authorization: Bearer $VENDOR_KEY" -H 'Accept: text/csv'"""


async def _held_by_a_rival(client: httpx.AsyncClient, memory: Memory) -> dict[str, Any] | None:
    """Find the longest-protected deal of another partner that our partner has not claimed, or None."""
    headers = {"Authorization": f"Bearer {memory.vendor_key}"}
    mine = every(client, f"/v1/pipeline?partner={memory.partner}&{LIVE}", headers)
    claimed = {(one["customer"]["legal_name"], *one["products"]) async for one in mine}
    async for one in every(client, f"/v1/pipeline?program={PROGRAM}&state=protected&sort=-protected_until", headers):
        if one["partner"] != memory.partner and (one["customer"]["legal_name"], *one["products"]) not in claimed:
            return one
    return None
