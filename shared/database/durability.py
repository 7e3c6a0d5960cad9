"""Check at start that the server does not lose commits on power loss, which would break G1."""

from __future__ import annotations

from typing import Protocol

from shared.errors import Misconfigured

SAFE_COMMITS = ("on", "remote_apply")
"""`local` and `remote_write` return before a standby has the commit on disk; `off` before anybody has."""


class Queries(Protocol):
    async def fetchval(self, query: str, *arguments: object) -> object: ...


async def assert_durable(connection: Queries) -> None:
    """Assert that an acknowledged commit of this server survives a crash.

    Raises `Misconfigured` naming the server's setting.
    """
    problems = []
    for name, allowed in (("fsync", ("on",)), ("full_page_writes", ("on",)), ("synchronous_commit", SAFE_COMMITS)):
        value = await connection.fetchval("SELECT current_setting($1)", name)
        if value not in allowed:
            problems.append(f"{name} is {value}, must be {' or '.join(allowed)}")
    if problems:
        raise Misconfigured("PostgreSQL could lose accepted facts in a crash: " + "; ".join(problems))
