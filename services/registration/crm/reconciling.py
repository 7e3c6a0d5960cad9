"""Compare a CRM's open and recently changed deals with what the log was told, and ask for those that differ.

The repair is the ordinary way: a deal that differs is read, and what it says is told. So comparing twice does no harm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from services.registration.crm.client import HubSpot, pages
from services.registration.crm.configured import Configurations, Configured, NotConfigured
from services.registration.crm.notices import Hint, deal
from services.registration.crm.record import Record, text_of
from services.registration.crm.store import Store
from shared.database import database_errors
from shared.values import BadValue, parse_instant
from shared.values.written import in_utc

LEASE_SECONDS = 1_800
"""A comparison that did not end by then is begun again by somebody else."""
MAX_LISTED = 1_000
"""Differences that a report lists; all of them are repaired."""

Code = Literal["missing", "stage", "changed", "gone"]

_DUE = """
SELECT t.connection FROM (
    SELECT DISTINCT ON (connection) connection, document FROM crm.settings ORDER BY connection, revision DESC
) t JOIN registration.crm_connection c USING (connection) LEFT JOIN crm.reconciliation r USING (connection)
WHERE c.deleted_at IS NULL AND (r.leased_until IS NULL OR r.leased_until < clock_timestamp())
    AND NOT EXISTS (SELECT FROM crm.pause p WHERE p.connection = t.connection AND p.until > clock_timestamp())
    AND EXISTS (
        SELECT FROM crm.secret s WHERE s.connection = t.connection AND s.kind = 'access_token' AND s.expires_at IS NULL
    )
    AND (r.asked_at IS NOT NULL OR ((t.document ->> 'reconcile_hours')::integer > 0 AND (r.started_at IS NULL
        OR r.started_at < clock_timestamp() - make_interval(hours => (t.document ->> 'reconcile_hours')::integer))))
"""
_START = """
INSERT INTO crm.reconciliation AS r (connection, started_at, leased_until)
VALUES ($1, clock_timestamp(), clock_timestamp() + make_interval(secs => $2))
ON CONFLICT (connection) DO UPDATE SET started_at = excluded.started_at, leased_until = excluded.leased_until
WHERE r.leased_until IS NULL OR r.leased_until < clock_timestamp()
RETURNING started_at
"""
_END = """
UPDATE crm.reconciliation SET finished_at = clock_timestamp(), leased_until = NULL, compared = $3, differing = $4,
    differences = $5::jsonb, asked_at = CASE WHEN asked_at > started_at THEN asked_at END
