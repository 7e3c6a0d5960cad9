"""A server that forgets on power loss would break G1, so it is found out before the first fact."""

from __future__ import annotations

from typing import Protocol

from shared.errors import Misconfigured

SAFE_COMMITS = ("on", "remote_apply")
"""`local` and `remote_write` return before a standby has the commit on disk; `off` before anybody has."""


class Queries(Protocol):
    async def fetchval(self, query: str, *arguments: object) -> object: ...


async def assert_durable(connection: Queries) -> None:
    """An acknowledged commit of this server survives its crash.

    Raises `Misconfigured` naming the server's setting.
    """
    problems = []
    for name, allowed in (("fsync", ("on",)), ("full_page_writes", ("on",)), ("synchronous_commit", SAFE_COMMITS)):
        value = await connection.fetchval("SELECT current_setting($1)", name)
        if value not in allowed:
            problems.append(f"{name} is {value}, must be {' or '.join(allowed)}")
    if problems:
        raise Misconfigured("PostgreSQL could lose accepted facts in a crash: " + "; ".join(problems))
