"""Positions: a view's commit may be forgotten in a crash of the server, and then it is forgotten whole."""

from __future__ import annotations

from shared.database import open_pool
from shared.projection.positions import heads_of, move_heads
from shared.projection.reading import Head
from shared.settings import Settings

HEAD = Head(3, "0" * 64)


async def test_a_commit_with_its_position_does_not_wait_for_the_disk_and_no_other_is_like_it(
    database: str, settings: Settings
) -> None:
    pool = await open_pool(database, settings)
    async with pool.acquire() as connection:
        async with connection.transaction():
            await move_heads(connection, "pipeline", 1, {"acme": HEAD})
            assert await connection.fetchval("SHOW synchronous_commit") == "off"
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
        assert await heads_of(connection, "pipeline", 1, ["acme"]) == {"acme": HEAD}
    await pool.close()
