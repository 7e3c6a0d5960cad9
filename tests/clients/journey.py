"""One claim through the generated client; reads what it needs from standard input, prints what it saw as JSON.

Runs under the generator's own Python, which has neither dealreg nor its libraries.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from typing import Any

import dealreg_client
from dealreg_client import AuthenticatedClient
from dealreg_client.api.pipeline import list_pipeline
from dealreg_client.api.registrations import amend_registration, get_registration, submit_registration
from dealreg_client.models import AmendRegistration, SubmitRegistration


def main(base_url: str, key: str, partner: str) -> dict[str, Any]:
    """Submit three claims, amend one twice under the same revision, read it, page through the pipeline."""
    for module in pkgutil.walk_packages(dealreg_client.__path__, "dealreg_client."):
        importlib.import_module(module.name)
    client = AuthenticatedClient(base_url=base_url, token=key, raise_on_unexpected_status=True)
    submitted = []
    for number in range(3):
        body = SubmitRegistration.from_dict(
            {
                "program": "hunting",
                "partner": partner,
                "customer": {"legal_name": f"Customer {number} GmbH", "country": "DE", "duns": f"15048378{number}"},
                "products": ["X"],
            }
        )
        answer = submit_registration.sync_detailed(
            client=client, body=body, idempotency_key=f"claim-{number}", prefer="wait=20"
        )
        assert answer.status_code == 200, answer.content
        submitted.append(answer.parsed.to_dict())
    one = submitted[0]["registration"]
    amended = amend_registration.sync_detailed(
        one,
        client=client,
        body=AmendRegistration.from_dict({"site": "Hamburg"}),
        idempotency_key="amendment-1",
        if_match=f'"{submitted[0]["revision"]}"',
        prefer="wait=20",
    )
    stale = amend_registration.sync_detailed(
        one,
        client=client,
        body=AmendRegistration.from_dict({"site": "Bremen"}),
        idempotency_key="amendment-2",
        if_match=f'"{submitted[0]["revision"]}"',
        prefer="wait=20",
    )
    read = get_registration.sync(one, client=client)
    pages, cursor = [], None
    while True:
        page = list_pipeline.sync(client=client, limit=1, **({"cursor": cursor} if cursor else {}))
        pages.append([item.registration for item in page.items])
        if page.next_ is None:
            break
        cursor = page.next_.partition("cursor=")[2].partition("&")[0]
    return {
        "submitted": [found["registration"] for found in submitted],
        "amended": amended.status_code,
        "stale": [stale.status_code, stale.parsed.code, stale.parsed.type_],
        "site": read.site,
        "revision": read.revision,
        "pages": pages,
    }


if __name__ == "__main__":
    json.dump(main(**json.load(sys.stdin)), sys.stdout)
