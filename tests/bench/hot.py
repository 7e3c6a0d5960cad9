"""The demo's file as facts: 85 customers with some seventy claims each, the hot case of the decider."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from dealreg.demo.export import read_export
from dealreg.demo.history import VENDOR, VENDOR_NAME, begins_at, rows
from services.registration.intake.kinds import KINDS
from services.registration.intake.submission import Sent, Submissions
from shared.credentials import SCOPES, Caller
from shared.events.envelope import Fact
from shared.events.vendor import VendorCreated
from shared.persons import MasterKey

PRINCIPAL = "key:bench"


def hot_facts(most: int) -> Iterator[Fact]:
    """The first facts that the demo's rows become, its house among them."""
    export = read_export()
    submissions = Submissions(MasterKey(bytes(32)))
    caller = Caller(VENDOR, PRINCIPAL, None, frozenset(SCOPES), "bench")
    created = VendorCreated(name=VENDOR_NAME, mode="importing")
    yield Fact("created", VENDOR, created, begins_at(export), PRINCIPAL, importing=True)
    for row in islice(rows(export), most):
        kind, body = KINDS[row["kind"]], dict(row["body"])
        target = body.pop(kind.target) if kind.target else ""
        at = datetime.fromisoformat(row["recorded_at"])
        one = submissions.prepare(Sent(kind, body, row["key"], target, recorded_at=at), caller)
        yield Fact(one.fact, one.vendor, one.event({}), at, PRINCIPAL, partner=one.partner, importing=True)