WHERE connection = $1 AND started_at = $2
"""
_ASK = """
INSERT INTO crm.reconciliation (connection, asked_at) VALUES ($1, clock_timestamp())
ON CONFLICT (connection) DO UPDATE SET asked_at = clock_timestamp()
"""
_OURS = """
SELECT d.deal, d.state, d.revision FROM crm.deal d
WHERE d.connection = $1 AND d.merged_into IS NULL AND (d.deal = ANY($2::text[]) OR ($3 AND d.state = 'open'))
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A deal that the CRM and the log do not agree on."""

    deal: str
    code: Code
    ours: str | None = None
    theirs: str | None = None


@dataclass(slots=True)
class Report:
    """What a comparison found."""

    started_at: datetime | None = None
    finished_at: datetime | None = None
    asked_at: datetime | None = None
    compared: int = 0
    differing: int = 0
    differences: list[Difference] = field(default_factory=list)

    def add(self, found: list[Difference]) -> None:
        """Count every one, and list the first of them."""
        self.differing += len(found)
        self.differences += found[: MAX_LISTED - len(self.differences)]


class Reconciler:
    """Compares."""

    def __init__(self, store: Store, configurations: Configurations, client: HubSpot) -> None:
        self._store = store
        self._configurations = configurations
        self._client = client

    async def due(self) -> list[str]:
        """Connections whose comparison is due or was asked for."""
        with database_errors():
            return [row["connection"] for row in await self._store.pool.fetch(_DUE)]

    async def ask(self, connection: str) -> None:
        """Ask for a comparison as soon as somebody can do it."""
        with database_errors():
            await self._store.pool.execute(_ASK, connection)

    async def last(self, connection: str) -> Report:
        """Return the last report, empty where there is none."""
        with database_errors():
            row = await self._store.pool.fetchrow("SELECT * FROM crm.reconciliation WHERE connection = $1", connection)
        if row is None:
            return Report()
        listed = [Difference(**one) for one in json.loads(row["differences"] or "[]")]
        started, finished, asked = (
            row[name] and in_utc(row[name]) for name in ("started_at", "finished_at", "asked_at")
        )
        return Report(started, finished, asked, row["compared"] or 0, row["differing"] or 0, listed)

    async def reconcile(self, connection: str, days: int | None = None) -> Report | None:
        """Compare now, open deals and those changed in so many days; None if somebody else does.

        Raises `NotConfigured`, `CrmAway`.
        """
        place = await self._configurations.get(connection)
        with database_errors():
            started = await self._store.pool.fetchval(_START, connection, LEASE_SECONDS)
        if started is None:
            return None
        report = Report(in_utc(started))
        try:
            if place.access_token is None:
                raise NotConfigured("no access token is set; PUT it to /v1/crm/{connection}/secrets first")
            await self._compare(place, report, days or place.settings.reconcile_days)
        except BaseException:
            with database_errors():
                await self._store.pool.execute(
                    "UPDATE crm.reconciliation SET leased_until = NULL WHERE connection = $1 AND started_at = $2",
                    connection, started,
                )  # fmt: skip
            raise
        listed = json.dumps([asdict(one) for one in report.differences])
        with database_errors():
            await self._store.pool.execute(_END, connection, started, report.compared, report.differing, listed)
        report.finished_at = datetime.now(UTC)
        return report

    async def _compare(self, place: Configured, report: Report, days: int) -> None:
        seen: set[str] = set()
        for filters in _filters(place, days):
            async for found in pages(self._client, place, filters):
                fresh = {str(one["id"]): one for one in found if "id" in one and str(one["id"]) not in seen}
                seen |= fresh.keys()
                report.compared += len(fresh)
                ours = await self._ours(place.connection, list(fresh))
                await self._repair(place, report, [d for one in fresh.values() if (d := _differs(place, one, ours))])
        ours = await self._ours(place.connection, [], and_open=True)
        gone = [Difference(id_, "gone", state) for id_, (state, _) in ours.items() if id_ not in seen]
        await self._repair(place, report, gone)

    async def _ours(
        self, connection: str, deals: list[str], *, and_open: bool = False
    ) -> dict[str, tuple[str | None, datetime | None]]:
        with database_errors():
            rows = await self._store.pool.fetch(_OURS, connection, deals, and_open)
        return {row["deal"]: (row["state"], row["revision"] and in_utc(row["revision"])) for row in rows}

    async def _repair(self, place: Configured, report: Report, found: list[Difference]) -> None:
        report.add(found)
        await self._store.ask(place.connection, [Hint(deal(one.deal)) for one in found])


def _filters(place: Configured, days: int) -> list[list[dict[str, Any]]]:
    settings = place.settings
    stages = [name for name, meaning in settings.stages.items() if meaning == "open"]
    since = datetime.now(UTC) - timedelta(days=days)
    changed = {
        "propertyName": "hs_lastmodifieddate",
        "operator": "GTE",
        "value": str(int(since.timestamp() * 1000)),
    }
    opened = [{"propertyName": "dealstage", "operator": "IN", "values": stages}]
    return [[changed], *([opened] if stages else [])]


def _differs(
    place: Configured, theirs: Mapping[str, Any], ours: Mapping[str, tuple[str | None, datetime | None]]
) -> Difference | None:
    settings, id_ = place.settings, str(theirs["id"])
    if settings.pipelines and text_of(theirs, "pipeline") not in settings.pipelines:
        return None
    stage = text_of(theirs, "dealstage")
    meant = settings.stages.get(stage)
    if meant == "ignored":
        return None
    known = ours.get(id_)
    if known is None or known[0] is None:
        return Difference(id_, "missing", None, stage)
    if meant != known[0]:
        return Difference(id_, "stage", known[0], stage)
    revision = _revision(theirs)
    if known[1] is None or (revision is not None and revision > known[1]):
        return Difference(id_, "changed", known[0], stage)
    return None


def _revision(theirs: Mapping[str, Any]) -> datetime | None:
    try:
        return parse_instant(Record(theirs).property("deal.hs_lastmodifieddate"))
    except BadValue:
        return None
