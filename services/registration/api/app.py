"""The registration service as an application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
from fastapi import FastAPI

from services.registration.api import (
    administration,
    bulk,
    crm,
    crm_native,
    crm_settings,
    directory,
    file_columns,
    files,
    identities,
    keys,
    persons,
    program_templates,
    providers,
    schemas,
    webhook_reads,
    webhooks,
    writes,
)
from services.registration.api.direct import METHOD, PATH, Direct
from services.registration.api.documents import complete_openapi
from services.registration.api.edge import Edge, build
from services.registration.api.routing import DirectApp
from services.registration.intake.idempotency import FORGET_ROWS
from shared.credentials.dependency import install_credentials
from shared.errors import DealregError
from shared.http.health_routes import health_routes
from shared.http.problem_pages import problem_routes
from shared.http.wire.operations import operation_id
from shared.http.wire.validation import install_problem_handlers
from shared.identity.wiring import Callers, callers_over
from shared.log.port import EventLog
from shared.observability import get_logger
from shared.release import RELEASE
from shared.settings import Settings

ROUTERS = (
    writes.registrations,  # first, since routes are tried in order and most requests are for it
    writes.reviews,
    writes.opportunities,
    writes.channel,
    directory.router,
    program_templates.router,
    bulk.router,
    files.router,
    file_columns.router,
    crm.router,
    crm_native.router,
    crm_settings.router,
    keys.router,
    administration.credentials,
    administration.connections,
    webhooks.router,
    webhook_reads.router,
    providers.router,
    identities.router,
    persons.router,
    schemas.router,
)
FORGET_EVERY_SECONDS = 3_600.0
"""Keys are kept for days, so an hour more does not matter."""
TELL_EVERY_SECONDS = 30.0
"""How long the audit trail may lack an act whose process died, or whose log was away; the question costs nothing."""

_log = get_logger(__name__)


def create_app(
    settings: Settings,
    pool: asyncpg.Pool,
    log: EventLog,
    query_client: httpx.AsyncClient | None = None,
    *,
    callers: Callers | None = None,
) -> FastAPI:
    """Build the edge over a pool and a started log. `query_client` reads the query API for `Prefer: wait`.

    It runs inside the application's lifespan; whoever mounts it enters `app.router.lifespan_context(app)`.
    """
    edge = build(settings, pool, log, query_client)
    app = DirectApp(
        method=METHOD,
        path=PATH,
        endpoint=writes.submit_registration,
        title="dealreg registration",
        version=RELEASE,
        generate_unique_id_function=operation_id,
        lifespan=_lifespan(edge),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.edge = edge
    found = callers or callers_over(pool, settings)
    install_credentials(app, found.credentials, found.rate, found.identity.tokens)
    app.state.identity = found.identity
    app.state.direct = Direct(edge, found.credentials, found.rate)
    install_problem_handlers(app)
    for router in (*ROUTERS, health_routes(edge.health), problem_routes()):
        app.include_router(router)
    complete_openapi(app)
    return app


def _lifespan(edge: Edge):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await edge.intake.start()
        tasks = (
            asyncio.create_task(_forget(edge), name="intake-forgetting"),
            asyncio.create_task(_tell(edge), name="intake-administration"),
            asyncio.create_task(edge.crm.run(), name="crm"),
        )
        try:
            async with app.state.credentials.uses.written():
                yield
        finally:
            for task in tasks:
                task.cancel()
            await edge.intake.stop()
            await asyncio.gather(*tasks, return_exceptions=True)
            edge.outward.close()

    return lifespan


async def _forget(edge: Edge) -> None:
    while True:
        try:
            await edge.erasures.publish_pending()
            await edge.crm.forget()
            while await edge.idempotency.forget(edge.settings.idempotency_days) == FORGET_ROWS:
                pass
        except DealregError as error:
            _log.warning(
                "old keys were not deleted, or an erasure was not published; trying again later",
                code=error.code,
                detail=error.detail,
            )
        await asyncio.sleep(FORGET_EVERY_SECONDS)


async def _tell(edge: Edge) -> None:
    while True:
        try:
            await edge.administration.tell_again()
        except DealregError as error:
            _log.warning("acts of administration wait for the log", code=error.code, detail=error.detail)
        await asyncio.sleep(TELL_EVERY_SECONDS)
