"""The components of the query API, wired once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncEngine

from services.projections.api.cursor import Cursors
from services.projections.api.position import Positions
from services.projections.api.watch import Watch
from shared.database import database_errors
from shared.partitions.following import Following
from shared.persons import MasterKey, Persons
from shared.saved_views import SavedViews
from shared.settings import Settings

Read = Callable[[sa.Select[Any]], Awaitable[Sequence[Any]]]
"""Runs a query and returns its rows."""


@dataclass(frozen=True, slots=True)
class Queries:
    """Components of the query API."""

    settings: Settings
    pool: Any
    engine: AsyncEngine
    watch: Watch
    positions: Positions
    cursors: Cursors
    persons: Persons
    saved_views: SavedViews
    following: Following

    async def rows(self, *queries: sa.Select[Any]) -> list[Any]:
        """Run the queries on one connection and return the rows of each; for a single query, just its rows."""
        with database_errors():
            async with self.engine.connect() as connection:
                found = [(await connection.execute(query)).all() for query in queries]
        return found if len(found) != 1 else list(found[0])

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Read]:
        """Return what runs queries that all see the tables as they are at the first of them."""
        with database_errors():
            async with self.engine.connect() as connection:
                await connection.execution_options(isolation_level="REPEATABLE READ")

                async def read(query: sa.Select[Any]) -> Sequence[Any]:
                    rows: Sequence[Any] = (await connection.execute(query)).all()
                    return rows

                yield read


def queries_over(settings: Settings, pool: Any, engine: AsyncEngine) -> Queries:
    """Wire the components over an asyncpg pool and an SQLAlchemy engine of the same database."""
    master, watch = MasterKey(settings.master_key_bytes()), Watch(pool)
    persons = Persons(pool, master)
    return Queries(
        settings,
        pool,
        engine,
        watch,
        Positions(pool, engine, watch),
        Cursors(master),
        persons,
        SavedViews(pool, persons),
        Following(pool, settings.lease_seconds),
    )


def queries(request: Request) -> Queries:
    """Return the application's components (a dependency)."""
    return cast(Queries, request.app.state.queries)
