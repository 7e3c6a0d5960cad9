"""The attribution service as an application: blind checks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from services.attribution.api import checks, standing, trials
from services.attribution.api.described import MODELS
from services.attribution.api.parts import AT_A_TIME, Checks
from services.attribution.check_log import FORGET_ROWS, CheckLog
from services.attribution.domain.documents.name_index import read_tables
from services.attribution.trials import Trials
from shared.credentials import RateLimit
from shared.credentials.dependency import install_credentials
from shared.errors import DealregError
from shared.http.health_routes import health_routes
from shared.http.problem_pages import problem_routes
from shared.http.wire.operations import operation_id
from shared.http.wire.validation import install_problem_handlers
from shared.identity.wiring import Callers, callers_over
from shared.observability import get_logger
from shared.partitions.following import Following
from shared.persons import MasterKey
from shared.release import RELEASE
from shared.settings import Settings

ROUTERS = (checks.router, trials.router, standing.router)
FORGET_EVERY_SECONDS = 3_600.0
"""Checks are kept for a year, so an hour more does not matter."""
CHECKS_WINDOW_SECONDS = 60

_log = get_logger(__name__)


def create_app(
    settings: Settings,
    pool: Any,
    *,
    callers: Callers | None = None,
) -> FastAPI:
    """Build the application over a pool. `callers` can be shared with other applications.

    Its lifespan deletes old checks; whoever mounts it enters `app.router.lifespan_context(app)`.
    """
    log = CheckLog(pool, MasterKey(settings.master_key_bytes()))
    app = FastAPI(
        title="dealreg attribution",
        version=RELEASE,
        generate_unique_id_function=operation_id,
        lifespan=_lifespan(log),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    own_rate = RateLimit(settings.checks_per_minute, CHECKS_WINDOW_SECONDS, "checks")
    following = Following(pool, settings.lease_seconds)
    app.state.checks = Checks(settings, pool, log, own_rate, asyncio.Semaphore(AT_A_TIME), following, Trials())
    found = callers or callers_over(pool, settings)
    install_credentials(app, found.credentials, found.rate, found.identity.tokens)
    install_problem_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(health_routes(app.state.checks.health))
    app.include_router(problem_routes())
    MODELS.complete(app)
    return app


def _lifespan(log: CheckLog):  # type: ignore[no-untyped-def]
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(read_tables)
        forgetting = asyncio.create_task(_forget(log), name="checks-forgetting")
        try:
            async with app.state.credentials.uses.written():
                yield
        finally:
            forgetting.cancel()
            await app.state.checks.trials.close()
            await asyncio.gather(forgetting, return_exceptions=True)

    return lifespan


async def _forget(log: CheckLog) -> None:
    while True:
        try:
            while await log.forget() == FORGET_ROWS:
                pass
        except DealregError as error:
            _log.warning("old checks were not deleted; trying again later", code=error.code, detail=error.detail)
        await asyncio.sleep(FORGET_EVERY_SECONDS)
