"""Tables of a version: create like the live ones but without slow indexes, complete, move, drop."""

from __future__ import annotations

from typing import Any

from shared.projection.port import Looking, Tabled
from shared.projection.versions import schema_of

LONG_SECONDS = 86_400
"""Time-out for an index or digest over all rows."""

_KEY = """
SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place) FROM pg_index i,
     unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, place)
JOIN pg_attribute a ON a.attnum = k.attnum
WHERE i.indrelid = $1::regclass AND i.indisprimary AND a.attrelid = i.indrelid
"""
_OPTIONS = """
SELECT coalesce('WITH (' || array_to_string(reloptions, ', ') || ')', '') FROM pg_class WHERE oid = $1::regclass
"""
_INDEXES = """
SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::regclass AND NOT i.indisprimary ORDER BY c.relname
"""
_TRIGGERS = """
SELECT tgname AS name, tgenabled = 'A' AS always, pg_get_triggerdef(oid) AS definition FROM pg_trigger
WHERE tgrelid = $1::regclass AND NOT tgisinternal ORDER BY tgname
"""
# The owner's own privileges are not listed; role 0 is everybody.
_GRANTS = """
SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee,
       string_agg(DISTINCT a.privilege_type, ', ') AS privileges
FROM (SELECT relowner AS owner, relacl AS acl FROM pg_class WHERE oid = to_regclass($1)
      UNION ALL SELECT nspowner, nspacl FROM pg_namespace WHERE oid = to_regnamespace($1)) AS one,
     aclexplode(one.acl) AS a
WHERE a.grantee <> one.owner GROUP BY 1 ORDER BY 1
"""


async def make_schema(connection: Any, like: str, schema: str) -> None:
    """Create the schema with the same grants as the other one."""
    await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    await _grant(connection, like, f"SCHEMA {schema}")


async def create(connection: Any, like: Tabled, new: Tabled) -> None:
    """Create empty tables for the new version, with keys, triggers and the indexes that its fold needs."""
    await make_schema(connection, schema_of(like), schema_of(new))
    for old, table in zip(like.tables, new.tables, strict=True):
        options = await connection.fetchval(_OPTIONS, old)
        await connection.execute(
            f"CREATE TABLE {table} (LIKE {old} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE) {options}"
        )
        await _grant(connection, old, f"TABLE {table}")
        await connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({await connection.fetchval(_KEY, old)})")
        for trigger in await connection.fetch(_TRIGGERS, old):
            await connection.execute(_moved(trigger["definition"], old, table))
            if trigger["always"]:
                await connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger['name']}")
    await add_lookups(connection, like, new)


async def add_lookups(connection: Any, like: Tabled, new: Tabled) -> None:
    """Create the indexes that the view's fold needs beside keys."""
    for old, table in zip(like.tables, new.tables, strict=True):
        await _index(connection, old, table, only=frozenset(like.lookups if isinstance(like, Looking) else ()))


async def complete(connection: Any, like: Tabled, new: Tabled) -> None:
    """Create every index of the live tables that is missing, and collect statistics."""
    for old, table in zip(like.tables, new.tables, strict=True):
        await _index(connection, old, table)
        await connection.execute(f"ANALYZE {table}", timeout=LONG_SECONDS)


async def lock(connection: Any, *views: Tabled) -> None:
    """Lock the tables exclusively until our transaction ends."""
    names = [table for view in views for table in view.tables]
    await connection.execute(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")


async def move(connection: Any, view: Tabled, schema: str) -> None:
    """Move the view's tables to that schema, with everything that belongs to them."""
    for table in view.tables:
        await connection.execute(f"ALTER TABLE {table} SET SCHEMA {schema}")


async def drop(connection: Any, view: Tabled) -> None:
    """Drop the view's tables."""
    await connection.execute(f"DROP TABLE IF EXISTS {', '.join(view.tables)}")


async def _grant(connection: Any, like: str, there: str) -> None:
    """Copy the grants of one object to the other."""
    for row in await connection.fetch(_GRANTS, like):
        await connection.execute(f"GRANT {row['privileges']} ON {there} TO {row['grantee']}")


async def _index(connection: Any, old: str, table: str, only: frozenset[str] | None = None) -> None:
    there = {row["name"] for row in await connection.fetch(_INDEXES, table)}
    for index in await connection.fetch(_INDEXES, old):
        if index["name"] not in there and (only is None or index["name"] in only):
            await connection.execute(_moved(index["definition"], old, table), timeout=LONG_SECONDS)


def _moved(definition: str, old: str, table: str) -> str:
    """Return the definition of an index or a trigger, for the other table."""
    return definition.replace(f" ON {old} ", f" ON {table} ")
