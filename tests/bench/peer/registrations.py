"""The peer: registrations as aggregates of the library eventsourcing, and a view of them by its tracking recorder.

Run by the Python of an environment of its own; it knows nothing of dealreg. A job comes on standard input, the figures
go to standard output. Written as the library's documentation does it: an aggregate for each registration, one save for
what one request leads to, a projection that writes rows and position of one event in one transaction.
"""

from __future__ import annotations

import json
import sys
import time
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner

WAIT_SECONDS = 600.0

# The columns of dealreg's view `pipeline` that these events fill, with its keys: rows by version, current ones indexed.
COLUMNS = (
    "vendor", "registration_id", "from_seq", "to_seq", "state", "review", "protection", "program", "policy", "tier",
    "partner", "external_id", "customer_name", "customer_country", "customer_city", "customer_domain",
    "customer_tax_id", "customer_sector", "products", "amount_minor", "currency", "close_date", "site", "project",
    "competitor", "sealed", "behind",
)  # fmt: skip
CREATE_VIEW = """
CREATE TABLE IF NOT EXISTS pipeline (
    vendor text COLLATE "C" NOT NULL, registration_id text COLLATE "C" NOT NULL, from_seq bigint NOT NULL,
    to_seq bigint, state text COLLATE "C" NOT NULL, review text NOT NULL, protection text,
    program text COLLATE "C" NOT NULL, policy text, tier text, partner text COLLATE "C" NOT NULL, external_id text,
    customer_name text COLLATE "C" NOT NULL, customer_country text, customer_city text, customer_domain text,
    customer_tax_id text, customer_sector text, products text[] NOT NULL, amount_minor bigint, currency text,
    close_date date, site text, project text, competitor text, sealed bytea, behind text[] NOT NULL,
    PRIMARY KEY (vendor, registration_id, from_seq)
)
"""
CREATE_INDEX = """
CREATE UNIQUE INDEX IF NOT EXISTS pipeline_current ON pipeline (vendor, partner, registration_id) WHERE to_seq IS NULL
"""
INSERT = f"INSERT INTO pipeline ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
CURRENT = f"SELECT {', '.join(COLUMNS)} FROM pipeline WHERE vendor = %s AND registration_id = %s AND to_seq IS NULL"
CLOSE = "UPDATE pipeline SET to_seq = %s WHERE vendor = %s AND registration_id = %s AND from_seq = %s"


class Registration(Aggregate):
    """A claim through its first three events."""

    @event("Submitted")
    def __init__(self, vendor: str, key: str, claim: dict[str, Any]) -> None:
        self.vendor, self.key, self.claim = vendor, key, claim
        self.state = "submitted"

    @staticmethod
    def create_id(vendor: str, key: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/{vendor}/{key}")

    @event("Completed")
    def complete(self, policy: str, tier: str, products: list[str], keys: list[str]) -> None:
        self.state, self.policy, self.tier = "in_review", policy, tier

    @event("Approved")
    def approve(self, protected_from: str, protected_until: str) -> None:
        self.state = "protected"

    @event("Held")
    def hold(self, behind: list[str]) -> None:
        self.state, self.behind = "in_conflict", behind


class Pipeline(Application[UUID]):
    """The registrations of all vendors. Who is ahead of a deal is known beforehand: nothing is looked up."""

    def register(self, vendor: str, key: str, claim: dict[str, Any], behind: list[str]) -> None:
        one = Registration(vendor=vendor, key=key, claim=claim)
        customer = claim["customer"]
        keys = [f"tax:{customer['tax_id']}", f"domain:{customer['domain']}", f"name:{customer['legal_name']}"]
        one.complete(policy=f"{claim['program']}/1", tier="silver", products=claim["products"], keys=keys)
        if behind:
            one.hold(behind=behind)
        else:
            one.approve(protected_from="2025-01-06T08:00:00Z", protected_until="2025-04-06T08:00:00Z")
        self.save(one)


class View(PostgresTrackingRecorder):
    """The table, and the statements of one event in one transaction with its position."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(CREATE_VIEW)
            cursor.execute(CREATE_INDEX)

    def submitted(self, row: list[Any], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(INSERT, row, prepare=True)

    def changed(self, vendor: str, registration: str, seq: int, changes: dict[str, Any], tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            row = cursor.execute(CURRENT, (vendor, registration), prepare=True).fetchone()
            assert row is not None
            cursor.execute(CLOSE, (seq, vendor, registration, row["from_seq"]), prepare=True)
            cursor.execute(INSERT, list({**row, **changes, "from_seq": seq}.values()), prepare=True)


class PipelineProjection(Projection[View]):
    """What each event makes of a row."""

    name = "pipeline"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        seq, registration = tracking.notification_id, str(domain_event.originator_id)
        match domain_event:
            case Registration.Submitted():
                self.view.submitted(first_row(domain_event, registration, seq), tracking)
            case Registration.Completed():
                changes = {"review": "pending", "policy": domain_event.policy, "tier": domain_event.tier}
                self.view.changed(VENDOR, registration, seq, changes, tracking)
            case Registration.Approved():
                changes = {"state": "protected", "review": "approved", "protection": "protected"}
                self.view.changed(VENDOR, registration, seq, changes, tracking)
            case Registration.Held():
                changes = {"state": "in_conflict", "review": "held", "behind": domain_event.behind}
                self.view.changed(VENDOR, registration, seq, changes, tracking)


VENDOR = "peer"


def first_row(event: Any, registration: str, seq: int) -> list[Any]:
    claim, customer, amount = event.claim, event.claim["customer"], event.claim["amount"]
    sealed = json.dumps({"contact": claim["contact"], "notes": claim["notes"]}).encode()
    return [
        event.vendor, registration, seq, None, "submitted", "none", None, claim["program"], None, None,
        claim["partner"], claim["external_id"], customer["legal_name"], customer["country"], customer["city"],
        customer["domain"], customer["tax_id"], customer["sector"], claim["products"],
        int(Decimal(amount["amount"]) * 100), amount["currency"], claim["close_date"], claim["site"],
        claim["project"], claim["competitor"], sealed, [],
    ]  # fmt: skip


def projected(env: dict[str, str], events: int) -> float:
    """Seconds from an empty view until every event is in it."""
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=Pipeline, projection_class=PipelineProjection, view_class=View, env=env
    ) as runner:
        runner.wait(events, timeout=WAIT_SECONDS)
        seconds = time.perf_counter() - began
        with runner.view.datastore.transaction() as cursor:
            found = cursor.execute("SELECT count(*) AS rows FROM pipeline").fetchone()
        assert found is not None
        assert found["rows"] == events, f"{found['rows']} versions of {events} events"
    return seconds


def main() -> None:
    job = json.load(sys.stdin)
    env = {"PERSISTENCE_MODULE": "eventsourcing.postgres", **job["env"]}
    application = Pipeline(env)
    began = time.perf_counter()
    for number, (claim, behind) in enumerate(job["claims"]):
        application.register(VENDOR, str(number), claim, behind)
    registering = time.perf_counter() - began
    events = application.recorder.max_notification_id()
    assert events == 3 * len(job["claims"])
    live = projected(env, events)
    # A rebuild, as the library has it: the view and its position are gone, and the same projection begins anew.
    with application.factory.datastore.transaction(commit=True) as cursor:
        cursor.execute("DROP TABLE pipeline")
        cursor.execute("DELETE FROM pipeline_tracking WHERE application_name = %s", (application.name,))
    rebuilding = projected(env, events)
    application.close()
    told = {"events": events, "registering": registering, "projecting": live, "rebuilding": rebuilding}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
