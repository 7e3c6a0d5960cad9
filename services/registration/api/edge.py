"""The components of the edge, wired once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import asyncpg
import httpx
from fastapi import Request

from services.registration.crm.erasing import BodyErasure
from services.registration.crm.parts import Crm, build_crm
from services.registration.directory import VIEW
from services.registration.directory.reading import Directory
from services.registration.directory.references import References
from services.registration.intake.administration import Administration
from services.registration.intake.backlog import Backlog
from services.registration.intake.connections import Connections
from services.registration.intake.entry import entry_into
from services.registration.intake.erasure import Erasures
from services.registration.intake.idempotency import Idempotency
from services.registration.intake.intake import Intake
from services.registration.intake.marking import Marking
from services.registration.intake.submission import Submissions
from shared.log.port import EventLog
from shared.observability import Health, unanswered
from shared.outward import Guard, Outward, networks_of
from shared.partitions.following import DECIDER, Following, view_consumer
from shared.persons import MasterKey, Persons
from shared.saved_views import SavedViews
from shared.settings import Settings
from shared.webhooks import Deliveries, Endpoints

FOLLOWERS = (DECIDER, view_consumer(VIEW.name))
"""The edge is degraded without them: nothing is decided, or new partners stay unknown."""


@dataclass(slots=True)
class Edge:
    """Components of the registration service."""

    settings: Settings
    pool: asyncpg.Pool
    log: EventLog
    submissions: Submissions
    intake: Intake
    erasures: Erasures
    administration: Administration
    idempotency: Idempotency
    connections: Connections
    endpoints: Endpoints
    deliveries: Deliveries
    outward: Outward
    crm: Crm
    directory: Directory
    references: References
    backlog: Backlog
    following: Following
    query_client: httpx.AsyncClient | None
    importing: set[str] = field(default_factory=set)
    """Vendors with a running import request in this process."""

    async def health(self) -> Health:
        """Report whether writes are accepted, and which followers lag."""
        found = await unanswered(
            {"database": lambda: self.pool.fetchval("SELECT 1"), "log": lambda: self.log.end_offsets("facts")}
        )
        return found if found.missing else await self.following.degraded(FOLLOWERS)


def build(settings: Settings, pool: asyncpg.Pool, log: EventLog, query_client: httpx.AsyncClient | None) -> Edge:
    """Wire the components; nothing runs yet."""
    master_key = MasterKey(settings.master_key_bytes())
    idempotency = Idempotency(pool)
    persons = Persons(pool, master_key)
    submissions = Submissions(master_key)
    intake = Intake(entry_into(log, pool, persons), log, settings, Marking(idempotency))
    erasure = BodyErasure(pool, persons)
    erasures = Erasures(persons, erasure, SavedViews(pool, persons), intake, submissions)
    return Edge(
        settings=settings,
        pool=pool,
        log=log,
        submissions=submissions,
        intake=intake,
        erasures=erasures,
        administration=Administration(pool, intake),
        idempotency=idempotency,
        connections=Connections(pool, master_key, settings.credential_cache_seconds),
        endpoints=Endpoints(pool, master_key),
        deliveries=Deliveries(pool),
        outward=Outward(Guard(networks_of(settings.outward_networks))),
        crm=build_crm(settings, pool, master_key, intake, submissions, erasure, erasures),
        directory=Directory(pool),
        references=References(pool, log),
        backlog=Backlog(pool, log, settings.bulk_lag_limit),
        following=Following(pool, settings.lease_seconds),
        query_client=query_client,
    )


def edge_of(request: Request) -> Edge:
    """Return the edge that serves this request."""
    return cast(Edge, request.app.state.edge)
