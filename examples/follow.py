"""Register one deal as a partner, wait for the decision, then follow the partner's events.

    URL=http://127.0.0.1:8080 PARTNER_KEY=dr_… python examples/follow.py [--after POSITION] [--once]

Only httpx is needed. Every event is printed as one line of JSON. Keep the last position and start again with
`--after` to go on where you stopped: delivery is at least once, so handle an event and its position together.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx

WAIT_SECONDS = 10
POLL_SECONDS = 2.0
RETRIES = 5
"""Of one request; the pauses between them double from half a second."""

CLAIM = {
    "program": "hunting",
    "customer": {"legal_name": "Hafenkontor Nord AG", "country": "DE", "duns": "150483782"},
    "products": ["GTX Basic"],
    "amount": {"amount": "12500.00", "currency": "EUR"},
    "close_date": "2027-03-31",
}


def request(client: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response:
    """Send a request, and send it again after 429, 503 or a lost connection.

    A retry needs the same Idempotency-Key, so the caller chooses it: then it has one effect, however often it is sent.
    """
    pause = 0.5
    for left in reversed(range(RETRIES)):
        try:
            answer = client.request(method, path, **options)
            if answer.status_code not in (429, 503) or not left:
                return answer
            wait = float(answer.headers.get("retry-after", pause))
        except httpx.TransportError:
            if not left:
                raise
            wait = pause
        time.sleep(wait)
        pause *= 2
    raise AssertionError("the last attempt returns or raises")


def register(client: httpx.Client, claim: dict[str, Any], key: str) -> dict[str, Any]:
    """Submit the claim and return the explanation of its decision; exits with the problem where it was refused."""
    accepted = request(client, "POST", "/v1/registrations", json=claim, headers={"Idempotency-Key": key})
    stop_if_refused(accepted)
    location, fact = accepted.json()["location"], accepted.json()["fact"]
    # Read your own write: the answer is given as soon as the read models have seen the fact.
    seen = {"min_position": fact, "wait": WAIT_SECONDS}
    # Location is the registration, or the refusal as a problem; the explanation says why.
    stop_if_refused(request(client, "GET", location, params=seen))
    why = request(client, "GET", f"{location}/explanation", params=seen)
    stop_if_refused(why)
    explained: dict[str, Any] = why.json()
    return explained


def stop_if_refused(answer: httpx.Response) -> None:
    """Exit with the code and the reason of an error; branch on `code`, never on the words."""
    if answer.is_error:
        problem = answer.json()
        sys.exit(f"{problem['code']}: {problem['detail']}")


def events(client: httpx.Client, after: int) -> Iterator[list[dict[str, Any]]]:
    """Yield page after page of events, in order; an empty page means that there is nothing new yet."""
    path = f"/v1/events?after={after}"
    while True:
        answer = request(client, "GET", path)
        stop_if_refused(answer)
        page = answer.json()
        yield page["items"]
        path = page["next"]


def main() -> None:
    parser = argparse.ArgumentParser(description="Register a deal and follow the partner's events.")
    parser.add_argument("--after", type=int, default=0, help="position of the last event that you have handled")
    parser.add_argument("--once", action="store_true", help="stop where there is nothing new, instead of polling")
    options = parser.parse_args()
    key = os.environ.get("PARTNER_KEY") or sys.exit("set PARTNER_KEY to a key of a partner")
    url = os.environ.get("URL", "http://127.0.0.1:8080")

    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        claim = register(client, CLAIM, key="example-follow-1")
        print(f"{claim['registration']} is {claim['state']}: {claim['sentence']}", file=sys.stderr)
        for page in events(client, options.after):
            for event in page:
                print(json.dumps(event), flush=True)
            if not page:
                if options.once:
                    return
                time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
