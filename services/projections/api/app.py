"""The query API as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from services.projections.api import (
    attribution,
    audit,
    cases,
    conflicts,
    credits,
    deal_explanations,
    events,
    explanation,
    facts,
    ledger,
    matches,
    measure_revenue,
    measure_targets,
    measures,
    opportunities,
    parked,
    payouts,
    payouts_summary,
    pipeline,
    rates,
    registrations,
    rewards,
    sandbox,
    saved_views,
    summary,
)
from services.projections.api.context import Queries, queries_over
from services.projections.api.described import MODELS
from services.projections.tables import halted, version
from services.projections.views import ALL
from shared.credentials.dependency import install_credentials
from shared.errors import DealregError
from shared.http.health_routes import health_routes
from shared.http.problem_pages import problem_routes
from shared.http.wire.operations import operation_id
from shared.http.wire.validation import install_problem_handlers
from shared.identity.wiring import Callers, callers_over
from shared.observability import READY_SECONDS, Health
from shared.partitions.following import DECIDER, view_consumer
from shared.release import RELEASE
from shared.settings import Settings

ROUTERS = (
    pipeline.router,
    summary.router,
    measures.router,
    measure_revenue.router,
    measure_targets.router,
    registrations.router,
    explanation.router,
    conflicts.router,
    matches.router,
    opportunities.router,
    attribution.router,
    credits.router,
    rewards.router,
    deal_explanations.router,
    payouts.router,
    payouts_summary.router,
    ledger.router,
    cases.router,
    events.router,
    audit.router,
    facts.router,
    rates.router,
    sandbox.router,
    saved_views.router,
    parked.router,
)


def create_app(
    settings: Settings,
    pool: Any,
    engine: AsyncEngine,
    *,
    callers: Callers | None = None,
) -> FastAPI:
    """Build the application over an asyncpg pool and an SQLAlchemy engine of the same database.

    `callers` may be shared with the other applications of the process.
    """
    app = FastAPI(
        title="dealreg queries",
        version=RELEASE,
        generate_unique_id_function=operation_id,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.queries = queries_over(settings, pool, engine)
    found = callers or callers_over(pool, settings)
    install_credentials(app, found.credentials, found.rate, found.identity.tokens)
    install_problem_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(health_routes(lambda: health(app.state.queries)))
    app.include_router(problem_routes())
    MODELS.complete(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with app.state.credentials.uses.written():
        yield


# A halted version that is not live does not affect responses.
_HALTED = (
    sa.select(halted)
    .where(
        ~sa.exists().where(
            version.c.view == halted.c.view, version.c.version == halted.c.version, version.c.state != "current"
        )
    )
    .order_by(halted.c.view, halted.c.partition)
)


_READ = sa.select(version).where(version.c.state == "current").order_by(version.c.view)


FOLLOWERS = (DECIDER, *(view_consumer(view.name) for view in ALL))


async def health(parts: Queries) -> Health:
    """Report whether queries are answered: not without a database, nor with a view that an older release folded.

    A halted view leaves every other view and partition whole, so it is named and takes nothing out of service.
    """
    try:
        async with asyncio.timeout(READY_SECONDS):
            rows, read = await parts.rows(_HALTED), await parts.rows(_READ)
    except (DealregError, TimeoutError):
        return Health(("database",))
    needed = {view.name: view.version for view in ALL}
    older = [row.view for row in read if row.shape < needed.get(row.view, 0)]
    return Health(
        tuple(f"view {name} was folded by an older release: rebuild it" for name in older),
        tuple(
            f"view {row.view} version {row.version} halted on partition {row.partition} at vendor {row.vendor}, "
            f"entry {row.seq} ({row.type}): {row.reason}"
            for row in rows
        ),
    ) + await parts.following.degraded(FOLLOWERS)
