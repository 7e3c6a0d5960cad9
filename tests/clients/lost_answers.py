"""The client where answers are lost after the service took the request; job and findings are JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

import httpx
from dealreg_client import Dealreg, Refused, Retries, StillPending
from dealreg_client.retrying import Retrying


class Losing(httpx.BaseTransport):
    """Sends every request, and loses every other answer."""

    def __init__(self) -> None:
        self.inner, self.sent = httpx.HTTPTransport(), 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        answer = self.inner.handle_request(request)
        if self.sent % 2:
            answer.close()
            raise httpx.ReadError("lost", request=request)
        return answer


def main(url: str, key: str, message: dict[str, Any]) -> dict[str, Any]:
    dealreg, losing = Dealreg(url, key), Losing()
    transport = Retrying(losing, Retries(first_delay=0.01))
    http = httpx.Client(base_url=url, transport=transport, headers={"Authorization": f"Bearer {key}"}, timeout=40)
    dealreg.api.set_httpx_client(http)
    claim = dealreg.register(message)
    sent, again = losing.sent, dealreg.register(message)
    seen: dict[str, Any] = {
        "registration": claim.registration, "again": again.registration, "sent": sent, "state": claim.state,
    }  # fmt: skip
    for name, other in (("reused", {**message, "site": "Hamburg"}), ("invalid", {"external_id": "Q-9", "vat": 1})):
        try:
            dealreg.register(other)
        except Refused as refused:
            seen[name] = [refused.status, refused.code, sorted((one.field, one.code) for one in refused.problems)]
    try:
        dealreg.wait_for(claim.registration, "converted", seconds=0.1)
    except StillPending as pending:
        seen["pending"] = pending.location
    return seen


if __name__ == "__main__":
    json.dump(main(**json.load(sys.stdin)), sys.stdout)
