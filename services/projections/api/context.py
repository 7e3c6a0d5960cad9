"""What the routes of the query API work with, put together once."""

from __future__ import annotations

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
from shared.persons import Persons
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Queries:
    """The parts of the query API."""

    settings: Settings
    pool: Any
    engine: AsyncEngine
    watch: Watch
    positions: Positions
    cursors: Cursors
    persons: Persons
    following: Following

    async def rows(self, *queries: sa.Select[Any]) -> list[Any]:
        """The rows of each query, all of one connection; a single query gives its rows alone."""
        with database_errors():
            async with self.engine.connect() as connection:
                found = [(await connection.execute(query)).all() for query in queries]
        return found if len(found) != 1 else list(found[0])


def queries(request: Request) -> Queries:
    """A dependency: the application's parts."""
    return cast(Queries, request.app.state.queries)
